"""The form of a model: which field a parameter gets, what it holds, and what is said when it is wrong."""

from __future__ import annotations

import base64
import json
from typing import Annotated

import ipywidgets
import pytest
from annotated_types import Ge, Le
from patience import until
from pydantic import Field
from served import tiny_clip
from test_launcher import widget_states

import pixnb
from pixnb.catalogue.model import Model
from pixnb.catalogue.params import Params, Prompt
from pixnb.media.store import Store
from pixnb.widgets.form import Form
from pixnb.widgets.spelling import submit_line


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "assets")


def form(name, store):
    return Form(pixnb.models.get(name) if isinstance(name, str) else name, store)


@pytest.mark.parametrize("model", pixnb.models, ids=lambda model: model.id)
def test_every_parameter_has_a_field_that_carries_its_name(model, store):
    """Each parameter of each model has one control, labelled with its name; at first nothing is set."""
    made = form(model, store)
    assert list(made.fields) == list(model.params.model_fields)
    assert all(field.control.description == name for name, field in made.fields.items())
    assert set(made.params) <= {"start_time", "duration"}  # numbers that are required show the least


@pytest.mark.parametrize(
    ("model", "name", "kind"),
    [
        ("ltx-2", "prompt", ipywidgets.Textarea),
        ("ltx-2", "resolution", ipywidgets.Dropdown),
        ("ltx-2", "generate_audio", ipywidgets.Checkbox),
        ("ltx-2", "image_url", ipywidgets.Text),
        ("ltx-2-19b", "generate_audio", ipywidgets.ToggleButtons),
        ("ltx-2-19b", "camera_lora_scale", ipywidgets.Text),
        ("ltx-2-19b", "video_quality", ipywidgets.Combobox),
        ("ltx-2.3-retake", "start_time", ipywidgets.BoundedIntText),
        ("ltx-2.3-audio-to-video", "guidance_scale", ipywidgets.FloatText),
        ("ltx-2-pro", "webhook_events_filter", ipywidgets.Dropdown),
        ("lucy-pro-t2i", "seed", ipywidgets.Text),
        ("topaz-video-upscale", "target_fps", ipywidgets.Dropdown),
    ],
)
def test_the_schema_decides_the_control(model, name, kind, store):
    """Lists give drop-downs, limits bounded numbers, yes and no toggles, suggestions a text that offers them."""
    assert type(form(model, store)[name].control) is kind


def test_two_pictures_and_no_words(store):
    """Each picture has its own field with an upload of pictures; a model without a prompt asks for none."""
    made = form("lucy-pro-flf2v", store)
    assert [made[name].upload.accept for name in ("start", "end")] == ["image/*", "image/*"]
    made.fill({"image": "a.png", "end_image": "b.png"})
    assert made.params == {"start": "a.png", "end": "b.png"}
    assert "prompt" not in form("topaz-video-upscale", store).fields
    assert form("wan-2.7-videoedit", store)["reference_image"].kind == "image"


class Recorded:
    """An `exp` that checks what it is asked to submit."""

    def submit(self, name, /, *, take, **params):
        """Return the model and the checked params."""
        return name, pixnb.models.get(name).validate(params)


@pytest.mark.parametrize("model", pixnb.models, ids=lambda model: model.id)
def test_the_code_of_every_model_runs(model, store):
    """A form that holds what is required gives a line of Python that says the same."""
    made = form(model, store)
    for field in made.fields.values():
        if field.spec.role:
            field.fill(pixnb.sample(field.kind))
        elif field.spec.choices:
            field.fill(field.spec.choices[-1])
        elif field.spec.required and field.spec.type == "string":
            field.fill('Say "hi"\nto her')
    line = submit_line(model, made.params, take=1, store=store)
    said = eval(line, {"exp": Recorded(), "pixnb": pixnb})
    assert said == (model.id, model.validate(made.params))


def test_what_is_not_set_is_not_sent(store):
    """Defaults are shown and left out; a switch of three states can say the default, yes and no."""
    made = form("ltx-2", store)
    made.fill({"prompt": "A lake", "image": "lake.png", "duration": 8, "generate_audio": True})
    assert made.params == {"prompt": "A lake", "image_url": "lake.png", "duration": 8, "generate_audio": True}
    made.fill({"duration": 6, "generate_audio": False})
    assert made.params == {"prompt": "A lake", "image_url": "lake.png"}
    assert made["duration"].control.options[0] == ("6 (default)", 6)
    switch = form("lucy-edit-fast", store)["enhance_prompt"].control
    assert [label for label, _ in switch.options] == ["default", "yes", "no"]


