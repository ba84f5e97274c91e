"""A sweep through the public API: what is sent, what is reused, what stops it, what it says, what can be done then."""

from __future__ import annotations

import asyncio
import functools
import io
import re
import signal
import sys
import threading
import time
from datetime import timedelta

import pandas as pd
import pytest
from fake_decart import BASE as DECART
from fake_decart import KEY as DECART_KEY
from fake_decart import FakeDecart
from fake_pixazo import FakePixazo
from patience import until
from served import tiny_clip
from sqlalchemy import update
from sweeps import CLIP, LUCY, client_of, experiment, prompts, statuses

import pixnb
from pixnb.client.polling import Patience
from pixnb.log.schema import runs
from pixnb.status import JobStatus

SEEDED = "lucy-2.5"


@pytest.fixture
def real():
    return FakePixazo(polls=0, sandbox=False)


def test_a_sweep_sends_each_cell_once(exp, service):
    """It returns itself at once, and is under way."""
    sweep = exp.sweep(LUCY, prompt=["a", "b", "c"], video=CLIP, repeats=2)
    assert sweep.wait(30) is sweep
    assert (sweep.state, sweep.stopped, len(sweep)) == ("done", None, 6)
    assert sorted(prompts(service)) == sorted(["a", "b", "c"] * 2)
    assert statuses(sweep) == ["COMPLETED"] * 6
    assert float(sweep.spent) == pytest.approx(1.2)
    frame = sweep.frame()
    assert list(frame["prompt"]) == ["a", "b", "c"] * 2
    assert list(frame["take"]) == [1, 1, 1, 2, 2, 2]


def test_running_the_line_again_pays_nothing_and_enlarging_pays_the_new_cells_only(exp, service):
    """Also in another kernel, and for more takes."""
    exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    again = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    assert (len(service.posts), again.state, list(again.plan["plan"])) == (2, "done", ["reused"] * 2)
    assert again.spent == {}
    elsewhere = experiment(service, exp.log)
    larger = elsewhere.sweep(LUCY, prompt=["a", "b", "c"], video=CLIP, repeats=2).wait(30)
    assert len(service.posts) == 6
    assert (larger.counts, len(exp.frame())) == ({"COMPLETED": 6}, 6)


def test_a_dry_run_writes_and_sends_nothing_until_it_is_started(exp, service):
    """The plan says what it would cost."""
    sweep = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP, dry_run=True)
    assert (len(exp.frame()), service.posts, sweep.state) == (0, [], "planned")
    assert (list(sweep.plan["cost"]), sweep.wait().state) == ([0.2, 0.2], "planned")
    assert sweep.start().wait(30).counts == {"COMPLETED": 2}


def test_planned_cells_are_rows(exp, service):
    """Before the first answer, all are there."""
    gate = threading.Event()
    service.before_answer = lambda _: gate.wait(20)
    sweep = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(9)], video=CLIP)
    try:
        frame = exp.frame()
        assert len(frame) == 9
        assert set(frame["status"]) <= {"PLANNED", "SUBMITTING"}
        assert frame["status"].eq("PLANNED").sum() >= 5
    finally:
        gate.set()
    sweep.wait(30)


@pytest.mark.parametrize(("limit", "most"), [(None, 4), ("pixazo=2", 2), ("pixazo=2@30", 2), ("apiframe=1", 4)])
def test_no_more_than_may_be_are_in_flight(service, log, monkeypatch, limit, most):
    """By the service's cap, which begins at four, and by what the user allows; a submit is never held."""
    if limit:
        monkeypatch.setenv("PIXNB_LIMITS", limit)
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, prompt=[f"[held] {n}" for n in range(8)], video=CLIP)
    until(lambda: len(service.posts) == most)
    time.sleep(0.3)
    assert len(service.posts) == most
    run = exp.submit(LUCY, prompt="at once", video=CLIP)
    service.released.set()
    assert run.wait(20).status is JobStatus.COMPLETED
    assert sweep.wait(60).counts == {"COMPLETED": 8}
    assert len(service.posts) == 9


