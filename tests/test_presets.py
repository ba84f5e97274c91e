"""Presets: what a form said is kept for a person under a name, without a key, and comes back after a restart."""

from __future__ import annotations

import json
import threading

import pytest
from fake_pixazo import FakePixazo
from hypothesis import given, settings
from hypothesis import strategies as st
from served import tiny_clip
from test_launcher import KEY, all_in, experiment, named, said

import pixnb
from pixnb.sandbox.render.prompts.words import read
from pixnb.widgets import prompts
from pixnb.widgets.batch import Batch
from pixnb.widgets.examples import list_examples
from pixnb.widgets.presets import Preset, Presets

LUCY = "lucy-edit-fast"


@pytest.fixture
def exp(tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield experiment(FakePixazo(polls=0), log)


@settings(max_examples=20)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers() | st.booleans(), max_size=3))
def test_a_preset_comes_back_as_it_was(tmp_path_factory, params):
    """Whatever its params are."""
    mine = Presets(tmp_path_factory.mktemp("p") / "presets.json", user="jo")
    preset = Preset(LUCY, params, each_line=True, repeats=3, values={"colour": "red, blue"})
    mine.save(" a lake ", preset)
    assert mine.read() == {"a lake": preset}


def test_each_person_has_their_own(tmp_path):
    """In one file; names are sorted; one goes, the rest stays."""
    path = tmp_path / "new" / "presets.json"
    for name in ("zoo", "Alps", "lake"):
        Presets(path, user="jo").save(name, Preset(LUCY, {"prompt": name}))
    Presets(path, user="al").save("zoo", Preset(LUCY, {"prompt": "other"}))
    assert list(Presets(path, user="jo").read()) == ["Alps", "lake", "zoo"]
    Presets(path, user="jo").delete("lake")
    assert list(Presets(path, user="jo").read()) == ["Alps", "zoo"]
    assert Presets(path, user="al").read()["zoo"].params == {"prompt": "other"}
    with pytest.raises(pixnb.InvalidInput, match="There is no preset 'lake'"):
        Presets(path, user="jo").delete("lake")


def test_many_may_save_at_once(tmp_path):
    """None is lost."""
    path = tmp_path / "presets.json"
    threads = [
        threading.Thread(target=Presets(path).save, args=(f"n{n}", Preset(LUCY, {"prompt": str(n)}))) for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(Presets(path).read()) == 12


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"version": 1}', b'{"version": 1, "users": []}', b'{"version": 9, "users": {}}', b"\xff",
     b'{"version": 1, "users": {"": {"a": {"no": 1}}}}', b'{"version": 1, "users": {"": {"a": 7}}}'],
)  # fmt: skip
def test_a_file_that_is_none_is_said_and_left_alone(tmp_path, content):
    """It says what to do; nothing is written over it; the launcher opens all the same and says it."""
    path = tmp_path / "presets.json"
    path.write_bytes(content)
    for attempt in (Presets(path).read, lambda: Presets(path).save("a", Preset(LUCY, {}))):
        with pytest.raises(pixnb.PixnbError, match=r"cannot be read: .*Correct the file, or move it away"):
            attempt()
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_a_name_is_a_line(tmp_path, name):
    """In words, and nothing is kept."""
    with pytest.raises(pixnb.InvalidInput, match="A preset has a name"):
        Presets(tmp_path / "p.json").save(name, Preset(LUCY, {}))
    assert not (tmp_path / "p.json").exists()


@pytest.mark.parametrize("params", [{"prompt": f"x {KEY} y"}, {"video_url": "https://jo:secret@example.org/c.mp4"}])
def test_no_key_and_no_login_is_kept(tmp_path, monkeypatch, params):
    """Wherever it was pasted."""
    monkeypatch.setenv("PIXAZO_API_KEY", KEY)
    with pytest.raises(pixnb.InvalidInput, match="take it out, then Save"):
        Presets(tmp_path / "p.json").save("a", Preset(LUCY, params))
    assert not (tmp_path / "p.json").exists()


