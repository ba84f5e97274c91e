"""The catalogue against the services' own pages, and its answers to wrong requests."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pixnb.catalogue import Model, Models, models
from pixnb.catalogue.listing import markdown
from pixnb.errors import InvalidInput, ModelNotFound

DATA = Path(__file__).parent / "data"
PROVIDERS = ("pixazo", "decart", "apiframe")
BOOKS = {name: json.loads((DATA / f"{name}_params.json").read_text()) for name in PROVIDERS}
PAGES = [page for book in BOOKS.values() for page in book["models"]]
FRIENDLY = {
    "lucy-edit-fast": "decart-lucy-edit-video-fast-142",
    "ltx-2.3-text-to-video": "ltx-2-3-text-to-video",
    "ltx-2.3-image-to-video": "ltx-2-3-image-to-video",
    "ltx-2.3-audio-to-video": "ltx-2-3-audio-to-video",
    "ltx-2.3-retake": "ltx-2-3-retake-video",
    "ltx-2-pro": "lightricks-video",
    "ltx-2-19b": "ltx-2-19b-api-513",
    "ltx-2": "ltx-2-video-api-581",
}
EIGHT = {
    "lucy-pro-t2v", "lucy-dev-i2v", "lucy-pro-i2v", "lucy-dev-v2v", "lucy-pro-v2v",
    "lucy-pro-flf2v", "lucy-pro-t2i", "lucy-pro-i2i",
}  # fmt: skip
RETIRED = EIGHT - {"lucy-pro-v2v", "lucy-pro-i2i"}
LUCY = {"prompt": "A red coat", "video": "clip.mp4"}


def read(text):
    """What a cell of a page means: a JSON value, else its text."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def given(example):
    """An example request with its files: open ones, and bytes."""
    made = {"$file": lambda: io.BytesIO(b"a file"), "$bytes": lambda: b"a file"}
    return {name: made[next(iter(value))]() if isinstance(value, dict) else value for name, value in example.items()}


def schema_of(page, row):
    return models.get(page["model"]).params.model_json_schema()["properties"][row["param"]]


EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page["model"])


def test_all_are_there():
    """Each of the services' ids has its friendly one, there are no others, and the order is the data's."""
    assert {m.id: m.provider_model for m in models.search(provider="pixazo")} == FRIENDLY
    assert [m.provider_model for m in models] == [page["model"] for page in PAGES]
    assert [m.provider for m in models] == [name for name in PROVIDERS for _ in BOOKS[name]["models"]]
    assert {m.id for m in models.search(provider="decart")} >= EIGHT
    assert all(m.id == m.provider_model for m in models if m.provider != "pixazo")


@EACH
def test_route_and_names(page):
    """Path, page, and the exact set of parameters in the page's order."""
    model = models.get(page["model"])
    assert (model.route, model.process_route) == (page["path"], page.get("process_path", ""))
    assert model.nested == page.get("nested", "")
    assert model.state == page.get("state", "current")
    assert model.docs_url == page["page"]
    assert list(model.params.model_fields) == [row["param"] for row in page["parameters"]]
    assert [str(p.amount.normalize()) for p in model.list_prices] == re.findall(r"[\d.]+", page["price"] or "")


@EACH
def test_cells(page):
    """Required, type and default are the page's."""
    schema = models.get(page["model"]).params.model_json_schema()
    required = {row["param"] for row in page["parameters"] if row["required"] == "Yes"}
    assert set(schema.get("required", ())) == required
    for row in page["parameters"]:
        cell, default = schema["properties"][row["param"]], read(row["default"])
        assert (row["param"], cell.get("default")) == (row["param"], default)
        assert type(cell.get("default")) is type(default), row["param"]
        wanted = {"file": "string", "enum": cell.get("type")}.get(row["type"], row["type"])
        assert (row["param"], cell.get("type")) == (row["param"], wanted)
        assert row["type"] != "file" or "role" in cell, row["param"]


