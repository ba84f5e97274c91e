"""The sandbox's process, `python -m pixnb.sandbox.server`: alone on its state folder, ended with its last client."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import providers
from pixnb.arguments import Parser, port
from pixnb.errors import InvalidInput
from pixnb.project import locate, make_private
from pixnb.sandbox.assumed import assumed, described
from pixnb.sandbox.faults import FAULTS, GRAMMAR, KEYS
from pixnb.sandbox.options import Options
from pixnb.sandbox.processors import processors
from pixnb.sandbox.start import Sandbox
from pixnb.sandbox.state import NewerState
from pixnb.terminal import say

if TYPE_CHECKING:
    import uvicorn

    from pixnb.sandbox.app import Routes

_MOST_WORKERS = 8  # a render of 2160p needs about a gigabyte
_TICK = 0.5  # seconds between two looks for clients
_PATIENCE = 5.0  # seconds for an earlier server to end


def parser() -> Parser:
    """Return the parser of the options; its help lists the keys and the markers that make things go wrong."""
    made = Parser(
        "pixnb sandbox",
        description=(
            f"Serve the HTTP APIs of {', '.join(_with_sandbox())} on this computer, with clips really rendered.\n"
            "Prints the lines to export; each service lies under a path of its name."
        ),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=port, default=0, help="a port of 127.0.0.1 (default: the last one, else any)")
    made.add_argument("--speed", type=_positive, default=1.0, help="how many times faster than a service (default: 1)")
    made.add_argument("--draft", action="store_true", help="render at a quarter of the size")
    made.add_argument(
        "--state", type=_folder, help="keep jobs, uploads and clips here (default: an empty, temporary folder)"
    )
    made.add_argument("--workers", type=_count, default=0, help="clips rendered at once (default: one a processor)")
    made.add_argument(
        "--link-life",
        type=_not_negative,
        default=0.0,
        help="seconds until an output's link answers 410 (default: never)",
    )
    made.add_argument("--credits", type=_count, help="what Apiframe's account holds (default: as it was; first 10000)")
    made.add_argument("--strict", action="store_true", help="refuse parameters that no page documents")
    made.add_argument(
        "--assume", action="append", default=[], metavar="NAME=VALUE", help="do otherwise where no page says (below)"
    )
    made.add_argument("--lease", type=Path, help="end when no process holds a lock on this file")
    made.add_argument("--temporary", action="store_true", help="remove the state at the end")
    return made


def _with_sandbox() -> list[str]:
    return [name for name, one in providers.known().items() if one.sandbox]


def exports(base_urls: Mapping[str, str]) -> Iterator[str]:
    """Yield the settings by which another program works with a sandbox, ready for `export`.

    Args:
        base_urls: For each service the address that stands for its own.

    Example:
        >>> next(exports({"pixazo": "http://127.0.0.1:8000/pixazo"}))
        'PIXAZO_BASE_URL=http://127.0.0.1:8000/pixazo'
    """
    for name, url in base_urls.items():
        yield f"{providers.get(name).url_variable}={url}"
        yield f"{providers.get(name).variable}={Sandbox.key}"


def main(argv: Sequence[str] | None = None, *, ready: Callable[[Mapping[str, str]], None] | None = None) -> int:
    """Serve until a signal, or until the last client is gone.

    Args:
        argv: The command line; see `parser`.
        ready: Called once it answers, with the address that stands for each service's own.

    Returns:
        An exit code: 0 after a serving life, 1 if it could not begin, 2 if that is for what was asked.
    """
    given = _given(argv)
    temporary = given.temporary or given.state is None
    state = Path(given.state or tempfile.mkdtemp(prefix="pixnb-sandbox-")).resolve()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        make_private(state)
        _hold(state)
        with _bound(state, given.port) as bound:
            asyncio.run(_serve(_options(given, state), bound, given.lease, ready))
            if temporary:
                shutil.rmtree(state, ignore_errors=True)
    except _NoPort as error:
        say(f"pixnb sandbox: {error}", sys.stderr)
        if given.state is None:
            shutil.rmtree(state, ignore_errors=True)
        return 2
    except (OSError, sqlite3.Error) as error:
        todo = "Upgrade pixnb" if isinstance(error, NewerState) else "Mend or remove it"
        why = getattr(error, "strerror", None) or error
        say(f"pixnb sandbox: cannot use {state}: {why}. {todo}, or name another with --state.", sys.stderr)
        return 1 if given.state is None else 2
    return 0


class _NoPort(Exception):
    """The port that was asked for cannot be had."""


def _given(argv: Sequence[str] | None) -> argparse.Namespace:
    made = parser()
    given = made.parse_args(argv)
    try:
        given.assumed = assumed(given.assume)
    except ValueError as error:
        made.error(f"argument --assume: {error}")
    return given


def _options(given: argparse.Namespace, state: Path) -> Options:
    return Options(
        state=state,
        speed=given.speed,
        draft=given.draft,
        workers=given.workers if given.workers > 0 else min(processors(), _MOST_WORKERS),
        link_life=given.link_life,
        strict=given.strict,
        credits=given.credits,
        assumed=given.assumed,
    )


def _hold(state: Path) -> None:
    """Take the state folder for the rest of the process; the lock is never closed, so it goes when the process goes."""
    deadline = time.monotonic() + _PATIENCE
    lock = os.open(state / "server.lock", os.O_RDWR | os.O_CREAT)
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise OSError("another sandbox is using it") from None
            time.sleep(0.02)


@contextlib.contextmanager
def _bound(state: Path, port: int) -> Iterator[socket.socket]:
    """Listen; best on the last server's port, so that the links it gave out go on working."""
    try:
        last = 0 if port else int(json.loads((state / "server.json").read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        last = 0
    # The protocol is named because asyncio turns Nagle's delay (40 ms an answer) off only where it is.
    with socket.socket(proto=socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port or last))
        except OSError as error:
            if port:
                raise _NoPort(f"port {port} cannot be had: {error.strerror}. Give another with --port.") from None
            bound.bind(("127.0.0.1", 0))
        bound.listen(512)
        yield bound


async def _serve(
    options: Options, bound: socket.socket, lease: Path | None, ready: Callable[[Mapping[str, str]], None] | None
) -> None:
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    spoken: dict[str, Routes] = {}
    server = _server(options, url, spoken)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes them while it serves and raises them again for the handlers it found: these do nothing more
        signal.signal(number, lambda *_: None)

    def announce() -> None:
        _note(options, int(bound.getsockname()[1]), leased=lease is not None, services=list(spoken))
        if ready is not None:
            ready({name: f"{url}/{name}" for name in spoken})

    tasks = [asyncio.create_task(_announced(server, announce))]
    if lease is not None:
        tasks.append(asyncio.create_task(_watch(server, lease)))
    await server.serve(sockets=[bound])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _server(options: Options, url: str, spoken: dict[str, Routes]) -> uvicorn.Server:
    import uvicorn

    from pixnb.sandbox.app import build, services
    from pixnb.sandbox.breakage import Protocol

    spoken.update(services())
    config = uvicorn.Config(
        build(options, f"{url}/", spoken),
        http=Protocol,
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        headers=[("X-Pixnb-Sandbox", "1")],
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


async def _announced(server: uvicorn.Server, announce: Callable[[], None]) -> None:
    # the mark of a sandbox is among the default headers, which uvicorn sets at its first tick
    while not (server.started and server.server_state.default_headers):  # noqa: ASYNC110  # it offers no event
        await asyncio.sleep(0.005)
    announce()


def _note(options: Options, port: int, *, leased: bool, services: Sequence[str]) -> None:
    """Tell clients where the server is and what it is."""
    noted = {"port": port, "pid": os.getpid(), "started": time.time(), "leased": leased, "services": services}
    fresh = options.state / "server.json.new"
    fresh.write_text(json.dumps(noted | {"speed": options.speed, "draft": options.draft}))
    fresh.replace(options.state / "server.json")


async def _watch(server: uvicorn.Server, lease: Path) -> None:
    """End the server when it can have alone what every client holds with the others, or when the file is gone."""
    try:
        held = os.open(lease, os.O_RDWR | os.O_CREAT)
    except OSError:
        server.should_exit = True  # the folder is gone already
        return
    while not _forsaken(held, lease):  # noqa: ASYNC110  # a lock cannot be waited for without a thread
        await asyncio.sleep(_TICK)
    # `held` stays locked to the end of the process: a client that comes now waits, then starts the next server
    server.should_exit = True


def _forsaken(held: int, lease: Path) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return not lease.exists()
    return True


def _positive(word: str) -> float:
    number = float(word)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def _folder(word: str) -> Path:
    try:
        return locate(word)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(error.message) from None


def _not_negative(word: str) -> float:
    number = float(word)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or above")
    return number


def _count(word: str) -> int:
    return int(_not_negative(str(int(word))))


def _epilog() -> str:
    parts = {
        "Any key that is not empty passes, but for these:": KEYS,
        "Markers in a prompt:": FAULTS,
        "Assumed, because no page says it:": dict(described()),
    }
    lists = {title: "\n".join(_lines(said)) for title, said in parts.items()}
    return "\n\n".join([*(f"{title}\n{lines}" for title, lines in lists.items()), GRAMMAR])


def _lines(said: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, said)) + 2
    for word, what in said.items():
        yield f"  {word:<{width}}{what}"


if __name__ == "__main__":
    sys.exit(main())

__all__ = ["exports", "main", "parser"]
