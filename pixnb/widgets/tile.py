"""One tile of a filmstrip: what it says and shows of a launch, as traits of which only what changes is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from pixnb import html
from pixnb.display import job as looks
from pixnb.display import wording
from pixnb.display.live import measure_done
from pixnb.errors import PixnbError
from pixnb.status import JobStatus
from pixnb.terminal import legible, shorten

if TYPE_CHECKING:
    from pixnb.media.media import Media
    from pixnb.runs.run import Run
    from pixnb.wall.cells import Figures
    from pixnb.widgets.launches import Launch

_LONGEST = 160  # letters of an error in a tile
_CURES = {
    "collect": "<b>Collect</b> asks the service for it once more.",
    "use": "<b>Use again</b> fills the form with it, to be launched anew.",
}
"""What to press where something went wrong: errors name the calls that do it, for code meets them too."""


class Tile(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets ships no types
    """What a page knows of one launch. It has no view of its own; the strip's script draws it.

    Attributes:
        number: The launch's number.
        run: The run's id once it can be marked, "" before.
        tone: The colour of its status, the name of a CSS class.
        picture: A small poster of what came of it, as a data URI.
        inset: One of its source, where that is another than the strip's.
        why: HTML of what stands in the picture's place until there is one.
        face: HTML of the words under it.
        facts: HTML of the line in the opened tile that changes while it goes on.
        detail: HTML of the rest of it: the whole prompt, settings, error.
        pair: HTML of the cells that are played: its source and what came of it; "" where there is nothing to play.
        acts: What can be done with it: "use", "copy", "save", "collect", "cancel".
    """

    number = traitlets.Int(0).tag(sync=True)
    run = traitlets.Unicode("").tag(sync=True)
    tone = traitlets.Unicode("calm").tag(sync=True)
    picture = traitlets.Unicode("").tag(sync=True)
    inset = traitlets.Unicode("").tag(sync=True)
    why = traitlets.Unicode("").tag(sync=True)
    face = traitlets.Unicode("").tag(sync=True)
    facts = traitlets.Unicode("").tag(sync=True)
    detail = traitlets.Unicode("").tag(sync=True)
    pair = traitlets.Unicode("").tag(sync=True)
    acts = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def write(self, launch: Launch, words: str) -> None:
        """Say how a launch stands now.

        Args:
            launch: The launch.
            words: What tells it apart.
        """
        logged = launch.logged
        with self.hold_sync():
            self.run = logged.run_id if logged is not None else ""
            self.tone = find_tone(launch)
            self.why = html.escape(_explain(launch))
            self.face = _write_face(launch, words)
            self.facts = _write_facts(launch)
            self.detail = _write_detail(launch)
            self.acts = list_acts(launch)


def name_status(launch: Launch) -> str:
    """Say in a word or two how a launch stands.

    Example:
        >>> from pixnb.widgets.launches import Launch
        >>> name_status(Launch(1))
        'sending'
    """
    if launch.error is not None:
        return "not sent"
    status = launch.run.status if launch.run is not None else JobStatus.SUBMITTING
    if status is JobStatus.SUBMITTING or (status is JobStatus.PLANNED and launch.is_on_its_way):
        return "sending"
    return status.lower()


def find_tone(launch: Launch) -> str:
    """Return which colour the status of a launch has; see `wording.tone`."""
    if launch.error is not None:
        return "bad"
    status = launch.run.status if launch.run is not None else JobStatus.SUBMITTING
    return "busy" if launch.is_on_its_way and status is JobStatus.PLANNED else wording.tone(status)


def list_acts(launch: Launch) -> list[str]:
    """List what can be done with a launch."""
    run = launch.logged
    if run is None:
        return []
    acts = [] if launch.is_on_its_way else ["use", "copy"]
    acts += ["save"] if run.media else []
    acts += ["collect"] if launch.can_be_collected else []
    acts += ["cancel"] if not run.standing.is_settled else []
    return acts


def find_output(launch: Launch) -> Path | None:
    """Return the first file that came of a launch; None where none did."""
    run = launch.logged
    return run.output.path if run is not None and run.output is not None else None


def find_error(launch: Launch) -> str:
    """Say what went wrong with a launch, in full; "" where nothing did."""
    error = launch.error if launch.error is not None else launch.run.error if launch.run is not None else None
    if error is None:
        return ""
    return error.message if isinstance(error, PixnbError) else f"{type(error).__name__}: {error}"


def write_pair(launch: Launch, words: str, figures: Figures, inputs: Mapping[str, Media]) -> str:
    """Return the cells that are played of a launch: its source, where that is a file, and what came of it.

    Args:
        launch: The launch.
        words: What tells it apart.
        figures: Writes the cells.
        inputs: What it was given, by role.
    """
    output, number = find_output(launch), launch.number
    if output is None or launch.run is None:
        return ""
    role, source = find_source(inputs)
    before = ""
    if source is not None:
        label = f"source {looks.called(role)}"
        before = figures.write_figure(f"s{number}", source, label, "calm wall-source")
    name = f"s{number}" if before else None
    run_id = launch.run.run_id
    return before + figures.write_figure(str(number), output, words, "good", data_run=run_id, data_source=name)


def find_source(inputs: Mapping[str, Media]) -> tuple[str, Path | None]:
    """Return the role and file of the source that an output is compared with: the first that is here."""
    return next(((role, media.path) for role, media in inputs.items() if media.path is not None), ("", None))


def _explain(launch: Launch) -> str:
    """Say what stands in the place of a picture."""
    if error := find_error(launch):
        return shorten(error, _LONGEST)
    run = launch.run
    if run is None or run.standing.is_settled:
        return "" if run is not None and run.media else "There is nothing to see"
    return looks.say_waiting(run)


def _write_face(launch: Launch, words: str) -> str:
    run = launch.logged
    said = [_badge(launch)]
    if run is not None:
        said += [html.tag("span", html.escape(text)) for text in (*looks.times(run)[-1:], _price(run)) if text]
    bar = ""
    if run is not None and run.status.is_running:
        done = measure_done(run)
        bar = html.tag("span", "", class_="strip-bar" + (" unknown" if done is None else ""),
                       style=None if done is None else f"--done:{done:.0%}")  # fmt: skip
    number = html.tag("b", str(launch.place or "–"), class_="strip-number")
    line = html.tag("span", "".join(said), class_="strip-line")
    return number + bar + line + html.tag("span", html.escape(words), class_="strip-said")


def _badge(launch: Launch) -> str:
    return html.tag("span", name_status(launch), class_=f"badge {find_tone(launch)}")


def _price(run: Run) -> str:
    """Say what it costs in a word: that the sandbox's money is play money is said above."""
    words = wording.money(run.cost, sandbox=run.sandbox)
    return words.removesuffix(" simulated") if run.sandbox else words


