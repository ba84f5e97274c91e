"""A sweep's cells: each a checked request with its identity and its price, its media read once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from pixnb.client.inputs import estimate
from pixnb.client.work import Work
from pixnb.http.loop import wait_for
from pixnb.request import Request
from pixnb.runs.learning import look_into_all
from pixnb.runs.row_values import identify
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.catalogue.prices import Cost
    from pixnb.client.engine import Engine
    from pixnb.client.inputs import Input
    from pixnb.media.media import Media
    from pixnb.media.store import Store
    from pixnb.runs.grid import Point

Fate = Literal["new", "planned", "reused", "in flight", "unconfirmed", "failed"]
"""What a sweep does with a cell: send it, send what was planned before, take what is there, or leave it."""


@dataclass(slots=True, eq=False)
class Cell:
    """One cell of a sweep.

    Attributes:
        request: What is sent for it.
        axes: What varies in the grid, and its label here.
        inputs: Its media, read.
        sha256: The hash of its params as sent.
        cost: What sending it costs; None where the price is unknown.
        home: Where it goes, as the log writes it.
        sandbox: Whether a sandbox does it; None while nobody has said.
        take: Which run of the same params it is.
        attempt: Which try of that take.
        fate: What is done with it.
        run_id: The run that stands for it; None until it has one.
        after: The attempt that it follows, where one is there that does not count.
        planned_by: The sweep that planned it before.
        source: The run of another experiment whose clip it takes.
        at: When the clip that it takes was made, in µs since 1970.
        seconds: How long it may take once begun, by the log; None where nothing is known.
        status: How its run stands, as far as this process knows; None before it has one.
        error: What went wrong, in words.
        path: The first file that it made.
        is_refused: Whether its service refused what was asked for, or what it made of it.
        paid: What it came to in the end, as far as this process knows.
        is_own: Of one in flight, whether it was this very sweep that sent it, from a process before this one.
    """

    request: Request
    axes: Mapping[str, Any]
    inputs: tuple[Input, ...]
    sha256: str
    cost: Cost | None
    home: str
    sandbox: bool | None
    take: int = 0
    attempt: int = 1
    fate: Fate = "new"
    run_id: str | None = None
    after: str | None = None
    planned_by: str | None = None
    source: str | None = None
    at: int | None = None
    seconds: float | None = None
    status: JobStatus | None = None
    error: str | None = None
    path: str | None = field(default=None, repr=False)
    is_refused: bool = False
    paid: Cost | None = None
    is_own: bool = False

    @property
    def is_to_send(self) -> bool:
        """Whether it is still to be sent."""
        return self.fate in ("new", "planned") and self.status in (None, JobStatus.PLANNED)

    @property
    def is_over(self) -> bool:
        """Whether its run has ended, or nobody knows what became of it."""
        return self.status is not None and (self.status.is_terminal or self.status is JobStatus.UNCONFIRMED)

    @property
    def has_failed(self) -> bool:
        """Whether its run failed, so that another attempt may be made; one that nobody knows of has not."""
        if self.fate == "failed":
            return self.status is not None and self.status.is_terminal
        return self.status in (JobStatus.FAILED, JobStatus.ERROR)

    def plan_next_attempt(self) -> None:
        """Have the next attempt of its take made."""
        self.after, self.run_id, self.status, self.error, self.fate = self.run_id, None, None, None, "new"

    @property
    def provider(self) -> str:
        """The service that it goes to."""
        return self.request.model.provider


@dataclass(frozen=True, slots=True)
class _Media:
    """The media of several cells, read and checked once."""

    inputs: tuple[Input, ...]
    params: Mapping[str, Media]
    home: str
    sandbox: bool | None
    prices: dict[Any, Cost | None] = field(default_factory=dict)

    def price(self, request: Request) -> Cost | None:
        """Estimate a request, once for all that differ only in what no price goes by."""
        free = (*request.model.inputs.values(), "prompt", "negative_prompt", "seed")
        key = repr([(name, value) for name, value in request.params.items() if name not in free])
        if key not in self.prices:
            self.prices[key] = estimate(request.model, request.params, self.inputs)
        return self.prices[key]


class CellMaker:
    """Checks, identifies and prices requests, each medium read once for all of them; nothing is sent.

    Args:
        engine: Reads the media and knows where each service's work goes.
        store: Where inputs that are only in memory are kept.
    """

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store
        self._known: dict[Any, _Media] = {}

    def make(self, point: Point, **options: Any) -> Cell:
        """Make a cell. Blocks, from any thread but the loop's.

        Args:
            point: What is asked for.
            **options: More for its `Request`.

        Raises:
            PixnbError: What would stop the run before it is sent: wrong params by name, a missing key, a file that is
                none.
        """
        model = point.model
        key = (model.id, *_media_key(model, point.params))
        media = self._known.get(key)
        if media is None:
            request = Request(model, point.params, vars=point.vars, **options)
            media = self._known[key] = wait_for(self._engine.thread.start(self._read(request)))
            look_into_all(media.inputs)
        of_media = {*model.inputs, *model.inputs.values()}
        params = {**{name: value for name, value in point.params.items() if name not in of_media}, **media.params}
        request = Request(model, params, vars=point.vars, **options)
        sha256 = identify(request, media.inputs).sha256
        return Cell(request, point.axes, media.inputs, sha256, media.price(request), media.home, media.sandbox)

    async def _read(self, request: Request) -> _Media:
        work = Work(request.model.provider, request.model.id, request=request, store=self._store)
        await self._engine.prepare(work)
        assert work.target is not None
        inputs = work.standing.inputs
        read = {given.label: given.media for given in inputs}
        return _Media(inputs, read, work.target.home, work.standing.sandbox)


def _media_key(model: Model, params: Mapping[str, Any]) -> Iterable[Any]:
    for role, name in model.inputs.items():
        value = params.get(name, params.get(role))
        yield str(value) if isinstance(value, str | PathLike) else id(value) if value is not None else None


__all__ = ["Cell", "CellMaker", "Fate"]
