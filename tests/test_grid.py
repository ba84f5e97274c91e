"""From one line to the points of a grid: what is an axis, what is fixed, what several models share, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pixnb
from pixnb.runs.grid import MOST, expand

LUCY, SEEDED, OTHER = "lucy-edit-fast", "lucy-2.5", "wan-2.7-videoedit"
CLIP = "https://example.org/clip.mp4"


def points(models, /, *, over=None, repeats=1, baseline=None, **params):
    """Expand a grid whose chance is 100, 101, …"""
    return expand(models, params, over=over, repeats=repeats, baseline=baseline, draw=lambda number: 100 + number)


def values(name, given):
    """What the points of one axis have."""
    return [point.params.get(name) for point in points(LUCY, **{name: given, "video": CLIP}).points]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["a", "b"], ["a", "b"]),
        (("a", "b"), ["a", "b"]),
        (range(2), [0, 1]),
        (pd.Series(["a", "b"]), ["a", "b"]),
        (pd.Index(["a", "b"]), ["a", "b"]),
        (np.array([1, 2]), [1, 2]),
        ((word for word in "ab"), ["a", "b"]),
        ({"one": "a", "two": "b"}, ["a", "b"]),
        ("ab", ["ab"]),
        (b"ab", [b"ab"]),
        (7, [7]),
        (np.int64(7), [7]),
        (None, [None]),
        (["a", None], ["a", None]),
        (pd.Series([1.5, float("nan")]), [1.5, None]),
        (pd.Series([1, pd.NA], dtype="Int64"), [1, None]),
    ],
)
def test_what_is_an_axis(given, found):
    """What holds several values is one; text, bytes and one value are not; values are Python's own."""
    made = values("prompt", given)
    assert made == found
    assert [type(value) for value in made] == [type(value) for value in found]


@pytest.mark.parametrize("media", ["clip.mp4", CLIP, b"bytes", pixnb.sample("video")])
def test_media_are_one_value(media):
    """Whatever form they have."""
    assert len(points(LUCY, prompt="a", video=media).points) == 1
    assert len(points(LUCY, prompt="a", video=[media, media]).points) == 2


def test_labels_are_kept_and_head_the_cells():
    """A dict's keys name its values, in the axes and as a factor."""
    grid = points(LUCY, prompt={"formal": "A coat, please", "casual": "coat!"}, video=CLIP)
    assert [point.axes for point in grid.points] == [{"prompt": "formal"}, {"prompt": "casual"}]
    assert [point.vars for point in grid.points] == [{"prompt": "formal"}, {"prompt": "casual"}]


def test_a_list_that_a_parameter_takes_is_one_value():
    """Only a list of lists is an axis of it."""
    name = "webhook_events_filter"
    model = next(model.id for model in pixnb.models if name in model.params.model_fields)
    assert len(points(model, **{name: ["*"]}).points) == 1
    assert len(points(model, **{name: [["*"], ["completed"]]}).points) == 2


def test_a_grid_is_every_combination_a_repeat_of_all_before_the_next():
    """So what a budget stops is whole for as many takes as there are."""
    grid = points(SEEDED, prompt=["a", "b"], seed=range(2), data=CLIP, repeats=2)
    found = [(point.params["prompt"], point.params["seed"]) for point in grid.points]
    assert found == [("a", 0), ("a", 1), ("b", 0), ("b", 1)] * 2


def test_several_models_share_and_have_their_own():
    """A role goes to each by its own name later; what one has of its own goes before what is shared."""
    grid = points({LUCY: {"enhance_prompt": True}, OTHER: {"prompt": "c"}}, prompt=["a", "b"], video=CLIP)
    found = [(point.model.id, point.params) for point in grid.points]
    assert found == [
        (LUCY, {"prompt": "a", "video": CLIP, "enhance_prompt": True}),
        (OTHER, {"prompt": "c", "video": CLIP}),
        (LUCY, {"prompt": "b", "video": CLIP, "enhance_prompt": True}),
    ]
    assert [point.axes["model"] for point in grid.points] == [LUCY, OTHER, LUCY]


def test_a_generator_serves_every_model():
    """It is read once for all."""
    assert len(points([LUCY, OTHER], prompt=(word for word in "ab"), video=CLIP).points) == 4


