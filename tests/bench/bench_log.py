"""CPU of a logged commit against raw sqlite3 at the same durability: `python tests/bench/bench_log.py`.

Raw is one long-lived connection, WAL, synchronous=FULL, one INSERT of the same fields with an index on the key, one
commit. Ours is a whole `insert_run` (take, event, row, indexes, full text) by way of the writer thread, each waited
for; then the five commits of a job at concurrency 16. Both are measured in turns in one process.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pixnb.log.log import Log
from pixnb.log.rows import add_outputs, insert_run, new_run_id, now, update_run

COMMITS, ROUNDS, JOBS = 400, 5, 300
PROMPT = "Change her blue coat to a red leather jacket, keep the light of the evening and the rain on the window"
PARAMS = {"prompt": PROMPT, "data": "https://example.org/clip.mp4", "resolution": "720p", "fps": 24}
VALUES = {
    "experiment": "bench",
    "provider": "pixazo",
    "model": "lucy-edit-fast",
    "provider_model": "lucy-pro-v2v",
    "task": "video-to-video",
    "status": "SUBMITTING",
    "sandbox": False,
    "prompt": PROMPT,
    "price_amount": "0.20",
    "price_currency": "USD",
    "base_url": "https://gateway.example.org",
    "user": "ann",
    "host": "desk",
    "pixnb_version": "0.1.0",
    "owner_host": "desk",
    "owner_boot": "b" * 36,
    "owner_pid": 4242,
    "owner_start": 123456,
}
CLIP = {"role": "video", "name": "data", "sha256": "ab" * 32, "url": PARAMS["data"], "size": 1_000_000}


def raw(folder: Path) -> float:
    """Measure CPU seconds a commit of plain sqlite3."""
    names = ["run_id", *VALUES, "params_json", "params_sha256", "submitted_at", "take", "rev"]
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"CREATE TABLE IF NOT EXISTS runs ({', '.join(names)}, PRIMARY KEY (run_id))")
    statement = f"INSERT INTO runs VALUES ({', '.join('?' * len(names))})"
    began = time.process_time()
    for number in range(COMMITS):
        connection.execute("BEGIN IMMEDIATE")
        row = (new_run_id(), *VALUES.values(), str(PARAMS), "cd" * 32, now(), number, number)
        connection.execute(statement, row)
        connection.execute("COMMIT")
    spent = (time.process_time() - began) / COMMITS
    connection.close()
    return spent


def ours(log: Log) -> float:
    """Measure CPU seconds a commit of a whole run, one at a time."""
    began = time.process_time()
    for number in range(COMMITS):
        params = {**PARAMS, "fps": number}
        log.write(lambda c, p=params: insert_run(c, VALUES, params=p, inputs=[CLIP])).result()
    return (time.process_time() - began) / COMMITS


def job(log: Log, number: int) -> None:
    """Log one job as the runner does: five commits."""
    params = {**PARAMS, "fps": number}
    run = log.write(lambda c: insert_run(c, VALUES, params=params, inputs=[CLIP])).result()["run_id"]
    accepted = {"status": "QUEUED", "job_id": f"j{number}", "polling_url": "https://gateway.example.org/p"}
    log.write(lambda c: update_run(c, run, accepted, event="accepted")).result()
    log.write(lambda c: update_run(c, run, {"status": "PROCESSING"}, event="changed")).result()
    done = {"status": "COMPLETED", "output_sha256": "ef" * 32, "output_path": "ef/ef.mp4", "completed_at": now()}
    output = {"sha256": "ef" * 32, "path": "ef/ef.mp4", "media_type": "video/mp4", "size": 200_000}

    def deliver(connection: object) -> None:
        add_outputs(connection, run, [output])
        update_run(connection, run, done, event="delivered")

    log.write(deliver).result()
    log.write(lambda c: update_run(c, run, {"cost_amount": "0.20", "cost_currency": "USD"}, event="settled")).result()


def jobs(log: Log) -> float:
    """Measure CPU seconds a job at concurrency 16."""
    began = time.process_time()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: job(log, number), range(JOBS)))
    return (time.process_time() - began) / JOBS


def main() -> None:
    """Print one line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Log(folder / "log.db", assets=folder / "assets") as log:
            ours(log), raw(folder)
            pairs = [(ours(log), raw(folder)) for _ in range(ROUNDS)]
            a_job = jobs(log)
    ratio = statistics.median(one / other for one, other in pairs)
    one, other = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
    print(f"logged commit / raw sqlite3 CPU: {ratio:.2f} ({one:.0f} / {other:.0f} us); job: {a_job * 1e6:.0f} us")


if __name__ == "__main__":
    main()
