"""A sign in the scene for a prompt of which nothing has a picture: its words stand there themselves."""

from __future__ import annotations

import textwrap

from PIL import Image, ImageDraw, ImageFont

from pixnb.sandbox.render.palette import mix
from pixnb.sandbox.render.scenes.setting import Setting
from pixnb.sandbox.render.scenes.sprite import GAITS, Figure, shadow

_LONGEST = 22  # letters on the sign


def placards(s: Setting) -> list[Figure]:
    """Return the sign, if there is nobody and nothing else to see and there are words that no picture was found for."""
    if s.reading.subjects or not (s.reading.unknown or s.reading.foreign):
        return []
    text = textwrap.shorten(" ".join(s.reading.unknown[:2]) or "?", _LONGEST, placeholder="...")
    high = round(min(s.size[1], s.size[0] * 0.75) * 0.5)
    font = ImageFont.load_default(size=max(10, round(high * 0.26)))
    wide, tall, light = round(font.getlength(text) + high * 0.3), high * 0.52, max(0.5, s.daylight)
    board, post = mix((40, 30, 30), (250, 240, 214), light), mix((30, 22, 22), (150, 104, 66), light)
    sign = Image.new("RGBA", (wide, high))
    pen = ImageDraw.Draw(sign)
    pen.rectangle((wide / 2 - high * 0.035, tall * 0.5, wide / 2 + high * 0.035, high), fill=post)
    pen.rounded_rectangle((0, 0, wide - 1, tall), high * 0.06, fill=board, outline=post, width=max(2, high // 40))
    pen.text((wide / 2, tall / 2), text, (52, 38, 30), font, anchor="mm")
    x = s.size[0] * s.chance.uniform("sign", 0.42, 0.58)
    shade = shadow(round(high * 0.5), high, 110) if s.place != "space" else None
    return [Figure(sign, x, s.size[1] * 0.95, GAITS["sway"], shadow=shade)]
