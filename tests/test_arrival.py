"""Files that came from a service: an MP4 that its structure proves whole is not decoded, a broken one always told."""

from __future__ import annotations

import random
import struct

import pytest
from make_media import make_shaped, make_sound, make_video

from pixnb.errors import InvalidInput
from pixnb.media.arrival import examine
from pixnb.media.mp4 import describe_whole
from pixnb.media.probe import check
from pixnb.media.sample import sample

FAST = {"movflags": "faststart"}
FILMS = {
    "a film": lambda path: make_video(path, frames=40, noise=True),
    "its index in front": lambda path: make_video(path, frames=40, options=FAST, noise=True),
    "of few pictures": lambda path: make_video(path, frames=2),
    "turned": lambda path: make_video(path, rotation=90),
    "that starts late": lambda path: make_shaped(path, offset=12),
    "of oblong pixels": lambda path: make_shaped(path, aspect="2"),
    "in 4:4:4": lambda path: make_shaped(path, pixels="yuv444p"),
    "with sound": lambda _: sample("video").path,
}
OTHERS = {
    "in another codec": lambda path: make_video(path, "mpeg4"),
    "in H.265": lambda path: make_shaped(path, "libx265"),
    "in fragments": lambda path: make_video(path, frames=40, options={"movflags": "frag_keyframe+empty_moov"}),
    "sound alone": lambda path: make_sound(path, "aac"),
}


@pytest.mark.parametrize("name", FILMS)
def test_a_whole_film_is_known_by_its_structure(tmp_path, name):
    """Decoding says the same; and whatever lies behind it, somebody else looks at that."""
    data = FILMS[name](tmp_path / "a.mp4").read_bytes()
    assert check(data).kind == "video"
    assert describe_whole(data)
    assert describe_whole(data + struct.pack(">I4s", 1000, b"free") + bytes(992)) == describe_whole(data)
    assert [describe_whole(data + more) for more in (bytes(1000), b"TAG" + bytes(125))] == [None, None]
    assert not any(describe_whole(data[: len(data) * part // 37]) for part in range(37))


@pytest.mark.parametrize("name", OTHERS)
def test_all_else_is_opened(tmp_path, name):
    """It is said to be what it is."""
    path = OTHERS[name](tmp_path / "a.mp4")
    assert describe_whole(path.read_bytes()) is None
    found = examine(path)
    assert (found.kind, found.info, found.problem) == (check(path).kind, check(path), None)


def at_pictures(data):
    """Where what is in the film begins and ends."""
    at = data.index(b"mdat") + 4
    return at, at - 8 + int.from_bytes(data[at - 8 : at - 4])


def put(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def hole(share, length=None):
    def damage(data):
        start, end = at_pictures(data)
        at = start + int((end - start) * share)
        return put(data, at, bytes(min(length or end, end - at)))

    return damage


def noise(data):
    """Pictures of noise, in units of the right length."""
    start, end = at_pictures(data)
    made, at, some = bytearray(data), start, random.Random(5)
    while at < end:
        length = int.from_bytes(data[at : at + 4])
        made[at + 4 : at + 4 + length] = some.randbytes(length)
        at += 4 + length
    return bytes(made)


def in_box(name, behind, new):
    return lambda data: put(data, data.index(name) + 4 + behind, new)


DAMAGES = {
    "nothing written yet": hole(0),
    "the second half not written": hole(0.5),
    "the end not written": hole(0.98),
    "noise for pictures": noise,
    "noise from the middle on": lambda data: put(
        data,
        sum(at_pictures(data)) // 2,
        random.Random(3).randbytes(at_pictures(data)[1] - sum(at_pictures(data)) // 2),
    ),
    "text for pictures": lambda data: put(
        data, at_pictures(data)[0], (b"<p>502</p>" * len(data))[: at_pictures(data)[1] - at_pictures(data)[0]]
    ),
    "pictures beyond the end": lambda data: put(data, data.index(b"stco") + 12, len(data).to_bytes(4)),
    "parameters of zeros": in_box(b"avcC", 8, bytes(20)),
    "no parameters": in_box(b"avcC", 5, b"\xe0"),
    "more descriptions than there are": in_box(b"stsd", 5, b"\1"),
    "seconds that last no time": in_box(b"mvhd", 12, b"\x3f"),
    "nothing of it shown": in_box(b"elst", 8, bytes(4)),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_broken_film_is_told_though_its_like_was_whole(tmp_path, how):
    """Of the whole one everything is known; what is broken is opened, and told."""
    path = make_video(tmp_path / "a.mp4", frames=60, options=FAST, noise=True)
    whole = path.read_bytes()
    assert (examine(path).problem, examine(path).kind, examine(path).info) == (None, "video", None)
    path.write_bytes(DAMAGES[how](whole))
    assert path.read_bytes() != whole
    found = examine(path)
    assert found.kind is None
    assert "it " in found.problem


def test_a_hole_anywhere_in_a_picture_is_seen(tmp_path):
    """Also where a decoder draws something all the same."""
    data = make_video(tmp_path / "a.mp4", frames=20, options=FAST, noise=True).read_bytes()
    assert not any(describe_whole(hole(share / 50, 40)(data)) for share in range(50))


@pytest.mark.parametrize("where", ["index", "pictures"])
def test_a_byte_of_its_heads_is_as_a_decoder_finds_it(tmp_path, where):
    """Some that structure takes for whole no decoder opens: such a film is never kept as one."""
    path = make_video(tmp_path / "a.mp4", size=(72, 56), frames=5, options=FAST)
    whole = path.read_bytes()
    examine(path)
    start = whole.index(b"moov") if where == "index" else at_pictures(whole)[0]
    end = at_pictures(whole)[0] if where == "index" else at_pictures(whole)[1]
    some, subtle = random.Random(11), 0
    for _ in range(600):
        at = some.randrange(start, end)
        damaged = put(whole, at, some.randbytes(1))
        if describe_whole(damaged) is None:
            continue
        path.write_bytes(damaged)
        try:
            check(path)
        except InvalidInput:
            subtle += 1
            assert examine(path).problem, at - start
    assert subtle or where == "index"


def test_films_are_decoded_once_for_their_parameters(tmp_path):
    """The next of the same is taken by its structure; one with others is decoded again."""
    first, second = (make_video(tmp_path / f"{frames}.mp4", size=(96, 64), frames=frames) for frames in (30, 31))
    other = make_video(tmp_path / "other.mp4", size=(80, 64), frames=30)
    found = [examine(path) for path in (first, second, other)]
    assert [one.kind for one in found] == ["video"] * 3
    assert [one.info is None for one in found] == [False, True, False]
