"""What is wrong with a request, as sentences that say what to do."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from pixnb.catalogue.model import Model

ROLES = ("video", "image", "end_image", "audio", "reference")
"""What a media parameter can be for."""


def explain(
    model: Model, error: ValidationError, *, partial: bool = False, called: Mapping[str, str] | None = None
) -> list[str]:
    """Say what pydantic found, one sentence a parameter.

    Args:
        model: The model whose parameters were checked.
        error: What pydantic raised.
        partial: Whether missing parameters are in order.
        called: How the user named a parameter, where not by its own name.

    Returns:
        The sentences, in pydantic's order; empty when nothing is left to say.
    """
    said: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        if not detail["loc"]:  # about several parameters: Params.conflicts says it better
            continue
        name = str(detail["loc"][0])
        if not (partial and detail["type"] == "missing"):
            said.setdefault(name, _sentence(model, name, detail, (called or {}).get(name, name)))
    return list(said.values())


def both(name: str, role: str) -> str:
    """Say that one parameter was given twice."""
    return f"{name} and {role} are the same parameter: give one of them"


def rename(text: str, called: Mapping[str, str]) -> str:
    """Put the user's names for parameters into a sentence about several of them.

    Example:
        >>> rename("prompt and reference_image exclude each other", {"reference_image": "reference"})
        'prompt and reference exclude each other'
    """
    return re.sub(r"\w+", lambda word: called.get(word[0], word[0]), text)


def wanted(schema: Mapping[str, Any]) -> str:
    """Say what a parameter takes, from its JSON schema.

    Example:
        >>> wanted({"type": "integer", "enum": [6, 8, 10]})
        '6, 8 or 10'
        >>> wanted({"type": "number", "minimum": 0, "maximum": 2})
        'a number from 0 to 2'
    """
    if "enum" in schema:
        return joined(quote(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return joined(f"[{quote(value)}]" for value in schema["items"]["enum"])
    nouns = {"boolean": "True or False", "integer": "a whole number", "number": "a number"}
    return nouns.get(schema.get("type", ""), "text") + _bounds(schema.get("minimum"), schema.get("maximum"))


def nearest(name: str, known: Sequence[str], *, n: int = 3) -> list[str]:
    """Return the names that look most like one, best first.

    Example:
        >>> nearest("promt", ["prompt", "duration"])
        ['prompt']
    """
    return difflib.get_close_matches(name.lower(), known, n=n, cutoff=0.6)


def joined(items: Iterable[object], last: str = "or") -> str:
    """Join words as a person would.

    Example:
        >>> joined([6, 8, 10]), joined(["image", "audio"], "and"), joined([])
        ('6, 8 or 10', 'image and audio', '')
    """
    *most, end = [str(item) for item in items] or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def quote(value: object, most: int = 40) -> str:
    """Write a value for a message: text in double quotes, files and objects by their type, all of it short.

    Args:
        value: The value.
        most: Letters of a text at most.

    Example:
        >>> quote("a" * 99), quote(b"secret"), quote(6)
        ('"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"', 'bytes', '6')
    """
    if isinstance(value, str):
        return json.dumps(value if len(value) <= most else value[: most - 4] + "…", ensure_ascii=False)
    if isinstance(value, bool | int | float):
        return f"{value!r:.40}" if isinstance(value, float) or abs(value) < 10**30 else "a huge number"
    if isinstance(value, list | tuple) and len(value) <= 4:
        return "[" + ", ".join(quote(item) for item in value) + "]"
    return type(value).__name__


def _sentence(model: Model, name: str, detail: ErrorDetails, called: str) -> str:
    kind = detail["type"]
    if kind == "missing":
        return f"{name} is required"
    if kind == "extra_forbidden":
        return _unknown(model, name)
    if kind == "value_error":  # our own checks: their text begins with the verb
        return f"{called} {detail['ctx']['error']}"
    schema = model.params.model_json_schema()["properties"][name]
    if len(detail["loc"]) > 1:  # inside a list: the sentence is about the whole of it
        return f"{called} must be {wanted(schema)}"
    expected = "a finite number" if kind == "finite_number" else wanted(schema)
    return f"{called} must be {expected}, not {quote(detail['input'])}{_near(schema, detail['input'])}"


def _bounds(low: object, high: object) -> str:
    if low is None:
        return "" if high is None else f" of at most {high}"
    return f" of at least {low}" if high is None else f" from {low} to {high}"


def _near(schema: Mapping[str, Any], value: object) -> str:
    if hasattr(value, "factors"):
        return " (a Template is for exp.sweep, which makes a run of each of its prompts)"
    by_text = {str(allowed).lower(): allowed for allowed in schema.get("enum", ())}
    close = difflib.get_close_matches(str(value).lower(), by_text, n=1) if isinstance(value, str) else []
    return f" (did you mean {quote(by_text[close[0]])}?)" if close else ""


def _unknown(model: Model, name: str) -> str:
    if name in model.params.refused:
        return f"{name} {model.params.refused[name]}"
    if name in ROLES:
        takes = joined(model.inputs, "and") or "only text"
        return f"{name} is not an input of {model.id} (it takes {takes})"
    close = nearest(name, (*model.params.model_fields, *model.inputs), n=1)
    if close:
        return f'{name} is not a parameter of {model.id} (did you mean "{close[0]}"?)'
    roles = {parameter: role for role, parameter in model.inputs.items() if parameter != role}
    known = (f"{p} (or {roles[p]})" if p in roles else p for p in model.params.model_fields)
    return f"{name} is not a parameter of {model.id} (its parameters are {joined(known, 'and')})"


__all__ = ["ROLES", "both", "explain", "joined", "nearest", "quote", "rename", "wanted"]