def test_a_form_is_kept_and_comes_back_in_another_launcher(exp, tmp_path):
    """By its buttons: model, prompt, file by its whole path, places, repeats; replaced by name; forgotten."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    launcher = exp.launcher(LUCY).fill(prompt="A {colour} coat\nA hat", video=str(clip), enhance_prompt=True)
    (switch,) = [one for one in all_in(launcher) if "one prompt a line" in getattr(one, "description", "")]
    switch.value = True
    named(launcher, "{colour}").value = "red, blue"
    named(launcher, "repeats").value = 2
    named(launcher, "preset name").value = "coats"
    named(launcher, "Save preset").click()
    assert "Saved" in said(launcher)
    assert named(launcher, "preset").value == "coats"
    other = experiment(FakePixazo(polls=0), exp.log, name="other").launcher("ltx-2.3-text-to-video")
    named(other, "preset").value = "coats"
    assert (other.model.id, other.params) == (LUCY, launcher.params)
    assert other.code() == launcher.code()
    assert 'colour=["red", "blue"]' in other.code()
    assert "repeats=2" in other.code()
    named(other, "Save preset").click()
    assert "Replaced" in said(other)
    named(other, "Delete preset").click()
    assert "coats" not in [value for _, value in named(other, "preset").options]
    kept = json.loads((tmp_path / "pixnb-data" / "presets.json").read_bytes())
    assert all(mine == {} for mine in kept["users"].values())


def test_an_upload_and_the_sample_are_kept_by_where_they_are(exp, tmp_path):
    """An upload by its place in the store, the sample by its code; a URL as it is."""
    asset = exp.log.assets.put(tiny_clip())
    for source, kept in [
        (str(asset.path), str(asset.path)),
        (pixnb.sample("video"), 'pixnb.sample("video")'),
        ("https://example.org/c.mp4", "https://example.org/c.mp4"),
    ]:
        launcher = exp.launcher(LUCY).fill(prompt="x", video=source)
        named(launcher, "preset name").value = "one"
        named(launcher, "Save preset").click()
        assert (
            Presets(tmp_path / "pixnb-data" / "presets.json", user=exp._user).read()["one"].params["video_url"] == kept
        )


def test_what_goes_wrong_is_said_in_the_form(exp, tmp_path):
    """No name, a broken file: in words, at the top of the form."""
    launcher = exp.launcher(LUCY)
    named(launcher, "Save preset").click()
    assert "A preset has a name" in said(launcher)
    (tmp_path / "pixnb-data").mkdir(exist_ok=True)
    (tmp_path / "pixnb-data" / "presets.json").write_text("no JSON")
    assert "cannot be read" in said(exp.launcher(LUCY))


def test_examples_are_right_and_the_sandbox_understands_them():
    """Each is something that its model takes, and that the sandbox shows; every model has one."""
    for model in pixnb.models:
        found = list_examples(model)
        assert found, model.id
        for preset in found.values():
            factors = {name: tuple(prompts.split_values(text)) for name, text in preset.values.items()}
            batch = Batch(model, preset.params, factors=factors)
            batch.check()
            model.validate(batch.one)
            for prompt in batch.prompts:
                for made in prompts.make_template(prompt, factors):
                    reading = read(made.prompt)
                    assert not reading.unknown
                    assert reading.known or reading.subjects or reading.place or reading.camera


def test_an_example_fills_the_form(exp):
    """With the sample as its file; nothing is left of what was there."""
    launcher = exp.launcher(LUCY).fill(prompt="x", enhance_prompt=True)
    named(launcher, "preset").value = "example: Three looks"
    assert launcher.params == {"prompt": "Turn it into a {look}", "video_url": pixnb.sample("video")}
    assert named(launcher, "{look}").value.startswith("watercolour painting, ")
    named(launcher, "preset").value = "example: Snowy night"
    assert launcher.code().startswith(f'exp.submit("{LUCY}", prompt="Make it a snowy winter night"')
