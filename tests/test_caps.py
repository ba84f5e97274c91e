"""How many jobs a service is given at once: by simulated answers, and by a client's own."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from faces import options
from fake_service import ACCEPTED, FakeService, done, said
from hypothesis import given, settings
from hypothesis import strategies as st

import pixnb
from pixnb.pacing.caps import Cap
from pixnb.wire.allowance import Allowance, read_allowance

TEXT = "ltx-2.3-text-to-video"
GOOD, MANY = httpx.Response(202), httpx.Response(429)


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self):
        return self.now


def full(cap):
    """Take every place."""
    cap.taken = cap.size
    return cap


def answer(cap, response, clock, times=1, **more):
    """Have a service answer what left just now, while all places are taken."""
    for _ in range(times):
        clock.now += 1
        full(cap).hear(response, clock.now, **more)
    return cap.size


def end(cap, clock, times=1, *, is_good=True):
    """Have jobs come to their ends, while all places are taken."""
    for _ in range(times):
        answer(cap, GOOD, clock)
        cap.free(is_good=is_good)
    return cap.size


def test_a_cap_grows_to_sixteen_and_is_halved():
    """From 4, one more for each job that went well; after the first 429 as slowly as it is large."""
    clock = Clock()
    cap = Cap(clock)
    assert cap.size == 4
    assert end(cap, clock, 5) == 9
    assert end(cap, clock, 100) == 16
    assert answer(cap, MANY, clock) == 8
    assert end(cap, clock, 7) == 8
    assert end(cap, clock, 2) == 9
    assert [answer(cap, MANY, clock) for _ in range(5)] == [4, 2, 1, 1, 1]
    assert end(cap, clock, 300) == 16


def test_of_many_that_left_together_one_429_counts():
    """A burst of four that is refused as a whole is one sign, not four."""
    clock = Clock()
    cap = full(Cap(clock))
    sent = clock.now
    clock.now += 0.5
    for _ in range(4):
        cap.hear(MANY, sent)
    assert cap.size == 2


def test_what_does_not_grow_a_cap():
    """Jobs that are accepted only, or fail, places that nobody sent by or takes, a service that is broken."""
    clock = Clock()
    cap = Cap(clock)
    full(cap).free(is_good=True)
    assert cap.size == 4, "nothing was sent"
    assert answer(cap, GOOD, clock, 50) == 4, "none of them is done"
    assert end(cap, clock, is_good=False) == 4
    cap.taken = 1
    cap.free(is_good=True)
    assert cap.size == 4, "three places are free"
    for response in (httpx.Response(402), httpx.Response(500), httpx.Response(503)):
        assert answer(cap, response, clock) == 4
    assert answer(cap, httpx.Response(200), clock, 9, is_submit=False) == 4
    assert answer(cap, MANY, clock, is_submit=False) == 2, "a 429 is one whatever was asked"


@pytest.mark.parametrize(
    ("response", "rest"),
    [
        (httpx.Response(429), 1),
        (httpx.Response(429, headers={"Retry-After": "7"}), 7),
        (httpx.Response(429, headers={"X-RateLimit-Reset": "9"}), 9),
        (httpx.Response(503, headers={"Retry-After": "7"}), 7),
        (httpx.Response(503), 0),
        (httpx.Response(202, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}), 12),
        (httpx.Response(202, headers={"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "12"}), 0),
        (httpx.Response(202, headers={"X-RateLimit-Remaining": "0"}), 0),
        (httpx.Response(202), 0),
    ],
)
def test_what_a_service_asks_for_is_kept(response, rest):
    """Retry-After, and requests that are used up."""
    clock = Clock()
    cap = Cap(clock)
    cap.hear(response, clock.now)
    assert cap.rest == pytest.approx(rest, abs=0.01)
    clock.now += rest + 0.01
    assert cap.rest == 0


def test_what_is_left_is_counted_down():
    """Two requests left: the third waits until the service counts anew."""

    async def take_three():
        cap = Cap()
        cap.hear(
            httpx.Response(202, headers={"X-RateLimit-Remaining": "2", "X-RateLimit-Reset": "0.6"}), time.monotonic()
        )
        began = time.monotonic()
        await cap.take()
        await cap.take()
        before = time.monotonic() - began
        await cap.take()
        return before, time.monotonic() - began

    before, after = asyncio.run(take_three())
    assert before < 0.5 < after


def test_a_place_is_waited_for_in_turn_and_lost_by_nobody():
    """Five takers, one of whom leaves while it waits."""

    async def take_turns():
        cap = Cap()
        for _ in range(4):
            await cap.take()
        waiting = [asyncio.ensure_future(cap.take()) for _ in range(2)]
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in waiting)
        waiting[0].cancel()
        await asyncio.sleep(0)
        cap.free()
        await asyncio.wait_for(waiting[1], 1)
        assert cap.taken == 4
        for _ in range(4):
            cap.free()
        return cap.taken

    assert asyncio.run(take_turns()) == 0


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from([200, 202, 402, 429, 500, 503]), st.integers(0, 20), st.booleans()), max_size=80)
)
def test_a_cap_stays_between_one_and_sixteen(answers):
    """Whatever a service answers, in whatever order."""
    clock = Clock()
    cap = Cap(clock)
    for status, taken, is_submit in answers:
        cap.taken = taken
        clock.now += 0.3
        cap.hear(httpx.Response(status), clock.now - 0.5, is_submit=is_submit)
        cap.free(is_good=status == 202)
        assert 1 <= cap.size <= 16
        assert 0 <= cap.rest <= 1


LATER = "<in an hour>"  # counted when the test runs, which may be long after it was collected


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, (None, None, None)),
        ({"Retry-After": "5"}, (5, None, None)),
        ({"Retry-After": "soon"}, (None, None, None)),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "30"}, (None, 7, 30)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, (30, 0, 30)),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "30"}, (30, 0, 30)),
        ({"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "30"}, (30, 0, 30)),
        ({"X-RateLimit-Remaining-Requests": "0", "X-RateLimit-Reset-Requests": "1m30s"}, (90, 0, 90)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "0.5"}, (0.5, 0, 0.5)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "250ms"}, (0.25, 0, 0.25)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": LATER}, (3600, 0, 3600)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": LATER + "000"}, (3600, 0, 3600)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000000"}, (0, 0, 0)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30", "Retry-After": "5"}, (5, 0, 30)),
        ({"X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "nan"}, (None, None, None)),
        ({"X-RateLimit-Remaining": "9" * 400, "X-RateLimit-Reset": "9" * 400}, (None, None, None)),
    ],
)
def test_headers_of_pace(headers, found):
    """In the spellings that services use; what is none of them says nothing."""
    later = str(int(time.time()) + 3600)
    headers = {name: value.replace(LATER, later) for name, value in headers.items()}
    allowance = read_allowance(httpx.Response(200, headers=headers))
    for value, right in zip((allowance.wait, allowance.left, allowance.resets), found, strict=True):
        assert value == (None if right is None else pytest.approx(right, abs=30 if right == 3600 else 0.01))


def test_a_429_without_a_number_waits_until_the_service_counts_anew():
    """Where its other headers say when that is."""
    response = httpx.Response(429, headers={"X-RateLimit-Reset": "4"})
    assert read_allowance(response) == Allowance(wait=4.0, resets=4.0)


def test_a_client_hears_what_is_answered():
    """Also a 429 after which the submit is sent again, and one that a poll meets."""
    service = FakeService(submits=[(429, "", {"Retry-After": "0"}), ACCEPTED], polls=[said("PROCESSING"), done()])
    client = pixnb.Client(**options(service))
    job = client.submit(TEXT, prompt="A lake")
    job.wait(10)
    assert job.status == "COMPLETED"
    assert client.engine.caps.of("pixazo").size == 2
    assert client.engine.caps.of("decart").size == 4
    service = FakeService(polls=[(429, "", {"Retry-After": "0"}), done()])
    client = pixnb.Client(**options(service))
    client.submit(TEXT, prompt="A lake").wait(10)
    assert client.engine.caps.of("pixazo").size == 2


def test_a_poll_waits_for_what_a_good_answer_asks_for():
    """Retry-After in a 200, and a limit that is used up."""
    for headers in ({"Retry-After": "1"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}):
        service = FakeService(polls=[(*said("PROCESSING"), headers), done()])
        client = pixnb.Client(**options(service))
        began = time.monotonic()
        client.submit(TEXT, prompt="A lake").wait(10)
        assert 0.9 < time.monotonic() - began < 5
        assert len(service.polls) == 2
