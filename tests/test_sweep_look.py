"""What a person sees of a sweep: its states as a page, outside text escaped, its size; the live grid, its buttons."""

from __future__ import annotations

import base64
import functools
import html
import itertools
import re
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
from fake_pixazo import FakePixazo
from jupyter_client.manager import start_new_kernel
from make_media import make_video
from patience import until
from sampling import sampled
from sweeps import CLIP, LUCY, experiment

from pixnb.display.sweep_cells import MOST_POSTERS
from pixnb.display.sweep_live import SweepCard, name_buttons

IMAGE = "https://example.org/a.png"
BAD = '<img src=x onerror="alert(1)">&amp;\x1b[2J'


def page(sweep):
    """Its HTML without the style sheets."""
    return re.sub(r"<style>.*?</style>", "", sweep._repr_mimebundle_()["text/html"], flags=re.DOTALL)


def counts(text):
    """What the badges of the summary say."""
    return re.findall(r'class="count \w+">\S+ (\d+ \w+)<', text)


def size(bundle):
    """What a bundle takes in a saved notebook."""
    return sum(len(str(data)) for data in bundle.values())


class Noisy(FakePixazo):
    """Its clips are pictures of noise, which no format packs small."""

    def _clip(self, path):
        return noise()


class Strict(FakePixazo):
    """What it fails, it fails for its content."""

    def _answer(self, status, body):
        said = "content_policy_violation: flagged by a content checker"
        return super()._answer(status, {**body, "error": said} if body.get("error") == "as asked" else body)


@functools.cache
def noise():
    with tempfile.TemporaryDirectory() as folder:
        return make_video(Path(folder) / "noise.mp4", size=(192, 108), frames=2, noise=True).read_bytes()


class Heard(SweepCard):
    """A card whose messages are kept, where a page would have them."""

    def __init__(self, sweep, **options):
        self.heard = []
        super().__init__(sweep, **options)

    def send(self, content, buffers=None):
        self.heard.append((time.monotonic(), content, buffers))

    def cells(self):
        """What the page would show in each cell by now."""
        shown = {}
        for _, content, _ in self.heard:
            shown.update({number: (looks, title, inner) for number, looks, title, inner in content.get("cells", ())})
        return shown


def test_a_grid_fills_with_posters(exp):
    """Wordings go down, takes across; each cell has its picture, status and cost."""
    text = page(exp.sweep(LUCY, prompt=["a", "b"], video=CLIP, repeats=2).wait(30))
    assert counts(text) == ["4 completed"]
    assert len(re.findall(r'<img src="data:image/webp;base64,[^"]+" alt="completed">', text)) == 4
    assert re.findall(r'<th scope="col" [^>]*>([^<]*)', text) == ["take 1", "take 2"]
    assert 'role="grid"' in text
    assert text.count('role="gridcell"') == 4
    assert 'aria-valuenow="4"' in text
    assert "$0.80 spent, simulated" in text
    assert "data:video" not in text


@pytest.mark.parametrize(
    ("prompt", "said", "tone", "words"),
    [
        ("a [FAILED]", "1 failed", "bad", "as asked"),
        ("a [ERROR]", "1 errored", "bad", "as asked"),
        ("a [400]", "1 errored", "bad", "400"),
        ("a [lost]", "1 unconfirmed", "bad", "may be billed"),
    ],
)
def test_what_went_wrong_is_in_the_picture(exp, prompt, said, tone, words):
    """In the cell's hint, and under the grid for who cannot hover."""
    sweep = exp.sweep(LUCY, prompt=[prompt, "b"], video=CLIP).wait(30)
    text = page(sweep)
    assert counts(text) == ["1 completed", said]
    hints = re.findall(rf'<div class="cell {tone}" data-n="0" title="([^"]+)"', text)
    assert len(hints) == 1
    assert words in hints[0]
    assert re.search(rf'class="error"><b>{said}</b>[^<]*{words}', text)


