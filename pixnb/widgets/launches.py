"""What was launched from a launcher, one by one: runs that it sent, and runs that are going on elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from pixnb.request import Request
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner
    from pixnb.runs.sweep import Sweep

logger = get_logger(__name__)


@dataclass(eq=False)
class Launch:
    """One run: what was asked for, and what became of it.

    Attributes:
        number: Which of its launcher's it is, from 1, for good.
        place: Its number among those that the log has, as a wall has them, from 1; 0 for what was stopped before that.
        request: What was asked for; None for a run that was taken up.
        run: The run, from before it is sent; None where not even that could be made.
        sent: Ends when the service has answered: with the run, or with what stopped it before it was sent.
    """

    number: int
    request: Request | None = None
    run: Run | None = None
    sent: Future[Run] = field(default_factory=Future)
    place: int = 0

    def __post_init__(self) -> None:
        self.sent.set_running_or_notify_cancel()  # who waits may leave, and the run goes on

    @property
    def called(self) -> str:
        """What it is called where it stands among others."""
        return f"Run {self.place}" if self.place else "A run"

    @property
    def model(self) -> str:
        """The model's friendly id."""
        return self.run.model if self.run is not None else self.request.model.id if self.request is not None else ""

    @property
    def params(self) -> Mapping[str, Any]:
        """The parameters as they were set."""
        asked = self.run if self.run is not None else self.request
        return asked.params if asked is not None else {}

    @property
    def error(self) -> BaseException | None:
        """What stopped it before it was sent; None where nothing did, or it is on its way."""
        return self.sent.exception() if self.sent.done() else None

    @property
    def logged(self) -> Run | None:
        """The run, as the log has it; None where it was stopped before that, and the form has it still."""
        return self.run if self.error is None else None

    @property
    def can_be_collected(self) -> bool:
        """Whether its waiting has ended while the service may have, or come to have, what it makes."""
        standing = self.run.standing if self.run is not None else None
        return bool(standing and standing.is_settled and standing.id is not None and not standing.is_final)

    @property
    def is_on_its_way(self) -> bool:
        """Whether the service has not answered yet."""
        return not self.sent.done()


class Launches:
    """The runs of a launcher, the first launched first; safe to use from any thread.

    Args:
        runner: What submits them.

    Attributes:
        chosen: The ids of the runs that a person has chosen among them, for a wall or a file.
        others: The ids of those that were there before the launcher, or were launched elsewhere.

    Example:
        >>> launcher.launches.take(exp.runs)  # doctest: +SKIP
        >>> [launch.run.status for launch in launcher.launches]  # doctest: +SKIP
    """

    def __init__(self, runner: Runner) -> None:
        self.chosen: list[str] = []
        self.others: set[str] = set()
        self._runner = runner
        self._all: list[Launch] = []
        self._listeners: list[Callable[[], object]] = []
        self._lock, self._beginning = threading.Lock(), threading.RLock()

    def __iter__(self) -> Iterator[Launch]:
        with self._lock:
            return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    @property
    def runs(self) -> list[Run]:
        """The runs that the service has answered."""
        done = (launch.sent for launch in self if not launch.is_on_its_way and launch.error is None)
        return [sent.result() for sent in done]

    def begin(self, request: Request) -> Launch:
        """Submit a run behind.

        Args:
            request: What is asked for.

        Returns:
            Itself as one of these, at once; what stops it is in its `sent`.
        """
        launch = self._append(Launch(0, request))
        try:
            with self._beginning:
                launch.run, sent = self._runner.begin(request)
        except Exception as error:
            launch.sent.set_exception(error)
        else:
            self._follow(launch.run)
            sent.add_done_callback(lambda done: self._take_answer(launch, done))
        self.tell()
        return launch

    def take(self, runs: Iterable[Run], *, is_others: bool = False) -> None:
        """Have runs among these that were sent elsewhere; one that is here already stays where it is.

        Args:
            runs: The runs.
            is_others: Whether they were there before the launcher, or were found in the log.
        """
        with self._beginning:
            pass  # what begins now is in the log before it is here
        for run in runs:
            with self._lock:
                if any(launch.run is not None and launch.run.run_id == run.run_id for launch in self._all):
                    self.others -= set() if is_others else {run.run_id}
                    continue
                launch = Launch(len(self._all) + 1, run=run)
                launch.sent.set_result(run)
                self._all.append(launch)
                if is_others:
                    self.others.add(run.run_id)
            self._follow(run)
        self.tell()

    def add(self, sweep: Sweep) -> None:
        """Have the runs of a sweep among these, those too that it has yet to send."""

        def follow(_: object) -> None:
            known = {launch.run.run_id for launch in self if launch.run is not None}
            if any(cell.run_id and cell.run_id not in known for cell in sweep.cells):
                # this is the thread that polls, and the log is read
                threading.Thread(target=self._take_cells, args=(sweep,), daemon=True, name="pixnb-launches").start()
            self.tell()

        sweep.listen(follow)
        self._take_cells(sweep)

    def listen(self, listener: Callable[[], object]) -> None:
        """Have `listener()` called, on any thread, when one began, changed, ended or was taken up or chosen."""
        with self._lock:
            self._listeners.append(listener)

    def choose(self, run_ids: Iterable[str]) -> None:
        """Note which runs a person has chosen."""
        self.chosen = list(run_ids)
        self.tell()

    def collect(self, run: Run) -> Future[None]:
        """Ask the service again for a run whose waiting had ended here, and follow it to its end.

        Returns:
            What ends when it has come, or with what the service refuses to tell.
        """
        return self._runner.engine.reopen(run._work)

    def tell(self) -> None:
        """Tell those who listen that something is different."""
        with self._lock:
            self._count()
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener()
            except Exception:
                logger.exception("a listener failed")

    def _append(self, launch: Launch) -> Launch:
        with self._lock:
            launch.number = len(self._all) + 1
            self._all.append(launch)
            self._count()
        return launch

    def _count(self) -> None:
        place = 0
        for launch in self._all:
            place += launch.error is None
            launch.place = place if launch.error is None else 0

    def _follow(self, run: Run) -> None:
        if not run.standing.is_settled:
            run.listen(self._hear)

    def _hear(self, _: object) -> None:
        self.tell()

    def _take_cells(self, sweep: Sweep) -> None:
        try:
            self.take(sweep.runs)
        except Exception:
            logger.exception("the runs of a sweep could not be read")

    def _take_answer(self, launch: Launch, sent: Future[Run]) -> None:
        error = CancelledError() if sent.cancelled() else sent.exception()
        if error is None:
            launch.run = sent.result()
            launch.sent.set_result(launch.run)
        else:
            launch.sent.set_exception(error)
        self.tell()


__all__ = ["Launch", "Launches"]
