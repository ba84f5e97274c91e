"""Words in pictures: every script drawn or named, never an empty square; lines, directions, emoji, fonts by letters."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pixnb.display import font_files, reading_order, signs
from pixnb.display.canvas import Raster
from pixnb.display.fonts import Fonts
from pixnb.display.pen import Pen, say_boxed
from pixnb.display.sheet import Block, draw, draw_text
from pixnb.display.typeset import Span, Words, break_lines, words
from tests.make_font import make_font

NO_FONTS = Fonts([])
WIDE = 264
SCRIPTS = {
    "Arabic": "اجعل معطفها أحمر",
    "Hebrew": "שנה את המעיל",
    "Chinese": "把她的外套换成红色的",
    "Japanese": "雪の夜、「静かな」森",
    "Korean": "눈 내리는 밤",
    "Devanagari": "बर्फीली रात",
    "Thai": "เสื้อโค้ท",
    "Greek": "Κόκκινο παλτό",
    "Cyrillic": "Красное пальто",
    "emoji": "🫩",
}


def parts_of(text, fonts=NO_FONTS, wide=WIDE, most=3):
    """Return how a text is set, line by line."""
    return break_lines(Words((Span(text),), most), wide, fonts)[0]


def inked(png):
    """Return how much of a picture is dark."""
    return sum(Image.open(io.BytesIO(png)).convert("L").histogram()[:128])


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("where", ["head", "caption", "text"])
def test_what_no_font_has_is_a_box_that_names_it_and_the_foot_says_so(script, where):
    """In each of the places that a sheet has words in."""
    found = [part for line in parts_of(f"A coat: {SCRIPTS[script]}") for part in line]
    assert [part.how for part in found] == ["text", "box"] or script == "Japanese"
    assert {part.script for part in found if part.how == "box"} == {script}
    assert script in next(part.label for part in found if part.how == "box") or script == "emoji"
    drawn = Image.new("RGB", (WIDE, 60), "white")
    pen = Pen(Raster(drawn), NO_FONTS)
    pen.write((0, 0), words(SCRIPTS[script]), WIDE)
    assert set(pen.boxed) == {script}
    assert script in say_boxed(pen.boxed)
    assert "Install" in say_boxed(pen.boxed)
    said = [words(SCRIPTS[script])]
    if where != "text":
        blocks = [Block(said) if where == "head" else Block(said, [])]
        assert Image.open(io.BytesIO(draw(blocks, fonts=NO_FONTS))).height > 45
    else:
        assert Image.open(io.BytesIO(draw_text(SCRIPTS[script]))).height > 20


@pytest.mark.parametrize("form", [4, 12])
def test_a_font_is_found_by_its_letters_and_not_believed(tmp_path, form):
    """The one that draws them is taken; one that has only an empty square for them, or is no font, is passed over."""
    (tmp_path / "NotoSans-Regular.ttf").write_bytes(make_font("ш", empty="中文", form=form))
    (tmp_path / "NotoSansBroken.otf").write_bytes(b"OTTO" + bytes(400))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Zuletzt-Bold.ttf").write_bytes(make_font("中文", form=form))
    fonts = Fonts([tmp_path])
    assert fonts.find("中文") == (tmp_path / "deep" / "Zuletzt-Bold.ttf",)
    assert fonts.find("ш") == (tmp_path / "NotoSans-Regular.ttf",)
    assert fonts.find("ш中") is None  # no single font: each sign is looked for alone
    assert [part.how for part in parts_of("ш中日", fonts)[0]] == ["text", "text", "box"]
    with_it = draw([Block([words("中文中文")])], fonts=fonts)
    assert (
        Image.open(io.BytesIO(with_it)).height
        < Image.open(io.BytesIO(draw([Block([words("中文中文")])], fonts=NO_FONTS))).height
    )
    assert inked(with_it) > 100


@given(st.binary(max_size=300), st.sampled_from([b"", b"\0\1\0\0", b"OTTO", b"ttcf"]), st.integers(0, 400))
@settings(max_examples=300)
def test_a_broken_font_has_no_letters(tmp_path_factory, noise, start, cut):
    """Whatever a file in a folder of fonts holds."""
    path = tmp_path_factory.mktemp("fonts") / "x.ttf"
    path.write_bytes(start + noise)
    font_files.has(path, 0x4E2D)
    path = path.with_name("y.ttf")
    whole = bytearray(make_font("中"))
    whole[cut % len(whole)] ^= 255
    path.write_bytes(whole[: cut * 2])
    assert Fonts([path.parent]).find("中文") is None


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("a fox 🦊!", ["text", "picture", "text"]),
        ("❤️", ["picture"]),
        ("👍🏿🦩", ["box", "picture"]),  # in no other colour either
        ("👩🏽", ["picture"]),
        ("👩‍🚀", ["picture", "picture"]),
        ("🧑‍🚀", ["picture"]),
        ("👨‍👩‍👧", ["picture", "picture", "picture"]),
        ("1️⃣", ["text"]),
        ("🇫🇷🇩🇪", ["box", "box"]),
        ("© 24 × 36 → ★", ["text"]),
    ],
)
def test_emoji_are_pictures_and_what_the_pack_lacks_is_simpler_or_a_box(text, ways):
    """With no font on the machine."""
    assert [part.how for part in parts_of(text)[0]] == ways


def test_an_emoji_keeps_its_colours():
    """Though a sheet has few: a fox is orange, on white paper."""
    sheet = Image.open(io.BytesIO(draw([Block([words("🦊 🦊 🦊", size=20)])], fonts=NO_FONTS))).convert("RGB")
    assert any(
        red > 200 and 90 < green < 170 and blue < 90 for red, green, blue in np.asarray(sheet).reshape(-1, 3).tolist()
    )
    assert sheet.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("red coat", "red coat"),
        ("אב גד", "דג בא"),
        ("אב 12 גד", "דג 12 בא"),
        ("coat אב גד red", "coat דג בא red"),
        ("אב red coat גד", "דג red coat בא"),
        ("אב (red) גד.", ".דג )red( בא"),  # brackets are turned where they are drawn
        ("عمر 24.5 تم", "مت 24.5 رمع"),
        ("price אב $12", "price $12 בא"),
        ("3 אב", "בא 3"),
    ],
)
def test_order_of_signs_on_a_line(text, seen):
    """What is read from the right stands there, numbers and other words within it as they are read."""
    levels = reading_order.find_levels(list(text), leftward=reading_order.is_leftward(text))
    assert "".join(text[at] for at in reading_order.order(levels)) == seen


LONG = "Change her coat to a red one while keeping everything else as it is. " * 9


@pytest.mark.parametrize(
    "text", [LONG, "雪" * 600, "א" * 600, "🦊" * 200, "https://example.org/" + "x" * 600, f"{LONG}雪{LONG}", "ก" * 600]
)
@pytest.mark.parametrize("fonts", ["none", "all"])
def test_long_words_fill_their_lines_and_no_more(tmp_path, text, fonts):
    """The last ends with dots; none is wider than it may be."""
    (tmp_path / "a.ttf").write_bytes(make_font("雪אก"))
    lines = parts_of(text, Fonts([tmp_path]) if fonts == "all" else NO_FONTS)
    assert len(lines) <= 3
    for line in lines:
        assert sum(part.width for part in line) <= WIDE + 1
    boxed = [part for line in lines for part in line if part.how == "box"]
    assert (len(lines) == 3 and any("…" in part.text for part in lines[-1])) or boxed


def test_blanks_between_styles_stay():
    """Also where the first of them begins a line; where one ends, they go."""
    said = ["A long line of words that fills all of it ", "$0.20", " · ", "done"]
    spans = [Span(text, tone) for text, tone in zip(said, ("", "soft", "calm", "good"), strict=True)]
    for wide in range(40, 240, 7):
        lines, _ = break_lines(Words(spans, 12), wide, NO_FONTS)
        assert " ".join("".join(part.text for part in line) for line in lines) == "".join(said)


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_any_text_can_be_written(text):
    """And what was left out or boxed is all that is missing."""
    pen = Pen(Raster(Image.new("RGB", (WIDE, 80))), NO_FONTS)
    assert 0 <= pen.write((0, 0), words(text), WIDE) <= 60
    assert all(pen.boxed.values())
    assert (say_boxed(pen.boxed) != "") == bool(pen.boxed)


def test_signs_belong_together():
    """A letter and its marks, an emoji and what turns it into another."""
    text = "é👩🏽‍🚀 नि🏴󠁧󠁢󠁥󠁮󠁧󠁿\u202e!\n"
    assert [sign.text for sign in signs.split_signs(text)] == ["é", "👩🏽‍🚀", " ", "नि", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "!", " "]


def test_the_foot_says_each_thing_once():
    """Scripts, emoji and what has no name."""
    assert say_boxed(Counter()) == ""
    both = say_boxed(Counter({"Chinese": 3, "Korean": 2, "emoji": 1, "other": 1}))
    assert both.count("fonts-noto-cjk") == 1
    assert "Chinese or Korean letters or these emoji" in both
    assert "some letters" in say_boxed(Counter({"other": 1}))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("$0.2125\u00a0simulated", ["$0.2125", "simulated"]),
        ("8 as\u00a0red\u00a0as\u00a0a\u00a0coat", ["8 as red as", "a coat"]),
        ("a so\u00a0it\u00a0is", ["a so it is"]),
    ],
)
def test_words_that_are_tied_part_where_they_are_tied_when_they_do_not_fit(text, lines):
    """At any of their ties, so that each line is full."""
    assert ["".join(part.text for part in line) for line in parts_of(text, wide=70)] == lines
