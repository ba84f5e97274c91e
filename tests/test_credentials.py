"""Content credentials: seen where the specification puts them, kept byte for byte, never in a preview."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from make_media import make_image, make_sound, make_video

from pixnb.display.video import Budget, figure_html
from pixnb.display.wording import describe, say_credentials
from pixnb.media.credentials import has_credentials
from pixnb.media.media import Media
from pixnb.media.preview import poster, preview
from pixnb.media.store import Store

UUID = bytes.fromhex("6332706100110010800000aa00389b71")


def box(name, data):
    return (len(data) + 8).to_bytes(4) + name + data


STORE = box(b"jumb", box(b"jumd", UUID + b"\x03c2pa\0") + box(b"jumb", b"signed" * 40))


def in_mp4(data):
    full = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + b"manifest\0" + bytes(8) + STORE
    return data + box(b"uuid", full)


def in_jpeg(data):
    part = b"JP" + b"\0\1" + (1).to_bytes(4) + STORE
    return data[:2] + b"\xff\xeb" + (len(part) + 2).to_bytes(2) + part + data[2:]


def in_png(data):
    at = 8 + 25
    return data[:at] + len(STORE).to_bytes(4) + b"caBX" + STORE + zlib.crc32(b"caBX" + STORE).to_bytes(4) + data[at:]


def in_riff(data):
    body = data[12:] + b"C2PA" + len(STORE).to_bytes(4, "little") + STORE + b"\0" * (len(STORE) % 2)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + data[8:12] + body


def in_gif(data):
    blocks = b"".join(bytes([len(one)]) + one for one in (STORE[at : at + 255] for at in range(0, len(STORE), 255)))
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 128 else 0)
    return data[:at] + b"\x21\xff\x0bC2PA_GIF\1\0\0" + blocks + b"\0" + data[at:]


def in_id3(data):
    frame = b"\0application/x-c2pa-manifest-store\0c2pa\0c2pa manifest store\0" + STORE
    tag = b"GEOB" + len(frame).to_bytes(4) + b"\0\0" + frame
    size = bytes((len(tag) >> shift) & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + tag + data


KINDS = {
    "a.mp4": (make_video, in_mp4),
    "a.mov": (make_video, in_mp4),
    "a.jpg": (make_image, in_jpeg),
    "a.png": (make_image, in_png),
    "a.webp": (make_image, in_riff),
    "a.gif": (make_image, in_gif),
    "a.wav": (lambda path: make_sound(path, "pcm_s16le"), in_riff),
    "a.m4a": (lambda path: make_sound(path, "aac"), in_mp4),
    "a.mp3": (lambda path: make_sound(path, "libmp3lame"), in_id3),
}


@pytest.mark.parametrize("name", KINDS)
def test_they_are_seen_kept_and_not_in_a_preview(tmp_path, name):
    """A plain file has none; one that has is the same bytes in a store and as saved, and says so."""
    make, sign = KINDS[name]
    plain = make(tmp_path / name).read_bytes()
    assert not Media(plain).info.credentials
    signed = sign(plain)
    media = Media(signed)
    assert media.info.credentials
    assert "content credentials (C2PA)" in describe(media)
    asset = Store(tmp_path / "assets").put(signed)
    assert asset.path.read_bytes() == signed
    assert Media(asset.path).info.credentials
    assert media.save(tmp_path / f"saved-{name}").read_bytes() == signed
    if media.kind != "audio":
        assert not Media(poster(signed)).info.credentials
    if media.kind == "video":
        assert not Media(preview(signed)).info.credentials


def test_a_preview_in_a_page_says_that_it_is_not_the_signed_original(tmp_path):
    """In the output of a clip too large for it; the whole clip says nothing but that it has some."""
    path = tmp_path / "a.mov"
    path.write_bytes(in_mp4(make_video(tmp_path / "b.mov").read_bytes()))
    assert "content credentials" in figure_html(Media(path), budget=Budget())  # .mov is shown as a preview
    assert "content credentials" not in figure_html(Media(tmp_path / "b.mov"), budget=Budget())
    assert say_credentials(0) == ""
    assert "2 originals carry" in say_credentials(2)


@pytest.mark.parametrize("name", KINDS)
def test_what_only_looks_like_them_is_none(tmp_path, name):
    """Their names in a text, another `uuid` box, another APP11."""
    make, sign = KINDS[name]
    signed = sign(make(tmp_path / name).read_bytes())
    other = signed.replace(UUID, bytes(16)).replace(bytes.fromhex("d8fec3d61b0e483c"), bytes(8))
    assert has_credentials(io.BytesIO(other)) == (name == "a.gif")  # whose block is named after them


HEADS = [
    b"\0\0\0\x18ftypisom",
    b"\xff\xd8\xff\xeb",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\xff\xff\xffWEBP",
    b"GIF89a",
    b"ID3",
]


@given(st.sampled_from(HEADS), st.binary(max_size=300), st.integers(0, 300))
@example(b"\xff\xd8\xff\xeb", b"\0\0" * 100, 0)
@example(b"\0\0\0\x18ftypisom", bytes(200), 0)
@settings(max_examples=400)
def test_noise_is_read_to_its_end_and_says_no(head, noise, cut):
    """Lengths of nothing, of everything, that lead back or beyond the end."""
    assume(b"C2PA_GIF" not in noise)  # hypothesis knows our constants: that one is a credential
    file = io.BytesIO((head + noise)[: cut or None])
    assert has_credentials(file) is False
    assert file.tell() == 0
