"""Media: lazy, hashed once, whole on the disk; and the samples."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from make_media import make_video

from pixnb.errors import InvalidInput, OutputUnavailable
from pixnb.media.media import Media
from pixnb.media.sample import sample

CLIP = sample("video").path


def write(path, data):
    path.write_bytes(data)
    return path


def test_media_of_path(monkeypatch, tmp_path):
    """A path is kept absolute, and all is found out from the file."""
    monkeypatch.chdir(CLIP.parent)
    clip = Media(CLIP.name)
    monkeypatch.chdir(tmp_path)
    assert clip.path == CLIP
    assert clip.bytes() == CLIP.read_bytes()
    assert clip.sha256 == hashlib.sha256(CLIP.read_bytes()).hexdigest()
    assert (clip.size, clip.media_type, clip.kind, clip.url) == (520_918, "video/mp4", "video", None)
    assert clip.info.width == 640
    assert clip == Media(CLIP.read_bytes())
    assert len({clip, Media(CLIP), Media(CLIP.read_bytes())}) == 1


def test_media_is_lazy(tmp_path):
    """Making a Media reads nothing: a missing file shows when somebody looks."""
    clip = Media(tmp_path / "later.mp4", media_type="video/mp4")
    with pytest.raises(InvalidInput, match=r"later\.mp4 cannot be read"):
        clip.sha256  # noqa: B018 - asking is the test
    make_video(tmp_path / "later.mp4")
    assert clip.info.frames == 4


def test_media_of_changed_file(tmp_path):
    """A file that changed is hashed and probed again; a known hash outlives its file."""
    path = make_video(tmp_path / "a.mp4")
    clip = Media(path)
    before = clip.sha256, clip.info.frames
    make_video(path, frames=6)
    assert (clip.sha256, clip.info.frames) != before
    assert clip.info.frames == 6
    known = Media(path, sha256=clip.sha256)
    path.unlink()
    assert known.sha256 == clip.sha256


def test_known_hash_is_trusted_until_change(tmp_path):
    """A hash that was given is not counted again while the file stays as it was."""
    path = write(tmp_path / "a.bin", b"one")
    clip = Media(path, sha256="0" * 64)
    assert clip.sha256 == "0" * 64
    os.utime(path, ns=(1, 1))
    assert clip.sha256 == hashlib.sha256(b"one").hexdigest()


def test_media_of_file_objects(tmp_path):
    """A file object is read from its start; text and nonsense are refused."""
    file = io.BytesIO(b"GIF89a rest")
    file.read()
    assert Media(file).bytes() == b"GIF89a rest"
    with open(CLIP, "rb") as opened:
        assert Media(opened) == Media(CLIP)
    assert Media(bytearray(b"GIF89a")).kind == "image"
    with pytest.raises(InvalidInput, match="mode 'rb'"):
        Media(io.StringIO("text"))
    for wrong in ("", 5, None, ["a.mp4"]):
        with pytest.raises(InvalidInput, match="Media cannot be made of"):
            Media(wrong)


def test_media_of_media():
    """Media.of hands a Media through and makes one of anything else."""
    clip = Media(CLIP)
    assert Media.of(clip) is clip
    assert Media.of(str(CLIP)) == clip


def test_open_and_said_type():
    """`open` starts at the start each time; what was said counts only where the bytes tell nothing."""
    clip = Media(b"GIF89a", media_type="video/mp4")
    with clip.open() as one, clip.open() as two:
        assert one.read() == two.read() == b"GIF89a"
    assert clip.media_type == "image/gif"
    assert Media(b"??", media_type="text/plain").media_type == "text/plain"
    assert Media(b"??").media_type == "application/octet-stream"
    assert Media(b"??").kind is None


def test_save(tmp_path):
    """A copy is whole, replaces what was there, and leaves nothing else behind."""
    assert Media(CLIP).save(tmp_path) == tmp_path / CLIP.name
    target = write(tmp_path / "b.gif", b"old")
    assert Media(b"GIF89a").save(target).read_bytes() == b"GIF89a"
    named = Media(b"GIF89a").save(tmp_path)
    assert named.suffix == ".gif"
    assert Media(target).save(target).read_bytes() == b"GIF89a"
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / CLIP.name, target, named])
    with pytest.raises(OSError, match="No such file"):
        Media(b"GIF89a").save(tmp_path / "no" / "folder.gif")


def test_repr_is_short():
    """A repr shows where it is, never the bytes, nor what signs a link."""
    assert repr(Media(b"GIF89a" * 1000)) == "Media(<6000 bytes>, 'image/gif')"
    assert repr(Media("https://host/a.mp4?signature=s3cret")) == "Media('https://host/a.mp4')"
    assert repr(Media(CLIP)) == f"Media({str(CLIP)!r})"


def test_pickles():
    """A Media goes to another process."""
    assert pickle.loads(pickle.dumps(Media(CLIP))) == Media(CLIP)


class Files(BaseHTTPRequestHandler):
    """Serves one clip, once behind a redirect, and counts."""

    seen: list[str] = []

    def do_GET(self):
        Files.seen.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/clip")
            self.end_headers()
        elif self.path == "/clip":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CLIP.read_bytes())
        else:
            self.send_error(410)

    def log_message(self, *args):
        pass


@pytest.fixture
def host():
    Files.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_media_of_url(host):
    """A URL is touched only when its bytes are asked for, and then once; its hash as a key stays."""
    clip = Media(f"{host}/moved")
    key = hash(clip)
    assert (clip.path, clip.size, clip.sha256, clip.kind) == (None, None, None, None)
    assert Media(f"{host}/clip.mp4?x=1").kind == "video"
    assert clip == Media(clip.url)
    assert Files.seen == []
    assert clip.bytes() == CLIP.read_bytes()
    assert clip.info.width == 640
    assert clip.sha256 == Media(CLIP).sha256
    assert Files.seen == ["/moved", "/clip"]
    assert hash(clip) == key
    assert Media(clip.url, sha256=Media(CLIP).sha256) == Media(CLIP)


def test_url_that_is_gone(host):
    """A dead link is OutputUnavailable, and its signature stays out of the message."""
    with pytest.raises(OutputUnavailable, match="answered 410 Gone") as caught:
        Media(f"{host}/old?signature=s3cret").bytes()
    assert "s3cret" not in str(caught.value)
    with pytest.raises(OutputUnavailable, match="ConnectError"):
        Media("http://127.0.0.1:1/clip").info  # noqa: B018 - asking is the test


def test_samples(monkeypatch, tmp_path):
    """The samples are media of their kinds, made once, with their notice beside them."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "data"))
    image, audio = sample("image"), sample("audio")
    assert (image.kind, image.info.width, image.info.height) == ("image", 640, 360)
    assert (audio.media_type, audio.info.audio_codec) == ("audio/mpeg", "mp3float")
    assert audio.info.duration == pytest.approx(5.3, abs=0.1)
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "samples").iterdir()}
    assert sorted(path.suffix for path in made) == [".jpg", ".md", ".mp3"]
    assert sample("audio") == audio
    assert sample("image") == image
    assert made == {path: path.stat().st_mtime_ns for path in made}
    assert "Blender Foundation" in (CLIP.parent / "NOTICE.md").read_text()
    with pytest.raises(InvalidInput, match="no sample 'text'"):
        sample("text")


def test_import_is_cheap():
    """Names, store and media load without FFmpeg, Pillow, NumPy, httpx or fsspec."""
    code = (
        "import sys; from pixnb.media import media, part, preview, probe, store; "
        "print([name for name in ('av', 'PIL', 'numpy', 'httpx', 'fsspec', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("form", ["path", "bytes", "url"])
def test_media_from_media(tmp_path, form):
    """Media can be made of another one: the same bytes, or the same address."""
    path = tmp_path / "a.gif"
    path.write_bytes(b"GIF89a")
    first = Media({"path": path, "bytes": path.read_bytes(), "url": "https://example.org/a.png"}[form])
    again = Media(first)
    assert (again.path, again.url, again.sha256) == (first.path, first.url, first.sha256)
