"""One HTML file to send: it holds its clips, plays them in step, and needs no network and no folder beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pixnb._version import __version__
from pixnb.compare.content import content
from pixnb.compare.files import choose_form, write_pieces
from pixnb.display import wording
from pixnb.errors import InvalidInput
from pixnb.report.data import Judging, describe
from pixnb.report.embedding import Embedded, Files, Quality
from pixnb.report.notes import say_how_long, say_what_was_reduced
from pixnb.report.origin import cite, list_models, name_versions
from pixnb.report.page import render, write_film
from pixnb.report.pictured import picture
from pixnb.report.summary import list_facts, sum_by_group
from pixnb.votes.file import report_id

if TYPE_CHECKING:
    import pandas as pd

MAIL_LIMIT = 10_000_000
"""Bytes of a file that mail programs take."""

_ROOM_FOR_NOTES = 4_000
_PLACES = ("input.", "output_path")
_CROWDED = 'There was no room for this clip in the file: report(path, quality="full") holds it.'


def write_report(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    title: str = "Runs",
    columns: str | Sequence[str] | None = None,
    quality: Quality = "mail",
    question: str | None = None,
    mailto: str | None = None,
) -> Path:
    """Write one HTML file that needs nothing else: no network, no folder beside it.

    Args:
        frame: A log's frame; needs `output_path` to show clips.
        path: Where to; ".html" is added when it has no ending.
        title: Its heading.
        columns: What is said of each run, as `compare` takes it.
        quality: "mail" for at most 10 MB, clips as previews where need be; "full" for the originals.
        question: What judges are asked of each pair; None for the usual question.
        mailto: An address that they can mail their votes to.

    Returns:
        The file's absolute path.

    Raises:
        InvalidInput: The frame lacks what it needs, there is no such column or quality, or the file cannot be written.
    """
    if quality not in get_args(Quality):
        raise InvalidInput(
            f'A report\'s quality is "mail" for at most 10 MB, or "full" for the originals, not {quality!r:.80}.'
        )
    target, _ = choose_form(path, (".html", ".htm"), "A report")
    judging = Judging(question, mailto)
    return write_pieces(target, make_pieces(frame, judging, title=title, columns=columns, quality=quality))


def make_pieces(
    frame: pd.DataFrame,
    judging: Judging,
    *,
    title: str,
    columns: str | Sequence[str] | None = None,
    quality: Quality = "mail",
    limit: int = MAIL_LIMIT,
) -> Iterator[bytes]:
    """Make the report piece by piece, so that a large one is never in memory as a whole."""
    begun = time.perf_counter()
    frame = clean(frame)
    said = content(frame, columns=columns)
    made, title = datetime.now(UTC), wording.legible(title)
    pictured = picture(frame, said, title=title)
    files = Files(pictured.places.values())
    report = report_id(str(frame.attrs.get("pixnb_log") or ""), [row.run_id for row in said.rows])
    parts: dict[str, Any] = {
        "title": title,
        "version": __version__,
        "report": report,
        "log": str(frame.attrs.get("pixnb_log") or ""),
        "made": f"{made:%Y-%m-%d %H:%M} UTC",
        "is_simulated": said.is_simulated,
        "facts": list_facts(frame, said),
        "prompt": said.prompt,
        "sums": sum_by_group(frame),
        "models": list_models(frame),
        "versions": name_versions(frame),
        "citation": cite(frame, title, report=report, made=made),
        "wall": pictured.wall,
        "table": pictured.table,
        "style": pictured.style,
        "scripts": pictured.scripts,
    }

    def shell(there: Container[str], films: Sequence[Embedded] = (), seconds: float = 0.0) -> tuple[str, str]:
        keys = {n: key for n, place in pictured.places.items() if (key := files.key(place)) and key in there}
        missing = sum(place is not None for n, place in pictured.places.items() if n not in keys)
        data = describe(frame, said, report=report, title=title, pictured=pictured, keys=keys, judging=judging)
        crowded = [n for n, place in pictured.places.items() if n not in keys and files.key(place)]
        data["whys"] |= dict.fromkeys(crowded, _CROWDED)
        reduced = say_what_was_reduced(films, missing)
        return render(data=data, reduced=reduced, took=say_how_long(films, seconds), **parts)

    spent = sum(len(text.encode("utf-8")) for text in shell(files.keys))
    films = files.make(quality, limit - spent - _ROOM_FOR_NOTES)
    before, after = shell({film.key for film in films}, films, time.perf_counter() - begun)
    yield before.encode("utf-8")
    for film in films:
        yield from write_film(film)
    yield after.encode("utf-8")


def clean(frame: pd.DataFrame) -> pd.DataFrame:
    """Make all texts of a frame fit to be shown, once, and an empty one none; a place stays as it is."""
    texts = {
        name: frame[name].map(lambda value: wording.legible(value) or None if isinstance(value, str) else value)
        for name, kind in frame.dtypes.items()
        if kind.kind in "OTU" and not str(name).startswith(_PLACES)
    }
    return frame.assign(**{str(name): text for name, text in texts.items()}) if texts else frame


__all__ = ["MAIL_LIMIT", "make_pieces", "write_report"]
