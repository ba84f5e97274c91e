"""How looks are applied: tables for grades, weather on YUV, patches and dabs, at any size and in any padding."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.edits.dabs import melt
from pixnb.sandbox.render.edits.drawing import draw
from pixnb.sandbox.render.edits.look import Look, Patch
from pixnb.sandbox.render.edits.lookup import Table, grade
from pixnb.sandbox.render.edits.patch import change
from pixnb.sandbox.render.files.wiring import frame_of, image_of, run_graph, to_yuv
from pixnb.sandbox.render.weather.drift import cover_all, draw_all
from pixnb.sandbox.render.weather.falling import drifts
from pixnb.sandbox.render.weather.veil import lay_over
from pixnb.sandbox.tables import read_table

pytestmark = pytest.mark.rendering

TICK = Fraction(1, 25)
STYLES = [name for name in read_table(draw.__code__.co_filename, "drawings.toml") if name != "chains"]
FALLING = [*read_table(drifts.__code__.co_filename, "falling.toml"), "storm", "lightning", "fireworks", "fog"]
SIZES = [(16, 16), (130, 74), (74, 130), (322, 182)]  # libavfilter pads the rows of most


def shades(size):
    """Return a picture of all kinds of colours, which change slowly."""
    y, x = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j]
    levels = np.stack([x, y, 0.5 + 0.5 * np.sin(6 * (x + y))], axis=-1)
    return Image.fromarray((levels * 255).astype(np.uint8))


def rgb0(image):
    """Yield a frame as the steps in between want it."""
    return run_graph([frame_of(image, 0, TICK)], lambda wires: wires.then(wires.port, "format=rgb0"))


def levels(image):
    """Return a picture's levels, ready to be told from another's."""
    return np.asarray(image, np.float32)


@pytest.mark.parametrize(
    "grades",
    [
        (),
        (g.saturate(0.4),),
        (g.gamma(1.4), g.gain(0.5, 0.7, 1.0)),
        (g.split((6, 14, 48), (170, 196, 255), 0.5), g.fade(0.1, 0.9)),
        (g.recolour(98, (200, 30, 30)),),
        (g.ramp(1.0, (10, 0, 60), (230, 50, 60), (255, 255, 220)),),
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_a_table_gives_what_the_grades_give(grades, size):
    """To a level or two, in every part of the picture, padding or not."""
    image = shades(size)
    meant = levels(image).reshape(-1, 3) / 255
    for each in grades:
        meant = np.clip(each(meant.astype(np.float32)), 0, 1)
    made = levels(image_of(*grade(rgb0(image), grades))).reshape(-1, 3)
    assert np.abs(made - meant * 255).mean() < 1.5
    assert np.quantile(np.abs(made - meant * 255), 0.99) < 8  # where hues meet, 36 steps are coarse


def test_a_table_gives_its_cover_too():
    """The fourth byte says how far a colour is meant."""
    pixels = np.array([0x0000FF, 0x00FF00, 0xFF0000], np.uint32)  # red, green, blue
    found = Table((g.gain(0, 0, 0),), g.cover(0.0)).look_up(pixels, np.empty_like(pixels))
    assert [int(pixel) >> 24 for pixel in found] == [255, 0, 0]
    assert not (found & 0xFFFFFF).any()


@pytest.mark.parametrize("name", FALLING)
def test_weather_on_yuv_is_the_weather_in_rgb(name):
    """Laid over the planes, it looks as it does when drawn in colours and turned to YUV afterwards."""
    size = (130, 74)
    image = shades(size)
    veils = drifts([name], size, Chance(name))
    at = next(n for n in range(31, 90) if list(cover_all(veils, n / 25)))  # lightning takes its time
    (plain,) = (frame.to_ndarray().astype(int) for frame in to_yuv([frame_of(image, at, TICK)], size))
    (laid,) = lay_over(to_yuv([frame_of(image, at, TICK)], size), veils, "bt709")
    drawn, together = image.copy(), draw_all(veils, image.copy(), at / 25)
    for veil in veils:
        veil.draw(drawn, at / 25)
    assert np.abs(levels(drawn) - levels(together)).max() <= 3
    (meant,) = to_yuv([frame_of(drawn, at, TICK)], size)
    assert laid.pts == at
    apart = np.abs(laid.to_ndarray().astype(int) - meant.to_ndarray())
    changed = np.abs(meant.to_ndarray() - plain)
    assert apart.mean() < max(0.5, changed.mean() / 4)
    assert np.abs(laid.to_ndarray() - plain).mean() > changed.mean() / 2


@pytest.mark.parametrize("name", FALLING)
@pytest.mark.parametrize("size", SIZES[:2])
def test_weather_covers_a_frame_once_a_colour(name, size):
    """Each colour is laid over a frame in one go, however many rows it has, at any moment and in any size."""
    veils = drifts([name], size, Chance(name))
    frames = to_yuv([frame_of(shades(size), 12 * at, TICK) for at in range(12)], size)
    assert len(list(lay_over(frames, veils, "bt601"))) == 12
    for t in np.arange(0, 6, 0.48):
        covers = list(cover_all(veils, float(t)))
        places = [(fill, at, mask.size) for fill, mask, at in covers]
        assert len(places) == len(set(places))
        assert all(side % 2 == 0 for cover in covers for side in cover.at)


@pytest.mark.parametrize("by", [2, 4])
@pytest.mark.parametrize("size", SIZES)
def test_planes_that_are_scaled_one_by_one_are_the_picture_scaled(size, by):
    """A fraction of the size, and back, looks as libswscale's own; what is laid in between sees all colours."""
    small = (-(-size[0] // by), -(-size[1] // by))
    there, back = f"scale={small[0]}:{small[1]}:flags=area", f"scale={size[0]}:{size[1]}:flags=bilinear"
    swap = "colorchannelmixer=rr=0:rb=1:bb=0:br=1"  # red and blue

    def planes(wires):
        return wires.shrink(wires.port, by, lambda port: wires.then(port, swap))

    def whole(wires):
        return wires.then(wires.port, "format=gbrp", there, swap, back)

    made, meant = (levels(image_of(*run_graph(rgb0(shades(size)), lay))) for lay in (planes, whole))
    assert np.abs(made - meant).max() <= 6
    assert np.abs(made - meant).mean() < 1


@pytest.mark.parametrize("textured", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_a_patch_changes_its_colour_in_its_place(size, textured):
    """What is red on the left turns blue; red on the right and all that is green stay."""
    rows = np.zeros((size[1], size[0], 3), np.uint8)
    rows[: size[1] // 2] = (200, 20, 20)
    rows[size[1] // 2 :] = (20, 200, 20)
    texture = np.full((4, 4, 3), 128, np.uint8) if textured else None
    patch = Patch(g.cover(0.0), (g.dyed((20, 20, 220)),), (0.0, 0.25, 0.4, 0.6), texture)
    made = levels(image_of(*change(rgb0(Image.fromarray(rows)), patch)))
    top, down = size[1] // 8, size[1] - 2
    assert made[top, 1, 2] > 100 > made[top, 1, 0]
    assert np.abs(made[top, -2] - (200, 20, 20)).max() < 4
    assert np.abs(made[down, 1] - (20, 200, 20)).max() < 4


def test_dabs_have_no_detail_below_their_reach():
    """A spot and a line as wide as the reach go, dark or light; a large patch keeps its size and its edges."""
    rows = np.full((40, 60, 3), 90, np.uint8)
    rows[5:7, 5:7], rows[20, :], rows[10:32, 24:46] = 250, 5, 200
    (made,) = (levels(image_of(frame)) for frame in melt(rgb0(Image.fromarray(rows)), 2))
    assert set(np.unique(made)) <= {90, 200}
    assert abs(int((made[..., 0] == 200).sum()) - 22 * 22) < 30


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("work", "to", "matrix"),
    [((16, 16), (16, 16), None), ((130, 74), (130, 74), "bt601"), ((74, 130), (148, 260), "bt709")],
)
def test_a_style_at_any_size(style, work, to, matrix):
    """Each drawing style with all that a look can have comes out in the size and the format that are wanted."""
    look = Look((g.gamma(0.8),), style, vignette=0.5, shade=0.3, grain=8, glow=0.5, fine=0.5)
    frames = [frame_of(shades(work), i, TICK) for i in range(2)]
    made = list(draw(frames, look, Chance(style), to, work=work, matrix=matrix))
    assert [(frame.width, frame.height, frame.pts) for frame in made] == [(*to, 0), (*to, 1)]
    assert {frame.format.name for frame in made} == {"yuv420p" if matrix else "rgb24"}
    assert all(isinstance(frame, av.VideoFrame) and frame.time_base == TICK for frame in made)


@pytest.mark.parametrize("look", [Look((g.gamma(0.8),), vignette=0.6, shade=0.4), Look(glow=0.8), Look(fine=-0.5)])
def test_what_is_enlarged_looks_as_if_drawn_large(look):
    """Light and colours at the source's size, then enlarged, are those of the large picture."""
    image = shades((160, 90))
    small, large = (
        levels(image_of(*draw([frame_of(image, 0, TICK)], look, Chance("x"), (320, 180), work=work)))
        for work in ((160, 90), None)
    )
    assert np.abs(small - large).mean() < 2
