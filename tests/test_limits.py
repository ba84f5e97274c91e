"""What goes to a service and comes from it has its limits: in size, in time, and in who sees a key."""

from __future__ import annotations

import asyncio
import socket
import traceback
from decimal import Decimal

import httpx
import pytest
from fake_apiframe import FakeApiframe, told
from fake_decart import BASE, KEY, FakeDecart
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.http.transport import ExactTransport

MB = 1 << 20


def decart(service, folder):
    named = {"keys": {"decart": KEY}, "base_urls": {"decart": BASE}, "patience": Patience(pause=0.02)}
    return pixnb.Client(**named, transport=service.transport, store=folder)


class Endless(FakeDecart):
    """Beside it, a place on the web with far too large a file, which says so or not."""

    def __init__(self):
        super().__init__()
        self.megabytes = 0

    def _elsewhere(self, request):
        declared = {"content-length": str(999 * MB)} if "declared" in request.url.path else {}
        return httpx.Response(200, headers=declared, content=self._body())

    async def _body(self):
        while self.megabytes < 300:
            self.megabytes += 1
            yield bytes(MB)


@pytest.mark.parametrize(("name", "fetched"), [("declared", 0), ("silent", 201)])
def test_too_large_an_address_is_not_fetched_to_its_end(tmp_path, name, fetched):
    """Decart takes 200 MB: the rest does not fill the disk, and nothing is kept."""
    service = Endless()
    clip = f"https://example.com/{name}.mp4"
    with pytest.raises(
        pixnb.InvalidInput, match=rf"{name}\.mp4: the file has .* takes 200 MB at most.*Nothing was sent"
    ):
        decart(service, tmp_path / "store").process({"model": "lucy-pro-v2v", "prompt": "Snow", "data": clip})
    assert (service.megabytes, service.posts) == (fetched, [])
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_one_clip_under_many_prompts_at_once_goes_up_once(tmp_path):
    """Those that come while it is going up wait for it."""
    service = FakeApiframe()
    client = pixnb.AsyncClient(**service.options(store=tmp_path))

    async def submit_all():
        clip = tiny_clip()
        prompts = [f"Coat {number}" for number in range(10)]
        await asyncio.gather(*(client.submit("wan-2.7-videoedit", prompt=p, video=clip) for p in prompts))

    asyncio.run(submit_all())
    assert (len(service.asked["upload"]), len(service.posts)) == (1, 10)


@pytest.mark.anyio
async def test_a_service_that_stops_reading_is_not_waited_for():
    """The write timeout counts from one piece of the body to the next."""

    async def body():
        for _ in range(80):
            yield bytes(MB)

    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v2/uploads"
        timeout = {"connect": 5.0, "read": 5.0, "write": 0.3, "pool": None}
        length = {"Content-Length": str(80 * MB)}
        request = httpx.Request("POST", url, content=body(), headers=length, extensions={"timeout": timeout})
        transport = ExactTransport()
        with pytest.raises(httpx.TransportError, match=r"took nothing for 0\.3 s"):
            await asyncio.wait_for(transport.handle_async_request(request), 20)
        await transport.aclose()


class Broken(FakeDecart):
    """Its results cannot be had."""

    def _get(self, request):
        return httpx.Response(410) if request.url.path.endswith("/content") else super()._get(request)


def test_a_traceback_with_variables_shows_no_key(tmp_path):
    """Also of a private download, to which the key goes along."""
    with pytest.raises(pixnb.OutputUnavailable) as caught:
        decart(Broken(), tmp_path).run("lucy-2.5", prompt="Snow", data=tiny_clip())
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "_fetch" in shown
    assert KEY not in shown


def test_a_refused_webhook_does_not_show_its_token(tmp_path):
    """A receiver's address ends in a secret, and a message is saved with the notebook."""
    with pixnb.Log(tmp_path / "log.db") as log:
        client = pixnb.Client(keys={"pixazo": "k"}, transport=httpx.MockTransport(lambda _: httpx.Response(404)))
        hooks = pixnb.webhooks.app(log, client=client)
        here = hooks.callback("http://127.0.0.1:8000/hooks")
        with pytest.raises(pixnb.InvalidInput, match="is on this machine") as caught:
            client.submit("ltx-2.3-text-to-video", prompt="A lake", callback=here)
    assert hooks.path.strip("/") not in str(caught.value)


def test_a_job_that_its_service_cancelled_has_an_end_on_record(tmp_path):
    """Its time and its charge are in the row, and count as possibly billed."""
    polls = [told("PROCESSING", creditCost=5), told("CANCELLED", completedAt="2026-03-15T10:01:00.000Z")]
    with pixnb.Log(tmp_path / "log.db") as log:
        client = pixnb.Client(**FakeApiframe(polls=polls).options())
        exp = pixnb.Experiment("credits", log=log, client=client, budget={"credits": 100})
        run = exp.submit("wan-2.7-videoedit", prompt="Snow", video=tiny_clip(), allow_unpriced=True).wait(10)
        (row,) = exp.frame().to_dict("records")
        assert (row["status"], row["completed_at"].to_pydatetime()) == ("CANCELLED", run.completed_at)
        assert (exp.spent, exp.remaining["credits"]) == ({}, Decimal(95))
