"""What was paid for and brought nothing, what cost more than it should, and what a service says that it used."""

from __future__ import annotations

import csv
import io
import logging
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pandas as pd
import pytest
from fake_apiframe import KEY, FakeApiframe, done, told
from fake_decart import FakeDecart
from fake_pixazo import FakePixazo
from sqlalchemy import update
from test_experiment import CLIP, LUCY, experiment

import pixnb
from pixnb.log.schema import runs

WAN = "wan-2.7-videoedit"


def on_apiframe(log, *polls, link=None, name="coats"):
    """Submit one run whose job is answered so."""
    service = FakeApiframe(polls=list(polls), sandbox=False)
    if link is not None:
        service.scripts["link"] = [link]
    exp = pixnb.Experiment(name, log=log, client=pixnb.Client(**service.options()))
    return exp, exp.submit(WAN, prompt="A coat", video=CLIP).wait(30)


CASES = {
    "done": ([done()], None, None),
    "done without a file": ([done(result=None)], None, "no file (apiframe says that job"),
    "a broken file": ([done()], (200, b"\0\0\0\x18ftypmp42" + bytes(900)), "no file (The file at"),
    "a link that is gone": ([done()], (410, b""), "no file (Job "),
    "refunded": ([told("FAILED", error="It broke")], None, None),
    "refused, refunded": ([told("FAILED", error="The prompt was flagged")], None, None),
    "refused, charged": ([done(result=None, error="The output was flagged")], None, "no clip: the output was refused"),
    "cancelled there, charged": ([told("CANCELLED", creditCost=12)], None, "no clip: the service cancelled"),
}


@pytest.mark.parametrize(("polls", "link", "missing"), CASES.values(), ids=CASES)
def test_what_a_service_charged_and_did_not_bring(log, polls, link, missing):
    """Each with the id, the times and the price that a support desk asks for."""
    exp, run = on_apiframe(log, *polls, link=link)
    rows = exp.disputes().to_dict("records")
    assert len(rows) == (missing is not None)
    for row in rows:
        assert (row["provider"], row["job_id"], row["run_id"]) == ("apiframe", run.id, run.run_id)
        assert (row["price"], row["currency"], row["charged"]) == (12, "credits", "yes")
        assert row["missing"].startswith(missing)
        assert row["status"] == run.status
        assert len(row["idempotency_key"]) > 10
        for moment in (row["submitted_at"], row["ended_at"]):
            assert moment.tzinfo is not None
            assert abs(pd.Timestamp.now("UTC") - moment) < pd.Timedelta(days=400)


@pytest.mark.parametrize(
    ("prompt", "status"),
    [("[FAILED]", "FAILED"), ("[lost]", "UNCONFIRMED"), ("[500]", "UNCONFIRMED"), ("[ERROR]", None), ("[402]", None),
     ("[400]", None), ("fine", None)],
)  # fmt: skip
def test_what_may_have_been_charged(log, prompt, status):
    """No page says what a FAILED job costs, nor whether a lost submit was taken; the rest is free or has its clip."""
    exp = experiment(FakePixazo(sandbox=False), log)
    exp.submit(LUCY, prompt=f"A coat {prompt}", video=CLIP).wait(20)
    rows = exp.disputes().to_dict("records")
    assert [row["status"] for row in rows] == ([status] if status else [])
    for row in rows:
        assert (row["price"], row["currency"], row["charged"]) == (0.2, "USD", "not documented")
        assert (row["job_id"] == "job-1") is (status == "FAILED")


def test_media_that_came_broken_in_the_answer_itself(log):
    """There is no job to ask again, and the POST is paid."""
    service = FakeDecart(answers=[(200, b"\0\0\0\x18ftypmp42" + bytes(900), {})])
    client = pixnb.Client(keys={"decart": KEY}, base_urls={"decart": "http://127.0.0.1:9/decart"},
                          transport=httpx.MockTransport(service))  # fmt: skip
    exp = pixnb.Experiment("coats", log=log, client=client)
    with pytest.raises(pixnb.OutputUnavailable):
        exp.process({"model": "lucy-pro-t2v", "prompt": "A coat"})
    (row,) = exp.disputes().to_dict("records")
    assert row["missing"].startswith("no file (decart answered with a file that is broken")


def test_what_was_cancelled_here_is_no_dispute(log):
    """Nor is a run that goes on."""
    service = FakePixazo(sandbox=False)
    exp = experiment(service, log)
    exp.submit(LUCY, prompt="[held] one", video=CLIP).cancel()
    exp.submit(LUCY, prompt="[held] two", video=CLIP)
    assert len(exp.disputes()) == 0


