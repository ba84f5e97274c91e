"""What is in a file: kinds by first bytes, probing, posters and previews."""

from __future__ import annotations

import ast
import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from make_media import make_image, make_sound, make_video
from PIL import Image

import pixnb
from pixnb.errors import InvalidInput
from pixnb.media import kinds
from pixnb.media.media import Media
from pixnb.media.opening import open_media
from pixnb.media.preview import poster, preview, preview_sound
from pixnb.media.probe import MediaInfo, opened, probe
from pixnb.media.sample import sample

CLIP = sample("video").path
JPEG = b"\xff\xd8\xff"


FILES = [
    ("a.mp4", "video/mp4", lambda path: make_video(path)),
    ("a.mov", "video/quicktime", lambda path: make_video(path)),
    ("a.avi", "video/x-msvideo", lambda path: make_video(path, "mpeg4")),
    ("a.webm", "video/webm", lambda path: make_video(path, "libvpx-vp9")),
    ("a.mkv", "video/x-matroska", lambda path: make_video(path)),
    ("a.png", "image/png", make_image),
    ("a.jpg", "image/jpeg", make_image),
    ("a.webp", "image/webp", make_image),
    ("a.gif", "image/gif", make_image),
    ("a.avif", "image/avif", make_image),
    ("a.wav", "audio/wav", lambda path: make_sound(path, "pcm_s16le")),
    ("a.mp3", "audio/mpeg", lambda path: make_sound(path, "libmp3lame")),
    ("a.ogg", "audio/ogg", lambda path: make_sound(path, "libopus")),
    ("a.flac", "audio/flac", lambda path: make_sound(path, "flac")),
    ("a.m4a", "audio/mp4", lambda path: make_sound(path, "aac")),
    ("a.aac", "audio/aac", lambda path: make_sound(path, "aac")),
]


@pytest.mark.parametrize(("name", "media_type", "make"), FILES, ids=[file[0] for file in FILES])
def test_kind_by_first_bytes(tmp_path, name, media_type, make):
    """A real file of each type is told by its first bytes, whatever its name, and its suffix is its own."""
    path = make(tmp_path / name)
    hidden = path.rename(tmp_path / "nameless")
    assert kinds.sniff(hidden.read_bytes()[: kinds.HEAD]) == media_type
    assert kinds.suffix(media_type) == path.suffix
    assert Media(hidden).kind == media_type.split("/")[0]
    if media_type != "image/avif":  # by Pillow, not by us
        info = probe(hidden)
        assert info.kind == media_type.split("/")[0]
        assert (info.width, info.height) == ((None, None) if info.kind == "audio" else (64, 48))


def test_mp3_without_tag(tmp_path):
    """An MP3 that begins with its first frame is told from AAC."""
    data = make_sound(tmp_path / "a.mp3", "libmp3lame").read_bytes()
    assert data[:3] == b"ID3"
    length = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    assert kinds.sniff(data[10 + length :][: kinds.HEAD]) == "audio/mpeg"


@pytest.mark.parametrize(
    "head", [b"", b"\xff", b"hello", b"<!DOCTYPE html>", b'{"error": 1}', b"\x00" * 64, b"\xff" * 64]
)
def test_not_media_by_first_bytes(head):
    """Text, pages, JSON, zeros and nothing at all are no media."""
    assert kinds.sniff(head) is None


