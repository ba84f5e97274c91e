"""Walls, tables and reports of odd frames: each form is made, and says what there is."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from make_media import make_video
from PIL import Image
from test_wall_matrix import grid

import pixnb
import pixnb.pandas
from pixnb.compare.content import content

EVIL = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>\x1b[31m\u202e & {{7*7}}'


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return str(make_video(tmp_path_factory.mktemp("odd") / "clip.mp4", frames=6))


def sounds(_):
    return grid(seed=[1, 2]).assign(output_path=str(pixnb.sample("audio").path))


FRAMES = {
    "none": lambda clip: grid(seed=[1, 2]).assign(output_path=clip).iloc[:0],
    "one": lambda clip: grid(seed=[1]).assign(output_path=clip),
    "all failed": lambda _: grid(seed=[1, 2]).assign(status="FAILED", error="against the rules", output_path=None),
    "by hand": lambda clip: pd.DataFrame({"output_path": [clip, clip]}),
    "gone": lambda clip: grid(seed=[1, 2, 3]).assign(output_path=["/nowhere/a.mp4", clip, f"/nowhere/{'x' * 400}"]),
    "sounds": sounds,
    "twice": lambda clip: pd.concat([grid(seed=[1, 2]).assign(output_path=clip)] * 2),
    "hostile": lambda clip: grid(prompt=[EVIL, "x"]).assign(
        output_path=clip, model=EVIL, experiment=EVIL, status=["COMPLETED", EVIL], **{f"vars.{EVIL}": ["a", EVIL]}
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_each_form_is_made_of_any_frame(name, clip, tmp_path):
    """As a wall, in one row, as a table and a report; nothing raises, and no word is markup."""
    frame = FRAMES[name](clip)
    for what, shown in (("wall", frame.pixnb.grid()), ("row", frame.pixnb.play()), ("table", frame.pixnb.table())):
        for form in ("html", "png", "txt") + (("pdf", "mp4") if what == "wall" and name != "twice" else ()):
            path = shown.save(tmp_path / f"{what}.{form}")
            assert path.stat().st_size, (what, form)
        shown.make_live().close()
        assert "<img src=x" not in (tmp_path / f"{what}.html").read_text()
        assert Image.open(io.BytesIO(shown.png())).width > 200
    assert "<img src=x" not in frame.pixnb.report(tmp_path / "report.html").read_text()
    assert len(frame.pixnb.grid()) == len(frame)


def test_what_has_no_picture_is_named():
    """A sound is no file that cannot be shown; FFmpeg 7.0 counts the last packet's padding, and says 5.4 s."""
    (said,) = {row.absence for row in content(sounds(None)).rows}
    assert said in ("Sound, 5.3 s", "Sound, 5.4 s")
