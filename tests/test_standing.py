"""Where a job stands: every pair of statuses, and what a user's hands can reach of it."""

from __future__ import annotations

import dataclasses
import itertools

import httpx
import pytest
from fake_pixazo import FakePixazo

import pixnb
from pixnb.client.polling import Patience
from pixnb.client.standing import Standing, advance
from pixnb.status import JobStatus

P, S, U, Q, R, C, F, E, X = JobStatus  # as they are declared; R is PROCESSING, X is CANCELLED
LEGAL = {
    P: {S, X},
    S: {P, U, Q, R, E, X},
    U: set(),
    Q: {R, C, F, E, X},
    R: {Q, U, C, F, E, X},
    C: set(),
    F: set(),
    E: set(),
    X: {R, C, F, E},
}
# fmt: off
OF_A_RUN = {
    "attempt", "cancel", "children", "completed_at", "cost", "cost_estimated", "created_at", "error", "eta",
    "experiment", "id", "is_overpriced", "is_slow", "listen", "log_metric", "media", "model", "note", "output",
    "params", "parent", "pick", "progress", "provider", "refresh", "result", "retry", "run_id", "sandbox", "standing",
    "star", "status", "tag", "take", "updated_at", "updates", "wait",
}
# fmt: on
"""What the design names of a Job and a Run, with `media`, `standing`, `listen` and where it lies in its experiment."""


@pytest.mark.parametrize(("before", "after"), list(itertools.product(JobStatus, JobStatus)))
def test_every_step_is_legal_or_refused(before, after):
    """A status may follow itself, with more known; no other step is taken but those of the table."""
    standing = Standing(before, id="j")
    if after is before or after in LEGAL[before]:
        assert advance(standing, after, progress=0.5) == Standing(after, id="j", progress=0.5)
    else:
        with pytest.raises(ValueError, match=f"{before} cannot become {after}"):
            advance(standing, after)


@pytest.mark.parametrize("status", ["BOGUS", "", 7])
def test_a_status_that_is_none_is_refused(status):
    """Whatever is given in its place."""
    with pytest.raises(ValueError, match="is not a valid JobStatus"):
        advance(Standing(), status)


@pytest.fixture
def run(tmp_path):
    """A run that has ended."""
    client = pixnb.Client(
        keys={"pixazo": "k"}, transport=httpx.MockTransport(FakePixazo()), patience=Patience(pause=0.02)
    )
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("x", log=log, client=client).submit("ltx-2.3-text-to-video", prompt="A lake").wait(20)


def test_what_is_known_of_a_run_is_read_only(run):
    """A user's typing mistake changes no record."""
    for name in ("status", "id", "error", "cost", "progress", "media", "params", "take", "sandbox", "standing"):
        with pytest.raises(AttributeError):
            setattr(run, name, "BOGUS")
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.standing.status = JobStatus.FAILED
    assert run.status is JobStatus.COMPLETED


def test_a_run_shows_its_face_only(run):
    """What appears under Tab is meant for users; nothing there says the opposite of what it is called."""
    assert {name for name in dir(run) if not name.startswith("_")} == OF_A_RUN
