"""What a job or run looks like: its line of words, its clips beside their source, its error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.client.clocks import find_time
from pixnb.display import sheet, wording
from pixnb.display.video import Budget, figure_html
from pixnb.project import is_file
from pixnb.status import JobStatus
from pixnb.terminal import shorten

if TYPE_CHECKING:
    from pixnb.client.job import Job
    from pixnb.media.media import Media

_CLAMP = 600


def bundle(job: Job) -> dict[str, Any]:
    """Return a job's bundle as it stands now: HTML, a contact sheet, plain text."""
    return {"text/html": write_html(job), "image/png": draw_sheet(job), "text/plain": write_text(job)}


def write_html(job: Job, *, is_followed: bool = False) -> str:
    """Return a job's whole HTML, for an output that stays or, where it is followed, for one that is drawn anew."""
    at, later = (None, "") if is_followed else (datetime.now(UTC), _later(job))
    parts = head(job) + facts(job, at=at) + progress(job) + note(job) + later + clips(job)
    return html.root(html.tag("div", parts, class_="card"))


def head(job: Job) -> str:
    """Return the status, the model and the prompt."""
    status = str(job.status)
    marks = [html.tag("span", status, class_=f"badge {wording.tone(status)}"), html.tag("b", html.escape(job.model))]
    take = getattr(job, "take", None)
    if take:
        marks.append(html.tag("span", f"take {take}", class_="facts"))
    if job.sandbox:
        marks.append(wording.sandbox_badge())
    # words stay apart where the style sheet is taken away: an untrusted notebook, GitHub
    return html.tag("div", " ".join(marks), class_="head") + prompt(job.params.get("prompt"))


def makes(job: Job) -> str:
    """Say what it makes, in a word: "clip", or "picture"."""
    from pixnb.catalogue.registry import models

    return "picture" if job.model in models and models.get(job.model).makes == "image" else "clip"


def say_waiting(job: Job) -> str:
    """Say what stands in the place of a file that is to come."""
    waiting = {
        JobStatus.PLANNED: "Not sent yet",
        JobStatus.SUBMITTING: "Sending",
        JobStatus.QUEUED: "In the service's queue",
    }
    return waiting.get(job.status) or f"The {makes(job)} will appear here"


def prompt(text: object) -> str:
    """Return a prompt as a paragraph; a very long one is cut, with the whole in its title."""
    if not isinstance(text, str) or not text:
        return ""
    cut = shorten(text, _CLAMP)
    return html.tag("p", html.escape(cut), class_="prompt", title=text if cut != text else None)


def facts(job: Job, *, at: datetime | None = None) -> str:
    """Return time, cost and where it is done, as one line.

    Args:
        job: The job.
        at: When this is said, for an output that stays while the job goes on; None for a card that is kept up.
    """
    said = [*times(job), wording.money(job.cost, sandbox=job.sandbox), job.provider, *_ids(job)]
    if at is not None and not job.standing.is_settled:
        said.append(f"as of {at:%H:%M:%S} UTC")
    return html.tag("div", html.escape(" · ".join(said)), class_="facts")


def progress(job: Job) -> str:
    """Return how far it is as a bar, where the service tells; the percentage is among the facts."""
    if job.progress is None or job.standing.is_settled:
        return ""
    percent = wording.percent(job.progress)
    inner = html.tag("div", style=f"width: {percent.replace(' ', '')}")
    return html.tag("div", inner, class_="bar", role="progressbar", aria_label="Progress", aria_valuetext=percent)


def _ids(job: Job) -> list[str]:
    """Name a run by its id in the log, another job by the service's; say where it has none and never will."""
    run_id = getattr(job, "run_id", None)
    said = [f"run {run_id}"] if run_id else [f"job {job.id}"] if job.id else []
    if job.id is None and job.status is JobStatus.COMPLETED:
        return [*said, "no job id: the answer was the file"]
    if job.id is None and job.status is JobStatus.PROCESSING:
        return [*said, "no job id: the answer will be the file"]
    return said


def times(job: Job) -> list[str]:
    """Say how long it has taken, how much is done, and how long it may take yet."""
    took = find_time(job.standing, datetime.now(UTC))
    if took is None:
        return []
    if job.standing.is_settled:
        return [wording.duration(took)] if took > 0 else []  # services tell whole seconds
    said = [wording.duration(took, whole=True)]
    if job.progress is not None:
        said.append(wording.percent(job.progress))
    left = job.eta if job.status is not JobStatus.QUEUED else None
    if job.is_slow:
        said.append("slower than 95 % of your runs")
    elif left is not None:
        said.append(f"about {wording.duration(left, whole=True)} left" if left >= 1 else "nearly done")
    return said


