"""Loops, threads, processes and kernels: one client works in all, and leaves asyncio as it found it."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nest_asyncio
import pytest
from children import finish
from faces import options
from fake_server import BareServer
from fake_service import FakeService, done, said

import pixnb

TEXT = "ltx-2.3-text-to-video"
HERE = Path(__file__).parent


def asyncio_now():
    """What others would notice of a patched asyncio."""
    loop_classes = (asyncio.SelectorEventLoop, asyncio.BaseEventLoop, asyncio.AbstractEventLoop)
    return {
        "run": (asyncio.run, asyncio.run.__module__),
        "tasks": (asyncio.Task, asyncio.tasks.Task, asyncio.Future, asyncio.futures.Future),
        "loops": [dict(vars(kind)) for kind in loop_classes],
        "getters": (
            asyncio.get_event_loop,
            asyncio.events.get_event_loop,
            getattr(asyncio.events, "_get_event_loop", None),  # gone in Python 3.12
        ),
        "policy": type(asyncio.get_event_loop_policy()),
        "marks": [hasattr(thing, "_nest_patched") for thing in (asyncio, *loop_classes)],
    }


async def answer():
    """A coroutine that really waits."""
    await asyncio.sleep(0.001)
    return 42


def test_run_works_without_a_loop_and_within_one():
    """In a notebook's cell a loop is running already; asyncio stays as found."""
    before = asyncio_now()
    assert pixnb.run(answer()) == 42

    async def cell():
        mine = asyncio.current_task()
        assert pixnb.run(answer()) == 42
        assert pixnb.run(nested()) == 43
        assert asyncio.current_task() is mine
        await asyncio.sleep(0)

    async def nested():
        return pixnb.run(answer()) + 1

    asyncio.run(cell())
    assert asyncio_now() == before


def test_run_stays_on_the_callers_thread_and_context():
    """What is bound to a thread can be used in it."""
    from contextvars import ContextVar

    var = ContextVar("var", default="unset")

    async def look():
        await asyncio.sleep(0)
        return threading.get_ident(), var.get()

    async def cell():
        var.set("set")
        return pixnb.run(look())

    assert asyncio.run(cell()) == (threading.get_ident(), "set")


def test_run_raises_what_the_coroutine_raises_and_cleans_up():
    """Tasks left behind are cancelled, generators closed, and the outer loop goes on."""
    seen = []

    async def background():
        try:
            await asyncio.sleep(30)
        finally:
            seen.append("cancelled")

    async def fail():
        task = asyncio.ensure_future(background())
        await asyncio.sleep(0)
        assert not task.done()
        raise ValueError("as asked")

    async def cell():
        with pytest.raises(ValueError, match="as asked"):
            pixnb.run(fail())
        return "goes on"

    assert asyncio.run(cell()) == "goes on"
    assert seen == ["cancelled"]


@pytest.mark.parametrize("wrong", ["lucy-edit-fast", 7, None, answer])
def test_run_says_what_it_takes(wrong):
    """The name invites a model: the message shows the way."""
    with pytest.raises(TypeError, match=r"takes a coroutine.*Client\(\)\.run\(model"):
        pixnb.run(wrong)


def test_what_is_used_of_nest_asyncio_is_there():
    """One private function of a pinned release: it patches the class of the loop that it is given, and no other."""

    class Loop(asyncio.SelectorEventLoop):
        pass

    before, loop = asyncio_now(), Loop()
    nest_asyncio._patch_loop(loop)
    assert asyncio_now() == before
    assert Loop._nest_patched
    loop.close()


def test_one_client_serves_many_loops_and_threads():
    """A second asyncio.run, a loop in each of ten threads, and plain calls: no object is bound to a loop of theirs."""
    service = FakeService()
    client, blocking = pixnb.AsyncClient(**options(service)), pixnb.Client(**options(service))
    for _ in range(2):
        assert asyncio.run(client.run(TEXT, prompt="A lake")).video
    found = queue.Queue()

    def work():
        found.put(asyncio.run(client.run(TEXT, prompt="A lake")).video)
        found.put(blocking.run(TEXT, prompt="A lake").video)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found.qsize() == 20
    assert len(service.posts) == 22


def test_the_blocking_face_works_within_a_running_loop():
    """As in a notebook's cell; the loop is held up meanwhile, as by any call, and goes on."""
    before = asyncio_now()

    async def cell():
        result = pixnb.Client(**options(FakeService(polls=[said("PROCESSING"), done()]))).run(TEXT, prompt="A lake")
        await asyncio.sleep(0)
        return pixnb.run(pixnb.AsyncClient(**options(FakeService())).run(TEXT, prompt="A lake")), result

    assert all(result.video for result in asyncio.run(cell()))
    assert asyncio_now() == before


