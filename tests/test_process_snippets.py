"""The examples of the Process API's own page run as they stand there: only imports and the client differ."""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import re
from pathlib import Path

import pytest
from fake_decart import BASE, KEY, FakeDecart, Held
from PIL import Image
from served import tiny_clip

import pixnb

SOURCE = (Path(__file__).parent / "data" / "process_snippets.txt").read_text(encoding="utf-8")
SNIPPETS = dict(re.findall(r"^# %% ([^\n]+)\n(.*?)(?=^# %%|\Z)", SOURCE, re.MULTILINE | re.DOTALL))
SENT = {
    "video generation": ["prompt", "seed", "resolution", "orientation"],
    "image animation": ["data", "prompt", "seed", "resolution"],
    "video editing": ["data", "enhance_prompt", "num_inference_steps", "prompt"],
    "video editing by URL": ["data", "prompt"],
    "video transitions": ["end", "prompt", "resolution", "start"],
    "image generation": ["orientation", "prompt", "resolution", "seed"],
    "image editing": ["data", "enhance_prompt", "prompt", "seed"],
    "input types": ["data", "prompt"],
    "error handling": ["data", "prompt"],
}
"""Which fields go out with the last request of each."""


@pytest.fixture
def service(tmp_path, monkeypatch):
    """A Decart, and a folder with the files that the examples open."""
    monkeypatch.chdir(tmp_path)
    for name, colour in {"image": "orange", "start": "navy", "end": "white"}.items():
        Image.new("RGB", (64, 36), colour).save(f"{name}.jpg")
    Path("video.mp4").write_bytes(tiny_clip())
    return FakeDecart()


def run(code, service):
    """Run code as a notebook's cell does, with `await` at the top level; return its names."""
    client = pixnb.AsyncClient(keys={"decart": KEY}, base_urls={"decart": BASE}, transport=service.transport)
    names = {"client": client, "models": pixnb.models}
    compiled = compile(code, "snippet", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    async def cell():
        value = eval(compiled, names)
        if inspect.isawaitable(value):
            await value

    asyncio.run(cell())
    return names


def test_every_example_is_here():
    """The page has this many."""
    assert set(SNIPPETS) == {*SENT, "cancel buttons", "missing field"}


@pytest.mark.parametrize("name", SENT)
def test_an_example_runs(name, service, capsys):
    """It makes media of the right kind, and just what it sets goes out."""
    names = run(SNIPPETS[name], service)
    assert pixnb.Media(names["result"]).kind == ("image" if name in ("image generation", "image editing") else "video")
    assert sorted(service.forms[-1]) == sorted(SENT[name])
    assert capsys.readouterr().out == ""


def test_what_is_saved_is_what_came(service):
    """`f.write(result)`: the result is bytes."""
    run(SNIPPETS["image generation"], service)
    assert Image.open(io.BytesIO(Path("output.png").read_bytes())).format == "PNG"


def test_the_cancel_button_of_the_page(service):
    """A second call cancels the first; the button cancels the second."""
    service.held = Held()
    names = run(SNIPPETS["cancel buttons"], service)

    async def press():
        first = asyncio.create_task(names["generate_video"]("a lake"))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(names["generate_video"]("a hill"))
        await asyncio.sleep(0.1)
        names["cancel_generation"]()
        return await asyncio.gather(first, second, return_exceptions=True)

    assert [type(end) for end in asyncio.run(press())] == [asyncio.CancelledError] * 2
    service.held.set()


def test_the_missing_field_of_the_page(service):
    """The error says what the page's comment says."""
    with pytest.raises(pixnb.InvalidInput) as caught:
        run(SNIPPETS["missing field"], service)
    assert f"# Error: {caught.value.message}" in SNIPPETS["missing field"]
    assert service.posts == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((422, b'{"detail": [{"msg": "Field too long", "loc": ["body", "prompt"]}]}'), "Invalid input: "),
        ((401, b'{"detail": "bad key"}'), "Invalid API key"),
        ((500, b'{"detail": "out of memory"}'), "Processing failed: "),
        ((429, b"{}", {"retry-after": "99"}), "Unknown error: "),
    ],
)
def test_the_error_handling_of_the_page(service, capsys, answer, said):
    """Each branch of the example is reached."""
    service.answers = [answer]
    run(SNIPPETS["error handling"], service)
    assert capsys.readouterr().out.startswith(said)
