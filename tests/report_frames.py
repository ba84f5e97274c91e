"""Frames of runs with small real clips, and a report read as a browser reads it."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser

import pandas as pd
from make_media import make_image, make_video
from served import tiny_clip

from pixnb.report.data import Judging
from pixnb.report.report import make_pieces

LOG = "5f0c9a1e2b7d4c38"


def frame(count=2, **columns):
    """So many runs of one experiment, each with the sample's small clip unless `output_path` says else."""
    given = {
        "run_id": [f"run-{n}" for n in range(count)],
        "experiment": "coats",
        "model": "lucy-edit-fast",
        "status": "COMPLETED",
        "prompt": [f"A coat of colour {n}" for n in range(count)],
        "user": "mia",
        **columns,
    }
    # objects, for a text may hold what no file does
    found = pd.DataFrame(
        {
            name: pd.Series(value, dtype=object if isinstance(value, list) else None)
            for name, one in given.items()
            for value in [one if hasattr(one, "__len__") and not isinstance(one, str) else [one] * count]
        }
    )
    found.attrs["pixnb_log"] = LOG
    return found


def clips(folder, count=2, **options):
    """So many small clips that differ; returns their paths as text."""
    made = []
    for number in range(count):
        path = folder / f"clip {number}.mp4"
        make_video(path, **{"size": (64 + 2 * number, 48), "frames": 30, **options})
        made.append(str(path))
    return made


def one_clip(folder):
    """The sample's beginning, with sound."""
    path = folder / "tiny.mp4"
    path.write_bytes(tiny_clip())
    return str(path)


def picture(folder, name="shot.png"):
    """A small picture."""
    return str(make_image(folder / name))


def render_report(given):
    """A frame's report, as text."""
    return b"".join(make_pieces(given, Judging(), title="Runs")).decode("utf-8")


class Read(HTMLParser):
    """A report's elements.

    Attributes:
        tags: Each start tag with its attributes.
        scripts: Text of each script that a browser would run.
        data: What the page's own data says.
        films: The bytes of each film, by its key.
        text: All text outside of scripts and styles.
    """

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.tags, self.scripts, self.data, self.films, self.text = [], [], None, {}, ""
        self._in = None
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self._in = (tag, given) if tag in ("script", "style") else None

    def handle_endtag(self, tag):
        self._in = None

    def handle_data(self, data):
        tag, given = self._in or ("", {})
        if tag == "script" and given.get("id") == "pixnb-report":
            self.data = json.loads(data)
        elif tag == "script" and given.get("class") == "pixnb-film":
            self.films[given["data-film"]] = base64.b64decode(data)
        elif tag == "script":
            self.scripts.append(data)
        elif tag != "style":
            self.text += data

    def all(self, name):
        return [given for tag, given in self.tags if tag == name]
