"""How what a user gives as media reaches a service that takes only URLs."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from pathlib import Path

import pytest
from faces import FACES, options
from fake_service import BASE, CDN, KEY, KEY_HEADER, FakeService, clip, lost
from make_media import make_image
from served import tiny_clip

import pixnb

LUCY = "lucy-edit-fast"
URL = "https://example.org/clip.mp4?signature=abc"
HOME = (404, "", {"X-Pixnb-Sandbox": "1"})


@pytest.fixture(params=FACES)
def face(request):
    """Make either face talk to a service."""
    return lambda service, **more: request.param(**options(service, **more))


@pytest.fixture
def file(tmp_path):
    """A clip on disk."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(tiny_clip())
    return path


def real(**scripts):
    """Give a service that is no sandbox."""
    return FakeService(sandbox=False, **scripts)


def submit(face, service, video, **more):
    """Submit an edit of a video and return the job and the URL that was sent."""
    job = face(service, **more).submit(LUCY, prompt="A red coat", video=video)
    return job, json.loads(service.posts[0].content)["video_url"]


def refused(face, service, params, **more):
    """Submit an edit that must be refused with nothing sent; return the words."""
    with pytest.raises(pixnb.InvalidInput) as caught:
        face(service, **more).submit(LUCY, **{"prompt": "A red coat", **params})
    assert service.posts == []
    assert service.asked["upload"] == []
    return caught.value.message


@pytest.mark.parametrize("given", [URL, URL.replace("https", "HTTPS"), pixnb.Media(URL)], ids=str)
@pytest.mark.parametrize("sandbox", [False, True])
def test_a_url_passes_through_unprobed(face, given, sandbox):
    """Nothing is asked of a user's address; its hash is of the address, marked as such."""
    service = FakeService(sandbox=sandbox)
    job, sent = submit(face, service, given)
    assert sent == (given if isinstance(given, str) else URL)
    assert [request for request in service.links if request.url.host == "example.org"] == []
    assert job.standing.inputs[0].sha256 == f"url:{hashlib.sha256(sent.encode()).hexdigest()}"
    job.cancel()


def forms(path):
    """The ways to give a file."""
    return {
        "path": path,
        "text": str(path),
        "bytes": path.read_bytes(),
        "bytearray": bytearray(path.read_bytes()),
        "file object": io.BytesIO(path.read_bytes()),
        "Media": pixnb.Media(path),
        "Media of bytes": pixnb.Media(path.read_bytes()),
    }


@pytest.mark.parametrize("form", forms(Path(__file__)))
def test_a_file_is_uploaded_to_a_sandbox(face, file, form):
    """In every form: its bytes go up as they are, with the key, and the service gets the URL."""
    service = FakeService(links=[HOME])
    job, sent = submit(face, service, forms(file)[form])
    (upload,) = service.asked["upload"]
    assert upload.content == tiny_clip()
    assert upload.headers["content-type"] == "video/mp4"
    assert upload.headers["content-length"] == str(len(tiny_clip()))
    assert (str(upload.url), upload.headers[KEY_HEADER]) == (f"{BASE}/uploads", KEY)
    assert sent == f"{BASE}/media/1"
    assert job.standing.inputs[0].sha256 == hashlib.sha256(tiny_clip()).hexdigest()


def test_an_address_is_asked_once_whether_it_is_a_sandbox_and_gets_no_key(face, file):
    """An address of the user's own may be either; only the header of an answer tells."""
    service = FakeService(links=[HOME])
    client = face(service)
    for _ in range(2):
        client.submit(LUCY, prompt="A red coat", video=file)
    (asked,) = [request for request in service.links if str(request.url) == BASE]
    assert KEY_HEADER not in asked.headers


def test_an_upload_that_fails_is_tried_again_and_then_said(face, file):
    """An upload costs nothing, so it is repeated; a refusal is final, and no job was submitted."""
    service = FakeService(links=[HOME])
    service.scripts["upload"].insert(0, lost)
    assert submit(face, service, file)[1].startswith(BASE)
    assert len(service.asked["upload"]) == 2
    for answer, kind in (((401, ""), pixnb.InvalidAPIKey), ((201, "<html>"), pixnb.ServiceUnavailable)):
        service = FakeService(links=[HOME])
        service.scripts["upload"] = [answer]
        with pytest.raises(kind):
            face(service).submit(LUCY, prompt="A red coat", video=file)
        assert service.posts == []


