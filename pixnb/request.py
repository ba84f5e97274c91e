"""The wish for one job, frozen and checked: what faces, engine, runner, recorder and launcher hand on."""

from __future__ import annotations

import json
import sys
import uuid
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

from pixnb.catalogue import models
from pixnb.catalogue.model import Model
from pixnb.catalogue.problems import quote
from pixnb.errors import InvalidInput, PixnbError
from pixnb.media.media import Media
from pixnb.placeholders import find_places
from pixnb.wire.callback import Callback

if TYPE_CHECKING:
    from pixnb.targets import Targets

Tags = Iterable[str] | Mapping[str, str | None] | None
"""Words, or a mapping of names to values; a word has the value "true"."""


@dataclass(frozen=True, slots=True, init=False)
class Request:
    """What is asked for, checked when it is made; nothing has left.

    Attributes:
        model: The model; made from its friendly id or the service's own id too.
        params: Its parameters as the user set them, by the service's own names.
        called: How the user named those of them that were given by role, for what is said about them.
        vars: Factors that the prompt or params were made from; they become the columns `vars.*`.
        extra: Fields that are sent unchecked, for what a service added yesterday.
        callback: A webhook to be called by the service.
        idempotency_key: For services that know one; made when left out.
        take: The number wanted among runs of the same model and params; None for a new run, always.
        tags: Marks for the log, by name.
        note: A note for the log.
        allow_unpriced: Whether it may go without a known price under a budget.
        process: Whether to take the way that is answered with the media itself, where the model has both.

    Raises:
        ModelNotFound: No such model.
        InvalidInput: The params do not fit it, or something else cannot be.

    Example:
        >>> Request("ltx-2.3-text-to-video", {"prompt": "A lake"}, tags=["calm"]).tags
        {'calm': 'true'}
    """

    model: Model
    params: Mapping[str, Any]
    called: Mapping[str, str] = field(compare=False)
    vars: Mapping[str, Any]
    extra: Mapping[str, Any]
    callback: Callback | None
    idempotency_key: str
    take: int | None
    tags: Mapping[str, str]
    note: str | None
    allow_unpriced: bool
    process: bool

    def __init__(
        self,
        model: str | Model,
        params: Mapping[str, Any],
        *,
        called: Mapping[str, str] | None = None,
        vars: Mapping[str, Any] | None = None,  # noqa: A002 - the log's word
        extra: Mapping[str, Any] | None = None,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        take: int | None = None,
        tags: Tags = None,
        note: str | None = None,
        allow_unpriced: bool = False,
        process: bool = False,
    ) -> None:
        spec = models.get(model)
        found = {
            "model": spec,
            "params": spec.validate(params),
            "called": {**(called or {}), **spec.call(params)},
            "vars": dict(vars or {}),
            "extra": _sendable(spec, extra),
            "callback": callback,
            "idempotency_key": _checked_key(idempotency_key) or str(uuid.uuid4()),
            "take": _checked_take(take),
            "tags": _named_tags(tags),
            "note": checked_note(note),
            "allow_unpriced": allow_unpriced,
            "process": process,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def is_direct(self) -> bool:
        """Whether the answer to the submit is the media itself, so that there is no job to ask about."""
        return bool(self.model.process_route) and (self.process or not self.model.route)

    @property
    def route(self) -> str:
        """The path that it is posted to."""
        return self.model.process_route if self.is_direct else self.model.route

    @property
    def has_media(self) -> bool:
        """Whether media are among the params."""
        return any(name in self.params for name in self.model.inputs.values())

    def warn_of_doubts(self, targets: Targets) -> None:
        """Warn the caller before paying: the service has withdrawn the model, or may not take such a file.

        Of that nothing is said where a sandbox does the work, which takes what no service is sure to. A `{place}` that
        goes out as it is written is told in any case: an f-string without its f looks so.

        Args:
            targets: Where it would go.
        """
        spec = self.model
        for name, text in self.params.items():
            if isinstance(text, str) and name not in spec.inputs.values() and (places := find_places(text)):
                warnings.warn(_say_place(spec, name, places[0]), UserWarning, stacklevel=_caller())
        if (spec.state == "current" and spec.undisputed is None) or targets.goes_to_sandbox(spec.provider):
            return
        for text in (spec.retirement(), _doubt_about_video(spec, self.params)):
            if text is not None:
                warnings.warn(text, UserWarning, stacklevel=_caller())


def refuse_unnamed(values: Sequence[Any]) -> None:
    """Refuse parameters that are given by position.

    Raises:
        InvalidInput: There are some.
    """
    if values:
        raise InvalidInput(
            f"A model's parameters are named, and {quote(values[0])} has no name: write submit(model, prompt=…, "
            "video=…). Nothing was sent."
        )


def _sendable(model: Model, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        given = dict(extra or {})
        json.dumps(given, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"Invalid inputs for {model.id}: extra= must be plain JSON ({error})") from None
    return given


def _checked_take(take: int | None) -> int | None:
    if take is not None and (isinstance(take, bool) or not isinstance(take, int) or take < 1):
        raise InvalidInput(f"A take is a number from 1 on, not {take!r}.")
    return take


def _checked_key(key: str | None) -> str | None:
    if key is not None and not (isinstance(key, str) and key.isascii() and key.isprintable() and len(key) <= 255):
        raise InvalidInput(f"An idempotency_key is at most 255 plain letters, digits and signs, not {quote(key)}.")
    return key


def checked_note(note: str | None) -> str | None:
    """Return a note for the log.

    Raises:
        InvalidInput: It is no text.
    """
    if note is not None and not isinstance(note, str):
        raise InvalidInput(f"A note is a text, not {quote(note)}. Tags hold names with values: tags={{…}}.")
    return note


def _named_tags(tags: Tags) -> dict[str, str]:
    if isinstance(tags, Mapping):
        named = {name: "true" if value is None else str(value) for name, value in tags.items()}
    elif tags is None or isinstance(tags, Iterable):
        named = dict.fromkeys([tags] if isinstance(tags, str) else map(_word, tags or ()), "true")
    else:
        raise InvalidInput(f"Tags are words or a mapping of names to values, not {quote(tags)}.")
    for name in named:
        _word(name)
    return named


def _word(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput(f"A tag is a word, not {name!r:.80}.")
    return name


def _say_place(spec: Model, name: str, place: str) -> str:
    return (
        f"{name} goes to {spec.id} with {{{place}}} in it, as it is written. If a value is meant to stand there: an f "
        f"before the quotes puts in the variable {place} (in a %%video cell ${place}), and exp.sweep(…, "
        f'{name}=pixnb.Template("… {{{place}}} …", {place}=[…])) makes a run of each value.'
    )


def _doubt_about_video(spec: Model, params: Mapping[str, Any]) -> str | None:
    given = params.get(spec.inputs.get("video", ""))
    # an open file is read once only, when it is sent
    if not isinstance(given, str | PathLike | bytes | Media) or spec.undisputed is None:
        return None
    try:
        media = Media.of(given)
        return None if media.size is None else spec.doubts(seconds=media.info.duration, size=media.size)
    except (PixnbError, OSError):
        return None  # what is wrong with it is said by the check of the inputs


def _caller() -> int:
    """How many frames up the user's own line is: warnings that name our lines help nobody."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in _NOT_THEIRS:
        level, frame = level + 1, frame.f_back
    return level


_NOT_THEIRS = ("pixnb", "contextlib")  # which calls ours where a `with` is a decorator

__all__ = ["Request", "Tags", "checked_note", "refuse_unnamed"]