@EACH
def test_allowed(page):
    """Allowed values, bounds, and for the 19B model's doubtful lists hints, are the page's."""
    for row in page["parameters"]:
        if row["allowed"]:
            ours, documented = limits(schema_of(page, row), row, hinted=page["model"] == "ltx-2-19b-api-513")
            assert (row["param"], ours) == (row["param"], documented)


def limits(schema, row, *, hinted):
    """What the catalogue allows beside what the page allows, in one form."""
    allowed = row["allowed"]
    if allowed.endswith(" characters"):
        fewest = int(allowed.startswith("1 to "))
        return (schema.get("minLength", 0), schema["maxLength"]), (fewest, int(allowed.split()[-2]))
    if allowed in ("non-negative", "positive"):
        return schema["minimum"], {"non-negative": 0, "positive": 1}[allowed]
    if " to " in allowed:
        return [schema["minimum"], schema["maximum"]], [read(part) for part in allowed.split(" to ")]
    values = [read(part) for part in allowed.split(", ")]
    if row["type"] == "array":
        one = [[value] for value in schema["items"]["enum"]]
        return (one, schema["minItems"], schema["maxItems"]), (values, 1, 1)
    if hinted:
        return (schema["hints"], schema.get("enum")), (values, None)
    return ([True, False] if row["type"] == "boolean" else schema["enum"]), values


@EACH
def test_examples_pass_unchanged(page):
    """Each example request of the page is valid, and nothing is added to it."""
    assert page["examples"]
    for example in map(given, page["examples"]):
        checked = models.get(page["model"]).validate(example)
        assert checked == example
        assert [type(v) is bool for v in checked.values()] == [type(example[name]) is bool for name in checked]


@pytest.mark.parametrize("page", [p for p in PAGES if "bodies" in p], ids=lambda page: page["model"])
def test_bodies_are_flat_for_the_user(page):
    """A documented body is the example, with the model's own parameters nested and the prompt at the top."""
    model = models.get(page["model"])
    for body, example in zip(page["bodies"], page["examples"], strict=False):
        own = {name: value for name, value in example.items() if name != "prompt"}
        top = {name: value for name, value in example.items() if name == "prompt"}
        assert {"model": model.provider_model, **top, model.nested: own} == body


@EACH
def test_missing(page):
    """Without one of its required parameters the example is refused by the reference's words."""
    model = models.get(page["model"])
    for name in [row["param"] for row in page["parameters"] if row["required"] == "Yes"]:
        example = {k: v for k, v in given(page["examples"][0]).items() if k != name}
        with pytest.raises(InvalidInput) as caught:
            model.validate(example)
        assert str(caught.value) == f"Invalid inputs for {model.id}: {name} is required"
        assert caught.value.provider == model.provider


@pytest.mark.parametrize("page", [p for p in PAGES if "refused" in p], ids=lambda page: page["model"])
def test_refused_as_the_page_says(page):
    """A request that the page shows refused is refused by its very words."""
    for one in page["refused"]:
        with pytest.raises(InvalidInput) as caught:
            models.get(page["model"]).validate(one["params"])
        assert caught.value.message == one["message"]


@pytest.mark.parametrize("model", models, ids=lambda m: m.id)
def test_schema(model):
    """A form finds a description for everything, a role for each file, and no null types."""
    schema = model.params.model_json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["additionalProperties"] is False
    assert schema["description"]
    for one in schema["properties"].values():
        assert one["description"].endswith((".", '"])'))
        assert "anyOf" not in one
    roles = {one["role"]: name for name, one in schema["properties"].items() if "role" in one}
    assert roles == model.inputs
    assert all(schema["properties"][name]["format"] == "uri" for name in roles.values())


@pytest.mark.parametrize("model", models, ids=lambda m: m.id)
def test_roles(model):
    """A file can be given by its role or by its name, and not by both."""
    page = next(p for p in PAGES if p["model"] == model.provider_model)
    example = given(page["examples"][-1])
    by_role = {role: example[name] for role, name in model.inputs.items() if name in example}
    rest = {name: value for name, value in example.items() if name not in model.inputs.values()}
    assert model.validate({**by_role, **rest}) == example
    for role, name in model.inputs.items():
        if role != name:
            twice = {**example, name: "a", role: "b"}
            with pytest.raises(InvalidInput, match=f"{name} and {role} are the same parameter: give one"):
                model.validate(twice)