def test_a_cancel_does_not_wait_for_a_place(service, log, monkeypatch):
    """Which another sweep holds."""
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=1")
    exp = experiment(service, log)
    first = exp.sweep(LUCY, prompt=["[held] a"], video=CLIP)
    until(lambda: len(service.posts) == 1)
    second = exp.sweep(LUCY, prompt=["b", "c"], video=CLIP)
    assert second.cancel().wait(10).counts == {"CANCELLED": 2}
    service.released.set()
    assert first.wait(30).counts == {"COMPLETED": 1}


def test_rows_stand_in_the_plans_order_whichever_began_first(service, log):
    """Frame, runs and table number them alike; what is made later comes behind."""
    exp = experiment(service, log)
    words = ["[held] a", *"bcdefgh"]
    sweep = exp.sweep(LUCY, prompt=words, video=CLIP, repeats=2)
    later = exp.submit(LUCY, prompt="later", video=CLIP)
    service.released.set()
    sweep.wait(60)
    asked = [*words, *words, "later"]
    assert list(exp.frame()["prompt"]) == asked
    assert [run.params["prompt"] for run in exp.runs] == asked
    assert list(sweep.plan["cell"]) == list(range(1, 17))
    assert [run.run_id for run in exp.runs] == [*sweep.plan["run_id"], later.run_id]


def test_a_plan_starts_no_sandbox_and_a_sweep_does_not_wait_for_one(tmp_path, monkeypatch):
    """Its start takes seconds on a busy machine; what is planned is there at once, and the first job starts it."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "data"))
    (tmp_path / "clip.mp4").write_bytes(tiny_clip())
    sandbox = pixnb.Sandbox(tmp_path / "sandbox", speed=50, draft=True)
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("coats", log=log, client=pixnb.Client(sandbox=sandbox))
        line = {"prompt": ["Add rain"], "video": tmp_path / "clip.mp4"}
        plan = exp.sweep(["lucy-edit-fast", "lucy-pro-v2v", "wan-2.7-videoedit"], **line, dry_run=True)
        assert list(plan.plan["sandbox"]) == [True] * 3
        assert "not started" in repr(sandbox)
        assert exp.sweep("lucy-edit-fast", **line).wait(60).counts == {"COMPLETED": 1}


def test_a_cancel_counts_each_cell_once(service, log):
    """Also those that were about to be sent."""
    sweep = experiment(service, log).sweep(LUCY, prompt=[f"[held] {n}" for n in range(20)], video=CLIP)
    sweep.cancel()
    dropped, sent = map(int, re.findall(r"(\d+) (?:unsent|sent)", sweep.stopped))
    service.released.set()
    assert (dropped + sent, len(service.posts) <= sent) == (20, True)


@pytest.mark.parametrize("fresh", [False, True])
def test_fresh_makes_new_takes(exp, service, fresh):
    """Whatever there is."""
    exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    sweep = exp.sweep(LUCY, prompt=["a"], video=CLIP, fresh=fresh).wait(30)
    assert (len(service.posts), sweep.cells[0].take) == ((2, 2) if fresh else (1, 1))


@pytest.mark.parametrize(
    ("age", "posts"), [(None, 1), (3600, 1), (timedelta(hours=1), 1), (10, 2), (timedelta(seconds=10), 2), (0, 2)]
)
def test_a_clip_that_is_too_old_is_made_again(exp, service, age, posts):
    """As the next attempt of its take, which the same line finds the next time."""
    (run,) = exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30).runs
    long_ago = int((time.time() - 60) * 1e6)
    exp.log.write(
        lambda conn: conn.execute(update(runs).where(runs.c.run_id == run.run_id).values(completed_at=long_ago))
    ).result()
    sweep = exp.sweep(LUCY, prompt=["a"], video=CLIP, max_age=age)
    assert len(sweep.wait(30).runs) == 1
    assert len(service.posts) == posts
    if posts == 1:
        assert 55 < sweep.plan["age"][0].total_seconds() < 120
    else:
        assert (sweep.runs[0].take, sweep.runs[0].attempt) == (1, 2)
        assert exp.sweep(LUCY, prompt=["a"], video=CLIP, max_age=3600).wait(30).runs[0] is sweep.runs[0]


@pytest.mark.parametrize("reuse", ["experiment", "log"])
def test_another_experiments_clip_is_taken_where_that_is_asked(service, log, reuse):
    """A row of its own, which says whose it is and costs nothing; later it counts as this experiment's."""
    first = experiment(service, log, "first").sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    second = experiment(service, log, "second")
    sweep = second.sweep(LUCY, prompt=["a", "b"], video=CLIP, reuse=reuse).wait(30)
    (row, other) = sweep.frame().to_dict("records")
    assert sweep.counts == {"COMPLETED": 2}
    assert other["prompt"] == "b"
    if reuse == "experiment":
        assert (len(service.posts), row["reused_from"]) == (3, None) or pd.isna(row["reused_from"])
        return
    assert (len(service.posts), row["reused_from"]) == (2, first.runs[0].run_id)
    assert row["output_sha256"] == first.runs[0].output.sha256
    assert sweep.runs[0].output.path.exists()
    assert (float(row["cost_simulated"]), float(second.spent)) == (0.0, pytest.approx(0.2))
    again = second.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    assert (len(service.posts), len(second.frame()), again.counts) == (2, 2, {"COMPLETED": 2})


