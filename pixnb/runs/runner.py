"""Submits logged runs, and finds them again: in this process, in the log, after a crash."""

from __future__ import annotations

import asyncio
import functools
import weakref
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import or_, select

from pixnb.catalogue.model import Model
from pixnb.client import processing
from pixnb.client.loop import wait_for
from pixnb.errors import InvalidInput, PixnbError
from pixnb.log import owners, rows
from pixnb.log.schema import inputs, outputs, runs
from pixnb.runs.record import RunRecorder, TakeExists
from pixnb.runs.resume import adopt, pursue
from pixnb.runs.run import Run
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.job import Submission
    from pixnb.client.processing import Wanted
    from pixnb.log.log import Log
    from pixnb.wire.callback import Callback

_HEARTBEAT = 20.0
"""Seconds between two heartbeats; a run of another host is free after 60 s without one."""


class Runner:
    """Submits runs to a log and loads them from it.

    Args:
        log: The log.
        engine: What talks to the services.
        user: Who works here.
    """

    _all: ClassVar[weakref.WeakSet[Runner]] = weakref.WeakSet()

    def __init__(self, log: Log, engine: Engine, *, user: str = "") -> None:
        self.log = log
        self.engine = engine
        self.user = user
        self._live: weakref.WeakValueDictionary[str, Run] = weakref.WeakValueDictionary()
        self._learned: set[str] = set()
        self._beating: Any = None
        self._all.add(self)

    def submit(
        self,
        experiment: str,
        model: str | Model,
        params: Mapping[str, Any],
        *,
        take: int | None = None,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, Any] | None = None,
        allow_unpriced: bool = False,
        tags: Iterable[str] | Mapping[str, str | None] | None = None,
        note: str | None = None,
    ) -> Run:
        """Submit a run; see `Experiment.submit`."""
        _check_take(take)
        draft = self.engine.draft(model, params, callback=callback, idempotency_key=idempotency_key, extra=extra)
        run = self._draft(
            experiment, draft, take=take, allow_unpriced=allow_unpriced, tags=_tags(tags), note=note, user=self.user
        )
        try:
            wait_for(self.engine.thread.start(self.engine.submit(run)))
        except TakeExists as exists:
            return self.from_row(exists.row)
        except PixnbError:
            if not run.is_sent:
                raise
        return run

    def process(
        self,
        experiment: str,
        wanted: Wanted,
        *,
        allow_unpriced: bool = False,
        tags: Iterable[str] | Mapping[str, str | None] | None = None,
        note: str | None = None,
    ) -> bytes:
        """Process and log; see `Experiment.process`."""
        draft = self.engine.draft(wanted.model, wanted.params, process=True)
        run = self._draft(experiment, draft, allow_unpriced=allow_unpriced, tags=_tags(tags), note=note, user=self.user)
        return processing.block(self.engine, run, wanted.token)

    def _draft(self, experiment: str, draft: Submission, **record: Any) -> Run:
        run = self._new(experiment, draft.model.provider, draft.model.id, rows.new_run_id(), draft)
        run.recorder = RunRecorder(self.log, run, **record)
        run.elsewhere = functools.partial(pursue, self)
        self._learn(run.model)
        # known from before its first record on: no other runner of this process is to take it for a lost one
        self._live[run.run_id] = run
        self.beat()
        return run

    @classmethod
    def living(cls, log_id: str, run_id: str) -> list[Run]:
        """Return the runs of this process that stand for a row, of all runners; any of them may be working on it."""
        runners = [runner for runner in list(cls._all) if runner.log.id == log_id]
        return [run for run in (runner._live.get(run_id) for runner in runners) if run is not None]

    def _new(self, experiment: str, provider: str, model: str, run_id: str, submission: Any = None) -> Run:
        run = Run(
            self.engine,
            runner=self,
            run_id=run_id,
            experiment=experiment,
            provider=provider,
            model=model,
            submission=submission,
        )
        run.store = self.log.assets
        return run

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
        unknown = [row["run_id"] for row in found if row["run_id"] not in self._live]
        files: dict[str, list[Mapping[Any, Any]]] = {}
        for start in range(0, len(unknown), 500):
            ids = unknown[start : start + 500]
            statement = select(outputs).where(outputs.c.run_id.in_(ids)).order_by(outputs.c.run_id, outputs.c.position)
            for file in self.log.read(statement):
                files.setdefault(file["run_id"], []).append(file)
        return [self._live.get(row["run_id"]) or self._load(row, files.get(row["run_id"], [])) for row in found]

    def _load(self, row: Mapping[Any, Any], files: list[Mapping[Any, Any]]) -> Run:
        run = self._new(row["experiment"], row["provider"], row["model"], row["run_id"]).load(row, files)
        run.recorder = RunRecorder(self.log, run, user=self.user)
        adopt(self, run, row)
        self._live[run.run_id] = run
        return run

    def all(self, experiment: str) -> list[Run]:
        """Return an experiment's runs, the oldest first."""
        return self.from_rows(self._rows(runs.c.experiment == experiment))

    def resume(self, experiment: str, *, user: str | None = None, cancelled: bool = False) -> list[Run]:
        """Take up every open run; see `Experiment.resume`."""
        wanted = [
            runs.c.status.in_(owners.OPEN),
            (runs.c.status == JobStatus.COMPLETED) & runs.c.output_sha256.is_(None) & runs.c.job_id.is_not(None),
        ]
        if cancelled:
            wanted.append((runs.c.status == JobStatus.CANCELLED) & runs.c.job_id.is_not(None))
        conditions = [runs.c.experiment == experiment, or_(*wanted)]
        if user is not None:
            conditions.append(runs.c.user == user)
        found = self.from_rows(self._rows(*conditions))
        for run in found:
            if run.is_settled and run.id is not None and not run.media:
                self.engine.reopen(run)
            elif not run.is_settled:
                self.engine.watch(run)
        self.beat()
        return found

    def parent(self, run: Run) -> Run | None:
        """Return the run whose output is an input of this one."""
        row = self.log.row(run.run_id)
        parent = self.log.row(row["parent_run_id"]) if row and row["parent_run_id"] else None
        return self.from_row(parent) if parent else None

    def children(self, run: Run) -> list[Run]:
        """Return the runs that took this one's output as an input."""
        hashes = [media.sha256 for media in run.media]
        ids = select(inputs.c.run_id).where(inputs.c.sha256.in_(hashes))
        return self.from_rows(self._rows(runs.c.run_id.in_(ids))) if hashes else []

    def _rows(self, *conditions: Any) -> list[Mapping[Any, Any]]:
        statement = select(runs).where(runs.c.deleted_at.is_(None), *conditions).order_by(runs.c.id)
        return list(self.log.read(statement))

    def _learn(self, model: str) -> None:
        """Learn from the log how long runs of a model take, once."""
        if model in self._learned:
            return
        self._learned.add(model)
        seconds = (runs.c.run_seconds + runs.c.queue_seconds).label("seconds")
        done = (runs.c.model == model) & (runs.c.status == JobStatus.COMPLETED) & seconds.is_not(None)
        for row in self.log.read(select(seconds).where(done).order_by(runs.c.id.desc()).limit(20)):
            self.engine.durations.add(model, row["seconds"])

    @property
    def is_busy(self) -> bool:
        """Whether runs are in flight, or on their way: inputs may take long before the first record."""
        # references: iterating over the values would stumble over runs that other threads make
        known = [reference() for reference in self._live.valuerefs()]
        return bool(self.engine.in_flight) or any(run is not None and run.status is JobStatus.PLANNED for run in known)

    def beat(self) -> None:
        """See to it that the runs which this process works on look alive to others."""
        thread = self.engine.thread
        if self._beating is None or self._beating[0] is not thread or self._beating[1].done():
            self._beating = (thread, thread.start(_heartbeats(weakref.ref(self))))


async def _heartbeats(runner: weakref.ref[Runner]) -> None:
    while True:
        await asyncio.sleep(_HEARTBEAT)
        alive = runner()
        if alive is None or not alive.is_busy:
            return
        me = owners.owner()
        try:
            await asyncio.wrap_future(alive.log.write(functools.partial(owners.heartbeat, owner=me)))
        except PixnbError:
            continue  # a log that cannot be written now may be again in 20 s
        finally:
            del alive


def _check_take(take: int | None) -> None:
    if take is not None and (isinstance(take, bool) or not isinstance(take, int) or take < 1):
        raise InvalidInput(f"A take is a number from 1 on, not {take!r}.")


def _tags(tags: Iterable[str] | Mapping[str, str | None] | None) -> dict[str, str]:
    if isinstance(tags, Mapping):
        return {name: "true" if value is None else str(value) for name, value in tags.items()}
    return dict.fromkeys([tags] if isinstance(tags, str) else tags or (), "true")


__all__ = ["Runner"]