def test_pixazo_takes_no_file_and_three_ways_are_shown(face, file):
    """Each way is ready to be copied, and it is said that the file becomes public."""
    service = real()
    said = refused(face, service, {"video": file})
    assert said.startswith(f"Invalid inputs for {LUCY}: video is a file, and pixazo takes only public URLs")
    for way in ('video="https://…"', "pixnb.Uploader(", "PIXNB_UPLOAD_URL", "earlier run", "becomes public"):
        assert way in said
    assert service.links == [service.links[0]]


def test_the_documented_host_is_not_asked_what_it_is(face, file):
    """Pixazo's own address is no sandbox: nothing is sent at all."""
    service = real()
    refused(face, service, {"video": file}, base_urls=None)
    assert service.requests == []


@pytest.mark.parametrize("set_by", ["argument", "variables"])
def test_an_uploader_makes_it_a_url(face, file, tmp_path, set_by, monkeypatch):
    """Put once under its hash; what a crash cut short there is put again."""
    shelf, public = tmp_path / "shelf", "https://files.example/in"
    if set_by == "variables":
        monkeypatch.setenv("PIXNB_UPLOAD_URL", shelf.as_uri())
        monkeypatch.setenv("PIXNB_UPLOAD_PUBLIC", public)
    more = {"uploader": pixnb.Uploader(shelf.as_uri(), public=f"{public}/")} if set_by == "argument" else {}
    name = f"{hashlib.sha256(tiny_clip()).hexdigest()}.mp4"
    _, sent = submit(face, real(), file, **more)
    assert sent == f"{public}/{name}"
    assert (shelf / name).read_bytes() == tiny_clip()
    (shelf / name).write_bytes(tiny_clip()[:100])
    submit(face, real(), tiny_clip(), **more)
    assert (shelf / name).read_bytes() == tiny_clip()
    assert [path.name for path in shelf.iterdir()] == [name]


def test_an_uploader_that_cannot_be_used_is_said(face, file, tmp_path):
    """A place without a public address; a place that cannot be written; never with the password."""
    with pytest.raises(pixnb.InvalidInput, match=r"needs public= .*https address") as caught:
        pixnb.Uploader("sftp://me:hunter2@host/in")
    assert "hunter2" not in caught.value.message
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    service = real()
    uploader = pixnb.Uploader((blocked / "in").as_uri(), public="https://files.example")
    assert "Cannot put the file at" in refused(face, service, {"video": file}, uploader=uploader)
    strange = pixnb.Uploader("nosuch://me:hunter2@host/in", public="https://files.example")
    said = refused(face, real(), {"video": file}, uploader=strange)
    assert "nosuch" in said
    assert "hunter2" not in f"{said} {strange!r}"


def test_an_earlier_output_goes_by_its_link_while_that_lives(face):
    """One byte is asked for, without a key; a dead link means that the file has to go another way."""
    service = real(links=[clip])
    earlier = pixnb.Media(tiny_clip_file(), url=CDN)
    _, sent = submit(face, service, earlier)
    assert sent == CDN
    (asked,) = [request for request in service.links if "range" in request.headers]
    assert (str(asked.url), asked.headers["range"]) == (CDN, "bytes=0-0")
    assert KEY_HEADER not in asked.headers
    for dead in ((410, ""), lost):
        service = real(links=[(404, ""), dead])
        assert "pixazo takes only public URLs" in refused(face, service, {"video": earlier})


def tiny_clip_file():
    """The clip as a file in the data folder."""
    from pixnb import settings

    path = settings.load().data_dir / "earlier.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tiny_clip())
    return path


def test_the_output_of_a_run_is_an_input_of_the_next(face):
    """Chained with no more than passing it on; its hash is that of the bytes, for the lineage."""
    service = real(links=[clip])
    client = face(service)
    first = client.client.job("pixazo", "job-1")
    video = client.result(first).video
    client.submit(LUCY, prompt="And a hat", video=video)
    assert json.loads(service.posts[0].content)["video_url"] == CDN