@pytest.mark.parametrize(
    "name",
    [
        "lucy-edit-fast",
        "decart-lucy-edit-video-fast-142",
        "pixazo/lucy-edit-fast",
        "pixazo/decart-lucy-edit-video-fast-142",
        "lucy-edit-pro",
        "Lucy Edit Fast",
        " LUCY_EDIT_FAST ",
    ],
)
def test_names(name):
    """A model answers to all its names."""
    assert models.get(name).id == "lucy-edit-fast"
    assert name in models
    assert models.video(name) is models[name]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("decart/lucy-pro-v2v", "lucy-pro-v2v"),
        ("lucy-clip", "lucy-pro-v2v"),
        ("Lucy Pro Video to Video", "lucy-pro-v2v"),
        ("lucy-restyle-v2v", "lucy-restyle-2"),
        ("lucy-2-v2v", "lucy-2.1"),
        ("Lucy 2.5", "lucy-2.5"),
        ("apiframe/wan-2.7-videoedit", "wan-2.7-videoedit"),
        ("Topaz Video Upscale", "topaz-video-upscale"),
    ],
)
def test_names_of_the_other_services(name, found):
    """The service's name, aliases and titles lead to one model each."""
    assert models.get(name).id == found


def test_every_name_means_one_model():
    """No model answers to another's id, service id, title or alias, with the service's name or without."""
    for model in models:
        for name in (model.id, model.provider_model, model.title, *model.aliases):
            assert models.get(name) is model
            assert models.get(f"{model.provider}/{name}") is model
            for other in {*PROVIDERS} - {model.provider}:
                assert f"{other}/{name}" not in models


def test_unknown_names():
    """An unknown name brings the nearest ones."""
    for wrong, near in [
        ("lucy-edit-fats", "lucy-edit-fast"),
        ("ltx-2-3-retake", "ltx-2.3-retake"),
        ("decart/lucy-edit-fast", "lucy-edit-fast"),
        ("retake", "ltx-2.3-retake"),
    ]:
        assert wrong not in models
        with pytest.raises(ModelNotFound, match=f'No model is called "{wrong}". Did you mean .*"{near}"'):
            models.get(wrong)
    with pytest.raises(ModelNotFound, match=r'"qqqq"\. pixnb\.models lists them all'):
        models.get("qqqq")
    for wrong in (None, 3, b"ltx-2"):
        assert wrong not in models
        with pytest.raises(ModelNotFound, match="is named by text"):
            models.get(wrong)


def test_image_of_a_video_model():
    """The Process API's spelling holds a model to what it makes."""
    with pytest.raises(ModelNotFound, match=r"ltx-2 makes video, not images\. Use models\.video\('ltx-2'\)"):
        models.image("ltx-2")
    with pytest.raises(ModelNotFound, match=r"lucy-pro-t2i makes images, not video\. Use models\.image"):
        models.video("lucy-pro-t2i")
    for name in EIGHT:
        makes = "image" if name.endswith("2i") else "video"
        assert getattr(models, makes)(name).id == name
        assert models.get(name).makes == makes


def test_two_models_of_one_name():
    """A name can mean one model only."""
    first, second = list(models)[:2]
    with pytest.raises(ValueError, match="Two models answer to"):
        Models([first, dataclasses.replace(second, aliases=("Lucy Edit Fast",))])


