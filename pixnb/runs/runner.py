"""Submits logged runs, and finds them again: in this process, in the log, after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pixnb import settings
from pixnb.client import processing
from pixnb.client.standing import Standing
from pixnb.client.work import Work
from pixnb.errors import InvalidInput, PixnbError
from pixnb.http.loop import wait_for
from pixnb.log import queries, rows, sweeps
from pixnb.runs.heartbeat import keep_beating
from pixnb.runs.learning import learn_durations
from pixnb.runs.loading import read_request, read_standing
from pixnb.runs.record import NotPlanned, RunRecorder, TakeExists
from pixnb.runs.resume import LogFollower, PlannedFollower
from pixnb.runs.run import Run
from pixnb.status import JobStatus
from pixnb.unsent import nothing_sent

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.processing import CancelToken
    from pixnb.log.log import Log
    from pixnb.request import Request


class Runner:
    """Submits runs to a log and loads them from it.

    Args:
        log: The log.
        engine: What talks to the services.
        experiment: The experiment that runs are submitted to; "" for a runner that submits none.
        user: Who works here.

    Attributes:
        limits: What the user allows of each service, as it was set when this was made.
    """

    _all: ClassVar[weakref.WeakSet[Runner]] = weakref.WeakSet()
    _living_sweeps: ClassVar[weakref.WeakValueDictionary[tuple[int, str, str], Any]] = weakref.WeakValueDictionary()

    def __init__(self, log: Log, engine: Engine, *, experiment: str = "", user: str = "") -> None:
        self.log = log
        self.engine = engine
        self.experiment = experiment
        self.user = user
        self.limits = settings.load().limits
        self._works: weakref.WeakValueDictionary[str, Work] = weakref.WeakValueDictionary()
        self._runs: weakref.WeakValueDictionary[str, Run] = weakref.WeakValueDictionary()
        self._learned: set[str] = set()
        self._sweeps: list[Callable[[], bool]] = []
        self._beating: Any = None
        self._all.add(self)
        log.before_close(self.settle)

    def settle(self, seconds: float) -> None:
        """Wait until no submit is under way, so that each has its id on record; called when the log is to close."""
        self.engine.drain(seconds)

    @nothing_sent()
    def begin(self, request: Request | Run) -> tuple[Run, Future[Run]]:
        """Begin to submit a run; returns at once, from any thread.

        Args:
            request: What is asked for; or a run that is PLANNED.

        Returns:
            The run, which has its id; and what ends when the service has answered: with the run, with the logged one
            where the take that was asked for is there, or with the error that stopped it before it was sent.
            Cancelling that leaves the wait, never the submit.

        Raises:
            PixnbError: This process is ending; nothing was sent.
        """
        run = request if isinstance(request, Run) else self._new(request)
        return run, self.engine.see_through(run._work, self._submit(run))

    def submit(self, request: Request) -> Run:
        """Submit a run and wait for the service's answer; see `Experiment.submit`."""
        return wait_for(self.begin(request)[1])

    def process(self, request: Request, token: CancelToken | None) -> bytes:
        """Process and log; see `Experiment.process`."""
        return processing.block(self.engine, self._new(request)._work, token)

    def retry(self, run: Run) -> Run:
        """Submit the next attempt of a run's take; see `Run.retry`."""
        row = self.log.row(run.run_id)
        if row is None:
            raise InvalidInput(f"The log has no run {run.run_id!r} any more. exp.frame() lists what there is.")
        if row["status"] not in _CAN_BE_TRIED_AGAIN:
            raise InvalidInput(
                f"Run {run.run_id} is {row['status']}: only one that failed or was cancelled can be tried again. "
                "exp.submit(…) without take= makes another take."
            )
        given = queries.read_inputs(self.log, run.run_id)
        request = read_request(row, given, self.log.assets)
        again = self._new(request, experiment=run.experiment, after=run.run_id)
        return wait_for(self.begin(again)[1])

    async def _submit(self, run: Run) -> Run:
        try:
            await self.engine.submit(run._work)
        except TakeExists as exists:
            return await self._find_logged(exists.row, run._work.request)
        except PixnbError:
            if not run.standing.is_sent:
                raise
        return run

    async def _find_logged(self, row: Mapping[Any, Any], request: Request | None = None) -> Run:
        """Give the run of a take that is there; one that was cancelled here may be done by now, a planned one is sent.

        What a sweep has planned is asked for here now: the sweep joins it.
        """
        if request is not None and row["status"] == JobStatus.PLANNED:
            run = self.take_planned(row["run_id"], request, row, say_stop=lambda: None, is_held=False)
            try:
                return await self._submit(run)
            except NotPlanned:  # the sweep was quicker
                self.leave_planned(run)
                return run
        run = await asyncio.to_thread(self.from_row, row)
        if run.status is JobStatus.CANCELLED:
            with contextlib.suppress(PixnbError):
                await self.engine.refresh(run._work)
        return run

    def _new(
        self,
        request: Request,
        *,
        run_id: str | None = None,
        experiment: str | None = None,
        after: str | None = None,
        is_held: bool = True,
    ) -> Run:
        run_id, experiment = run_id or rows.new_run_id(), experiment or self.experiment
        model, fallback = request.model, LogFollower(self, run_id)
        limit = self.limits.get(model.provider) if is_held else None
        recorder = RunRecorder(self.log, run_id, experiment, user=self.user, after=after, limit=limit)
        work = Work(
            model.provider, model.id, request=request, recorder=recorder, store=self.log.assets, fallback=fallback
        )
        self.learn(model.id)
        # known from before its first record on: no other runner of this process is to take it for a lost one
        self._works[run_id] = work
        self.beat()
        return self._face(work, run_id, experiment)

    def take_planned(
        self,
        run_id: str,
        request: Request,
        row: Mapping[str, Any],
        *,
        say_stop: Callable[[], str | None],
        is_held: bool = True,
    ) -> Run:
        """Return the run of a row that is PLANNED, for `begin`.

        Args:
            run_id: Its id.
            request: What it asks for.
            row: Its take and attempt, as the log has them.
            say_stop: Says to those who wait for it why it will not be sent for now; None while it will.
            is_held: Whether what the user allows of the service holds it.
        """
        run = self._new(request, run_id=run_id, is_held=is_held)
        run._record.load({"take": row["take"], "attempt": row["attempt"], "status": JobStatus.PLANNED})
        run._work.follower = PlannedFollower(self.engine, say_stop)
        return run

    def plan_again(self, run: Run, say_stop: Callable[[], str | None]) -> None:
        """Take in that a run, which its service refused without taking it, is planned again."""
        work, record = run._work, run._record
        work.standing = Standing(cost=work.standing.cost, sandbox=work.standing.sandbox)
        record.load({"take": record.take, "attempt": record.attempt, "status": JobStatus.PLANNED})
        work.follower = PlannedFollower(self.engine, say_stop)
        work.tell()

    def leave_planned(self, run: Run) -> None:
        """Take in that somebody else has begun or dropped a planned run: it is followed through the log."""
        run._work.request, run._work.follower = None, LogFollower(self, run.run_id)

    async def refuse_planned(self, run: Run, error: PixnbError | None) -> None:
        """Write down that a planned run cannot be sent as it is; on the loop."""
        error = error or PixnbError("The run could not be sent.")
        message, code, run_id = error.message, error.code, run.run_id
        await self.log.write_async(lambda connection: sweeps.refuse_planned(connection, run_id, message, code))
        run._work.standing = replace(run._work.standing, status=JobStatus.ERROR, error=error)
        run._work.tell()

    def _face(self, work: Work, run_id: str, experiment: str) -> Run:
        """Give the one run that users see of a piece of work, which may outlive it while it is followed."""
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = Run(self, work, run_id=run_id, experiment=experiment)
        elif work.request is not None:
            run._work = work  # it was looked at only, and is to be sent here now
        return run

    @classmethod
    def living(cls, log_id: str, run_id: str) -> list[Work]:
        """Return what in this process stands for a row, of all runners; any of them may be working on it."""
        runners = [runner for runner in list(cls._all) if runner.log.id == log_id]
        return [work for work in (runner._works.get(run_id) for runner in runners) if work is not None]

    @classmethod
    def of(cls, log: Log, experiment: str) -> Runner | None:
        """Return a runner that this process has for an experiment, with its client; None if there is none."""
        mine = (one for one in list(cls._all) if one.log is log and one.experiment == experiment)
        return max(mine, key=lambda one: len(one._works), default=None)

    def get(self, run_id: str) -> Run:
        """Return a run by its id.

        Raises:
            InvalidInput: The log has no such run.
        """
        row = self.log.row(run_id)
        if row is None or row["deleted_at"] is not None:
            raise InvalidInput(f"The log has no run {run_id!r}. exp.frame() lists what there is.")
        return self.from_row(row)

    def from_row(self, row: Mapping[str, Any]) -> Run:
        """Return the run of a row: the one that this process works with, if it does, else one loaded from the log."""
        return self.from_rows([row])[0]

    def from_rows(self, found: list[Mapping[Any, Any]]) -> list[Run]:
        """Return the runs of rows, in their order."""
        unknown = [row["run_id"] for row in found if row["run_id"] not in self._works]
        files = queries.read_outputs(self.log, unknown)
        works = [self._works.get(row["run_id"]) or self._load(row, files.get(row["run_id"], [])) for row in found]
        return [self._face(work, row["run_id"], row["experiment"]) for work, row in zip(works, found, strict=True)]

    def _load(self, row: Mapping[Any, Any], files: Sequence[Mapping[Any, Any]]) -> Work:
        run_id = row["run_id"]
        work = self._works[run_id] = Work(
            row["provider"],
            row["model"],
            params=row["params_json"],
            home=row["base_url"],
            recorder=RunRecorder(self.log, run_id, row["experiment"], user=self.user),
            store=self.log.assets,
            follower=LogFollower(self, run_id),
        )
        self.load(work, row, files)
        return work

    def load(self, work: Work, row: Mapping[Any, Any], files: Sequence[Mapping[Any, Any]]) -> None:
        """Take in what the log says of a run."""
        work.standing = read_standing(row, files, self.log.assets)
        assert isinstance(work.recorder, RunRecorder)
        work.recorder.load(row)

    def all(self) -> list[Run]:
        """Return the experiment's runs, the oldest first."""
        return self.from_rows(queries.read_experiment(self.log, self.experiment))

    def resume(self, *, user: str | None = None, cancelled: bool = False) -> list[Run]:
        """Take up every open run; see `Experiment.resume`."""
        unfinished = queries.read_unfinished(self.log, self.experiment, user=user, cancelled=cancelled)
        found = self.from_rows(unfinished)
        self.take_up(found)
        return found

    def take_up(self, runs: Iterable[Run]) -> None:
        """Follow runs of the log to their ends: by their services where nobody does, else by the log."""
        for run in runs:
            standing = run.standing
            if standing.is_settled and run.id is not None and not run.media:
                self.engine.reopen(run._work)
            elif not standing.is_settled:
                self.engine.watch(run._work)
        self.beat()

    def parent(self, run: Run) -> Run | None:
        """Return the run whose output is an input of this one."""
        row = self.log.row(run.run_id)
        parent = self.log.row(row["parent_run_id"]) if row and row["parent_run_id"] else None
        return self.from_row(parent) if parent else None

    def children(self, run: Run) -> list[Run]:
        """Return the runs that took this one's output as an input."""
        return self.from_rows(queries.read_children(self.log, [media.sha256 for media in run.media]))

    def learn(self, model: str) -> None:
        """Learn from the log how long runs of a model take, once."""
        if model in self._learned:
            return
        self._learned.add(model)
        learn_durations(self.log, self.engine.durations, model)

    @property
    def is_busy(self) -> bool:
        """Whether runs are in flight, or on their way: inputs may take long before the first record."""
        # references: iterating over the values would stumble over runs that other threads make
        known = [reference() for reference in self._works.valuerefs()]
        on_the_way = (
            work is not None and work.request is not None and work.standing.status is JobStatus.PLANNED
            for work in known
        )
        return bool(self.engine.in_flight) or any(on_the_way) or any(is_running() for is_running in self._sweeps)

    def keep_sweep(self, sweep_id: str, sweep: Any) -> None:
        """Have a sweep of this process found by its id for as long as it lives, by all runners."""
        self._living_sweeps[os.getpid(), self.log.id, sweep_id] = sweep

    def find_sweep(self, sweep_id: str) -> Any:
        """Find a sweep of this process; None where it has none of that id."""
        return self._living_sweeps.get((os.getpid(), self.log.id, sweep_id))

    def beat_for(self, is_running: Callable[[], bool]) -> None:
        """See to it that a sweep of this process looks alive to others for as long as it is running."""
        self._sweeps = [other for other in self._sweeps if other()]
        self._sweeps.append(is_running)
        self.beat()

    def beat(self) -> None:
        """See to it that the runs which this process works on look alive to others."""
        thread = self.engine.thread
        if self._beating is None or self._beating[0] is not thread or self._beating[1].done():
            self._beating = (thread, thread.start(keep_beating(weakref.ref(self))))


_CAN_BE_TRIED_AGAIN = (JobStatus.FAILED, JobStatus.ERROR, JobStatus.CANCELLED)

__all__ = ["Runner"]
