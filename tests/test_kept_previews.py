"""Previews that are kept: only so many bytes of them, those that were played last, whoever reads meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from make_media import make_video

from pixnb import settings
from pixnb.media.light import KEPT_BYTES, light_preview, prune
from pixnb.media.media import Media

DAY = 86_400


def fill(folder, files):
    """Write files of so many bytes, used so many seconds ago."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (size, age) in files.items():
        (folder / name).write_bytes(b"x" * size)
        os.utime(folder / name, (time.time() - age,) * 2)


KEPT = {
    "all, where there is room": ({"a.mp4": (50, 9), "b.mp4": (50, 1)}, 100, {"a.mp4", "b.mp4"}),
    "the last used": ({"a.mp4": (50, 9), "b.mp4": (50, 1), "c.mp4": (50, 5)}, 100, {"b.mp4", "c.mp4"}),
    "none, if the last is larger": ({"a.mp4": (500, 1)}, 100, set()),
    "what is old, where there is room": ({"a.mp4": (50, 365 * DAY)}, 100, {"a.mp4"}),
    "what is being written": ({"a.mp4": (90, 5), "b.7-8": (90, 1)}, 100, {"b.7-8"}),
    "not what was left half written": ({"a.mp4": (50, 5), "b.7-8": (50, DAY)}, 100, {"a.mp4"}),
    "nothing of nothing": ({}, 100, set()),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_is_kept(tmp_path, what):
    """A folder within is not touched."""
    files, most, kept = KEPT[what]
    fill(tmp_path, files)
    (tmp_path / "folder.mp4").mkdir()
    prune(tmp_path, most)
    assert {one.name for one in tmp_path.iterdir()} == kept | {"folder.mp4"}


def test_making_one_makes_room_and_playing_one_keeps_it(tmp_path):
    """In the data folder, by itself: what was played last stays, what was not goes."""
    kept = settings.load().data_dir / "cache" / "previews"
    clips = [tmp_path / f"{n}.mp4" for n in range(3)]
    for n, clip in enumerate(clips):
        make_video(clip, size=(1280, 720), frames=4 + n)
    first, second = (light_preview(Media(clip)) for clip in clips[:2])
    for n, one in enumerate(sorted(kept.glob("*.mp4"))):
        os.utime(one, (time.time() - DAY - n,) * 2)
    with (kept / "large.mp4").open("wb") as large:
        large.truncate(KEPT_BYTES - 1)  # of holes: it takes no room on the disk
    os.utime(kept / "large.mp4", (time.time() - 60,) * 2)
    assert light_preview(Media(clips[0])) == first  # played: newer than the large one
    light_preview(Media(clips[2]))
    left = {one.name.split("-")[0] for one in kept.glob("*.mp4")}
    assert left == {Media(clips[0]).sha256, Media(clips[2]).sha256}
    assert light_preview(Media(clips[1])) == second


def test_one_that_cannot_be_read_is_made_anew(tmp_path):
    """Such as a folder in its place; what is given is the preview all the same."""
    media = Media(make_video(tmp_path / "a.mp4", size=(1280, 720), frames=4))
    first = light_preview(media)
    (kept,) = (settings.load().data_dir / "cache" / "previews").glob("*.mp4")
    kept.unlink()
    kept.mkdir()
    assert light_preview(media) == first


PROGRAM = """
import sys, pathlib
from pixnb.media.light import prune
folder, number = pathlib.Path(sys.argv[1]), sys.argv[2]
for n in range(200):
    part = folder / f"{number}-{n}.1-{number}"
    part.write_bytes(b"x" * 100)
    part.replace(folder / f"{number}-{n}.mp4")
    prune(folder, 2_000)
"""


def test_four_processes_at_once(tmp_path):
    """None stumbles over what another deletes; in the end there is as much as may be."""
    running = [subprocess.Popen([sys.executable, "-c", PROGRAM, tmp_path, str(n)], stderr=subprocess.PIPE, text=True)
               for n in range(4)]  # fmt: skip
    assert [(one.communicate()[1], one.returncode) for one in running] == [("", 0)] * 4
    prune(tmp_path, 2_000)
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) == 2_000
