"""A request's body and parameters, checked once for all providers; each refuses in its own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk

_LARGEST = 1_000_000


class BadBody(ValueError):
    """The body cannot be read; the message says why, as a service might."""


def checked(desk: Desk, model: Model, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check the parameters of a request, by the service's own names, as the catalogue does.

    Those that no page documents are left out, where the options of `desk` do not have them refused.

    Returns:
        The renderer's settings, with documented defaults filled in, without the prompt and the media; and what was
        given for the media, by role.

    Raises:
        InvalidInput: If the catalogue refuses one.
    """
    fields = model.params.model_fields
    known = {name: value for name, value in given.items() if name in fields or desk.options.strict}
    values = model.validate(known)
    inputs = {role: values[name] for role, name in model.inputs.items() if name in values}
    defaults = {name: field.default for name, field in fields.items() if not field.is_required()}
    apart = ("prompt", *model.inputs.values())
    settings = {name: value for name, value in {**defaults, **values}.items() if name not in apart}
    return {name: value for name, value in settings.items() if value is not None}, inputs


def is_url(value: Any) -> bool:
    """Tell whether a value is a URL that a service can fetch."""
    return isinstance(value, str) and re.match(r"https?://[^/\s]", value) is not None


async def json_object(request: Request) -> dict[str, Any]:
    """Read a request's body, of a megabyte at most, as a JSON object; `BadBody` if it is none."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _LARGEST:
            raise BadBody("The request body is too large.")
    try:
        body = json.loads(bytes(raw), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadBody("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadBody("The request body must be a JSON object.")
    return body


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


__all__ = ["BadBody", "checked", "is_url", "json_object"]