def test_the_sandboxs_clip_is_not_taken_for_a_real_one(service, real, log):
    """Nor the other way; each is found again when work goes there again."""
    experiment(service, log).sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    client = pixnb.Client(keys={"pixazo": "key"}, transport=real.transport)
    paid = pixnb.Experiment("coats", log=log, client=client)
    sweep = paid.sweep(LUCY, prompt=["a"], video=CLIP)
    sweep.wait(30)
    assert (len(real.posts), sweep.runs[0].sandbox) == (1, False)
    paid.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    experiment(service, log).sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    assert (len(real.posts), len(service.posts)) == (1, 1)


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ({"prompt": ["a"], "video": CLIP, "colour": ["red"]}, "colour"),
        ({"prompt": ["a", 7], "video": CLIP}, "prompt"),
        ({"prompt": ["a"], "video": CLIP, "seed": 7}, "seed"),
        ({"prompt": ["a"]}, "video_url is required"),
        ({"prompt": ["a"], "video": [CLIP, "/nowhere.mp4"]}, "nowhere.mp4"),
        ({"prompt": ["a"], "video": CLIP, "reuse": "all"}, "reuse="),
        ({"prompt": ["a"], "video": CLIP, "max_age": "soon"}, "max_age="),
        ({"prompt": ["a"], "video": CLIP, "max_age": -1}, "max_age="),
        ({"prompt": ["a"], "video": CLIP, "max_age": float("nan")}, "max_age="),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(exp, service, grid, said):
    """By name."""
    with pytest.raises(pixnb.InvalidInput, match=said):
        exp.sweep(LUCY, **grid)
    assert (len(exp.frame()), service.posts) == (0, [])


def test_parameters_are_named(exp):
    """As in submit."""
    with pytest.raises(pixnb.InvalidInput, match="named"):
        exp.sweep(LUCY, ["a"], video=CLIP)


def test_a_seed_becomes_a_take_and_the_plan_says_so(exp, service):
    """On a model without one."""
    sweep = exp.sweep(LUCY, prompt=["a"], seed=range(3), video=CLIP).wait(30)
    assert list(sweep.frame()["take"]) == [1, 2, 3]
    assert "its 3 seeds become takes" in sweep.plan.text


def test_a_drawn_seed_is_sent_logged_and_the_same_the_next_time(tmp_path):
    """So that the line can be run again; another experiment draws another, and so does `fresh`."""
    exp = pixnb.Experiment("seeds", client=pixnb.Client(sandbox=True))
    # no address is read: planned for a service that takes addresses
    model = next(m.id for m in pixnb.models if m.provider == "apiframe" and "seed" in m.params.model_fields)
    role = next(iter(pixnb.models.get(model).inputs), None)
    asked = {"prompt": ["a", "b"], "seed": "random", "dry_run": True, **({role: CLIP} if role else {})}
    first = [cell.request.params["seed"] for cell in exp.sweep(model, **asked).cells]
    assert len(set(first)) == 1
    assert [cell.request.params["seed"] for cell in exp.sweep(model, **asked).cells] == first
    assert [cell.request.params["seed"] for cell in exp.sweep(model, fresh=True, **asked).cells] != first
    other = pixnb.Experiment("others", client=exp.client)
    assert [cell.request.params["seed"] for cell in other.sweep(model, **asked).cells] != first


