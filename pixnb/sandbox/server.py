"""The sandbox's process, `python -m pixnb.sandbox.server`: alone on its state folder, ended with its last client."""

from __future__ import annotations

import asyncio
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
from typing import TYPE_CHECKING, NoReturn

from pixnb import providers
from pixnb.project import make_private
from pixnb.sandbox.arguments import make_options, parser, read_arguments
from pixnb.sandbox.options import Options
from pixnb.sandbox.sockets import TakenPort, listen, raise_limit, report
from pixnb.sandbox.start import Sandbox, take_lock
from pixnb.sandbox.state import NewerState
from pixnb.terminal import say

if TYPE_CHECKING:
    import uvicorn


_TICK = 0.5  # seconds between two looks for clients
_PATIENCE = 5.0  # seconds for an earlier server to end


def exports(base_urls: Mapping[str, str]) -> Iterator[str]:
    """Yield the settings by which another program works with a sandbox, ready for `export`.

    Example:
        >>> next(exports({"pixazo": "http://127.0.0.1:8000/pixazo"}))
        'PIXAZO_BASE_URL=http://127.0.0.1:8000/pixazo'
    """
    for name, url in base_urls.items():
        yield f"{providers.get(name).url_variable}={url}"
        yield f"{providers.get(name).variable}={Sandbox.key}"


def main(argv: Sequence[str] | None = None, *, ready: Callable[[Mapping[str, str]], None] | None = None) -> int:
    """Serve until a signal, or until the last client is gone.

    `ready` is called once it answers, with the address that stands for each service's own.

    Returns:
        An exit code: 0 after a serving life, 1 if it could not begin, 2 if that is for what was asked.
    """
    given = read_arguments(argv)
    temporary = given.temporary or given.state is None
    state = Path(given.state or tempfile.mkdtemp(prefix="pixnb-sandbox-")).resolve()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    raise_limit()

    def end_at_once(*_: object) -> NoReturn:  # an exception would get lost in some library that is being loaded
        if given.state is None:
            shutil.rmtree(state, ignore_errors=True)
        os._exit(130)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end_at_once)
    try:
        make_private(state)
        _hold(state)
        with listen(given.port, _find_last_port(state)) as bound:
            asyncio.run(_serve(make_options(given, state), bound, given.lease, ready))
        if temporary:
            shutil.rmtree(state, ignore_errors=True)
    except TakenPort as error:
        say(f"pixnb sandbox: {error}", sys.stderr)
        return 2
    except (OSError, sqlite3.Error) as error:
        todo = "Upgrade pixnb" if isinstance(error, NewerState) else "Mend or remove it"
        why = getattr(error, "strerror", None) or error
        say(f"pixnb sandbox: cannot use {state}: {why}. {todo}, or name another with --state.", sys.stderr)
        return 1 if given.state is None else 2
    finally:
        if given.state is None:
            shutil.rmtree(state, ignore_errors=True)
    return 0


def _hold(state: Path) -> None:
    """Take the state folder for the rest of the process; the lock is never closed, so it goes when the process goes."""
    lock = os.open(state / "server.lock", os.O_RDWR | os.O_CREAT)
    if not take_lock(lock, fcntl.LOCK_EX, patience=_PATIENCE):
        raise OSError("another sandbox is using it")


def _find_last_port(state: Path) -> int:
    """Return the last server's port, so that the links it gave out go on working; 0 if there was none."""
    try:
        return int(json.loads((state / "server.json").read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


async def _serve(
    options: Options, bound: socket.socket, lease: Path | None, ready: Callable[[Mapping[str, str]], None] | None
) -> None:
    import uvicorn

    from pixnb.sandbox.app import build, services
    from pixnb.sandbox.breakage import Protocol

    asyncio.get_running_loop().set_exception_handler(report)
    port = int(bound.getsockname()[1])
    url, spoken = f"http://127.0.0.1:{port}", services()
    config = uvicorn.Config(
        build(options, f"{url}/", spoken), http=Protocol, ws="none", loop="asyncio",
        log_config=None, access_log=False, timeout_graceful_shutdown=1,
        headers=[("X-Pixnb-Sandbox", "1"), ("X-Content-Type-Options", "nosniff")],
    )  # fmt: skip
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes them while it serves and raises them again for the handlers it found; one that comes before
        # that is to end it all the same
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))

    async def announce() -> None:
        # the mark of a sandbox is among the default headers, which uvicorn sets at its first tick
        while not (server.started and server.server_state.default_headers):  # noqa: ASYNC110  # it offers no event
            await asyncio.sleep(0.005)
        _note(options, port, leased=lease is not None, services=list(spoken))
        if ready is not None:
            ready({name: f"{url}/{name}" for name in spoken})

    tasks = [asyncio.create_task(announce())]
    if lease is not None:
        tasks.append(asyncio.create_task(_watch(server, lease)))
    await server.serve(sockets=[bound])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


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
    while _is_used(held, lease):  # noqa: ASYNC110  # a lock cannot be waited for without a thread
        await asyncio.sleep(_TICK)
    # `held` stays locked to the end of the process: a client that comes now waits, then starts the next server
    server.should_exit = True


def _is_used(held: int, lease: Path) -> bool:
    return lease.exists() and not take_lock(held, fcntl.LOCK_EX, patience=0)


if __name__ == "__main__":
    sys.exit(main())

__all__ = ["exports", "main", "parser"]
