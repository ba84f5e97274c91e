"""The comparison table as HTML: for a notebook's output, for a widget or another page, and a page of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import html
from pixnb.compare import clips
from pixnb.compare.clips import PAGE, Clip
from pixnb.compare.column_kinds import Prompt
from pixnb.compare.content import Content
from pixnb.compare.rows import Drawing, heads_of, write_figure
from pixnb.compare.words import name_of
from pixnb.display import wording
from pixnb.display.host import Host, host
from pixnb.display.scripts import write_script
from pixnb.errors import InvalidInput

if TYPE_CHECKING:
    from jinja2 import Template

DENSITIES = ("compact", "roomy")
SCRIPTS = ("dom", "table")
MOUNT = "mountTable"

_ROOMY = 10  # rows up to which there is room for each
_MOST = 303_000  # letters of the rows of an output; a page of its own has all
_WIDTHS = (680, 820, 940, 1060, 1180)  # up to which of them a table is set as cards; the last is the widest
_HERE = Path(__file__).parent


def write_fragment(content: Content, title: str, *, density: str | None = None, at: Host | None = None) -> str:
    """Return the table for a notebook's output: stills, and clips by the URL of their file where the host serves it.

    No script is in what a notebook keeps: the widget beside it makes it alive.

    Args:
        content: What it says.
        title: Its heading.
        density: "compact" or "roomy"; None for what fits the number of rows.
        at: The host; found when left out.
    """
    at = at or host()
    made = clips.for_output(_places(content), at=at)
    return _render(content, title, made, density=density, plays=True, at=at, most=_MOST)


def write_table(
    content: Content, title: str = "", *, density: str | None = None, name: str | None = None, is_renewed: bool = False
) -> str:
    """Return the table for a page whose script makes it alive: stills alone, which `mountTable(root, host)` plays.

    Args:
        content: What it says.
        title: Its heading; "" for none, and no word of what the page says elsewhere.
        density: As above.
        name: What the page calls it; left out, it is named by its runs.
        is_renewed: Whether runs that end come into it.
    """
    made = clips.stills(_places(content))
    return _render(content, title, made, density=density, most=_MOST, name=name, is_renewed=is_renewed)


def write_page(content: Content, title: str, *, density: str | None = None) -> str:
    """Return the table as a web page that needs nothing else: no network, no folder beside it."""
    made = [clips.for_file(place) for place in _places(content)]
    body = _render(content, title, made, density=density, plays=True, is_whole=True, heading="h1")
    return html.document(title, f"<main>{body}{_script(content)}</main>", padding="28px 24px")


def films_of(content: Content) -> dict[str, Path | None]:
    """Return the files that the table's script asks for, by the name it has for each."""
    sources = {f"source-{role}": local(place) for role, place in content.inputs.items()}
    return {**sources, **{str(row.number): row.output for row in content.rows}}


def check_density(density: str | None) -> None:
    """Refuse a word that says no density.

    Raises:
        InvalidInput: It is another.
    """
    if density is not None and density not in DENSITIES:
        raise InvalidInput(f'density is "compact" or "roomy", not {density!r}: leave it out for what fits the rows.')


@cache
def template(name: str, folder: Path = _HERE) -> Template:
    """Return a template of a room, this one if not another: everything in it is escaped that is not said to be HTML."""
    import jinja2

    loader = jinja2.FileSystemLoader(folder)
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=loader)
    return environment.get_template(f"{name}.html.jinja")


def local(place: str) -> Path | None:
    """Return the file of a place; a URL has none, and is never fetched for a picture."""
    return None if "://" in place else Path(place)


def _places(content: Content) -> list[Path | None]:
    return list(films_of(content).values())


def _render(
    content: Content,
    title: str,
    made: Sequence[Clip],
    *,
    density: str | None,
    plays: bool = False,
    is_whole: bool = False,
    at: Host | None = None,
    heading: str = "b",
    most: int = 10**12,
    name: str | None = None,
    is_renewed: bool = False,
) -> str:
    sources, outputs = made[: len(content.inputs)], made[len(content.inputs) :]
    is_dense = density == "compact" if density else len(content.rows) > _ROOMY
    has_clips = any(row.output or row.error or row.status for row in content.rows)
    numbered = {row.number: clip for row, clip in zip(content.rows, outputs, strict=True)}
    drawing = Drawing(
        content, numbered, _stills(content, None if is_whole else PAGE), is_dense, has_clips, plays, is_whole
    )
    bodies, count = drawing.write(most)
    inner = template("comparison").render(
        content=content,
        title=title,
        heading=heading,
        badge=wording.sandbox_badge(),
        sources="".join(
            write_figure(clip, f"Source {role}", name=f"source-{role}", plays=plays, caption=_caption(role, place))
            for (role, place), clip in zip(content.inputs.items(), sources, strict=True)
        ),
        heads="".join(heads_of(content.columns)),
        bodies=bodies,
        has_clips=has_clips,
        clip_title=_clip_title(outputs),
        playing=_how_they_play(made, _places(content), at) if plays and at else "",
        notes=list(_notes(content, count, is_renewed=is_renewed, is_whole=is_whole)),
        wordy=any(isinstance(column, Prompt) for column in content.columns),
    )
    upto = _upto(content, is_dense=is_dense)
    look = f"pixnb-runs upto-{upto}{' dense' if is_dense else ''}"
    shown = html.root(html.tag("style", _css(upto)) + inner, class_=look)
    return shown.replace("<div ", f'<div data-table="{name or name_table(content)}" ', 1)