def test_a_drawn_seed_is_sent_and_logged(log):
    """One a take, the same for all that are set beside each other."""
    service = FakeDecart()
    exp = pixnb.Experiment("seeds", log=log, client=pixnb.Client(**decart(service)))
    sweep = exp.sweep(SEEDED, prompt=["a", "b"], seed="random", repeats=2, video=CLIP).wait(30)
    frame = sweep.frame()
    assert sweep.counts == {"COMPLETED": 4}
    assert list(frame["seed"]) == [*[frame["seed"][0]] * 2, *[frame["seed"][2]] * 2]
    assert frame["seed"].nunique() == 2
    for seed in frame["seed"]:
        assert sum(str(seed).encode() in post.content for post in service.posts) == 2
    assert exp.sweep(SEEDED, prompt=["a", "b"], seed="random", repeats=2, video=CLIP).wait(30).spent == {}


def test_factors_and_labels_are_columns(exp):
    """`vars.*`, as tables and walls head them."""
    coats = pixnb.Template("a {colour} coat", colour={"warm": "red", "cold": "blue"})
    frame = exp.sweep(LUCY, prompt=coats, video=CLIP).wait(30).frame()
    assert list(frame["vars.colour"]) == ["warm", "cold"]
    assert list(frame["prompt"]) == ["a red coat", "a blue coat"]
    frame = exp.sweep(LUCY, prompt={"formal": "A coat, please", "casual": "coat!"}, video=CLIP).wait(30).frame()
    assert list(frame["vars.prompt"]) == ["formal", "casual"]


@pytest.mark.parametrize("reuse", ["experiment", "log"])
@pytest.mark.parametrize("kind", ["template", "labels", "over"])
def test_a_reused_run_has_the_factors_of_the_line_that_reuses_it(service, log, kind, reuse):
    """It was made without any, or with others; the log keeps what it was made with, a row of its own has the line's."""
    first = experiment(service, log, "first" if reuse == "log" else "coats")
    first.sweep(LUCY, prompt=["a red coat", "a blue coat"], video=CLIP).wait(30)
    line = {
        "template": {"prompt": pixnb.Template("a {colour} coat", colour=["red", "blue", "green"])},
        "labels": {"prompt": {"red": "a red coat", "blue": "a blue coat", "green": "a green coat"}},
        "over": {"over": pd.DataFrame({"prompt": [f"a {c} coat" for c in ("red", "blue", "green")],
                                       "colour": ["red", "blue", "green"], "n": [1, 2, 3]})},
    }[kind]  # fmt: skip
    name = "vars.prompt" if kind == "labels" else "vars.colour"
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, **line, video=CLIP, reuse=reuse).wait(30)
    assert list(sweep.plan["plan"])[:2] == ["reused", "reused"]
    frame = sweep.frame()
    assert (list(frame[name]), frame[name].dtype) == (["red", "blue", "green"], frame["prompt"].dtype)
    names = list(frame.columns)
    assert names.index("attempt") < names.index(name) < names.index("prompt_used")
    if kind == "over":
        assert (list(frame["vars.n"]), str(frame["vars.n"].dtype)) == ([1, 2, 3], "Int64")
    assert [cell.request.vars[name.removeprefix("vars.")] for cell in sweep.cells] == ["red", "blue", "green"]
    kept = exp.frame()[name].tolist()
    assert (kept[-1], len(service.posts)) == ("green", 3)
    if reuse == "log":  # rows of this experiment's own
        assert sorted(kept) == ["blue", "green", "red"]
    again = exp.sweep(LUCY, prompt=["a red coat"], video=CLIP).wait(30).frame()
    assert (again.get(name, pd.Series([None])).isna()[0]) == (reuse == "experiment")