def bad(tmp_path):
    """Inputs that are none, and what is said of each."""
    text, folder = tmp_path / "notes.mp4", tmp_path / "folder"
    text.write_text("These are notes, not a video.")
    folder.mkdir()
    picture = make_image(tmp_path / "still.png")
    page, noise, nothing, large, pipe, dangling = (
        tmp_path / f"{name}.mp4" for name in ("page", "noise", "nothing", "large", "pipe", "dangling")
    )
    page.write_text("<!DOCTYPE html><title>Log in</title>")
    noise.write_bytes(bytes(range(256)))
    nothing.touch()
    large.write_bytes(tiny_clip())
    os.truncate(large, 3 * 10**9)  # takes no room; read from end to end, it would take half a minute
    os.mkfifo(pipe)
    dangling.symlink_to(tmp_path / "gone")
    return [
        (tmp_path / "elsewhere.avi", "No such file or directory. Check the path"),
        (str(tmp_path / "elsewhere.avi"), "No such file or directory. Check the path"),
        (folder, "Is a directory"),
        (text, "is text. Give a file with a video"),
        (page, "is a web page, perhaps one that stood where a film should have been. Give a file with a video"),
        (noise, "begins as no video, picture or sound that is known here does. Give a file with a video"),
        (nothing, "nothing.mp4' holds no bytes. Copy or download it again"),
        (large, "has 3.00 GB, and more than 1 GB is not sent: cut what matters out of it, or allow it with PIXNB_MAX"),
        (pipe, "is a pipe or a device, not a file. Save what it gives as a file"),
        ("/dev/zero", "is a pipe or a device, not a file"),
        (dangling, f"It is a link to {tmp_path / 'gone'}, which is not there"),
        ("file:///clips/a.mp4", "Give its path: /clips/a.mp4"),
        (tmp_path / "pgae.mp4", "No such file or directory. Did you mean 'page.mp4'?"),
        (tmp_path / "NOTES.MP4", "Did you mean 'notes.mp4'?"),
        (tmp_path / "clips" / "of mine" / "a.mp4", f"There is no folder {tmp_path / 'clips'}."),
        (f"'{text}'", f"Without what stands around it, '{text}' is there"),
        (f" {text}\n", "is there"),
        ("*.mp4", "Give one file; several go as a list into exp.sweep(…, video=[…])"),
        ("www.example.org/a.mp4", "If it is a web address, begin it with https://"),
        ("example.org:8000/a.mp4", "If it is a web address, begin it with https://"),
        ("C:\\clips\\a.mp4", "That is a path of Windows"),
        ("data:video/mp4;base64,AAAA", "Give the bytes themselves: base64"),
        (tmp_path / ("y" * 300), "File name too long. Check the path"),
        (picture, "is image/png. Give a file with a video, such as an MP4"),
        (b"not media at all", "what was given is text"),
        (b"", "holds no bytes"),
        ("file:///etc/passwd", "must be an http(s) URL or a file"),
        ("s3://bucket/clip.mp4", "must be an http(s) URL or a file"),
        ("", "video is empty"),
        (7, "must be a URL, a path"),
        (io.StringIO("x"), "opened as text"),
    ]


def test_what_is_no_input_is_refused_by_name(face, tmp_path):
    """Before anything is sent, with the parameter's name and what to do."""
    for value, words in bad(tmp_path):
        begun = time.process_time()
        said = refused(face, FakeService(), {"video": value})
        assert time.process_time() - begun < 1
        assert said.startswith(f"Invalid inputs for {LUCY}: ")
        assert "video" in said
        assert words in said


def test_a_name_and_its_role_are_not_given_both(face):
    """Nobody can know which one was meant."""
    said = refused(face, FakeService(), {"video": URL, "video_url": URL})
    assert "video_url" in said
    assert "video" in said


def test_an_empty_prompt_is_refused(face):
    """With what a prompt is for."""
    assert "prompt is empty" in refused(face, FakeService(), {"prompt": "  ", "video": URL})


def test_upload_gives_the_url_there(face, file, tmp_path):
    """`client.upload` in a sandbox; a service without uploads, or a file that is none, is said."""
    assert face(FakeService(links=[HOME])).upload(file, "pixazo") == f"{BASE}/media/1"
    with pytest.raises(pixnb.InvalidInput, match="pixazo documents no upload"):
        face(real()).upload(file, "pixazo")
    (tmp_path / "notes.mp4").write_text("notes")
    with pytest.raises(pixnb.InvalidInput, match=r"is text\. Give a video, a picture or a sound"):
        face(FakeService(links=[HOME])).upload(tmp_path / "notes.mp4", "pixazo")
    with pytest.raises(pixnb.InvalidInput, match="Unknown provider"):
        face(FakeService()).upload(file, "pixaso")


def test_large_bytes_are_not_spelled_out(face):
    """A hundred megabytes go up as they are, in pieces, and are in no message."""
    data = tiny_clip() + bytes(3_000_000)
    service = FakeService(links=[HOME])
    job, _ = submit(face, service, data)
    assert service.asked["upload"][0].content == data
    assert len(service.posts[0].content) < 200
    assert len(repr(job)) < 200
