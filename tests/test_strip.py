"""The filmstrip without a browser: what its tiles say and show, what is sent when, what its buttons do."""

from __future__ import annotations

import itertools
import json
import threading
import time

import pytest
from make_media import make_video
from patience import until

import pixnb
from pixnb.request import Request
from pixnb.status import JobStatus
from pixnb.widgets.apart import find_shared, tell_apart
from pixnb.widgets.launches import Launches
from pixnb.widgets.strip import PAUSE, Strip
from pixnb.widgets.tile import Tile

LUCY = "lucy-edit-fast"


class Heard(Strip):
    """A strip whose messages are kept, where a browser would have them."""

    def __init__(self, *given, **options):
        self.heard = []
        super().__init__(*given, **options)

    def send(self, content, buffers=None):
        self.heard.append((content, buffers))

    def press(self, act, tile, **more):
        """What its page sends when a button is pressed."""
        self._handle_custom_msg({"act": act, "tile": tile, "to": "me", **more}, [])

    def answer(self, name):
        """The answer that has such a part, once it is there."""
        return until(lambda: next((found for found in self.heard if name in found[0]), None))


@pytest.fixture
def launches(exp):
    return Launches(exp._runner)


@pytest.fixture
def strip(exp, launches):
    used = []
    made = Heard(
        launches, experiment="coats", log=exp.log, user="jo", use=used.append, code=lambda run: f"code of {run.take}"
    )
    made.used = used
    yield made
    made.close()


@pytest.fixture
def clip(tmp_path):
    return pixnb.Media(make_video(tmp_path / "coat.mp4", size=(160, 90)))


def ask(prompt, video="https://example.org/clip.mp4", **params):
    return Request(LUCY, {"prompt": prompt, "video": video, **params})


def done(launches, strip, *requests):
    """Launch one after another, and wait until each is drawn with its picture."""
    for request in requests:
        launches.begin(request).sent.result(20).wait(20)
    until(lambda: len(strip.shown) == len(launches) and all(tile.picture for tile in strip.shown))
    return strip.shown


def test_a_launch_is_a_tile_from_the_first_moment_on(launches, strip, service):
    """Sending, then as the service says, then its picture; each status is told to who listens to the page."""
    answer = threading.Event()
    service.before_answer = lambda _: answer.wait(20)
    launch = launches.begin(ask("[held] A red coat"))
    (tile,) = until(lambda: strip.shown)
    assert (tile.number, tile.tone, tile.acts, tile.pair) == (1, "busy", ["cancel"], "")
    assert ">sending<" in tile.face
    assert tile.why == "Sending" or tile.why == "Not sent yet"
    assert strip.said == "Run 1: sending"
    answer.set()
    run = launch.sent.result(20)
    until(lambda: "queued" in tile.face or "processing" in tile.face)
    assert strip.said in ("Run 1: queued", "Run 1: processing")
    service.released.set()
    run.wait(20)
    until(lambda: tile.picture)
    assert (tile.run, tile.tone, tile.why, tile.acts) == (run.run_id, "good", "", ["use", "copy", "save"])
    assert "A red coat" in tile.face
    assert "$0.20" in tile.face
    assert f'data-run="{run.run_id}"' in tile.pair
    assert strip.said == "Run 1: completed"


def test_what_was_not_sent_says_why(launches, strip, tmp_path):
    """In short in its tile, in full when it is opened; there is nothing to star, save or cancel, nor a number of it."""
    missing = tmp_path / f"{'long-' * 30}missing.mp4"
    assert launches.begin(ask("A red coat", str(missing))).sent.exception(20)
    (tile,) = until(lambda: [one for one in strip.shown if "not sent" in one.face])
    assert (tile.run, tile.tone, tile.acts) == ("", "bad", [])
    assert len(tile.why) == 160
    assert "missing.mp4" in tile.detail
    launches.begin(ask("A blue coat")).sent.result(20)  # the log has one run, which a wall calls 1
    (sent,) = until(lambda: [one for one in strip.shown if "completed" in one.face])
    assert ">1</b>" in sent.face
    assert ">Run 1</b>" in sent.facts
    assert ">–</b>" in tile.face
    assert "A run" in tile.facts


