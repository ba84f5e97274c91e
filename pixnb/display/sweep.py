"""What a sweep looks like: how far it is and what it has cost, why it waits, and its cells; what is left for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.display import sheet, wording
from pixnb.display.plan import plan_html
from pixnb.display.sweep_cells import ORDER, Cells, is_media, name_status
from pixnb.media.media import Media
from pixnb.status import JobStatus
from pixnb.terminal import shorten

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell
    from pixnb.runs.sweep import Sweep

_MOST = 190_000  # letters of a saved output
_TILES = 4
_FAULTS = 4
_CUT = 300
_TONES = {"running": "busy", "done": "good", "paused": "mark", "stopped": "mark", "confirm": "mark", "lost": "mark"}


def bundle(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep's bundle as it stands now: HTML, a contact sheet where there is room for it, plain text."""
    sweep.find_files()
    page, picture = write_html(sweep), draw_sheet(sweep)
    sheets = {"image/png": picture} if len(page) + html.uri_size(len(picture)) < _MOST else {}
    return {"text/html": page, **sheets, "text/plain": write_text(sweep)}


def write_html(sweep: Sweep) -> str:
    """Return a sweep's whole HTML, for an output that stays: its plan before it is started, then its cells."""
    parts = write_summary(sweep, at=datetime.now(UTC))
    if is_unstarted(sweep):
        parts += plan_html(sweep.plan)
    else:
        parts += Cells(sweep.cells).write() + write_faults(sweep.cells)
    style = html.tag("style", html.css("sweep"))
    return html.root(style + html.tag("div", parts, class_="card"), class_="sweep")


def write_summary(sweep: Sweep, *, at: datetime | None = None, left: float | None = None) -> str:
    """Return how far a sweep is, what it has cost, and why it does not go on.

    Args:
        sweep: The sweep.
        at: When this is said, for an output that stays while it goes on; None for one that is kept up.
        left: Seconds that it may take yet; None where nobody knows.
    """
    marks = [
        html.tag("b", html.escape(f"{count_over(sweep.cells)} of {len(sweep)}")),
        html.tag("span", html.escape(sweep.state), class_=f"badge {_TONES.get(sweep.state, 'calm')}"),
        *([wording.sandbox_badge()] if sweep.is_sandbox else []),
    ]
    for (glyph, word, tone), count in count_states(sweep.cells):
        marks.append(html.tag("span", f"{html.escape(glyph)} {count} {word}", class_=f"count {tone}"))
    said = [*_say_money(sweep)]
    if left is not None and sweep.is_running:
        said.append(f"about {wording.duration(left, whole=True)} left" if left >= 1 else "nearly done")
    if sweep.is_running:
        said.append("await sweep waits for its end" if at is None else f"as of {at:%H:%M:%S} UTC")
    parts = html.tag("div", " ".join(marks), class_="head") + ("" if is_unstarted(sweep) else _bar(sweep))
    parts += html.tag("div", html.escape(" · ".join(said)), class_="facts")
    if sweep.stopped:
        parts += html.tag("div", html.escape(sweep.stopped), class_="stopped")
    return parts + "".join(html.tag("div", html.escape(note), class_="facts") for note in sweep.notes)


def count_over(cells: Sequence[Cell]) -> int:
    """Count the cells that have come to their end."""
    return sum(cell.status is not None and cell.status.is_terminal for cell in cells)


def count_states(cells: Sequence[Cell]) -> list[tuple[tuple[str, str, str], int]]:
    """Count cells by how they stand, each with its sign, word and tone; what is done first, always in one order."""
    counts = Counter((*name_status(cell), wording.tone(cell.status or "")) for cell in cells)
    return sorted(counts.items(), key=lambda found: ORDER.index(found[0][1]))


def say_state(sweep: Sweep) -> str:
    """Say in a sentence how a sweep stands, for a screen reader."""
    said = ", ".join(f"{count} {word}" for (_, word, _), count in count_states(sweep.cells))
    return wording.legible(f"Sweep {sweep.state}: {said}. {sweep.stopped or ''}".strip())


