"""What other processes do to a log in the tests: `python log_programs.py NAME LOG …`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import children

VALUES = {
    "experiment": "coats",
    "provider": "pixazo",
    "model": "lucy-edit-fast",
    "status": "SUBMITTING",
    "prompt": "a blue coat",
}


def start(name: str, *arguments: object) -> subprocess.Popen[str]:
    """Run one of the programs below in a process of its own."""
    command = [sys.executable, __file__, name, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> list[str]:
    """Wait for a program, and give its lines."""
    return children.finish(process, 120)[0]


def await_file(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a program has made a file; stop if it ended instead."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.005)


def run(conn, **params):
    """Write a run with params."""
    from pixnb.log.rows import insert_run

    return insert_run(conn, VALUES, params=params)


def opens(path: str, go: str) -> None:
    """Open the log as soon as the starting file is there; print its id."""
    from pixnb.log.log import Log

    while not Path(go).exists():
        time.sleep(0.0005)
    print(Log(path).id)


def writes(path: str, count: str, label: str, go: str) -> None:
    """Write runs one after the other, and print each that was acknowledged."""
    from pixnb.log.log import Log

    log = Log(path)
    while not Path(go).exists():
        time.sleep(0.0005)
    for number in range(int(count)):
        print(log.write(lambda conn, n=number: run(conn, label=label, n=n)).result()["run_id"], flush=True)


def stubborn(path: str, count: str, go: str) -> None:
    """Write runs, the rest of them after the starting file is there, whatever the log says; print those it took."""
    from pixnb.errors import LogError
    from pixnb.log.log import Log

    log = Log(path)
    for number in range(int(count)):
        try:
            print(log.write(lambda conn, n=number: run(conn, label="b", n=n)).result()["run_id"], flush=True)
        except LogError:
            continue
        while not Path(go).exists():
            time.sleep(0.0005)


def reads(path: str) -> None:
    """As a user without rights: read a log in all ways, then try to write to it; print what came."""
    import tempfile

    from pixnb.errors import LogError
    from pixnb.log.log import Log

    folder = tempfile.mkdtemp()
    import pixnb.pandas  # noqa: F401  what is imported late is imported now

    if os.getuid() == 0:
        drop_overrides()
    try:
        log = Log(path, assets=Path(folder) / "assets")
    except LogError as error:
        print(error)
        return
    print(log.read_only, len(log.rows()), len(log.frame()))
    try:
        log.write(lambda conn: run(conn)).result()
    except LogError as error:
        print(error)
    frame = log.frame()
    frame.pixnb.table()
    frame.pixnb.report(Path(folder) / "report.html")
    print("report" if (Path(folder) / "report.html").exists() else "no report")


def drop_overrides() -> None:
    """Take root's right to write everywhere from this process, and nothing else: imports go on."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    for word in range(3):
        data[word] &= ~0b1110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
    assert libc.capset(header, data) == 0


def columns(path: str, label: str, go: str) -> None:
    """Meet params that no run had before, the same ones as another process does at the same time."""
    from pixnb.log.log import Log

    log = Log(path)
    while not Path(go).exists():
        time.sleep(0.0005)
    for number in range(20):
        log.write(lambda conn, n=number: run(conn, **{f"new{n}": n, "label": label})).result()


def holds(path: str, held: str, release: str) -> None:
    """Hold the file's lock until told otherwise."""
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    Path(held).touch()
    while not Path(release).exists():
        time.sleep(0.005)
    connection.execute("ROLLBACK")


def nobody(path: str, warm: str) -> None:
    """As a user without rights: try to write an existing log, then to make one beside it; print the errors."""
    from pixnb.errors import LogError
    from pixnb.log.log import Log

    with Log(warm) as other:  # what is imported late is imported now
        other.write(lambda conn: run(conn)).result()
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    for target in (path, str(Path(path).parent / "new.db"), str(Path(path).parent / "new" / "log.db")):
        try:
            Log(target).write(lambda conn: run(conn)).result()
        except LogError as error:
            print(error)


def forks(path: str) -> None:
    """Write, fork, write in both with threads in use; print how many runs there are and how the child ended."""
    from pixnb.log.log import Log

    log = Log(path)
    log.write(lambda conn: run(conn, n=0)).result()
    waiting = [log.write(lambda conn, n=n: run(conn, n=n)) for n in range(1, 51)]
    child = os.fork()
    if child == 0:
        for number in range(51, 61):
            log.write(lambda conn, n=number: run(conn, n=n)).result(30)
        log.close()
        os._exit(0 if len(log.rows()) >= 11 else 3)
    for future in waiting:
        future.result(30)
    status = os.waitpid(child, 0)[1]
    log.write(lambda conn: run(conn, n=61)).result()
    print(len(log.rows()), os.waitstatus_to_exitcode(status))


def leaves(path: str) -> None:
    """Queue writes and leave without waiting."""
    from pixnb.log.log import Log

    log = Log(path)
    for number in range(200):
        log.write(lambda conn, n=number: run(conn, n=n))


def claims(path: str, run_id: str, go: str) -> None:
    """Claim a run that nobody owns, at the same time as others do; print whether it went through."""
    from pixnb.log.log import Log
    from pixnb.log.owners import OWNER, claim, owner

    log = Log(path)
    free = dict.fromkeys(OWNER)
    while not Path(go).exists():
        time.sleep(0.0005)
    print(log.write(lambda conn: claim(conn, run_id, free, owner())).result())


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
