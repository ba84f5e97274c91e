"""A sweep in trouble: money gone in the middle, storms, a service that is down, dead processes, two that resume."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest
from children import jobs_of, kill, program, told
from fake_apiframe import BASE as APIFRAME
from fake_apiframe import KEY as APIFRAME_KEY
from fake_apiframe import FakeApiframe
from fake_pixazo import FakePixazo
from patience import until
from sqlalchemy import select
from sweeps import CLIP, LUCY, client_of, experiment, leave_behind, prompts

import pixnb
from pixnb.client.polling import Patience
from pixnb.log.schema import sweeps as table

PROGRAMS = Path(__file__).with_name("run_programs.py")
SPEED = 50
TEN = [f"p{n}" for n in range(10)]


class Moody(FakePixazo):
    """A Pixazo that gives some answers of its own before it is well again.

    Args:
        answers: For submits in turn: a status, an exception, or None for what it always gives; the last one repeats.
    """

    def __init__(self, answers, **options):
        super().__init__(**{"polls": 0, **options})
        self.answers = list(answers)

    def _submit(self, request):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            return super()._submit(request)
        if isinstance(answer, type):
            raise answer("no route to host", request=request)
        self.posts.append(json.loads(request.content))
        status, headers, said = answer if isinstance(answer, tuple) else (answer, {}, "as asked")
        return httpx.Response(status, json={"error": "Refused", "message": said}, headers={**self.headers, **headers})


def state_of(log):
    """What the log says of the sweeps, the newest last."""
    return [row["state"] for row in log.read(select(table.c.state).order_by(table.c.created_at))]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (401, "Check PIXAZO_API_KEY"),
        (402, "Add funds"),
        (403, "may not do this"),
        (404, "See pixnb.models|does not offer it"),
        ((423, {}, "Account is locked"), "locked"),
        ((400, {}, "Model not found"), "not found"),
    ],
)
def test_what_every_cell_would_meet_pauses_the_service(log, capsys, answer, said):
    """Those that met it are planned again, the rest stay planned, one message; then `start()` goes on."""
    service = Moody([None, None, answer])
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, prompt=TEN, video=CLIP).wait(60)
    assert (sweep.state, sweep.counts) == ("paused", {"COMPLETED": 2, "PLANNED": 8})
    assert len(service.posts) <= 2 + 6  # no more than were in flight at once, after two that went well
    assert set(exp.frame()["status"]) == {"COMPLETED", "PLANNED"}
    assert float(exp.spent) == pytest.approx(0.4)
    out = capsys.readouterr().out
    assert out.count("sweep.start() goes on") == 1
    assert "8 cells were not sent" in out
    assert any(part in out for part in said.split("|"))
    assert state_of(log) == ["paused"]
    assert (exp.resume(), len(exp.frame())) == ([], 10)
    service.answers = [None]
    assert sweep.start().wait(60).counts == {"COMPLETED": 10}
    assert (sweep.stopped, state_of(log), len(exp.frame())) == (None, ["done"], 10)
    assert sorted(set(prompts(service))) == TEN


@pytest.mark.parametrize("word", ["FAILED", "ERROR"])
def test_the_same_failure_again_and_again_pauses_too(log, word):
    """202, then each fails: an empty account looks like that at some services."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, prompt=[f"[{word}] {n}" for n in range(20)], video=CLIP).wait(60)
    assert sweep.state == "paused"
    assert 3 <= sweep.counts[word] <= 3 + 3
    assert "the same failure 3 times in a row" in sweep.stopped
    assert len(service.posts) == sweep.counts[word]
    sent = len(service.posts)
    service._word = lambda job: "COMPLETED"
    sweep.start().wait(60)
    assert (sweep.state, sweep.counts["COMPLETED"]) == ("done", 20 - sent)
    assert sweep.retry_failed().wait(60).counts == {"COMPLETED": 20}
    assert len(service.posts) == 20 + sent