def test_over_a_frame(exp):
    """A row is a cell."""
    over = pd.DataFrame({"prompt": ["a", "b"], "mood": ["calm", "wild"]})
    assert list(exp.sweep(LUCY, over=over, video=CLIP).wait(30).frame()["vars.mood"]) == ["calm", "wild"]


def test_runs_come_as_they_end(exp, service):
    """Those that are there first; then in the order of their ends."""
    exp.sweep(LUCY, prompt=["old"], video=CLIP).wait(30)
    found = []
    for run in exp.sweep(LUCY, prompt=["[held] slow", "quick", "old"], video=CLIP):
        found.append((run.params["prompt"], run.status))
        if run.params["prompt"] == "quick":
            service.released.set()
    assert found == [("old", "COMPLETED"), ("quick", "COMPLETED"), ("[held] slow", "COMPLETED")]


def test_it_can_be_awaited(exp):
    """From any loop."""

    async def main():
        sweep = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP)
        return await sweep

    assert asyncio.run(main()).counts == {"COMPLETED": 2}


def test_a_wait_that_is_too_short_leaves_it_going(exp, service):
    """And says so."""
    sweep = exp.sweep(LUCY, prompt=["[held]"], video=CLIP)
    with pytest.raises(pixnb.JobTimeout, match="goes on"):
        sweep.wait(0.2)
    service.released.set()
    assert sweep.wait(30).state == "done"


def test_a_cell_in_flight_is_joined(exp, service):
    """Of a submit, and of the same line run twice: paid once."""
    run = exp.submit(LUCY, prompt="[held] a", video=CLIP)
    first = exp.sweep(LUCY, prompt=["[held] a", "[held] b"], video=CLIP)
    second = exp.sweep(LUCY, prompt=["[held] a", "[held] b", "c"], video=CLIP)
    assert list(first.plan["plan"]) == ["in flight", "new"]
    assert list(second.plan["plan"])[:2] == ["in flight", "in flight"]
    service.released.set()
    assert first.wait(30).counts == {"COMPLETED": 2}
    assert second.wait(30).counts == {"COMPLETED": 3}
    assert first.runs[0] is run
    assert sorted(prompts(service)) == ["[held] a", "[held] b", "c"]
    assert float(second.spent) == pytest.approx(0.2)


def test_what_is_unconfirmed_is_named_and_never_sent_again(exp, service):
    """Nor retried."""
    sweep = exp.sweep(LUCY, prompt=["[lost] a", "b"], video=CLIP).wait(30)
    assert statuses(sweep) == ["UNCONFIRMED", "COMPLETED"]
    again = exp.sweep(LUCY, prompt=["[lost] a", "b"], video=CLIP).wait(30)
    assert list(again.plan["plan"]) == ["unconfirmed", "reused"]
    assert sweep.runs[0].run_id in again.plan.text
    again.retry_failed().wait(30)
    assert len(service.posts) == 2


@pytest.mark.parametrize("word", ["FAILED", "ERROR", "400"])
def test_what_failed_waits_until_it_is_asked_for(exp, service, word):
    """Then it is the next attempt of its take."""
    exp.sweep(LUCY, prompt=[f"[{word}] a", "b"], video=CLIP).wait(30)
    sweep = exp.sweep(LUCY, prompt=[f"[{word}] a", "b"], video=CLIP).wait(30)
    assert list(sweep.plan["plan"]) == ["failed", "reused"]
    assert "retry_failed()" in sweep.plan.text
    assert len(service.posts) == 2
    sweep.retry_failed().wait(30)
    assert len(service.posts) == 3
    run = sweep.runs[0]
    assert (run.take, run.attempt, run.status) == (1, 2, "FAILED" if word == "FAILED" else "ERROR")
    assert len(sweep.frame()) == 2