def called(role: str) -> str:
    """Name a role as a person says it.

    Example:
        >>> called("end_image")
        'end image'
    """
    return role.replace("_", " ")


def note(job: Job) -> str:
    """Return what went wrong, if something did."""
    if job.error is None:
        return ""
    tone = " calm" if job.status is JobStatus.CANCELLED else ""
    return html.tag("div", html.escape(job.error.message), class_=f"error{tone}", role="status")


def _later(job: Job) -> str:
    """Say in an output that stays how to see what became of a run since."""
    run_id = getattr(job, "run_id", None)
    if job.standing.is_settled or run_id is None:
        return ""
    return html.tag("p", "It went on after this was shown: " + html.tag("code", f'exp.run("{run_id}")'), class_="facts")


def clips(job: Job, *, budget: Budget | None = None) -> str:
    """Return the files that a job made, beside what they were made of; nothing for one that made none."""
    if job.standing.is_settled and not job.media:
        return ""
    budget = budget or Budget()
    made = [figure_html(media, budget=budget, label=f"Output of {job.model}", caption=_caption("output", media))
            for media in job.media]  # fmt: skip
    roles = {called(role): media for role, media in input_media(job).items()}
    given = [figure_html(media, budget=budget, label=f"Source {role}", caption=_caption(f"source {role}", media))
             for role, media in roles.items()]  # fmt: skip
    return html.tag("div", "".join(given + made), class_="wall two") if given + made else ""


def _caption(what: str, media: Media) -> str:
    return html.tag("b", html.escape(what)) + " " + html.escape(wording.describe(media))


def input_media(job: Job) -> Mapping[str, Media]:
    """Return the media that a job was given and that are here, by role; of URLs nothing is fetched."""
    from pixnb.media.media import Media

    if job.standing.inputs:
        return {given.role: given.media for given in job.standing.inputs}
    found: dict[str, Media] = {}
    for role, name in _roles(job.model).items():
        value = job.params.get(name)
        if isinstance(value, Media):
            found[role] = value
        elif isinstance(value, str) and (value.startswith(("http://", "https://")) or is_file(Path(value))):
            found[role] = Media(value)
    return found


def _roles(model: str) -> Mapping[str, str]:
    from pixnb.catalogue.registry import models

    return models.get(model).inputs if model in models else {}


def draw_sheet(job: Job) -> bytes:
    """Return a contact sheet of a job: source and output with their words."""
    tiles: list[sheet.Tile] = []
    if job.media or not job.standing.is_settled:
        given = {f"source {called(role)}": media for role, media in input_media(job).items()}
        tiles += [sheet.Tile(media, [sheet.words(what, "soft")]) for what, media in given.items()]
        tiles += [sheet.Tile(media, [sheet.words("output", "soft")]) for media in job.media]
    status, text = str(job.status), job.params.get("prompt")
    facts = " · ".join([job.model, *times(job), wording.money(job.cost, sandbox=job.sandbox)])
    marks = [sheet.Span(f"{status}  ", wording.tone(status), is_bold=True)]
    marks += [sheet.Span(f" {wording.SANDBOX} ", "mark", 12, True, True), sheet.Span("  ")] if job.sandbox else []
    head = [sheet.Words([*marks, sheet.Span(facts)], 2)]
    head += [sheet.words(text, "soft", most=4)] if isinstance(text, str) else []
    head += [sheet.words(job.error.message, "bad", most=4)] if job.error else []
    return sheet.draw([sheet.Block(head, tiles)])


def write_text(job: Job) -> str:
    """Return a job as plain text."""
    said = [repr(job)]
    if job.progress is not None and not job.standing.is_settled:
        said.append(f"{wording.percent(job.progress)} done")
    if job.error:
        said.append(job.error.message)
    said += [f"{media.path or media}  {wording.describe(media)}".rstrip() for media in job.media]
    return "\n".join(said)


__all__ = [
    "bundle",
    "called",
    "clips",
    "draw_sheet",
    "facts",
    "head",
    "input_media",
    "makes",
    "note",
    "progress",
    "prompt",
    "say_waiting",
    "times",
    "write_html",
    "write_text",
]
