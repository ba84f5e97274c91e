"""Budgets: what is reserved, what is settled, and that many at once never go past the limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from fake_apiframe import FakeApiframe
from fake_pixazo import FakePixazo
from sqlalchemy import select
from test_experiment import CLIP, LUCY, experiment

import pixnb
from pixnb.log.schema import events


@pytest.fixture(params=[True, False], ids=["sandbox", "real"])
def service(request):
    return FakePixazo(sandbox=request.param)


def test_a_run_that_does_not_fit_is_not_sent(log, service):
    """The third of three 20 cent runs does not fit into 50 cents."""
    exp = experiment(service, log, budget=0.5)
    for _ in range(2):
        exp.submit(LUCY, prompt="[held]", video=CLIP)
    with pytest.raises(pixnb.BudgetExceeded, match=r"\$0.10 is left") as caught:
        exp.submit(LUCY, prompt="[held]", video=CLIP)
    assert "Nothing was sent" in caught.value.message
    assert len(service.posts) == len(exp.frame()) == 2
    assert exp.remaining == Decimal("0.1")
    assert exp.spent == 0


def test_many_submits_at_once_stop_at_the_budget(log, service):
    """Of 24 submits from 12 threads exactly five fit into a dollar."""
    exp = experiment(service, log, budget=1)

    def one(number):
        try:
            return exp.submit(LUCY, prompt=f"[held] {number}", video=CLIP)
        except pixnb.BudgetExceeded:
            return None

    with ThreadPoolExecutor(12) as pool:
        sent = [run for run in pool.map(one, range(24)) if run]
    assert len(sent) == len(service.posts) == 5
    assert exp.remaining == 0


@pytest.mark.parametrize(
    ("prompt", "spent", "reserved"),
    [
        ("done", "0.2", "0"),
        ("[FAILED]", "0.2", "0"),
        ("[ERROR]", "0", "0"),
        ("[402]", "0", "0"),
        ("[lost]", "0", "0.2"),
    ],
)
def test_what_became_of_a_run_decides_what_it_costs(log, prompt, spent, reserved):
    """FAILED keeps the estimate, ERROR and refusals cost nothing, a lost answer stays reserved."""
    exp = experiment(FakePixazo(), log, budget=1)
    exp.submit(LUCY, prompt=prompt, video=CLIP).wait()
    assert exp.spent == Decimal(spent)
    assert exp.remaining == 1 - Decimal(spent) - Decimal(reserved)


def test_a_cancelled_run_stays_reserved(log, service):
    """The service may finish and bill it."""
    exp = experiment(service, log, budget=1)
    exp.submit(LUCY, prompt="[held]", video=CLIP).cancel()
    assert (exp.spent, exp.remaining) == (0, Decimal("0.8"))


def test_a_price_that_is_unknown_needs_a_word_under_a_budget(log, service):
    """Not 0, not a guess: allow_unpriced, or set_price."""
    exp = experiment(service, log, budget=1)
    with pytest.raises(pixnb.BudgetExceeded, match="set_price"):
        exp.submit("ltx-2.3-text-to-video", prompt="[held]")
    exp.submit("ltx-2.3-text-to-video", prompt="[held]", allow_unpriced=True)
    assert exp.remaining == 1
    pixnb.models.set_price("ltx-2.3-text-to-video", 0.08, per="second")
    exp.submit("ltx-2.3-text-to-video", prompt="[held]", duration=8)
    assert exp.remaining == Decimal("0.36")


def test_without_a_budget_an_unknown_price_goes(log, service):
    """And is shown as unknown, not as 0."""
    exp = experiment(service, log)
    run = exp.submit("ltx-2.3-text-to-video", prompt="[held]")
    assert (run.cost, exp.budget, exp.remaining) == (None, None, None)
    assert exp.frame()[["cost", "cost_simulated"]].isna().all(axis=None)


def test_a_budget_is_kept_with_the_experiment(log, service):
    """It holds in the next process, until another is given."""
    experiment(service, log, budget={"USD": 0.3, "credits": 5})
    later = experiment(service, log)
    assert later.budget == {"USD": Decimal("0.3"), "credits": Decimal(5)}
    later.submit(LUCY, prompt="[held]", video=CLIP)
    with pytest.raises(pixnb.BudgetExceeded):
        later.submit(LUCY, prompt="[held]", video=CLIP)
    experiment(service, log, budget=5).submit(LUCY, prompt="[held]", video=CLIP)


def test_a_currency_that_the_budget_lacks_is_refused(log, service):
    """A budget in credits does not cover dollars."""
    exp = experiment(service, log, budget={"credits": 100})
    with pytest.raises(pixnb.BudgetExceeded, match="has no USD"):
        exp.submit(LUCY, prompt="x", video=CLIP)


def test_the_sandbox_and_real_money_have_a_ledger_each(log):
    """What was tried in the sandbox does not use up the real budget."""
    played = experiment(FakePixazo(sandbox=True), log, budget=0.3)
    played.submit(LUCY, prompt="x", video=CLIP).result()
    assert played.spent == Decimal("0.2")
    real = experiment(FakePixazo(sandbox=False), log)
    real.submit(LUCY, prompt="x", video=CLIP)
    assert (real.spent, real.remaining) == (0, Decimal("0.1"))


@pytest.mark.parametrize("budget", [0, -1, float("nan"), float("inf"), True, "much", {}, {"USD": None}, {"": 5}])
def test_a_budget_that_is_none_is_refused(log, budget):
    """With words that say what one looks like."""
    with pytest.raises(pixnb.InvalidInput, match="budget"):
        experiment(FakePixazo(), log, budget=budget)


@pytest.mark.parametrize("written", [{"usd": 1}, {"USD": "1"}, 1, Decimal(1)])
def test_currencies_are_spelled_as_prices_have_them(log, service, written):
    """A budget in usd is one in USD."""
    exp = experiment(service, log, budget=written)
    exp.submit(LUCY, prompt="[held]", video=CLIP)
    assert exp.remaining == {"USD": Decimal("0.8")}


def test_a_logs_budget_holds_for_all_its_experiments(log, service):
    """Besides each one's own; its change is an event, as an experiment's is, and the same again is none."""
    log.budget = {"USD": 0.5, "credits": 300}
    log.budget = {"USD": "0.50", "credits": 300}
    assert log.budget == {"USD": Decimal("0.5"), "credits": 300}
    first, second = (experiment(service, log, name=name, budget=1) for name in ("coats", "hats"))
    second.budget = 2
    first.submit(LUCY, prompt="[held]", video=CLIP)
    second.submit(LUCY, prompt="[held]", video=CLIP)
    with pytest.raises(pixnb.BudgetExceeded, match=r"of the log \$0.10 is left .*log.budget") as caught:
        second.submit(LUCY, prompt="[held] again", video=CLIP)
    assert "Nothing was sent" in caught.value.message
    with pytest.raises(pixnb.BudgetExceeded, match="the log has a budget"):
        experiment(service, log, name="free").submit("ltx-2.3-text-to-video", prompt="x")
    log.budget = None
    second.submit(LUCY, prompt="[held] again", video=CLIP)
    assert len(service.posts) == 3
    said = [row["payload"] for row in log.read(select(events).where(events.c.kind == "budget"))]
    assert [(one["experiment"], one["before"], one["budget"]) for one in said] == [
        (None, None, {"USD": "0.5", "credits": "300"}),
        ("coats", None, {"USD": "1"}),
        ("hats", None, {"USD": "1"}),
        ("hats", {"USD": "1"}, {"USD": "2"}),
        (None, {"USD": "0.5", "credits": "300"}, None),
    ]


def test_a_logs_budget_is_there_in_the_next_process(tmp_path):
    """It lies in the log."""
    for budget in (5, None):
        with pixnb.Log(tmp_path / "kept.db") as first:
            first.budget = budget
        with pixnb.Log(tmp_path / "kept.db") as again:
            assert again.budget == (None if budget is None else {"USD": 5})


@pytest.mark.parametrize("budget", [0, -1, True, "much", {}, {"USD": None}])
def test_a_logs_budget_that_is_none_is_refused(log, budget):
    """As an experiment's is; what it had stays."""
    log.budget = 5
    with pytest.raises(pixnb.InvalidInput, match="budget"):
        log.budget = budget
    assert log.budget == 5


