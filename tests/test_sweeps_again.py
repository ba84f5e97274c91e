"""Sweeps found again: `exp.sweeps` of this process, of one that is gone, of one that is at work; what cancels them."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from children import program, told
from fake_pixazo import FakePixazo
from patience import until
from sampling import sampled
from sqlalchemy import select, update
from sweeps import CLIP, LUCY, experiment, leave_behind, prompts

import pixnb
from pixnb.display.sweep_live import SweepCard
from pixnb.log.schema import runs
from pixnb.log.schema import sweeps as table
from pixnb.status import JobStatus

PROGRAMS = Path(__file__).with_name("sweeps_programs.py")


def forget(exp, sweep_id, **values):
    """Have a sweep look as if its process had ended."""
    gone = {"owner_pid": 2**22 + 1, "owner_start": 1, **values}
    exp.log.write(lambda conn: conn.execute(update(table).where(table.c.sweep_id == sweep_id).values(**gone))).result()


def states(log):
    """What the log says of sweeps."""
    return [row["state"] for row in log.read(select(table.c.state).order_by(table.c.created_at))]


def test_sweeps_of_this_process_are_themselves(exp):
    """In the order in which they began, under way or done; a plan that was not started is none."""
    assert (len(exp.sweeps), list(exp.sweeps)) == (0, [])
    first = exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    exp.sweep(LUCY, prompt=["no"], video=CLIP, dry_run=True)
    second = exp.sweep(LUCY, prompt=["[held] b"], video=CLIP)
    assert list(exp.sweeps) == [first, second]
    assert exp.sweeps[-1] is second
    assert exp.sweeps[:1] == [first]
    assert experiment(FakePixazo(), exp.log).sweeps[0] is first
    assert len(experiment(FakePixazo(), exp.log, "other").sweeps) == 0
    with pytest.raises(IndexError):
        exp.sweeps[2]
    said = repr(exp.sweeps)
    assert "2 sweeps in 'coats'" in said
    assert "done; 1 COMPLETED" in said
    exp.sweeps[-1].cancel()
    assert second.state == "cancelled"


def test_a_done_sweep_is_read_from_the_log(service, exp):
    """Its cells with their axes, files and money; of a take its last attempt. Looking sends and writes nothing."""
    labels = {"formal": "A coat, please", "casual": "coat! [FAILED]"}
    line = {"prompt": labels, "video": CLIP, "enhance_prompt": [True, False]}
    sweep_id = exp.sweep(LUCY, **line).wait(30).retry_failed().wait(30).sweep_id
    sent = len(service.posts)
    exp._runner._living_sweeps.clear()  # as in a process that has it no more
    events = exp.log.reading(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM events").scalar())
    (sweep,) = experiment(service, exp.log).sweeps
    assert (sweep.sweep_id, sweep.state, sweep.stopped, len(sweep)) == (sweep_id, "done", None, 4)
    assert [cell.axes for cell in sweep.cells] == [
        {"prompt": label, "enhance_prompt": flag} for label in labels for flag in (True, False)
    ]
    assert [(str(cell.status), cell.attempt) for cell in sweep.cells] == [("COMPLETED", 1)] * 2 + [("FAILED", 2)] * 2
    assert Path(sweep.cells[0].path).is_file()
    assert float(sweep.spent) == pytest.approx(1.2)  # both attempts
    assert (sweep.ended, sweep.is_running, len(sweep.runs)) == (4, False, 4)
    assert list(sweep.frame()["vars.prompt"]) == ["formal", "formal", "casual", "casual"]
    page = sweep._repr_mimebundle_()["text/html"]
    assert page.count("data:image/webp") == 2
    assert SweepCard(sweep).buttons == ["Retry 2 failed"]
    assert sweep.wait().state == "done"
    assert [run.run_id for run in sweep] == [run.run_id for run in sweep.runs]
    assert len(service.posts) == sent
    assert exp.log.reading(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM events").scalar()) == events
    service._word = lambda job: "COMPLETED"
    assert sweep.retry_failed().wait(30).counts == {"COMPLETED": 4}
    assert len(service.posts) == sent + 2
    assert exp.sweeps[0] is sweep


@pytest.mark.parametrize("how", ["start", "resume", "the button"])
def test_a_lost_sweep_goes_on(service, exp, how, capsys):
    """All of it is in its grid: what was done before, and what is sent now."""
    done = exp.sweep(LUCY, prompt=["a", "b"], video=CLIP).wait(30)
    ids = leave_behind(exp, ["c", "d"])
    kept = done.sweep_id
    exp.log.write(  # as one sweep of which two were done
        lambda conn: conn.execute(update(runs).where(runs.c.run_id.in_(ids)).values(sweep_id=kept))
    ).result()
    forget(exp, kept, state="running")
    exp.log.write(lambda conn: conn.execute(table.delete().where(table.c.sweep_id != kept))).result()
    exp._runner._living_sweeps.clear()  # as in a process that has it no more
    exp = experiment(service, exp.log)
    (sweep,) = exp.sweeps
    assert (sweep.state, sweep.counts, len(service.posts)) == ("lost", {"COMPLETED": 2, "PLANNED": 2}, 2)
    assert "2 cells were not sent" in sweep.stopped
    assert "exp.resume()" in sweep.stopped
    assert states(exp.log) == ["running"]
    if how == "resume":
        found = exp.resume()
        assert sorted(run.run_id for run in found) == sorted(ids)
        (sweep,) = found.sweeps
        said = capsys.readouterr().out
        assert "2 cells: 2 to send (about $0.40)" in said
        assert "exp.sweeps[0]" in said
        assert exp.sweeps[0] is sweep
    elif how == "start":
        sweep.start()
    else:
        SweepCard(sweep).press("Go on")
    assert sweep.wait(30).counts == {"COMPLETED": 4}
    assert [cell.axes["prompt"] for cell in sweep.cells] == ["a", "b", "c", "d"]
    assert float(sweep.spent) == pytest.approx(0.8)
    assert sorted(prompts(service)) == ["a", "b", "c", "d"]
    assert (states(exp.log), list(exp.resume())) == (["done"], [])


@pytest.mark.parametrize(("state", "goes_on"), [("paused", True), ("stopped", True), ("cancelled", False)])
def test_what_was_held_up_in_another_process_goes_on_when_asked(service, exp, state, goes_on):
    """Not by a resume; what was cancelled never."""
    leave_behind(exp, ["a", "b"])
    forget(exp, exp.sweeps[0].sweep_id, state=state, paused_json={"pixazo": "no money."} if state == "paused" else None)
    assert list(exp.resume()) == []
    (sweep,) = exp.sweeps
    assert (sweep.state, sweep.counts) == (state, {"PLANNED": 2})
    if state == "paused":
        assert "pixazo pauses: no money." in sweep.stopped
    assert ("Go on" in SweepCard(sweep).buttons) is goes_on
    if not goes_on:
        with pytest.raises(pixnb.InvalidInput, match="cancelled"):
            sweep.start()
        return
    assert sweep.start().wait(30).counts == {"COMPLETED": 2}


@pytest.mark.parametrize("state", ["running", "paused", "stopped"])
def test_what_is_lost_can_be_cancelled(service, exp, state):
    """Then no resume and no start sends it; what was planned is gone and costs nothing."""
    leave_behind(exp, ["a", "b"])
    forget(exp, exp.sweeps[0].sweep_id, state=state)
    (sweep,) = exp.sweeps
    sweep.cancel()
    assert (sweep.state, sweep.counts) == ("cancelled", {"CANCELLED": 2})
    assert "2 unsent dropped for nothing, 0 sent" in sweep.stopped
    assert (states(exp.log), len(exp.frame()), list(exp.resume())) == (["cancelled"], 0, [])
    with pytest.raises(pixnb.InvalidInput, match="cancelled"):
        sweep.start()
    assert service.posts == []


def test_who_looked_before_a_cancel_cannot_start_it_after(service, exp):
    """Two objects for one sweep, as two kernels have them: the log decides."""
    leave_behind(exp, ["a", "b"])
    one, other = exp.sweeps[0], exp.sweeps[0]
    assert one is not other
    one.cancel()
    with pytest.raises(pixnb.InvalidInput, match="cancelled"):
        other.start()
    assert (service.posts, states(exp.log), other.state) == ([], ["cancelled"], "cancelled")


def test_of_two_that_start_a_lost_one_one_sends(service, exp):
    """The other looks on, and sees it end."""
    leave_behind(exp, ["[held] a", "[held] b"])
    one, other = exp.sweeps[0], exp.sweeps[0]
    one.start()
    other.start()
    assert other.is_elsewhere
    assert not one.is_elsewhere
    until(lambda: len(service.posts) == 2)
    service.released.set()
    for sweep in (one, other):
        assert sweep.wait(30).counts == {"COMPLETED": 2}
    assert (len(service.posts), other.state) == (2, "done")
    assert float(other.spent) == pytest.approx(0.4)


def test_a_lost_one_of_much_real_money_needs_a_word(log):
    """However it is taken up."""
    service = FakePixazo(polls=0, sandbox=False)
    exp = experiment(service, log)
    leave_behind(exp, [f"p{n}" for n in range(30)])
    (sweep,) = exp.sweeps
    assert sweep.start().state == "confirm"
    assert "$6.00" in sweep.stopped
    assert (service.posts, states(log)) == ([], ["running"])
    assert sweep.start(confirm=True).wait(60).counts == {"COMPLETED": 30}


def test_a_file_that_is_gone_leaves_its_cell_out(service, exp, tmp_path, capsys):
    """It is named; the others go."""
    from served import tiny_clip

    clip = tmp_path / "coat.mp4"
    clip.write_bytes(tiny_clip())
    leave_behind(exp, ["a", "b"], video=[CLIP, clip])
    clip.unlink()
    (sweep,) = exp.sweeps
    assert {cell.axes["video"] for cell in sweep.cells} == {"clip.mp4", "coat.mp4"}
    assert sweep.start().wait(30).counts == {"COMPLETED": 2}
    assert "coat.mp4" in capsys.readouterr().out
    assert len(service.posts) == 2


def test_a_resumed_list_shows_its_grids(exp, service, monkeypatch):
    """In a notebook the live grid of each sweep that goes on, else it is a list."""
    ipython = pytest.importorskip("IPython")
    leave_behind(exp, ["a"])
    found = exp.resume()
    shown = []
    monkeypatch.setattr(ipython.display, "display", shown.append)
    found._ipython_display_()
    assert shown == found.sweeps
    found.sweeps[0].wait(30)
    with pytest.raises(NotImplementedError):
        exp.resume()._ipython_display_()
    assert found[0].status is JobStatus.COMPLETED


# Another process at work


def begin(log_path, count=10):
    return program(PROGRAMS, "hold", str(log_path), str(count), stdin=subprocess.PIPE)


def let_go(process):
    process.stdin.write("\n")
    process.stdin.flush()
    return told(process)


def test_a_sweep_of_another_process_is_followed(log, tmp_path):
    """Its grid fills here too; a start of it here sends nothing."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    with begin(tmp_path / "log.db") as process:
        sweep_id = told(process)
        (sweep,) = exp.sweeps
        assert (sweep.sweep_id, sweep.state, sweep.is_elsewhere) == (sweep_id, "running", True)
        assert sweep.counts["PLANNED"] == 6
        assert sweep.start() is sweep
        card = SweepCard(sweep)
        assert card.buttons == ["Cancel"]
        assert list(exp.resume().sweeps) == []
        said = let_go(process)
    assert said["counts"] == {"COMPLETED": 10}
    assert sweep.wait(30).counts == {"COMPLETED": 10}
    assert (sweep.state, sweep.stopped, service.posts) == ("done", None, [])
    until(lambda: "10 of 10" in card.summary)


