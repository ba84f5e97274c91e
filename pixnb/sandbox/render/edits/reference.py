"""Taking over from a reference picture: its palette, its texture, or the garment that it shows."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.edits.look import Patch, Picture
from pixnb.sandbox.render.palette import RGB

_SMALL = (72, 72)  # colours are counted at this size
_TILE = 288  # pixels of a texture's side
_STEADY = 0.0012  # added to variances, so that a picture of one colour is no division by nothing


def palette(
    reference: Image.Image, picture: Image.Image, amount: float = 0.9, graded: tuple[g.Grade, ...] = ()
) -> tuple[g.Grade, ...]:
    """Return grades that give a picture the reference's colours.

    The colours' mean and covariance are carried over (the linear Monge-Kantorovich map of F. Pitié and A. Kokaram,
    2007); of the brightness only a part, so that the picture stays readable.
    """
    wanted, found = _colours(reference), _colours(picture)
    for earlier in graded:
        found = np.asarray(np.clip(earlier(np.asarray(found, np.float32)), 0, 1), np.float64)
    root = _root(_spread(found))
    change = np.linalg.inv(root) @ _root(root @ _spread(wanted) @ root) @ np.linalg.inv(root)
    here, there = found.mean(axis=0), wanted.mean(axis=0)

    def grade(c: g.Colours) -> g.Colours:
        mapped = (c - here) @ change + there
        mapped += (g.luma(c) - g.luma(mapped)) * 0.45
        return np.asarray(c + (mapped - c) * amount, np.float32)

    dark, light = _ends(wanted)
    return grade, g.split(dark, light, 0.4 * amount)


def _colours(image: Image.Image) -> NDArray[np.float64]:
    small = image.resize(_SMALL, Image.Resampling.BOX)
    return np.asarray(small, np.float64).reshape(-1, 3) / 255


def _spread(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.cov(colours.T) + np.eye(3) * _STEADY, np.float64)


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T, np.float64)


def _ends(colours: NDArray[np.float64]) -> tuple[RGB, RGB]:
    """Return the mean colour of the darker and of the lighter half."""
    order = np.argsort(colours @ np.array([0.2126, 0.7152, 0.0722]))
    dark, light = (half.mean(axis=0) for half in np.array_split(colours[order], 2))
    return _whole(dark), _whole(light)


def relief(reference: Image.Image, shape: tuple[int, int], strength: float = 1.0) -> Picture:
    """Return a surface like the reference's, as a relief about middle grey.

    It has the reference's detail by direction and fineness but none of its outlines: the phases of its spectrum are
    drawn anew (the random phase noise of B. Galerne, Y. Gousseau and J.-M. Morel, 2011). So it also tiles.
    """
    detail = _detail(reference)
    spectrum = np.abs(np.fft.rfft2(detail))
    phases = np.angle(np.fft.rfft2(np.random.default_rng(11).normal(size=detail.shape)))
    return _raised(np.fft.irfft2(spectrum * np.exp(1j * phases), detail.shape), shape, strength)


def _detail(picture: Image.Image, side: int = _TILE) -> NDArray[np.float64]:
    grey = ImageOps.fit(picture.convert("L"), (side, side), Image.Resampling.LANCZOS)
    return np.asarray(grey, np.float64) - np.asarray(grey.filter(ImageFilter.GaussianBlur(side / 48)), np.float64)


def _raised(detail: NDArray[np.float64], shape: tuple[int, int], strength: float) -> Picture:
    # A smooth picture has no texture: its noise is not blown up to one.
    detail = np.tanh(detail / max(5.0, 1.4 * float(detail.std()))) * 19 * strength
    tile = np.tile(detail, (2 * _TILE // detail.shape[0],) * 2)
    high = max(16, round(2 * _TILE * min(1.0, shape[1] / shape[0])))
    wide = max(16, round(2 * _TILE * min(1.0, shape[0] / shape[1])))
    level = np.clip(128 + tile[:high, :wide], 0, 255).astype(np.uint8)
    return np.repeat(level[:, :, None], 3, axis=2)


def wear(picture: Image.Image, reference: Image.Image, named: RGB | None = None) -> Patch:
    """Return the patch that puts the reference's garment in the place of what somebody in a picture wears.

    Args:
        picture: The picture; who wears it stands in its middle.
        reference: What the garment looks like.
        named: The colour of what is worn now, where the prompt says it.
    """
    cloth, _ = _foremost(reference)
    width, height = reference.size
    pattern = reference.crop((width * 0.3, height * 0.3, width * 0.7 + 1, height * 0.7 + 1))
    picked, alike = _foremost(picture, named)
    places = np.mgrid[0:1:72j, 0:1:72j][::-1]  # across and down
    share = alike / max(1e-6, float(alike.sum()))
    x, y = (float((place * share).sum()) for place in places)
    wide, high = (float(np.sqrt(((place - at) ** 2 * share).sum())) for place, at in zip(places, (x, y), strict=True))
    focus = x, y, min(0.4, max(0.05, 1.8 * wide)), min(0.6, max(0.07, 1.9 * high))
    worn = _hue(picked)
    dye = g.dyed(_whole(cloth), grey=worn is None)
    return Patch(g.cover(worn, 40), (dye,), focus, _raised(_detail(pattern, _TILE // 4), (16, 9), 2.2))


def middle_hue(picture: Image.Image) -> float | None:
    """Return the hue in degrees of what stands in the middle of a picture; None when that is grey."""
    return _hue(_foremost(picture)[0])


def _hue(colour: NDArray[np.float64]) -> float | None:
    h, s, v = colorsys.rgb_to_hsv(*(float(part) for part in colour))
    return h * 360 if s * v > 0.16 else None


def _whole(colour: NDArray[np.float64]) -> RGB:
    red, green, blue = (round(float(part) * 255) for part in colour)
    return red, green, blue


def _foremost(picture: Image.Image, named: RGB | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the colour that stands in the middle and not at the borders, and where it is; skin does not count."""
    rgb = _colours(picture).reshape(72, 72, 3)
    bins = (rgb * 5.99).astype(int) @ np.array([36, 6, 1])
    rows, columns = np.mgrid[-1:1:72j, -1:1:72j]
    weight = np.exp(-((rows / 0.7) ** 2 + (columns / 0.45) ** 2)) * (1 - 0.8 * _skin(rgb))
    if named is not None:
        weight *= np.exp(-((_chroma(rgb) - _chroma(np.array(named) / 255)) ** 2).sum(axis=2) / 0.03)
    # What lies behind runs on to the sides and the top: sky, walls, grass.
    for edge, axis in ((rgb[:, :7], 1), (rgb[:, -7:], 1), (rgb[:7], 0)):
        behind = np.median(edge, axis=axis, keepdims=True)
        weight *= np.clip(np.abs(rgb - behind).sum(axis=2) * 2.5 - 0.25, 0.01, 1)
    best = int(np.argmax(np.bincount(bins.ravel(), weight.ravel(), minlength=216)))
    picked = rgb[bins == best].mean(axis=0)
    alike = np.exp(-((_chroma(rgb) - _chroma(picked)) ** 2).sum(axis=2) / 0.012) * weight
    return picked, alike


def _chroma(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rgb - rgb.mean(axis=-1, keepdims=True) * 0.8, np.float64)


def _skin(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.asarray((red > 0.35) & (red > green * 1.15) & (green > blue * 1.05) & (red < green * 1.9), np.float64)