def test_a_job_is_awaited_on_another_loop_than_it_was_made_on():
    """A handle belongs to no loop."""
    client = pixnb.AsyncClient(**options(FakeService(polls=[said("PROCESSING"), done()])))
    job = asyncio.run(client.submit(TEXT, prompt="A lake"))

    async def wait():
        return await job

    assert asyncio.run(wait()).video
    assert job.result().video


def test_a_submit_whose_waiter_is_cancelled_goes_on():
    """Leaving the wait never breaks a POST off."""
    arrived, go = threading.Event(), threading.Event()

    async def slowly(request):
        if request.method == "POST":
            arrived.set()
            await asyncio.to_thread(go.wait, 5)
        return service(request)

    import httpx

    service = FakeService(polls=[said("PROCESSING")])
    client = pixnb.AsyncClient(**options(service, transport=httpx.MockTransport(slowly)))

    async def leave():
        task = asyncio.ensure_future(client.submit(TEXT, prompt="A lake"))
        await asyncio.to_thread(arrived.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    (work,) = client.engine.in_flight
    job = pixnb.Job(client.engine, work)
    go.set()
    while job.id is None:
        time.sleep(0.005)
    assert job.id == "job-1"
    job.cancel()


def start(*arguments):
    """Start a program of `bridge_programs.py`."""
    environ = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, HERE / "bridge_programs.py", *arguments],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupt(name):
    """Start a program, and press Ctrl-C when it is ready."""
    program = start(name)
    assert program.stdout.readline() == "ready\n"
    time.sleep(0.1)
    program.send_signal(signal.SIGINT)
    return finish(program)


def test_ctrl_c_leaves_a_wait_and_the_job_goes_on():
    """Wait again and it is collected, with no second POST."""
    assert interrupt("interrupted_result") == (["video/mp4 1"], [])


def test_ctrl_c_leaves_a_submit_and_its_id_is_named_at_exit():
    """The POST is not broken off: the process stays for the answer and names the job."""
    out, err = interrupt("interrupted_submit")
    assert out == ["left"]
    (line,) = err
    assert "pixazo job-1" in line


def test_ctrl_c_leaves_a_coroutine_in_run_and_cleans_up():
    """nest-asyncio alone would leave its `finally` undone."""
    assert interrupt("interrupted_run") == (["cleaned", "left"], [])


def test_what_is_in_flight_is_named_in_one_line_at_exit():
    """And nothing is said where nothing is."""
    out, (line,) = finish(start("leaves", "7"))
    assert out == []
    assert line.startswith("pixnb: 7 jobs go on without this process (pixazo job-")
    assert line.count("job-") == 5
    assert line.endswith("…); exp.resume() or client.job(service, id) collects.")
    assert finish(start("ends")) == ([], [])


@pytest.mark.parametrize("how", ["quick", "by sys.exit"])
def test_a_client_works_on_both_sides_of_a_fork(how):
    """The child has a loop and connections of its own, and does not touch the parent's."""

    def behave(connection, method):
        body = b'{"request_id": "job-1"}' if method == "POST" else b'{"status": "PROCESSING"}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Pixnb-Sandbox: 1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return True

    with BareServer(behave) as server:
        out, err = finish(start("forks", how, server.url))
    assert out == ["child PROCESSING", "child PROCESSING False", "child waited", "parent PROCESSING 0"]
    assert err == []


def test_a_blocking_call_on_pixnbs_own_thread_is_refused():
    """It would wait for itself for ever."""
    out, _ = finish(start("on_the_loop"))
    assert out[0].startswith("This call would wait for itself")


CELLS = [
    "import sys; sys.path.insert(0, {here!r})\n"
    "import asyncio, nest_asyncio, pixnb\nfrom faces import options\nfrom fake_service import FakeService",
    "result = pixnb.Client(**options(FakeService())).run({model!r}, prompt='A lake')\n"
    "async def answer():\n    await asyncio.sleep(0.2)\n    return 42\nnumber = pixnb.run(answer())",
    "assert result.video.media_type == 'video/mp4'",
    "assert number == 42",
    "result = await pixnb.AsyncClient(**options(FakeService())).run({model!r}, prompt='A lake')\n"
    "assert result.video\nassert asyncio.run.__module__ == 'asyncio.runners'",
]


def test_cells_queued_behind_a_blocking_call_all_run(tmp_path, monkeypatch):
    """ "Run All" in a real kernel: nest_asyncio.apply() would make it drop them."""
    manager = pytest.importorskip("jupyter_client.manager")
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("PYTHONWARNINGS", raising=False)
    kernel, client = manager.start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        sent = [client.execute(cell.format(here=str(HERE), model=TEXT)) for cell in CELLS]
        replies = {}
        while not replies.keys() >= set(sent):  # among them answers to what asked whether the kernel is there yet
            reply = client.get_shell_msg(timeout=60)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]
        assert [replies[number]["status"] for number in sent] == ["ok"] * len(sent), replies
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
        kernel.cleanup_resources()
