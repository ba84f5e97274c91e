"""Pictures, also those that move (GIF, WebP, AVIF, APNG), read by Pillow in bounded time and memory."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from pixnb.errors import InvalidInput
from pixnb.media import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

_MOST = 80_000_000
"""Pixels that are decoded; a larger picture is told by its size only."""

_PLUGINS = {
    "image/png": ("PngImagePlugin", "PngImageFile"),
    "image/jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "image/gif": ("GifImagePlugin", "GifImageFile"),
    "image/webp": ("WebPImagePlugin", "WebPImageFile"),
    "image/avif": ("AvifImagePlugin", "AvifImageFile"),
}


def is_picture(file: BinaryIO) -> bool:
    """Whether a file is a picture by its first bytes; it is left at its start."""
    file.seek(0)
    media_type = kinds.sniff(file.read(kinds.HEAD))
    file.seek(0)
    return kinds.kind(media_type) == "image"


def describe(file: BinaryIO, called: str) -> tuple[int, int, str]:
    """Read a picture's size as shown and its format; it is decoded once, so that one cut short is noticed.

    Args:
        file: Opened as bytes.
        called: Its name for messages.

    Returns:
        Width and height in pixels, and the format's name, such as "png".

    Raises:
        InvalidInput: It is no picture that can be read, or not whole.
    """
    with _opened(file, called) as image:
        size, name = image.size, (image.format or "").lower()
        if _draft(image, 8) or is_bearable(*size):
            image.load()
        elif image.format == "PNG":  # which decodes everything to tell how it is turned
            return *size, name
        if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):  # turned by a quarter
            size = size[::-1]
    return *size, {"jpeg": "mjpeg"}.get(name, name)  # as FFmpeg calls it


def is_bearable(width: int | None, height: int | None) -> bool:
    """Whether a picture of this size is decoded here, and may be put into a page."""
    return (width or 0) * (height or 0) <= _MOST


def poster(file: BinaryIO, called: str, width: int) -> Image:
    """Draw a picture, the first of one that moves, upright, on white, at most `width` pixels large each way.

    Raises:
        InvalidInput: It is no picture that can be read, or has too many pixels.
    """
    from PIL import Image, ImageOps

    with _opened(file, called) as image:
        across, down = image.size
        drafted = _draft(image, max(1, min(8, max(across, down) // width)))
        if not drafted and not is_bearable(across, down):
            raise InvalidInput(f"{called} has {across}×{down} pixels, too many to be drawn here. Make it smaller.")
        drawn: Image.Image = image
        drawn.load()
        if drawn.mode.startswith("I;16"):
            drawn = drawn.point(lambda value: value * (1 / 256)).convert("L")
        clear = "transparency" in drawn.info or drawn.mode in ("LA", "PA", "La", "RGBa")
        if drawn.mode not in ("L", "RGB", "RGBA"):
            drawn = drawn.convert("RGBA" if clear else "RGB")
        if max(drawn.size) > width:
            drawn.thumbnail((width, width))
        drawn = ImageOps.exif_transpose(drawn)
        if drawn.mode != "RGBA":
            return drawn.convert("RGB")
        ground = Image.new("RGB", drawn.size, "white")
        ground.paste(drawn, mask=drawn.getchannel("A"))
        return ground


def _draft(image: Image, scale: int) -> bool:
    """Have a JPEG decoded at a fraction of its size; whether that keeps it within bounds."""
    if image.format != "JPEG":
        return False
    across, down = image.size
    image.draft(None, (max(1, across // scale), max(1, down // scale)))
    # a progressive one is held whole, as coefficients, whatever comes of it
    return is_bearable(*image.size) and (not image.info.get("progressive") or across * down <= 2 * _MOST)


@contextmanager
def _opened(file: BinaryIO, called: str) -> Iterator[Image]:
    import importlib

    file.seek(0)
    media_type = kinds.sniff(file.read(kinds.HEAD)) or ""
    file.seek(0)
    if media_type not in _PLUGINS:
        raise InvalidInput(
            f"{called} is a HEIC picture, which few services and browsers read. Export it as JPEG or PNG and give that."
        )
    # Not Image.open, which refuses by a limit of its own that the user's other work may have changed
    module, plugin = _PLUGINS[media_type]
    try:
        reader = getattr(importlib.import_module(f"PIL.{module}"), plugin)
        with reader(file) as image:
            yield image
    except InvalidInput:
        raise
    except Exception as error:  # a decoder raises whatever comes to it on bytes that mean harm
        if "truncated" in str(error):
            raise InvalidInput(f"{called} is cut short: its end is missing. Copy or download it again.") from error
        raise InvalidInput(
            f"{called} is not media that can be read ({str(error) or type(error).__name__:.200}). "
            "Give a video, a picture or a sound file."
        ) from error


def jpeg(image: Image) -> bytes:
    """Encode a picture as a JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


__all__ = ["describe", "is_bearable", "is_picture", "jpeg", "poster"]