def _write_facts(launch: Launch) -> str:
    run, called = launch.run, html.tag("b", launch.called) + " " + _badge(launch)
    if run is None:
        return called
    if launch.error is not None:
        return f"{called} {html.escape(legible(run.model))}"
    take = f"take {run.take}" if run.take else ""
    said = [run.model, take, *looks.times(run), wording.money(run.cost, sandbox=run.sandbox)]
    return f"{called} {html.escape(' · '.join(filter(None, said)))}"


def _write_detail(launch: Launch) -> str:
    params = launch.params
    prompt = params.get("prompt")
    parts = [html.tag("p", html.escape(prompt), class_="prompt")] if isinstance(prompt, str) and prompt else []
    rest = [
        f"{name} {legible(str(value))}" for name, value in params.items() if name not in ("prompt", *_media(launch))
    ]
    rest += [f"run {logged.run_id}"] if (logged := launch.logged) is not None else []
    parts += [html.tag("p", html.escape(" · ".join(rest)), class_="facts")] if rest else []
    if error := find_error(launch):
        is_calm = launch.run is not None and launch.run.status is JobStatus.CANCELLED
        parts.append(html.tag("div", html.linked(error), class_="error calm" if is_calm else "error"))
        cures = " ".join(words for act, words in _CURES.items() if act in list_acts(launch))
        parts += [html.tag("p", cures, class_="facts")] if cures else []
    return "".join(parts)


def _media(launch: Launch) -> tuple[str, ...]:
    """Name the parameters that are media: they are seen."""
    from pixnb.catalogue import models

    return tuple(models.get(launch.model).inputs.values()) if launch.model in models else ()


__all__ = ["Tile", "find_error", "find_output", "find_source", "find_tone", "list_acts", "name_status", "write_pair"]
