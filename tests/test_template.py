"""A template: a prompt of every combination of its factors, and what is said where it cannot be one."""

from __future__ import annotations

import pandas as pd
import pytest

import pixnb


def test_every_combination_with_its_factors():
    """The last factor varies fastest; a dict's labels are what is kept, its values what is written."""
    coats = pixnb.Template(
        "A {colour} {garment}, {{sic}}", colour=["red", "blue"], garment={"short": "jacket", "long": "coat"}
    )
    assert [(made.prompt, made.vars) for made in coats] == [
        ("A red jacket, {sic}", {"colour": "red", "garment": "short"}),
        ("A red coat, {sic}", {"colour": "red", "garment": "long"}),
        ("A blue jacket, {sic}", {"colour": "blue", "garment": "short"}),
        ("A blue coat, {sic}", {"colour": "blue", "garment": "long"}),
    ]
    assert len(coats) == 4
    assert "2 colour × 2 garment" in repr(coats)


@pytest.mark.parametrize(
    ("values", "prompts"),
    [
        (("a", "b"), ["x a", "x b"]),
        (range(2), ["x 0", "x 1"]),
        (pd.Series(["a", "b"]), ["x a", "x b"]),
        ("alone", ["x alone"]),
        (7, ["x 7"]),
        (["{a}"], ["x {a}"]),  # braces in a value are its own
    ],
)
def test_what_a_factor_can_be(values, prompts):
    """Any list, or one value; a place that is there twice is filled twice."""
    assert [made.prompt for made in pixnb.Template("x {a}", a=values)] == prompts
    assert next(iter(pixnb.Template("{a} {a}", a=["1"]))).prompt == "1 1"


@pytest.mark.parametrize(
    ("text", "factors", "said"),
    [
        ("a {colour}", {}, r"give colour=\[…\]"),
        ("a {colour} {cut}", {"colour": ["red"]}, r"give cut=\[…\]"),
        ("a coat", {"colour": ["red"]}, "no place {colour}"),
        ("a {colour}", {"colour": []}, "colour= is empty"),
        ("a {", {"a": ["b"]}, "none:.*A brace itself"),
        ("a {}", {}, "A place in a template is a name"),
        ("a {0}", {}, "A place in a template is a name"),
        ("a {b.c}", {"b": ["x"]}, "A place in a template is a name"),
        ("a {b[0]}", {"b": ["x"]}, "A place in a template is a name"),
        ("a {b!r}", {"b": ["x"]}, "A place in a template is a name"),
        ("a {b:>9}", {"b": ["x"]}, "A place in a template is a name"),
        (7, {}, "A template is a text"),
        ("a {b}", {"b": {"x"}}, "has no order"),
    ],
)
def test_what_is_no_template(text, factors, said):
    """Said where it is made."""
    with pytest.raises(pixnb.InvalidInput, match=said):
        pixnb.Template(text, **factors)


@pytest.mark.parametrize("model", ["lucy-edit-fast", "lucy-pro-v2v", "wan-2.7-videoedit"])
def test_a_template_is_for_a_sweep(model):
    """A run takes one text."""
    with pytest.raises(pixnb.InvalidInput, match=r"not Template \(a Template is for exp\.sweep"):
        pixnb.models.get(model).validate({"prompt": pixnb.Template("{a}", a=["x"]), "video": "a.mp4"})