def test_refused_content_is_a_word_of_its_own(log):
    """When it happens, and when another sweep finds it in the log."""
    exp = experiment(Strict(polls=0), log)
    for _ in range(2):
        text = page(exp.sweep(LUCY, prompt=["a [FAILED]"], video=CLIP).wait(30))
        assert counts(text) == ["1 refused"]
        assert re.search('class="error"><b>1 refused</b>', text)


def test_reused_planned_and_cancelled_cells_are_told_apart(exp, service):
    """What is not paid again, what is under way, what was never sent; Cancel says both numbers in the picture."""
    exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    sweep = exp.sweep(LUCY, prompt=["a", *(f"{n} [held]" for n in range(20))], video=CLIP)
    until(lambda: sweep.counts.get("PROCESSING"))
    before = page(sweep)
    assert counts(before)[0] == "1 reused"
    assert counts(before)[-1].endswith("planned")
    assert "↺ reused" in before
    assert "as of " in before
    sweep.cancel()
    after = page(sweep)
    assert counts(after) == ["1 reused", "20 cancelled"]
    both = r"Cancelled: \d+ unsent dropped for nothing, \d+ sent left to their service"
    assert re.search(f'class="stopped">{both}', after)
    assert "never sent" in after


def test_a_price_that_is_unknown_is_said_to_be(exp):
    """In each cell and in the plan, never as a zero."""
    sweep = exp.sweep("ltx-2", prompt=["a", "b"], image=IMAGE)
    assert page(sweep.wait(30)).count("price unknown") >= 2
    plan = exp.sweep("ltx-2", prompt=["c"], image=IMAGE, dry_run=True).plan._repr_mimebundle_()
    assert "<td>price unknown</td>" in plan["text/html"].replace(' class="num"', "")


def test_the_budget_that_stopped_it_is_in_the_picture(service, log):
    """With what is left of it, and what to do."""
    sweep = experiment(service, log, budget=0.5).sweep(LUCY, prompt=["a", "b", "c"], video=CLIP).wait(30)
    bundle = sweep._repr_mimebundle_()
    text = page(sweep)
    assert counts(text) == ["2 completed", "1 planned"]
    assert "$0.10 left of the experiment&#x27;s budget of $0.50" in text
    assert 'class="stopped">' in text
    assert "sweep.start() goes on" in text
    assert "sweep.start() goes on" in bundle["text/plain"]


@pytest.mark.parametrize(
    ("own", "log_budget", "said"),
    [
        (5, None, ["$4.60 left of the experiment's budget of $5.00"]),
        (None, 3, ["$2.60 left of the log's budget of $3.00"]),
        (5, 3, ["$2.60 left of the log's budget of $3.00"]),
        (2, 3, ["$1.60 left of the experiment's budget of $2.00"]),
        ({"USD": 2, "credits": 50}, {"USD": 1, "credits": 80},
         ["$0.60 left of the log's budget of $1.00", "50 credits left of the experiment's budget of 50 credits"]),
        ({"credits": 50}, {"USD": 3}, []),
        (None, None, []),
    ],
)  # fmt: skip
def test_the_tighter_budget_is_shown_by_its_name(service, log, own, log_budget, said):
    """The experiment's or the log's, of each currency; what another experiment spends counts in the log's."""
    log.budget = log_budget
    exp = experiment(service, log, budget=own)
    sweep = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    text = html.unescape(page(sweep))
    if said:
        assert [sentence for sentence in said if sentence not in text] == []
        assert text.count(" left of the ") == len(said)
        assert said[0] in html.unescape(SweepCard(sweep).summary)
        assert said[0] in sweep._repr_mimebundle_()["text/plain"]
    elif own is None:
        assert " left of the " not in text
    else:  # neither covers it
        assert sweep.state == "stopped"
        assert "has no USD" in text


