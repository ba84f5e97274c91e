"""What a saved notebook shows of a launcher where no kernel is: each launch with a still, its words, its cost."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.compare.rows import small
from pixnb.display import job as looks
from pixnb.display import sheet, wording
from pixnb.display.host import host
from pixnb.display.looks import Look, look_at
from pixnb.display.publish import publish_standing_in, replace_page
from pixnb.display.throttle import Throttle
from pixnb.status import JobStatus
from pixnb.widgets.apart import find_shared

if TYPE_CHECKING:
    from pathlib import Path

    from pixnb.catalogue.model import Model
    from pixnb.media.media import Media
    from pixnb.runs.run import Run
    from pixnb.widgets.launches import Launches

PERIOD = 2.0
"""Seconds between two changes of a notebook's page at least."""

_ROOT = "pixnb-launcher"
_MOST = 24  # runs of a page
_DRAWN = 8  # of its picture
_STILL = 5_000  # bytes of a still, about: the strip's, which is made already
_OUTPUTS = 4  # cells that show the same launcher, and are kept up to date
_STYLE = (
    ".pixnb .launched{grid-template-columns:repeat(auto-fill,minmax(min(100%,210px),1fr))}"
    ".pixnb .launched .head b{font-size:13px}.pixnb .launched .prompt{font-size:13px;line-height:1.4}"
    ".pixnb .launched .head{margin:4px 0 2px}"
)


class Saved:
    """The page that stands for a launcher in a saved notebook, brought up to date in its cell as runs come and end.

    Args:
        experiment: Its name.
        launches: What was launched.
        model: Says which model the form shows.
    """

    def __init__(self, experiment: str, launches: Launches, model: Callable[[], Model]) -> None:
        self._experiment, self._launches, self._model = experiment, launches, model
        self._names: list[str] = []
        self._shown: Any = None
        self._picture: tuple[Any, str] | None = None
        self._soon = Throttle(self._renew, period=PERIOD)
        launches.listen(self._hear)

    def make(self) -> dict[str, Any]:
        """Return its bundle as things stand: HTML, where there are runs a contact sheet, plain text."""
        if host().name != "voila":  # which keeps nothing
            self._draw()
        return self._write()

    def _write(self) -> dict[str, Any]:
        runs, name, model = self._list(), self._experiment, self._model()
        page = write_page(name, model, runs[-_MOST:], more=max(0, len(runs) - _MOST))
        made = {"text/html": page, "text/plain": _write_text(name, model, runs[-_MOST:])}
        return {**made, "image/png": self._picture[1]} if self._picture else made

    def _draw(self) -> bool:
        """Draw the sheet where there is none of these runs; it takes its time, so while runs go on the first stays."""
        runs = self._list()
        key = [_stand(run) for run in runs]
        is_quiet = all(run.standing.is_settled for run in runs)
        is_first = self._picture is None and any(run.media for run in runs)
        if not runs or not (is_quiet or is_first) or (self._picture and self._picture[0] == key):
            return False
        drawn = draw_page(self._experiment, runs[-_DRAWN:])
        self._picture = key, base64.b64encode(drawn).decode("ascii")
        return True

    def publish(self, bundle: Mapping[str, Any]) -> None:
        """Show the launcher in the current cell, and this where it is read without its kernel.

        Args:
            bundle: The launcher's own.

        Raises:
            NotImplementedError: The host is none whose page is known: IPython then asks for the bundle.
        """
        self._shown = self._look()
        is_alone = host().name == "headless"  # nobody waits for it, and what comes later may come too late
        name = publish_standing_in(bundle, self.make() if is_alone else self._write(), root=_ROOT)
        self._names = [*self._names, name][-_OUTPUTS:]
        if not is_alone or self._look() != self._shown:
            self._soon()

    def _list(self) -> list[Run]:
        """The runs that were sent, the first launched first."""
        return [run for run in self._launches.runs if run.status is not JobStatus.PLANNED]

    def _look(self) -> Any:
        return self._model().id, [_stand(run) for run in self._list()]

    def _hear(self) -> None:
        if self._names and self._look() != self._shown:
            self._soon()

    def _renew(self) -> None:
        if self._look() != self._shown:
            self._shown = self._look()
            self._send()
        if self._draw():
            self._send()

    def _send(self) -> None:
        made = self._write()
        for name in self._names:
            replace_page(made, root=_ROOT, name=name)


