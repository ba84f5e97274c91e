"""Apiframe's uploads: one file of a multipart form, with the documented limits.

Source: https://docs-v2.apiframe.ai: 25 MB for pictures and sounds, 50 MB for videos; the first bytes tell the type.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from pixnb.media.kinds import HEAD, kind, sniff
from pixnb.sandbox.apiframe_jobs import moment
from pixnb.sandbox.files import TooLarge, link
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


async def upload(desk: Desk, request: Request) -> dict[str, Any]:
    """Keep the form's `file`.

    Args:
        desk: Where files are kept.
        request: The POST.

    Returns:
        The documented answer.

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
    media_type, until = _media_type(path), time.time() + desk.options.assumed.apiframe_upload_life
    return {
        "id": str(uuid.uuid4()),
        "url": link(str(request.base_url), name, until=until),
        "kind": kind(media_type),
        "contentType": media_type,
        "byteSize": path.stat().st_size,
        "expiresAt": moment(until),
    }


def _media_type(path: Path) -> str:
    with open(path, "rb") as source:
        media_type = sniff(source.read(HEAD))
    if media_type not in _TYPES:
        raise BadUpload("Unsupported file type: send PNG, JPEG, WebP, GIF, MP4, WebM, MOV, MP3, WAV, OGG or M4A")
    family = kind(media_type) or ""
    if path.stat().st_size > _LIMITS[family]:
        raise BadUpload(f"File too large: the limit for {family} is {_LIMITS[family] // _MB} MB")
    return media_type


__all__ = ["BadUpload", "upload"]
