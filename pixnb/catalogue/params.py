"""The kinds of parameter that models share, each with its check and its JSON schema."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from annotated_types import Ge
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from pixnb.terminal import legible

MEDIA_FORMS = "a URL, a path, bytes, an open binary file or a pixnb Media"


class _TidySchema(GenerateJsonSchema):
    """A schema for forms: a parameter that may be left out is not shown as one that may be null."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        undocumented = "default" in schema and schema["default"] is None
        return self.generate_inner(schema["schema"]) if undocumented else super().default_schema(schema)

    def literal_schema(self, schema: Any) -> JsonSchemaValue:
        # a list of one is a list all the same: pydantic would make it a "const"
        made = super().literal_schema(schema)
        return {"enum": [made.pop("const")], **made} if "const" in made else made


class Params(BaseModel):
    """The parameters of one model: strict types, no unknown names, frozen.

    A field's default is the one that the service documents; None stands where it documents none.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, protected_namespaces=())

    refused: ClassVar[Mapping[str, str]] = {}
    """Parameters that people will try and the model has not, each with what to say of it."""

    @classmethod
    def conflicts(cls, given: Mapping[str, Any], *, partial: bool = False) -> Iterator[str]:
        """Say what is wrong between parameters that are right one by one.

        Args:
            given: What was set, by the parameters' own names.
            partial: Whether what is missing is in order.

        Yields:
            A sentence for each conflict; here none.
        """
        yield from ()

    @model_validator(mode="after")
    def _agree(self) -> Self:
        wrong = "; ".join(self.conflicts({name: getattr(self, name) for name in self.model_fields_set}))
        if wrong:
            raise ValueError(wrong)
        return self

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the JSON schema, with each media parameter's `role` and each free text's `hints`.

        Args:
            *args: As pydantic's.
            **kwargs: As pydantic's.

        Returns:
            The schema; a parameter without a documented default has no `default`.
        """
        if len(args) < 3:  # pydantic's third is the generator
            kwargs.setdefault("schema_generator", _TidySchema)
        return super().model_json_schema(*args, **kwargs)


@dataclass(frozen=True)
class UpTo:
    """Metadata of a text: how many characters the service takes."""

    characters: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "maxLength": self.characters}

    def _check(self, value: str) -> str:
        if len(value) > self.characters:
            raise ValueError(
                f"is too long: it has {len(value)} characters, and the service takes {self.characters} at most"
            )
        return value


def media_field(role: str, description: str, *, required: bool = True) -> Any:
    """Describe a media parameter.

    Args:
        role: What it is for: "video", "image", "end_image", "audio" or "reference".
        description: What a form shows.
        required: Whether the service needs it.

    Returns:
        The pydantic field.
    """
    default = ... if required else None
    return Field(default, description=description, json_schema_extra={"role": role})


def hinted_field(description: str, hints: tuple[str, ...]) -> Any:
    """Describe an optional text whose known values are suggestions, not limits.

    Args:
        description: What a form shows.
        hints: Values known to be meant; others are sent too.

    Returns:
        The pydantic field, with `hints` in its JSON schema.
    """
    return Field(None, description=description, json_schema_extra={"hints": list(hints)})


def _sendable(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which no service can read: remove it") from None
    if "\0" in value:
        raise ValueError("holds a NUL character: remove it")
    return value


def _filled(value: str) -> str:
    if not value or value.isspace():
        raise ValueError("is empty: write something, or leave it out")
    return _sendable(value)


def _prompt(value: str) -> str:
    if not value or value.isspace():
        raise ValueError("is empty: say what you want to see")
    return _sendable(value)


def _web_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    # plain http only for a receiver on this machine, which a sandbox can reach
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))
    if not host or not secure or any(c.isspace() for c in value):
        raise ValueError("must be an https:// address, which the service can call")
    return _sendable(value)


def _whole(value: Any) -> Any:
    # 6.0 is an integer to JSON Schema, and pandas makes it of 6 in a column with a gap; 6.5 is refused later
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _media(value: Any) -> Any:
    if isinstance(value, str):
        return _location(value)
    if isinstance(value, bytes | bytearray | memoryview):
        if not len(value):
            raise ValueError(f"holds no bytes: give {MEDIA_FORMS}")
        return value if type(value) is bytes else bytes(value)
    if isinstance(value, io.TextIOBase):
        raise ValueError('is a file opened as text: open it with mode "rb"')
    if getattr(value, "closed", False) is True:
        raise ValueError("is a closed file: give it while it is open, or give its path")
    if isinstance(value, type) or not _readable(value):
        raise ValueError(f"must be {MEDIA_FORMS}, not {type(value).__name__}")
    url = getattr(value, "url", None)
    if isinstance(url, str) and getattr(value, "path", None) is None:
        _address(url)
    return value


def _location(value: str) -> str:
    if not value or value.isspace():
        raise ValueError(f"is empty: give {MEDIA_FORMS}")
    if "\0" in value:
        raise ValueError("holds a NUL character, which no path or URL has: remove it")
    if value.strip().lower().startswith(("http://", "https://")):
        _address(value)
    return value


def _address(value: str) -> None:
    try:
        parts = urlsplit(value)
        is_address = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if value != legible(value) or any(letter.isspace() for letter in value):
        raise ValueError("has a blank, a line end or another character that no URL has: remove it, or write it as %20")
    if not is_address:
        raise ValueError("is no URL that a service can fetch: it needs a host, as in https://example.org/clip.mp4")


def _readable(value: Any) -> bool:
    if isinstance(value, os.PathLike) or callable(getattr(value, "read", None)):
        return True
    # asked of the class: a Media's sha256 is a property that would read the whole file
    return all(hasattr(type(value), name) or name in getattr(value, "__dict__", ()) for name in ("url", "sha256"))


Prompt = Annotated[str, AfterValidator(_prompt), WithJsonSchema({"type": "string", "minLength": 1})]
"""Text that must say something."""

Text = Annotated[str, AfterValidator(_sendable)]
"""Any text, also none."""

Word = Annotated[str, AfterValidator(_filled), WithJsonSchema({"type": "string", "minLength": 1})]
"""Text that must not be blank."""

WebURL = Annotated[str, AfterValidator(_web_url), WithJsonSchema({"type": "string", "format": "uri"})]
"""An https address, or an http one of this machine."""

as_whole = BeforeValidator(_whole)
"""Metadata of an integer, after its bounds: 6.0 is taken as 6, "6" and True are refused."""

Whole = Annotated[int, Ge(0), as_whole]
"""An integer from 0 up; 6.0 is taken as 6, "6" and True are refused."""

Count = Annotated[int, Ge(1), as_whole]
"""An integer from 1 up, otherwise as `Whole`."""

MediaInput = Annotated[Any, AfterValidator(_media), WithJsonSchema({"type": "string", "format": "uri"})]
"""A URL, a path, bytes, an open binary file or a pixnb Media. Nothing of it is read here."""

__all__ = [
    "MEDIA_FORMS",
    "Count",
    "MediaInput",
    "Params",
    "Prompt",
    "Text",
    "UpTo",
    "WebURL",
    "Whole",
    "Word",
    "as_whole",
    "hinted_field",
    "media_field",
]
