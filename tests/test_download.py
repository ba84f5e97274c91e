"""Rule 4: a result is fetched at once, whole and verified, and no key goes along."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from faces import FACES, options
from fake_server import BareServer, answers
from fake_service import CDN, KEY, FakeService, clip, done, lost, said
from make_media import make_image
from served import tiny_clip

import pixnb
from pixnb.http.transport import ExactTransport
from pixnb.status import JobStatus

TEXT = "ltx-2.3-text-to-video"
GONE = (404, "<html>gone</html>")


@pytest.fixture(params=FACES)
def face(request):
    """Make either face talk to a service."""
    return lambda service, **more: request.param(**options(service, **more))


def run(face, service):
    """Submit and collect."""
    return face(service).run(TEXT, prompt="A lake")


def files(tmp_path):
    """All that lies in the store."""
    return [path for path in (tmp_path / "pixnb-data" / "assets").rglob("*") if path.is_file()]


def test_a_result_lies_in_the_store_under_its_hash(face, tmp_path):
    """Its bytes, its hash, its link; nothing half written is left."""
    video = run(face, FakeService()).video
    sha256 = hashlib.sha256(tiny_clip()).hexdigest()
    assert (video.bytes(), video.sha256, video.url, video.media_type) == (tiny_clip(), sha256, CDN, "video/mp4")
    assert files(tmp_path) == [video.path]
    assert video.path.name == f"{sha256}.mp4"


def cut(_):
    """Announce more than comes."""
    return 200, tiny_clip()[:-10], {"Content-Length": str(len(tiny_clip()))}


PASSING = {
    "cut": cut,
    "longer than announced": lambda _: (200, tiny_clip() + b"more", {"Content-Length": str(len(tiny_clip()))}),
    "500": (500, ""),
    "503": (503, "<html>busy</html>"),
    "206": (206, tiny_clip()[:10]),
    "dropped": lost,
    "not gzip": (200, tiny_clip(), {"Content-Encoding": "gzip"}),
    "redirect to a file": (302, "", {"Location": "file:///etc/passwd"}),
}


@pytest.mark.parametrize("trouble", PASSING)
def test_a_download_that_fails_is_tried_again(face, tmp_path, trouble):
    """Half a file is never taken for a whole one."""
    service = FakeService(links=[PASSING[trouble], clip])
    assert run(face, service).video.bytes() == tiny_clip()
    assert len(service.links) == 2
    assert len(files(tmp_path)) == 1


def test_a_file_that_never_comes_whole_is_unavailable_and_refresh_collects(face, tmp_path):
    """After five attempts the error says so and names the link; the job is COMPLETED all the same."""
    service = FakeService(links=[cut])
    client = face(service)
    job = client.submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.OutputUnavailable, match=r"5 attempts .*bytes .*came.*refresh\(\)") as caught:
        client.result(job)
    assert CDN in caught.value.message
    assert (job.status, files(tmp_path), len(service.links)) == (JobStatus.COMPLETED, [], 5)
    service.scripts["link"] = [clip]
    assert client.result(job.refresh()).video.bytes() == tiny_clip()
    assert job.error is None


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_dead_link_is_asked_for_anew(face, status):
    """Links live for a short time only: the service is asked for another."""
    fresh = f"{CDN}?again"
    service = FakeService(polls=[done(), done(fresh)], links=[(status, ""), clip])
    assert run(face, service).video.url == fresh
    assert [str(request.url) for request in service.links] == [CDN, fresh]


@pytest.mark.parametrize("polls", [[done()], [done(), lost], [done(), said("COMPLETED")], [done(), (401, "")]])
def test_a_link_that_stays_dead_is_unavailable_and_refresh_collects(face, polls):
    """COMPLETED with OutputUnavailable; refresh() tries again."""
    service = FakeService(polls=polls, links=[GONE])
    client = face(service)
    job = client.submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.OutputUnavailable, match=r"refresh\(\)") as caught:
        client.result(job)
    assert (job.status, caught.value.job_id) == (JobStatus.COMPLETED, "job-1")
    service.scripts.update(link=[clip], poll=[done()])
    assert client.result(job.refresh()).video.bytes() == tiny_clip()
    assert len(service.posts) == 1


def test_no_key_goes_to_the_host_of_a_result(face):
    """Nor anywhere a redirect leads, not even back to the service."""
    service = FakeService(
        links=[
            (302, "", {"Location": "https://elsewhere.example/a"}),
            (307, "", {"Location": "https://gateway.example/b"}),
            clip,
        ]
    )
    run(face, service)
    assert len(service.links) == 3
    assert not [value for request in service.links for value in request.headers.values() if KEY in value]


def test_a_redirect_without_end_is_unavailable():
    """A loop is left after twenty steps, five times."""
    service = FakeService(links=[(302, "", {"Location": CDN})])
    with pytest.raises(pixnb.OutputUnavailable, match="TooManyRedirects"):
        pixnb.Client(**options(service)).run(TEXT, prompt="A lake")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "ftp://cdn.example/a", "http://a:b", "http://", "x"]
)
def test_a_result_that_is_no_web_address_is_refused(face, url):
    """A service's word opens no file of this machine."""
    service = FakeService(polls=[done(url)])
    with pytest.raises(pixnb.OutputUnavailable, match="no web address"):
        run(face, service)
    assert service.links == []


