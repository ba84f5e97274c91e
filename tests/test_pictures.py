"""The sandbox's pictures show what the words name: subjects, places, hours, camera moves, takes that differ."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image

from pixnb.media.sample import sample
from pixnb.sandbox.render import RenderRequest, figures, nouns, source, words
from pixnb.sandbox.render.cast import cast
from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.convert import image_of
from pixnb.sandbox.render.cut import Cut
from pixnb.sandbox.render.directions import look_of
from pixnb.sandbox.render.edit import Painter, restyled
from pixnb.sandbox.render.layers import phases
from pixnb.sandbox.render.look import Look
from pixnb.sandbox.render.pen import tones
from pixnb.sandbox.render.scenes import Scene
from pixnb.sandbox.render.setting import setting

pytestmark = pytest.mark.rendering

CLIP = str(sample("video").path)
SMALL = (320, 180)


def scene(prompt, *times, variant=0):
    """Draw a scene at some moments, as an array of shape (moments, height, width, 3)."""
    request = RenderRequest("text-to-video", "ltx-2.3-text-to-video", prompt, {}, {}, variant)
    drawn = Scene(request, SMALL, 6.0)
    return np.array([np.asarray(drawn.picture(t), np.float32) for t in times or (3.0,)])


def takes(prompt, count=3):
    """Edit one frame of the sample in several takes."""
    clip = source.clip(CLIP)
    frame = next(itertools.islice(clip.frames(), 60, None))
    made = []
    for variant in range(count):
        request = RenderRequest("video-to-video", "lucy-edit-fast", prompt, {}, {"video": CLIP}, variant)
        painted = next(Painter(request, clip, Cut(SMALL)).painted(iter([frame])))
        made.append(np.asarray(image_of(painted).resize((64, 36)), np.float32))
    return made


@pytest.mark.parametrize(
    ("prompt", "place", "cast"),
    [
        ("Horses galloping on a beach at dawn", "beach", [("horse", 3)]),
        ("A waterfall in a jungle", "waterfall", []),
        ("A volcano erupting", "volcano", []),
        ("An astronaut walks on the moon", "moon", [("astronaut", 1)]),
        ("A camel caravan in the Sahara", "desert", [("camel", 5)]),
        ("A bride and groom in a garden", "field", [("bride", 1), ("groom", 1)]),
        ("A woman warrior on a mountain peak", "mountain", [("warrior", 1)]),
        ("An old man by the sea", "sea", [("oldman", 1)]),
        ("Two dogs in the snow", "field", [("dog", 2)]),
        ("A girl holding a red balloon in a park", "field", [("girl", 1), ("toyballoon", 1)]),
        ("A hot air balloon over green hills", "hills", [("balloon", 1)]),
        ("A woman playing the violin on a stage", "stage", [("violinist", 1)]),
        ("A spaceship passes a purple planet", "space", [("rocket", 1)]),
        ("A busy street, no cars", "street", []),
        ("A DJ at a nightclub", "stage", [("dj", 1)]),
    ],
)
def test_reading(prompt, place, cast):
    """Who, how many and where are read from what people really type."""
    reading = words.read(prompt)
    assert reading.place == place
    assert [(s.kind, s.count) for s in reading.subjects] == cast


def test_who_sits_on_a_horse_rides_it():
    """`On a horse` puts the knight into the saddle, `and a horse` beside it."""
    feet = {}
    for words_between in ("on", "and"):
        asked = words.read(f"a knight {words_between} a horse")
        movers = cast(setting(asked, Chance("theme"), Chance("take"), SMALL))
        feet[words_between] = abs(movers[0].y - movers[1].y)
    assert feet["on"] > 18 > feet["and"]


def test_autumn_leaves_fall_from_trees():
    """A park in autumn is a wood in its colours, not a meadow."""
    assert setting(words.read("autumn leaves in a park"), Chance(1), Chance(2), SMALL).place == "forest"
    warm = scene("autumn leaves in a park at noon")[0][90:150].mean((0, 1))
    assert warm[0] > warm[2] + 40


def test_a_grey_thing_is_recoloured_where_it_stands():
    """Grey at the picture's sides, rocks and walls, stays grey."""
    table = np.full((180, 320, 3), 120, np.uint8)
    asked = RenderRequest("video-to-video", "lucy-edit-fast", "change the grey rabbit to a blue one")
    look = look_of(asked, lambda: Image.fromarray(table))
    made = np.asarray(restyled(Image.fromarray(table), Look(patch=look.patch), Chance(1)), np.float32)
    middle, side = made[80:110, 150:170].mean((0, 1)), made[80:110, 4:20].mean((0, 1))
    assert middle[2] > middle[0] + 40
    assert np.ptp(side) < 6