def test_a_sweep_of_another_process_is_cancelled(log, tmp_path):
    """What that has not sent is never sent, and not planned anew there; what it has sent it sees to the end."""
    exp = experiment(FakePixazo(polls=0), log)
    with begin(tmp_path / "log.db") as process:
        told(process)
        (sweep,) = exp.sweeps
        sweep.cancel()
        assert "6 unsent dropped for nothing, 4 sent seen to by the process that sent them" in sweep.stopped
        said = let_go(process)
    assert (said["posts"], said["state"]) == (4, "cancelled")
    assert said["counts"] == {"COMPLETED": 4, "CANCELLED": 6}
    assert "Cancelled in another process: 6 unsent" in said["stopped"]
    assert (len(exp.frame()), states(log)) == (4, ["cancelled"])
    assert list(exp.resume()) == []


def test_a_process_that_dies_while_it_is_looked_at(log, tmp_path):
    """Then it is lost, and goes on here when asked."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    with begin(tmp_path / "log.db") as process:
        told(process)
        (sweep,) = exp.sweeps
        process.kill()
        process.wait()
        until(lambda: sweep.state == "lost")
    assert sweep.wait(30).state == "lost"
    assert "6 cells were not sent" in sweep.stopped
    time.sleep(0.1)
    assert service.posts == []


@pytest.mark.parametrize("after", sampled([0.05, 0.0, 0.3], 1))
def test_two_resume_while_a_third_cancels(log, tmp_path, after):
    """No cell is sent twice, none after the cancel is written down, and all three agree in the end."""
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    ids = leave_behind(exp, [f"p{n}" for n in range(40)])
    both = [program(PROGRAMS, "resume", str(tmp_path / "log.db"), stdin=subprocess.PIPE) for _ in range(2)]
    with both[0] as one, both[1] as other:
        for process in (one, other):
            assert told(process) == "ready"
        (sweep,) = exp.sweeps
        for process in (one, other):
            process.stdin.write("\n")
            process.stdin.flush()
        time.sleep(after)
        sweep.cancel()
        said = [told(process) for process in (one, other)]
    frame = exp.frame()
    posts = sum(one["posts"] for one in said)
    assert posts == len(frame) <= 40
    assert set(frame["status"]) <= {"COMPLETED"}
    assert {state for one in said for state in one["states"]} <= {"cancelled"}
    assert states(log) == ["cancelled"]
    dropped = log.read(select(runs.c.run_id).where(runs.c.deleted_at.is_not(None)))
    assert len(dropped) + posts == len(ids)