def test_money_of_several_kinds_is_never_one_number(log):
    """The sandbox's, dollars and credits have a row each, and a sum of them is refused."""
    played = experiment(FakePixazo(sandbox=True), log, budget={"USD": 2, "credits": 50})
    played.submit(LUCY, prompt="x", video=CLIP).result()
    real = experiment(FakePixazo(sandbox=False), log)
    real.submit(LUCY, prompt="x", video=CLIP).result()
    real.submit(LUCY, prompt="[held]", video=CLIP)
    paid = FakeApiframe(sandbox=False)
    billed = pixnb.Experiment("coats", log=log, client=pixnb.Client(**paid.options()))
    billed.submit("wan-2.7-videoedit", prompt="x", video=CLIP, allow_unpriced=True).result()
    assert billed.spent == {"USD": Decimal("0.2"), "credits": 12}
    with pytest.raises(TypeError, match="several currencies"):
        float(billed.spent)
    found = billed.costs()[["sandbox", "currency", "runs", "spent", "reserved", "unpriced", "budget"]]
    assert found.values.tolist() == [
        [False, "USD", 2, 0.2, 0.2, 0, 2.0],
        [False, "credits", 1, 12.0, 0.0, 0, 50.0],
        [True, "USD", 1, 0.2, 0.0, 0, 2.0],
    ]