def test_a_cancel_drops_what_is_unsent_and_says_both_numbers(exp, service, capsys):
    """What is sent is left to its service; nothing is reserved for what was not."""
    sweep = exp.sweep(LUCY, prompt=[f"[held] {n}" for n in range(10)], video=CLIP)
    until(lambda: len(service.posts) == 4 and sweep.counts.get("QUEUED", 0) + sweep.counts.get("PROCESSING", 0) == 4)
    sweep.cancel()
    assert "6 unsent dropped for nothing, 4 sent left" in sweep.stopped
    assert "6 unsent dropped" in capsys.readouterr().out
    assert sweep.wait(10).state == "cancelled"
    assert len(exp.frame()) == 4
    assert sweep.counts == {"CANCELLED": 10}
    service.released.set()
    with pytest.raises(pixnb.InvalidInput, match="cancelled"):
        sweep.start()
    again = exp.sweep(LUCY, prompt=[f"[held] {n}" for n in range(10)], video=CLIP).wait(30)
    assert (again.counts, len(service.posts)) == ({"COMPLETED": 10}, 10)


def test_a_planned_sweep_can_be_cancelled_too(exp, service):
    """Nothing was written."""
    sweep = exp.sweep(LUCY, prompt=["a"], video=CLIP, dry_run=True).cancel()
    assert (sweep.state, service.posts, len(exp.frame())) == ("cancelled", [], 0)


@pytest.mark.parametrize("budget", [0.5, {"USD": "0.5"}])
def test_a_budget_lets_pass_what_fits_and_stops(service, log, capsys, budget):
    """Nothing is raised; the reason is there; with more money it goes on."""
    exp = experiment(service, log, budget=budget)
    sweep = exp.sweep(LUCY, prompt=["a", "b", "c", "d", "e"], video=CLIP).wait(30)
    assert (sweep.state, sweep.counts) == ("stopped", {"COMPLETED": 2, "PLANNED": 3})
    assert "3 cells were not sent" in sweep.stopped
    assert "budget of $0.50" in sweep.stopped
    assert "3 cells were not sent" in capsys.readouterr().out
    assert len(service.posts) == 2
    experiment(service, log, budget=5)
    assert sweep.start().wait(30).counts == {"COMPLETED": 5}
    assert (sweep.stopped, len(service.posts)) == (None, 5)


def test_a_stopped_sweep_is_not_resumed_but_its_line_goes_on(service, log):
    """Its cells are adopted, not made twice."""
    exp = experiment(service, log, budget=0.5)
    exp.sweep(LUCY, prompt=["a", "b", "c"], video=CLIP).wait(30)
    assert exp.resume() == []
    assert len(service.posts) == 2
    exp = experiment(service, log, budget=5)
    sweep = exp.sweep(LUCY, prompt=["a", "b", "c"], video=CLIP)
    assert list(sweep.plan["plan"]) == ["reused", "reused", "planned"]
    assert sweep.wait(30).counts == {"COMPLETED": 3}
    assert (len(service.posts), len(exp.frame())) == (3, 3)


def test_a_cheaper_cell_still_goes_where_a_dear_one_does_not_fit(service, log):
    """What fits is sent, of whichever model."""
    pixnb.models.set_price("lucy-edit-fast", 0.4, when={"enhance_prompt": True})
    exp = experiment(service, log, budget=0.5)
    sweep = exp.sweep(LUCY, prompt=["a"], enhance_prompt=[True, False], video=CLIP, repeats=2).wait(30)
    spent = [cell.request.params["enhance_prompt"] for cell in sweep.cells if cell.status is JobStatus.COMPLETED]
    assert spent in ([True], [False, False])
    assert sweep.state == "stopped"


