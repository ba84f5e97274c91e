"""What one draws on: a picture's pixels, a page that is drawn alike elsewhere, or nothing, to see how much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pixnb.display.fonts import load

if TYPE_CHECKING:
    from PIL.Image import Image

    from pixnb.display.typeset import Part

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; the last pixels belong to it."""


class Canvas(Protocol):
    """Takes what is drawn, in pixels from the left upper corner."""

    def fill(
        self, box: Box, ink: str | None, *, edge: str | None = None, width: int = 1, radius: float = 0
    ) -> None:  # fmt: skip
        """Draw a rectangle: its inside, its edge of so many pixels, its round corners."""

    def write(self, x: float, base: int, part: Part, ink: str, *, stroke: float = 0, said: str | None = None) -> None:
        """Write letters of one font on a line.

        Args:
            x: Where they begin.
            base: What they stand on.
            part: The letters.
            ink: Their colour.
            stroke: Pixels that each is fatter by, on each side.
            said: What they stand for, where that is not what they say.
        """

    def paste(self, picture: Image, at: tuple[int, int], said: str) -> None:
        """Draw a small picture with its transparency that stands for a sign."""


class Nothing:
    """A canvas that keeps nothing."""

    def fill(
        self, box: Box, ink: str | None, *, edge: str | None = None, width: int = 1, radius: float = 0
    ) -> None:  # fmt: skip
        """Draw no rectangle."""

    def write(self, x: float, base: int, part: Part, ink: str, *, stroke: float = 0, said: str | None = None) -> None:
        """Write nothing."""

    def paste(self, picture: Image, at: tuple[int, int], said: str) -> None:
        """Draw no picture."""


class Raster:
    """The pixels of a picture, RGB."""

    def __init__(self, drawn: Image) -> None:
        from PIL import ImageDraw

        self._drawn, self._on = drawn, ImageDraw.Draw(drawn)

    def fill(
        self, box: Box, ink: str | None, *, edge: str | None = None, width: int = 1, radius: float = 0
    ) -> None:  # fmt: skip
        """Draw a rectangle."""
        if radius:
            self._on.rounded_rectangle(box, radius, ink, edge, width)
        else:
            self._on.rectangle(box, ink, edge, width)

    def write(self, x: float, base: int, part: Part, ink: str, *, stroke: float = 0, said: str | None = None) -> None:
        """Write letters; what they stand for does not matter here."""
        self._on.text((x, base), part.shown, fill=ink, font=load(part.font, part.span.size), anchor="ls",
                      stroke_width=stroke, stroke_fill=ink, **part.shaping)  # type: ignore[arg-type]  # fmt: skip

    def paste(self, picture: Image, at: tuple[int, int], said: str) -> None:
        """Draw a small picture."""
        self._drawn.paste(picture.convert("RGB"), at, picture.getchannel("A"))


__all__ = ["Box", "Canvas", "Nothing", "Raster"]