@pytest.mark.parametrize("brand", [b"isom", b"iso5", b"iso6", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV"])
def test_mp4_brands(brand):
    """MP4 is told for the brands that services write."""
    assert kinds.sniff(b"\0\0\0\x20ftyp" + brand) == "video/mp4"


def test_probe_clip():
    """The sample clip is what its notice says."""
    info = probe(CLIP)
    assert info == MediaInfo("video", 5.312, 25.0, 640, 360, "h264", "aac", 132, plays_everywhere=True)
    assert info.audio
    assert info.codecs == ("h264", "aac")
    assert probe(CLIP.read_bytes()) == info


def test_probe_rotated(tmp_path):
    """A phone's upright clip is as wide as it is shown; poster and preview stand upright too."""
    path = make_video(tmp_path / "phone.mp4", rotation=-90)
    assert (probe(path).width, probe(path).height) == (48, 64)
    assert Image.open(io.BytesIO(poster(path))).size == (48, 64)
    made = probe(preview(path))
    assert (made.width, made.height) == (48, 64)


def test_sound_with_cover(tmp_path):
    """The cover picture of a sound does not make it a video."""
    path = make_sound(tmp_path / "song.mp3", "libmp3lame", cover=True)
    assert probe(path).kind == "audio"
    with pytest.raises(InvalidInput, match=r"song\.mp3 holds no picture"):
        poster(path)


def cut(path, data):
    path.write_bytes(data)
    return path


def test_truncated(tmp_path):
    """An MP4 cut short is refused by name, with its index in front, at the end, or cut off itself."""
    whole = CLIP.read_bytes()
    with pytest.raises(InvalidInput, match=r"cut\.mp4 is cut short: 320918 of its bytes are missing"):
        probe(cut(tmp_path / "cut.mp4", whole[:200_000]))
    with pytest.raises(InvalidInput, match="cut short"):
        probe(whole[:-1])
    with pytest.raises(InvalidInput, match="cut short"):
        probe(whole[:100])
    late = make_video(tmp_path / "late.mp4").read_bytes()
    assert late.find(b"mdat") < late.find(b"moov")
    at = late.find(b"moov") - 4
    with pytest.raises(InvalidInput, match=r"index\.mp4 is not media that can be read"):
        probe(cut(tmp_path / "index.mp4", late[:at]))


def test_whole_with_rest():
    """Bytes after the last box do not make a file look cut."""
    assert probe(CLIP.read_bytes() + b"\0" * 20).kind == "video"
    assert probe(CLIP.read_bytes() + b"\xee\xff\xff\xff\x01\x02\x03\x04\x05").kind == "video"


def test_not_media(tmp_path):
    """Text called .mp4, an empty file, a folder, a missing file: each is named, and says what to do."""
    text = cut(tmp_path / "text.mp4", b"hello\n" * 1000)
    with pytest.raises(InvalidInput, match=r"text\.mp4 is not media that can be read .* Give a video"):
        probe(text)
    with pytest.raises(InvalidInput, match=r"empty\.mp4 is empty"):
        probe(cut(tmp_path / "empty.mp4", b""))
    with pytest.raises(InvalidInput, match=r"cannot be read: Is a directory"):
        probe(tmp_path)
    with pytest.raises(InvalidInput, match=r"gone\.mp4 cannot be read: No such file.* Check the path") as caught:
        probe(tmp_path / "gone.mp4")
    assert caught.value.code == "INVALID_INPUT"
    with pytest.raises(InvalidInput, match="cannot be read"):
        Media("a\0b").bytes()
    with pytest.raises(InvalidInput, match="is not media") as caught:
        probe(b"x" * 5000)
    assert len(str(caught.value)) < 300


def test_playlist_is_not_followed(tmp_path):
    """A list of other files is not opened as media, whatever it is called."""
    other = make_video(tmp_path / "other.mp4")
    path = cut(tmp_path / "clip.mp4", b"ffconcat version 1.0\nfile " + bytes(other.name, "ascii") + b"\n")
    with pytest.raises(InvalidInput, match="is not media"):
        probe(path)


TAGGED = [("a.mkv", "libx264"), ("a.mp4", "libx264"), ("a.avi", "mpeg4"), ("a.mp3", "libmp3lame"), ("a.flac", "flac")]


@pytest.mark.parametrize(("name", "codec"), TAGGED)
def test_tags_in_any_encoding(tmp_path, name, codec):
    """A title in Latin-1, or in no encoding at all, is no reason to refuse a clip or a song."""
    make = make_sound if name.endswith(("mp3", "flac")) else make_video
    path = make(tmp_path / name, codec, tags={"title": "QQQQ"})
    plain = path.read_bytes()
    assert b"QQQQ" in plain
    path.write_bytes(plain.replace(b"QQQQ", b"\xe9\xff\xfe\xe9"))
    assert probe(path) == probe(plain)
    if make is make_video:
        assert Image.open(io.BytesIO(poster(path))).size == (64, 48)
        assert probe(preview(path)).width == 64
    with open_media(str(path)) as container:
        assert "title" in {tag.lower() for tag in container.metadata}


def test_all_media_files_are_opened_in_one_place():
    """PyAV's own `open` is called to write files, and to read them in the one function that holds playlists off."""
    package = Path(pixnb.__file__).parent
    reads = [
        path.relative_to(package).as_posix()
        for path in sorted(package.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("av.open", "av.container.open")
        if "'w'" not in [ast.unparse(argument) for argument in call.args]
    ]
    assert reads == ["media/opening.py"]


def test_full_disk_is_not_blamed_on_the_source():
    """A disk that fills while a clip is rewritten is an OSError, not a clip that is no media."""
    with pytest.raises(OSError, match="No space left"), opened(CLIP) as given:  # noqa: PT012 - one copy
        out = av.open("/dev/full", "w", format="mp4")
        stream = out.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            packet.stream = stream
            out.mux([packet] if packet.dts is not None else [])
        out.close()


def test_truncated_webm(tmp_path):
    """A cut WebM is read as far as it goes or refused in words; never an error of the library under us."""
    whole = make_video(tmp_path / "a.webm", "libvpx-vp9").read_bytes()
    refused = 0
    for length in range(8, len(whole), 97):
        try:
            probe(whole[:length])
        except InvalidInput:
            refused += 1
    assert refused


def test_name_is_no_pattern(tmp_path):
    """A name that FFmpeg would read as a row of files, or by its ending, is just a file."""
    path = make_image(tmp_path / "a%03d.jpg")
    assert probe(path).kind == "image"
    assert probe(path.rename(tmp_path / "a.mp4")).kind == "image"


def test_poster_size():
    """A poster is a JPEG no wider than asked, and never blown up."""
    assert Image.open(io.BytesIO(poster(CLIP, 160))).size == (160, 90)
    assert Image.open(io.BytesIO(poster(CLIP, 4000))).size == (640, 360)
    assert poster(CLIP, 160, at=5.0) != poster(CLIP, 160)
    assert Media(CLIP.read_bytes()).poster(160)[:3] == JPEG


def test_poster_of_picture(tmp_path):
    """A picture with transparency has a poster too."""
    path = tmp_path / "a.png"
    Image.new("RGBA", (800, 400), (1, 2, 3, 0)).save(path)
    assert Image.open(io.BytesIO(poster(path, 80))).size == (80, 40)


def test_preview_plays_in_browsers():
    """A preview is small H.264 yuv420p with its index in front, short GOP and sound."""
    made = preview(CLIP, 180)
    info = probe(made)
    assert (info.width, info.height, info.fps, info.codecs) == (320, 180, 25.0, ("h264", "aac"))
    assert info.duration == pytest.approx(5.3, abs=0.1)
    assert made.find(b"moov") < made.find(b"mdat")
    with av.open(io.BytesIO(made)) as container:
        video = container.streams.video[0]
        assert video.pix_fmt == "yuv420p"
        keys = [packet.pts for packet in container.demux(video) if packet.is_keyframe]
        assert max(np.diff(keys)) * video.time_base <= Fraction(1, 2)


def test_preview_fits():
    """A preview keeps its limit, by showing only the start when it must, or says that it cannot."""
    for limit, is_whole in ((60_000, True), (12_000, False)):  # 90 pixels need less than 360
        made = preview(CLIP, 90, limit=limit)
        assert len(made) <= limit
        assert probe(made).duration > 1
        assert (probe(made).duration > 5) == is_whole
    with pytest.raises(InvalidInput, match="does not fit into 500 bytes"):
        preview(CLIP, 90, limit=500)


def test_preview_of_odd_and_silent(tmp_path):
    """Odd sizes, no sound and other codecs are no hindrance; a picture is refused."""
    path = make_video(tmp_path / "odd.webm", "libvpx-vp9", size=(63, 47), frames=10)
    info = probe(preview(path))
    assert (info.width % 2, info.height % 2, info.codecs) == (0, 0, ("h264",))
    with pytest.raises(InvalidInput, match="is image, not video"):
        preview(make_image(tmp_path / "a.png"))


def test_a_preview_of_fewer_pictures_is_smaller():
    """As many a second as are asked for, none twice; sound of a poor one is small too."""
    made = preview(CLIP, 180, fps=12)
    assert (probe(made).fps, probe(made).height) == (12.0, 180)
    assert probe(made).duration == pytest.approx(5.3, abs=0.1)
    assert len(made) < len(preview(CLIP, 180))


@pytest.mark.parametrize("limit", [200_000, 20_000, 9_000])
def test_a_preview_of_a_sound_fits(tmp_path, limit):
    """AAC in MP4, from its start; a picture has none, and a second of it is the least."""
    made = preview_sound(sample("audio").path, limit=limit)
    assert len(made) <= limit
    assert probe(made).codecs == ("aac",)
    assert 1 < probe(made).duration <= 5.4
    with pytest.raises(InvalidInput, match="does not fit into 500 bytes"):
        preview_sound(sample("audio").path, limit=500)
    with pytest.raises(InvalidInput, match="has no sound"):
        preview_sound(make_image(tmp_path / "a.png"))