def test_a_budget_that_is_lowered_in_the_middle_holds_from_then_on(service, log):
    """What was sent goes on; no more is, and the picture says what is left: less than nothing where it is."""
    exp = experiment(service, log, budget=10)
    sweep = exp.sweep(LUCY, prompt=[f"{n} [held]" for n in range(12)], video=CLIP)
    until(lambda: len(service.posts) == 4)
    exp.budget = 0.5
    service.released.set()
    assert sweep.wait(30).counts == {"COMPLETED": 4, "PLANNED": 8}
    assert (sweep.state, len(service.posts)) == ("stopped", 4)
    assert "-$0.30 left of the experiment's budget of $0.50" in html.unescape(page(sweep))
    log.budget = 1
    exp.budget = 10
    assert sweep.start().wait(30).counts == {"COMPLETED": 5, "PLANNED": 7}
    assert "of the log" in sweep.stopped


def test_the_sandboxs_money_and_real_money_in_one_log(service, log):
    """Each has the whole of a budget; the sandbox's sweep shows what is left of its side."""
    log.budget = 1
    real = experiment(FakePixazo(polls=0, sandbox=False), log, "real")
    real.sweep(LUCY, prompt=["a", "b", "c"], video=CLIP).wait(30)
    played = experiment(service, log, "played").sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    assert "$0.60 left of the log's budget of $1.00" in html.unescape(page(played))
    more = real.sweep(LUCY, prompt=["a", "b", "c", "d", "e", "f"], video=CLIP).wait(30)
    assert (more.state, more.counts) == ("stopped", {"COMPLETED": 5, "PLANNED": 1})
    assert "$0.00 left of the log's budget of $1.00" in html.unescape(page(more))


def test_outside_text_is_escaped(exp, service):
    """Prompts, labels and what a service says: in cells, heads, hints, plan and live grid."""
    labels = {BAD: f"{BAD} [FAILED]", "b": f"b {BAD}"}
    sweep = exp.sweep(LUCY, prompt=labels, video=CLIP, repeats=2).wait(30)
    card = Heard(sweep)
    live = [card.grid, card.summary, card.faults, *(part for cell in card.cells().values() for part in cell[2:])]
    plan = exp.sweep(LUCY, prompt=labels, video=CLIP, dry_run=True)
    for text in (page(sweep), page(plan), plan.plan._repr_mimebundle_()["text/html"], *live):
        assert "<img src=x" not in text
        assert "\x1b" not in text
    assert "&lt;img src=x" in page(sweep)
    assert "\x1b" not in sweep._repr_mimebundle_()["text/plain"]


def test_pictures_of_noise_stay_light_too(log):
    """They are packed the harder the more there are, and the sheet is left out where there is no room for it."""
    exp = experiment(Noisy(polls=0), log)
    bundle = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(15)], video=CLIP, repeats=4, confirm=True).wait(60)
    bundle = bundle._repr_mimebundle_()
    assert size(bundle) < 200_000
    assert bundle["text/html"].count("data:image") == 60


