"""The line of Python that says what a form says, with its button; of what was launched from the form, with its take."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ipywidgets

from pixnb.catalogue import models
from pixnb.widgets import wording
from pixnb.widgets.field import label_above
from pixnb.widgets.spelling import submit_line, sweep_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pixnb.catalogue.model import Model
    from pixnb.media.store import Store
    from pixnb.runs.run import Run
    from pixnb.widgets.batch import Batch


@dataclass
class Asked:
    """One launch.

    Attributes:
        batch: What was asked, as the form said it.
        sent: What became of it.
    """

    batch: Batch
    sent: Future[Any] = field(default_factory=Future)


class CodeLine:
    """Writes code, and shows it.

    Args:
        store: Where bytes that have no path are kept, so that the line works tomorrow.

    Attributes:
        button: What asks for it.
        line: Where it is shown.
        said: Whether it is on the clipboard.
        asked: The single runs that were launched.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[Asked] = []
        self.button, self.said = ipywidgets.Button(description="Copy code"), ipywidgets.HTML()
        self.line = label_above(ipywidgets.Textarea(description="code", rows=3))
        self.line.layout.display = "none"
        self.button.add_class("pixnb-copy")
        self.line.add_class("pixnb-code")

    def write(self, now: Batch, run: Run | None = None) -> str:
        """Write the line that repeats a run, or what a form says now; see `Launcher.code`."""
        if run is not None:
            return self._spell(models.get(run.model), run.params, run.take or 1)
        params = now.model.validate(now.one)
        if not now.is_one:
            now.check()
            return sweep_line(now, store=self._store)
        same = [asked for asked in self.asked if (asked.batch.model, asked.batch.one) == (now.model, now.one)]
        for asked in reversed(same):
            if not asked.sent.cancelled() and asked.sent.exception() is None:
                return self._spell(now.model, params, asked.sent.result().take or 1, asked.batch.allow_unpriced)
        return self._spell(now.model, params, 1, now.allow_unpriced)

    def show(self, text: str) -> None:
        """Show a line."""
        self.line.value = text
        self.line.layout.display = ""

    def tell(self, is_copied: bool) -> None:
        """Say whether it is on the clipboard."""
        self.said.value = wording.copied(is_copied)

    def _spell(self, model: Model, params: Mapping[str, Any], take: int, allow_unpriced: bool = False) -> str:
        return submit_line(model, params, take=take, store=self._store, allow_unpriced=allow_unpriced)


__all__ = ["Asked", "CodeLine"]
