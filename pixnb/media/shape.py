"""How the pictures of a video are to be shown: turned, mirrored, and with pixels that are not square."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image


@dataclass(frozen=True)
class Shape:
    """How pictures are to be shown: first rows and columns are swapped, then they are mirrored.

    Attributes:
        aspect: The width of a pixel by its height.
        swapped: Whether rows become columns.
        left_right: Whether left and right are changed after that.
        top_bottom: Whether top and bottom are changed after that.
    """

    aspect: float = 1.0
    swapped: bool = False
    left_right: bool = False
    top_bottom: bool = False

    @property
    def is_mirrored(self) -> bool:
        """Whether no turn alone does it."""
        return (self.swapped, self.left_right ^ self.top_bottom) in ((False, True), (True, False))

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the size as shown, in square pixels, of a picture of so many pixels."""
        wide = max(1, round(width * self.aspect))
        return (height, wide) if self.swapped else (wide, height)

    def draw(self, image: Image) -> Image:
        """Return a picture as it is to be shown; its pixels are square already."""
        from PIL.Image import Transpose

        turns = (
            (self.swapped, Transpose.TRANSPOSE),
            (self.left_right, Transpose.FLIP_LEFT_RIGHT),
            (self.top_bottom, Transpose.FLIP_TOP_BOTTOM),
        )
        for wanted, turn in turns:
            image = image.transpose(turn) if wanted else image
        return image

    @property
    def filters(self) -> list[str]:
        """FFmpeg's filters that turn and mirror."""
        turns = ((self.swapped, "transpose=cclock_flip"), (self.left_right, "hflip"), (self.top_bottom, "vflip"))
        return [turn for wanted, turn in turns if wanted]


def find_shape(video: VideoStream, frame: VideoFrame | None) -> Shape:
    """Find how a video's pictures are to be shown.

    Args:
        video: The stream.
        frame: One of its pictures, decoded, which knows how it is turned; None where none was decoded.
    """
    aspect = float(video.sample_aspect_ratio or 1)
    aspect = aspect if 0.1 <= aspect <= 10 else 1.0
    data = _find_turn(frame) if frame is not None else b""
    if len(data) < 36:
        return Shape(aspect)
    # x' = ax + cy, y' = bx + dy: the nearest of the eight ways in which a picture can stand straight
    a, b, _, c, d = struct.unpack("=9i", data[:36])[:5]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Shape(aspect, False, a < 0, d < 0)
    return Shape(aspect, True, c < 0, b < 0)


def _find_turn(frame: VideoFrame) -> bytes:
    """Read a picture's display matrix.

    Not by `frame.side_data`: the picture and what that returns would hold each other, and with them all pictures of
    the decoder, until Python looks for circles.
    """
    from av.sidedata.sidedata import SideDataContainer

    beside: Any = SideDataContainer
    found = beside(frame).get("DISPLAYMATRIX")
    return b"" if found is None else bytes(found)


__all__ = ["Shape", "find_shape"]
