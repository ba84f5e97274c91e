"""Colours and shapes of odd clips: HDR, ten bits, tags of BT.709, turned and with odd pixels; poster, preview, film."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from make_media import make_shaped, turn
from PIL import Image

from pixnb.media.preview import poster, preview
from pixnb.media.probe import probe
from pixnb.media.reel import Reel

PATCHES = np.array([[128, 128, 128], [200, 40, 40], [40, 160, 60], [40, 60, 200], [180, 150, 120], [20, 20, 20]])
WHITE = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
WIDE, HIGH = 192, 96
PQ, HLG, USUAL = 16, 18, 1


def encode_light(transfer):
    """Return the codes of the patches' light in BT.2020, white at 203 nits; for a usual clip just themselves."""
    codes = PATCHES / 255
    if transfer == USUAL:
        return codes
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    nits = 203 * np.clip(light @ np.linalg.inv(WHITE).T, 0, None)
    if transfer == PQ:
        power = (nits / 10_000) ** 0.1593017578125
        return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    luma = np.maximum(nits @ np.array([0.2627, 0.678, 0.0593]) / 1_000, 1e-9)[:, None]
    scene = nits / 1_000 * luma ** (-1 / 6)
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


def make_patches(path, transfer, pixels, *, size=(WIDE, HIGH), says=True):
    """Make a clip of six upright stripes, which says how it is coded or does not."""
    wide, high = size
    red, blue = (0.2627, 0.0593) if transfer != USUAL else (0.2126, 0.0722)
    matrix, primaries = (9, 9) if transfer != USUAL else (1, 1)
    codes = encode_light(transfer)
    luma = codes @ np.array([red, 1 - red - blue, blue])
    planes = [
        16 + 219 * luma,
        128 + 224 * (codes[:, 2] - luma) / (2 * (1 - blue)),
        128 + 224 * (codes[:, 0] - luma) / (2 * (1 - red)),
    ]
    deep = "10" in pixels
    stripes = np.repeat(np.arange(6), wide // 6)[None].repeat(high, 0)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx265" if deep else "libx264", rate=24, options={"x265-params": "log-level=none"})
        video.width, video.height, video.pix_fmt = wide, high, pixels
        tags = {"colorspace": matrix, "color_primaries": primaries, "color_trc": transfer, "color_range": 1}
        for name, value in tags.items() if says else ():
            setattr(video.codec_context, name, value)
        for number in range(4):
            frame = av.VideoFrame(wide, high, pixels)
            for plane, values, step in zip(frame.planes, planes, (1, 2, 2), strict=True):
                kind, shift = (np.uint16, 4) if deep else (np.uint8, 1)
                rows = np.round(values * shift).astype(kind)[stripes][::step, ::step]
                whole = np.zeros((rows.shape[0], plane.line_size // rows.itemsize), kind)
                whole[:, : rows.shape[1]] = rows
                plane.update(whole.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, 24)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def colours(image):
    table = np.asarray(image.convert("RGB"))
    step = table.shape[1] // 6
    return np.array([table[table.shape[0] // 2, step * n + step // 2] for n in range(6)])


def open_jpeg(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("transfer", "pixels", "size", "off"),
    [
        (USUAL, "yuv420p", (WIDE, HIGH), 12),
        (USUAL, "yuv420p", (1152, 720), 12),  # says nothing: taken for BT.709, as browsers take it
        (USUAL, "yuv420p10le", (WIDE, HIGH), 12),
        (PQ, "yuv420p10le", (WIDE, HIGH), 24),
        (HLG, "yuv420p10le", (WIDE, HIGH), 24),
    ],
    ids=["usual", "says nothing", "ten bits", "PQ", "HLG"],
)
def test_colours_are_those_that_were_meant(tmp_path, transfer, pixels, size, off):
    """In the poster, the preview and the film; a preview says in which colours it is, and plays everywhere."""
    path = make_patches(tmp_path / "a.mp4", transfer, pixels, size=size, says=size[1] < 720)
    assert np.abs(colours(open_jpeg(poster(path))) - PATCHES).max() <= off
    copy = preview(path)
    assert probe(copy).plays_everywhere
    assert np.abs(colours(open_jpeg(poster(copy))) - PATCHES).max() <= off
    with av.open(io.BytesIO(copy)) as given:
        context = given.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
    with Reel(path, (WIDE, HIGH)) as reel:
        assert np.abs(colours(reel.show(0.0)) - PATCHES).max() <= off
        assert reel.show(0.01) is None
        assert np.abs(colours(reel.show(9.0)) - PATCHES).max() <= off


@pytest.mark.parametrize(
    ("rotation", "aspect", "size", "corner"),
    [
        (0, None, (64, 48), "left top"),
        (90, None, (48, 64), "left bottom"),
        (180, None, (64, 48), "right bottom"),
        (-90, None, (48, 64), "right top"),
        (0, "2/1", (128, 48), "left top"),
        (90, "2/1", (48, 128), "left bottom"),
    ],
)
def test_turned_clips_and_odd_pixels_stand_right_everywhere(tmp_path, rotation, aspect, size, corner):
    """What is shown has the size that `Media.info` says, and the light corner where a player has it."""
    path = make_shaped(tmp_path / "a.mp4", aspect=aspect)
    if rotation:
        turn(path, rotation)
    info = probe(path)
    assert (info.width, info.height) == size
    with Reel(path, size) as reel:
        drawn = [reel.show(0.0), open_jpeg(poster(path)), open_jpeg(poster(preview(path)))]
    for image in drawn:
        assert image.size == size
        table = np.asarray(image.convert("L"))
        rows = {"top": size[1] // 4, "bottom": size[1] * 3 // 4}
        columns = {"left": size[0] // 4, "right": size[0] * 3 // 4}
        quarters = {f"{column} {row}": table[rows[row], columns[column]] for row in rows for column in columns}
        assert max(quarters, key=quarters.__getitem__) == corner
        assert quarters[corner] > 150
