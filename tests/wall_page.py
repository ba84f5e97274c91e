"""A wall by hand, as Python writes one, with clips that say which frame they show, served in ranges on loopback."""

from __future__ import annotations

import contextlib
import http.server
import io
import re
import threading
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from pixnb import html
from pixnb.display import scripts

FPS, GOP = 24, 12
SCRIPTS = ("dom", "clock", "screens", "stage", "pair", "bar", "keys", "cells", "marks", "keep", "votes", "wall")
TONES = ((196, 92, 60), (62, 110, 170), (70, 140, 90), (150, 90, 160), (190, 150, 60), (60, 140, 150))


def paint(frame, size, tone, frames):
    """A picture whose bar moves with each frame and whose squares along the top are the frame's number in bits."""
    width, height = size
    table = np.empty((height, width, 3), np.uint8)
    light = np.linspace(0.35, 1.0, width)[None, :, None] * np.linspace(1.0, 0.6, height)[:, None, None]
    table[:] = np.asarray(tone)[None, None, :] * light
    at = frame * (width - 24) // max(1, frames - 1)
    table[height // 3 :, at : at + 24] = 245
    side = width // 10
    for bit in range(8):
        table[:side, bit * side : (bit + 1) * side] = 235 if frame >> bit & 1 else 20
    return table


def make_clip(path, *, size=(640, 360), seconds=5.0, tone=TONES[0], sound=False):
    """A preview as pixnb makes them: H.264, 24 frames a second, a key frame every twelve; returns its poster too."""
    frames = round(seconds * FPS)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "26", "g": str(GOP)})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        voice = out.add_stream("aac", rate=44100) if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(paint(number, size, tone, frames))
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if voice:
            wave = np.sin(np.arange(int(44100 * seconds)) * 0.05).astype(np.float32)[None] * 0.2
            heard = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            heard.sample_rate = 44100
            out.mux(voice.encode(heard))
            out.mux(voice.encode(None))
    poster = io.BytesIO()
    Image.fromarray(paint(0, size, tone, frames)).resize((size[0] // 2, size[1] // 2)).save(poster, "JPEG", quality=70)
    return poster.getvalue()


@dataclass
class Cell:
    """A place on the wall."""

    n: str
    name: str = ""  # of its file; "" for none
    poster: bytes = b""
    size: tuple[int, int] = (640, 360)
    seconds: float = 5.0
    kind: str = "video"
    tone: str = "good"
    why: str = ""
    label: str = ""
    sound: bool = False
    said: str = "$0.05"


@dataclass
class Wall:
    """Rows of cells under columns."""

    rows: list[tuple[str, list[Cell | None]]]
    columns: list[str]
    name: str = "w1"
    attributes: dict[str, object] = field(default_factory=dict)


def write_cell(cell):
    """A cell by the contract between what Python writes and the player."""
    width, height = cell.size
    is_source = cell.n.startswith("source")
    poster = html.tag("img", class_="wall-poster", alt=cell.label, src=html.data_uri("image/jpeg", cell.poster))
    screen = html.tag("div", poster, class_="wall-screen") if cell.poster else ""
    why = html.tag("div", html.escape(cell.why), class_="wall-why") if cell.why and not cell.poster else ""
    badge = html.tag("span", "done" if cell.tone == "good" else "failed", class_=f"badge {cell.tone}")
    stars = "" if is_source else html.tag("span", "☆☆☆☆☆", class_="wall-stars", data_stars=0)
    words = html.tag("span", html.escape(cell.said))
    number = html.tag("b", html.escape(cell.n))
    caption = html.tag("figcaption", f"{number}{'' if is_source else badge}{words}{stars}", class_="wall-said")
    return html.tag(
        "figure",
        screen + why + caption,
        class_=f"wall-cell {cell.tone}{' wall-source' if is_source else ''}",
        data_n=cell.n,
        data_run=None if is_source else f"run-{cell.n}",
        data_kind=cell.kind,
        data_label=cell.label,
        data_seconds=cell.seconds,
        data_fps=FPS,
        data_sound="1" if cell.sound else None,
        data_src=cell.name or None,
        style=f"--w:{width};--h:{height}",
    )


def write_wall(wall):
    """The wall's HTML with its style, as it is without a script."""
    heads = "".join(html.tag("th", html.escape(column), scope="col", class_="wall-column") for column in wall.columns)
    body = "".join(
        html.tag(
            "tr",
            html.tag("th", label, scope="row", class_="wall-row")
            + "".join(
                html.tag("td", write_cell(cell) if cell else "", role="gridcell", class_="wall-place") for cell in cells
            ),
        )
        for label, cells in wall.rows
    )
    head = html.tag("thead", html.tag("tr", html.tag("td", "", class_="wall-corner") + heads))
    table = html.tag("table", head + html.tag("tbody", body), class_="wall-grid", role="grid", aria_label="Clips")
    scroll = html.tag("div", table, class_="wall-scroll", tabindex="0", role="group", aria_label="The wall")
    title = html.tag("div", html.tag("b", "Snowy evening, six ways"), class_="wall-head head")
    inner = html.tag("style", html.css("wall")) + title + html.tag("div", "", class_="wall-bar", hidden=True) + scroll
    root = html.root(inner, class_="pixnb-wall")
    said = {"data_wall": wall.name, **wall.attributes}
    marks = "".join(f' {key.replace("_", "-")}="{html.escape(value)}"' for key, value in said.items())
    return root.replace('<div class="', f'<div{marks} class="', 1)


HOST = """
const root = document.querySelector(".pixnb-wall");
const told = (window.told = { films: [], marks: [] });
const host = (window.host = {
  keeps: "log",
  marks: {},
  film(n, { again } = {}) {
    told.films.push(n);
    const cell = root.querySelector(`[data-n="${n}"]`);
    const { src, kind } = cell.dataset;
    return Promise.resolve(src ? { url: src, kind } : { why: "The film was not kept: set keep=True." });
  },
  mark: (run, change) => told.marks.push([run, change]),
});
"""
MOUNT = "window.unmount = mountWall(root, host);"


def write_page(wall, *, host=HOST, theme="", call=MOUNT):
    """A page of its own with the wall and its script."""
    title = "<title>A wall</title><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    script = scripts.write_script(SCRIPTS, host + call)
    main = f"<main><h1 style='font:600 18px sans-serif'>A wall</h1>{write_wall(wall)}</main>"
    shade = "dark" if theme == "dark" else "light"
    back = "#16171a;color:#eee" if theme == "dark" else "#fff"
    return (
        f'<!doctype html><html lang=en><head>{title}</head><body data-theme="{shade}" '
        f"style='margin:16px;background:{back}'>{main}{script}</body></html>"
    )


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.server.folder / self.path.lstrip("/").partition("?")[0]
        self.server.asked.append(path.name)
        if not path.is_file():
            return self.send_error(404)
        if self.path.endswith("?hold"):  # a film of which nothing comes
            self.close_connection = self.server.released.wait(20)
            return None
        data = path.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (int(asked[1]), int(asked[2] or len(data) - 1)) if asked else (0, len(data) - 1)
        part = data[first : last + 1]
        self.send_response(206 if asked else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8" if path.suffix == ".html" else "video/mp4")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(data)}")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(part)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.asked, self.released = folder, [], threading.Event()

    def handle_error(self, request, client_address):
        """A browser that has enough of a film hangs up."""


@contextlib.contextmanager
def served(folder: Path):
    """Serve a folder; gives its address and the names that were asked for."""
    server = _Server(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.asked
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


def six(folder, *, seconds=5.0, size=(640, 360)):
    """Six previews and their source in two rows of three."""
    source_poster = make_clip(folder / "source.mp4", size=size, seconds=seconds, tone=(120, 120, 120))
    cells = []
    for number, tone in enumerate(TONES, 1):
        poster = make_clip(folder / f"c{number}.mp4", size=size, seconds=seconds, tone=tone)
        label = f"{'snowy night' if number < 4 else 'golden autumn'} · seed {(number - 1) % 3 + 1}"
        cells.append(Cell(str(number), f"c{number}.mp4", poster, size, seconds, label=label))
    source = Cell("source", "source.mp4", source_poster, size, seconds, label="source clip", said="source")
    return Wall(
        [
            ("Make it a <mark>snowy winter night</mark>", [source, *cells[:3]]),
            ("Make it a <mark>golden autumn sunset</mark>", [None, *cells[3:]]),
        ],
        ["source", "seed 1", "seed 2", "seed 3"],
    )


__all__ = ["FPS", "Cell", "Wall", "make_clip", "served", "six", "write_page"]