def test_search():
    """By task, also a second one, by provider and by words."""
    found = [m.id for m in models.search(task="video-to-video")]
    assert found[:3] == ["lucy-edit-fast", "ltx-2.3-retake", "lucy-2.6"]
    assert found[-2:] == ["wan-2.7-videoedit", "topaz-video-upscale"]
    assert [m.id for m in models.search(task="first-last-frame")] == ["ltx-2.3-image-to-video", "lucy-pro-flf2v"]
    assert [m.id for m in models.search(task="text-to-image")] == ["lucy-pro-t2i"]
    assert "ltx-2-pro" in models.search(task="image-to-video")
    assert [m.id for m in models.search(text="Lucy EDIT fast")] == ["lucy-edit-fast", "lucy-pro-v2v"]
    assert [m.id for m in models.search(task="image-to-video", text="19b")] == ["ltx-2-19b"]
    assert len(models.search(provider="pixazo")) == 8
    assert [m.id for m in models.search(provider="apiframe")] == ["wan-2.7-videoedit", "topaz-video-upscale"]
    assert list(models.search()) == list(models)
    with pytest.raises(InvalidInput, match=r'no task "video-to-vidoe"\. Did you mean "video-to-video"'):
        models.search(task="video-to-vidoe")
    with pytest.raises(InvalidInput, match=r'no provider "runway"\. Use pixazo, decart or apiframe'):
        models.search(provider="runway")


def test_frame():
    """One row a model; an unknown price is missing, not 0."""
    df = models.frame()
    parts = ["amount", "currency", "per", "as_of", "source"]
    assert list(df) == ["id", "task", "title", "provider", "inputs", "price", *parts, "state"]
    assert df["id"].tolist() == [m.id for m in models]
    df = df.set_index("id")
    assert df.loc["lucy-edit-fast", "price"] == "$0.20 per run"
    assert df.loc["lucy-image-2", "price"] == "$0.02 per image with resolution=720p"
    assert set(df.index[df["price"].notna()]) == {
        "lucy-edit-fast", "lucy-2.5", "lucy-2.1", "lucy-restyle-2", "lucy-pro-v2v", "lucy-image-2",
    }  # fmt: skip
    assert df.loc["ltx-2.3-image-to-video", "inputs"] == "image, end_image"
    assert set(df.index[df["state"] == "retired"]) == RETIRED
    assert list(models.search(text="nothing like it").frame()) == ["id", *df.columns]


def test_reprs():
    """The catalogue and a model read well in a terminal."""
    lines = repr(models).splitlines()
    assert lines[0] == f"{len(models)} models"
    assert lines[2].split() == ["lucy-edit-fast", "video-to-video", "video", "pixazo", "$0.20/run"]
    assert max(map(len, lines)) <= 96
    assert {line.split()[0] for line in lines if line.endswith("  retired")} == RETIRED
    assert any(line.endswith("$0.02/image") for line in lines)
    assert repr(models.search(text="nothing like it")) == "no models"
    lucy = models.get("lucy-edit-fast")
    assert repr(lucy) == "<Model lucy-edit-fast: Lucy Edit Fast (pixazo, video-to-video)>"
    card = str(lucy)
    assert card.startswith("lucy-edit-fast: Lucy Edit Fast, video-to-video by pixazo, $0.20 per run\n")
    assert "video_url (or video)" in card
    assert "price unknown" in str(models.get("ltx-2"))


def test_retired_models_say_so():
    """The card, the repr and `retirement` tell it, with the source and what does the same task today."""
    for model in models:
        said = model.retirement()
        assert (said is not None) == (model.state == "retired") == (model.id in RETIRED) == bool(model.withdrawn)
        assert repr(model).endswith(", retired)>") == (said is not None)
        if said:
            assert said in str(model)
            assert str(model).splitlines()[0].endswith(", retired")
            assert said.startswith(f"{model.id} is retired: ")
            assert "https://" in said
            assert "may refuse it" in said
    said = models.get("lucy-dev-v2v").retirement()
    assert said.endswith("video-to-video: lucy-2.6 (decart), lucy-2.5 (decart) and lucy-2.1 (decart).")
    assert "since release 0.0.10" in said
    assert models.get("lucy-pro-flf2v").retirement().endswith("first-last-frame: ltx-2.3-image-to-video (pixazo).")
    assert models.get("lucy-pro-t2i").retirement().endswith("No current model does text-to-image.")


