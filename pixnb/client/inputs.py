"""From what a user gives as media to a hash for the log and a file that a request can carry."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pixnb.catalogue.model import Model
from pixnb.catalogue.prices import Cost
from pixnb.errors import InvalidInput
from pixnb.http.bounds import largest_media
from pixnb.media.kinds import kind, suffix
from pixnb.media.media import Media
from pixnb.wire.wire import Attachment

_FORMS = {
    "video": "a video, such as an MP4",
    "image": "an image: PNG, JPEG or WebP",
    "audio": "a sound: MP3, WAV or M4A",
}
_KIND_OF_ROLE: Mapping[str, str] = {"video": "video", "audio": "audio"}  # all other roles are images


@dataclass(frozen=True, slots=True)
class Input:
    """One media parameter of a job, known by its content.

    Attributes:
        role: What it is for: "video", "image", "end_image", "audio", "reference".
        name: The parameter's own name.
        sha256: Of the bytes; `url:` and the hash of the address where a URL is passed through unread.
        media: The media itself.
        called: What the user calls it, in messages: its role, where it was given by that.
    """

    role: str
    name: str
    sha256: str
    media: Media
    called: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """What it is called in messages."""
        return self.called or self.name

    @property
    def has_bytes(self) -> bool:
        """Whether the bytes are here, not only a URL."""
        return not self.sha256.startswith("url:")


def only_urls(model: Model, params: Mapping[str, Any]) -> bool:
    """Whether the media among the params are addresses, so that there is nothing to read."""
    return all(is_address(params[name]) for name in model.inputs.values() if name in params)


def is_address(value: Any) -> bool:
    """Whether a media parameter is given as a web address, whose bytes are not here."""
    if isinstance(value, Media):
        return value.path is None and value.url is not None
    return isinstance(value, str) and value.lower().startswith(("http://", "https://"))


def _identify(model: Model, role: str, name: str, value: Any, called: str) -> Input:
    problem = f"Invalid inputs for {model.id}: {called}"
    if isinstance(value, str) and "://" in value and not value.lower().startswith(("http://", "https://")):
        path = value.partition("://")[2] if value.lower().startswith("file:") else None
        advice = f"Give its path: {path}" if path else "Download it first"
        raise InvalidInput(f"{problem} must be an http(s) URL or a file; {value!r} is neither. {advice}.")
    try:
        media = Media.of(value)
        if media.path is None and media.url is not None:  # also one that was looked at: it is the user's address
            return Input(role, name, f"url:{hashlib.sha256(media.url.encode()).hexdigest()}", media, called)
        _check_name(media)
        _check_size(media)
        wanted, found = _KIND_OF_ROLE.get(role, "image"), kind(media.media_type)
        if found != wanted:
            _ = media.info if found else None  # of a sound cut short its type may tell less than that
            raise InvalidInput(f"{tell_kind(media)}. Give a file with {_FORMS[wanted]}.")
        sha256 = media.sha256
        frames = media.info.frames  # opened before money is spent: one cut short is refused
    except InvalidInput as error:
        raise InvalidInput(f"{problem}: {error.message}") from error
    except OSError as error:
        raise InvalidInput(f"{problem} cannot be read: {error.strerror or error}. Check the path.") from error
    if found == "video" and frames == 1:
        raise InvalidInput(
            f"{problem}: {_called(media)} holds one still picture, not a film. Give a "
            "clip that moves, or the picture as a PNG or JPEG where the model takes an image."
        )
    assert sha256 is not None
    return Input(role, name, sha256, media, called)


def _check_name(media: Media) -> None:
    try:
        str(media.path).encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"{str(media.path)!r} is no name in UTF-8, which no log can keep. Rename the file."
        ) from None


def _check_size(media: Media) -> None:
    """Refuse what is too much, or nothing, before it is read from end to end."""
    size, most = media.size or 0, largest_media()
    if size == 0:
        raise InvalidInput(f"{_called(media)} holds no bytes. Copy or download it again.")
    if size > most:
        raise InvalidInput(
            f"{_called(media)} has {size / 1e9:.2f} GB, and more than {most / 1e9:g} GB is not sent: cut what matters "
            f"out of it, or allow it with PIXNB_MAX_MEDIA={size // 10**9 + 1}GB."
        )


def tell_kind(media: Media) -> str:
    """Say in words what a file is: its media type, else what it seems to be."""
    if kind(media.media_type):
        return f"{_called(media)} is {media.media_type}"
    with media.open() as file:
        head = file.read(512)
    if re.match(rb"\s*<(?:!doctype html|html|head|body)", head, re.IGNORECASE):
        return f"{_called(media)} is a web page, perhaps one that stood where a film should have been"
    with contextlib.suppress(UnicodeDecodeError):
        words = codecs.getincrementaldecoder("utf-8")().decode(head)  # the last letter may be cut
        if "".join(words.split()).isprintable():
            return f"{_called(media)} is text"
    return f"{_called(media)} begins as no video, picture or sound that is known here does"


def _called(media: Media) -> str:
    return repr(os.fspath(media.path)) if media.path else "what was given"


def identify_and_price(
    model: Model, params: Mapping[str, Any], called: Mapping[str, str] = MappingProxyType({})
) -> tuple[tuple[Input, ...], Cost | None]:
    """Read, check and hash the media, and estimate the cost, for which a clip may have to be opened; blocking.

    Args:
        model: The model.
        params: Checked params.
        called: How the user named those of them that were given by role.

    Raises:
        InvalidInput: A file is missing, unreadable, no media, or of the wrong kind for its parameter.
    """
    given = {name: role for role, name in model.inputs.items() if name in params}
    inputs = tuple(_identify(model, given[name], name, params[name], called.get(name, name)) for name in given)
    return inputs, estimate(model, params, inputs)


def estimate(model: Model, params: Mapping[str, Any], inputs: Iterable[Input]) -> Cost | None:
    """Estimate the cost of checked params whose media are known; blocking where a clip has to be opened."""
    timed = next((given for given in inputs if given.has_bytes and given.role in ("video", "audio")), None)
    seconds = None
    if timed is not None and not _says_how_long(model, params):
        price = model.price_for(params)
        seconds = timed.media.info.duration if price is not None and price.per == "second" else None
    return model.estimate(seconds=seconds, **params)


def _says_how_long(model: Model, params: Mapping[str, Any]) -> bool:
    field = model.params.model_fields.get("duration")
    return field is not None and (params.get("duration") is not None or field.default is not None)


@contextlib.contextmanager
def open_attachments(inputs: Iterable[Input]) -> Iterator[dict[str, Attachment]]:
    """Open the files of inputs for a request, by parameter; they are closed at the end.

    Raises:
        InvalidInput: A file is gone, or is no longer the one that was hashed and written down.
    """
    with contextlib.ExitStack() as stack:
        yield {given.name: stack.enter_context(open_attachment(given.media, given.sha256)) for given in inputs}


@contextlib.contextmanager
def open_attachment(media: Media, sha256: str | None = None) -> Iterator[Attachment]:
    """Open one file for a request; with `sha256`, only if it still has these bytes.

    Raises:
        InvalidInput: As `open_attachments`.
    """
    try:
        if sha256 is not None and media.sha256 != sha256:
            raise InvalidInput(f"The file {media.path} has changed since it was read. Nothing was sent. Submit again.")
        media_type, size, stream = media.media_type, media.size, media.open()
    except OSError as error:
        raise InvalidInput(
            f"The file cannot be read: {error}. Nothing was sent. Check it, then submit again."
        ) from error
    assert size is not None
    with stream:
        yield Attachment(stream, size, media_type, f"input{suffix(media_type)}")


__all__ = [
    "Input",
    "estimate",
    "identify_and_price",
    "is_address",
    "only_urls",
    "open_attachment",
    "open_attachments",
    "tell_kind",
]