def test_numbers_that_may_be_left_out(store):
    """An empty field sets nothing; what is written is read as a number, or refused in words."""
    made = form("ltx-2-19b", store)
    made["num_frames"].control.value = "121"
    made["camera_lora_scale"].control.value = "0.5"
    assert made.params == {"num_frames": 121, "camera_lora_scale": 0.5}
    made["num_frames"].control.value = "many"
    assert made["num_frames"].problem == 'num_frames must be a whole number of at least 1, not "many"'
    made["num_frames"].control.value = ""
    assert made["num_frames"].problem == ""
    assert "0 to 2" in made["camera_lora_scale"].control.placeholder


def test_each_field_says_what_is_wrong_with_it(store):
    """Nothing nags before Launch is pressed; then every wrong field speaks, also a folded one, until it is mended."""
    made = form("ltx-2-19b", store)
    assert made.wrong == []
    made["camera_lora_scale"].control.value = "3"
    assert made.wrong == ["camera_lora_scale"]
    assert not made.check()
    assert made.wrong == ["prompt", "image_url", "camera_lora_scale"]
    assert made["prompt"].problem == "prompt is required"
    assert 'role="alert"' in made["prompt"].note.value
    assert made.more.value
    made.fill({"prompt": "A lake", "image": "https://example.org/lake.png", "camera_lora_scale": None})
    assert made.wrong == []
    assert made.check()


def test_outside_text_is_escaped(store):
    """What somebody wrote into a field comes back as text, never as HTML."""
    made = form("ltx-2-19b", store)
    made["num_frames"].control.value = "<img src=x onerror=alert(1)>"
    assert "<img" not in made["num_frames"].note.value
    assert "&lt;img" in made["num_frames"].note.value


def test_names_that_are_none_are_refused(store):
    """`fill` says which name was meant, and refuses a value that no field can show."""
    made = form("ltx-2", store)
    with pytest.raises(pixnb.InvalidInput, match='did you mean "prompt"'):
        made.fill({"promt": "A lake"})
    with pytest.raises(pixnb.InvalidInput, match="duration must be 6, 8 or 10, not 7"):
        made.fill({"duration": 7})


def test_another_model_takes_over_what_fits(store):
    """The prompt and the files, by role, go along to the next model; what does not fit stays behind."""
    first = form("ltx-2", store)
    first.fill({"prompt": "A lake", "image": "lake.png", "resolution": "720p", "duration": 8})
    second = form("ltx-2-pro", store)
    second.take_over(first.carried())
    assert second.params == {"prompt": "A lake", "image": "lake.png", "duration": 8}


class Seeded(Params):
    """Make a video from text."""

    prompt: Prompt = Field(description="What it shows.")
    seed: Annotated[int, Ge(0), Le(999)] | None = Field(None, description="The same seed, the same clip.")


def test_the_dice_throws_a_seed(store):
    """A seed is a number that the code can repeat, within the model's limits."""
    model = Model(
        id="seeded", provider="pixazo", provider_model="s", title="S", tasks=("text-to-video",), params=Seeded, route=""
    )
    made = form(model, store)
    assert "seed" not in made.params
    made["seed"].dice.click()
    seed = made.params["seed"]
    assert 0 <= seed <= 999
    made["prompt"].fill("A lake")
    line = submit_line(model, made.params, take=2, store=store)
    assert line == f'exp.submit("seeded", prompt="A lake", seed={seed}, take=2)'


def test_a_file_is_looked_at(store, tmp_path):
    """A clip shows a frame and its length; a file that is missing or of another kind is refused at its field."""
    clip = tmp_path / "my <clip>.mp4"
    clip.write_bytes(tiny_clip())
    made = form("lucy-edit-fast", store)
    field = made["video_url"]
    field.control.value = str(clip)
    until(lambda: made.seconds)
    assert "128×72" in field.look.value
    assert "my &lt;clip&gt;.mp4" in field.look.value
    field.control.value = str(tmp_path / "missing.mp4")
    until(lambda: "missing.mp4" in field.problem)
    assert made.seconds is None
    still = tmp_path / "still.png"
    still.write_bytes(b"\x89PNG\r\n\x1a\n")
    field.control.value = str(still)
    until(lambda: "image/png, not a video" in field.problem)