LENGTHS = {
    (5.0, 10_000_000): None,
    (None, None): None,
    (12.34, 1): "the clip has 12.34 s, and 5 s at most are sure to be taken",
    (None, 25_000_000): "the clip has 25 MB, and 10 MB at most",
    (6, 10_400_000): "the clip has 6 s and 10.4 MB, and 5 s and 10 MB at most",
}


@pytest.mark.parametrize(("seconds", "size"), LENGTHS)
def test_doubts_of_a_long_video(seconds, size):
    """Where Decart's pages disagree, it is said beforehand; of models that only one page is about, nothing is."""
    words, said = LENGTHS[seconds, size], models.get("lucy-pro-v2v").doubts(seconds=seconds, size=size)
    assert (said is None) is (words is None)
    assert words is None or (words in said and "Shorten it or make it smaller" in said)
    doubtful = [model.id for model in models if model.doubts(seconds=3600, size=1 << 30)]
    assert doubtful == ["lucy-pro-v2v", "lucy-dev-v2v"]


@pytest.mark.parametrize(
    ("name", "roles", "task"),
    [
        ("lucy-pro-t2v", "", "text-to-video"),
        ("lucy-pro-i2v", "image", "image-to-video"),
        ("lucy-pro-v2v", "video", "video-to-video"),
        ("lucy-pro-v2v", "video reference", "video-to-video"),
        ("lucy-pro-flf2v", "image end_image", "first-last-frame"),
        ("lucy-pro-flf2v", "image", "first-last-frame"),
        ("lucy-pro-t2i", "", "text-to-image"),
        ("lucy-pro-i2i", "image", "image-to-image"),
        ("lucy-image-2", "image reference", "image-to-image"),
        ("lucy-restyle-2", "video reference", "video-to-video"),
        ("lucy-2.5", "", "video-to-video"),
        ("wan-2.7-videoedit", "video reference", "video-to-video"),
        ("topaz-video-upscale", "video", "video-to-video"),
        ("ltx-2.3-image-to-video", "image", "image-to-video"),
        ("ltx-2.3-image-to-video", "image end_image", "first-last-frame"),
        ("ltx-2.3-audio-to-video", "audio image", "audio-to-video"),
        ("ltx-2-pro", "", "text-to-video"),
        ("ltx-2-pro", "image", "image-to-video"),
    ],
)
def test_task_of_a_request(name, roles, task):
    """The task is told by the media that are given."""
    model = models.get(name)
    assert model.task_for({"prompt": "x", **{model.inputs[role]: "a" for role in roles.split()}}) == task


def test_table_of_the_readme():
    """The README shows the catalogue as it is, whatever prices someone set."""
    table = markdown(models)
    assert len(table.splitlines()) == len(models) + 2
    assert "| `lucy-image-2` | decart | image-to-image | image, reference | $0.01 per image at 480p, $0.02" in table
    assert "| `lucy-pro-t2v` | decart | text-to-video | text only | unknown | retired |" in table
    assert table in (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_models_are_values():
    """A model survives pickling and copying, and can be a key; it cannot be changed."""
    lucy = models.get("lucy-edit-fast")
    lucy.validate(LUCY)
    for twin in (pickle.loads(pickle.dumps(lucy)), copy.deepcopy(lucy)):
        assert twin == lucy
        assert hash(twin) == hash(lucy)
        assert twin in models
        assert twin.validate(LUCY) == lucy.validate(LUCY)
    with pytest.raises(AttributeError):
        lucy.title = "other"
    lucy.inputs["video"] = "changed"
    assert lucy.inputs == {"video": "video_url"}
    assert isinstance(lucy, Model)
    assert models.get(lucy) is lucy


def test_package_is_lazy():
    """Importing the package loads neither pydantic nor pandas; the catalogue itself loads no pandas."""
    code = (
        "import sys, pixnb.catalogue as c\n"
        "assert not {'pydantic', 'pandas'} & set(sys.modules)\n"
        "c.models\n"
        "assert not {'pandas', 'numpy', 'httpx'} & set(sys.modules)\n"
        "from pixnb.catalogue import *\n"
        "assert all(hasattr(c, n) for n in c.__all__)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