def test_what_the_service_refuses_says_so(launches, strip):
    """It is a run with its error, which is escaped."""
    launches.begin(ask("[402] <u>")).sent.result(20)
    (tile,) = until(lambda: [one for one in strip.shown if one.tone == "bad"])
    assert ">error<" in tile.face
    assert "as asked" in tile.why
    assert 'class="error"' in tile.detail
    assert "Collect" not in tile.detail
    assert "<b>Use again</b> fills" in tile.detail
    assert "&lt;u&gt;" in tile.face
    assert "<u>" not in tile.detail


def test_a_source_that_most_share_is_shown_once(launches, strip, clip, tmp_path):
    """Only a tile that was made of another one says so."""
    done(launches, strip, ask("A red coat", clip), ask("A blue coat", clip))
    assert strip.source.count("<img") == 1
    assert [tile.inset for tile in strip.shown] == ["", ""]
    other = make_video(tmp_path / "other.mp4", size=(160, 90), frames=6)
    newest, *rest = done(launches, strip, ask("A green coat", other))
    assert newest.inset.startswith("data:image/webp")
    assert [tile.inset for tile in rest] == ["", ""]
    assert strip.source.count("<img") == 1


def test_only_what_changes_is_sent_and_not_too_often(launches, strip, service, clip):
    """A tile of many that goes on sends its few words; what has ended sends nothing; no film is in any state."""
    done(launches, strip, ask("A red coat", clip), ask("A blue coat", clip))
    sent = []
    for tile in strip.shown:
        tile.observe(lambda change: sent.append((time.monotonic(), change["owner"].number, change["name"])))
    launches.begin(ask("[held] A green coat", clip)).sent.result(20)
    newest = until(lambda: len(strip.shown) == 3 and strip.shown[0])
    until(lambda: ">queued<" in newest.face or ">processing<" in newest.face)
    heard = []
    newest.observe(lambda change: heard.append((time.monotonic(), len(json.dumps({change["name"]: change["new"]})))))
    time.sleep(2.3)
    assert [name for _, number, name in sent if name != "face"] == []  # no still again, no words but those
    times = sorted({round(when, 2) for when, _ in heard})
    assert heard
    assert all(after - before >= PAUSE - 0.1 for before, after in itertools.pairwise(times) if after - before > 0.05)
    assert sum(size for _, size in heard) / len(times) < 1500
    state = json.dumps([tile.get_state() for tile in strip.shown] + [strip.get_state(["tiles", "source", "marks"])])
    assert len(state) < 40_000
    service.released.set()


def test_marks_are_the_logs(exp, launches, strip, clip):
    """What is said in its page is kept; what is said elsewhere is seen in it."""
    (tile,) = done(launches, strip, ask("A red coat", clip))
    strip._handle_custom_msg({"mark": {"run": tile.run, "stars": 4}}, [])
    until(lambda: exp.log.marks([tile.run]).get(tile.run, {}).get("stars") == 4)
    launches.runs[0].note("a flicker", at=0.2)
    assert until(lambda: strip.marks.get(tile.run, {}).get("notes"))[0]["text"] == "a flicker"


def test_its_buttons(launches, strip, clip, service):
    """Use again, Copy code, Save, each answered to the page that asked; what is not possible is let be."""
    (tile,) = done(launches, strip, ask("A red / coat", clip))
    run = launches.runs[0]
    strip.press("use", 1)
    assert strip.answer("told")[0] == {"told": "The form has its settings now", "to": "me"}
    assert strip.used == [run]
    strip.press("copy", 1)
    assert strip.answer("copy")[0] == {"copy": "code of 1", "to": "me"}
    strip.press("save", 1)
    words, buffers = strip.answer("save")
    assert words == {"save": "coats 01 A red - coat.mp4", "media_type": "video/mp4", "to": "me"}
    assert buffers == [run.output.bytes()]
    count = len(strip.heard)
    for act, number in (("cancel", 1), ("collect", 1), ("use", 7), ("drop", 1)):
        strip.press(act, number)
    time.sleep(0.2)
    assert len(strip.heard) == count
    assert tile.acts == ["use", "copy", "save"]


def test_cancel_and_collect(launches, strip, service, clip):
    """One that goes on can be cancelled; its clip, which the service makes all the same, is collected."""
    launches.begin(ask("[held] A red coat", clip)).sent.result(20)
    (tile,) = until(lambda: [one for one in strip.shown if "cancel" in one.acts and one.run])
    strip.press("cancel", 1)
    until(lambda: "collect" in tile.acts)
    assert "<b>Collect</b> asks" in tile.detail
    assert ">cancelled<" in tile.face
    assert tile.tone == "calm"
    service.released.set()
    strip.press("collect", 1)
    until(lambda: tile.picture)
    assert (tile.acts, tile.tone) == (["use", "copy", "save"], "good")