def write_page(experiment: str, model: Model, runs: Sequence[Run], *, more: int = 0) -> str:
    """Return what was launched as HTML that needs no script.

    Args:
        experiment: Its name.
        model: The model whose form was shown.
        runs: What was launched, the first first.
        more: How many more there are.
    """
    name = f"<b>{html.escape(experiment)}</b>"
    if not runs:
        said = f"The launcher of {name}, at {html.escape(model.title)}: run the cell to use it."
        return html.root(html.tag("p", f"{said} <code>exp.compare()</code> shows what was launched."), class_="card")
    count = f"{len(runs)} run{'' if len(runs) == 1 else 's'}"
    before = f" and {more} before, which <code>exp.compare()</code> shows" if more else ""
    badge = f" {wording.sandbox_badge()}" if all(run.sandbox for run in runs) else ""
    said = f"Launched into {name}: {count}{before}.{badge} Run the cell to launch more."
    tiles = "".join(_write_tiles(runs[::-1]))
    inner = html.tag("style", _STYLE) + html.tag("p", said) + html.tag("div", tiles, class_="wall launched")
    return html.root(html.tag("div", inner, class_="card"))


def _write_tiles(runs: Sequence[Run]) -> Iterator[str]:
    """The source that most have once, then a tile a run, the newest first as in the launcher."""
    for role, media in _share(runs).items():
        called = f"source {html.escape(looks.called(role))}"
        yield html.tag("figure", _write_still(media.path, called) + html.tag("figcaption", html.tag("b", called)))
    for run in runs:
        still = _write_still(run.media[0].path if run.media else None, f"Output of {run.model}")
        gap = "" if still or run.error else html.tag("div", html.escape(_say_absence(run)), class_="gap")
        said = _write_head(run) + html.tag("div", html.escape(_say_facts(run)), class_="facts") + looks.note(run)
        yield html.tag("figure", still + gap + said)


def _write_head(run: Run) -> str:
    status = str(run.status)
    marks = [html.tag("span", status, class_=f"badge {wording.tone(status)}"), html.tag("b", html.escape(run.model))]
    marks += [html.tag("span", f"take {run.take}", class_="facts")] if run.take else []
    return html.tag("div", " ".join(marks), class_="head") + looks.prompt(run.params.get("prompt"))


def _write_still(path: Path | None, label: str) -> str:
    """A picture alone, for what is no picture is taken out of a notebook of somebody else's; it leads to the file."""
    look = look_at(path, _STILL) if path is not None else Look()
    if look.poster is None or path is None:
        return ""
    shown = html.image(look.poster, label=label, size=small(look.size))
    url = host().relative_url(path)
    return html.tag("a", shown, href=url, target="_blank", rel="noopener", title="Open the file") if url else shown


def _say_absence(run: Run) -> str:
    if not run.standing.is_settled:
        return f"The {looks.makes(run)} was under way when this was saved"
    return "No file"


def _say_facts(run: Run) -> str:
    return " · ".join([*looks.times(run)[:1], wording.money(run.cost, sandbox=run.sandbox), run.provider])


def _share(runs: Sequence[Run]) -> Mapping[str, Media]:
    """The sources that most have, where they are files."""
    shared = find_shared([looks.input_media(run) for run in runs])
    return {role: media for role, media in shared.items() if media.path is not None}


def draw_page(experiment: str, runs: Sequence[Run]) -> bytes:
    """Draw a contact sheet of what was launched."""
    tiles = [sheet.Tile(media, [sheet.words(f"source {looks.called(role)}", "soft")])
             for role, media in _share(runs).items()]  # fmt: skip
    for run in reversed(runs):
        prompt = run.params.get("prompt")
        caption = [sheet.words(prompt, most=3)] if isinstance(prompt, str) and prompt else []
        facts = f"{str(run.status).lower()} · {run.model} · {_say_facts(run)}"
        instead = sheet.words(run.error.message if run.error else _say_absence(run), wording.tone(run.status), most=7)
        tiles.append(sheet.Tile(run.media[0] if run.media else None, [*caption, sheet.words(facts, "soft", most=3)],
                                instead))  # fmt: skip
    mark = [sheet.Span("  "), sheet.Span(f" {wording.SANDBOX} ", "mark", 12, True, True)]
    head = [sheet.Span(f"Launched into {experiment}", size=15, is_bold=True), *(mark if runs[-1].sandbox else [])]
    return sheet.draw([sheet.Block([sheet.Words(head, 1)], tiles)], across=4)


def _write_text(experiment: str, model: Model, runs: Sequence[Run]) -> str:
    head = f"<Launcher of {experiment!r}, {model.id}, {len(runs)} launched>"
    lines = (f"{run.status.lower():<11} {run.params.get('prompt') or run.model}" for run in runs)
    return wording.legible("\n".join([head, *(" ".join(line.split("\n")) for line in lines)]))


def _stand(run: Run) -> tuple[Any, ...]:
    return run.run_id, run.status, len(run.media), str(run.cost)


__all__ = ["PERIOD", "Saved", "draw_page", "write_page"]
