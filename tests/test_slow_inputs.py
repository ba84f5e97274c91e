"""Inputs by address that come slowly, on a service that takes only files: others go first, and none takes for ever."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from fake_decart import BASE, KEY, FakeDecart
from patience import until
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.errors import InvalidInput
from pixnb.request import Request

MODELS = {
    "lucy-2.5": {"role": "video", "ending": "mp4"},
    "lucy-pro-i2i": {"role": "data", "ending": "png"},
}


class Drip(httpx.AsyncByteStream):
    """Two kilobytes a second, for ever."""

    async def __aiter__(self):
        while True:
            yield bytes(100)
            await asyncio.sleep(0.05)


class DrippingDecart(FakeDecart):
    """What lies at an address with "slow" in it comes slowly."""

    def _elsewhere(self, request):
        if "slow" not in request.url.path:
            return super()._elsewhere(request)
        self.gets.append(request)
        return httpx.Response(200, headers={"Content-Length": "5000000"}, stream=Drip())


def client_of(service, **patience):
    return pixnb.Client(
        keys={"decart": KEY},
        base_urls={"decart": BASE},
        transport=service.transport,
        patience=Patience(pause=0.02, **patience),
    )


def begin(client, model, address):
    """Begin to submit, and wait for nothing."""
    request = Request(model, {"prompt": "a", MODELS[model]["role"]: address})
    work = client.engine.new_work(request)
    return client.engine.see_through(work, client.engine.submit(work))


@pytest.mark.parametrize("model", MODELS)
def test_twenty_inputs_that_drip_hold_up_nobody(model):
    """A job with a file goes at once, one whose address is quick once the slow have given their places back."""
    service, ending = DrippingDecart(), MODELS[model]["ending"]
    client = client_of(service, deadline=8)
    slow = [begin(client, model, f"https://example.org/slow/{n}.{ending}") for n in range(20)]
    until(lambda: len(service.gets) >= 16)
    started = time.monotonic()
    client.submit("lucy-2.5", prompt="a", video=tiny_clip())
    assert time.monotonic() - started < 2
    begin(client, model, f"https://example.org/quick.{ending}").result(6)
    until(lambda: len(service.posts) == 2)
    assert not any(future.done() for future in slow)
    for future in slow:
        with pytest.raises(
            InvalidInput, match=r"could not be fetched \(it was not there after 8 s\).*Nothing was sent"
        ):
            future.result(20)
    assert len(service.posts) == 2


def test_a_run_whose_input_drips_is_not_written_down(tmp_path):
    """It has reserved nothing, and the experiment's next run goes."""
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("slow", log=log, client=client_of(DrippingDecart(), deadline=1), budget={"USD": 5})
        with pytest.raises(InvalidInput, match="Nothing was sent"):
            exp.submit("lucy-2.5", prompt="a", video="https://example.org/slow.mp4", allow_unpriced=True)
        assert (len(exp.frame()), exp.remaining["USD"]) == (0, 5)
        assert exp.submit("lucy-2.5", prompt="a", video=tiny_clip(), allow_unpriced=True).wait(20).status == "COMPLETED"