def test_a_prompt_that_was_refused_twice_is_not_sent_again(log):
    """Not by its sweep, nor by the next; neither does it pause the service. Who asks has it sent."""
    service = FakePixazo(polls=0)
    service._word = lambda job: "FAILED" if "bad" in job["prompt"] else "COMPLETED"
    service.why = "Content policy violation: the prompt was refused"
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, prompt=["bad", "good", "better"], video=CLIP, repeats=12, confirm=True).wait(60)
    assert isinstance(next(run for run in sweep.runs if run.error).error, pixnb.ContentRefused)
    assert (sweep.state, sweep.counts["COMPLETED"]) == ("stopped", 24)
    sent = sweep.counts["FAILED"]
    assert 2 <= sent <= 6  # those that were under way when the second was refused
    assert sweep.counts["PLANNED"] == 12 - sent
    assert "has refused the content of 'bad'" in sweep.stopped
    again = exp.sweep(LUCY, prompt=["bad"], video=CLIP, repeats=13).wait(60)
    assert again.counts == {"FAILED": sent, "PLANNED": 13 - sent}
    assert prompts(service).count("bad") == sent
    service._word = lambda job: "COMPLETED"
    assert again.start().wait(60).counts == {"FAILED": sent, "COMPLETED": 13 - sent}


def test_other_failures_between_do_not_pause(log):
    """Neither do those that differ."""
    service = FakePixazo(polls=0)
    words = ["[FAILED]", "[ERROR]", "ok"] * 6
    sweep = experiment(service, log).sweep(LUCY, prompt=[f"{w} {n}" for n, w in enumerate(words)], video=CLIP).wait(60)
    assert (sweep.state, sum(sweep.counts.values())) == ("done", 18)


def test_one_services_pause_leaves_the_others_going(log):
    """Each has its part; what is written of the pause is its service's."""
    pixazo, apiframe = Moody([402]), FakeApiframe(sandbox=True)

    def answer(request):
        return pixazo(request) if request.url.host == "pixazo.example" else apiframe(request)

    urls = {"pixazo": "https://pixazo.example", "apiframe": APIFRAME}
    client = pixnb.Client(
        keys={"pixazo": "key", "apiframe": APIFRAME_KEY},
        base_urls=urls,
        patience=Patience(pause=0.02),
        transport=httpx.MockTransport(answer),
    )
    exp = pixnb.Experiment("coats", log=log, client=client)
    sweep = exp.sweep([LUCY, "wan-2.7-videoedit"], prompt=["a", "b", "c", "d", "e", "f"], video=CLIP).wait(60)
    by_model = {model: set() for model in (LUCY, "wan-2.7-videoedit")}
    for cell in sweep.cells:
        by_model[cell.request.model.id].add(str(cell.status))
    assert by_model == {LUCY: {"PLANNED"}, "wan-2.7-videoedit": {"COMPLETED"}}
    assert sweep.state == "paused"
    assert "pixazo pauses" in sweep.stopped


@pytest.mark.slow
@pytest.mark.parametrize("answer", [429, 503, (429, {"Retry-After": "1"}, "slowly")])
def test_a_storm_is_sat_out(log, answer):
    """What was refused for coming too often is sent again later; nothing fails and nothing is sent twice."""
    service = Moody([None, *[answer] * 14, None])
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, prompt=TEN, video=CLIP).wait(200)
    assert (sweep.state, sweep.counts) == ("done", {"COMPLETED": 10})
    assert len(service.jobs) == 10


@pytest.mark.slow
def test_a_service_that_is_down_for_a_while(log):
    """Nothing was sent, so all is sent when it is back."""
    service = Moody([None, None, *[httpx.ConnectError] * 12, None])
    sweep = experiment(service, log).sweep(LUCY, prompt=TEN, video=CLIP).wait(200)
    assert (sweep.state, sweep.counts, len(service.jobs)) == ("done", {"COMPLETED": 10}, 10)


