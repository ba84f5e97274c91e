"""How often a prompt is refused, what came of runs by group, and what an enhancer does to a comparison of wordings."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from test_experiment import CLIP, LUCY, experiment

import pixnb
import pixnb.pandas


def runs(*rows, **columns):
    """Make a frame of a log's shape."""
    frame = pd.DataFrame(rows, columns=["prompt", "status", "refused_stage", "cost", "currency"])
    return frame.assign(run_id=[f"r{n}" for n in range(len(rows))], run_seconds=[float(n) for n in range(len(rows))],
                        cost_simulated=None, **columns)  # fmt: skip


MIXED = runs(
    ("A coat", "COMPLETED", None, 0.2, "USD"),
    ("A coat", "FAILED", "output", 0.2, "USD"),
    ("A coat", "ERROR", "input", 0.2, "USD"),
    ("A coat", "QUEUED", None, None, "USD"),
    ("A hat", "COMPLETED", None, 0.2, "USD"),
    ("A hat", "FAILED", None, 0.2, "USD"),
    ("A cap", "UNCONFIRMED", None, None, "USD"),
)


def test_the_rate_of_refusals_is_said_per_prompt(tmp_path):
    """In the table's text, page and picture; where none was refused there is no column."""
    table = MIXED.pixnb.table()
    lines = table.text().splitlines()
    assert "refused" in lines[0]
    assert [line.rstrip().endswith("2 of 3") for line in lines[2:]] == [True] * 4 + [False] * 3
    assert table.html().count("2 of 3") == 4
    assert table.png().startswith(b"\x89PNG")
    assert "refused" not in MIXED[MIXED["prompt"] != "A coat"].pixnb.table().text()
    assert "2 of 3" in MIXED.pixnb.table(columns=["prompt", "refused"]).text()


def test_attempts_that_were_tried_again_count():
    """A table shows the last attempt of a take; the rate is of all."""
    tried = MIXED.iloc[:2].assign(take=1, attempt=[2, 1], experiment="x")
    text = tried.pixnb.table().text()
    assert "1 of 2" in text
    assert text.count("COMPLETED") == 1
    assert "FAILED" not in text


def test_a_summary_counts_by_group():
    """Refused runs are not counted as failed, and the rate is of those that the service has judged."""
    found = MIXED.pixnb.summary(by="prompt").astype(object)
    assert list(found.columns) == ["prompt", "runs", "completed", "refused", "refused_rate", "failed", "cost",
                                   "cost_simulated", "currency", "seconds"]  # fmt: skip
    first, second, third = found.to_dict("records")
    assert [first[name] for name in ("prompt", "runs", "completed", "refused", "failed")] == ["A coat", 4, 1, 2, 0]
    assert first["refused_rate"] == pytest.approx(2 / 3)
    assert (first["cost"], first["currency"], first["seconds"]) == (pytest.approx(0.6), "USD", 1.5)
    assert [second[name] for name in ("runs", "completed", "refused", "failed", "refused_rate")] == [2, 1, 0, 1, 0]
    assert pd.isna(third["refused_rate"])
    assert pd.isna(third["cost"])


def test_a_summary_adds_no_dollars_to_credits():
    """A column each, and the sandbox's money apart."""
    frame = runs(("a", "COMPLETED", None, 0.2, "USD"), ("a", "COMPLETED", None, 12.0, "credits"),
                 ("b", "COMPLETED", None, None, "USD")).assign(cost_simulated=[None, None, 0.5])  # fmt: skip
    found = frame.pixnb.summary().set_index("prompt")
    assert set(found.columns) >= {"cost.USD", "cost.credits", "cost_simulated.USD"}
    assert not {"cost", "currency", "cost_simulated.credits"} & set(found.columns)
    assert found.loc["a", "cost.USD"] == 0.2
    assert found.loc["a", "cost.credits"] == 12
    assert found.loc["b", "cost_simulated.USD"] == 0.5


@pytest.mark.parametrize(
    ("by", "groups"), [("prompt", 3), (["prompt", "fps"], 5), ("fps", 3), (["params.fps"], 3), ("status", 5)]
)
def test_a_summary_by_any_columns(by, groups):
    """With or without their prefix; what is missing is a group too."""
    frame = MIXED.assign(**{"params.fps": [24, 24, 25, 25, 24, None, None]})
    found = frame.pixnb.summary(by=by)
    assert len(found) == groups
    assert found["runs"].sum() == len(frame)


