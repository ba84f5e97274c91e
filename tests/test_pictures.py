"""The sandbox's pictures show what the words name: subjects, places, hours, camera moves, takes that differ."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image

from pixnb.media.sample import sample
from pixnb.sandbox.render import RenderRequest, render
from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits.cut import Cut
from pixnb.sandbox.render.edits.edit import Painter, restyled
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.edits.looks import look_of
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.stamp import Stamp
from pixnb.sandbox.render.files.wiring import image_of
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.note import NOT_UNDERSTOOD, note_for_edit, note_for_scene
from pixnb.sandbox.render.scenes.cast import cast
from pixnb.sandbox.render.scenes.scene import Scene
from pixnb.sandbox.render.scenes.setting import PLACES, decide

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
        painted = next(Painter(request, clip, Cut(SMALL)).paint(iter([frame])))
        made.append(np.asarray(image_of(painted).resize((64, 36)), np.float32))
    return made


def staged(prompt, take="take"):
    """Return the setting of a prompt and its figures, from the back to the front."""
    setting = decide(words.read(prompt), Chance("theme"), Chance(take), SMALL)
    figures = cast(setting)
    return setting, [*figures.aloft, *figures.behind, *figures.before]


@pytest.mark.parametrize(
    ("prompt", "place", "cast"),
    [
        ("Horses galloping on a beach at dawn", "beach", [("horse", 3)]),
        ("A waterfall in a jungle", "waterfall", []),
        ("A volcano erupting", "volcano", []),
        ("An astronaut walks on the moon", "moon", [("astronaut", 1)]),
        ("A camel caravan in the Sahara", "desert", [("camel", 5)]),
        ("A bride and groom in a garden", "field", [("person with veil", 1), ("person in tuxedo", 1)]),
        ("A woman warrior on a mountain peak", "mountain", [("warrior", 1)]),
        ("An old man by the sea", "sea", [("old man", 1)]),
        ("Two dogs in the snow", None, [("dog", 2)]),
        ("A girl holding a red balloon in a park", "field", [("girl", 1), ("balloon", 1)]),
        ("A hot air balloon over green hills", "hills", [("hot air balloon", 1)]),
        ("A violinist on a stage", "stage", [("violinist", 1)]),
        ("A spaceship passes a purple planet", None, [("rocket", 1), ("globe showing europe-africa", 1)]),
        ("A busy street, no cars", "street", []),
        ("A DJ at a nightclub", "stage", [("dj", 1), ("mirror ball", 1)]),
        ("three slices of pizza and a glass of milk", None, [("pizza", 3), ("glass of milk", 1)]),
        ("a woman in a red dress", None, [("woman", 1)]),
        ("a sunflower field", "field", [("sunflower", 5)]),
        ("snow on a rose", None, [("rose", 1)]),
        ("une fille dans la forêt", None, []),
    ],
)
def test_reading(prompt, place, cast):
    """Who, how many and where are read from what people really type."""
    reading = words.read(prompt)
    assert reading.place == place
    assert [(s.label, s.count) for s in reading.subjects] == cast


def test_who_sits_on_a_horse_rides_it():
    """`On a horse` puts the knight into the saddle, `and a horse` beside it."""
    apart = {}
    for between in ("on", "and"):
        first, second = staged(f"a knight {between} a horse")[1]
        apart[between] = abs(first.x - second.x), abs(first.foot - second.foot)
    assert apart["on"][0] < 1
    assert apart["on"][1] > 18 > apart["and"][1]
    assert apart["and"][0] > 60


def test_each_place_has_its_own_picture():
    """Every place of the table can be painted, and none looks like another."""
    seen = {name: scene(f"{next(word for word, p in words.v.PLACES.items() if p == name)}")[0] for name in PLACES}
    for (one, first), (other, second) in itertools.combinations(seen.items(), 2):
        assert np.abs(first - second).mean() > 8, f"{one} looks like {other}"


ASKED = ["a DJ", "octopus", "pizza", "galaxy", "a stapler", "a zorblax", "一只猫在花园里", "قطة في الحديقة",
         "two red cars", "five red cars", "two blue cars", "two red cars at night"]  # fmt: skip


def test_other_words_are_other_pictures():
    """Another thing, another number, colour or hour: each is plain to see, in another script too."""
    seen = {prompt: scene(prompt)[0] for prompt in ASKED}
    for (one, first), (other, second) in itertools.combinations(seen.items(), 2):
        assert np.abs(first - second).mean() > 5, f"{one!r} looks like {other!r}"


@pytest.mark.parametrize("prompt", ["a DJ", "an octopus", "pizza", "a house in the hills", "galaxy", "a zorblax"])
def test_scenes_move_repeat_and_vary(prompt):
    """Begin, middle and end differ; the same request is the same to the bit; another take is another picture."""
    shown = scene(prompt, 0.0, 3.0, 6.0)
    assert min(np.abs(shown[i] - shown[i + 1]).mean() for i in (0, 1)) > 1
    assert np.array_equal(shown, scene(prompt, 0.0, 3.0, 6.0))
    assert np.abs(shown[1] - scene(prompt, variant=1)[0]).mean() > 4


def test_number_and_colour_are_shown():
    """Three balloons are three figures, and they have the colour that is asked for."""
    for colour, channel in (("red", 0), ("blue", 2)):
        figures = staged(f"three {colour} balloons over a city")[1]
        assert len(figures) == 3
        for figure in figures:
            pixels = np.asarray(figure.sprite, np.float32)
            body = pixels[pixels[..., 3] > 250][:, :3]
            assert (body.argmax(axis=1) == channel).mean() > 0.6


@pytest.mark.parametrize(
    ("prompt", "scene", "edit"),
    [
        ("a dog in a forest", None, NOT_UNDERSTOOD),
        ("make it night", None, None),
        ("", None, None),
        ("a zorblax beside a dog", "no picture for: zorblax", NOT_UNDERSTOOD),
        ("zorblax quuxly at night", "no picture for: zorblax, quuxly", None),
        ("aab bbc ccd dde eef ffg ggh", "no picture for: aab, bbc, ccd, dde, eef and 2 more", NOT_UNDERSTOOD),
        ("一只猫在花园里", NOT_UNDERSTOOD, NOT_UNDERSTOOD),
        ("قطة في الحديقة", NOT_UNDERSTOOD, NOT_UNDERSTOOD),
        ("кошка", NOT_UNDERSTOOD, NOT_UNDERSTOOD),
        ("猫 cat", "part of the prompt not understood by the sandbox", NOT_UNDERSTOOD),
        ("a red cat, ultra detailed, 4k, slow motion, cinematic", None, None),
        ("?!", NOT_UNDERSTOOD, NOT_UNDERSTOOD),
    ],
)
def test_what_is_not_understood_is_said(prompt, scene, edit):
    """No word is passed over in silence."""
    assert note_for_scene(RenderRequest("text-to-video", "m", prompt)) == scene
    assert note_for_edit(RenderRequest("video-to-video", "m", prompt)) == edit


def test_notes_stand_on_pictures():
    """A note changes the lower left and nothing else, and fits the narrowest picture."""
    for size in ((640, 360), (90, 160)):
        plain, said = (np.asarray(Stamp(*size, note).mark(Image.new("RGB", size, "grey")), int)
                       for note in (None, "no picture for: a word that is long"))  # fmt: skip
        changed = np.argwhere(np.abs(plain - said).max(axis=2) > 60)
        assert len(changed) > 60
        assert changed[:, 0].min() > size[1] * 0.7
        assert changed[:, 1].max() < size[0] - 1


@pytest.mark.parametrize("task", ["text-to-image", "image-to-image", "image-to-video", "video-to-video"])
def test_every_renderer_says_it(task, tmp_path):
    """The same request with and without an unknown word: only the one has a note in its lower left."""
    inputs = {"image": str(sample("image").path), "video": CLIP}
    needed = {role: path for role, path in inputs.items() if task.startswith(role)}
    edges = {}
    for name, prompt in (("known", "night, static"), ("unknown", "zorblax")):
        out = str(tmp_path / f"{name}.{'png' if task.endswith('image') else 'mp4'}")
        params = {"num_frames": 3, "resolution": "480p"}
        render(RenderRequest(task, "ltx-2-19b", prompt, params, needed, draft=True, out=out))
        picture = source.picture(out) if out.endswith("png") else image_of(next(source.clip(out).frames()))
        corner = np.asarray(picture.convert("L"), np.float32)[-picture.height // 9 :, : picture.width // 3]
        edges[name] = np.abs(np.diff(corner, axis=1)).mean()
    assert edges["unknown"] > 1.5 * edges["known"]


def test_autumn_leaves_fall_from_trees():
    """A park in autumn is a wood in its colours, not a meadow."""
    assert staged("autumn leaves in a park")[0].place == "forest"
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


def test_places_look_like_themselves():
    """A waterfall falls in the middle, a volcano glows, a stage is dark at its sides."""
    fall = scene("a waterfall in a jungle", 1.0, 1.1)
    assert np.abs(fall[0, 80:120, 130:190] - fall[1, 80:120, 130:190]).mean() > 2
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