def test_a_cell_that_cannot_be_sent_leaves_the_others(log, tmp_path):
    """A file that is gone when its turn comes."""
    from served import tiny_clip

    files = [tmp_path / f"{n}.mp4" for n in range(6)]
    for number, path in enumerate(files):
        path.write_bytes(tiny_clip() + number.to_bytes(1, "big"))
    service = FakePixazo(polls=0)
    gate = threading.Event()
    service.before_answer = lambda _: gate.wait(20)
    exp = experiment(service, log)
    sweep = exp.sweep(LUCY, prompt=["a"], video=files)
    files[-1].unlink()
    gate.set()
    sweep.wait(60)
    assert sweep.counts == {"COMPLETED": 5, "ERROR": 1}
    assert "5.mp4" in sweep.cells[-1].error
    assert float(exp.spent) == pytest.approx(1.0)


def test_many_sweeps_at_once_never_pass_the_budget(log):
    """Four at a time, each checked as it is sent."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log, budget=2)
    several = [exp.sweep(LUCY, prompt=[f"{name}{n}" for n in range(8)], video=CLIP) for name in "abcd"]
    for sweep in several:
        sweep.wait(60)
    assert len(service.posts) == 10
    assert {sweep.state for sweep in several} <= {"stopped", "done"}
    assert float(exp.spent) == pytest.approx(2)


@pytest.mark.slow
def test_a_log_that_goes_away_pauses(log, tmp_path):
    """Nothing more is sent that cannot be written down."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    gate = threading.Event()
    service.before_answer = lambda _: gate.wait(20)
    sweep = exp.sweep(LUCY, prompt=TEN, video=CLIP)
    until(lambda: len(service.posts) == 1 or len(service.posts) == 4)
    log.close()
    gate.set()
    sweep.wait(30)
    assert sweep.state == "paused"
    assert "closed" in sweep.stopped
    assert len(service.posts) <= 5


def test_stalled_downloads_do_not_hold_the_others(log):
    """A place in flight is free as soon as the service is done; files come after."""
    service = FakePixazo(polls=0)
    transport = Stalling(service, twenty={f"/job-{number}/output.mp4" for number in range(1, 21)})
    exp = pixnb.Experiment("coats", log=log, client=client_of(service, transport=transport))
    sweep = exp.sweep(LUCY, prompt=[f"p{n}" for n in range(24)], video=CLIP, confirm=True)
    until(lambda: len(service.posts) == 24)
    until(lambda: sweep.counts.get("COMPLETED", 0) == 4)
    transport.is_open = True
    assert sweep.wait(60).counts == {"COMPLETED": 24}


class Stalling(httpx.AsyncBaseTransport):
    """Gives some files only once it is open."""

    def __init__(self, service, *, twenty):
        self._service, self._stalled, self.is_open = service, twenty, False

    async def handle_async_request(self, request):
        await request.aread()
        while request.url.path in self._stalled and not self.is_open:
            await asyncio.sleep(0.02)
        return self._service(request)


# Real processes against the real sandbox


def resumed(name="resume_sweep", count=1):
    """What new processes find that resume at once."""
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(program(PROGRAMS, name, "many")) for _ in range(count)]
        return [told(process) for process in others]


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.3, 1.0, 2.5])
def test_sixty_cells_survive_a_kill_at_any_time(data, after):
    """Each is sent once, also those that were not; no id is lost, no half file is named."""
    with program(PROGRAMS, "sweep", "many", "60") as process:
        told(process)
        time.sleep(after)
        kill(process)
    check_that_sixty_survived(data)


@pytest.mark.slow
@pytest.mark.parametrize("at", [1, 25])
@pytest.mark.parametrize("step", ["before the POST", "after the POST", "polling", "downloading", "before a commit"])
def test_sixty_cells_survive_a_kill_at_each_step(data, step, at):
    """Of the first job or of a later one."""
    with program(PROGRAMS, "sweep_that_dies", "many", "60", step, str(at)) as process:
        assert process.wait(100) == -signal.SIGKILL
    check_that_sixty_survived(data)


