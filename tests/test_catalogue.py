"""The catalogue against the service's own pages, and its answers to wrong requests."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from pixnb.catalogue import Model, Models, models
from pixnb.errors import InvalidInput, ModelNotFound

PAGES = json.loads((Path(__file__).parent / "data" / "pixazo_params.json").read_text())["models"]
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
CELLS = [(page, row) for page in PAGES for row in page["parameters"]]
LUCY = {"prompt": "A red coat", "video": "clip.mp4"}


def read(text):
    """What a cell of a page means: a JSON value, else its text."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def schema_of(page, row):
    return models.get(page["model"]).params.model_json_schema()["properties"][row["param"]]


def cell_name(value):
    return f"{value['model']}" if "model" in value else value["param"]


def test_all_eight_are_there():
    """Each of the service's ids has its friendly one, and there are no others."""
    assert {m.id: m.provider_model for m in models} == FRIENDLY
    assert len(models) == 8


@pytest.mark.parametrize("page", PAGES, ids=cell_name)
def test_route_and_names(page):
    """Path, page, and the exact set of parameters in the page's order."""
    model = models.get(page["model"])
    assert model.route == page["path"]
    assert model.docs_url == page["page"]
    assert list(model.params.model_fields) == [row["param"] for row in page["parameters"]]
    assert [float(p.amount) for p in model.list_prices] == [float(p.strip("$")) for p in [page["price"]] if p]


@pytest.mark.parametrize(("page", "row"), CELLS, ids=cell_name)
def test_cell(page, row):
    """Required, type and default are the page's."""
    model, schema = models.get(page["model"]), schema_of(page, row)
    default = read(row["default"])
    assert (row["param"] in model.params.model_json_schema()["required"]) == (row["required"] == "Yes")
    assert schema.get("default") == default
    assert type(schema.get("default")) is type(default)
    if row["type"] != "enum":
        assert schema["type"] == row["type"]
    assert model.params.model_fields[row["param"]].description


@pytest.mark.parametrize(("page", "row"), [c for c in CELLS if c[1]["allowed"]], ids=cell_name)
def test_allowed(page, row):
    """Allowed values, bounds, and for the 19B model's doubtful lists hints, are the page's."""
    schema, allowed = schema_of(page, row), row["allowed"]
    if allowed in ("non-negative", "positive"):
        assert schema["minimum"] == {"non-negative": 0, "positive": 1}[allowed]
        return
    if " to " in allowed:
        assert [schema["minimum"], schema["maximum"]] == [read(part) for part in allowed.split(" to ")]
        return
    values = [read(part) for part in allowed.split(", ")]
    if row["type"] == "array":
        assert [[v] for v in schema["items"]["enum"]] == values
        assert (schema["minItems"], schema["maxItems"]) == (1, 1)
    elif page["model"] == "ltx-2-19b-api-513":
        assert schema["hints"] == values
        assert "enum" not in schema
    elif row["type"] != "boolean":
        assert schema["enum"] == values


@pytest.mark.parametrize("page", PAGES, ids=cell_name)
def test_examples_pass_unchanged(page):
    """Each example request of the page is valid, and nothing is added to it."""
    for example in page["examples"]:
        assert models.get(page["model"]).validate(example) == example


@pytest.mark.parametrize(("page", "row"), [c for c in CELLS if c[1]["required"] == "Yes"], ids=cell_name)
def test_missing(page, row):
    """Without one of its required parameters the example is refused by the reference's words."""
    example = {k: v for k, v in page["examples"][0].items() if k != row["param"]}
    with pytest.raises(InvalidInput) as caught:
        models.get(page["model"]).validate(example)
    assert str(caught.value) == f"Invalid inputs for {models.get(page['model']).id}: {row['param']} is required"


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
    example = page["examples"][-1]
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
    with pytest.raises(ModelNotFound, match=r"ltx-2 makes video, not image\. Use models\.video"):
        models.image("ltx-2")


def test_two_models_of_one_name():
    """A name can mean one model only."""
    first, second = list(models)[:2]
    with pytest.raises(ValueError, match="Two models answer to"):
        Models([first, dataclasses.replace(second, aliases=("Lucy Edit Fast",))])


def test_search():
    """By task, also a second one, by provider and by words."""
    assert [m.id for m in models.search(task="video-to-video")] == ["lucy-edit-fast", "ltx-2.3-retake"]
    assert "ltx-2-pro" in models.search(task="image-to-video")
    assert [m.id for m in models.search(text="Lucy EDIT")] == ["lucy-edit-fast"]
    assert [m.id for m in models.search(task="image-to-video", text="19b")] == ["ltx-2-19b"]
    assert len(models.search(provider="pixazo")) == 8
    assert len(models.search(provider="decart")) == 0
    assert len(models.search()) == 8
    with pytest.raises(InvalidInput, match=r'no task "video-to-vidoe"\. Did you mean "video-to-video"'):
        models.search(task="video-to-vidoe")
    with pytest.raises(InvalidInput, match=r'no provider "runway"\. Use pixazo, decart or apiframe'):
        models.search(provider="runway")


def test_frame():
    """One row a model; an unknown price is missing, not 0."""
    df = models.frame()
    assert list(df) == ["id", "task", "title", "provider", "inputs", "price", "state"]
    assert df["id"].tolist() == list(FRIENDLY)
    df = df.set_index("id")
    assert df.loc["lucy-edit-fast", "price"] == "$0.20 per run"
    assert df["price"].isna().sum() == 7
    assert df.loc["ltx-2.3-image-to-video", "inputs"] == "image, end_image"
    assert set(df["state"]) == {"current"}
    assert list(models.search(text="nothing like it").frame()) == ["id", *df.columns]


def test_reprs():
    """The catalogue and a model read well in a terminal."""
    lines = repr(models).splitlines()
    assert lines[0] == "8 models"
    assert lines[2].split() == ["lucy-edit-fast", "video-to-video", "video", "pixazo", "$0.20/run"]
    assert max(map(len, lines)) <= 80
    assert repr(models.search(provider="decart")) == "no models"
    lucy = models.get("lucy-edit-fast")
    assert repr(lucy) == "<Model lucy-edit-fast: Lucy Edit Fast (pixazo, video-to-video)>"
    card = str(lucy)
    assert card.startswith("lucy-edit-fast: Lucy Edit Fast, video-to-video by pixazo, $0.20 per run\n")
    assert "video_url (or video)" in card
    assert "price unknown" in str(models.get("ltx-2"))


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
