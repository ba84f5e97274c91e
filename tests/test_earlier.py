"""Inputs from earlier outputs, and a form filled with what a run asked for: edits chain, runs are tried otherwise."""

from __future__ import annotations

import base64
import json

import pytest
from fake_pixazo import FakePixazo
from patience import until
from served import tiny_clip
from test_launcher import all_in, experiment, named, said, widget_states

import pixnb
from pixnb.widgets.earlier import Earlier

LUCY = "lucy-edit-fast"


def opened(launcher):
    """The list of the only field for media, opened by its button."""
    named(launcher, "Earlier").value = True
    (found,) = [one for one in all_in(launcher) if isinstance(one, Earlier)]
    return found


def test_an_output_is_the_next_input(exp):
    """It is offered with its words, the file of the store is sent, and the log knows whose child the run is."""
    first = exp.submit(LUCY, prompt="A <b>red</b> coat", video="https://example.org/clip.mp4").wait(20)
    others = widget_states()
    launcher = exp.launcher(LUCY).fill(prompt="Now blue")
    offered = opened(launcher)
    until(lambda: offered.items)
    assert [item["words"] for item in offered.items] == [f"A <b>red</b> coat · {LUCY} · take 1"]
    assert offered.items[0]["poster"].startswith("data:image/webp;base64,")
    offered._handle_custom_msg({"choose": 0}, [])
    assert named(launcher, "Earlier").value is False
    assert launcher.params["video_url"] == str(first.output.path)
    until(lambda: "A &lt;b&gt;red&lt;/b&gt; coat · lucy-edit-fast · take 1" in said(launcher))
    second = launcher.launch().result(20).wait(20)
    assert second.parent.run_id == first.run_id
    assert base64.b64encode(tiny_clip()[300:390]).decode() not in json.dumps(widget_states(beside=others))


def test_only_what_is_there_and_of_its_kind_is_offered(exp):
    """Newest first; failed runs, other experiments and files that are gone are left out; none is said in words."""
    launcher = exp.launcher(LUCY)
    offered = opened(launcher)
    until(lambda: offered.note.startswith("Nothing yet"))
    clip = "https://example.org/clip.mp4"
    runs = [exp.submit(LUCY, prompt=prompt, video=clip).wait(20) for prompt in ("one", "[FAILED] two", "three", "four")]
    experiment(FakePixazo(polls=0), exp.log, name="other").submit(LUCY, prompt="five", video=clip).wait(20)
    runs[2].output.path.unlink()
    named(launcher, "Earlier").value = False
    assert offered.is_open is False
    named(launcher, "Earlier").value = True
    until(lambda: len(offered.items) == 2)
    assert [item["words"].partition(" ·")[0] for item in offered.items] == ["four", "one"]
    assert offered.note == ""
    for wrong in ({"choose": 7}, {"choose": "0"}, {"choose": -1}, {}):
        offered._handle_custom_msg(wrong, [])
    assert "video_url" not in launcher.params
    launcher.fill()
    named(launcher, "model").value = "lucy-pro-i2v"
    pictures = opened(launcher)
    until(lambda: pictures.note.startswith("Nothing yet"))


@pytest.mark.filterwarnings("ignore:prompt goes to .* with {red} in it")
def test_use_fills_the_form_with_what_a_run_asked_for(exp, tmp_path):
    """Its model, its params and nothing else; its file also when that is only in the store; braces as they were."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    run = exp.submit(LUCY, prompt="A {red} coat", video=tiny_clip(), enhance_prompt=True).wait(20)
    other = exp.submit(LUCY, prompt="A hat", video=clip).wait(20)
    launcher = exp.launcher("ltx-2.3-text-to-video").fill(prompt="A lake\nat night")
    named(launcher, "repeats").value = 3
    assert launcher.use(run) is launcher
    assert (launcher.model.id, named(launcher, "repeats").value) == (LUCY, 1)
    assert launcher.params["prompt"] == "A {{red}} coat"
    assert pixnb.Media(launcher.params["video_url"]).bytes() == tiny_clip()
    again = launcher.launch().result(20)
    assert (again.take, again.params["prompt"]) == (2, "A {red} coat")
    launcher.use(other)
    assert launcher.params == {"prompt": "A hat", "video_url": str(clip)}
    assert launcher.launch().result(20).take == 2


def test_use_names_a_file_that_is_gone(exp, tmp_path):
    """At its field; the rest is filled, and what is launched then is refused in the form."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    run = exp.submit(LUCY, prompt="A hat", video=clip).wait(20)
    clip.unlink()
    launcher = exp.launcher(LUCY).use(run)
    assert launcher.params == {"prompt": "A hat"}
    assert "video_url cannot be used: The file of video_url" in said(launcher)
    assert isinstance(launcher.launch().exception(5), pixnb.InvalidInput)


def test_use_refuses_what_is_no_run_of_this_log(exp, tmp_path):
    """In words."""
    with pixnb.Log(tmp_path / "other.db") as other:
        foreign = experiment(FakePixazo(polls=0), other).submit(LUCY, prompt="x", video="https://example.org/c.mp4")
        with pytest.raises(pixnb.InvalidInput, match="The log has no run"):
            exp.launcher(LUCY).use(foreign)
