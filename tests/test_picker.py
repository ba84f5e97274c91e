"""The list of models: its groups, its order, what it takes, by traits alone."""

from __future__ import annotations

import pytest
import traitlets

import pixnb
from pixnb.catalogue.model import TASKS
from pixnb.widgets.picker import Picker, grouped


def test_models_are_grouped_by_task_then_provider():
    """Tasks in the catalogue's order and in words; within each the services in theirs, by title."""
    groups = grouped(pixnb.models)
    tasks = [group["label"].rpartition("(")[2].rstrip(")") for group in groups]
    assert tasks == [task for task in TASKS if pixnb.models.search(task=task)]
    edits = next(group for group in groups if group["label"] == "Edit a video (video-to-video)")
    current = [option["label"] for option in edits["options"] if "retired" not in option["label"]]
    providers = [label.rpartition(" · ")[2] for label in current]
    assert providers == sorted(providers, key=["pixazo", "decart", "apiframe"].index)
    assert "Lucy Edit Fast · pixazo" in current


def test_a_model_stands_under_each_of_its_tasks():
    """Once under each, so that nobody has to know which is the main one."""
    found = [
        group["label"]
        for group in grouped(pixnb.models)
        for option in group["options"]
        if option["value"] == "ltx-2-pro"
    ]
    assert [label.rpartition("(")[2] for label in found] == ["text-to-video)", "image-to-video)"]
    every = {option["value"] for group in grouped(pixnb.models) for option in group["options"]}
    assert every == {model.id for model in pixnb.models}


def test_retired_models_come_last_in_their_group_and_say_so():
    """Whatever their service is."""
    for group in grouped(pixnb.models):
        marked = [option["label"].endswith(" (retired)") for option in group["options"]]
        states = [pixnb.models.get(option["value"]).state == "retired" for option in group["options"]]
        assert marked == states == sorted(states)


@pytest.mark.parametrize(
    ("query", "found", "lacking"),
    [
        ("edit", {"lucy-edit-fast", "wan-2.7-videoedit"}, {"ltx-2-pro"}),
        ("pixazo", {"lucy-edit-fast"}, {"lucy-2.5"}),
        ("seed", {"lucy-pro-t2i"}, {"lucy-edit-fast"}),
        ("audio", {"ltx-2.3-audio-to-video"}, {"lucy-edit-fast"}),
        ("cheap video-to-video", {"lucy-edit-fast"}, {"topaz-video-upscale", "ltx-2-19b"}),
        ("Lucy Edit", {"lucy-edit-fast"}, {"ltx-2"}),
        ("retired", {"lucy-pro-t2i"}, {"lucy-edit-fast"}),
    ],
)
def test_a_model_is_found_by_words(query, found, lacking):
    """By name, provider, task, parameter, what it takes and what is cheap: all words of a query are in its words."""
    every = [option for group in grouped(pixnb.models) for option in group["options"]]
    fit = {one["value"] for one in every if all(word in one["words"].lower() for word in query.lower().split())}
    assert found <= fit
    assert not lacking & fit


def test_the_list_says_price_and_inputs():
    """A price that hangs on a parameter is the first one; an unknown one is said in words."""
    notes = {option["value"]: option["note"] for group in grouped(pixnb.models) for option in group["options"]}
    assert notes["lucy-edit-fast"] == "$0.20 per run · takes prompt, video"
    assert notes["lucy-pro-flf2v"].endswith("takes prompt, image, end image")
    assert notes["ltx-2-19b"].startswith("price unknown · ")


def test_only_what_is_in_the_list_can_be_picked():
    """A page cannot send another word."""
    picker = Picker(pixnb.models, "ltx-2")
    picker.value = "lucy-pro-t2i"
    with pytest.raises(traitlets.TraitError, match="no-such"):
        picker.value = "no-such"
    assert (picker.value, picker.description) == ("lucy-pro-t2i", "model")
    assert {"value", "groups", "description"} <= set(picker.get_state())