def test_an_axis_may_be_one_models_own():
    """Lists among a model's own params are axes too."""
    grid = points({LUCY: {"enhance_prompt": [True, False]}, OTHER: {}}, prompt="a", video=CLIP)
    assert sorted(point.model.id for point in grid.points) == [LUCY, LUCY, OTHER]


@pytest.mark.parametrize(("seeds", "takes"), [(range(3), 3), ([7], 1), ("random", 1), ({"x": 1, "y": 2}, 2)])
@pytest.mark.parametrize("repeats", [1, 2])
def test_a_seed_axis_becomes_takes_where_the_model_has_none(seeds, takes, repeats):
    """And that is said; the model with one has the seeds."""
    grid = points([LUCY, SEEDED], prompt="a", video=CLIP, seed=seeds, repeats=repeats)
    plain = [point for point in grid.points if point.model.id == LUCY]
    seeded = [point for point in grid.points if point.model.id == SEEDED]
    assert len(plain) == len(seeded) == takes * repeats
    assert not any("seed" in point.params for point in plain)
    assert all(type(point.params["seed"]) is int for point in seeded)
    assert len(grid.notes) == 1
    assert f"{LUCY} has no seed" in grid.notes[0]


def test_random_seeds_are_one_a_repeat_and_shared():
    """So that two wordings are compared at the same seed."""
    grid = points(SEEDED, prompt=["a", "b"], data=CLIP, seed="random", repeats=2)
    assert [(p.params["prompt"], p.params["seed"]) for p in grid.points] == [
        ("a", 100),
        ("b", 100),
        ("a", 101),
        ("b", 101),
    ]


def test_a_frames_rows_are_cells():
    """Columns that a model knows are parameters, by role too; others are factors; nothing stands for nothing."""
    over = pd.DataFrame(
        {"prompt": ["a", "b"], "video": [CLIP, CLIP], "mood": ["calm", None], "enhance_prompt": [True, pd.NA]}
    )
    grid = points(LUCY, over=over, repeats=2)
    assert [(point.params, point.vars) for point in grid.points[:2]] == [
        ({"prompt": "a", "video": CLIP, "enhance_prompt": True}, {"mood": "calm"}),
        ({"prompt": "b", "video": CLIP}, {}),
    ]
    assert len(grid.points) == 4


def test_rows_and_axes_make_a_grid():
    """Each row with each value."""
    over = pd.DataFrame({"video": [CLIP, f"{CLIP}?2"]})
    assert len(points(LUCY, over=over, prompt=["a", "b", "c"]).points) == 6


def test_a_template_is_an_axis_of_prompts():
    """Each factor is kept."""
    coats = pixnb.Template("a {colour} coat", colour=["red", "blue"])
    assert [(point.params["prompt"], point.vars) for point in points(LUCY, prompt=coats, video=CLIP).points] == [
        ("a red coat", {"colour": "red"}),
        ("a blue coat", {"colour": "blue"}),
    ]


def test_templates_and_prompts_may_stand_in_one_list():
    """In their order; a prompt without places has no factors."""
    coats = pixnb.Template("a {colour} coat", colour=["red", "blue"])
    hats = pixnb.Template("a {size} hat", size=["big"])
    grid = points(LUCY, prompt=[coats, "a plain scarf", hats], video=CLIP)
    assert [(point.params["prompt"], point.vars) for point in grid.points] == [
        ("a red coat", {"colour": "red"}),
        ("a blue coat", {"colour": "blue"}),
        ("a plain scarf", {}),
        ("a big hat", {"size": "big"}),
    ]


