"""The figures that pixnb holds itself to, with their bounds: `python -m tests.bench [ROUNDS]` from the repository.

CPU time of the measured process only, as ratios to a peer in the same run, medians of alternating rounds in fresh
processes; wall time tells nothing on a machine with other load. Nothing here is asserted by the tests.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from tests.bench.measured import HERE, environ, stub

JOBS, MANY, ROUNDS, IMPORTS = 300, 500, 5, 15
Row = tuple[str, str, str, bool]


def measure(name: str, jobs: int) -> tuple[float, dict[str, int]]:
    """Run a program against a fresh stub in an empty folder; gives its figure and what the stub counted."""
    with stub() as url, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(HERE / "programs.py"), name, url, folder, str(jobs)]
        done = subprocess.run(command, env=environ(folder), stdout=subprocess.PIPE, text=True, check=True)
        with urllib.request.urlopen(f"{url}/counts") as answer:
            return json.loads(done.stdout)["figure"], json.load(answer)


def per_job(rounds: int) -> list[Row]:
    """Measure the client without and with the log against raw httpx, polls at once (bound), then paced.

    Where all of them sleep between polls, the waking up is a large part of each and tells little of the code.
    """
    rows, asked = [], set()
    for how, turns, bounds in (("", rounds, (0.5, 0.7)), ("-paced", min(rounds - 1, 2), (None, None))):
        if not turns:  # one round is for what has a bound
            continue
        names = [name + how for name in ("raw", "client", "logged")]
        spent: dict[str, list[float]] = {name: [] for name in names}
        for number in range(turns):
            for name in names if number % 2 else reversed(names):
                seconds, counts = measure(name, JOBS)
                spent[name].append(seconds / JOBS * 1000)
                asked.add(sum(counts.values()) / JOBS)
        when = ", polls 0.3 s apart" if how else ""
        for name, what, bound in zip(names[1:], ("client", "client with the log"), bounds, strict=True):
            rows.append(_ratio(f"CPU a job, {what} / raw httpx{when}", spent[name], spent[names[0]], bound))
    return [*rows, ("requests a job", ", ".join(f"{count:g}" for count in sorted(asked)), "4", asked == {4.0})]


def _ratio(what: str, ours: list[float], theirs: list[float], bound: float | None) -> Row:
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    shown = f"{ratio:.2f} ({statistics.median(ours):.2f} / {statistics.median(theirs):.2f} ms)"
    return what, shown, f"≤ {bound}" if bound else "", bound is None or ratio <= bound


def memory() -> list[Row]:
    """Measure what 500 jobs at once take."""
    grown, counts = measure("uncapped", MANY)
    ended = counts["downloads"] - 1
    return [
        (f"memory of {MANY} jobs in one gather", f"{grown:.0f} MB", "≤ 60 MB", grown <= 60),
        (f"of {MANY} jobs in one gather, done", f"{ended}", f"{MANY}", ended == MANY),
    ]


def importing() -> list[Row]:
    """Measure `import pixnb` against `import httpx`, each less what bare Python takes."""
    lines = ("pass", "import pixnb", "import httpx")
    spent: dict[str, list[float]] = {line: [] for line in lines}
    for _ in range(IMPORTS):
        for line in lines:
            spent[line].append(_cpu_of([sys.executable, "-c", line]))
    bare, ours, theirs = (statistics.median(spent[line]) * 1000 for line in lines)
    ratio = (ours - bare) / (theirs - bare)
    shown = f"{ratio:.2f} ({ours - bare:.0f} / {theirs - bare:.0f} ms)"
    return [("CPU of import pixnb / import httpx", shown, "≤ 0.5", ratio <= 0.5)]


def _cpu_of(command: list[str]) -> float:
    pid = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime


def committing() -> list[Row]:
    """Measure a logged commit against raw sqlite3 by the log's own program."""
    command = [sys.executable, str(HERE / "bench_log.py")]
    line = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    shown = line.partition(": ")[2].partition(";")[0]
    ratio = float(shown.split()[0])
    return [("CPU of a logged commit / raw sqlite3", shown, "≤ 5", ratio <= 5)]


def told_by(program: str) -> list[Row]:
    """Have a program of its own measure, and print its rows as JSON."""
    command = [sys.executable, str(HERE / program)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [tuple(json.loads(line)) for line in lines]


def displaying() -> list[Row]:
    """Measure what showing clips costs."""
    return told_by("bench_display.py")


def filming() -> list[Row]:
    """Measure a wall's picture and film."""
    return told_by("bench_film.py")


def polling() -> list[Row]:
    """Simulate how often jobs are asked about, and how late their end is seen."""
    return told_by("bench_polling.py")


def playing() -> list[Row]:
    """Measure how well a wall plays, where there is a browser."""
    return told_by("bench_player.py")


def sandboxing() -> list[Row]:
    """Measure what the sandbox costs, and how long a first look takes."""
    return told_by("bench_sandbox.py")


def sweeping() -> list[Row]:
    """Measure what a sweep costs by its own program."""
    return told_by("bench_sweep.py")


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    rows = [("figure", "measured", "bound", True)]
    for part in (
        importing,
        committing,
        polling,
        displaying,
        filming,
        playing,
        sweeping,
        sandboxing,
        memory,
        lambda: per_job(rounds),
    ):
        rows += part()
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True))
        print("  ".join(cells), "" if row[3] else "MISSED")


if __name__ == "__main__":
    main()