@pytest.mark.parametrize("count", [2, 36, MOST_POSTERS, 200])
@pytest.mark.parametrize("long", sampled([False, True], [True]))
def test_saved_output_stays_light(exp, count, long):
    """Under 200 kB whatever there is in it; with many cells squares stand for pictures."""
    words = "A woman walks through a snowy street at night, " * 40 if long else "w"
    sweep = exp.sweep(LUCY, prompt=[f"{n} {words}" for n in range(count // 2)], video=CLIP, repeats=2, confirm=True)
    sweep.wait(120)
    bundle = sweep._repr_mimebundle_()
    assert size(bundle) < 200_000
    assert bundle["text/html"].count("data:image") == (count if count <= MOST_POSTERS else 0)
    assert bundle["text/html"].count("data-n=") == count
    state = SweepCard(sweep).get_state()
    assert sum(len(str(state[name])) for name in ("grid", "summary", "faults", "words")) < 100_000
    assert not re.search("data:(image|video)", str(state))
    assert size(sweep.plan._repr_mimebundle_()) < 60_000


def test_a_live_grid_follows_twice_a_second_at_most(exp, service):
    """Each cell goes to the page when it changes, with its picture at its end."""
    sweep = exp.sweep(LUCY, prompt=[f"{n} [held]" for n in range(12)], video=CLIP)
    card = Heard(sweep)
    assert card.buttons == ["Cancel"]
    until(lambda: len(service.posts) >= 4)
    service.released.set()
    sweep.wait(30)
    until(lambda: all("<img" in inner for _, _, inner in card.cells().values()))
    assert card.buttons == []
    assert "12 of 12" in card.summary
    assert card.words == "Sweep done: 12 completed."
    # the first and the last are not held back
    times = [at for at, content, _ in card.heard if "cells" in content][1:-1]
    assert all(later - earlier > 0.4 for earlier, later in itertools.pairwise(times))


def test_who_waits_finds_the_last_picture_there(exp):
    """So the page that is saved is whole when the next cell runs."""
    sweep = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP)
    ended = []
    card = SweepCard(sweep, ended=lambda: ended.append(sweep.state))
    sweep.wait(30)
    assert ended == ["done"]
    assert "2 of 2" in card.summary
    sweep.wait(30)
    assert ended == ["done"]


def test_cancel_is_a_button(exp):
    """It says what became of the sent and of the unsent."""
    sweep = exp.sweep(LUCY, prompt=[f"{n} [held]" for n in range(20)], video=CLIP)
    card = SweepCard(sweep)
    card._handle_custom_msg({"press": "Cancel"}, [])
    until(lambda: "Cancelled: " in card.summary)
    assert sweep.state == "cancelled"
    until(lambda: card.buttons == [])


def test_failed_cells_are_tried_again_by_a_button(exp, service):
    """The next attempt of each; the button counts them, and goes when it is pressed."""
    sweep = exp.sweep(LUCY, prompt=["a [FAILED]", "b"], video=CLIP).wait(30)
    card = SweepCard(sweep)
    assert card.buttons == ["Retry 1 failed"]
    card._handle_custom_msg({"press": "Retry 1 failed"}, [])
    until(lambda: len(service.posts) == 3 and not sweep.is_running)
    assert sweep.frame()["attempt"].tolist() == [2, 1]


def test_what_its_budget_stopped_goes_on_by_a_button(service, log):
    """Once there is more."""
    sweep = experiment(service, log, budget=0.5).sweep(LUCY, prompt=["a", "b", "c"], video=CLIP).wait(30)
    card = SweepCard(sweep)
    assert card.buttons == ["Go on"]
    experiment(service, log, budget=2)
    card._handle_custom_msg({"press": "Go on"}, [])
    until(lambda: sweep.counts == {"COMPLETED": 3})
    until(lambda: card.buttons == [])


@pytest.mark.parametrize("asked", [{"press": "Delete all"}, {"press": 3}, {"clip": 99}, {"clip": "0"}, "nonsense", {}])
def test_a_page_can_ask_for_nothing_else(exp, service, asked):
    """Nothing happens, and nothing is said to have gone wrong."""
    sweep = exp.sweep(LUCY, prompt=["a [FAILED]"], video=CLIP).wait(30)
    card = Heard(sweep)
    before = len(card.heard)
    card._handle_custom_msg(asked, [])
    time.sleep(0.2)
    assert (card.error, len(service.posts), len(card.heard)) == ("", 1, before)


def test_a_clip_goes_to_the_page_when_it_is_asked_for(exp):
    """Its bytes, where no server has its file; a failed cell has none."""
    card = Heard(exp.sweep(LUCY, prompt=["a", "b [FAILED]"], video=CLIP).wait(30))
    for number in (0, 1):
        card._handle_custom_msg({"clip": number}, [])
    until(lambda: any("clip" in content for _, content, _ in card.heard))
    time.sleep(0.2)
    ((_, content, buffers),) = [one for one in card.heard if "clip" in one[1]]
    assert content == {"clip": 0, "kind": "video", "media_type": "video/mp4"}
    assert len(buffers[0]) > 500


@pytest.mark.parametrize(("prompt", "buttons"), [("a", []), ("a [FAILED]", ["Retry 1 failed"]), ("[401]", ["Go on"])])
def test_what_is_over_has_the_buttons_that_help(exp, prompt, buttons):
    """None where there is nothing to do."""
    assert name_buttons(exp.sweep(LUCY, video=CLIP, prompt=prompt).wait(30)) == buttons


def test_a_planned_sweep_shows_its_plan(exp):
    """The total first, as a small table, without a bar and with no button."""
    sweep = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(30)], video=CLIP, dry_run=True)
    text = page(sweep)
    assert "30 cells: 30 to send (about $6.00)" in text
    assert text.count("<tr>") == 13
    assert "and 18 more" in text
    assert 'role="progressbar"' not in text
    assert name_buttons(sweep) == []