def test_a_summary_by_nothing_known_is_refused():
    """With the names that there are."""
    with pytest.raises(pixnb.InvalidInput, match="no column"):
        MIXED.pixnb.summary(by="lens")


def test_groups_stand_together_in_the_order_of_their_first_run():
    """Runs of two models come in by turns; a table of them has each model once, and its wordings in one order."""
    turns = [("b", "snow"), ("a", "snow"), ("a", "fog"), ("b", None), ("b", "fog"), ("a", None)]
    frame = pd.DataFrame(turns, columns=["model", "prompt"]).assign(run_id=list("abcdef"), status="COMPLETED")
    found = frame.pixnb.summary(by=["model", "prompt"])
    said = [
        tuple(row)
        for row in found[["model", "prompt"]].astype(object).where(found[["model", "prompt"]].notna(), None).values
    ]
    assert said == [("b", "snow"), ("b", "fog"), ("b", None), ("a", "snow"), ("a", "fog"), ("a", None)]


def test_a_log_gives_a_summary(tmp_path):
    """Of an experiment, and of an empty one."""
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = experiment(FakePixazo(), log)
        assert len(exp.frame().pixnb.summary()) == 0
        exp.submit(LUCY, prompt="A coat", video=CLIP).wait(20)
        (row,) = exp.frame().pixnb.summary(by=["model", "prompt"]).to_dict("records")
    assert (row["model"], row["runs"], row["completed"], row["cost_simulated"]) == (LUCY, 1, 1, 0.2)
    assert (row["price"], row["currency"]) == (0.2, "USD")


def enhanced(frame, title):
    """Compare, and give what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame.pixnb.table(title=title)
        frame.pixnb.table(title=title)
    return [str(one.message) for one in caught]


@pytest.mark.parametrize(
    ("prompts", "model", "values", "warns"),
    [
        (["a", "b"], LUCY, [True, True], True),
        (["a", "b"], LUCY, [False, True], True),
        (["a", "b"], LUCY, [False, False], False),
        (["a", "a"], LUCY, [True, True], False),
        (["a", "b"], LUCY, [None, None], False),  # its page names no default
        (["a", "b"], "lucy-pro-v2v", [None, None], True),  # on by default
        (["a", "b"], "lucy-pro-v2v", [False, False], False),
        (["a", "b"], "wan-2.7-videoedit", [None, None], False),  # it has no such thing
    ],
)
def test_comparing_wordings_with_the_enhancer_on_warns_once(request, prompts, model, values, warns):
    """It is part of what is compared."""
    frame = runs(*((prompt, "COMPLETED", None, 0.2, "USD") for prompt in prompts), model=model)
    said = enhanced(frame.assign(**{"params.enhance_prompt": values}), request.node.name)
    assert len(said) == warns
    assert all("enhance_prompt=False" in text for text in said)


def test_what_was_used_is_shown_where_it_is_another():
    """A prompt that came back as it was asks for no column; outside text is escaped."""
    frame = runs(("A coat", "COMPLETED", None, 0.2, "USD"), ("A hat", "COMPLETED", None, 0.2, "USD"))
    same = frame.assign(prompt_used=frame["prompt"], seed=[1, 2], seed_used=[1, 2])
    assert "used" not in same.pixnb.table().text()
    other = frame.assign(prompt_used=["A red coat <b>", None], seed_used=pd.array([7, None], "Int64"))
    text, page = other.pixnb.table().text(), other.pixnb.table().html()
    assert "prompt used" in text
    assert "A red coat" in text
    assert "seed used" in text
    assert "<b>" not in page.replace("<b>Runs", "")
    assert "&lt;b&gt;" in page


def test_a_frame_out_of_a_csv_is_summed_as_it_was(tmp_path):
    """Numbers that are text are numbers, an empty refusal is none."""
    told = pd.DataFrame(
        {
            "run_id": list("abc"),
            "prompt": ["A lake", "A lake", "A sea"],
            "status": ["COMPLETED", "FAILED", "COMPLETED"],
            "cost": [0.2, None, 12],
            "currency": ["USD", "USD", "credits"],
            "run_seconds": [4.0, None, 6.0],
            "refused_stage": [None, "input", None],
        }
    )
    told.to_csv(tmp_path / "runs.csv", index=False)
    for options in ({}, {"dtype": str}, {"dtype": str, "keep_default_na": False}):
        read = pd.read_csv(tmp_path / "runs.csv", **options).pixnb.summary("prompt")
        pd.testing.assert_frame_equal(read, told.pixnb.summary("prompt"), check_dtype=False)
