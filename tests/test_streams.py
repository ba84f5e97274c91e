"""What a file is, its streams say: sound, shape, start, pixel format, stills, files cut short, bombs."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import av
import numpy as np
import pytest
from faces import options
from fake_service import FakeService
from make_media import make_image, make_shaped, make_sound, make_video, set_matrix
from PIL import Image

import pixnb
from pixnb.display.video import Budget, source
from pixnb.errors import InvalidInput, OutputUnavailable
from pixnb.media.media import Media
from pixnb.media.preview import poster, preview
from pixnb.media.probe import check, probe
from pixnb.status import JobStatus

SOUNDS = [
    ("a.mp4", "aac", "audio/mp4"),
    ("b.mp4", "libmp3lame", "audio/mp4"),
    ("a.mov", "aac", "audio/mp4"),
    ("a.3gp", "aac", "audio/mp4"),
    ("a.m4a", "aac", "audio/mp4"),
    ("a.webm", "libopus", "audio/webm"),
    ("a.mkv", "flac", "audio/x-matroska"),
    ("b.mkv", "libmp3lame", "audio/x-matroska"),
    ("a.ogg", "libopus", "audio/ogg"),
]


@pytest.mark.parametrize(("name", "codec", "media_type"), SOUNDS)
def test_sound_in_a_container_of_videos_is_sound(tmp_path, name, codec, media_type):
    """It is no video for a parameter that wants one, and nothing is sent; a page plays it as sound."""
    path = make_sound(tmp_path / name, codec)
    media = Media(path)
    assert (media.kind, media.media_type, media.info.kind) == ("audio", media_type, "audio")
    service = FakeService()
    with pytest.raises(InvalidInput, match=f"is {media_type}. Give a file with a video"):
        pixnb.Client(**options(service)).submit("lucy-edit-fast", prompt="A lake", video=path)
    assert service.asked["submit"] == []


def cut_at(share):
    return lambda data: data[: int(len(data) * share)]


def without_samples(data):
    """The index in front, of what was in the lost box behind it nothing."""
    return data[: data.index(b"mdat") - 4]


CUT = [
    ("a.mp4", lambda path: make_video(path, frames=40), cut_at(0.6)),
    ("fast.mp4", lambda path: make_video(path, frames=40, options={"movflags": "faststart"}), cut_at(0.9)),
    ("gone.mp4", lambda path: make_video(path, frames=40, options={"movflags": "faststart"}), without_samples),
    ("a.mov", lambda path: make_video(path, frames=40), cut_at(0.6)),
    ("a.mkv", lambda path: make_video(path, frames=40), cut_at(0.6)),
    ("a.webm", lambda path: make_video(path, "libvpx-vp9", frames=40), cut_at(0.8)),
    ("a.avi", lambda path: make_video(path, "mpeg4", frames=40), cut_at(0.6)),
    ("a.png", lambda path: make_noise(path), cut_at(0.6)),
    ("a.jpg", lambda path: make_noise(path), cut_at(0.6)),
    ("a.webp", lambda path: make_noise(path), cut_at(0.6)),
    ("a.gif", lambda path: make_noise(path), cut_at(0.6)),
    ("a.avif", lambda path: make_noise(path), cut_at(0.6)),
    ("a.wav", lambda path: make_sound(path, "pcm_s16le"), cut_at(0.6)),
    ("a.mp3", lambda path: make_sound(path, "libmp3lame"), cut_at(0.6)),
    ("a.ogg", lambda path: make_sound(path, "libopus"), lambda data: data[:-5]),
    ("a.m4a", lambda path: make_sound(path, "aac"), cut_at(0.6)),
]


def make_noise(path):
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 120, 3), np.uint8)).save(path)
    return path


@pytest.mark.parametrize(("name", "make", "cut"), CUT, ids=[row[0] for row in CUT])
def test_a_file_cut_short_is_refused_and_a_whole_one_never(tmp_path, name, make, cut):
    """Before anything is sent, on a service that takes only addresses too."""
    whole = make(tmp_path / name)
    check(whole)
    with av.logging.Capture():
        path = tmp_path / f"cut-{name}"
        path.write_bytes(cut(whole.read_bytes()))
        with pytest.raises(InvalidInput, match=r"cut short|not media|can be decoded"):
            probe(path)
        kind = Media(path).kind
        model, role = ("lucy-edit-fast", "video") if kind == "video" else ("ltx-2.3-image-to-video", "image")
        service = FakeService()
        with pytest.raises(InvalidInput):
            pixnb.Client(**options(service)).submit(model, prompt="A lake", **{role: path})
        assert service.asked["submit"] == []


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff",
        b"OggS" + bytes(10),
        b"ID3\x04\0\0\0\0\0\0" + bytes(10),
        b"\0\0\0\0ftypmp42",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\x1a\x45\xdf\xa3",
    ],
)
def test_heads_alone_are_refused_in_words(data):
    """What is only a beginning is an InvalidInput, never an error of a library."""
    with pytest.raises(InvalidInput):
        probe(data)


BROKEN = {
    "cut": lambda data: data[: len(data) * 2 // 3],
    "no samples": without_samples,
    "zeros at its end": lambda data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
    "zeros behind its index": lambda data: (
        without_samples(data)
        + data[len(without_samples(data)) :][:8]
        + bytes(len(data) - len(without_samples(data)) - 8)
    ),
    "a head alone": lambda data: data[:40],
    "noise": lambda data: data[:32] + np.random.default_rng(2).bytes(4000),
    "a cut picture": lambda data: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a cut GIF": lambda data: b"GIF89a" + bytes(3),
}
QUICK = ("cut", "a cut picture")
"""What stands for all in a quick run: each is fetched four times, with pauses."""


@pytest.fixture
def film(tmp_path):
    path = make_video(tmp_path / "film.mp4", frames=60, options={"movflags": "faststart"}, noise=True)
    return path.read_bytes()


@pytest.mark.parametrize("how", [pytest.param(how, marks=() if how in QUICK else pytest.mark.slow) for how in BROKEN])
def test_a_broken_result_is_said_to_be_broken(film, how):
    """COMPLETED, with an error that names the file kept aside, and no media."""
    bad = BROKEN[how](film)
    service = FakeService(links=[(200, bad)])
    client = pixnb.Client(**options(service))
    job = client.submit("ltx-2.3-text-to-video", prompt="A lake")
    with pytest.raises(OutputUnavailable, match=r"came broken 4 times.*kept as"):
        job.result(timeout=60)
    assert (job.status, job.media) == (JobStatus.COMPLETED, ())


def test_a_result_that_is_still_written_comes_whole(film):
    """A store that serves half of it twice, then all."""
    service = FakeService(links=[(200, film[: len(film) // 3]), (200, film[: len(film) // 2]), (200, film)])
    assert pixnb.Client(**options(service)).run("ltx-2.3-text-to-video", prompt="A lake").video.bytes() == film


@pytest.mark.parametrize("offset", [1, 12, 25, 2500])
@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov", "a.ts"])
def test_time_starts_where_the_stream_starts(tmp_path, name, offset):
    """Its length, its preview and its poster are those of the same clip from 0."""
    path = make_shaped(tmp_path / name, frames=20, offset=offset)
    assert probe(path).duration == pytest.approx(0.8, abs=0.1)
    made = probe(preview(path))
    assert (made.frames, made.duration) == (20, pytest.approx(0.8, abs=0.05))
    assert poster(path, at=0.5)
    figure = Media(path)._repr_mimebundle_()["text/html"]
    assert ("<video" in figure) == (path.suffix != ".ts")  # a transport stream is not known by its first bytes
    assert "Errno" not in figure


ONE = 1 << 16
TURNS = {  # a, b, c, d: x' = ax + cy, y' = bx + dy; where the corner that was at the upper left is then
    "upright": ((1, 0, 0, 1), (0, 0)),
    "left-right": ((-1, 0, 0, 1), (1, 0)),
    "top-bottom": ((1, 0, 0, -1), (0, 1)),
    "half": ((-1, 0, 0, -1), (1, 1)),
    "quarter": ((0, 1, -1, 0), (1, 0)),
    "other quarter": ((0, -1, 1, 0), (0, 1)),
    "diagonal": ((0, 1, 1, 0), (0, 0)),
    "other diagonal": ((0, -1, -1, 0), (1, 1)),
}


def corner(image):
    table = np.asarray(image.convert("L"), int)
    down, across = (size // 4 for size in table.shape)
    quarters = {(x, y): table[-down if y else 0 :][:down, -across if x else 0 :][:, :across].mean()
                for x in (0, 1) for y in (0, 1)}  # fmt: skip
    return max(quarters, key=quarters.get)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("aspect", ["1", "2", "1/2"])
def test_pixels_have_a_shape_and_pictures_a_way_up(tmp_path, turn, aspect):
    """Info, poster and preview agree on the size as shown, and on which corner is where."""
    matrix, place = TURNS[turn]
    path = set_matrix(make_shaped(tmp_path / "a.mp4", aspect=aspect), matrix)
    wide = {"1": 64, "2": 128, "1/2": 32}[aspect]
    size = (48, wide) if matrix[0] == 0 else (wide, 48)
    info, still = probe(path), Image.open(io.BytesIO(poster(path)))
    assert ((info.width, info.height), still.size) == (size, size)
    assert corner(still) == place
    with av.open(io.BytesIO(preview(path))) as container:
        frame = next(container.decode(video=0))
        assert ((frame.width, frame.height), corner(frame.to_image())) == (size, place)
    mirrored = turn in ("left-right", "top-bottom", "diagonal", "other diagonal")
    assert source(Media(path), budget=Budget()).how == ("preview" if mirrored else "embedded")


PLAYED = [
    ("a.mp4", "libx264", "yuv420p", "embedded"),
    ("b.mp4", "libx264", "yuvj420p", "embedded"),
    ("a.mp4", "libx264", "yuv444p", "preview"),
    ("a.mp4", "libx264", "yuv422p", "preview"),
    ("a.mp4", "libx264", "yuv420p10le", "preview"),
    ("a.mp4", "libx264", "yuv422p10le", "preview"),
    ("a.mp4", "libx265", "yuv420p", "preview"),
    ("a.mp4", "mpeg4", "yuv420p", "preview"),
    ("a.mp4", "libvpx-vp9", "yuv420p", "preview"),
    ("a.mkv", "libx264", "yuv420p", "preview"),
    ("a.mov", "libx264", "yuv420p", "preview"),
    ("a.avi", "mpeg4", "yuv420p", "preview"),
    ("a.webm", "libvpx-vp9", "yuv444p", "preview"),
]


@pytest.mark.parametrize(("name", "codec", "pixels", "how"), PLAYED)
def test_what_plays_everywhere_is_embedded_all_else_as_a_preview(tmp_path, name, codec, pixels, how):
    """H.264 of 8 bits in 4:2:0, in MP4."""
    path = make_shaped(tmp_path / name, codec, pixels)
    assert source(Media(path), budget=Budget()).how == how
    with av.open(io.BytesIO(preview(path))) as container:
        assert container.streams.video[0].pix_fmt == "yuv420p"


@pytest.mark.parametrize("ending", ["gif", "webp", "avif", "png"])
@pytest.mark.parametrize("named", ["", ".mp4"])
def test_pictures_that_move_are_shown(tmp_path, ending, named):
    """As pictures, by a page as they are, whatever they are called; a video parameter refuses them by what they are."""
    first, *more = (Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue"))
    first.save(tmp_path / f"a.{ending}", save_all=True, append_images=more, duration=100)
    media = Media((tmp_path / f"a.{ending}").rename(tmp_path / f"moving.{ending}{named}"))
    assert (media.kind, media.info.width, media.info.height) == ("image", 64, 48)
    assert Image.open(io.BytesIO(media.poster())).getpixel((9, 9))[0] > 200
    assert f'src="data:image/{ending}' in media._repr_mimebundle_()["text/html"]
    with pytest.raises(InvalidInput, match=f"is image/{ending}. Give a file with a video"):
        pixnb.Client(**options(FakeService())).submit("lucy-edit-fast", prompt="A lake", video=media)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"])
def test_heic_is_told(tmp_path, brand):
    """What it is and what to do; nothing is sent."""
    path = tmp_path / "IMG_1.jpg"
    path.write_bytes(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + b"\0\0\0\x08mdat")
    service = FakeService()
    with pytest.raises(InvalidInput, match=r"HEIC picture.*Export it as JPEG or PNG"):
        pixnb.Client(**options(service)).submit("ltx-2.3-image-to-video", prompt="A lake", image=path)
    assert service.asked["submit"] == []
    assert "HEIC" in Media(path)._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx264"), ("b.mp4", "mpeg4")])
def test_a_still_in_a_videos_clothes_is_told(tmp_path, name, codec):
    """One picture in an MP4 is no film for a paid edit."""
    path = make_video(tmp_path / name, codec, frames=1)
    with pytest.raises(InvalidInput, match="holds one still picture, not a film"):
        pixnb.Client(**options(FakeService())).submit("lucy-edit-fast", prompt="A lake", video=path)


def bomb_png(width, height, bits=1, colour=0, rows=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    body = zlib.compress(bytes((1 + width * bits * (3 if colour == 2 else 1) // 8) * rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def bomb_gif(side):
    size = struct.pack("<HH", side, side)
    return b"GIF89a" + size + b"\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0" + size + b"\0\x02\x02\x44\x01\0;"


def saved(form, width, height, **more):
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, form, **more)
    return out.getvalue()


def endless(tmp_path):
    data = bytearray(make_video(tmp_path / "endless.mp4").read_bytes())
    for name, behind in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        at = data.index(name) + behind
        data[at : at + 4] = b"\xff\xff\xff\xf0"
    return bytes(data)


BOMBS = {
    "png 65535": lambda _: bomb_png(65_535, 65_535, rows=4000),
    "png rgb 20000": lambda _: bomb_png(20_000, 20_000, 8, 2, rows=2000),
    "png 16 bit": lambda _: bomb_png(16_000, 16_000, 16, 2, rows=500),
    "png 2^31": lambda _: bomb_png(2**31 - 1, 2**31 - 1, 8, 2),
    "gif 65535": lambda _: bomb_gif(65_535),
    "jpeg": lambda _: saved("JPEG", 65_000, 2_500),
    "progressive jpeg": lambda _: saved("JPEG", 16_000, 16_000, progressive=True),
    "endless mp4": endless,
    "many pictures": lambda folder: make_video(folder / "many.mp4", "mpeg4", (16, 16), 60_000).read_bytes(),
}
CHILD = """
import sys, time, pixnb
pixnb.sample("video").poster()
def peak(): return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before, cpu = peak(), time.process_time()
pixnb.Media(sys.argv[1])._repr_mimebundle_()
print(time.process_time() - cpu, (peak() - before) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_cost_bounded_time_and_memory(tmp_path, kind):
    """15 s of CPU, 500 MB."""
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[kind](tmp_path))
    done = subprocess.run([sys.executable, "-c", CHILD, path], capture_output=True, text=True, timeout=100, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 15
    assert megabytes < 500


def test_a_picture_larger_than_is_drawn_is_still_told_and_sent(tmp_path):
    """Its size is read from its head; only the poster is refused."""
    path = tmp_path / "large.png"
    path.write_bytes(bomb_png(10_000, 9_000, rows=9_000))
    assert (Media(path).info.width, Media(path).info.height) == (10_000, 9_000)
    with pytest.raises(InvalidInput, match="too many to be drawn here"):
        Media(path).poster()
    assert make_image(tmp_path / "small.png")
