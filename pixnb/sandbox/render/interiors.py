"""Places under a roof: a room with its window, a studio, a stage in the spotlight."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.drift import Drift, Lamp, Sheet, specks
from pixnb.sandbox.render.palette import NAMED, RGB, from_hue, mix, shade
from pixnb.sandbox.render.setting import LAND, Setting

SILL = 0.78  # how low a window reaches that somebody sits at, as a share of the height
_LAID = frozenset(("candle", "cup"))  # what stands on a table


def room(s: Setting) -> list[Drift]:
    """Return a room with a window and lamps; for a portrait only soft lights, for things to eat a table."""
    warm = mix(LAND["room"], s.accent, 0.35)
    dim = 0.35 + 0.5 * s.daylight
    base = ly.gradient(
        s.size, (0, shade(warm, 0.35 * dim + 0.1)), (0.72, shade(warm, dim)), (0.73, shade(warm, 0.3 * dim + 0.08)),
        (1, shade(warm, 0.16)),
    )  # fmt: skip
    portrait = "portrait" in s.reading.camera
    if portrait:
        base = ly.gradient(s.size, (0, shade(warm, 0.3 * dim + 0.1)), (1, shade(warm, dim)))
    else:
        _window(s, base, warm)
    if "kitchen" in s.reading.words or "chef" in s.reading.words:
        _shelves(s, base, warm)
    parts: list[Drift] = [ly.Still(base)]
    warm_light = mix((255, 196, 112), s.accent, 0.25)
    parts += [Lamp(s.size, warm_light, s.chance.uniform(f"lamp{i}", 0.05, 0.95), 0.1 + 0.12 * i) for i in range(3)]
    laid = bool(_LAID & {x.kind for x in s.reading.subjects} or {"table", "dinner", "desk"} & set(s.reading.words))
    if laid:
        parts.append(_table(s))
    spots = specks(s.size, s.chance, "bokeh", count=34, radius=(7, 20), level=(26, 96), blur=1.2)
    return [*parts, Sheet(spots, mix((255, 206, 140), s.accent, 0.3), (9, -5), (10, 5), (0.4, 3.1))]


def window(s: Setting) -> float:
    """Return where a room's window begins, as a share of the width."""
    return s.chance.uniform("window", 0.06, 0.6)


def _window(s: Setting, base: Image.Image, warm: RGB) -> None:
    left = window(s)
    low = SILL if "windowsill" in s.reading.words else 0.56
    box = tuple(round(v) for v in (s.size[0] * left, s.size[1] * 0.1, s.size[0] * (left + 0.32), s.size[1] * low))
    pane = ly.gradient((box[2] - box[0], box[3] - box[1]), (0, s.hour.top), (0.6, s.hour.middle), (1, s.hour.low))
    pen = ImageDraw.Draw(pane)
    if "rain" in s.reading.weather:
        for x, y, long in s.chance.stream("panes").random((70, 3)):
            at = (x * pane.size[0], y * pane.size[1])
            pen.line((*at, at[0], at[1] + 6 + 16 * long), mix(s.hour.low, (230, 240, 250), 0.45), 2)
    base.paste(pane, (box[0], box[1]))
    frame = mix(shade(warm, 0.25), (240, 232, 220), 0.2 + 0.5 * s.daylight)
    for share in (0.0, 0.5, 1.0):
        x = round(box[0] + (box[2] - box[0]) * share)
        base.paste(frame, (x - 4, box[1] - 4, x + 4, box[3] + 4))
        y = round(box[1] + (box[3] - box[1]) * share)
        base.paste(frame, (box[0] - 4, y - 4, box[2] + 4, y + 4))
    base.paste(frame, (box[0] - 16, box[3], box[2] + 16, box[3] + 9))


def _shelves(s: Setting, base: Image.Image, warm: RGB) -> None:
    pen = ImageDraw.Draw(base)
    draws = s.chance.stream("shelves")
    for y in (0.22, 0.4):
        top = s.size[1] * y
        pen.rectangle((s.size[0] * 0.64, top, s.size[0] * 0.97, top + 6), fill=shade(warm, 0.4))
        for i in range(7):
            x, tall = s.size[0] * (0.66 + i * 0.044), s.size[1] * float(draws.uniform(0.05, 0.11))
            pen.rounded_rectangle((x, top - tall, x + s.size[0] * 0.026, top), 4,
                                  fill=shade(from_hue(float(draws.uniform(0, 360)), 0.4, 0.85),
                                      0.5 + 0.4 * s.daylight))  # fmt: skip


