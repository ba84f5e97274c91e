"""The comparison table as HTML: a fragment for a notebook's output, and a page of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import html
from pixnb._version import __version__
from pixnb.compare import clips
from pixnb.compare.clips import Clip
from pixnb.compare.column_kinds import Prompt
from pixnb.compare.content import Content
from pixnb.compare.words import name_of
from pixnb.display import wording
from pixnb.display.host import Host, host
from pixnb.display.video import EMBED_LIMIT, Budget, words_if_lost

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


def write_fragment(content: Content, title: str, *, spent: int = 0, at: Host | None = None) -> str:
    """Return the table for a notebook's output.

    Args:
        content: What it says.
        title: Its heading.
        spent: Characters that the same output embeds besides.
        at: The host; found when left out.
    """
    at = at or host()
    shown = content.first(MOST_ROWS)
    places = [*map(local, content.inputs.values()), *(row.output for row in shown.rows)]
    budget = Budget(EMBED_LIMIT - spent)
    stills = _stills(shown, budget)
    made = clips.for_output(places, budget=budget, at=at)
    return _render(shown, title, places, made, stills, at=at, left_out=len(content.rows) - len(shown.rows))


def write_page(content: Content, title: str) -> str:
    """Return the table as a web page that needs nothing else: no network, no folder beside it."""
    places = [*map(local, content.inputs.values()), *(row.output for row in content.rows)]
    body = _render(content, title, places, [clips.for_file(place) for place in places], _stills(content, Budget()))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)} · pixnb {__version__}</title>"
        f"<style>{_PAGE}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


@cache
def template(name: str) -> Template:
    """Return a template of this room: everything in it is escaped that is not said to be HTML."""
    import jinja2

    loader = jinja2.FileSystemLoader(_HERE)
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=loader)
    return environment.get_template(f"{name}.html.jinja")


def player(clip: Clip, label: str) -> str:
    """Return the element that plays or shows a clip, as HTML; the still where only that is at hand, which says so."""
    from markupsafe import Markup

    lost = words_if_lost(clip.source)
    if clip.kind == "audio" and clip.source.url:
        made = html.audio(clip.source.url, label=label, lost=lost)
    elif clip.kind == "video" and clip.source.url:
        made = html.video(clip.source.url, poster=clip.poster, label=label, size=_small(clip.size), lost=lost)
        made = made.replace("<video ", f"<video {_ON_CLICK} ", 1)
    elif clip.kind == "video" and clip.poster:
        made = html.image(clip.poster, label=label, size=_small(clip.size))
        made += html.tag("span", "still", class_="still", title="A still: the clip does not play here; see above")
    else:
        shown = clip.source.url or clip.poster
        made = html.picture(shown, label=label, size=_small(clip.size), full=clip.full) if shown else ""
    return Markup(made or html.tag("div", html.escape(clip.name), class_="gap"))  # noqa: S704  # escaped there


def _render(
    content: Content,
    title: str,
    places: Sequence[Path | None],
    made: Sequence[Clip],
    stills: Mapping[str, str | None],
    *,
    at: Host | None = None,
    left_out: int = 0,
) -> str:
    inputs = [
        {"role": role, "name": name_of(place), "clip": clip}
        for (role, place), clip in zip(content.inputs.items(), made, strict=False)
    ]
    outputs = made[len(content.inputs) :]
    has_clips = any(row.output or row.error or row.status for row in content.rows)
    inner = template("comparison").render(
        content=content,
        title=title,
        heading="b" if at else "h1",
        badge=wording.sandbox_badge(),
        inputs=inputs,
        clips={row.number: clip for row, clip in zip(content.rows, outputs, strict=True)},
        stills=stills,
        has_clips=has_clips,
        clip_title=_clip_title(outputs),
        across=1 + has_clips + len(content.columns),
        playing=_how_they_play(places, made, at),
        notes=list(_notes(content, left_out)),
        player=player,
        tone=wording.tone,
        wordy=any(isinstance(column, Prompt) for column in content.columns),
    )
    upto = _upto(content)
    return html.root(html.tag("style", _css(upto)) + inner, class_=f"pixnb-runs upto-{upto}")


def _small(size: tuple[int, int] | None) -> tuple[int, int] | None:
    """The size in the tags, for a notebook of somebody else's, whose style sheets are taken out."""
    if size is None:
        return None
    scale = min(1.0, 320 / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _clip_title(outputs: Sequence[Clip]) -> str:
    kinds = {clip.kind for clip in outputs if clip.kind}
    if len(kinds) > 1:
        return "output"
    return {"image": "picture", "audio": "sound"}.get(kinds.pop() or "", "clip") if kinds else "clip"


def _notes(content: Content, left_out: int) -> Iterator[str]:
    if left_out:
        yield f'{left_out} more run{"s are" if left_out > 1 else " is"} not shown here; save("table.html") writes all.'
    if any(wording.tone(row.status) == "busy" for row in content.rows):
        yield "As things stood when this was made: ask again for what has ended since."


def _how_they_play(places: Sequence[Path | None], made: Sequence[Clip], at: Host | None) -> str:
    """Say why clips do not play here as they are, and what to do; "" where they do."""
    shown = [(place, clip) for place, clip in zip(places, made, strict=True) if clip.kind == "video"]
    stills = [place for place, clip in shown if place and clip.source.how == "none"]
    if stills:
        refusal = at.refusal(stills[0]) if at else ""
        why = f"they are too much for one output, and {refusal}" if refusal else "they are too much for one page"
        return (
            f"{len(stills)} of {len(shown)} clips are stills here: {why}. "
            'save("table.html") writes a page that plays them, exp.report("runs.html") too.'
        )
    if any(clip.source.how == "preview" for _, clip in shown):
        return "Clips play as small previews here; the files are whole."
    return ""


def local(place: str) -> Path | None:
    """Return the file of a place; a URL has none, and is never fetched for a picture."""
    return None if "://" in place else Path(place)


def _stills(content: Content, budget: Budget) -> dict[str, str | None]:
    """Return small pictures of the inputs in the rows, by place."""
    places = {place: local(place) for row in content.rows for cell in row.cells for place in cell.places}
    made = clips.stills(list(places.values()), budget=budget)
    return {place: clip.poster for place, clip in zip(places, made, strict=True)}


@cache
def _css(upto: int) -> str:
    lines = (_HERE / "comparison.css").read_text(encoding="utf-8").splitlines()
    whole, cards, narrow = re.split(r"/\* (?:cards|narrow)[^*]*\*/", "\n".join(line.strip() for line in lines[1:]))
    return " ".join([whole, cards.replace("AT", str(upto)), narrow]).replace("\n", " ")


def _upto(content: Content) -> int:
    """Up to which width the rows are cards, by what the columns need."""
    need = 210 + sum(column.width for column in content.columns)
    return next((width for width in _WIDTHS if width >= need), _WIDTHS[-1])


_PAGE = (
    ":root { color-scheme: light dark } body { margin: 0; background: #fff } main { padding: 28px 24px }"
    " .pixnb { margin: 0 auto } @media (prefers-color-scheme: dark) { body { background: #151618 } }"
)

__all__ = ["MOST_ROWS", "local", "player", "template", "write_fragment", "write_page"]
