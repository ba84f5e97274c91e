"""The launcher without a browser: what its buttons do, what it shows, what its state holds, by traits alone."""

from __future__ import annotations

import base64
import json
import threading

import ipywidgets
import pytest
from fake_pixazo import FakePixazo
from ipywidgets.widgets.widget import _instances
from patience import until
from served import tiny_clip

import pixnb
from pixnb.status import JobStatus
from pixnb.widgets.companion import Companion
from pixnb.widgets.strip import Strip

LUCY = "lucy-edit-fast"
CLIP = "https://example.org/clip.mp4"
KEY = "a-secret-key-0123456789"


@pytest.fixture
def service():
    return FakePixazo()


@pytest.fixture
def exp(service, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield experiment(service, log)


def experiment(service, log, name="coats", **options):
    client = pixnb.Client(
        keys={"pixazo": KEY}, base_urls={"pixazo": "https://pixazo.example"}, transport=service.transport
    )
    return pixnb.Experiment(name, log=log, client=client, **options)


def all_in(widget):
    """Every widget in a box, itself first."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from all_in(child)


def named(widget, description):
    """The one control that carries a name."""
    (found,) = [one for one in all_in(widget) if getattr(one, "description", None) == description]
    return found


def tiles(launcher):
    """The tiles of its strip, the newest first."""
    (strip,) = [one for one in all_in(launcher) if isinstance(one, Strip)]
    return strip.shown


def said(widget):
    """Everything that its HTML says."""
    return " ".join(one.value for one in all_in(widget) if isinstance(one, ipywidgets.HTML) and one.value)


def test_fill_and_launch_by_the_controls(exp, service):
    """A person's way: pick a model, write, press Launch; the run is in the log and its tile below."""
    launcher = exp.launcher()
    named(launcher, "model").value = LUCY
    named(launcher, "prompt").value = "A red coat"
    named(launcher, "video_url").value = CLIP
    named(launcher, "enhance_prompt").value = True
    assert launcher.params == {"prompt": "A red coat", "video_url": CLIP, "enhance_prompt": True}
    named(launcher, "Launch").click()
    run = until(lambda: launcher.last)
    assert run.wait().status is JobStatus.COMPLETED
    assert (run.take, launcher.runs) == (1, [run])
    assert service.posts == [{"prompt": "A red coat", "video_url": CLIP, "enhance_prompt": True}]
    assert list(exp.frame()["run_id"]) == [run.run_id]


def press(launcher, button, **values):
    """What the browser's script sends when a button is pressed: it and what the controls hold, in one message."""
    state = {named(launcher, name).model_id: value for name, value in values.items()}
    companion = next(one for one in all_in(launcher) if isinstance(one, Companion))
    sent = []
    companion.send = sent.append
    companion._handle_custom_msg({"press": button, "state": state}, [])
    return sent


def test_a_press_brings_along_what_was_just_written(exp, service):
    """Launch sends what is seen, also where the message of the last key is still on its way on another thread."""
    launcher = exp.launcher(LUCY).fill(prompt="old", video=CLIP)
    press(launcher, "launch", prompt="new", enhance_prompt=1)
    until(lambda: launcher.last)
    assert service.posts == [{"prompt": "new", "video_url": CLIP, "enhance_prompt": True}]
    sent = press(launcher, "copy", prompt="newer")
    until(lambda: sent)
    assert sent == [{"copy": launcher.code()}]
    assert 'prompt="newer"' in launcher.code()


def test_the_controls_of_another_model_are_left_alone(exp):
    """A press that overtook the choice of another model fills what is there, and fails on nothing that is gone."""
    launcher = exp.launcher(LUCY)
    gone, other = named(launcher, "enhance_prompt"), exp.launcher("ltx-2")
    companion = next(one for one in all_in(other) if isinstance(one, Companion))
    companion._handle_custom_msg({"press": "launch", "state": {gone.model_id: 2}}, [])
    assert gone.index == 0
    assert "prompt is required" in said(other)


def test_a_choice_that_comes_with_the_press_takes_along_what_was_written(exp, service):
    """Text written just before another model was chosen is in the other form when that is launched."""
    launcher = exp.launcher("ltx-2-pro").fill(prompt="old")
    press(launcher, "launch", prompt="new", model="ltx-2.3-text-to-video")
    until(lambda: launcher.last)
    assert launcher.last.model == "ltx-2.3-text-to-video"
    assert service.posts == [{"prompt": "new"}]


def test_the_launcher_begins_with_the_model_that_was_asked_for(exp):
    """By any of its names, a retired one too; an unknown one is refused."""
    assert exp.launcher("pixazo/ltx-2").model.id == "ltx-2"
    assert exp.launcher("lucy-pro-t2i").model.state == "retired"
    assert exp.launcher().model.state == "current"
    with pytest.raises(pixnb.ModelNotFound):
        exp.launcher("no-such-model")


def test_a_retired_model_is_told_before_it_is_launched(exp):
    """The words of the catalogue stand above the button, and go when a current model is picked."""
    launcher = exp.launcher("lucy-pro-t2i")
    assert "lucy-pro-t2i is retired" in said(launcher)
    parts = list(all_in(launcher))
    (note,) = [one for one in parts if "is retired" in str(getattr(one, "value", ""))]
    assert parts.index(note) < parts.index(named(launcher, "Launch"))
    assert 'role="note"' in note.value
    named(launcher, "model").value = LUCY
    assert "is retired" not in said(launcher)


def test_several_are_under_way_at_once(exp, service):
    """Launch returns at once, also while the service has not answered; tiles stand newest first."""
    launcher = exp.launcher(LUCY).fill(prompt="[held] one", video=CLIP)
    answer = threading.Event()
    service.before_answer = lambda _: answer.wait(20)
    first = launcher.launch()
    second = launcher.fill(prompt="[held] two").launch()
    assert not first.done()
    assert launcher.runs == []
    faces = until(lambda: len(found := [tile.face for tile in tiles(launcher)]) == 2 and found)
    assert ["sending" in face for face in faces] == [True, True]
    assert ["two" in face for face in faces] == [True, False]
    answer.set()
    assert [run.params["prompt"] for run in (first.result(20), second.result(20))] == ["[held] one", "[held] two"]
    assert not any(run.standing.is_settled for run in launcher.runs)
    service.released.set()
    assert [run.wait().status for run in launcher.runs] == [JobStatus.COMPLETED] * 2
    assert launcher.last is second.result()


def test_a_wrong_form_sends_nothing(exp, service):
    """Each field says what is wrong with it, and the form says where to look."""
    launcher = exp.launcher(LUCY)
    named(launcher, "Launch").click()
    assert "prompt is required" in said(launcher)
    assert "video_url is required" in said(launcher)
    assert "Nothing was sent. See the fields prompt and video_url." in said(launcher)
    assert (service.posts, launcher.runs, launcher.last) == ([], [], None)
    launcher.fill(prompt="A red coat", video=CLIP).launch().result(20)
    assert "required</div>" not in said(launcher)


def test_what_stops_it_before_it_is_sent_is_said_at_its_field(exp, service, tmp_path):
    """A file that is not there is a matter of its field, found behind; no run is made of it."""
    launcher = exp.launcher(LUCY).fill(prompt="A red coat", video=str(tmp_path / "missing.mp4"))
    error = launcher.launch().exception(20)
    assert isinstance(error, pixnb.InvalidInput)
    assert "missing.mp4" in launcher._desk._form["video_url"].problem
    assert "See the field video_url." in said(launcher)
    assert (service.posts, launcher.runs, len(exp.frame())) == ([], [], 0)


def test_a_budget_stops_it_in_words_and_can_be_waived(exp, service):
    """A price that is unknown asks for `allow_unpriced` under a budget, in the form and in the code."""
    limited = experiment(service, exp.log, budget=1)
    launcher = limited.launcher("ltx-2.3-text-to-video").fill(prompt="A lake")
    assert "Cost: price unknown" in said(launcher)
    assert isinstance(launcher.launch().exception(20), pixnb.BudgetExceeded)
    assert "allow_unpriced" in said(launcher)
    (box,) = [one for one in all_in(launcher) if "allow_unpriced" in str(getattr(one, "description", ""))]
    assert box.layout.display != "none"
    box.value = True
    assert launcher.launch().result(20).take == 1
    assert launcher.code() == 'exp.submit("ltx-2.3-text-to-video", prompt="A lake", allow_unpriced=True, take=1)'


def test_what_the_service_says_later_is_in_its_tile(exp):
    """A refusal of the service is a run all the same, with its words in its tile."""
    launcher = exp.launcher(LUCY).fill(prompt="[402]", video=CLIP)
    run = launcher.launch().result(20)
    assert run.status is JobStatus.ERROR
    until(lambda: any("as asked" in tile.why and "as asked" in tile.detail for tile in tiles(launcher)))


def test_the_code_repeats_the_run_and_pays_nothing_twice(exp, service):
    """What Copy code gives finds the same run in the log, with the take that it was."""
    launcher = exp.launcher(LUCY).fill(prompt='Say "hi"\nto <b>her</b>', video=CLIP)
    assert launcher.code().endswith("take=1)")
    first = launcher.launch().result(20)
    second = launcher.launch().result(20)
    line = launcher.code()
    assert line == f'exp.submit("{LUCY}", prompt="Say \\"hi\\"\\nto <b>her</b>", video="{CLIP}", take=2)'
    assert eval(line, {"exp": exp}).run_id == second.run_id
    assert eval(launcher.code(first), {"exp": exp}).run_id == first.run_id
    assert len(service.posts) == 2
    named(launcher, "Copy code").click()
    until(lambda: named(launcher, "code").value == line)
    assert named(launcher, "code").layout.display == ""


def test_the_cost_is_shown_before(exp):
    """A known price is a figure, an unknown one is words, and a wrong field leaves it open."""
    launcher = exp.launcher(LUCY)
    assert "Cost: $0.20" in said(launcher)
    named(launcher, "model").value = "ltx-2-19b"
    assert "Cost: price unknown" in said(launcher)
    pixnb.models.set_price("wan-2.7-videoedit", 12, "credits")
    assert "Cost: 12 credits" in said(exp.launcher("wan-2.7-videoedit"))
    named(launcher, "fps").value = "fast"
    assert "The cost shows when the fields are right" in said(launcher)


def widget_states(beside=()):
    """What a notebook may be saved with, of the widgets that were not there before."""
    made = [one for name, one in list(_instances.items()) if name not in beside]  # other threads make some
    return ipywidgets.Widget.get_manager_state(widgets=made)["state"]


def test_no_key_and_no_video_is_ever_state(exp, service):
    """The state of its widgets, which a notebook may be saved with, holds no key and no byte of a clip."""
    others = widget_states()
    launcher = exp.launcher(LUCY).fill(prompt="A red coat", video=pixnb.sample("video"))
    launcher.launch().result(20).wait()
    until(lambda: launcher._desk._form.seconds)
    state = json.dumps(widget_states(beside=others))
    assert "A red coat" in state
    assert KEY not in state
    for clip in (tiny_clip(), pixnb.sample("video").bytes()):
        middle = len(clip) // 6 * 3
        assert base64.b64encode(clip[middle : middle + 90]).decode() not in state


def test_unknown_options_are_refused(exp):
    """A keyword that is none is an error, not a warning."""
    with pytest.raises(pixnb.InvalidInput, match=r"filled by exp\.launcher\(model\)\.fill\(promt=…\)"):
        exp.launcher(LUCY, promt="A red coat")


def test_the_alert_says_what_is_wrong_now(exp):
    """It changes with the fields, leads to the first of them, and goes when all are right."""
    launcher = exp.launcher(LUCY)
    told = []
    companion = next(one for one in all_in(launcher) if isinstance(one, Companion))
    companion.send = told.append
    assert launcher.launch().exception()
    alert = next(one for one in all_in(launcher) if getattr(one, "text", "").startswith("Nothing was sent"))
    assert alert.text == "Nothing was sent. See the fields prompt and video_url."
    assert told == [{"lead": named(launcher, "prompt").model_id}]
    launcher.fill(prompt="A red coat")
    assert alert.text == "Nothing was sent. See the field video_url."
    assert launcher.launch().exception()
    assert told[-1] == {"lead": named(launcher, "video_url").model_id}
    launcher.fill(video=CLIP)
    assert alert.text == ""


def test_a_run_fills_the_form_again(exp, service):
    """With its model, its settings and its media, whatever the form shows now; what it had besides goes."""
    launcher = exp.launcher(LUCY).fill(prompt="A red coat", video=CLIP, enhance_prompt=True)
    run = launcher.launch().result(20)
    launcher.fill(prompt="Something else", enhance_prompt=False)
    named(launcher, "model").value = "ltx-2"
    assert launcher.use(run) is launcher
    assert (launcher.model.id, launcher.params) == (LUCY, dict(run.params))
    assert named(launcher, "model").value == LUCY


def test_what_is_launched_elsewhere_comes_into_its_strip_while_somebody_looks(exp, service):
    """From another cell or another kernel, under way or done; `runs` are its own alone."""
    launcher = exp.launcher(LUCY)
    strip = launcher._strip
    elsewhere = pixnb.Experiment(exp.name, log=exp.log, client=exp.client)
    first = elsewhere.submit(LUCY, prompt="a [held]", video=CLIP)
    assert not strip.shown
    strip._handle_custom_msg({"looks": 150}, [])  # what its page says
    (tile,) = until(lambda: strip.shown)
    assert (tile.run, tile.tone) == (first.run_id, "busy")
    own = launcher.fill(prompt="mine", video=CLIP).launch().result(20)
    service.released.set()
    until(lambda: [(one.run, one.tone) for one in strip.shown] == [(own.run_id, "good"), (first.run_id, "good")])
    assert launcher.runs == [own]
    launcher.close()