def check_that_sixty_survived(data):
    """Resume in a new process: nothing was sent twice, no id is lost, each file that is named is whole."""
    (said,) = resumed()
    assert said["statuses"].keys() <= {"COMPLETED", "UNCONFIRMED"}
    assert said["statuses"].get("COMPLETED", 0) >= 60 - 16
    with jobs_of(data, SPEED) as jobs:
        assert 60 - 16 <= len(jobs) <= 60
        assert len({job["id"] for job in jobs}) == len(jobs)
    with pixnb.Log() as log:
        frame = log.frame("many")
        assert len(frame) == 60
        done = frame[frame["status"] == "COMPLETED"]
        assert done["output_path"].map(lambda path: Path(path).stat().st_size > 0).all()
        assert done["job_id"].is_unique
        assert set(done["job_id"]) <= {job["id"] for job in jobs}


@pytest.mark.slow
def test_two_kernels_that_resume_at_once_send_each_once(data):
    """Whoever claims it first sends; the other one finds nothing planned to send."""
    slow = {**os.environ, "PIXNB_SANDBOX_SPEED": "1"}  # that some are not sent yet is no matter of luck
    with program(PROGRAMS, "sweep", "many", "40", env=slow) as process:
        told(process)
        time.sleep(0.5)
        kill(process)
    found = resumed(count=2)
    assert sum("goes on now" in said["out"] for said in found) == 1
    with jobs_of(data, SPEED) as jobs:
        assert 40 - 16 <= len(jobs) <= 40
    with pixnb.Log() as log:
        assert set(log.frame("many")["status"]) <= {"COMPLETED", "UNCONFIRMED"}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cancelled", "paused", "stopped"])
def test_what_was_not_running_is_not_resumed(data, how):
    """Its process died all the same."""
    with program(PROGRAMS, f"sweep_{how}", "many", "10") as process:
        told(process)
        kill(process)
    with jobs_of(data, SPEED) as jobs:
        before = len(jobs)
    (said,) = resumed()
    assert "goes on now" not in said["out"]
    with jobs_of(data, SPEED) as jobs:
        assert len(jobs) == before


def test_a_resume_of_much_real_money_needs_a_word(log, capsys):
    """As the sweep itself did."""
    service = FakePixazo(polls=0, sandbox=False)
    exp = experiment(service, log)
    exp.sweep(LUCY, prompt=[f"p{n}" for n in range(30)], video=CLIP, dry_run=True)
    lost = leave_behind(exp, [f"p{n}" for n in range(30)])
    assert exp.resume() == []
    out = capsys.readouterr().out
    assert "30 to send (about $6.00)" in out
    assert "exp.resume(confirm=True)" in out
    assert (service.posts, state_of(log)) == ([], ["running"])
    found = exp.resume(confirm=True)
    assert sorted(run.run_id for run in found) == sorted(lost)
    for run in found:
        run.wait(60)
    assert len(service.posts) == 30
    assert "30 to send (about $6.00)" in capsys.readouterr().out
    until(lambda: state_of(log) == ["done"])


def test_what_was_planned_for_a_sandbox_is_not_paid_for(log, capsys):
    """A key is set meanwhile: it is named and stays."""
    first = experiment(FakePixazo(polls=0), log)
    leave_behind(first, ["a"])
    service = FakePixazo(polls=0, sandbox=False)
    client = pixnb.Client(keys={"pixazo": "key"}, transport=service.transport)
    exp = pixnb.Experiment("coats", log=log, client=client)
    assert exp.resume() == []
    assert service.posts == []
    assert "planned for https://pixazo.example" in capsys.readouterr().out


def test_an_orphaned_run_that_is_waited_for_says_how_it_is_sent(log):
    """It does not wait for ever."""
    exp = experiment(FakePixazo(polls=0), log)
    (run_id,) = leave_behind(exp, ["a"])
    with pytest.raises(pixnb.PixnbError, match=r"exp\.resume\(\)"):
        exp.run(run_id).wait(20)


def test_the_line_goes_on_with_what_a_dead_process_planned(log):
    """Without a resume too: adopted, sent once."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    leave_behind(exp, ["a", "b"])
    sweep = exp.sweep(LUCY, prompt=["a", "b", "c"], video=CLIP)
    assert list(sweep.plan["plan"]) == ["planned", "planned", "new"]
    assert sweep.wait(30).counts == {"COMPLETED": 3}
    assert (len(service.posts), len(exp.frame()), exp.resume()) == (3, 3, [])