@pytest.mark.parametrize(("name", "written"), [("d.csv", "d.csv"), ("d", "d.csv"), ("new/d.txt", "new/d.txt")])
def test_disputes_go_to_csv(log, tmp_path, name, written):
    """Ids first, times in UTC, in a form that spreadsheets open as it is; the frame is the same with a path."""
    exp, run = on_apiframe(log, done(result=None))
    found = exp.disputes(tmp_path / name)
    pd.testing.assert_frame_equal(found, exp.disputes())
    data = (tmp_path / written).read_bytes()
    assert data.startswith(b"\xef\xbb\xbfjob_id,provider,submitted_at_utc,ended_at_utc,price,currency,charged,missing")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert (row["job_id"], row["run_id"], row["price"]) == (run.id, run.run_id, "12.0")
    for column in ("submitted_at", "ended_at"):
        moment = datetime.strptime(row[f"{column}_utc"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        assert abs((moment - found[column][0]).total_seconds()) < 1
    empty = experiment(FakePixazo(), log, "empty").disputes(tmp_path / "empty.csv")
    assert list(empty.columns) == list(found.columns)
    assert (tmp_path / "empty.csv").read_text("utf-8-sig").count("\n") == 1


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A0"])
def test_what_a_service_says_is_no_formula(log, tmp_path, begin):
    """A spreadsheet computes nothing from a message or a key; the frame has it as it is."""
    service = FakePixazo(sandbox=False)
    exp = experiment(service, log)
    exp.submit(LUCY, prompt="A coat [lost]", video=CLIP, idempotency_key="=1+1").wait(20)
    (run,) = exp.runs
    log.write(lambda conn: conn.execute(update(runs).where(runs.c.run_id == run.run_id).values(job_id=begin))).result()
    found = exp.disputes(tmp_path / "d.csv")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "d.csv").read_text("utf-8-sig"), newline=""))
    assert (found["job_id"][0], row["job_id"], row["idempotency_key"]) == (begin, f"'{begin}", "'=1+1")


@pytest.mark.parametrize(
    ("price", "currency", "charged", "is_overpriced"),
    [(5, "credits", 12, True), (6, "credits", 12, False), (20, "credits", 12, False), (0.5, "USD", 12, False),
     (None, None, 12, False)],
)  # fmt: skip
def test_a_run_that_cost_more_than_twice_its_estimate_warns_once(log, caplog, price, currency, charged, is_overpriced):
    """Both figures are kept, also where they are of two currencies, which nobody compares."""
    if price is not None:
        pixnb.models.set_price(WAN, price, currency=currency)
    with caplog.at_level(logging.WARNING):
        exp, run = on_apiframe(log, told("PROCESSING", creditCost=charged), done(creditCost=charged))
    said = [record for record in caplog.records if "more than twice" in record.getMessage()]
    assert len(said) == is_overpriced
    assert run.is_overpriced is is_overpriced
    (row,) = exp.frame().to_dict("records")
    assert (row["cost"], row["currency"], row["cost_kind"]) == (12, "credits", "charged")
    if price is not None:
        assert (row["cost_estimated"], row["currency_estimated"]) == (price, currency)
        assert run.cost_estimated == pixnb.Cost(Decimal(str(price)), currency)
    again = pixnb.Experiment("coats", log=log, client=pixnb.Client(keys={"apiframe": KEY})).run(run.run_id)
    assert (again.is_overpriced, again.cost_estimated) == (is_overpriced, run.cost_estimated)


USED = [
    ({"result": {"videoUrl": "https://cdn.example/out.mp4", "prompt": "A red coat, 35 mm", "seed": 7}}, True, 7),
    ({"prompt_used": "A red coat, 35 mm", "seed": 7}, True, 7),
    ({"enhancedPrompt": "A red coat, 35 mm", "seedUsed": 0}, True, 0),
    ({"metadata": {"revised_prompt": " A red coat, 35 mm\n", "seed": 2**63 - 1}}, True, 2**63 - 1),
    ({"input": {"prompt_used": "A red coat, 35 mm", "seed": 7}, "prompt": "A coat"}, False, None),
    ({"prompt_used": 7, "seed": "7"}, False, None),
    ({"prompt_used": "", "seed": True}, False, None),
    ({"seed": 2**63, "data": {"seed": -1}}, False, None),
]


@pytest.mark.parametrize(("more", "tells", "seed"), USED)
def test_what_a_service_says_it_used_is_a_column(log, more, tells, seed):
    """The prompt of its enhancer and the seed that it drew; what it repeats of the request is neither."""
    exp, run = on_apiframe(log, done(**more))
    assert run.status == "COMPLETED"
    (row,) = exp.frame().astype(object).to_dict("records")
    assert row["prompt"] == "A coat"
    assert (row["prompt_used"] == "A red coat, 35 mm") is tells
    assert (row["seed_used"] == seed) if seed is not None else pd.isna(row["seed_used"])


def test_a_used_prompt_is_bounded_and_clean(log):
    """As all outside text: no control characters, no key, no end."""
    exp, _ = on_apiframe(log, done(prompt_used=f"A \x1b[31mcoat {KEY} " + "x" * 50_000))
    used = exp.frame()["prompt_used"][0]
    assert len(used) <= 10_000
    assert "\x1b" not in used
    assert KEY not in used


def test_a_sweep_pauses_where_a_run_cost_more_than_twice_its_estimate(log):
    """Before all of it is as dear."""
    pixnb.models.set_price(WAN, 5, currency="credits")
    service = FakeApiframe(polls=[done(creditCost=12)], sandbox=False)
    exp = pixnb.Experiment("dear", log=log, client=pixnb.Client(**service.options()))
    sweep = exp.sweep(WAN, prompt=[f"coat {n}" for n in range(20)], video=CLIP, confirm=True).wait(60)
    assert sweep.state == "paused"
    assert "more than twice the estimate" in sweep.stopped
    assert 1 <= sweep.counts["COMPLETED"] <= 8
    assert sweep.counts["PLANNED"] == 20 - sweep.counts["COMPLETED"]
