"""The form of a POST to Decart: what is asked, or every reason why it is refused, in the shape that FastAPI gives it.

Sources: https://api.decart.ai/openapi.json for the shape and https://github.com/DecartAI/decart-python for the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pixnb.media.kinds import by_name, kind
from pixnb.sandbox.checked import checked
from pixnb.sandbox.forms import Form

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk


class Invalid(Exception):
    """The form is refused; `details` say of each thing that is wrong where it is, what it is, and its kind."""

    def __init__(self, details: list[dict[str, Any]]) -> None:
        super().__init__(", ".join(".".join(detail["loc"]) for detail in details))
        self.details = details


def check_form(desk: Desk, model: Model, form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the renderer's settings, and for each role the name that its file is kept by.

    Raises:
        Invalid: It has all that is wrong.
    """
    from pixnb.errors import InvalidInput

    given = _read_types(model, form)
    wrong = [*_misplaced(model, form), *_problems(desk, model, given), *_too_long(desk, form)]
    if wrong:
        raise Invalid(wrong)
    try:
        return checked(desk, model, given)
    except InvalidInput as error:  # two fields that do not go together
        raise Invalid([_detail(error.message.partition(": ")[2], "value_error")]) from error


def _read_types(model: Model, form: Form) -> dict[str, Any]:
    """Read the words of a form as their fields' types; what cannot be read stays a word, to be refused as one."""
    kinds = model.params.model_json_schema()["properties"]
    words = {name: _read(word, kinds.get(name, {}).get("type")) for name, word in form.words.items()}
    return words | dict(form.files)


def _read(word: str, wanted: str | None) -> Any:
    if wanted == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(word.strip().lower(), word)
    if wanted == "integer" and word.strip().lstrip("+-").isdecimal() and len(word) < 20:
        return int(word)
    return word


def _misplaced(model: Model, form: Form) -> Iterator[dict[str, Any]]:
    """Tell what came as a word where a file is due, or the other way round, or as a file of another kind."""
    wanted = {name: "image" if "image" in role or role == "reference" else role for role, name in model.inputs.items()}
    for name in form.words.keys() & wanted.keys():
        yield _detail(name, "Expected a file, received a text", "value_error")
    for name, kept in form.files.items():
        if name not in wanted and name in model.params.model_fields:
            yield _detail(name, "Input should be a valid string", "string_type")
        elif name in wanted and kind(by_name(kept)) != wanted[name]:  # a kept file is named by what its bytes are
            yield _detail(name, f"The file is not a readable {wanted[name]}", "value_error")


def _problems(desk: Desk, model: Model, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    from pydantic import ValidationError

    known = {name: value for name, value in given.items() if name in model.params.model_fields or desk.options.strict}
    try:
        model.params.model_validate(known)
    except ValidationError as error:
        return [_detail(*map(str, one["loc"]), one["msg"], one["type"]) for one in error.errors()]
    if desk.options.strict and given.get("resolution") == "1080p":
        return [_detail("resolution", "Input should be '480p' or '720p'", "literal_error")]
    return []


def _too_long(desk: Desk, form: Form) -> Iterator[dict[str, Any]]:
    """Tell which video is longer than is assumed to be taken."""
    from pixnb.errors import InvalidInput
    from pixnb.media.probe import probe

    longest = desk.options.assumed.decart_longest
    videos = {name: kept for name, kept in form.files.items() if kind(by_name(kept)) == "video"} if longest else {}
    for name, path in ((name, desk.files.path(kept)) for name, kept in videos.items()):
        try:
            seconds = (probe(path).duration or 0.0) if path else 0.0
        except InvalidInput:
            continue  # the renderer will say what is wrong with it
        if seconds > longest:
            yield _detail(name, f"The video is longer than {longest:g} seconds", "value_error")


def _detail(*told: str) -> dict[str, Any]:
    *where, text, kind_of_error = told
    return {"loc": ["body", *where], "msg": text, "type": kind_of_error}


__all__ = ["Invalid", "check_form"]
