"""Apiframe's uploads: one file of a multipart form, with the documented limits.

Source: https://docs-v2.apiframe.ai: 25 MB for pictures and sounds, 50 MB for videos; the first bytes tell the type.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from pixnb.media.kinds import kind
from pixnb.sandbox.answers import write_moment
from pixnb.sandbox.files import TooLarge, link, read_media_type
from pixnb.sandbox.forms import BadForm, read_form

if TYPE_CHECKING:
    from pixnb.sandbox.desk import Desk

_MB = 1 << 20
_LIMITS = {"image": 25 * _MB, "audio": 25 * _MB, "video": 50 * _MB}
_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4", "video/webm", "video/quicktime"}
    | {"audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4"}
)


class BadUpload(Exception):
    """The upload is refused; the message says why."""


async def keep_upload(desk: Desk, request: Request) -> dict[str, Any]:
    """Keep the form's `file` and return the documented answer.

    Raises:
        BadUpload: If there is no file, or it is of another type, or too big.
        OSError: If it cannot be kept.
    """
    try:
        form = await read_form(request, desk.files, largest=max(_LIMITS.values()))
    except TooLarge:
        raise BadUpload("File too large: the limit is 25 MB for images and audio, 50 MB for videos") from None
    except BadForm as error:
        raise BadUpload("The multipart form cannot be read") from error
    name = form.files.get("file", "")
    path = desk.files.path(name)
    if path is None:
        raise BadUpload("No file provided: send it as the form's field 'file'")
    media_type, size = read_media_type(path), path.stat().st_size
    family = kind(media_type) or ""
    if media_type not in _TYPES:
        raise BadUpload("Unsupported file type: send PNG, JPEG, WebP, GIF, MP4, WebM, MOV, MP3, WAV, OGG or M4A")
    if size > _LIMITS[family]:
        raise BadUpload(f"File too large: the limit for {family} is {_LIMITS[family] // _MB} MB")
    until = time.time() + desk.options.assumed.apiframe_upload_life
    return {
        "id": str(uuid.uuid4()),
        "url": link(str(request.base_url), name, until=until),
        "kind": family,
        "contentType": media_type,
        "byteSize": size,
        "expiresAt": write_moment(until),
    }


__all__ = ["BadUpload", "keep_upload"]