def test_the_sheet_is_a_picture(exp):
    """For where no HTML is shown."""
    sweep = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    assert base64.b64decode(sweep._repr_mimebundle_()["image/png"]).startswith(b"\x89PNG")


CELLS = """
import sys
sys.path.insert(0, {tests!r})
import pixnb
from fake_pixazo import FakePixazo
from sweeps import CLIP, LUCY, experiment
exp = experiment(FakePixazo(polls=0), pixnb.Log("log.db"))
sweep = exp.sweep(LUCY, prompt=["a", "b [held]"], video=CLIP)
sweep
---
sweep.cancel().wait()
"""


@pytest.mark.slow
@pytest.mark.parametrize("host", ["headless", "colab"])
def test_in_a_kernel_the_page_that_stays_is_brought_up_to_date(tmp_path, request, monkeypatch, host):
    """A page of its own beside the live grid where its host is known; else one output with both."""
    if host == "colab":
        monkeypatch.setenv("COLAB_RELEASE_TAG", "1")
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    messages = []
    try:
        for cell in CELLS.format(tests=str(request.path.parent)).split("---"):
            reply = client.execute_interactive(cell, timeout=60, output_hook=messages.append)
            assert reply["content"]["status"] == "ok", reply["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    shown = [message["content"] for message in messages if message["msg_type"] in ("display_data", "execute_result")]
    widget = "application/vnd.jupyter.widget-view+json"
    if host == "colab":
        assert {widget, "text/html", "text/plain"} <= {*shown[0]["data"]}
        return
    page, live = shown[:2]
    assert widget in live["data"]
    assert {*page["data"]} == {"text/html", "image/png", "text/plain"}
    ends = [message["content"] for message in messages if message["msg_type"] == "update_display_data"]
    assert ends[-1]["transient"] == page["transient"]
    assert "Cancelled: " in ends[-1]["data"]["text/plain"]
    assert not any("data:video" in str(m["content"]) for m in messages if m["msg_type"].startswith("comm"))


WAITING = """
import sys
sys.path.insert(0, {tests!r})
import pixnb
from fake_pixazo import FakePixazo
from sweeps import CLIP, LUCY, experiment
service = FakePixazo(polls=0)
exp = experiment(service, pixnb.Log("log.db"))
sweep = exp.sweep(LUCY, prompt=["a [held]", "b [held]"], video=CLIP)
---
print("waiting", flush=True)
{how}
---
print(sweep.state, len(service.posts))
service.released.set()
print(sweep.wait(30).counts)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["sweep.wait()", "for run in sweep: pass", "sweep.wait(60)"])
def test_the_stop_button_leaves_the_wait_and_not_the_sweep(tmp_path, request, how):
    """The cell ends with a KeyboardInterrupt at once; the kernel lives, and so does the sweep."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    said = []

    def hear(message):
        said.append(message["content"].get("text", ""))
        if "waiting" in said[-1]:
            # as the button does: the manager's own way would leave a loop of this thread open
            threading.Timer(1.0, manager.provisioner.process.send_signal, (signal.SIGINT,)).start()

    try:
        first, waiting, last = WAITING.format(tests=str(request.path.parent), how=how).split("---")
        assert client.execute_interactive(first, timeout=60)["content"]["status"] == "ok"
        began = time.monotonic()
        reply = client.execute_interactive(waiting, timeout=60, output_hook=hear)
        assert (reply["content"]["status"], reply["content"]["ename"]) == ("error", "KeyboardInterrupt")
        assert time.monotonic() - began < 20
        assert client.execute_interactive(last, timeout=60, output_hook=hear)["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "running 2" in "".join(said)
    assert "{'COMPLETED': 2}" in "".join(said)