def test_colours_belong_to_what_they_stand_beside():
    """A dress, a horse, hills and a sky each have their own."""
    assert words.read("a woman in a red dress").subjects[0].colour == "red"
    assert words.read("a white horse in a meadow").subjects[0].colour == "white"
    assert words.read("a balloon over green hills").ground == ("green",)
    assert words.read("a white horse").ground == ()


def test_every_named_subject_has_a_figure_of_its_own():
    """In one and the same colour no two kinds look alike, and each fills a fair share of its square."""
    assert set(nouns.SUBJECTS.values()) <= figures.KINDS
    seen = {}
    for kind in sorted(figures.KINDS):
        draw, _ = figures.drawn(kind, "walk")
        picture, mask = phases(draw, 60, tones((150, 120, 90), (255, 250, 240), 1.0, (250, 250, 250)), count=2)[1]
        assert np.asarray(mask).mean() > 6, kind
        flat = Image.composite(picture, Image.new("RGB", mask.size), mask)
        seen[flat.tobytes()] = kind
    assert len(seen) >= len(figures.KINDS) - 1  # a bird and an eagle differ by colour and size


def test_places_look_like_themselves():
    """A waterfall is bright and falls in the middle, a volcano glows, a stage is dark at its sides."""
    fall = scene("a waterfall in a jungle", 1.0, 1.1)
    middle = fall[:, 80:120, 110:210].mean(-1)
    assert middle.max() - np.median(fall[0, 80:120, :60]) > 50
    assert np.abs(fall[0, 80:120, 110:210] - fall[1, 80:120, 110:210]).mean() > 2
    hot = [((p[..., 0] > 190) & (p[..., 1] < 150) & (p[..., 2] < 90)).mean() for p in
           (scene("a volcano erupting at night")[0], scene("a mountain at night")[0])]  # fmt: skip
    assert hot[0] > 0.01 > hot[1]
    stage = scene("a singer on a stage")[0]
    assert stage[60:150, 110:210].mean() > 1.4 * stage[60:150, 60:90].mean()


def test_no_seam_between_sea_and_sky_at_dawn():
    """The horizon is no hard line: far water takes the sky's colour."""
    rows = scene("the open sea at dawn")[0][60:120].mean(axis=1)
    assert np.abs(np.diff(rows, axis=0)).max() < 24


def test_camera_words():
    """A locked camera stays, a pan and a dolly go."""
    moved = {}
    for move in ("static shot", "pan right", "dolly in"):
        first, last = scene(f"mountains at noon, {move}", 0.0, 6.0)[:, 90:]
        moved[move] = np.abs(first - last).mean()
    assert moved["static shot"] < 1
    assert min(moved["pan right"], moved["dolly in"]) > 4


@pytest.mark.parametrize(
    "prompt", ["Repaint it as a sunny watercolour", "make it night", "pencil sketch", "oil painting"]
)
def test_takes_of_an_edit_differ(prompt):
    """Three takes of one edit are three pictures to the eye."""
    for first, second in itertools.combinations(takes(prompt), 2):
        assert np.abs(first - second).mean() > 5


def test_the_sky_alone_is_recoloured():
    """`Turn the blue sky orange` is read without `to`, and leaves green as it is."""
    assert words.read("Turn the blue sky orange").recolour == words.Recolour("orange", "blue")