def _table(s: Setting) -> Drift:
    height = round(s.size[1] * 0.22)
    wood: RGB = (140, 92, 58)
    fill = ly.gradient((s.size[0], height), (0, shade(wood, 1.12)), (0.12, shade(wood, 0.85)), (1, shade(wood, 0.4)))
    return ly.Strip(Image.new("L", (s.size[0], height), 255), fill, s.size[1] - height)


def stage(s: Setting) -> list[Drift]:
    """Return a stage: curtains, boards, spotlights that sway, and the heads of the audience."""
    width, height = s.size
    named = next((NAMED[c] for c in s.reading.colours), None)
    light = named or mix((255, 226, 176), s.accent, 0.3)
    base = ly.gradient(
        s.size, (0, (10, 8, 16)), (0.7, mix((34, 24, 40), light, 0.14)), (0.72, (96, 62, 44)), (1, (34, 20, 18))
    )
    pen = ImageDraw.Draw(base)
    for i in range(13):
        x = width * (i / 12)
        pen.line(
            (width / 2 + (x - width / 2) * 0.75, height * 0.72, width / 2 + (x - width / 2) * 1.6, height),
            (40, 24, 20),
            2,
        )
    _curtains(s, base)
    parts: list[Drift] = [ly.Still(base)]
    for i in range(3):
        x = width * (0.5 + (i - 1) * 0.3)
        cone = Image.new("L", s.size)
        aim = width * (0.5 + (i - 1) * s.chance.uniform("aim", -0.06, 0.12))
        ImageDraw.Draw(cone).polygon([(x - 6, -10), (x + 6, -10), (aim + width * 0.13, height * 0.93),
            (aim - width * 0.13, height * 0.93)],
                                     fill=92 if i == 1 else 58)  # fmt: skip
        cone = cone.filter(ImageFilter.GaussianBlur(height / 70))
        tint = light if i == 1 else mix(light, s.accent, 0.55)
        parts.append(Sheet(cone, tint, sway=(width * 0.015 * (i - 1), 4.0), pulse=(0.3, 2.3 + i)))
    pool = Image.new("L", s.size)
    ImageDraw.Draw(pool).ellipse((width * 0.24, height * 0.83, width * 0.76, height * 0.99), fill=130)
    parts.append(Sheet(pool.filter(ImageFilter.GaussianBlur(height / 40)), light, pulse=(0.15, 2.9)))
    dust = specks(s.size, s.chance, "dust", count=60, radius=(0.6, 1.6), level=(60, 160), blur=0.5)
    return [*parts, Sheet(dust, light, (6, -9), (8, 4), (0.5, 2.7))]


def audience(s: Setting) -> list[Drift]:
    """Return the heads before a stage, which stand before everything else."""
    width, height = s.size
    mask = Image.new("L", s.size)
    pen = ImageDraw.Draw(mask)
    draws = s.chance.stream("audience")
    for i in range(17):
        x, y, r = (
            width * (i + float(draws.uniform(-0.2, 0.2))) / 16,
            height * float(draws.uniform(0.975, 1.0)),
            height * 0.028,
        )
        pen.ellipse((x - r, y - r * 1.2, x + r, y + r * 1.2), fill=255)
        pen.ellipse((x - r * 2.1, y + r, x + r * 2.1, y + r * 5), fill=255)
    return [Sheet(mask, (8, 7, 12), sway=(2, 3.4))]


def _curtains(s: Setting, base: Image.Image) -> None:
    width, height = s.size
    pen = ImageDraw.Draw(base)
    red = NAMED["burgundy"]
    folds = 7
    for side in (0, 1):
        for i in range(folds):
            w = width * 0.17 / folds
            x = i * w if side == 0 else width - (i + 1) * w
            tone = shade(red, 0.55 + 0.65 * (i % 2))
            low = height * (0.86 - 0.012 * (i % 2))
            pen.polygon([(x, 0), (x + w + 1, 0), (x + w + 1, low), (x, low)], fill=tone)
    for i in range(16):
        w = width / 16
        pen.pieslice((i * w, -height * 0.1, (i + 1) * w, height * 0.12), 0, 180, fill=shade(red, 0.6 + 0.5 * (i % 2)))


__all__ = ["SILL", "audience", "room", "stage", "window"]
