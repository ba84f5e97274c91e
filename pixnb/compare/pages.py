"""The comparison table as HTML: a fragment for a notebook's output, and a page of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import __version__, html
from pixnb.compare import clips
from pixnb.compare.clips import Clip
from pixnb.compare.content import Column, Content, Group, Row
from pixnb.compare.prompts import excerpt
from pixnb.compare.words import name_of
from pixnb.display import figures
from pixnb.display.host import Host
from pixnb.display.video import EMBED_LIMIT, Budget

if TYPE_CHECKING:
    from jinja2 import Template

MOST_ROWS = 200
"""Rows that a notebook's output shows; a page of its own shows all."""

# Not every browser plays a clip that is clicked beside its buttons. Where one does, the second look sees it.
_ON_CLICK = " ".join(
    (
        """onclick="const v=this,p=v.paused;setTimeout(()=>{if(v.paused===p)p?v.play():v.pause()})\"""",
        """onplay="this.parentNode.classList.add('playing')\"""",
        """onpause="this.parentNode.classList.remove('playing')\"""",
    )
)
_WIDTHS = (680, 820, 940, 1060, 1180)  # up to which of them a table is set as cards; the last is the widest
_HERE = Path(__file__).parent


def fragment(content: Content, title: str, *, spent: int = 0, at: Host | None = None) -> str:
    """Return the table for a notebook's output.

    Args:
        content: What it says.
        title: Its heading.
        spent: Characters that the same output embeds besides.
        at: The host; found when left out.
    """
    shown = _first(content, MOST_ROWS)
    inputs = _inputs(shown)
    places = [*map(local, content.sources.values()), *(row.output for row in shown.rows)]
    budget = Budget(EMBED_LIMIT - spent)
    given = dict(zip(inputs, clips.stills(list(inputs.values()), budget=budget), strict=True))
    made = clips.for_output(places, budget=budget, at=at)
    return _rendered(shown, title, made, given, left_out=len(content.rows) - len(shown.rows))


def page(content: Content, title: str) -> str:
    """Return the table as a web page that needs nothing else: no network, no folder beside it."""
    inputs = _inputs(content)
    given = dict(zip(inputs, clips.stills(list(inputs.values()), budget=Budget()), strict=True))
    made = [
        clips.for_file(place)
        for place in [*map(local, content.sources.values()), *(row.output for row in content.rows)]
    ]
    body = _rendered(content, title, made, given)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)} · pixnb {__version__}</title>"
        f"<style>{_PAGE}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


def summary(content: Content) -> list[str]:
    """Say how many runs there are, how they stand and what they cost together.

    Returns:
        ["4 runs", "3 completed", "1 failed", "$0.60 simulated"], as far as the frame says it.
    """
    count = len(content.rows)
    said = [f"{count} run{'' if count == 1 else 's'}" if count else "No runs yet"]
    if len(content.counts) == 1 and count > 1:
        said[0] += f", all {next(iter(content.counts))}"
    else:
        said += [f"{n} {status}" for status, n in content.counts.items()]
    return [*said, *([content.money] if content.money and count else [])]


@cache
def template(name: str) -> Template:
    """Return a template of this room: everything in it is escaped that is not said to be HTML."""
    import jinja2

    loader = jinja2.FileSystemLoader(_HERE)
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=loader)
    return environment.get_template(f"{name}.html.jinja")


def player(clip: Clip, label: str) -> str:
    """Return the element that plays or shows a clip, as HTML; the still where only that is at hand."""
    from markupsafe import Markup

    if clip.kind == "audio" and clip.source.url:
        return Markup(html.audio(clip.source.url, label=label))  # noqa: S704  # its values are escaped there
    if clip.kind == "video":
        made = html.video(clip.source.url, poster=clip.poster, label=label, size=_small(clip.size))
        made = made.replace("<video ", f"<video {_ON_CLICK} ", 1)
    else:
        shown = clip.source.url or clip.poster
        made = html.picture(shown, label=label, size=_small(clip.size), full=clip.full) if shown else ""
    return Markup(made or html.tag("div", html.escape(clip.name), class_="gap"))  # noqa: S704  # escaped there


