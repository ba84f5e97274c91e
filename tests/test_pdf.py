"""A page of a PDF: its words are text that is found and copied, whatever draws them, where a picture has them too."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from pixnb.display.fonts import Fonts
from pixnb.display.pdf import Page
from pixnb.display.pen import Pen
from pixnb.display.typeset import Span, Words, break_lines
from tests.make_font import make_font
from tests.read_pdf import read_pdf

NO_FONTS = Fonts([])
WIDE, HIGH = 400, 120
GREEK, CHINESE, ARABIC, HEBREW, HINDI = "Κόκκινο παλτό", "把她的外套换成红色的", "اجعل معطفها", "שנה (את)", "रात बर्फीली"
MIRRORED = str.maketrans("()", ")(")


def build_font(path, letters, *, embedding=0):
    """Write a font of wedges, whose outlines are TrueType's or PostScript's by its ending."""
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in sorted(set(letters)))]
    font = FontBuilder(1000, isTTF=path.suffix != ".otf")
    font.setupGlyphOrder(names)
    font.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
    pens = {name: TTGlyphPen(None) if font.isTTF else T2CharStringPen(700, None) for name in names}
    for name, pen in pens.items():
        for at, point in enumerate([(0, 0), (300, 800 if name != ".notdef" else 300), (700, 100)]):
            (pen.lineTo if at else pen.moveTo)(point)
        pen.closePath()
    if font.isTTF:
        font.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    else:
        font.setupCFF("Wedges", {}, {name: pen.getCharString() for name, pen in pens.items()}, {})
    font.setupHorizontalMetrics(dict.fromkeys(names, (700, 0)))
    font.setupHorizontalHeader(ascent=900, descent=-200)
    font.setupNameTable({"familyName": "Wedges", "styleName": "Regular"})
    font.setupOS2(fsType=embedding)
    font.setupPost()
    font.save(path)
    return Fonts([path.parent])


def write(*spans, fonts=NO_FONTS, wide=WIDE, most=4):
    """Return what a PDF says on which these words are written."""
    page = Page(wide, HIGH, wide / 2, "A page")
    Pen(page, fonts).write((10, 10), Words(spans, most), wide - 20)
    return read_pdf(page.save())


@pytest.mark.parametrize("text", ["Her coat, in red", "(a) [b] <c> & \\d {7} %", "x" * 60])
@pytest.mark.parametrize("is_bold", [False, True])
def test_what_our_own_font_has_is_text(text, is_bold):
    """Bold or not, marked or not, whatever means something to PDF; a word that is cut is whole line after line."""
    read = write(Span(text, "bad", 14, is_bold), Span(" so", "mark", 14, is_bold, True))
    assert read.text == f"{text} so"
    assert not any(one.is_unseen or one.stands_for for one in read.said)
    assert (read.placed, read.size, read.title) == (0, (WIDE / 2, HIGH / 2), "A page")


@pytest.mark.parametrize("ending", [".ttf", ".otf"])
@pytest.mark.parametrize("text", [GREEK, CHINESE, HEBREW, "café naïve", "e\u0301te\u0301"])
def test_what_a_font_of_the_machine_has_is_text(tmp_path, text, ending):
    """Of both kinds of outlines; what is read from the right stands as it is seen, a letter and its mark are one."""
    fonts = build_font(tmp_path / f"wedges{ending}", f"{text}\u00e9")
    (said,) = write(Span(text), fonts=fonts).said
    assert said.text == {HEBREW: text[::-1].translate(MIRRORED), "e\u0301te\u0301": "été"}.get(text, text)
    assert not said.is_unseen
    assert said.stands_for is None


@pytest.mark.parametrize("text", [ARABIC, HINDI, "q\u0303"])
def test_letters_that_join_are_a_picture_over_letters_that_are_found(tmp_path, text):
    """It takes a shaper to draw them; where they are found is where they are seen."""
    read = write(Span(text), fonts=build_font(tmp_path / "wedges.ttf", text))
    (said,) = read.said
    assert said.text == (text[::-1] if text == ARABIC else text)
    assert said.is_unseen
    assert read.placed == 1


@pytest.mark.parametrize("why", ["may not", "only as bitmaps", "cannot"])
def test_a_font_that_is_in_no_pdf_draws_a_picture_that_stands_for_its_text(tmp_path, why):
    """Its maker forbids it, or it lacks the tables that a PDF needs."""
    if why == "cannot":
        (tmp_path / "wedges.ttf").write_bytes(make_font(GREEK))
        fonts = Fonts([tmp_path])
    else:
        fonts = build_font(tmp_path / "wedges.ttf", GREEK, embedding=2 if why == "may not" else 0x200)
    read = write(Span(GREEK), fonts=fonts)
    assert read.text == GREEK
    assert all(one.is_unseen for one in read.said)
    assert read.placed == 1


@pytest.mark.parametrize(("text", "label"), [(CHINESE, "Chinese, 10 letters"), (HINDI, "Devanagari, 6 letters")])
def test_a_box_stands_for_the_letters_that_no_font_has(text, label):
    """It says what they are, and is found and copied as they."""
    (said,) = write(Span(text)).said
    assert said.text == label
    assert said.stands_for == text
    assert not said.is_unseen


def test_an_emoji_is_a_picture_that_stands_for_itself():
    """Each is in the file once."""
    read = write(Span("A 🧥, red 🧥"))
    assert read.text == "A 🧥, red 🧥"
    assert read.placed == 2
    assert len(read.pictures) == 1


def test_lines_stand_where_the_layout_has_them():
    """As in a picture: broken at the same words, each line a line's height under the other."""
    text = "A slow shot of a lake, the camera gliding over the still water, with two people on the shore"
    lines, _ = break_lines(Words((Span(text, size=14),), 4), WIDE - 20, NO_FONTS)
    said = write(Span(text, size=14)).said
    assert [one.text for one in said] == ["".join(part.text for part in line) for line in lines]
    assert {one.x for one in said} == {5.0}
    steps = {round(one.y - other.y, 2) for one, other in pairwise(said)}
    assert steps == {9.5}  # 19 pixels


def test_the_same_page_is_the_same_file():
    """No date is in it, no random name."""
    files = set()
    for _ in range(2):
        page = Page(WIDE, HIGH, 200, "Café (1)")
        Pen(page, NO_FONTS).write((0, 0), Words((Span("A 🧥"),), 1), WIDE)
        files.add(page.save())
    (data,) = files
    assert b"Date" not in data
    assert read_pdf(data).title == "Café (1)"
