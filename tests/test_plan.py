"""A plan: what each cell costs, takes and reuses, and the sentences that say so."""

from __future__ import annotations

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from sweeps import CLIP, LUCY, experiment

import pixnb
from pixnb.runs.totals import say_seconds


def plan(exp, **grid):
    return exp.sweep(LUCY, video=CLIP, dry_run=True, **grid).plan


def test_columns_and_their_types(exp):
    """Axes by name; money and seconds as numbers with gaps; an axis of a plan's own name is told apart."""
    found = plan(exp, prompt=["a"], seed=range(2))
    own = "plan reused age cost currency seconds sandbox run_id"
    assert list(found.columns) == f"cell model prompt take {own}".split()
    assert [str(found[name].dtype) for name in ("take", "cost", "seconds", "sandbox")] == [
        *("Int64", "Float64", "Float64", "boolean")
    ]
    over = pd.DataFrame({"prompt": ["a", "b"], "cost": ["high", "low"]})
    assert list(plan(exp, over=over)["params.cost"]) == ["high", "low"]


def test_time_is_learned_from_the_log(exp):
    """Unknown before the first run of a model, a number after it; for what is sent only."""
    assert plan(exp, prompt=["a"])["seconds"].isna().all()
    exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    again = experiment(FakePixazo(), exp.log)
    found = plan(again, prompt=["a", "b"])
    assert list(found["seconds"].isna()) == [True, False]
    assert "about" in found.said[0]


@pytest.mark.parametrize("price", [None, 0.25])
def test_an_unknown_price_is_unknown(exp, price):
    """Never 0, and counted in the total."""
    model = next(
        m.id for m in pixnb.models if m.price is None and m.provider == "pixazo" and "prompt" in m.params.model_fields
    )
    if price:
        pixnb.models.set_price(model, price)
    role = {role: CLIP for role in pixnb.models.get(model).inputs if role in ("video", "image")}
    found = exp.sweep(model, prompt=["a", "b"], dry_run=True, **role).plan
    if price:
        assert found["cost"].sum() == 0.5
    else:
        assert found["cost"].isna().all()
        assert "2 of unknown price" in found.text


def test_what_is_reused_says_how_old_it_is(exp):
    """And costs nothing; its run is named."""
    (run,) = exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30).runs
    found = plan(exp, prompt=["a", "b"])
    assert list(found["reused"]) == [True, False]
    assert list(found["cost"]) == [0.0, 0.2]
    assert found["run_id"][0] == run.run_id
    assert found["age"][0] < pd.Timedelta("2min")
    assert pd.isna(found["age"][1])
    assert "2 cells: 1 to send (about $0.20, simulated)" in found.text
    assert "1 reused" in found.text


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (45, "45 s"), (89, "89 s"), (200, "3 min"), (9000, "2.5 h")]
)
def test_times_for_people(seconds, said):
    assert say_seconds(seconds) == said


def test_whole_numbers_stay_whole(exp):
    """A seed that one of two models has not is a gap, not a fraction."""
    keys = {"pixazo": "key", "apiframe": "key"}
    two = pixnb.Experiment("two", log=exp.log, client=pixnb.Client(keys=keys, transport=FakePixazo().transport))
    found = two.sweep([LUCY, "wan-2.7-videoedit"], prompt=["a"], seed=[7], video=CLIP, dry_run=True).plan
    assert str(found["seed"].dtype) == "Int64"
    assert found["seed"].dropna().tolist() == [7]
