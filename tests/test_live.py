"""The live card: it follows a job by traits, its Cancel works, errors show inside, no video is in its state."""

from __future__ import annotations

import queue
from datetime import UTC, datetime

import pytest
from fake_pixazo import FakePixazo
from frames import picture
from jupyter_client.manager import start_new_kernel
from patience import until
from served import tiny_clip

import pixnb
from pixnb.client.job import Job
from pixnb.client.standing import Standing
from pixnb.client.work import Work
from pixnb.display.clip import Clip
from pixnb.display.guard import ErrorLine, guarded
from pixnb.display.live import card
from pixnb.status import JobStatus

LUCY = "lucy-edit-fast"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def service():
    service = FakePixazo()
    yield service
    service.released.set()


@pytest.fixture
def exp(service, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        urls = {"pixazo": "https://pixazo.example"}
        client = pixnb.Client(keys={"pixazo": "key"}, base_urls=urls, transport=service.transport)
        yield pixnb.Experiment("coats", log=log, client=client)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.mp4"
    path.write_bytes(tiny_clip())
    return path


def words(shown):
    """All that a card says."""
    return " ".join(str(getattr(part, "value", "")) for part in shown.children) + shown._facts.value


def test_a_card_follows_its_run_to_the_clip_by_its_source(exp, service, source):
    """Status word, cost and button while it goes on; then the clip, by the source."""
    run = exp.submit(LUCY, prompt="A <red> coat [held]", video=source)
    shown = card(run)
    assert "A &lt;red&gt; coat" in words(shown)
    assert "$0.20 simulated" in words(shown)
    assert shown.cancel.description == "Cancel"
    assert shown.cancel.layout.display is None
    service.released.set()
    until(lambda: "COMPLETED" in shown._head.value and shown._output.kind == "video")
    assert shown.cancel.layout.display == "none"
    assert [clip.label for clip in shown._clips.children] == ["source video", "output"]


def test_no_bytes_of_a_video_are_in_the_state(exp, source):
    """Posters are, which are small."""
    shown = card(exp.submit(LUCY, prompt="A red coat", video=source).wait(20))
    for clip in shown._clips.children:
        state = clip.get_state()
        assert not any("data:video" in str(value) for value in state.values())
        assert len(str(state)) < 40_000


def test_cancel_stops_waiting_and_says_what_that_means(exp):
    """The button works on a thread of its own, and the card says that the service may bill it."""
    run = exp.submit(LUCY, prompt="A red coat [held]", video="https://example.org/a.mp4")
    shown = card(run)
    shown.cancel.click()
    until(lambda: "CANCELLED" in shown._head.value and "may finish and bill" in shown._note.value)
    assert shown.cancel.layout.display == "none"


@pytest.mark.parametrize("word", ["FAILED", "ERROR"])
def test_a_failure_is_told_in_the_card(exp, word):
    """With the service's reason, and no place for a clip."""
    run = exp.submit(LUCY, prompt=f"A red coat [{word}]", video="https://example.org/a.mp4")
    shown = card(run)
    until(lambda: word in shown._head.value and "as asked" in shown._note.value)
    assert shown._clips.layout.display == "none"


def test_the_clock_of_a_card_ticks(exp):
    """Seconds pass though nothing is heard of the job."""
    run = exp.submit(LUCY, prompt="A red coat [held]", video="https://example.org/a.mp4")
    shown = card(run)
    before = shown._facts.value
    until(lambda: shown._facts.value != before)
    run.cancel()


def test_the_bar_goes_as_far_as_the_service_says(exp):
    """It slides while nothing is known, and stands at the percentage that is heard of."""
    standing = Standing(JobStatus.PROCESSING, id="j", submitted_at=datetime.now(UTC))
    work = Work("apiframe", "wan-2.7-videoedit", standing=standing)
    shown = card(Job(exp.client.engine, work))
    assert "pixnb-unknown" in shown._bar._dom_classes
    work.advance(progress=0.4)
    work.tell()
    until(lambda: shown._bar.value == 0.4)
    assert "pixnb-unknown" not in shown._bar._dom_classes
    assert "40 %" in words(shown)
    work.advance(JobStatus.FAILED)
    work.tell()
    until(lambda: shown._bar.layout.display == "none")


def test_a_picture_is_sent_whole_and_is_never_state(tmp_path):
    """Its poster is state; who asks gets the file, or a copy that a page can carry."""
    for size, media_type in (((400, 300), "image/png"), ((1280, 704), "image/webp")):
        path = picture(tmp_path / f"{size[0]}.png", size, is_noisy=True)
        clip, sent = Clip(pixnb.Media(path), label="output"), queue.Queue()
        clip.send = lambda content, buffers, sent=sent: sent.put((content, buffers))
        clip._handle_custom_msg({"want": "bytes"}, [])
        content, (data,) = sent.get(timeout=15)
        assert content == {"media_type": media_type}
        assert (data == path.read_bytes()) == (media_type == "image/png")
        assert len(data) < 1_500_000
        assert (clip.kind, clip.width, clip.height) == ("image", *size)
        assert len(str(clip.get_state())) < 40_000


def test_a_page_that_asks_gets_the_bytes_in_a_message(source):
    """Not by a trait: where the host serves no files, they go to the page once."""
    clip, sent = Clip(pixnb.Media(source), label="source"), queue.Queue()
    clip.send = lambda content, buffers: sent.put((content, buffers))
    clip._handle_custom_msg({"want": "bytes"}, [])
    content, (data,) = sent.get(timeout=15)
    assert content == {"media_type": "video/mp4"}
    assert data == source.read_bytes()


def test_a_file_that_is_gone_is_said_in_the_clip():
    """It has words in its place."""
    clip = Clip(pixnb.Media("/nowhere/a.mp4"), label="output")
    assert clip.kind == ""
    assert "/nowhere/a.mp4" in clip.message


def test_an_error_in_a_callback_shows_in_the_widget(caplog):
    """The message of our own errors, the kind of all others; cleared by the next call."""
    line, failing = ErrorLine(), [pixnb.InvalidInput("Choose a <file>."), KeyError("x"), None]

    def callback():
        error = failing.pop(0)
        if error:
            raise error

    call = guarded(callback, line.say)
    call()
    assert (line.text, "Choose a &lt;file&gt;." in line.value) == ("Choose a <file>.", True)
    call()
    assert line.text == "KeyError: 'x'"
    assert "a callback failed" in caplog.text
    call()
    assert (line.text, line.layout.display) == ("", "none")


CELLS = """
import sys
sys.path.insert(0, {tests!r})
from fake_pixazo import FakePixazo
from frames import picture
import pixnb
service = FakePixazo()
client = pixnb.Client(keys={{"pixazo": "key"}}, base_urls={{"pixazo": "https://pixazo.example"}},
                      transport=service.transport)
exp = pixnb.Experiment("coats", client=client)
---
run = exp.submit("lucy-edit-fast", prompt="A red coat [held]", video="https://example.org/a.mp4")
run
---
service.released.set()
run.result(20)
"""


def test_in_a_kernel_a_run_ends_in_the_output_in_which_it_began(tmp_path, request):
    """A live card with all fallbacks first; at the end its own output is replaced by the clip, without a widget."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    messages = []
    try:
        for cell in CELLS.format(tests=str(request.path.parent)).split("---"):
            reply = client.execute_interactive(cell, timeout=60, output_hook=messages.append)
            assert reply["content"]["status"] == "ok", reply["content"]
        until(lambda: _outputs(messages, "update_display_data") or messages.append(client.get_iopub_msg(timeout=15)))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    (first,), (last,) = _outputs(messages, "display_data"), _outputs(messages, "update_display_data")
    assert first["transient"] == last["transient"]
    assert {*first["data"]} == {WIDGET, "text/html", "image/png", "text/plain"}
    assert {*last["data"]} == {"text/html", "image/png", "text/plain"}
    assert "COMPLETED" in last["data"]["text/html"]
    assert not any("data:video" in str(m["content"]) for m in messages if m["msg_type"].startswith("comm"))


def _outputs(messages, kind):
    return [m["content"] for m in messages if m["msg_type"] == kind]
