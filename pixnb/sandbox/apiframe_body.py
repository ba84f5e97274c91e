"""The body of a submit to Apiframe: what is asked, or every reason why it is refused, by its place in the JSON.

Source: the API's OpenAPI document, https://github.com/apiframe-ai/apiframe-nodejs-sdk `openapi.json`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pixnb.sandbox import faults
from pixnb.sandbox.apiframe_jobs import EVENTS
from pixnb.sandbox.checked import checked, is_url
from pixnb.sandbox.outbound import may_be_called

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk

_UNKNOWN = "Unrecognized key"


class Invalid(Exception):
    """The body is refused; `details` say for each place in the JSON what is wrong there."""

    def __init__(self, details: Mapping[str, Sequence[str]]) -> None:
        super().__init__(", ".join(details))
        self.details = {place: list(texts) for place, texts in details.items()}


@dataclass(frozen=True)
class Asked:
    """A good request.

    Attributes:
        prompt: Without fault markers; empty for a model that takes none.
        faults: The markers: of the prompt, else of the video URL's fragment (`clip.mp4#[FAILED]`).
        inputs: For each role the URL.
        webhook: Where and about what to call, None for nowhere.
    """

    model: Model
    prompt: str
    faults: Mapping[str, int | None]
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    task: str
    webhook: Mapping[str, Any] | None


def check_body(desk: Desk, models: Mapping[str, Model], body: Mapping[str, Any]) -> Asked:
    """Return what a body asks for; `models` are those of its route, by Apiframe's ids.

    Raises:
        Invalid: It has all that is wrong.
    """
    name = body.get("model")
    model = models.get(name) if isinstance(name, str) else None
    if model is None:
        expected = " | ".join(f"'{known}'" for known in models)
        raise Invalid({"model": ["Required" if name is None else f"Invalid enum value. Expected {expected}"]})
    wrong: dict[str, list[str]] = defaultdict(list)
    params = _flatten(model, body, wrong)
    _check_params(model, params, wrong)
    webhook = _read_webhook(body, wrong, unasked=desk.options.assumed.apiframe_events.split(","))
    if wrong:
        raise Invalid(wrong)
    settings, inputs = checked(desk, model, params)
    prompt, marks = faults.parse(params["prompt"]) if "prompt" in params else ("", _read_fragment(inputs["video"]))
    return Asked(model, prompt, marks, settings, inputs, model.task_for(params), webhook)


def _flatten(model: Model, body: Mapping[str, Any], wrong: dict[str, list[str]]) -> dict[str, Any]:
    """Return the parameters of both levels as one; both refuse what they do not know."""
    own = model.params.model_fields.keys() - {"prompt"}
    top = {"model", "webhookUrl", "webhookEvents", model.nested} | ({"prompt"} & model.params.model_fields.keys())
    for name in body.keys() - top:
        wrong[name].append(_UNKNOWN)
    nested = body.get(model.nested)
    if not isinstance(nested, dict):
        wrong[model.nested].append("Required" if nested is None else "Expected object")
        nested = {}
    for name in nested.keys() - own:
        wrong[f"{model.nested}.{name}"].append(_UNKNOWN)
    params = {name: nested[name] for name in nested if name in own}
    return params | {"prompt": body["prompt"]} if "prompt" in top & body.keys() else params


def _check_params(model: Model, params: Mapping[str, Any], wrong: dict[str, list[str]]) -> None:
    from pydantic import ValidationError

    media = set(model.inputs.values())
    for name, value in params.items():
        if value is None:
            wrong[_place(model, name)].append("Expected a value, received null")
        elif name in media and not is_url(value):
            wrong[_place(model, name)].append("Invalid url")
    try:
        model.params.model_validate(params)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = _place(model, str(detail["loc"][0]))
            if place.startswith(f"{model.nested}.") and model.nested in wrong:
                continue  # the whole object is missing
            if not wrong[place]:
                wrong[place].append("Required" if detail["type"] == "missing" else detail["msg"])


def _place(model: Model, name: str) -> str:
    return name if name == "prompt" else f"{model.nested}.{name}"


def _read_webhook(body: Mapping[str, Any], wrong: dict[str, list[str]], *, unasked: list[str]) -> dict[str, Any] | None:
    events = body.get("webhookEvents", unasked)
    if not isinstance(events, list) or not events or any(event not in EVENTS for event in events):
        wrong["webhookEvents"].append(f"Expected an array of at least one of {', '.join(EVENTS)}")
    if "webhookUrl" not in body:
        return None
    url = body["webhookUrl"]
    if not is_url(url):
        wrong["webhookUrl"].append("Invalid url")
    elif not may_be_called(url):
        wrong["webhookUrl"].append("Must be an https URL (or http on this computer)")
    return {"url": url, "events": events, "mode": "sync" if "progress" in events else "terminal"}


def _read_fragment(url: str) -> dict[str, int | None]:
    return faults.parse(unquote(urlsplit(url).fragment))[1]


__all__ = ["Asked", "Invalid", "check_body"]
