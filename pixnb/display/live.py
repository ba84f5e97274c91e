"""The live card of a job or run: it follows the job from pixnb's own thread, by traits only."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from pixnb import html
from pixnb.display import job as looks
from pixnb.display.clip import Clip
from pixnb.display.guard import ErrorLine, guarded, start_behind
from pixnb.display.ticker import tick
from pixnb.status import JobStatus
from pixnb.terminal import legible

if TYPE_CHECKING:
    from pixnb.client.job import Job


def card(job: Job) -> Card:
    """Return a widget that follows a job or run: status, time, cost, Cancel, and in the end the clip by its source.

    It is updated from pixnb's own thread, through traits only, so that it lives while cells run. No bytes of a video
    are in its state.

    Args:
        job: A `Job` or a `Run`, in any state.

    Returns:
        A box; put it in another box, or display it.
    """
    return Card(job)


class Spoken(anywidget.AnyWidget):
    """Words that are not seen; a screen reader tells them whenever they change."""

    _esm = Path(__file__).parent / "static" / "status.js"
    words = traitlets.Unicode("").tag(sync=True)


class Card(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A widget that follows a job; see `card`.

    Attributes:
        job: The job.
        cancel: Its button **Cancel**; hidden when there is nothing more to cancel.
        error: The line that shows errors of the card itself.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.error = ErrorLine()
        self.cancel = ipywidgets.Button(description="Cancel", tooltip="Stop waiting for this job")
        self.cancel.on_click(guarded(self._cancel, self.error.say))
        self._head, self._facts, self._note = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._spoken = Spoken()
        self._bar = ipywidgets.FloatProgress(min=0.0, max=1.0)
        self._bar.add_class("pixnb-bar")
        self._line = ipywidgets.HBox([self._facts, self.cancel])
        self._line.add_class("pixnb-line")
        self._output = Clip(label="output")
        self._clips = ipywidgets.HBox([*_input_clips(job), self._output])
        self._clips.add_class("pixnb-clips")
        style = ipywidgets.HTML(
            html.tag("style", html.css() + html.css("card") + html.css("ended")), layout={"display": "none"}
        )
        parts = [style, self._spoken, self._head, self._bar, self._line, self._note, self.error, self._clips]
        super().__init__(parts)
        for name in ("pixnb", "pixnb-card", "card"):
            self.add_class(name)
        self._lock = threading.Lock()
        self._last: JobStatus | None = None
        job.listen(self._update_soon)
        self.update()
        if not job.standing.is_settled:
            tick(self._tick)

    def update(self) -> None:
        """Bring it up to date with the job; callable from any thread."""
        with self._lock:
            job, settled = self.job, self.job.standing.is_settled
            if job.status is not self._last:
                self._head.value = looks.head(job)
            self._facts.value = looks.facts(job)
            self._note.value = looks.note(job)
            self._note.layout.display = None if self._note.value else "none"
            self._bar.layout.display = self.cancel.layout.display = "none" if settled else None
            self._progress()
            if job.status is not self._last:
                self._last = job.status
                self._spoken.words = legible(f"{job.model}: {job.status.lower()}")
                self._show_output()

    def _progress(self) -> None:
        done = measure_done(self.job)
        if done is None:
            self._bar.add_class("pixnb-unknown")
        else:
            self._bar.remove_class("pixnb-unknown")
        self._bar.value = 1.0 if done is None else done

    def _show_output(self) -> None:
        job = self.job
        if job.media:
            self._output.show(job.media[0])
            self._clips.children = (*self._clips.children, *(Clip(m, label="output") for m in job.media[1:]))
        else:
            self._output.message = looks.say_waiting(job)
        self._clips.layout.display = "none" if job.standing.is_settled and not job.media else None

    def _tick(self) -> bool:
        if not self.job.standing.is_settled:
            self.update()
        return not self.job.standing.is_settled

    def _update_soon(self, status: JobStatus) -> None:
        # a poster takes its time, and this is the thread that polls
        start_behind(self.update, self.error.say)

    def _cancel(self, _: Any) -> None:
        self.cancel.disabled = True

        def leave() -> None:
            try:
                self.job.cancel()
            finally:
                self.cancel.disabled = False
                self.update()

        start_behind(leave, self.error.say)


def _input_clips(job: Job) -> list[Clip]:
    return [Clip(media, label=f"source {looks.called(role)}") for role, media in looks.input_media(job).items()]


def measure_done(job: Job) -> float | None:
    """Return how much is done, 0 to 1: what the service says, else by the time that earlier jobs took."""
    if job.progress is not None:
        return min(1.0, max(0.0, job.progress))
    left = job.eta
    if left is None or job.standing.submitted_at is None or job.status is JobStatus.QUEUED:
        return None
    since = job.standing.started_at or job.standing.submitted_at
    gone = max(0.0, (datetime.now(UTC) - since).total_seconds())
    return min(0.97, gone / (gone + left)) if gone + left > 0 else 0.0


__all__ = ["Card", "card", "measure_done"]
