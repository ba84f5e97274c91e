"""What a report says of its own clips: which are smaller than the originals, what is missing, how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pixnb.display import wording
from pixnb.report.embedding import Embedded

_NAMES = {"video": ("clip", "clips"), "image": ("picture", "pictures"), "audio": ("sound", "sounds")}
_PART = 0.95  # of its length: what has less is shown in part


def say_what_was_reduced(films: Sequence[Embedded], missing: int = 0) -> list[str]:
    """Return sentences for the reader, who must not take a preview for the clip.

    Args:
        films: What the report carries.
        missing: Files that it does not: they are gone, or could not be read.
    """
    said = [sentence for kind in _NAMES if (sentence := _say_kind(kind, films))]
    if missing:
        where = "its place says why" if missing == 1 else "their places say why"
        said.append(f"{_count(missing, 'clip')} could not be put into this file: {where}.")
    signed = sum(film.info.credentials for film in films if film.data is not None)
    if signed:
        of = "the original carries" if signed == 1 else f"{signed} of the originals carry"
        said.append(f"Here {of} content credentials (C2PA): a preview is not the signed original, which the log keeps.")
    return said


def say_how_long(films: Sequence[Embedded], seconds: float) -> str:
    """Say what making the previews took; "" where there are none."""
    count = sum(film.data is not None for film in films)
    return f"; {_count(count, 'preview')} made in {wording.duration(seconds)}" if count else ""


def _say_kind(kind: str, films: Sequence[Embedded]) -> str:
    of_kind = [film for film in films if film.kind == kind]
    small = [film for film in of_kind if film.data is not None]
    if not small:
        return ""
    one, many = _NAMES[kind]
    which = many.capitalize() if len(small) == len(of_kind) > 1 else f"{_count(len(small), one)} of {len(of_kind)}"
    sizes = " for ".join(
        wording.size(sum(sizes)) for sizes in zip(*((f.size, f.media.size or 0) for f in small), strict=True)
    )
    if len(of_kind) == 1:
        which = f"The {one}"
    verb, noun = ("is a", "preview") if len(small) == 1 else ("are", "previews")
    if kind != "video":
        noun = {"image": "smaller copy", "audio": "smaller copy"}[kind] if len(small) == 1 else "smaller copies"
        return f"{which} {verb} {noun} ({sizes})."
    parts = sum(_is_part(film) for film in small)
    part = f" {parts} of them show only the beginning." if len(small) > 1 else " It shows only the beginning."
    made = [film.made_to for film in small if film.made_to]
    rates = _range({round(one.fps) for one in made})
    originals = "an original" if len(small) == 1 else "originals"
    sides = _range({one.side for one in made})
    said = (
        f"{which} {verb} {sides}p {noun} at {rates} fps of {originals}, {_list(map(_say_original, small))} ({sizes})."
    )
    return said + part * bool(parts)


def _say_original(film: Embedded) -> str:
    info = film.info
    rate = f" at {info.fps:.3g} fps" if info.fps else ""
    return f"{info.width}×{info.height}{rate}"


def _range(numbers: set[int]) -> str:
    return f"{min(numbers)}" if len(numbers) == 1 else f"{min(numbers)}–{max(numbers)}"


def _is_part(film: Embedded) -> bool:
    return film.seconds is not None and film.seconds < _PART * (film.info.duration or 0)


def _list(texts: Iterator[str], most: int = 2) -> str:
    """Name the most frequent, and that there are more."""
    found = [text for text, _ in Counter(texts).most_common()]
    return " or ".join(found) if len(found) <= most else f"{', '.join(found[:most])} and others"


def _count(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


__all__ = ["say_how_long", "say_what_was_reduced"]