@pytest.mark.parametrize("allowed", [False, True])
def test_unknown_prices_under_a_budget(service, log, allowed):
    """Only where that is allowed."""
    exp = experiment(service, log, budget=5)
    unpriced = [m.id for m in pixnb.models if m.provider == "pixazo" and m.price is None]
    model = next(name for name in unpriced if "prompt" in pixnb.models.get(name).params.model_fields)
    role = {role: CLIP for role in pixnb.models.get(model).inputs if role in ("video", "image")}
    sweep = exp.sweep(model, prompt=["a"], allow_unpriced=allowed, **role).wait(30)
    assert sweep.state == ("done" if allowed else "stopped")
    assert len(service.posts) == int(allowed)


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, False),
        ({"confirm": True}, True),
        ({"budget": 100}, True),
        ({"above": "10"}, True),
        ({"above": "5.9"}, False),
        ({"sandbox": True}, True),
        ({"loopback": True}, True),
    ],
)
def test_much_real_money_needs_a_word(monkeypatch, log, capsys, options, sent):
    """Above PIXNB_CONFIRM_ABOVE, with real keys and no budget: the plan, and the line that sends it."""
    service = FakePixazo(polls=0, sandbox=bool(options.get("sandbox")))
    if above := options.get("above"):
        monkeypatch.setenv("PIXNB_CONFIRM_ABOVE", above)
    urls = {"base_urls": {"pixazo": "http://127.0.0.1:9"}} if options.get("loopback") else {}
    if options.get("sandbox"):
        client = client_of(service)
        client.submit(LUCY, prompt="known from here on as a sandbox", video=CLIP).wait(10)
        service.posts.clear()
    else:
        client = client_of(service, base_urls=None, **urls) if not urls else client_of(service, **urls)
    exp = pixnb.Experiment("coats", log=log, client=client, budget=options.get("budget"))
    sweep = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(30)], video=CLIP, confirm=options.get("confirm")).wait(60)
    assert len(service.posts) == (30 if sent else 0)
    said = capsys.readouterr().out
    if sent:
        assert (sweep.state, sweep.stopped) == ("done", None)
        return
    assert (sweep.state, len(exp.frame())) == ("confirm", 0)
    assert "$6.00" in sweep.stopped
    assert "confirm=True" in said
    assert "30 cells: 30 to send" in said
    assert sweep.start().state == "confirm"
    assert sweep.start(confirm=True).wait(60).counts == {"COMPLETED": 30}


def test_listeners_hear_twice_a_second_at_most(exp):
    """Of 40 runs with four steps each."""
    heard = []
    sweep = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(40)], video=CLIP, dry_run=True)
    sweep.listen(lambda it: heard.append((time.monotonic(), it.ended)))
    began = time.monotonic()
    sweep.start(confirm=True).wait(60)
    until(lambda: heard and heard[-1][1] == 40)
    assert len(heard) <= 2 * (time.monotonic() - began) + 2


def test_it_shows_itself(exp):
    """In one output; what people wrote is escaped."""
    sweep = exp.sweep(LUCY, prompt=["<b>a</b>", "b"], video=CLIP).wait(30)
    for shown in (sweep, sweep.plan):
        bundle = shown._repr_mimebundle_()
        assert "<b>a</b>" not in bundle["text/html"]
        assert "&lt;b&gt;a" in bundle["text/html"]
        assert "2" in bundle["text/plain"]
    assert "done" in repr(sweep)


def test_a_plan_is_a_frame(exp):
    """With all that pandas does; what is made from it is a plain one."""
    plan = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(20)], video=CLIP, dry_run=True).plan
    assert plan["cost"].sum() == pytest.approx(4)
    assert type(plan[plan["cell"] > 3]) is pd.DataFrame
    assert "and 8 more" in plan.text
    assert "20 cells: 20 to send (about $4.00" in repr(plan)


def test_a_sweep_is_not_pickled_and_guesses_are_answered(exp):
    """As with everything that lives in one process."""
    import pickle

    sweep = exp.sweep(LUCY, prompt=["a"], video=CLIP, dry_run=True)
    with pytest.raises(TypeError, match="line"):
        pickle.dumps(sweep)
    with pytest.raises(AttributeError, match=r"sweep\.frame"):
        _ = sweep.df


def test_ctrl_c_in_a_wait_leaves_the_sweep_going(request, exp, service):
    """As with a single run: the wait is left, and taken up again."""
    sweep = exp.sweep(LUCY, prompt=[f"[held] {n}" for n in range(6)], video=CLIP)
    until(lambda: len(service.posts) == 4)
    # where Ctrl-C is ignored in the parent, Python leaves it so
    request.addfinalizer(functools.partial(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT)))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))

    def wait():
        timer.start()  # within the block, however busy the machine is
        sweep.wait(20)

    with pytest.raises(KeyboardInterrupt):
        wait()
    assert sweep.state == "running"
    service.released.set()
    assert sweep.wait(30).counts == {"COMPLETED": 6}


