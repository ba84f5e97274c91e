"""The sprite pack: small, licensed, found by thousands of words, and every picture of it good for a scene."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pixnb.emoji import pack as emoji
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.scenes.setting import PLACES
from pixnb.sandbox.render.scenes.sprite import GAITS
from pixnb.sandbox.render.sprites import pack

HERE = Path(emoji.__file__).parent


def test_size_and_licence():
    """At most 3 MB with its notices, which name who made it and under what terms."""
    files = [HERE / name for name in ("pictures.zip", "names.json", "NOTICE.txt")]
    assert sum(path.stat().st_size for path in files) <= 3_000_000
    notice = files[2].read_text()
    for words_of in (
        "Copyright (c) Microsoft Corporation",
        "Permission is hereby granted, free of charge",
        "Miles Johnson",
    ):
        assert words_of in notice


def test_every_picture_has_a_name_and_every_name_a_picture():
    """Index and pack agree, and no picture is there twice."""
    rows = json.loads((HERE / "names.json").read_text())
    with zipfile.ZipFile(HERE / "pictures.zip") as archive:
        files = {info.filename.removesuffix(".webp"): archive.read(info) for info in archive.infolist()}
    assert 400 <= len(rows) <= 570
    assert sorted(files) == sorted(row[0] for row in rows)
    assert len({row[1] for row in rows}) == len(rows)
    assert all(row[1] and row[2] for row in rows)
    assert len({hashlib.sha256(file).digest() for file in files.values()}) == len(files)


@pytest.mark.slow
def test_pictures():
    """Every picture opens, is cut out, fills a fair share of its box, and stands somewhere that is there."""
    for label in pack.labels():
        _check(pack.picture(label), pack.manner(label), label)


def _check(picture, manner, label):
    assert picture.mode == "RGBA"
    assert min(picture.size) >= 20
    assert 0.1 < (np.asarray(picture.getchannel("A")) > 128).mean() <= 1
    assert manner.gait in GAITS
    assert manner.at in ("ground", "peek", "air", "sky", "far", "float", "water", "table")
    assert manner.home
    assert set(manner.home) <= set(PLACES)
    assert pack.find(" ".join(words._TOKEN.findall(label))) == label


def test_thousands_of_words_find_a_picture():
    """Names, short names, synonyms and keywords, more than two thousand of them, and all lead to a picture."""
    labels = set(pack.labels())
    assert len(pack.words()) > 2_000
    for word in pack.words():
        assert {pack.find(word) or pack.suggest(word)[0]} <= labels, word


@pytest.mark.parametrize(
    ("word", "label"),
    [("puppies", "dog"), ("wolves", "wolf"), ("cacti", "cactus"), ("sofa", "couch and lamp"), ("DJ", "dj"),
     ("hot air balloons", "hot air balloon"), ("ice cream", "ice cream"), ("T-Rex", "t-rex"),
     ("lighthouse", "lighthouse"), ("Santa Claus", "santa claus"), ("teddy bears", "teddy bear"),
     ("police car", "police car"),
     ("rose", "rose"), ("wizard", "mage"), ("viking", "warrior"), ("espresso", "hot beverage"), ("violin", "violin")],
)  # fmt: skip
def test_words_people_type(word, label):
    """Plurals, capitals, phrases and synonyms all find the same picture."""
    assert [subject.label for subject in words.read(f"the {word} here").subjects] == [label]
