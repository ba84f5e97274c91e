"""The sandbox's pictures: scenes from words, edits and references of a picture, and every kind of picture file."""

from __future__ import annotations

import numpy as np
import pytest
from make_media import make_picture
from PIL import Image

from pixnb.media.sample import sample
from pixnb.sandbox.render import RenderError, RenderRequest, render

pytestmark = pytest.mark.rendering

CLIP = str(sample("video").path)


def drawn(out, prompt, *, seed=1, draft=True, **params):
    """Draw a picture from words; return it as an array."""
    request = RenderRequest("text-to-image", "lucy-pro-t2i", prompt, params, {}, 0, seed, draft, str(out))
    return shown(render(request))


def edited(out, picture, prompt, *, model="lucy-pro-i2i", seed=1, draft=False, reference=None, **params):
    """Edit a picture; return it as an array."""
    inputs = {"image": str(picture)} | ({"reference": str(reference)} if reference else {})
    return shown(render(RenderRequest("image-to-image", model, prompt, params, inputs, 0, seed, draft, str(out))))


def shown(result):
    """Return a rendered picture as an array, after a look at what it says of itself."""
    assert (result.media_type, result.seconds) == ("image/png", 0)
    with Image.open(result.path) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image, np.float32)


def hue_of(table):
    """Return the mean hue of a picture's colours, in degrees, by their chroma."""
    red, green, blue = table.reshape(-1, 3).mean(axis=0)
    return float(np.degrees(np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue)) % 360)


@pytest.fixture
def meadow(tmp_path):
    """A picture: green land under a grey sky, with a red square in the middle."""
    table = np.full((180, 320, 3), (170, 174, 178), np.uint8)
    table[90:] = (70, 140, 60)
    table[70:110, 140:180] = (200, 40, 40)
    path = tmp_path / "meadow.png"
    Image.fromarray(table).save(path)
    return path


@pytest.mark.parametrize(
    ("resolution", "orientation", "size"),
    [
        ("480p", "landscape", (832, 480)),
        (None, None, (1280, 704)),
        pytest.param("720p", "portrait", (704, 1280), marks=pytest.mark.slow),
        pytest.param("1080p", "landscape", (1920, 1080), marks=pytest.mark.slow),
    ],
)
def test_drawn_size(tmp_path, resolution, orientation, size):
    """Each resolution and orientation has the service's own size."""
    asked = {"resolution": resolution, "orientation": orientation}
    made = drawn(tmp_path / "a.png", "", draft=False, **{k: v for k, v in asked.items() if v})
    assert made.shape[1::-1] == size
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.slow
def test_seed_decides(tmp_path):
    """The same seed draws the same file, another seed another picture, a draft half of each side."""
    first = drawn(tmp_path / "a.png", "a boat on a lake")
    again = drawn(tmp_path / "b.png", "a boat on a lake")
    other = drawn(tmp_path / "c.png", "a boat on a lake", seed=2)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert first.shape == again.shape == (352, 640, 3)
    assert np.abs(first - other).mean() > 4


@pytest.mark.slow
def test_pictures_show_the_prompt(tmp_path):
    """Night is darker than noon, a desert is warm, the sea is not."""
    noon, night = drawn(tmp_path / "a.png", "hills at noon"), drawn(tmp_path / "b.png", "hills at night")
    assert night.mean() < 0.5 * noon.mean()
    dunes, sea = drawn(tmp_path / "c.png", "desert dunes at noon"), drawn(tmp_path / "d.png", "the sea at noon")
    assert dunes[250:, ..., 0].mean() > dunes[250:, ..., 2].mean() + 30
    assert sea[250:, ..., 2].mean() > sea[250:, ..., 0].mean()


def test_galaxy_and_planet(tmp_path):
    """A galaxy is bright in its middle and dark at the rim, where a planet would be lit."""
    made = drawn(tmp_path / "a.png", "a galaxy of stars").mean(axis=2)
    rim = np.concatenate([made[:30].ravel(), made[-30:].ravel()])
    assert made[100:250, 200:440].max() > 235
    assert rim.mean() < 30
    assert np.median(made) < 40


def test_lightning_is_caught(tmp_path):
    """A picture of a thunderstorm is of the moment of the lightning."""
    made = drawn(tmp_path / "a.png", "thunderstorm with lightning over the sea").min(axis=2)
    made[:40, 500:] = 0  # the stamp
    assert (made > 225).sum() > 100


def test_stamp(tmp_path):
    """The mark is in the upper right corner: a dark plate with white letters."""
    corner = drawn(tmp_path / "a.png", "a bright sky at noon")[4:30, 540:636]
    assert corner.max() > 235
    assert np.median(corner) < 150


def test_edit_keeps_size_up_to_the_resolution(tmp_path):
    """A picture keeps its own size and shape; a larger one comes down to the resolution."""
    Image.new("RGB", (333, 251), (90, 120, 200)).save(tmp_path / "odd.png")
    Image.new("RGB", (2400, 1200), (90, 120, 200)).save(tmp_path / "large.jpg")
    assert edited(tmp_path / "a.png", tmp_path / "odd.png", "").shape == (251, 333, 3)
    assert edited(tmp_path / "b.png", tmp_path / "large.jpg", "", resolution="480p").shape == (480, 960, 3)
    assert edited(tmp_path / "c.png", tmp_path / "large.jpg", "").shape == (720, 1440, 3)