def test_the_sample_is_one_click(store):
    """The sample fills the field with its own code, and the code comes out of the line again."""
    made = form("lucy-edit-fast", store)
    made["video_url"].sample.click()
    assert made.params["video_url"] == pixnb.sample("video")
    until(lambda: made.seconds)
    line = submit_line(made.model, made.params, take=1, store=store)
    assert line == 'exp.submit("lucy-edit-fast", video=pixnb.sample("video"), take=1)'


class Browser:
    """Sends a file to an upload as its script does: a piece for each `next`."""

    def __init__(self, upload, name, data, piece=100):
        self.upload, self.data, self.piece = upload, data, piece
        self.heard = []
        upload.send = self.hear
        upload._handle_custom_msg({"begin": "t1", "name": name, "size": len(data)}, [])

    def hear(self, message):
        self.heard.append(message)
        if "next" in message:
            piece = self.data[message["next"] : message["next"] + self.piece]
            self.upload._handle_custom_msg({"token": message["token"]}, [memoryview(piece)])


def test_an_upload_is_kept_and_never_state(store):
    """The pieces become an asset whose path the field shows; no widget holds a byte of it."""
    others = widget_states()
    made = form("lucy-edit-fast", store)
    field = made["video_url"]
    browser = Browser(field.upload, "beach.mp4", tiny_clip(), piece=700)
    until(lambda: {"token": "t1", "done": True} in browser.heard)
    path = store.path(pixnb.Media(tiny_clip()).sha256)
    assert field.value == str(path)
    assert path.read_bytes() == tiny_clip()
    until(lambda: "beach.mp4" in field.look.value)
    line = submit_line(made.model, {"prompt": 'Say "hi"', **made.params}, take=3, store=store)
    assert line == f'exp.submit("lucy-edit-fast", prompt="Say \\"hi\\"", video="{path}", take=3)'
    state = json.dumps(widget_states(beside=others))
    assert base64.b64encode(tiny_clip())[300:400].decode() not in state
    assert "ftypisom" not in state
    Browser(field.upload, "beach.png", b"\x89PNG\r\n\x1a\n")
    until(lambda: "image/png, not a video: beach.png" in field.problem)  # the line is its place in the store


def test_an_upload_that_cannot_be_kept_says_so(store, tmp_path):
    """A store that cannot be written to is told at the field."""
    (tmp_path / "assets").rmdir() if (tmp_path / "assets").exists() else None
    (tmp_path / "assets").write_text("a file in the way")
    field = form("lucy-edit-fast", store)["video_url"]
    Browser(field.upload, "beach.mp4", tiny_clip())
    until(lambda: field.problem)
    assert field.problem.startswith("video_url could not be kept")


def test_a_choice_can_be_taken_back(store):
    """Clearing a field shows its first state again, chosen, not a list with nothing chosen."""
    made = form("ltx-2.3-retake", store)
    made.fill({"retake_mode": "replace_video_only"})
    assert made.params["retake_mode"] == "replace_video_only"
    made.fill({"retake_mode": None})
    assert (made["retake_mode"].control.index, "retake_mode" in made.params) == (0, False)
    switch = form("lucy-edit-fast", store)["enhance_prompt"]
    switch.fill(False)
    assert switch.value is False
    switch.fill(None)
    assert (switch.value, switch.control.index) == (None, 0)


def test_a_path_is_shown_short_and_to_visitors_without_its_folders(store, tmp_path, monkeypatch):
    """Of a file in the working folder the way from there; where others read, only the name of another."""
    inside, outside = tmp_path / "here" / "a.mp4", tmp_path / "else" / "a.mp4"
    for path in (inside, outside):
        path.parent.mkdir()
        path.write_bytes(tiny_clip())
    monkeypatch.chdir(inside.parent)
    field = form("lucy-edit-fast", store)["video_url"]
    field.fill(str(inside))
    assert (field.control.value, field.kept) == ("a.mp4", str(inside))
    field.fill(str(outside))
    assert (field.control.value, field.kept) == (str(outside), str(outside))
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    field.fill(str(outside))
    assert (field.control.value, field.value, field.kept) == ("…/a.mp4", str(outside), str(outside))
