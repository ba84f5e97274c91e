"""Files cut short, by what their format says of their end: cut ones are refused unsent, whole ones never."""

from __future__ import annotations

import io
import re
import time
from fractions import Fraction

import av
import numpy as np
import pytest
from faces import options
from fake_service import FakeService
from make_media import make_video
from PIL import Image

import pixnb
from pixnb.errors import InvalidInput
from pixnb.media.wholeness import find_missing


class Pipe(io.RawIOBase):
    """What cannot be gone back in, so that heads say nothing of the end."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def sound(codec, form, rate=48_000, seconds=3.0, layout="stereo", *, pipe=False, live=False):
    """A tone with noise in it."""
    file = Pipe() if pipe else io.BytesIO()
    with av.open(file, "w", format=form, options={"live": "1"} if live else {}) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        count = int(seconds * rate)
        wave = np.sin(np.arange(count) * 0.05) * 0.3 + np.random.default_rng(3).normal(0, 0.05, count)
        table = np.stack([wave.astype(np.float32)] * (2 if layout == "stereo" else 1))
        frame = av.AudioFrame.from_ndarray(table, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for piece in av.AudioResampler(stream.format, stream.layout, rate, 1024).resample(frame):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return bytes(file.data) if pipe else file.getvalue()


def film(codec, form, **more):
    """A film of noise."""
    file = io.BytesIO()
    with av.open(file, "w", format=form, options=more) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        random = np.random.default_rng(0)
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(random.integers(0, 255, (48, 64, 3), np.uint8))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def never_ended(data):
    """A Matroska as a browser records it: no length of the segment, none of its clusters, no index."""
    cues = data.find(b"\x1c\x53\xbb\x6b", data.index(b"\x1f\x43\xb6\x75"))
    data = bytearray(data[: cues if cues > 0 else len(data)])
    for match in re.finditer(rb"\x18\x53\x80\x67|\x1f\x43\xb6\x75", bytes(data)):
        length = 9 - data[match.end()].bit_length()
        data[match.end() : match.end() + length] = bytes([0xFF >> length - 1]) + b"\xff" * (length - 1)
    return bytes(data)


def picture(form, **more):
    file = io.BytesIO()
    table = np.random.default_rng(1).integers(0, 255, (90, 121, 3), np.uint8)
    Image.fromarray(table).save(file, form, **more)
    return file.getvalue()


WHOLE = {
    "flac": lambda: sound("flac", "flac"),
    "flac mono 16k": lambda: sound("flac", "flac", 16_000, layout="mono"),
    "flac through a pipe": lambda: sound("flac", "flac", pipe=True),
    "adts": lambda: sound("aac", "adts"),
    "adts mono 16k": lambda: sound("aac", "adts", 16_000, layout="mono"),
    "adts of a few frames": lambda: sound("aac", "adts", seconds=0.1),
    "mp3": lambda: sound("libmp3lame", "mp3"),
    "mp3 44.1k": lambda: sound("libmp3lame", "mp3", 44_100),
    "mp3 through a pipe": lambda: sound("libmp3lame", "mp3", 16_000, pipe=True),
    "mp2": lambda: sound("mp2", "mp2"),
    "mp2 16k": lambda: sound("mp2", "mp2", 16_000),
    "wav": lambda: sound("pcm_s16le", "wav"),
    "wav 24 bit of an odd length": lambda: sound("pcm_s24le", "wav", 16_000, 1.00007, "mono"),
    "opus": lambda: sound("libopus", "ogg"),
    "flac in ogg": lambda: sound("flac", "ogg"),
    "flac in matroska": lambda: sound("flac", "matroska"),
    "opus in webm": lambda: sound("libopus", "webm"),
    "webm through a pipe": lambda: sound("libopus", "webm", pipe=True),
    "webm live": lambda: sound("libopus", "webm", live=True),
    "webm never ended": lambda: never_ended(sound("libopus", "webm")),
    "aac in a transport stream": lambda: sound("aac", "mpegts"),
    "film in matroska": lambda: film("libx264", "matroska"),
    "film in matroska live": lambda: film("libx264", "matroska", live="1"),
    "film in matroska never ended": lambda: never_ended(film("libx264", "matroska")),
    "film in webm": lambda: film("libvpx-vp9", "webm"),
    "film in webm never ended": lambda: never_ended(film("libvpx-vp9", "webm")),
    "film in a transport stream": lambda: film("libx264", "mpegts"),
    "film of a camera": lambda: film("libx264", "mpegts", mpegts_m2ts_mode="1"),
    "film in avi": lambda: film("mpeg4", "avi"),
    "webp": lambda: picture("WEBP"),
    "webp without loss": lambda: picture("WEBP", lossless=True),
}
"""What lies whole, and is never to be refused."""

ENDS_ANYWHERE = ("adts", "mp2", "mp3 through a pipe", "never ended", "live", "webm through", "transport", "camera")
"""Of these an end that falls between two frames is an end."""


def missing(data):
    return find_missing(io.BytesIO(data))


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_cut_is_noticed_and_what_is_whole_is_not_refused(name):
    """At forty places of each, and behind a tag that some program puts at the end."""
    data = WHOLE[name]()
    assert missing(data) == 0
    for behind in (b"TAG" + bytes(125), bytes(1000)):
        assert missing(data + behind) == 0
    random = np.random.default_rng(7)
    cuts = [len(data) - 2, *(int(len(data) * share) for share in (0.3, 0.5, 0.75, 0.9, 0.99))]
    cuts += [int(cut) for cut in random.integers(len(data) // 5, len(data) - 1, 34)]
    missed = [cut for cut in cuts if not missing(data[:cut])]
    assert len(missed) <= (2 if any(word in name for word in ENDS_ANYWHERE) else 0), missed


def test_ends_that_only_the_format_knows():
    """Cut between two frames or pages, where every frame that is there is whole."""
    ogg = sound("libopus", "ogg")
    assert missing(ogg[: ogg.rindex(b"OggS")]) > 0
    flac = sound("flac", "flac")
    last = max(match.start() for match in re.finditer(rb"\xff\xf8[\x19-\xcf][\x00-\xae]", flac))
    assert missing(flac[:last]) > 0


def test_wholes_with_odd_heads():
    """Of a length that was never filled in, or is a few bytes off, nothing is said."""
    wav = sound("pcm_s16le", "wav")
    data = wav.index(b"data") + 4
    for length in (0, 0xFFFFFFFF, 0x7FFFFFFF):
        said = length.to_bytes(4, "little")
        assert missing(wav[:4] + said + wav[8:data] + said + wav[data + 4 :]) == 0
    said = (int.from_bytes(wav[4:8], "little") + 8).to_bytes(4, "little")
    assert missing(wav[:4] + said + wav[8:]) == 0
    assert missing(sound("pcm_s16le", "wav", pipe=True)) == 0
    flac = bytearray(sound("flac", "flac"))
    flac[21:26] = bytes([flac[21] & 0xF0, 0, 0, 0, 0])  # an encoder that could not go back to say how many samples
    assert missing(bytes(flac)) == 0
    assert missing(bytes(flac[:-100])) > 0


SENT = ["flac", "adts", "mp3", "mp2", "wav", "opus", "flac in ogg", "webm never ended"]


@pytest.mark.parametrize("name", SENT)
def test_a_sound_cut_short_is_not_sent(tmp_path, name):
    """And the whole one is."""
    data, path = WHOLE[name](), tmp_path / "a"
    service = FakeService()
    client = pixnb.Client(**options(service))
    path.write_bytes(data[: len(data) * 3 // 5 + 1])
    with pytest.raises(InvalidInput, match=r"cut short: \d+ of its bytes are missing|not media that can be read"):
        client.submit("ltx-2.3-audio-to-video", prompt="A lake", audio=path)
    assert service.asked["submit"] == service.asked["upload"] == []
    path.write_bytes(data)
    assert client.submit("ltx-2.3-audio-to-video", prompt="A lake", audio=path).id == "job-1"


def test_a_large_file_is_looked_at_quickly(tmp_path):
    """An hour of a live recording: its blocks are stepped over, not read."""
    clip = never_ended(make_video(tmp_path / "a.mkv", frames=40, noise=True).read_bytes())
    at = clip.index(b"\x1f\x43\xb6\x75")
    begin = time.process_time()
    assert missing(clip[:at] + clip[at:] * 200) == 0
    assert missing((clip[:at] + clip[at:] * 200)[:-3]) > 0
    assert time.process_time() - begin < 2
