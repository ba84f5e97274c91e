"""Reading what was sent: clips frame by frame, pictures, and sound block by block."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pixnb.media.opening import open_media
from pixnb.sandbox.render.request import RenderError

RATE = 48_000  # samples a second of every sound here
TICK = Fraction(1, 25)  # the clock of frames that stand alone
_LARGEST = 4096  # pixels of a picture's longer side that are worth keeping
_PICTURES = frozenset({"JPEG", "MPO", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"})  # what Pillow decodes by itself


@dataclass(frozen=True)
class Clip:
    """A video that can be read, as a viewer sees it (a telephone's rotation is undone)."""

    path: str  # where it is
    width: int  # pixels
    height: int  # pixels
    fps: Fraction  # frames a second, on average
    seconds: float  # how long its pictures last
    rotation: int  # degrees counter-clockwise that a player turns it
    sound: str | None  # the audio codec's name, or None when it is silent
    matrix: str  # libswscale's name of its YUV matrix
    clock: Fraction  # the unit of its frames' `pts`
    colours: tuple[int, int, int, int]  # the codec's numbers for matrix, primaries, transfer; limited range

    def frames(self) -> Iterator[av.VideoFrame]:
        """Yield the decoded frames, one at a time.

        Raises:
            RenderError: The file is damaged, or ends before its own length.
        """
        last = 0.0
        with _open(self.path, "video") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = 2
            try:
                for frame in container.decode(stream):
                    last = float(frame.time or 0.0) - float((stream.start_time or 0) * (stream.time_base or 0))
                    yield frame
            except FFmpegError as error:
                raise _damaged(self.path, last) from error
        if last + 1.5 / self.fps + 0.25 < self.seconds:
            raise _damaged(self.path, last)


def clip(path: str) -> Clip:
    """Open a video far enough to know it.

    Raises:
        RenderError: It is not media, or has no video in it.
    """
    with _open(path, "video") as container:
        stream = next(
            (s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic), None
        )
        if stream is None or "image" in container.format.name or container.format.name.endswith("_pipe"):
            raise RenderError(f"{Path(path).name} has no video stream. Send an MP4, MOV or AVI clip.")
        try:
            first = next(container.decode(stream))
        except (FFmpegError, StopIteration) as error:
            raise _damaged(path, 0.0) from error
        fps = stream.average_rate or stream.guessed_rate or Fraction(25)
        turned = first.rotation % 180 != 0
        size = (first.height, first.width) if turned else (first.width, first.height)
        length = stream.duration * stream.time_base if stream.duration and stream.time_base else None
        length = length or Fraction(container.duration or 0, 1_000_000)
        context = stream.codec_context
        colours = int(context.colorspace), int(context.color_primaries), int(context.color_trc), 1
        return Clip(
            path, *size, Fraction(fps), float(length), int(first.rotation),
            sound=container.streams.audio[0].codec_context.name if container.streams.audio else None,
            matrix={1: "bt709", 9: "bt2020", 7: "smpte240m"}.get(colours[0], "bt601"),
            clock=Fraction(stream.time_base or Fraction(1, 90_000)),
            colours=colours,
        )  # fmt: skip


def picture(path: str, role: str = "image") -> Image.Image:
    """Return a picture as RGB, upright, transparent parts on white.

    Raises:
        RenderError: It is not a picture, or one too large to be meant.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.format not in _PICTURES:
                    raise UnidentifiedImageError(opened.format)
                opened.draft("RGB", (_LARGEST, _LARGEST))
                return _on_white(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError as error:
        raise RenderError(f"{Path(path).name} is not an image. Send a JPEG or PNG as {role}.") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise RenderError(
            f"{Path(path).name} is too large to be {role}: it has more than {most} million pixels. Send a smaller one."
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise RenderError(f"{Path(path).name} is damaged and cannot be used as {role}: {error}") from error


def sound(path: str, samples: int = RATE) -> Iterator[NDArray[np.float32]]:
    """Yield a file's sound as stereo blocks, float32 of shape (2, samples) at 48 kHz; the last may be shorter.

    Raises:
        RenderError: It is not media, has no sound, or is damaged.
    """
    with _open(path, "audio") as container:
        if not container.streams.audio:
            raise RenderError(f"{Path(path).name} has no audio stream. Send an MP3, WAV or M4A file.")
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE, frame_size=samples)
        try:
            for frame in chain(container.decode(container.streams.audio[0]), [None]):
                for block in resampler.resample(frame):
                    yield block.to_ndarray().astype(np.float32, copy=False)
        except FFmpegError as error:
            raise RenderError(f"The sound of {Path(path).name} is damaged: {error.strerror}.") from error


def _open(path: str, wanted: str) -> av.container.InputContainer:
    try:
        return open_media(path)
    except (FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RenderError(f"{Path(path).name} is not {wanted} that can be read: {reason}.") from error


def _on_white(image: Image.Image) -> Image.Image:
    image = _eight_bit(image)
    image.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
    if image.mode == "RGBA":
        layer, image = image, Image.new("RGBA", image.size, "white")
        image.alpha_composite(layer)
    return image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that scales well, with its transparency; Pillow itself would clip 16 bits."""
    if image.mode[0] in "IF":
        levels = np.asarray(image, np.float32)
        top = 65_535 if image.mode[0] == "I" else max(1.0, float(np.nanmax(levels, initial=0)))
        return Image.fromarray(np.clip(np.nan_to_num(levels) / top * 255, 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "CMYK", "YCbCr") else image.convert("RGB")


def _damaged(path: str, last: float) -> RenderError:
    return RenderError(f"{Path(path).name} is damaged or cut off: no readable picture after {last:.1f} s.")
