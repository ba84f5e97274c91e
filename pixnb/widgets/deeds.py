"""What a person has done with one launch of a filmstrip: used again, copied as code, saved, collected, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from pixnb.compare.files import name_file
from pixnb.display.guard import start_behind
from pixnb.display.host import host
from pixnb.errors import InvalidInput
from pixnb.widgets.tile import list_acts

if TYPE_CHECKING:
    from pixnb.runs.run import Run
    from pixnb.widgets.launches import Launch, Launches

_MOST_BYTES = 200_000_000  # that go to a browser in a message
_WORDS = 60  # letters of a prompt in a file's name


class Deeds:
    """Does what a page asks, each on a thread of its own, and answers the page that asked.

    Args:
        launches: What was launched.
        experiment: The experiment's name.
        use: Fills the form with a run's model and settings.
        code: Writes the line that repeats a run.
        send: Sends a message to the pages, with buffers; each knows by `to` whether it is meant.
    """

    def __init__(
        self,
        launches: Launches,
        *,
        experiment: str,
        use: Callable[[Run], object],
        code: Callable[[Run], str],
        send: Callable[..., object],
    ) -> None:
        self._launches, self._experiment = launches, experiment
        self._use, self._code, self._send = use, code, send

    def do(self, asked: Mapping[str, Any]) -> None:
        """Do an act.

        Args:
            asked: `{"act": …, "tile": its number, "to": who asks}`, and `"bytes": True` for a page to which the
                server does not give the file; what cannot be done is let be.
        """
        launch = next((launch for launch in self._launches if launch.number == asked.get("tile")), None)
        act = asked.get("act")
        if launch is None or launch.run is None or act not in list_acts(launch):
            return
        run, to = launch.run, asked.get("to")
        by_url = asked.get("bytes") is not True

        def tell(text: str) -> None:
            self._send({"told": text, "to": to})

        deeds: dict[str, Callable[[], object]] = {
            "use": lambda: self._use_again(run, tell),
            "copy": lambda: self._send({"copy": self._code(run), "to": to}),
            "save": lambda: self._save(launch, run, to, by_url=by_url),
            "collect": lambda: self._collect(run, tell),
            "cancel": lambda: self._cancel(run),
        }
        start_behind(deeds[act], tell, clears=False)

    def _use_again(self, run: Run, tell: Callable[[str], object]) -> None:
        self._use(run)
        tell("The form has its settings now")

    def _cancel(self, run: Run) -> None:
        run.cancel()
        self._launches.tell()

    def _collect(self, run: Run, tell: Callable[[str], object]) -> None:
        def end(done: Future[None]) -> None:
            error = None if done.cancelled() else done.exception()
            if error is not None:
                tell(getattr(error, "message", str(error)))
            self._launches.tell()

        tell("Asked the service for it")
        self._launches.collect(run).add_done_callback(end)
        self._launches.tell()

    def _save(self, launch: Launch, run: Run, to: Any, *, by_url: bool) -> None:
        """Hand over the originals: their addresses on the server, else what is in them."""
        at, prompt = host(), run.params.get("prompt")
        words = " ".join(str(prompt or run.model).split())[:_WORDS]
        for number, media in enumerate(run.media):
            more = f" ({number + 1})" if number else ""
            name = name_file(
                f"{self._experiment} {launch.place:02d} {words}{more}", media.path.suffix if media.path else ""
            )
            url = at.absolute_url(media.path) if by_url and media.path else None
            if url:
                self._send({"save": name, "url": url, "to": to})
            elif (media.size or 0) > _MOST_BYTES:
                raise InvalidInput(
                    f"The file is too large for a message ({media.size or 0:,} bytes): "
                    f'exp.run("{run.run_id}").output.save(path) writes it where you like.'
                )
            else:
                self._send({"save": name, "media_type": media.media_type, "to": to}, [media.bytes()])


__all__ = ["Deeds"]