def test_an_act_that_fails_is_said_to_who_asked(exp, launches, clip):
    """In words, without a trace."""

    def refuse(run):
        raise pixnb.InvalidInput("Nothing of it fits.")

    strip = Heard(launches, experiment="coats", log=exp.log, user=None, use=refuse, code=str)
    done(launches, strip, ask("A red coat", clip))
    strip.press("use", 1)
    assert strip.answer("told")[0] == {"told": "Nothing of it fits.", "to": "me"}
    strip.close()


def test_tiles_are_chosen(launches, strip, clip):
    """By who looks at it; ids that are none of its runs are left out; all pages see it."""
    tiles = done(launches, strip, ask("A red coat", clip), ask("A blue coat", clip))
    strip._handle_custom_msg({"choose": [tiles[0].run, "nobody", 3]}, [])
    assert launches.chosen == [tiles[0].run]
    assert until(lambda: strip.chosen == [tiles[0].run])


def test_many_that_change_at_once_are_told_in_one_breath(exp, launches, strip, service):
    """A sweep's runs are tiles, planned ones too, and no page reads out thirty lines."""
    service.released.set()
    sweep = exp.sweep(LUCY, prompt=[f"A coat of colour {number}" for number in range(6)], video="https://e.org/c.mp4")
    launches.add(sweep)
    sweep.wait(30)
    until(lambda: len(strip.shown) == 6 and all("completed" in tile.face for tile in strip.shown))
    assert [tile.number for tile in strip.shown] == [6, 5, 4, 3, 2, 1]
    assert {run.status for run in launches.runs} == {JobStatus.COMPLETED}
    assert "…" not in strip.shown[0].face or "colour" not in strip.shown[0].face
    assert strip.said.count("Run ") <= 3


def test_what_had_ended_before_is_no_news(exp, launches, strip, clip):
    """Runs of another day are tiles, and nobody is told of them; what begins now is."""
    launches.take([exp.submit(LUCY, prompt="A red coat", video=clip).wait(20)])
    until(lambda: strip.shown)
    assert strip.said == ""
    done(launches, strip, ask("A blue coat", clip))
    assert strip.said == "Run 2: completed"


def test_tiles_go_with_their_strip(launches, strip, clip):
    """A strip that is closed leaves no model behind."""
    (tile,) = done(launches, strip, ask("A red coat", clip))
    assert isinstance(tile, Tile)
    strip.close()
    assert tile.comm is None


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], []),
        ([("ltx-2", {})], ["LTX 2"]),
        ([("ltx-2", {"prompt": "A lake"})], ["A lake"]),
        ([("ltx-2", {"prompt": "A lake"})] * 2, ["A lake", "A lake"]),
        ([("ltx-2", {"prompt": "A lake", "seed": 1}), ("ltx-2", {"prompt": "A lake"})], ["seed 1 · A lake", "A lake"]),
        ([("ltx-2", {"prompt": "a\n b"}), ("ltx-2", {"prompt": "c", "fps": 24})], ["a b", "c · fps 24"]),
        ([("ltx-2", {"prompt": "A"}), ("gone-model", {"prompt": "A"})], ["LTX 2 · A", "gone-model · A"]),
        (
            [
                ("ltx-2", {"prompt": f"A woman walks along the harbour in a {colour} coat"})
                for colour in ("red", "blue")
            ],
            ["…red coat", "…blue coat"],
        ),
        ([("ltx-2", {"prompt": "x" * 600})], ["x" * 109 + "…"]),
        ([("ltx-2", {"prompt": 7}), ("ltx-2", {"prompt": None})], ["LTX 2", "LTX 2"]),
    ],
)
def test_what_tells_launches_apart(asked, told):
    """Their own words of the prompt, then settings and models that differ; a beginning that all share is left out."""
    assert tell_apart(asked) == told


def test_the_source_that_most_share(clip, tmp_path):
    """By its file; of two that are as many the last; runs without one do not count."""
    first, second = {"video": pixnb.Media(clip.path)}, {"video": pixnb.Media("https://example.org/a.mp4")}
    assert find_shared([]) == {}
    assert find_shared([{}, {}]) == {}
    assert find_shared([{}, first, {}]) is first
    assert find_shared([first, second]) is second
    assert find_shared([first, second, {"video": pixnb.Media(clip.path)}])["video"].path == clip.path
