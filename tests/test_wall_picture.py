"""A wall as one picture and as one film: the same axes, every clip in its shape, what is missing says why."""

from __future__ import annotations

import io
import resource
import signal
from fractions import Fraction
from itertools import combinations, product

import av
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pixnb.display.fonts import Fonts
from pixnb.errors import InvalidInput
from pixnb.media.media import Media
from pixnb.media.preview import poster
from pixnb.wall.film import make_film
from pixnb.wall.geometry import lay_out
from pixnb.wall.matrix import lay_matrix
from pixnb.wall.picture import draw_pdf, draw_wall, paint
from tests.make_media import make_image
from tests.read_pdf import read_pdf

SNOW, DUSK = "A lake in snow at night", "A lake in autumn at dusk, with leaves"
LONG = "A slow shot of a lake, " + "the camera gliding over the still water, " * 14 + "with {} people."
SCRIPTS = ["把她的外套换成红色的", "اجعل معطفها أحمر", "Her 🧥 coat, in red"]


def make_grey(path, size=(64, 36), levels=(40, 80, 120, 160), fps=10):
    """Make a clip of plain grey pictures, of these levels one after the other."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=fps, options={"crf": "4", "preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        for number, level in enumerate(levels):
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), level, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """One of a usual shape, one upright, a longer one, a picture."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        "wide": make_grey(folder / "wide.mp4"),
        "tall": make_grey(folder / "tall.mp4", (36, 64)),
        "later": make_grey(folder / "later.mp4", levels=(60, 90, 130, 170, 200, 230, 240, 250)),
        "image": make_image(folder / "still.png"),
    }


