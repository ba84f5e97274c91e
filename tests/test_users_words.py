"""What is wrong with a medium is said under the name that the user wrote, for every model, role and service."""

from __future__ import annotations

import io
import itertools

import httpx
import pytest

import pixnb
from pixnb.client.inputs import identify_and_price
from pixnb.client.polling import Patience
from pixnb.request import Request

MODELS = [pytest.param(model, id=model.id) for model in pixnb.models if model.inputs]
CLOSED = io.BytesIO(b"x")
CLOSED.close()
OTHERS = {"audio": pixnb.sample("image"), "video": pixnb.sample("audio"), "image": pixnb.sample("audio")}
VALUES = {"number": 7, "empty": "", "nul": "a\0b", "no host": "https://", "closed": CLOSED, "text": io.StringIO("x")}


def ways(model):
    """Each medium of a model: its role, its name, and the word that a user writes, either of the two."""
    return [(role, name, word) for role, name in model.inputs.items() for word in dict.fromkeys((role, name))]


def asked(model, word, value):
    """A request with the other parameters that it needs."""
    schema, lacking = model.params.model_json_schema(), {}
    for name in schema.get("required", ()):
        kind = schema["properties"][name]
        lacking[name] = kind["enum"][0] if "enum" in kind else 1 if kind["type"] == "integer" else "x"
    lacking |= {"prompt": "x"} if model.id.startswith("lucy-restyle") and "reference" not in word else {}
    lacking.pop(model.inputs.get(word, word), None)
    return {**lacking, word: value}


@pytest.mark.parametrize("model", MODELS)
def test_a_wrong_value_is_told_in_the_users_word(model):
    """Whatever is wrong with it."""
    for (_, name, word), value in itertools.product(ways(model), VALUES.values()):
        with pytest.raises(pixnb.InvalidInput) as caught:
            Request(model, asked(model, word, value))
        said = caught.value.message.removeprefix(f"Invalid inputs for {model.id}: ").split("; ")
        assert [one for one in said if one.startswith(f"{word} ")], said
        assert not [one for one in said if one.startswith(f"{name} ") and name != word], said


@pytest.mark.parametrize("model", MODELS)
def test_a_wrong_file_is_told_in_the_users_word(model, tmp_path):
    """It is not there, is no medium, is of another kind, or is an address of another sort."""
    (tmp_path / "words.txt").write_text("words")
    wrong = (tmp_path / "none.mp4", tmp_path / "words.txt", "ftp://example.org/a.mp4")
    for (role, name, word), value in itertools.product(ways(model), (*wrong, "other")):
        given = OTHERS.get(role, OTHERS["image"]) if value == "other" else value
        request = Request(model, asked(model, word, given))
        with pytest.raises(pixnb.InvalidInput) as caught:
            identify_and_price(model, {name: request.params[name]}, request.called)
        assert caught.value.message.startswith(f"Invalid inputs for {model.id}: {word}"), caught.value.message


def gone(request):
    return httpx.Response(404)


@pytest.mark.parametrize("by", ["role", "name"])
@pytest.mark.parametrize("face", ["submit", "sweep"])
@pytest.mark.parametrize(
    ("model", "value"),
    [
        ("lucy-edit-fast", pixnb.sample("video").path),  # a file, and the service takes only addresses
        ("lucy-pro-v2v", "https://example.org/gone.mp4"),  # an address, and the service takes only files
        ("wan-2.7-videoedit", pixnb.sample("audio").path),  # of another kind
    ],
)
def test_what_a_service_cannot_take_is_told_in_the_users_word(tmp_path, model, value, face, by):
    """Said before anything is sent, by a sweep too."""
    keys = dict.fromkeys(("pixazo", "decart", "apiframe"), "k")
    client = pixnb.Client(keys=keys, transport=httpx.MockTransport(gone), patience=Patience(pause=0.02))
    word = "video" if by == "role" else pixnb.models.get(model).inputs["video"]
    with pixnb.Log(tmp_path / "log.db") as log, pytest.raises(pixnb.InvalidInput) as caught:
        getattr(pixnb.Experiment("x", log=log, client=client), face)(model, prompt="x", **{word: value})
    assert caught.value.message.startswith(f"Invalid inputs for {model}: {word}"), caught.value.message


def test_a_rule_between_parameters_is_told_in_the_users_words():
    """Each by the word that was written."""
    given = {"data": "a.mp4", "prompt": "x"}
    for word in ("reference", "reference_image"):
        with pytest.raises(pixnb.InvalidInput, match=f"prompt and {word} exclude each other"):
            Request("lucy-restyle-2", {**given, word: "a.png"})
