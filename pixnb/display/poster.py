"""Small pictures of files: a video's first frame, a smaller copy of a picture; made once, kept in memory."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.errors import InvalidInput
from pixnb.media.opening import UNREADABLE

if TYPE_CHECKING:
    from pixnb.media.media import Media

POSTER_WIDTH = 360
TILE_WIDTH = 200
PICTURE_WIDTH = 1280
PICTURE_BYTES = 90_000
"""Bytes of a smaller copy of a picture, which is good to look at in a page."""

_POSTER_BYTES = 9_500


def poster_uri(media: Media, width: int = POSTER_WIDTH) -> str | None:
    """Return a file's poster as a data URI: its first picture, some 10 kB.

    Args:
        media: A video or picture.
        width: The most pixels across.

    Returns:
        The URI; None for a sound, a URL that was not fetched, or a file that cannot be read.
    """
    data = poster_bytes(media, width)
    return html.data_uri("image/webp", data) if data else None


def poster_bytes(media: Media, width: int = POSTER_WIDTH) -> bytes | None:
    """Return a file's poster as a small WebP; None where it has none."""
    return make_once(media, "poster", lambda: shrink(media.poster(width), _POSTER_BYTES), width)


def tile_uri(media: Media, most: int) -> str | None:
    """Return a poster of about so many bytes at most, for a tile among many, as a data URI; None for what has none."""
    data = make_once(media, f"tile of {most}", lambda: shrink(media.poster(TILE_WIDTH), most))
    return html.data_uri("image/webp", data) if data else None


@lru_cache(maxsize=512)
def shrink_uri(uri: str | None, most: int = 2_500) -> str | None:
    """Return a picture's data URI as a smaller one, of about so many bytes at most; None for none."""
    if uri is None:
        return None
    return html.data_uri("image/webp", shrink(base64.b64decode(uri.partition(",")[2]), most))


def poster_of(media: Media) -> bytes | None:
    """Return a file's poster as `poster_bytes` does; None also for a file that is missing or unreadable."""
    try:
        return poster_bytes(media)
    except UNREADABLE:
        return None


def picture_bytes(media: Media, most: int = PICTURE_BYTES) -> bytes | None:
    """Return a copy of a picture, as WebP of about so many bytes at most; None for a URL that was not fetched."""
    return make_once(media, f"picture of {most}", lambda: shrink(media.poster(PICTURE_WIDTH), most))


def make_once(media: Media, what: str, make: Callable[[], bytes], width: int = 0) -> bytes | None:
    """Return what was made of the same file before, or make it; None for what has no picture."""
    if media.size is None:
        return None
    kept = _slot((what, width, *_stamp(media)))
    if kept:
        return kept[0]
    try:
        kept.append(make())
    except InvalidInput:
        if media.kind == "audio":  # asked last: it takes as long as a picture
            return None
        raise
    return kept[0]


@lru_cache(maxsize=128)
def _slot(key: tuple[Any, ...]) -> list[bytes]:
    return []


def _stamp(media: Media) -> tuple[Any, ...]:
    if media.path is None:
        return (media.sha256,)
    found = media.path.stat()
    return str(media.path), found.st_mtime_ns, found.st_size


def shrink(data: bytes, most: int) -> bytes:
    """Turn a picture into a WebP of about so many bytes at most."""
    from PIL import Image

    picture = Image.open(io.BytesIO(data))
    for quality, scale in ((72, 1.0), (55, 1.0), (40, 1.0), (40, 0.7), (30, 0.5)):
        out = io.BytesIO()
        if scale < 1:
            picture.thumbnail((picture.width * scale, picture.height * scale))
        picture.save(out, "WEBP", quality=quality)
        if out.tell() <= most:
            break
    return out.getvalue()


__all__ = [
    "PICTURE_BYTES",
    "POSTER_WIDTH",
    "TILE_WIDTH",
    "make_once",
    "picture_bytes",
    "poster_bytes",
    "poster_of",
    "poster_uri",
    "shrink",
    "shrink_uri",
    "tile_uri",
]