def test_edits(tmp_path, meadow):
    """Night darkens, purple colours the grass alone, a style changes the picture, no words leave it."""
    before = np.asarray(Image.open(meadow), np.float32)
    assert edited(tmp_path / "a.png", meadow, "make it night").mean() < 0.6 * before.mean()
    purple = edited(tmp_path / "b.png", meadow, "make the grass purple")
    grass, sky = purple[130:, 20:120].mean((0, 1)), purple[40:80, 20:120].mean((0, 1))
    assert grass[2] > grass[1] + 20
    assert np.ptp(sky) < 40
    assert np.abs(edited(tmp_path / "c.png", meadow, "pencil sketch") - before).mean() > 25
    assert np.abs(edited(tmp_path / "d.png", meadow, "") - before).mean() < 20


def test_edit_seeds(tmp_path, meadow):
    """The seed decides an edit's take."""
    first = edited(tmp_path / "a.png", meadow, "golden hour")
    edited(tmp_path / "b.png", meadow, "golden hour")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert np.abs(first - edited(tmp_path / "c.png", meadow, "golden hour", seed=2)).mean() > 3


@pytest.mark.parametrize(("colour", "hue"), [((210, 60, 150), 324), ((30, 90, 200), 219), ((230, 160, 40), 38)])
def test_reference_palette(tmp_path, meadow, colour, hue):
    """The reference's hue is the result's, with no word about it."""
    Image.new("RGB", (60, 90), colour).save(tmp_path / "reference.png")
    made = edited(tmp_path / "a.png", meadow, "", model="lucy-image-2", reference=tmp_path / "reference.png")
    assert abs((hue_of(made) - hue + 180) % 360 - 180) < 25


def test_reference_texture(tmp_path, meadow):
    """Stripes of a reference lie over what was smooth, in their own direction."""
    stripes = np.full((200, 200, 3), 150, np.uint8)
    stripes[:, np.arange(200) % 20 < 10] = 110
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    made = edited(tmp_path / "a.png", meadow, "", model="lucy-image-2", reference=tmp_path / "stripes.png")
    smooth = made[10:60, 10:200].mean(axis=2)
    assert np.abs(np.diff(smooth, axis=1)).mean() > 4 * np.abs(np.diff(smooth, axis=0)).mean()
    assert smooth.std() > 3


def test_garment_of_a_reference(tmp_path, meadow):
    """A garment goes to what stands in the middle, in its colour; the land stays."""
    shirt = Image.new("RGB", (200, 240), "white")
    shirt.paste((40, 70, 190), (40, 30, 160, 230))
    shirt.save(tmp_path / "shirt.png")
    made = edited(tmp_path / "a.png", meadow, "", model="lucy-vton-3.5", reference=tmp_path / "shirt.png")
    before = np.asarray(Image.open(meadow), np.float32)
    worn = made[80:100, 150:170].mean((0, 1))
    assert worn[2] > worn[0] + 40
    assert np.abs(made[130:, :100] - before[130:, :100]).mean() < 12


@pytest.mark.parametrize("kind", ["rgba", "palette", "cmyk", "grey16", "bits", "gif", "turned"])
def test_kinds_of_pictures(tmp_path, kind):
    """Pictures of every mode keep their look: the left half is bright, the right half dark, and the right way up."""
    made = edited(tmp_path / "out.png", make_picture(tmp_path, kind), "")
    assert made.shape == (60, 100, 3)
    assert made[30:, 10:40].mean() > 150
    assert made[30:, 60:90].mean() < 100


def test_smallest_picture(tmp_path):
    """One pixel is a picture too, for an edit and for a reference."""
    Image.new("RGB", (1, 1), (200, 30, 30)).save(tmp_path / "one.png")
    made = edited(tmp_path / "a.png", tmp_path / "one.png", "oil painting", reference=tmp_path / "one.png")
    assert made.shape == (1, 1, 3)


def test_unusable_pictures(tmp_path, meadow):
    """What is no picture, too large or missing is refused in words, and leaves no file."""
    Image.new("1", (14_000, 14_000)).save(tmp_path / "huge.png")
    (tmp_path / "script.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 5 5\n%%EndComments\n")
    (tmp_path / "cut.png").write_bytes(meadow.read_bytes()[:200])
    before = sorted(tmp_path.iterdir())
    out = tmp_path / "out.png"
    for name, words in (("huge.png", "million pixels"), ("script.png", "not an image"), ("cut.png", "damaged")):
        with pytest.raises(RenderError, match=words):
            edited(out, tmp_path / name, "night")
    with pytest.raises(RenderError, match=r"not an image\. Send a JPEG or PNG as reference"):
        edited(out, meadow, "night", reference=CLIP)
    with pytest.raises(RenderError, match="image-to-image needs an image"):
        render(RenderRequest("image-to-image", "lucy-pro-i2i", "night", out=str(out)))
    assert sorted(tmp_path.iterdir()) == before
