"""Showing objects: the bundle that each class hands to a notebook, and what happens when showing fails."""

from __future__ import annotations

import ast
import base64
import importlib
import logging
import subprocess
import sys
from pathlib import Path

import pytest

import pixnb
from pixnb.client.job import Result
from pixnb.html import css, data_uri, escape, linked, root, tag, video
from pixnb.show import RENDERERS, register, renderer, shown


class Lamp:
    """Something that is shown."""

    _repr_mimebundle_ = shown

    def __repr__(self):
        return "<Lamp>"


class Torch(Lamp):
    """Shown as a lamp is."""


class Broken(Lamp):
    """Its renderer fails."""


class Mute(Lamp):
    """Nothing renders it, and even its repr fails."""

    __module__ = "elsewhere"

    def __repr__(self):
        raise RuntimeError("no words")


register(f"{__name__}.Lamp", lambda lamp: {"text/html": "<b>lamp</b>", "image/png": b"\x89PNG"})
register(f"{__name__}.Broken", lambda broken: 1 / 0)


def test_a_bundle_has_what_the_renderer_gives_and_plain_text():
    """Bytes become base64 text, as a notebook file keeps them; a class under it is shown alike."""
    expected = {"text/html": "<b>lamp</b>", "image/png": base64.b64encode(b"\x89PNG").decode(), "text/plain": "<Lamp>"}
    assert Lamp()._repr_mimebundle_() == expected
    assert Torch()._repr_mimebundle_() == expected


def test_include_and_exclude_are_heard():
    """What is not wanted is left out; the plain text stays."""
    assert set(Lamp()._repr_mimebundle_(include=["image/png"])) == {"image/png", "text/plain"}
    assert set(Lamp()._repr_mimebundle_(exclude=["text/html"])) == {"image/png", "text/plain"}


def test_a_renderer_that_fails_never_hides_the_object(caplog):
    """The plain text is shown and the error is logged."""
    with caplog.at_level(logging.ERROR, "pixnb.show"):
        assert Broken()._repr_mimebundle_() == {"text/plain": "<Lamp>"}
    assert "ZeroDivisionError" in caplog.text
    assert "Mute" in Mute()._repr_mimebundle_()["text/plain"]


def test_every_object_that_shows_itself_has_its_renderer():
    """One list says which function shows which class: each name in it loads, and no class with the hook is missing."""
    for path, made_by in RENDERERS.items():
        module, _, name = path.rpartition(".")
        assert getattr(importlib.import_module(module), name)._repr_mimebundle_ is shown, path
        assert callable(renderer(made_by)), made_by
    package = Path(pixnb.__file__).parent
    carrying = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("_repr_mimebundle_ =" in ast.unparse(line) for line in node.body):
                module = ".".join(file.relative_to(package.parent).with_suffix("").parts)
                carrying.add(f"{module}.{node.name}")
    assert carrying == set(RENDERERS)


@pytest.mark.parametrize("name", ["Media", "Job", "Run", "Experiment", "Model"])
def test_public_objects_carry_the_hook(name):
    """Every object that a cell may end with shows itself."""
    assert getattr(pixnb, name)._repr_mimebundle_ is shown


def test_results_and_the_list_of_models_carry_it_too():
    """So do these two."""
    assert Result._repr_mimebundle_ is shown
    assert type(pixnb.models)._repr_mimebundle_ is shown


def test_nothing_of_the_display_is_loaded_before_something_is_shown():
    """The objects can be had without ipywidgets, Pillow or the display room."""
    code = (
        "import sys, pixnb; pixnb.models, pixnb.Media, pixnb.Run;"
        "print(sorted(n for n in sys.modules if n.startswith(('pixnb.display', 'ipywidgets', 'PIL', 'anywidget'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_list_of_models_shows_each_with_its_price():
    """HTML, a picture and plain text; an unknown price is said in words."""
    bundle = pixnb.models._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert all(model.id in bundle["text/html"] for model in pixnb.models)
    assert "price unknown" in bundle["text/html"]


def test_a_model_shows_its_parameters_with_defaults_limits_and_price():
    """Each parameter, what it takes, its default, both names of a media parameter, the price."""
    page = pixnb.models.get("ltx-2-pro")._repr_mimebundle_()["text/html"]
    for piece in ("6, 8 or 10", "<code>6</code>", "required", "not documented", "price unknown", "https://"):
        assert piece in page
    pixnb.models.set_price("ltx-2-pro", "0.06", per="second")
    assert "$0.06 per second" in pixnb.models.get("ltx-2-pro")._repr_mimebundle_()["text/html"]
    assert (
        "<code>video_url</code> or <code>video</code>"
        in pixnb.models.get("lucy-edit-fast")._repr_mimebundle_()["text/html"]
    )


def test_the_list_of_models_is_by_service_and_says_which_are_retired():
    """A heading for each service; its retired models last, marked; on its own page the catalogue's words."""
    page = pixnb.models._repr_mimebundle_()["text/html"]
    heads = [page.index(f'scope="rowgroup">{name} <small>') for name in ("pixazo", "decart", "apiframe")]
    assert heads == sorted(heads)
    retired = [model.id for model in pixnb.models if model.state == "retired"]
    assert page.count(">retired</span>") == len(retired)
    assert page.index("<code>lucy-pro-v2v</code>") < page.index("<code>lucy-pro-t2v</code>")
    own = pixnb.models.get("lucy-pro-t2v")._repr_mimebundle_()["text/html"]
    assert "lucy-pro-t2v is retired" in own
    assert 'class="retired"' not in pixnb.models.get("lucy-edit-fast")._repr_mimebundle_()["text/html"]


def test_addresses_in_a_text_become_links():
    """What is about them stays text, and is escaped."""
    said = linked("See https://a.example/b?c=1&d=2, <https://e.example/f>.")
    assert 'href="https://a.example/b?c=1&amp;d=2"' in said
    assert said.count("<a ") == 2
    assert said.endswith("</a>&gt;.")
    assert linked("<b>") == "&lt;b&gt;"


def test_text_from_outside_is_escaped():
    """In text and in attributes."""
    assert escape("<script>\"'&") == "&lt;script&gt;&quot;&#x27;&amp;"
    assert tag("a", escape("<b>"), href='x" onclick="y') == '<a href="x&quot; onclick=&quot;y">&lt;b&gt;</a>'
    assert 'aria-label="&lt;b&gt;"' in video("a.mp4", label="<b>")


def test_a_video_waits_to_be_played():
    """Muted, inline, with controls, loading only what it must; never by itself."""
    element = video("a.mp4", poster=data_uri("image/gif", b"GIF89a"), size=(640, 360))
    for word in (" controls", " muted", " playsinline", 'preload="metadata"', 'poster="data:', 'width="640"'):
        assert word in element
    assert "autoplay" not in element
    assert video(None, poster="data:x", label="still") == '<img src="data:x" alt="still">'


def test_an_output_has_its_style_and_no_formulas():
    """The style sheet is small, has no comments, and two dollar signs are no formula to Jupyter."""
    page = root(escape("$1 of $5"))
    assert 'class="pixnb tex2jax_ignore mathjax_ignore"' in page
    assert "/*" not in css()
    assert len(css()) < 6000
    assert 'data-jp-theme-light="false"' in css()
    assert "prefers-color-scheme" in css()