def _rendered(content: Content, title: str, made: Sequence[Clip], given: dict[str, Clip], *, left_out: int = 0) -> str:
    names = list(content.sources)
    sources = [
        {"role": role, "name": name_of(place), "clip": clip}
        for (role, place), clip in zip(content.sources.items(), made, strict=False)
    ]
    outputs = made[len(names) :]
    has_clips = any(row.output or row.error or row.status for row in content.rows)
    inner = template("comparison").render(
        content=content,
        title=title,
        summary=summary(content),
        sources=sources,
        rows={row.number: clip for row, clip in zip(content.rows, outputs, strict=True)},
        given=given,
        numeric=_numeric(content),
        has_clips=has_clips,
        kind=_kind(outputs),
        across=1 + has_clips + len(content.columns) + len(content.ends),
        notes=list(_notes(content, outputs, left_out)),
        name_of=name_of,
        nothing=nothing,
        player=player,
        short=excerpt,
        tone=figures.tone,
        wordy=any(column.is_prompt for column in content.columns),
    )
    upto = _upto(content)
    return html.root(html.tag("style", _css(upto)) + inner, class_=f"pixnb-runs upto-{upto}")


def _small(size: tuple[int, int] | None) -> tuple[int, int] | None:
    """The size in the tags, for a notebook of somebody else's, whose style sheets are taken out."""
    if size is None:
        return None
    scale = min(1.0, 320 / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _kind(outputs: Sequence[Clip]) -> str:
    kinds = {clip.kind for clip in outputs if clip.kind}
    if len(kinds) > 1:
        return "output"
    return {"image": "picture", "audio": "sound"}.get(kinds.pop() or "", "clip") if kinds else "clip"


def nothing(row: Row) -> str:
    """Say why there is no clip where nothing went wrong."""
    if figures.tone(row.status) == "busy":
        return "Being made" if row.status == "PROCESSING" else "Waiting"
    if row.output:
        return "This file cannot be shown" if row.output.exists() else "Its file is no longer here"
    return "No file"


def _notes(content: Content, outputs: Sequence[Clip], left_out: int) -> Iterator[str]:
    if left_out:
        yield f'{left_out} more run{"s are" if left_out > 1 else " is"} not shown here; save("table.html") writes all.'
    if any(figures.tone(row.status) == "busy" for row in content.rows):
        yield "As things stood when this was made: ask again for what has ended since."
    hows = [clip.source.how for clip in outputs if clip.kind == "video"]
    if "none" in hows:
        yield (
            f"{hows.count('none')} of {len(hows)} clips are stills here, as all are too much for one output; "
            'save("table.html") writes a page that plays them.'
        )
    elif "preview" in hows:
        yield "Clips play as small previews here; the files are whole."


def _numeric(content: Content) -> set[str]:
    """The columns that hold nothing but numbers, which are set to the right."""
    found = set()
    for at, column in enumerate(content.columns):
        texts = [row.cells[at].text.removesuffix(" (default)") for row in content.rows]
        if all(text == "–" or _is_number(text) for text in texts):
            found.add(column.name)
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def local(place: str) -> Path | None:
    """Return the file of a place; a URL has none, and is never fetched for a picture."""
    return None if "://" in place else Path(place)


def _inputs(content: Content) -> dict[str, Path | None]:
    return {place: local(place) for row in content.rows for cell in row.cells for place in cell.places}


def _first(content: Content, most: int) -> Content:
    groups: list[Group] = []
    left = most
    for group in content.groups:
        if left > 0:
            groups.append(replace(group, rows=group.rows[:left]))
            left -= len(group.rows)
    return replace(content, groups=tuple(groups))


@cache
def _css(upto: int) -> str:
    lines = (_HERE / "comparison.css").read_text(encoding="utf-8").splitlines()
    whole, cards, narrow = re.split(r"/\* (?:cards|narrow)[^*]*\*/", "\n".join(line.strip() for line in lines[1:]))
    return " ".join([whole, cards.replace("AT", str(upto)), narrow]).replace("\n", " ")


def _upto(content: Content) -> int:
    """Up to which width the rows are cards, by what the columns need."""
    need = 210 + sum(map(_need, content.columns)) + 62 * len(content.ends)
    return next((width for width in _WIDTHS if width >= need), _WIDTHS[-1])


def _need(column: Column) -> int:
    if column.is_prompt:
        return 180
    if column.is_input:
        return 116
    if column.aside:
        return 142  # the name of a model
    return max(50, 12 + 15 * max(map(len, column.label.split())) // 2)  # its head wraps at spaces alone


_PAGE = (
    ":root { color-scheme: light dark } body { margin: 0; background: #fff } main { padding: 28px 24px }"
    " .pixnb { margin: 0 auto } @media (prefers-color-scheme: dark) { body { background: #151618 } }"
)

__all__ = ["MOST_ROWS", "fragment", "local", "nothing", "page", "player", "summary", "template"]
