"""A film of many clips: each is first made small, so that memory stays small; and no picture outlives its decoder."""

from __future__ import annotations

import gc
import subprocess
import sys

import av
import pandas as pd
import pytest
from children import PEAK
from make_media import make_video
from test_wall_picture import level, make_grey

from pixnb.media.media import Media
from pixnb.media.preview import poster, preview
from pixnb.media.probe import probe
from pixnb.media.reel import Reel
from pixnb.wall import film
from pixnb.wall.film import make_film
from pixnb.wall.matrix import lay_matrix


def frame_of(paths, **more):
    """A run of each clip, of which nothing is alike."""
    rows = [
        {"run_id": f"r{n}", "seed": n, "status": "COMPLETED", "output_path": str(path)} for n, path in enumerate(paths)
    ]
    return pd.DataFrame(rows).assign(**more)


def test_many_clips_go_in_step_too(tmp_path):
    """Of other sizes, rates and lengths; who is over keeps its last picture; nothing is left beside the film."""
    folder = tmp_path / "clips"
    folder.mkdir()
    made = {}
    for n, (size, fps) in enumerate([((64, 36), 10), ((36, 64), 10), ((65, 37), 5), ((320, 180), 20)] * 3):
        levels = [(40 + 15 * k + 5 * n) % 250 for k in range(fps * (1 + n % 2) * 4 // 10)]
        even = size[0] // 2 * 2, size[1] // 2 * 2
        made[make_grey(folder / f"{n}.mp4", even, levels, fps)] = (levels, fps)
    matrix = lay_matrix(frame_of(made))
    path = make_film(matrix, tmp_path / "wall")
    assert Media(path).info.duration == pytest.approx(0.8)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["clips", "wall.mp4"]
    screens = film._fit(matrix, None).screens
    assert len(screens) == len(made)
    for screen in screens:
        levels, fps = made[screen.place]
        for seconds in (0.0, 0.25, 0.55, 0.75):
            expected = levels[min(int(seconds * fps + 0.01), len(levels) - 1)]
            assert level(path, seconds, screen) == pytest.approx(expected, abs=10), (screen.place, seconds)


@pytest.mark.parametrize("count", [37, 60, 89, 96, 130])
def test_many_cells_without_axes_fill_the_screen(tmp_path, count):
    """They wrap so that the film is wider than high; the first 96 are in it."""
    clip = make_grey(tmp_path / "clip.mp4")
    frame = frame_of(
        [clip] * count, model=[f"m{n % 7}" for n in range(count)], prompt=[f"a {n} b" for n in range(count)]
    )
    plan = film._fit(lay_matrix(frame), None)
    assert sum(not screen.is_hole for screen in plan.screens) == min(count, 96)
    assert plan.wide > plan.high
    assert plan.wide <= film.WIDTH
    assert plan.high <= film.HEIGHT


PROGRAM = f"""{PEAK}
import sys
import pandas as pd
from pixnb.wall.film import make_film
from pixnb.wall.matrix import lay_matrix
paths = sys.argv[2:]
frame = pd.DataFrame(dict(run_id=[str(n) for n in range(len(paths))], seed=range(len(paths)), output_path=paths))
make_film(lay_matrix(frame), sys.argv[1], progress=False)
print(peak() // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.slow
def test_ninety_six_clips_take_little_memory(tmp_path):
    """Of 720 rows, in one film; it was 1.9 GB of half as many."""
    make_video(tmp_path / "0.mp4", size=(1280, 720), frames=24)
    whole = (tmp_path / "0.mp4").read_bytes()
    paths = [tmp_path / f"{n}.mp4" for n in range(96)]
    for n, path in enumerate(paths):
        path.write_bytes(whole + b"\0\0\0\x10free" + n.to_bytes(8, "big"))
    program = [sys.executable, "-c", PROGRAM, tmp_path / "wall.mp4", *paths]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 500  # megabytes, of which Python and its libraries have 160


def play(path):
    with Reel(path, (64, 36)) as reel:
        for number in range(24):
            reel.show(number / 24)


def pictures():
    return [one for one in gc.get_objects() if isinstance(one, av.VideoFrame)]


@pytest.mark.parametrize("look", [play, probe, poster, preview, lambda path: poster(path, at=0.4)],
                         ids=["reel", "probe", "poster", "preview", "moment"])  # fmt: skip
def test_no_picture_outlives_its_decoder(tmp_path, look):
    """Else each would hold all others of its decoder until Python looks for circles."""
    path = tmp_path / "clip.mp4"
    make_video(path, size=(320, 180), frames=24)
    look(path)
    gc.collect()
    before = set(map(id, pictures()))
    gc.disable()
    try:
        look(path)
        left = set(map(id, pictures())) - before
    finally:
        gc.enable()
    assert left == set()
