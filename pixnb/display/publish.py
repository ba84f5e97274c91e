"""Outputs that outlive their widget: a live card is replaced by what stays, a form by words."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.announcing import announce
from pixnb.display import job as looks
from pixnb.display.host import HINTS, host
from pixnb.show import shown
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from pixnb.client.job import Job
    from pixnb.runs.sweep import Sweep
    from pixnb.status import JobStatus

logger = get_logger(__name__)


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
    _send(shown(job), transient={"display_id": name})
    last: list[Any] = []

    def show_end(status: JobStatus) -> None:
        if job.standing.is_settled and last[-1:] != [status]:
            last.append(status)
            threading.Thread(target=_replace, args=(job, name), daemon=True).start()  # posters take their time

    job.listen(show_end)
    if job.standing.is_settled:  # between the two lines above
        show_end(job.status)


def _send(bundle: Mapping[str, Any], **more: Any) -> None:
    from IPython.display import publish_display_data

    send: Any = publish_display_data  # IPython leaves its types out
    send(bundle, {}, **more)


def publish_standing_in(bundle: Mapping[str, Any], made: Mapping[str, Any], *, root: str) -> str:
    """Show a widget, with a page that is seen in its place where a saved notebook is read without its kernel.

    JupyterLab writes an error for a widget whose kernel is gone, although the same output holds HTML. So the page is
    an output of its own before the widget's, and its style shows one of the two.

    Args:
        bundle: The widget's bundle.
        made: The page's bundle.
        root: A CSS class that the widget has when it is there.

    Returns:
        The page's name, for `replace_page`.

    Raises:
        NotImplementedError: The host is none whose page is known: IPython then asks for the bundle.
    """
    if host().name not in _KNOWN:
        _hint()
        raise NotImplementedError
    name = f"pixnb-{uuid.uuid4().hex}"
    replace_page(made, root=root, name=name, update=False)
    _send({_WIDGET: bundle[_WIDGET], "text/plain": bundle["text/plain"]})
    return name


def replace_page(made: Mapping[str, Any], *, root: str, name: str | None, update: bool = True) -> None:
    """Put another page in the place of one that stands in for a widget.

    Args:
        made: The page's bundle.
        root: As above.
        name: The output's name; None where it stays as it is.
        update: False to send it for the first time.
    """
    style = html.tag("style", _STAND_IN.replace("ROOT", root))
    whole = {**made, "text/html": html.tag("div", style + made["text/html"], class_=f"pixnb-stand-in for-{root}")}
    named = {"transient": {"display_id": name}, "update": update} if name else {}
    _send(whole, **named)


def publish_sweep(sweep: Sweep) -> None:
    """Show a sweep that is worked on in the current cell, with its buttons, and its end in the saved notebook.

    Args:
        sweep: The sweep.

    Raises:
        NotImplementedError: There is nothing to watch, or no page that is known: IPython then asks for the bundle.
    """
    from pixnb.display.sweep_live import SweepCard, is_worth_watching

    if host().name not in _KNOWN or not is_worth_watching(sweep):
        raise NotImplementedError
    name = f"pixnb-{uuid.uuid4().hex}"
    card = SweepCard(sweep, ended=lambda: replace_page(shown(sweep), root=_SWEEP, name=name))
    replace_page(shown(sweep), root=_SWEEP, name=name, update=False)
    # said where widgets are not shown: the page above has it all
    _send({_WIDGET: card.view[_WIDGET], "text/plain": "(the live grid of this sweep)"})


def publish_alive(page: Any) -> None:
    """Show a page that answers to a person in the current cell, and its bundle where a saved notebook is read.

    Args:
        page: What has `make_live()`, which gives an `Enhanced`.

    Raises:
        NotImplementedError: Nobody is there to press anything, or no page is known: IPython asks for the bundle.
    """
    if host().name not in _ANSWERING:
        raise NotImplementedError
    replace_page(shown(page), root=_ALIVE, name=None)
    # said where widgets are not shown: the page above has it all
    _send({_WIDGET: page.make_live().view[_WIDGET], "text/plain": "(the same, alive)"})


def alive_bundle(page: Any, made: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bundle; where `publish_alive` does not show it and widgets live, with a live one in it."""
    at = host()
    if not at.has_widgets or at.name in _KNOWN:
        return dict(made)
    _hint()
    return {_WIDGET: page.make_live().view[_WIDGET], **made}


def sweep_bundle(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep's bundle; where `publish_sweep` does not show it and widgets live, with a live one in it."""
    from pixnb.display.sweep import bundle

    made, at = bundle(sweep), host()
    if not at.has_widgets or at.name in _KNOWN:
        return made
    from pixnb.display.sweep_live import SweepCard, is_worth_watching

    if not is_worth_watching(sweep):
        return made
    _hint()
    return {_WIDGET: SweepCard(sweep).view[_WIDGET], **made}


def job_bundle(job: Job) -> dict[str, Any]:
    """Return a job's bundle; while it goes on and a kernel with comms is there, with a live card in it."""
    made = looks.bundle(job)
    if job.standing.is_settled or not host().has_widgets:
        return made
    from pixnb.display.live import card

    _hint()
    return {_WIDGET: card(job)._repr_mimebundle_()[_WIDGET], **made}


def _hint() -> None:
    """Say once what a person has to do before a widget lives here."""
    if hint := HINTS.get(host().name):
        announce(hint)


def _replace(job: Job, name: str) -> None:
    try:
        # by the output's own name, so that it lands in its cell whatever runs now
        _send(shown(job), transient={"display_id": name}, update=True)
    except Exception:
        logger.exception("the end of job %s could not be shown", job.id)


# each kind by itself: the style of one output is there for all of a notebook
_STAND_IN = (
    ".jp-OutputArea-child:has(.for-ROOT):has(+ .jp-OutputArea-child .ROOT),"
    ".jp-OutputArea-child:has(.for-ROOT) + .jp-OutputArea-child:not(:has(.ROOT)) { display: none }"
    # a widget that is on its way is there within a moment
    ".pixnb-stand-in { animation: pixnb-late 1s } @keyframes pixnb-late { 0%, 99% { visibility: hidden } }"
)
_ANSWERING = ("jupyter", "hub")
_KNOWN = (*_ANSWERING, "headless")
_ALIVE = "pixnb-enhanced"
_SWEEP = "pixnb-sweep"
_WIDGET = "application/vnd.jupyter.widget-view+json"

__all__ = [
    "alive_bundle",
    "job_bundle",
    "publish",
    "publish_alive",
    "publish_standing_in",
    "publish_sweep",
    "replace_page",
    "sweep_bundle",
]
