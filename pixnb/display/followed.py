"""A job that is followed where no ipywidgets live: its page changes with its status, its facts with the clock."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pixnb.display import job as looks
from pixnb.display.guard import start_behind
from pixnb.display.ticker import tick
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.job import Job


class Followed(anywidget.AnyWidget):
    """A widget of anywidget's alone that follows a job or run to its end, with Cancel; as `live.Card` elsewhere.

    Args:
        job: A job that is under way.
    """

    _esm = Path(__file__).parent / "static" / "followed.js"

    page = traitlets.Unicode("").tag(sync=True)
    facts = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    can_be_cancelled = traitlets.Bool(True).tag(sync=True)

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self._lock = threading.Lock()
        self._last: JobStatus | None = None
        self.on_msg(self._answer)
        job.listen(lambda _: start_behind(self.update, self._say))  # for a poster takes its time
        self.update()
        tick(self._tick)

    def update(self) -> None:
        """Bring it up to date with the job; callable from any thread."""
        with self._lock, self.hold_sync():
            if self.job.status is not self._last:
                self._last = self.job.status
                self.page = looks.write_html(self.job, is_followed=True)
            self.facts = looks.facts(self.job)
            self.can_be_cancelled = not self.job.standing.is_settled

    def _tick(self) -> bool:
        if not self.job.standing.is_settled:
            self.update()
        return not self.job.standing.is_settled

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("press") == "Cancel":
            start_behind(self.job.cancel, self._say)

    def _say(self, text: str) -> None:
        self.error = text


__all__ = ["Followed"]