def make_frame(clips, *, prompts=(SNOW, DUSK), models=("lucy", "lucy-pro"), seeds=(1, 2), source=True, **changed):
    """A run for each point; `changed` names what is other in a row: `r3={"status": "FAILED"}`; None leaves it out."""
    usual = {"take": 1, "status": "COMPLETED", "cost": 0.2, "currency": "USD", "output_path": str(clips["wide"])}
    points = product(prompts, models, seeds)
    rows = [
        {"run_id": f"r{n}", **usual, "prompt": prompt, "model": model, "seed": seed, **(changed.get(f"r{n}") or {})}
        for n, (prompt, model, seed) in enumerate(points, 1)
        if changed.get(f"r{n}", {}) is not None
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(**{"input.video": str(clips["later"])}) if source else frame


def info_of(path):
    return Media(path).info


def said(plan):
    return ["".join(span.text for span in text.said.spans) for text in plan.texts]


def test_axes_sources_holes_and_failures_have_their_places(clips):
    """Nested heads once over what they share, a screen for each clip, a card that says why for each that is missing."""
    matrix = lay_matrix(
        make_frame(
            clips,
            r2={"status": "FAILED", "output_path": None, "error": "content refused <b>"},
            r3={"status": "PROCESSING", "output_path": None},
            r4=None,
            r5={"output_path": str(clips["tall"]), "stars": 4},
            r6={"output_path": "/nowhere/gone.mp4"},
        ),
        title="Lakes",
    )
    plan = lay_out(matrix, across=1000)
    words = said(plan)
    assert [words.count(name) for name in ("lucy", "lucy-pro", "seed 1", "seed 2")] == [1, 1, 2, 2]
    assert sum("A lake in" in one for one in words) == 2
    assert len(plan.rules) == 2
    holes = [screen for screen in plan.screens if screen.is_hole]
    assert [hole.why for hole in holes] == ["no run here"]
    whys = [screen.why for screen in plan.screens if screen.why and not screen.is_hole]
    assert whys == ["content refused <b>", "Being made", "Its file is no longer here"]
    assert [screen.place for screen in plan.screens if screen.is_source] == [clips["later"]]
    upright = next(screen for screen in plan.screens if screen.place == clips["tall"])
    assert upright.wide / upright.high == pytest.approx(36 / 64, rel=0.03)
    assert any("★★★★☆" in one for one in words)
    assert plan.foot == ["Marked: words in which the prompts differ"]


@pytest.mark.parametrize(("across", "scale"), [(400, 1), (1000, 0.7), (860, 2.5)])
@pytest.mark.parametrize("kind", ["grid", "stacks", "flow", "one", "none", "scripts"])
def test_nothing_covers_anything(clips, kind, scale, across):
    """Screens stand apart and inside of the picture, words too, whatever there is and however much of it."""
    frame = {
        "grid": lambda: make_frame(clips, prompts=(SNOW, LONG.format(2), LONG.format(5)), seeds=(1, 2, 3)),
        "stacks": lambda: pd.concat([make_frame(clips, models=("a",)).assign(take=n) for n in range(1, 6)]),
        "flow": lambda: make_frame(clips, seeds=range(7), models=("a",), prompts=(SNOW,), source=False),
        "one": lambda: make_frame(clips, seeds=(1,), models=("a",), prompts=(LONG,)),
        "none": lambda: make_frame(clips).iloc[:0],
        "scripts": lambda: make_frame(clips, prompts=SCRIPTS, r1={"output_path": str(clips["tall"])}),
    }[kind]()
    frame["run_id"] = [f"x{n}" for n in range(len(frame))]
    drawn, plan = paint(lay_matrix(frame), across=across, scale=scale, fonts=Fonts([]))
    boxes = [(one.x, one.y, one.x + one.wide, one.y + one.high) for one in plan.screens]
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= drawn.width
        assert 0 <= top < bottom <= drawn.height
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for text in plan.texts:
        assert 0 <= text.x <= text.x + text.wide <= drawn.width
        assert text.y < drawn.height
    # takes that are not drawn are counted
    assert any("and 2 more" in one for one in said(plan)) == (kind == "stacks")


def test_more_than_fits_is_counted(clips):
    """Whole rows are left out."""
    frame = make_frame(clips, prompts=[f"A lake, {n}" for n in range(40)], source=False)
    plan = lay_out(lay_matrix(frame), across=1000)
    assert len(plan.screens) == 96
    assert "and 64 more runs, not in this picture" in plan.foot


def test_a_notebook_carries_a_small_picture_and_a_file_a_sharp_one(clips):
    """Six clips in 65 kB, so that with their posters the notebook stays within 200 kB."""
    matrix = lay_matrix(make_frame(clips, prompts=(SNOW, DUSK, "A lake"), models=("a",)))
    small, sharp = (Image.open(io.BytesIO(draw_wall(matrix, **how))) for how in ({}, {"scale": 2, "most": None}))
    assert len(draw_wall(matrix)) <= 65_000
    assert (small.mode, sharp.mode) == ("P", "RGB")
    assert sharp.width > 1.9 * small.width
    assert small.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_a_page_for_a_paper_says_what_the_picture_shows(clips):
    """Seven inches across, in the picture's shape; every word is text, every clip is in it once, as it is."""
    matrix = lay_matrix(
        make_frame(
            clips, r1={"output_path": str(clips["image"])}, r3={"output_path": str(clips["tall"])},
            r2={"status": "FAILED", "output_path": None, "error": "content refused <b>"}, r4=None,
            r5={"output_path": "/nowhere/gone.mp4"}, prompts=(SNOW, LONG.format(2)),
        ),
        title="Lakes",
    )  # fmt: skip
    fonts = Fonts([])
    data = draw_pdf(matrix, fonts=fonts)
    assert data == draw_pdf(matrix, fonts=fonts)
    read, (drawn, plan) = read_pdf(data), paint(matrix, across=860, scale=2.5, fonts=fonts)
    assert read.title == "Lakes"
    assert read.size == (504, pytest.approx(504 * drawn.height / drawn.width, abs=0.01))
    assert read.placed == sum(screen.place in clips.values() for screen in plan.screens) == 6
    assert sorted(read.pictures) == sorted((info.width, info.height) for info in map(info_of, clips.values()))
    words, by = {one.text.strip() for one in read.said}, 504 / plan.wide
    assert words >= {"lucy", "lucy-pro", "seed 1", "content refused", "<b>", "Its file is no longer", "no run here"}
    left = {round(text.x * by, 1) for text in plan.texts if not text.centred}
    assert left <= {round(one.x, 1) for one in read.said}


def level(film, seconds, screen):
    """Return how bright the middle of a screen is at a moment of a film."""
    with av.open(str(film)) as given:
        frames = [frame for frame in given.decode(video=0) if frame.time <= seconds + 0.001]
        seen = frames[-1].to_ndarray(format="gray")
    return int(seen[screen.y + screen.high // 2, screen.x + screen.wide // 2])


def test_a_film_shows_all_clips_in_step(clips, tmp_path):
    """Each picture at its moment; who is over keeps the last; a still stands; a card says why; no sound."""
    from pixnb.wall import film as films

    frame = make_frame(
        clips, prompts=(SNOW, DUSK), models=("a",), seeds=(1, 2),
        r2={"output_path": str(clips["later"])}, r3={"output_path": str(clips["image"]), "media_type": "image/png"},
        r4={"status": "FAILED", "output_path": None, "error": "refused"}, source=False,
    )  # fmt: skip
    matrix = lay_matrix(frame)
    path = make_film(matrix, tmp_path / "wall")
    assert path == tmp_path / "wall.mp4"
    info = Media(path).info
    assert info.plays_everywhere
    assert (info.audio, info.fps) == (False, 10)
    assert info.duration == pytest.approx(0.8)
    assert info.width <= 1920
    assert info.height <= 1080
    assert (info.width % 2, info.height % 2) == (0, 0)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    plan = films._fit(matrix, None)
    wide, later, still, card = plan.screens
    for seconds, levels in ((0.0, (40, 60)), (0.1, (80, 90)), (0.35, (160, 170)), (0.7, (160, 250))):
        assert level(path, seconds, wide) == pytest.approx(levels[0], abs=9)
        assert level(path, seconds, later) == pytest.approx(levels[1], abs=9)
    assert level(path, 0.0, still) == level(path, 0.7, still)
    assert level(path, 0.5, card) > 225
    bar = card.x + round(1.5 * plan.scale), card.y + card.high // 2
    seen = Image.open(io.BytesIO(poster(path, 1920))).getpixel(bar)
    assert np.abs(np.array(seen) - (163, 39, 28)).max() <= 25  # the red of a failure, as it was meant
    assert sorted(one.name for one in tmp_path.iterdir()) == ["wall.mp4"]


def test_a_film_lasts_as_long_as_the_clips_not_their_source(clips, tmp_path):
    """A source may be an hour long."""
    matrix = lay_matrix(make_frame(clips, models=("a",), seeds=(1,)))
    assert Media(make_film(matrix, tmp_path / "a.mp4")).info.duration == pytest.approx(0.4)


@pytest.mark.parametrize("empty", [True, False])
def test_a_film_of_what_does_not_move(clips, tmp_path, empty):
    """Pictures only, or nothing at all: five seconds."""
    frame = make_frame(clips, seeds=(1,), models=("a",), source=False).assign(output_path=str(clips["image"]))
    made = make_film(lay_matrix(frame.iloc[:0] if empty else frame), tmp_path / "a.mp4")
    assert Media(made).info.duration == pytest.approx(5)


def test_a_damaged_clip_is_a_card_or_keeps_its_last_picture(clips, tmp_path):
    """The film is made all the same."""
    (tmp_path / "cut.mp4").write_bytes(clips["later"].read_bytes()[:-200])
    (tmp_path / "noise.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(range(256)) * 8)
    frame = make_frame(clips, models=("a",), r2={"output_path": str(tmp_path / "cut.mp4")},
                       r3={"output_path": str(tmp_path / "noise.mp4")})  # fmt: skip
    assert Media(make_film(lay_matrix(frame), tmp_path / "a.mp4")).info.duration == pytest.approx(0.4)


def test_a_film_that_cannot_be_written_says_so_and_leaves_nothing(clips, tmp_path):
    """A folder that is a file, a disk that is full; what was there stays."""
    matrix = lay_matrix(make_frame(clips))
    with pytest.raises(InvalidInput, match="cannot be written"):
        make_film(matrix, clips["wide"] / "a.mp4")
    target = tmp_path / "a.mp4"
    target.write_bytes(b"before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, hard))
    try:
        with pytest.raises(InvalidInput, match="cannot be written"):
            make_film(matrix, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]
    assert target.read_bytes() == b"before"


def test_ctrl_c_leaves_no_half_film(tmp_path):
    """Nothing is left beside what was there."""
    long = make_grey(tmp_path / "long.mp4", (640, 360), levels=[10, 200] * 150)
    clips = {"wide": long, "later": long}
    matrix = lay_matrix(make_frame(clips))

    def stop(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.8)
    try:
        with pytest.raises(KeyboardInterrupt):
            make_film(matrix, tmp_path / "a.mp4")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert [one.name for one in tmp_path.iterdir()] == ["long.mp4"]