FILLED = "a {colour} coat"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"prompt": FILLED}, r'prompt=pixnb.Template\("a {colour} coat", colour=\[…\]\). To have the braces'),
        ({"prompt": FILLED}, r'themselves sent: prompt=pixnb.Template\("a {{colour}} coat"\)'),
        ({"prompt": ["a hat", FILLED]}, "place without values, {colour}"),
        ({"prompt": (FILLED,)}, "place without values, {colour}"),
        ({"prompt": {"named": FILLED}}, "place without values, {colour}"),
        ({"prompt": pd.Series([FILLED])}, "place without values, {colour}"),
        ({"prompt": [pixnb.Template(FILLED, colour=["red"]), "{b}"]}, "place without values, {b}"),
        ({"prompt": "{a} {b}"}, r"a=\[…\], b=\[…\]"),
        ({"prompt": FILLED, "colour": ["red", "blue"]}, "and no colour= beside it"),
        ({"prompt": "a", "negative_prompt": FILLED}, "negative_prompt= has a place"),
        ({"prompt": f"{'long ' * 30}{FILLED}"}, r'Template\("… {colour} …", colour=\[…\]\)'),
        ({"prompt": FILLED, "over": pd.DataFrame({"colour": ["red"]})}, "place without values, {colour}"),
        ({"over": pd.DataFrame({"prompt": [FILLED]})}, "place without values, {colour}"),
        ({"over": pd.DataFrame({"prompt": [pixnb.Template(FILLED, colour=["a", "b"])]})}, "makes 2: a row for each"),
    ],
)
def test_a_place_that_nobody_fills_is_refused(given, said):
    """However the text is given: a run would be paid for with the braces in it."""
    with pytest.raises(pixnb.InvalidInput, match=said):
        points({LUCY: {}, OTHER: {}}, video=CLIP, **given)
    with pytest.raises(pixnb.InvalidInput, match=said):
        points({LUCY: {name: value for name, value in given.items() if name != "over"}}, over=given.get("over"))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"prompt": pixnb.Template("a {{colour}} coat")}, "a {colour} coat"),
        ({"over": pd.DataFrame({"prompt": [pixnb.Template("a {{colour}} coat")]})}, "a {colour} coat"),
        ({"prompt": '{"style": {"light": 1}}'}, '{"style": {"light": 1}}'),
        ({"prompt": "{} {0} {{x}} { y }"}, "{} {0} {{x}} { y }"),
        ({"prompt": pixnb.Template("a {colour}", colour=["{red}"])}, "a {red}"),
    ],
)
def test_braces_that_are_meant_are_sent(given, sent):
    """JSON and what is no name are text, and a template says the rest."""
    grid = points(LUCY, video=CLIP, **given)
    assert [point.params["prompt"] for point in grid.points] == [sent]


def test_a_file_may_have_braces_in_its_name():
    """Media are no texts."""
    assert points(LUCY, prompt="a", video=["clip_{a}.mp4", "b.mp4"]).points[0].params["video"] == "clip_{a}.mp4"


@pytest.mark.parametrize("baseline", ["b", "two"])
def test_the_baseline_comes_first(baseline):
    """By value or label."""
    grid = points(LUCY, prompt={"one": "a", "two": "b", "three": "c"}, video=CLIP, baseline=baseline)
    assert [point.params["prompt"] for point in grid.points] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("models", "options", "said"),
    [
        (LUCY, {"prompt": []}, "prompt= is empty"),
        (LUCY, {"prompt": {}}, "prompt= is empty"),
        (LUCY, {"prompt": {"a", "b"}}, "has no order"),
        (LUCY, {"prompt": "a", "repeats": 0}, "repeats= is a number"),
        (LUCY, {"prompt": "a", "repeats": True}, "repeats= is a number"),
        (LUCY, {"prompt": "a", "repeats": 1.5}, "repeats= is a number"),
        (LUCY, {"prompt": ["a"], "baseline": "z"}, "baseline='z' is on no axis"),
        (LUCY, {"prompt": range(MOST + 1)}, "split it"),
        (LUCY, {"prompt": range(1000), "repeats": 101}, "split it"),
        (LUCY, {"over": [1, 2]}, "over= is a DataFrame"),
        (LUCY, {"over": pd.DataFrame({"prompt": []})}, "over= has no rows"),
        (LUCY, {"video": np.zeros((4, 4))}, "table or picture in memory"),
        (LUCY, {"video": pd.DataFrame({"a": [1]})}, "table or picture in memory"),
        ([], {"prompt": "a"}, "needs a model"),
        ({}, {"prompt": "a"}, "needs a model"),
        (7, {"prompt": "a"}, "A sweep takes a model"),
        ([LUCY, LUCY], {"prompt": "a"}, "given twice"),
        ({LUCY: 7}, {"prompt": "a"}, "of its own is a dict"),
    ],
)
def test_what_is_no_grid(models, options, said):
    """Said by name, before anything is read or sent."""
    with pytest.raises(pixnb.InvalidInput, match=said):
        points(models, **options)


def test_an_unknown_model_is_named():
    """With the nearest ones."""
    with pytest.raises(pixnb.ModelNotFound, match=LUCY):
        points([LUCY, "lucy-edit-fats"], prompt="a")
