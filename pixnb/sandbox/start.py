"""Start the sandbox of a data folder, or join the one that lives; no library is loaded, so that it is cheap."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pixnb import providers
from pixnb.awake import Awake
from pixnb.living import Living
from pixnb.project import locate, make_private
from pixnb.terminal import get_logger

_PATIENCE = 30.0  # seconds for a server to answer, on a machine that is busy with renders
_LONGEST_LOG = 1_000_000

logger = get_logger("pixnb.sandbox")


class SandboxError(RuntimeError):
    """The sandbox could not be started. The message ends with what its server said."""


class Sandbox(Living):
    """The sandbox of a data folder: one server, shared by all processes that work in the folder.

    The server ends by itself about a second after the last of those processes has ended, however it ended.
    Its jobs, uploads and clips stay under the folder, and the next server goes on with them.

    Args:
        data: The data folder; the state lies in its `sandbox/`. Left out, the state is temporary and empty.
        speed: How many times faster than a service the queue runs; default `PIXNB_SANDBOX_SPEED`, else 1.
        draft: Whether clips are rendered at a quarter of the size; default `PIXNB_SANDBOX_DRAFT`, else not.
        port: A port of 127.0.0.1; 0 takes the one that the folder's last server had, or any free one.
        state: Another folder for the state, in place of `data`'s.
        credits: What Apiframe's account holds at first; default 10000.
        assume: What the server does where no page says what a service does, as `pixnb sandbox --help` lists it.
        room: Gigabytes that uploads and fetched inputs may take together; default 10.
        allow_host: Other names by which the server may be called, such as that of a proxy in front of it.

    Example:
        >>> with Sandbox(speed=50, draft=True) as sandbox:
        ...     list(sandbox.base_urls)
        ['pixazo', 'decart', 'apiframe']
    """

    _instead = 'Give sandbox.base_urls and the key "sandbox" to a Client there'

    key = "sandbox"
    """A key that the sandbox accepts; it accepts any but those in `pixnb.sandbox.faults.KEYS`."""

    def __init__(
        self,
        data: str | os.PathLike[str] | None = None,
        *,
        speed: float | None = None,
        draft: bool | None = None,
        port: int = 0,
        state: str | os.PathLike[str] | None = None,
        credits: int | None = None,  # noqa: A002  # the service's own word
        assume: Mapping[str, float | str] | None = None,
        room: float | None = None,
        allow_host: str | Iterable[str] = (),
    ) -> None:
        folder = Path(state) if state is not None else Path(data) / "sandbox" if data is not None else None
        self._folder = locate(folder) if folder is not None else None
        self._temporary = folder is None
        self._speed = float(speed if speed is not None else os.environ.get("PIXNB_SANDBOX_SPEED") or 1)
        self._draft = draft if draft is not None else _is_true(os.environ.get("PIXNB_SANDBOX_DRAFT"))
        self._asked = {name for name, value in (("speed", speed), ("draft", draft)) if value is not None}
        names = [allow_host] if isinstance(allow_host, str) else allow_host
        self._options = [f"--port={port}", f"--speed={self._speed!r}"] + ["--draft"] * self._draft
        self._options += [f"--credits={credits}"] if credits is not None else []
        self._options += [f"--room={room}"] if room is not None else []
        self._options += [f"--allow-host={name}" for name in names]
        self._options += [f"--assume={name}={value}" for name, value in (assume or {}).items()]
        self._guard = threading.RLock()
        self._lease: int | None = None
        self._server: dict[str, Any] | None = None
        self._process: _Server | None = None
        if self._speed <= 0:
            raise ValueError(f"speed must be above 0, not {self._speed:g}.")

    def start(self) -> Sandbox:
        """Join the living server or start one; also starts a new one if the old one has died.

        Returns:
            The sandbox itself, with `url` known.

        Raises:
            SandboxError: If no server came up; its last lines are in the message.
        """
        with self._guard:
            try:
                self._take_lease()
                self._server = self._find_server() or self._launch()
                self._compare(self._server)
            except OSError as error:
                self._drop_lease()
                raise SandboxError(f"The sandbox cannot use {self._folder}: {error}") from error
        return self

    def stop(self) -> None:
        """Leave the sandbox; if no other process uses it, its server is ended before this returns."""
        with self._guard:
            if self._lease is None:
                return
            self._drop_lease()
            folder, self._server = self.state, None
            others = os.open(folder / "clients.lock", os.O_RDWR | os.O_CREAT) if folder.exists() else None
            if others is None:
                return
            try:
                if take_lock(others, fcntl.LOCK_EX, patience=0):
                    self._end()
            finally:
                os.close(others)
                self._folder = None if self._temporary else self._folder

    @property
    def url(self) -> str:
        """The server's address, such as `http://127.0.0.1:40123`."""
        if self._server is None:
            raise SandboxError("The sandbox is not started. Call .start() first.")
        return f"http://127.0.0.1:{self._server['port']}"

    @property
    def base_urls(self) -> dict[str, str]:
        """For each provider the base URL that stands for its own."""
        url, noted = self.url, self._server or {}
        return {provider: f"{url}/{provider}" for provider in noted.get("services", [])}

    @property
    def state(self) -> Path:
        """The folder of its jobs, uploads and clips."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="pixnb-sandbox-")).resolve()
        return self._folder

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = self.url if self._server is not None else "not started"
        return f"Sandbox({where}, state={str(self._folder)!r})"

    def _take_lease(self) -> None:
        path = self.state / "clients.lock"
        if self._lease is not None and not _same_file(self._lease, path):
            self._drop_lease()  # somebody removed the folder: what we hold is no lock any more
        if self._lease is None:
            make_private(path.parent)
            lease = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            # Shared by all clients; the server holds it alone only while it ends.
            if not take_lock(lease, fcntl.LOCK_SH, patience=_PATIENCE):
                os.close(lease)
                raise SandboxError(f"A server that is ending keeps {path} for too long. Try again, or end it.")
            self._lease = lease

    def _drop_lease(self) -> None:
        # Closed and never unlocked: after a fork the parent shares the lock, and an unlock would take it from it.
        if self._lease is not None:
            os.close(self._lease)
        self._lease = None

    def _find_server(self) -> dict[str, Any] | None:
        """Return what `server.json` says, if that very server answers."""
        try:
            noted = json.loads((self.state / "server.json").read_text())
            health = _ask_health(int(noted["port"]), timeout=5.0)
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
            return None
        same = health.get("pid") == noted.get("pid") and health.get("state") == str(self.state.resolve())
        return noted if same else None

    def _compare(self, noted: dict[str, Any]) -> None:
        """Say once what was asked for and is not so; `start` is called before each piece of work."""
        wanted = {"speed": self._speed, "draft": self._draft}
        for name in sorted(self._asked):
            if noted.get(name) != wanted[name]:
                there = noted.get(name)
                logger.warning("%s=%s is without effect: this sandbox already runs with %s", name, wanted[name], there)
                self._asked.discard(name)

    def _launch(self) -> dict[str, Any]:
        turn = os.open(self.state / "start.lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not take_lock(turn, fcntl.LOCK_EX, patience=_PATIENCE):
                raise SandboxError(f"Another process has been starting the sandbox of {self.state} for too long.")
            return self._find_server() or self._spawn()
        finally:
            os.close(turn)

    def _spawn(self) -> dict[str, Any]:
        log = self.state / "server.log"
        if log.exists() and log.stat().st_size > _LONGEST_LOG:
            log.unlink()
        with open(log, "ab") as output:
            begin = output.tell()
            self._process = _Server(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.state,  # the caller's folder may hold a queue.py that would shadow the library's
                env=_environment(),
                start_new_session=True,  # Ctrl-C in a terminal is for the client
            )
        return self._wait(self._process, log, begin)

    def _command(self) -> list[str]:
        where = ["--state", str(self.state), "--lease", str(self.state / "clients.lock")]
        command = [sys.executable, "-m", "pixnb.sandbox.server", *where, *self._options]
        return command + ["--temporary"] * self._temporary

    def _wait(self, process: _Server, log: Path, begin: int) -> dict[str, Any]:
        waited = Awake()
        while waited.seconds < _PATIENCE:
            ended = process.poll() is not None
            noted = self._find_server()
            if noted is not None:
                return noted
            if ended:
                raise SandboxError(f"The sandbox's server ended at once. It said:\n{_read_tail(log, begin)}")
            waited.sleep(0.02)
        process.kill()
        process.wait()
        raise SandboxError(
            f"The sandbox's server did not answer within {_PATIENCE:g} s. It said:\n{_read_tail(log, begin)}"
        )

    def _end(self) -> None:
        noted = self._find_server()
        if noted is not None and noted.get("leased"):  # `pixnb sandbox` serves until it is told to end
            with contextlib.suppress(ProcessLookupError):
                os.kill(noted["pid"], signal.SIGTERM)
            self._await_end(noted["pid"])
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _await_end(self, pid: int) -> None:
        try:
            held = os.open(self.state / "server.lock", os.O_RDWR)
        except FileNotFoundError:
            return  # a temporary state goes with its server
        if not take_lock(held, fcntl.LOCK_EX, patience=5.0):
            os.kill(pid, signal.SIGKILL)
        os.close(held)


class _Server(subprocess.Popen[bytes]):
    """A process that may outlive its `Popen` object and its parent."""

    def __del__(self) -> None:
        # Reap it if it has ended; the stock warning about a living child does not fit here.
        if getattr(self, "pid", None) is not None:
            self.poll()


def take_lock(lock: int, how: int, *, patience: float) -> bool:
    """Lock an open file with `fcntl.flock`, within so many seconds; tell whether that was possible."""
    waited = Awake()
    while True:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if waited.seconds >= patience:
                return False
            waited.sleep(0.02)
        else:
            return True


def _same_file(lock: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def _ask_health(port: int, *, timeout: float) -> dict[str, Any]:
    # http.client, because urllib would send even this to a proxy named in the environment
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        found = json.loads(answer.read(10_000))
        return found if answer.getheader("X-Pixnb-Sandbox") and isinstance(found, dict) else {}
    finally:
        connection.close()


def _environment() -> dict[str, str]:
    """Return the child's environment: without keys, and with the way to this very package."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    root = Path(__file__).resolve().parents[2]
    paths = [str(locate(path)) for path in kept.get("PYTHONPATH", "").split(os.pathsep) if path]
    if root.name not in ("site-packages", "dist-packages"):
        paths.append(str(root))
    paths += [path for path in providers.roots() if Path(path).name not in ("site-packages", "dist-packages")]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def _read_tail(log: Path, begin: int, *, lines: int = 15) -> str:
    with open(log, "rb") as source:
        source.seek(begin)
        text = source.read(100_000).decode(errors="replace").strip()
    return "\n".join(text.splitlines()[-lines:]) or "(nothing)"


def _is_true(word: str | None) -> bool:
    return (word or "").strip().lower() in ("1", "true", "yes", "on", "y", "t")


__all__ = ["Sandbox", "SandboxError", "take_lock"]