def is_unstarted(sweep: Sweep) -> bool:
    """Whether a sweep is still a plan."""
    return sweep.state == "planned" or (sweep.state == "confirm" and not any(cell.has_failed for cell in sweep.cells))


def _say_money(sweep: Sweep) -> list[str]:
    simulated = ", simulated" if sweep.is_sandbox and sweep.spent else ""
    said = [f"{sweep.spent} spent{simulated}"] if not is_unstarted(sweep) else []
    budgets = sweep.read_budget()
    for owner in dict.fromkeys(one.owner for one in budgets):
        left, limit = (" + ".join(str(getattr(one, name)) for one in budgets if one.owner == owner)
                       for name in ("left", "limit"))  # fmt: skip
        said.append(f"{left} left of the {owner}'s budget of {limit}")
    reused = sum(name_status(cell)[1] == "reused" for cell in sweep.cells)
    return [*said, f"{reused} reused for nothing"] if reused else said


def _bar(sweep: Sweep) -> str:
    """Return one bar of what is done, what went wrong and what is under way."""
    tones = Counter(wording.tone(cell.status or "") for cell in sweep.cells)
    done, whole = count_over(sweep.cells), max(1, len(sweep))
    parts = "".join(
        html.tag("div", style=f"width:{100 * tones[tone] / whole:.2f}%", class_=f"part-{tone}")
        for tone in ("good", "bad", "busy")
        if tones[tone]
    )
    said = {"aria_valuemin": 0, "aria_valuemax": len(sweep), "aria_valuenow": done}
    return html.tag("div", parts, class_="bar parts", role="progressbar", aria_label="Cells done", **said)


def write_faults(cells: Sequence[Cell]) -> str:
    """Return what went wrong, each message once with the number of its cells; also where nobody can hover."""
    faults = Counter(
        (name_status(cell)[1], shorten(cell.error, _CUT))
        for cell in cells
        if cell.error and cell.status not in (JobStatus.CANCELLED, JobStatus.PLANNED)
    )
    lines = [
        html.tag("div", f"{html.tag('b', f'{count} {word}')} {html.escape(text)}", class_="error")
        for (word, text), count in faults.most_common(_FAULTS)
    ]
    more = len(faults) - len(lines)
    return "".join(lines) + (html.tag("small", f"and {more} other messages: sweep.frame()") if more > 0 else "")


def draw_sheet(sweep: Sweep) -> bytes:
    """Return a contact sheet of the first clips, with the summary in words."""
    numbers = [number for number, cell in enumerate(sweep.cells) if is_media(cell)][:_TILES]
    captions = Cells(sweep.cells).layout.captions
    tiles = [sheet.Tile(Media(sweep.cells[n].path or ""), [sheet.words(captions[n], "soft", most=2)]) for n in numbers]
    marks = [sheet.Span(f"{sweep.state}  ", _TONES.get(sweep.state, "calm"), is_bold=True)]
    marks += [sheet.Span(f" {wording.SANDBOX} ", "mark", 12, True, True), sheet.Span("  ")] if sweep.is_sandbox else []
    counts = count_states(sweep.cells)
    said = [f"{count_over(sweep.cells)} of {len(sweep)}", *(f"{n} {word}" for (_, word, _), n in counts)]
    head = [sheet.Words([*marks, sheet.Span(" · ".join([*said, *_say_money(sweep)]))], 3)]
    head += [sheet.words(sweep.stopped, "mark", most=5)] if sweep.stopped else []
    return sheet.draw([sheet.Block(head, tiles)], across=4, tile_bytes=4_500)


def write_text(sweep: Sweep) -> str:
    """Return a sweep as plain text."""
    said = [repr(sweep), ", ".join(_say_money(sweep)), *([sweep.stopped] if sweep.stopped else [])]
    return "\n".join([*said, sweep.plan.text] if is_unstarted(sweep) else said)


__all__ = [
    "bundle",
    "count_over",
    "count_states",
    "draw_sheet",
    "is_unstarted",
    "say_state",
    "write_faults",
    "write_html",
    "write_summary",
    "write_text",
]
