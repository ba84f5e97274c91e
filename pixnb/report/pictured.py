"""The wall and the table of a report, and whose files their cells show."""
from __future__ import annotations
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from pixnb import html
from pixnb.display.poster import poster_uri
from pixnb.media.media import Media

@dataclass(frozen=True)
class Pictured:
    wall: Any
    table: Any
    style: str
    scripts: tuple[str, ...]
    places: dict
    sources: dict

def picture(frame, said, columns):
    from markupsafe import Markup
    cells=[]
    for row in said.rows:
        try: p=poster_uri(Media(row.output)) if row.output else None
        except Exception: p=None
        inner = html.tag("div", html.tag("img", class_="wall-poster", alt="", src=p) if p else html.escape(row.error), class_="wall-screen")
        cells.append(html.tag("td", html.tag("figure", inner+html.tag("figcaption", str(row.number)), class_="wall-cell", data_n=row.number, data_run=row.run_id)))
    wall = html.tag("div", html.tag("div","",class_="wall-bar",hidden=True)+html.tag("table", html.tag("tr","".join(cells))), class_="pixnb pixnb-wall")
    return Pictured(Markup(wall), Markup("<p>table</p>"), "", (), {str(r.number): r.output for r in said.rows}, {})
