"""A sweep as the log has it: its cells from the rows that it wrote, to be looked at, cancelled or gone on with."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pixnb.errors import InvalidInput, PixnbError
from pixnb.log import owners, sweeps
from pixnb.media.media import Media
from pixnb.request import Request
from pixnb.runs.cells import Cell, CellMaker
from pixnb.runs.grid import Point
from pixnb.runs.loading import read_cost, read_estimate, read_request
from pixnb.runs.reuse import take_row
from pixnb.status import SETTLED, JobStatus
from pixnb.terminal import say

if TYPE_CHECKING:
    from pixnb.catalogue.prices import Cost
    from pixnb.runs.runner import Runner

Row = Mapping[Any, Any]
_WHY = {
    "lost": "The process that ran it has ended; exp.resume() or sweep.start() goes on.",
    "stopped": "Its budget or a refused prompt stopped it; sweep.start() goes on.",
    "cancelled": "It was cancelled.",
}


@dataclass
class Past:
    """What the log has of a sweep that was begun before.

    Attributes:
        runner: Of its experiment.
        row: Its row.
        state: How it stands: as `Sweep.state`; "running" where another living process runs it.
        is_partial: Whether cells were left out that others have planned.
        paid: What its runs have come to, those of earlier attempts too.
    """

    runner: Runner
    row: Row
    state: str = field(init=False)

    def __post_init__(self) -> None:
        is_lost = self.row["state"] == "running" and (owners.is_free(self.row) or _is_mine(self.row))
        self.state = "lost" if is_lost else self.row["state"]
        self.is_partial = False
        self.paid: dict[str, Cost] = {}
        self._ready: set[str] = set()

    @property
    def sweep_id(self) -> str:
        """Its id in the log."""
        return str(self.row["sweep_id"])

    def explain(self, cells: Sequence[Cell]) -> str | None:
        """Say why it does not go on; None where nothing holds it up."""
        left = sum(cell.is_to_send for cell in cells)
        said = f" {left} cell{' was' if left == 1 else 's were'} not sent." if left else ""
        if self.state == "paused":
            paused = (self.row["paused_json"] or {}).items()
            why = "; ".join(f"{provider} pauses: {reason}" for provider, reason in paused)
            return f"{why}{said} sweep.start() goes on."
        return f"{_WHY[self.state]}{said}" if self.state in _WHY else None

    def read_cells(self, *, user: str | None = None) -> list[Cell]:
        """Read its cells: of each take the last attempt, in the order in which they were written down.

        Args:
            user: Leave out what others have planned; None for everybody's.
        """
        found: dict[Any, Cell] = {}
        for row in sweeps.read_cells(self.runner.log, self.sweep_id):
            if user is not None and row["status"] == JobStatus.PLANNED and row["user"] != user:
                self.is_partial = True
                continue
            note_cost(self.paid, row)
            cell = _read_cell(row)
            if cell is not None:
                update_cell(cell, row, self.runner)
                found[row["model"], row["params_sha256"], row["take"]] = cell
        cells = list(found.values())
        _label(cells)
        return cells

    def prepare(self, cells: list[Cell], *, failed: bool = False) -> None:
        """Make cells ready to be sent: their media read and checked again; those that cannot be are named and left out.

        Args:
            cells: The sweep's.
            failed: Whether those that failed are meant.
        """
        wanted = {cell.run_id: cell for cell in cells if (cell.has_failed if failed else cell.is_to_send)}
        ids = [run_id for run_id in wanted if run_id and run_id not in self._ready]
        maker, media = CellMaker(self.runner.engine, self.runner.log.assets), dict[Any, Media]()
        for row, given in sweeps.read_with_inputs(self.runner.log, ids):
            cell = wanted[row["run_id"]]
            try:
                self._check(cell, row, given, maker, media)
            except PixnbError as error:
                say(f"pixnb: the planned run {row['run_id']} is not sent: {error.message}", sys.stdout)
                cells.remove(cell)
            else:
                self._ready.add(row["run_id"])

    def _check(self, cell: Cell, row: Row, given: Sequence[Row], maker: CellMaker, media: dict[Any, Media]) -> None:
        asked = read_request(row, given, self.runner.log.assets, known=media)
        options = {"extra": asked.extra, "note": asked.note, "allow_unpriced": bool(self.row["allow_unpriced"])}
        made = maker.make(Point(asked.model, dict(asked.params), dict(asked.vars), {}), **options)
        if made.home != row["base_url"]:  # what was planned in a sandbox is not paid for because a key is set now
            raise InvalidInput(f"it was planned for {row['base_url']}, and work goes to {made.home} now.")
        cell.request, cell.inputs, cell.sha256, cell.cost = made.request, made.inputs, made.sha256, made.cost
        cell.sandbox = made.sandbox


def _is_mine(row: Row) -> bool:
    # of this process, which has no such sweep any more
    return all(row[name] == value for name, value in owners.owner().items())


def _read_cell(row: Row) -> Cell | None:
    try:
        asked = {"vars": row["vars_json"], "extra": row["extra_json"], "note": row["note"]}
        request = Request(row["model"], row["params_json"] or {}, **asked)
    except PixnbError:
        return None  # of a model that is no longer known
    return Cell(request, {}, (), row["params_sha256"], read_estimate(row), row["base_url"], row["sandbox"])


def note_cost(paid: dict[str, Cost], row: Row) -> None:
    """Note what a run of its own has come to, once that is known."""
    cost = read_cost(row)
    if cost is not None and row["reused_from"] is None and row["status"] in SETTLED:
        paid[row["run_id"]] = cost


def update_cell(cell: Cell, row: Row, runner: Runner) -> None:
    """Take in how the log says that a sweep's own cell stands."""
    cell.take, cell.sandbox = row["take"], row["sandbox"]
    take_row(cell, row, is_sent_elsewhere=False)
    cell.paid = read_cost(row)
    if row["output_path"]:
        cell.path = str(runner.log.assets.locate(row["output_path"]))
    is_own = row["reused_from"] is None
    if cell.fate == "in flight":
        cell.is_own = is_own
    if is_own and cell.status is not None and cell.status.is_terminal:
        cell.fate = "new"  # it was sent by this very sweep, and is over


def _label(cells: Sequence[Cell]) -> None:
    """Name what varies, as the line that made them did as far as their parameters tell."""
    labels = [_read_labels(cell) for cell in cells]
    names = dict.fromkeys(name for one in labels for name in one)
    varying = [name for name in names if len({str(one[name]) for one in labels if name in one}) > 1]
    for cell, one in zip(cells, labels, strict=True):
        cell.axes = {name: one[name] for name in varying if name in one}


def _read_labels(cell: Cell) -> dict[str, Any]:
    request = cell.request
    roles = {name: role for role, name in request.model.inputs.items()}
    found: dict[str, Any] = {"model": request.model.id}
    for name, value in request.params.items():
        label = request.vars.get(name, request.vars.get(roles.get(name, name), value))
        is_path = name in roles and isinstance(label, str)
        found[roles.get(name, name)] = PurePath(label).name if is_path else label
    # columns of over= that no model knows; the factors of a template are in its prompt
    more: Iterator[str] = (name for name in request.vars if name not in found)
    return found if "prompt" in found else found | {name: request.vars[name] for name in more}


__all__ = ["Past", "note_cost", "update_cell"]