def _script(content: Content) -> str:
    alive = f"for (const root of document.querySelectorAll('[data-table=\"{name_table(content)}\"]')) {MOUNT}(root);"
    return write_script(SCRIPTS, alive) if len(content.rows) > 1 else ""


def name_table(content: Content) -> str:
    """Name a table by its runs, so that marks that are kept in a browser are found again."""
    runs = "\n".join(sorted(row.run_id for row in content.rows))
    return hashlib.sha256(runs.encode()).hexdigest()[:16]


def _caption(role: str, place: str) -> str:
    return html.tag("figcaption", f"{html.escape(role)} {html.tag('b', html.escape(name_of(place)))}")


def _clip_title(outputs: Sequence[Clip]) -> str:
    kinds = {clip.kind for clip in outputs if clip.kind}
    if len(kinds) > 1:
        return "output"
    return {"image": "picture", "audio": "sound"}.get(kinds.pop() or "", "clip") if kinds else "clip"


def _notes(content: Content, count: int, *, is_renewed: bool, is_whole: bool) -> Iterator[tuple[str, str]]:
    """What is said under the table, and where: everywhere, or where no script makes it untrue."""
    if left_out := content.count - count:
        more = "1 more run is" if left_out == 1 else f"{left_out:,} more runs are"
        yield f'{more} not in this output; save("table.html") writes all.', ""
    if count > PAGE:
        first = f"The first {PAGE} of {count:,} runs"
        others = "let scripts run here" if is_whole else "run the cell again"
        more = "" if is_whole else ', or save("table.html")'
        yield f"{first}; {others} to turn to the others{more}.", "without-script"
    elif count > _ROOMY and not is_whole:
        yield 'Sorted and filtered where the notebook runs; save("table.html") does it anywhere.', "without-script"
    if not is_whole and sum(place is not None for place in _places(content)) > clips.MANY:
        yield f'Of so many runs the first {clips.FEW} have a still here; save("table.html") has all.', ""
    if not is_renewed and any(wording.tone(row.status) == "busy" for row in content.rows):
        yield "As things stood when this was made: ask again for what has ended since.", ""


def _how_they_play(made: Sequence[Clip], places: Sequence[Path | None], at: Host) -> str:
    """Say why clips do not play here, and what to do; "" where they do."""
    kinds = [(place, clip) for place, clip in zip(places, made, strict=True) if clip.kind in ("video", "audio")]
    stills = [place for place, clip in kinds if place and clip.source.how == "none"]
    if not stills:
        return ""
    return (
        f"{len(stills)} of {len(kinds)} clips are stills here: {at.refusal(stills[0]) or 'no browser plays them'}. "
        'save("table.html") writes a page that plays them, exp.report("runs.html") too.'
    )


def _stills(content: Content, most: int | None) -> Mapping[str, str | None]:
    """Return small pictures of the inputs in the first rows and in heads, by place."""
    cells = [cell for row in content.rows[:most] for cell in row.cells]
    cells += [cell for group in content.groups for _, cell in group.same]
    places = {place: local(place) for cell in cells for place in cell.places}
    return {place: clip.poster for place, clip in zip(places, clips.stills(list(places.values())), strict=True)}


@cache
def _css(upto: int) -> str:
    text = (_HERE / "static" / "table.css").read_text(encoding="utf-8")
    whole, cards, narrow = re.split(r"/\* (?:cards|narrow)[^*]*\*/", text)
    joined = " ".join([whole, cards.replace("AT", str(upto)), narrow])
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", joined))


def _upto(content: Content, *, is_dense: bool) -> int:
    """Up to which width the rows are cards, by what the columns need."""
    wide = sum(column.width for column in content.columns)
    need = 150 + wide * 6 // 7 if is_dense else 210 + wide
    return next((width for width in _WIDTHS if width >= need), _WIDTHS[-1])


__all__ = [
    "DENSITIES",
    "MOUNT",
    "SCRIPTS",
    "check_density",
    "films_of",
    "local",
    "name_table",
    "template",
    "write_fragment",
    "write_page",
    "write_table",
]
