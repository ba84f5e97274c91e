"""What a sweep costs: CPU a run against raw httpx that saves the file, memory, and planning against a long log.

`python tests/bench/bench_sweep.py` prints a row of JSON for each figure; `… NAME FOLDER N` runs one program of them.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import programs
from measured import CLIP, LUCY, PROMPT, ROUTE, environ, read_cpu, read_memory, stub

CELLS, FEWER, CONCURRENCY = 2000, 1000, programs.CONCURRENCY
PLANNED, LOGGED = 10_000, 100_000


def _experiment(url: str, folder: Path):
    import pixnb
    from pixnb.client.polling import Patience

    client = pixnb.Client(keys={"pixazo": "k"}, base_urls={"pixazo": url}, patience=Patience(pause=0.0))
    return pixnb.Experiment("bench", log=pixnb.Log(folder / "log.db", assets=folder / "assets"), client=client)


def sweep(folder: Path, cells: int, url: str) -> dict[str, float]:
    """Send a sweep of so many cells; its CPU a run in ms, and the memory in MB beyond what a small one took."""
    exp = _experiment(url, folder)
    exp.sweep(LUCY, prompt=["warm"], video=CLIP).wait()
    before, began = read_memory("VmRSS"), read_cpu()
    found = exp.sweep(LUCY, prompt=[PROMPT.format(number) for number in range(cells)], video=CLIP).wait()
    spent = read_cpu() - began
    grown = read_memory("VmHWM") - before
    assert found.counts == {"COMPLETED": cells}, found
    return {"cpu": spent / cells * 1000, "memory": grown}


def raw(folder: Path, jobs: int, url: str) -> dict[str, float]:
    """Do the same by plain httpx over its own transport, which only saves the file."""
    return {"cpu": programs.raw(url, folder, jobs) / jobs * 1000}


def aiohttp(folder: Path, jobs: int, url: str) -> dict[str, float]:
    """Do the same by plain aiohttp: how near one comes."""
    import asyncio

    import aiohttp as library

    headers = {"Ocp-Apim-Subscription-Key": "k"}

    async def job(http: library.ClientSession, number: int) -> None:
        body = {"prompt": PROMPT.format(number), "video_url": CLIP}
        async with http.post(url + ROUTE, json=body, headers=headers) as answer:
            made = await answer.json()
        status = made
        while status["status"] != "COMPLETED":
            async with http.get(made["polling_url"], headers=headers) as answer:
                status = await answer.json()
        async with http.get(status["output"]["media_url"][0]) as answer:
            (folder / f"{number}.mp4").write_bytes(await answer.read())

    async def main() -> float:
        async with library.ClientSession() as http:
            began, turn = read_cpu(), asyncio.Semaphore(CONCURRENCY)

            async def one(number: int) -> None:
                async with turn:
                    await job(http, number)

            await asyncio.gather(*(one(number) for number in range(jobs)))
            return read_cpu() - began

    return {"cpu": asyncio.run(main()) / jobs * 1000}


def plan(folder: Path, cells: int, url: str) -> dict[str, float]:
    """Plan so many cells against a log of 100,000 runs, half of which are there; CPU in seconds."""
    exp = _experiment(url, folder)
    first = exp.sweep(LUCY, prompt=[PROMPT.format(number) for number in range(cells // 2)], video=CLIP, dry_run=True)
    _fill(exp.log, url, [cell.sha256 for cell in first.cells])
    began = read_cpu()
    found = exp.sweep(LUCY, prompt=[PROMPT.format(number) for number in range(cells)], video=CLIP, dry_run=True)
    spent = read_cpu() - began
    assert list(found.plan["plan"].value_counts()[["reused", "new"]]) == [cells // 2] * 2
    return {"seconds": spent}


def _fill(log, url: str, hashes: list[str]) -> None:
    """Write a long log: the cells' runs, and others of the same experiment."""
    from sqlalchemy import insert

    from pixnb.log.rows import new_run_id, now
    from pixnb.log.schema import runs

    at = now()
    rows = [
        {
            "run_id": new_run_id(),
            "experiment": "bench",
            "provider": "pixazo",
            "model": LUCY,
            "status": "COMPLETED",
            "sandbox": False,
            "base_url": url,
            "prompt": PROMPT.format(number),
            "take": 1,
            "attempt": 1,
            "params_json": {"prompt": PROMPT.format(number), "video_url": CLIP},
            "params_sha256": hashes[number] if number < len(hashes) else f"{number:064x}",
            "completed_at": at,
            "output_sha256": f"{number:064d}",
            "rev": number + 1,
        }
        for number in range(LOGGED)
    ]
    for start in range(0, LOGGED, 5000):
        log.write(lambda connection, some=rows[start : start + 5000]: connection.execute(insert(runs), some)).result()


def measure(name: str, count: int) -> dict[str, float]:
    """Run one program in a fresh process and folder against a fresh stub."""
    with stub() as url, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, name, folder, str(count), url]
        done = subprocess.run(command, env=environ(folder), stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def main(rounds: int = 3) -> None:
    """Print the figures."""
    ours, theirs, best, grown = [], [], [], []
    for _ in range(rounds):
        theirs.append(measure("raw", CELLS)["cpu"])
        found = measure("sweep", CELLS)
        ours.append(found["cpu"])
        grown.append(found["memory"])
        best.append(measure("aiohttp", CELLS)["cpu"])
    fewer = statistics.median(measure("sweep", FEWER)["memory"] for _ in range(rounds))
    more = statistics.median(grown)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    least = statistics.median(one / other for one, other in zip(best, theirs, strict=True))
    said = f"{ratio:.2f} ({statistics.median(ours):.2f} / {statistics.median(theirs):.2f} ms)"
    print(json.dumps([f"CPU a run, sweep of {CELLS} / raw httpx", said, "≤ 0.7", ratio <= 0.7]))
    print(json.dumps(["of it raw aiohttp would take", f"{least:.2f} ({statistics.median(best):.2f} ms)", "", True]))
    print(json.dumps([f"memory of a sweep of {CELLS}", f"{more:.0f} MB", "≤ 60 MB", more <= 60]))
    flat = more - fewer
    print(json.dumps([f"of it from {FEWER} to {CELLS}", f"{flat:.0f} MB", "≤ 10 MB", flat <= 10]))
    seconds = statistics.median(measure("plan", PLANNED)["seconds"] for _ in range(rounds))
    what = f"CPU of planning {PLANNED} cells against {LOGGED} runs"
    print(json.dumps([what, f"{seconds:.2f} s", "≤ 2 s", seconds <= 2]))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        began = time.monotonic()
        name, where, count, url = sys.argv[1:]
        print(json.dumps({**globals()[name](Path(where), int(count), url), "wall": time.monotonic() - began}))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
