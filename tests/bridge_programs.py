"""Programs that the tests of loops, threads and processes run on their own: `python bridge_programs.py NAME ARG…`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

from faces import options
from fake_service import FakeService, done, said

import pixnb

TEXT = "ltx-2.3-text-to-video"


def say(*words):
    """Write a line for the test to read."""
    print(*words, flush=True)


def interrupted_result():
    """Wait for a job until Ctrl-C, then wait again."""
    service = FakeService(polls=[said("PROCESSING")])
    job = pixnb.Client(**options(service)).submit(TEXT, prompt="A lake")
    try:
        say("ready")
        job.result()
    except KeyboardInterrupt:
        service.scripts["poll"] = [done()]
        say(job.result(10).video.media_type, len(service.posts))


def interrupted_submit():
    """Leave the wait for a POST's answer by Ctrl-C, and the process with it; the answer comes later."""

    has_left = threading.Event()

    async def answer(request):
        if request.method == "POST":
            say("ready")
            while not has_left.is_set():  # no thread: Python waits for those at exit in any case
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.3)
        return service(request)

    import httpx

    service = FakeService(polls=[said("PROCESSING")])
    client = pixnb.Client(**options(service, transport=httpx.MockTransport(answer)))
    try:
        client.submit(TEXT, prompt="A lake")
    except KeyboardInterrupt:
        say("left")
        has_left.set()


def interrupted_run():
    """Leave a coroutine inside `pixnb.run` by Ctrl-C, within a running loop; its `finally` runs."""

    async def stay():
        try:
            say("ready")
            await asyncio.sleep(30)
        finally:
            say("cleaned")

    async def cell():
        try:
            pixnb.run(stay())
        except KeyboardInterrupt:
            say("left")

    asyncio.run(cell())


def leaves(count):
    """End while jobs are in flight."""
    service = FakeService([lambda _: (202, {"request_id": f"job-{len(service.posts)}"})], polls=[said("PROCESSING")])
    client = pixnb.Client(**options(service))
    for _ in range(int(count)):
        client.submit(TEXT, prompt="A lake")


def ends():
    """End when all is done."""
    pixnb.Client(**options(FakeService())).run(TEXT, prompt="A lake")


def forks(how, url):
    """Use a client over real sockets, fork, use it in the child, and in the parent again."""
    client = pixnb.Client(keys={"pixazo": "k"}, base_urls={"pixazo": url})
    job = client.submit(TEXT, prompt="In the parent").refresh()
    child = os.fork()
    if child == 0:
        say("child", client.submit(TEXT, prompt="In the child").refresh().status)
        say("child", job.refresh().status, job._work.watching.is_under_way)
        try:
            job.wait(0.4)
        except pixnb.JobTimeout:
            say("child waited")
        leave(client, job)
        os._exit(0) if how == "quick" else sys.exit(0)
    _, status = os.waitpid(child, 0)
    say("parent", client.submit(TEXT, prompt="After").refresh().status, status)
    leave(client, job)


def leave(client, job):
    """End all watches, so that nothing is in flight at exit."""
    for left in {job._work, *client.engine.in_flight}:
        pixnb.Job(client.engine, left).cancel()


def on_the_loop():
    """Call what blocks from a listener, which runs on pixnb's own thread."""
    client = pixnb.Client(**options(FakeService(polls=[said("PROCESSING"), done()])))
    job = client.submit(TEXT, prompt="A lake")
    heard = threading.Event()

    def listen(_):
        try:
            job.wait()
        except RuntimeError as error:
            say(error)
        heard.set()

    job.listen(listen)
    heard.wait(10)


if __name__ == "__main__":
    # a shell's background jobs and some CI runners hand on that Ctrl-C is ignored, and Python leaves it so
    signal.signal(signal.SIGINT, signal.default_int_handler)
    globals()[sys.argv[1]](*sys.argv[2:])
