"""Outputs that end as their job ends: shown once as a live card, and replaced by what stays."""

from __future__ import annotations

import logging
import threading
import uuid
from typing import TYPE_CHECKING, Any

from pixnb.display import job as looks
from pixnb.display.host import host
from pixnb.show import shown

if TYPE_CHECKING:
    from pixnb.client.job import Job
    from pixnb.status import JobStatus

logger = logging.getLogger(__name__)


def publish(job: Job) -> None:
    """Show a job that is under way in the current cell, and its end in the same output later.

    Args:
        job: The job.

    Raises:
        NotImplementedError: There is no kernel to show it in.
    """
    if not host().has_widgets:
        raise NotImplementedError
    name = f"pixnb-{uuid.uuid4().hex}"
    _send(job, name)
    last: list[Any] = []

    def ended(status: JobStatus) -> None:
        if job.is_settled and last[-1:] != [status]:
            last.append(status)
            threading.Thread(target=_replace, args=(job, name), daemon=True).start()  # posters take their time

    job.listen(ended)
    if job.is_settled:  # between the two lines above
        ended(job.status)


def _send(job: Job, name: str, *, update: bool = False) -> None:
    from IPython.display import publish_display_data

    send: Any = publish_display_data  # IPython leaves its types out
    send(shown(job), {}, transient={"display_id": name}, update=update)


def job_bundle(job: Job) -> dict[str, Any]:
    """Return a job's bundle; while it goes on and a kernel with comms is there, with a live card in it."""
    made = looks.bundle(job)
    if job.is_settled or not host().has_widgets:
        return made
    from pixnb.display.live import card

    return {_WIDGET: card(job)._repr_mimebundle_()[_WIDGET], **made}


def _replace(job: Job, name: str) -> None:
    try:
        # by the output's own name, so that it lands in its cell whatever runs now
        _send(job, name, update=True)
    except Exception:
        logger.exception("the end of job %s could not be shown", job.id)


_WIDGET = "application/vnd.jupyter.widget-view+json"

__all__ = ["job_bundle", "publish"]
