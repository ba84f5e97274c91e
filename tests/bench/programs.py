"""What is measured, each in a fresh process: `python programs.py NAME URL FOLDER JOBS` prints one line of JSON.

All of them make the same jobs at the same stub: a submit, two polls, a download; polls follow each other at once, or
0.3 s apart where the name says "paced". The clock is the CPU time of this process, user and system, from the moment its
client is made to the last file.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measured import CLIP, LUCY, PROMPT, ROUTE, read_cpu, read_memory

CONCURRENCY = 16
PAUSE = 0.3  # seconds; what pixnb keeps to at a sandbox


def raw(url: str, folder: Path, jobs: int, pause: float = 0.0) -> float:
    """Measure plain httpx over its own transport, which only saves the file."""
    import httpx

    headers = {"Ocp-Apim-Subscription-Key": "k"}

    async def job(http: httpx.AsyncClient, number: int) -> None:
        body = {"prompt": PROMPT.format(number), "video_url": CLIP}
        made = (await http.post(url + ROUTE, json=body, headers=headers)).json()
        status = made
        while status["status"] != "COMPLETED":
            await asyncio.sleep(pause)
            status = (await http.get(made["polling_url"], headers=headers)).json()
        answer = await http.get(status["output"]["media_url"][0])
        (folder / f"{number}.mp4").write_bytes(answer.content)

    async def main() -> float:
        async with httpx.AsyncClient(timeout=60) as http:
            began = read_cpu()
            await _at_concurrency([lambda n=n: job(http, n) for n in range(jobs)], CONCURRENCY)
            return read_cpu() - began

    return asyncio.run(main())


def client(url: str, folder: Path, jobs: int, pause: float = 0.0) -> float:
    """Measure `AsyncClient`."""
    ours = _client(url, folder, pause)
    began = read_cpu()
    asyncio.run(_at_concurrency([lambda n=n: _job(ours, n) for n in range(jobs)], CONCURRENCY))
    return read_cpu() - began


def logged(url: str, folder: Path, jobs: int, pause: float = 0.0) -> float:
    """Measure `Experiment.submit` from as many threads, in a log that is on the disk at each step."""
    import pixnb

    log = pixnb.Log(folder / "log.db", assets=folder / "assets")
    experiment = pixnb.Experiment("bench", log=log, client=_client(url, folder, pause))

    def job(number: int) -> None:
        experiment.submit(LUCY, prompt=PROMPT.format(number), video=CLIP).result()

    began = read_cpu()
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        list(pool.map(job, range(jobs)))
    spent = read_cpu() - began
    done = [row for row in log.rows() if row["status"] == "COMPLETED" and row["output_sha256"]]
    assert len(done) == jobs, f"{len(done)} of {jobs} runs are COMPLETED in the log"
    return spent


def uncapped(url: str, folder: Path, jobs: int) -> float:
    """Measure the memory, in MB, that all jobs at once take beyond what the first one took."""
    ours = _client(url, folder)
    asyncio.run(_job(ours, jobs))
    before = read_memory("VmRSS")
    asyncio.run(_at_concurrency([lambda n=n: _job(ours, n) for n in range(jobs)], jobs))
    return read_memory("VmHWM") - before


def _client(url: str, folder: Path, pause: float = PAUSE):
    import pixnb
    from pixnb.client.polling import Patience

    return pixnb.AsyncClient(
        keys={"pixazo": "k"}, base_urls={"pixazo": url}, store=folder / "assets", patience=Patience(pause=pause)
    )


async def _job(ours, number: int) -> None:
    job = await ours.submit(LUCY, prompt=PROMPT.format(number), video=CLIP)
    result = await job
    assert result.video.path.stat().st_size == 200_000


async def _at_concurrency(jobs, limit: int) -> None:
    turn = asyncio.Semaphore(limit)

    async def one(job) -> None:
        async with turn:
            await job()

    await asyncio.gather(*(one(job) for job in jobs))


def main() -> None:
    """Run one program and print what it measured."""
    name, url, folder, jobs = sys.argv[1:]
    programs = {"raw": raw, "client": client, "logged": logged, "uncapped": uncapped}
    pace = {"pause": PAUSE} if name.endswith("-paced") else {}
    began = time.monotonic()
    figure = programs[name.removesuffix("-paced")](url, Path(folder), int(jobs), **pace)
    print(json.dumps({"figure": figure, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