def test_a_terminal_shows_a_bar(exp, monkeypatch):
    """On the stream for errors, and only where somebody watches it."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    assert "2/2" in terminal.getvalue()
    assert "$0.40 spent" in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    exp.sweep(LUCY, prompt=["c"], video=CLIP).wait(30)
    assert sys.stderr.getvalue() == ""


def test_a_sweep_needs_no_thread_of_its_own(exp):
    """However many cells."""
    exp.sweep(LUCY, prompt=["warm"], video=CLIP).wait(30)
    before = threading.active_count()
    sweep = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(100)], video=CLIP)
    most = 0
    while sweep.is_running:
        most = max(most, threading.active_count())
        time.sleep(0.02)
    assert most <= before + 8  # asyncio's few file threads


@pytest.mark.parametrize("model", ["lucy-pro-t2i"])
def test_work_that_is_answered_with_its_media(log, model):
    """It has no job to ask about; its POST is its run."""
    service = FakeDecart()
    exp = pixnb.Experiment("pictures", log=log, client=pixnb.Client(**decart(service)))
    sweep = exp.sweep(model, prompt=["a", "b", "c"]).wait(30)
    assert sweep.counts == {"COMPLETED": 3}
    assert exp.sweep(model, prompt=["a", "b", "c", "d"], repeats=1).wait(30).counts == {"COMPLETED": 4}
    assert len(service.posts) == 4


def test_an_address_that_has_to_be_fetched_is_fetched_once(log):
    """Of a service that takes only files: one clip under ten prompts; and found again by what is in it."""
    service = FakeDecart()
    exp = pixnb.Experiment("clips", log=log, client=pixnb.Client(**decart(service)))
    exp.sweep("lucy-2.5", prompt=[f"p{n}" for n in range(10)], video=CLIP).wait(30)
    fetched = [request for request in service.gets if str(request.url) == CLIP]
    assert len(fetched) == 1
    again = exp.sweep("lucy-2.5", prompt=[f"p{n}" for n in range(11)], video=tiny_clip()).wait(30)
    assert list(again.plan["plan"]) == ["reused"] * 10 + ["new"]


def decart(service):
    return {
        "keys": {"decart": DECART_KEY},
        "base_urls": {"decart": DECART},
        "transport": service.transport,
        "patience": Patience(pause=0.02),
    }


def test_a_submit_of_a_take_that_is_planned_sends_it(service, log):
    """It is asked for here and now: the planned row is what is sent, and its sweep takes it as it is."""
    exp = experiment(service, log, budget=0.3)
    sweep = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    planned = next(cell for cell in sweep.cells if cell.status is JobStatus.PLANNED)
    exp = experiment(service, log, budget=5)
    run = exp.submit(LUCY, prompt=planned.request.params["prompt"], video=CLIP, take=1).wait(30)
    assert (run.run_id, run.status, len(service.posts)) == (planned.run_id, "COMPLETED", 2)
    assert sweep.start().wait(30).counts == {"COMPLETED": 2}
    assert (len(service.posts), len(exp.frame())) == (2, 2)


def test_many_retries_of_real_money_need_a_word_too(log, real, capsys):
    """As a start does; what was allowed when it began goes on after a pause without one."""
    exp = experiment(real, log)
    words = ["[FAILED]", "[ERROR]"]
    sweep = exp.sweep(LUCY, prompt=[f"{words[n % 2]} {n}" for n in range(30)], video=CLIP, confirm=True).wait(60)
    assert len(real.posts) == 30
    assert sweep.retry_failed().state == "confirm"
    assert "$6.00" in sweep.stopped
    assert len(real.posts) == 30
    real._word = lambda job: "COMPLETED"
    assert sweep.retry_failed(confirm=True).wait(60).counts == {"COMPLETED": 30}
    assert len(real.posts) == 60


def test_what_is_left_to_wait_is_known(exp, service):
    """From the log's durations; nothing when it is done."""
    exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    sweep = exp.sweep(LUCY, prompt=["[held] b"], video=CLIP)
    assert sweep.eta is not None
    service.released.set()
    assert sweep.wait(30).eta == 0.0
