"""The pack of emoji: which there are, what they are called, and their pictures."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

HERE = Path(__file__).parent


@cache
def read_names() -> Sequence[Sequence[Any]]:
    """Return for each emoji its code ("1f9d1-200d-1f680"), name, group, short names and keywords."""
    rows: list[list[Any]] = json.loads((HERE / "names.json").read_text(encoding="utf-8"))
    return rows


@cache
def _by_letters() -> dict[str, str]:
    """For the letters of each emoji, without what only chooses between picture and text, its code."""
    return {"".join(chr(int(part, 16)) for part in row[0].split("-") if part != "fe0f"): row[0] for row in read_names()}


def find_code(letters: str) -> str | None:
    """Return the code by which an emoji's picture is opened; None for what is not in the pack.

    Example:
        >>> find_code("🦊"), find_code("x")
        ('1f98a', None)
    """
    return _by_letters().get(letters.replace("\ufe0f", ""))


def open_picture(code: str) -> Image:
    """Return the picture of an emoji, RGBA, of 256 pixels each way."""
    from PIL import Image

    with zipfile.ZipFile(HERE / "pictures.zip") as pack:
        return Image.open(io.BytesIO(pack.read(f"{code}.webp"))).convert("RGBA")


__all__ = ["find_code", "open_picture", "read_names"]