@pytest.mark.parametrize("output", [None, {}, [], "", {"media_url": []}, {"media_url": None}, {"media_url": [None, 7]}])
def test_done_without_a_file_is_unavailable_for_now(face, output):
    """Some services name the file a little later."""
    service = FakeService(polls=[said("COMPLETED", output=output)])
    client = face(service)
    job = client.submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.OutputUnavailable, match="names no file"):
        client.result(job)
    service.scripts["poll"] = [done()]
    assert client.result(job.refresh()).video


@pytest.mark.parametrize("body", ["<!DOCTYPE html><title>Sign in</title>", "", b"\0" * 5000])
def test_what_is_no_media_is_said_and_kept(face, tmp_path, body):
    """A page in place of a clip: the first bytes tell, whatever the service declares; what came is kept."""
    service = FakeService(links=[(200, body, {"Content-Type": "video/mp4"}), clip])
    client = face(service)
    job = client.submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.OutputUnavailable, match="neither video, image nor sound"):
        client.result(job)
    assert len(files(tmp_path)) == 1
    assert client.result(job.refresh()).video.bytes() == tiny_clip()


def test_all_files_of_a_job_come(face, tmp_path):
    """In the service's order."""
    png = make_image(tmp_path / "a.png").read_bytes()
    service = FakeService(polls=[done(f"{CDN}?1", f"{CDN}?2")], links=[clip, (200, png)])
    result = run(face, service)
    assert [media.media_type for media in result.media] == ["video/mp4", "image/png"]
    assert (result.image.bytes(), result.video.bytes()) == (png, tiny_clip())


def test_two_jobs_with_the_same_bytes_share_a_file(face, tmp_path):
    """The store keeps them once."""
    client = face(FakeService())
    jobs = [client.submit(TEXT, prompt="A lake") for _ in range(2)]
    assert len({client.result(job).video.path for job in jobs}) == 1
    assert len(files(tmp_path)) == 1


def test_a_store_that_cannot_be_written_is_said(face, tmp_path):
    """The error names the cause; with the folder mended, refresh() collects."""
    place = tmp_path / "clips"
    place.write_text("a file where a folder should be")
    client = face(FakeService(), store=place)
    job = client.submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.OutputUnavailable, match=r"could not be kept: .*clips.*\. Mend that"):
        client.result(job)
    place.unlink()
    assert client.result(job.refresh()).video.path.is_relative_to(place)


@pytest.mark.parametrize(
    "head", [b"Content-Length: {}", b"Transfer-Encoding: chunked"], ids=["a short body", "an unfinished chunk"]
)
def test_real_sockets_that_cut_a_file_short(head, tmp_path):
    """Through the transport that users have: never kept."""
    size = str(len(tiny_clip()) + 9).encode()
    body = tiny_clip() if b"Length" in head else b"%x\r\n" % int(size) + tiny_clip()
    with BareServer(answers(b"HTTP/1.1 200 OK\r\n" + head.replace(b"{}", size) + b"\r\n\r\n" + body)) as server:
        polls = [(200, {"status": "COMPLETED", "output": {"media_url": [f"{server.url}/out.mp4"]}})]
        service = FakeService(polls=polls)
        transport = Both(service)
        client = pixnb.Client(**options(service, transport=transport))
        with pytest.raises(pixnb.OutputUnavailable, match="5 attempts"):
            client.run(TEXT, prompt="A lake")
        client.engine.thread.start(transport.aclose()).result(5)  # on the loop that it was used on
        assert server.methods == ["GET"] * 5
    assert files(tmp_path) == []


class Both(httpx.AsyncBaseTransport):
    """A transport that asks the fake service, and the network where an address is of this machine."""

    def __init__(self, service):
        self.service, self.real = service, ExactTransport()

    async def handle_async_request(self, request):
        if request.url.host == "127.0.0.1":
            return await self.real.handle_async_request(request)
        await request.aread()
        return self.service(request)

    async def aclose(self):
        await self.real.aclose()


FULL = """
import resource, sys
import pixnb
from faces import options
from fake_service import FakeService
from make_media import make_image
from served import tiny_clip

if __name__ == "__main__":
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    tiny_clip()
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limit[1]))
    client = pixnb.Client(**options(FakeService()))
    job = client.submit("ltx-2.3-text-to-video", prompt="A lake")
    try:
        job.result(20)
    except pixnb.OutputUnavailable as error:
        print(error.message)
    print(job.status, job.id)
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    print(job.refresh().result().video.bytes() == tiny_clip())
"""


def test_a_disk_that_fills_loses_nothing(tmp_path):
    """In a process that may write 500 bytes a file: the error says what to do, and refresh() collects later."""
    program = tmp_path / "full.py"
    program.write_text(FULL)
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, program], env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    said, status, collected = done.stdout.splitlines()
    assert "the disk is full" in said
    assert "Free some space, then call refresh() or exp.resume()" in said
    assert CDN in said
    assert (status, collected, done.stderr) == ("COMPLETED job-1", "True", "")
    assert len(files(tmp_path)) == 1
