"""The sandbox's life: started, shared, killed, taken up again; with real processes and real signals."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from children import program
from served import LUCY, Decart, Pixazo, list_jobs, receiving, tiny_clip

import pixnb
from pixnb.providers import names
from pixnb.sandbox import app, server
from pixnb.sandbox.processors import processors
from pixnb.sandbox.start import Sandbox, SandboxError

pytestmark = pytest.mark.rendering

SAMPLE = Path(pixnb.__file__).parent / "media" / "samples" / "big-buck-bunny-640x360.mp4"
CLIENT = """
import sys, time
from pixnb.sandbox.start import Sandbox
sandbox = Sandbox(sys.argv[1], speed=50, draft=True).start()
print(sandbox.url, flush=True)
sys.stdin.read()
"""


def eventually(check, patience=20):
    """Wait until a check gives something true, and return that."""
    deadline = time.monotonic() + patience
    while not (found := check()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return found


def gone(pid):
    """Tell whether a process has ended; one that only waits to be reaped has."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def noted(data):
    return json.loads((data / "sandbox" / "server.json").read_text())


def client(data):
    """Start a client process that holds a sandbox until its standard input closes."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", CLIENT, str(data)], stdin=pipe, stdout=pipe, text=True)


def end(process):
    process.stdin.close()
    process.stdout.close()
    process.wait()


def rendering(pixazo, state, prompt="A harbour at dawn", **options):
    """Submit a clip and return its id when a worker is writing it, with the pids of the server's workers."""
    job_id = pixazo.edit(prompt, video_url=pixazo.upload(SAMPLE.read_bytes()), **options).json()["request_id"]
    eventually(lambda: any((state / "work").iterdir()))
    pid = json.loads((state / "server.json").read_text())["pid"]
    return job_id, [child.pid for child in psutil.Process(pid).children()]


def test_starting_is_cheap_and_loads_no_library():
    """All that a client imports is the standard library's."""
    code = (
        "import sys; before = set(sys.modules); import pixnb.sandbox.start;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - sys.stdlib_module_names - {'pixnb'}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_two_clients_at_once_share_one_server(tmp_path):
    """Both get the same address; the first to leave ends nothing, the last ends the server."""
    clients = [client(tmp_path) for _ in range(3)]
    urls = {process.stdout.readline().strip() for process in clients}
    assert len(urls) == 1
    pid = noted(tmp_path)["pid"]
    sandbox = Sandbox(tmp_path).start()
    assert {sandbox.url} == urls
    for process in clients:
        end(process)
    sandbox.start()
    assert noted(tmp_path)["pid"] == pid
    sandbox.stop()
    eventually(lambda: gone(pid))


def test_a_stopped_sandbox_leaves_the_server_to_the_others(tmp_path):
    """`stop` ends the server only for the last."""
    first, second = Sandbox(tmp_path).start(), Sandbox(tmp_path).start()
    first.stop()
    assert httpx.get(f"{second.url}/health").status_code == 200
    with pytest.raises(SandboxError, match="not started"):
        _ = first.url
    pid = noted(tmp_path)["pid"]
    second.stop()
    second.stop()
    eventually(lambda: gone(pid))


@pytest.mark.slow
def test_the_server_ends_when_its_last_client_is_killed(tmp_path):
    """SIGKILL of the client while a clip is rendered: no server and no worker is left, and the job is not lost."""
    killed = client(tmp_path)
    killed.stdout.readline()
    with Sandbox(tmp_path) as sandbox, (pixazo := Pixazo(sandbox)).http:
        job_id, workers = rendering(pixazo, sandbox.state)
        server = noted(tmp_path)["pid"]
        # this process leaves, so that the one to be killed is the last
        os.close(sandbox._lease)
        sandbox._lease = None
        killed.kill()
        end(killed)
        eventually(lambda: all(map(gone, [server, *workers])))
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox, (pixazo := Pixazo(sandbox)).http:
        assert pixazo.end(job_id)["status"] == "COMPLETED"


@pytest.mark.slow
def test_a_killed_server_leaves_no_worker_and_the_next_goes_on(tmp_path):
    """Same port, same jobs: the open one is finished and its webhook called once, the old one's clip is served."""
    with (
        receiving() as hook,
        Sandbox(tmp_path, speed=50, draft=True) as sandbox,
        (pixazo := Pixazo(sandbox)).http,
    ):
        (old,) = pixazo.made("old")["output"]["media_url"]
        clip = httpx.get(old).content
        job_id, workers = rendering(pixazo, sandbox.state, headers={"X-Webhook-URL": hook.url})
        url = sandbox.url
        os.kill(noted(tmp_path)["pid"], signal.SIGKILL)
        eventually(lambda: all(map(gone, workers)))
        with pytest.raises(httpx.TransportError):
            pixazo.status(job_id)
        assert sandbox.start().url == url
        assert httpx.get(old).content == clip
        assert pixazo.end(job_id)["status"] == "COMPLETED"
        assert [body["request_id"] for body in hook.wait(1)] == [job_id]
        assert [job["variant"] for job in pixazo.jobs()] == [0, 0]
        assert not any((sandbox.state / "work").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_ended_server_drops_open_requests_and_the_next_finishes_their_job(tmp_path, number):
    """A POST that waits for its clip gets no answer at all; the clip is made all the same."""
    # 3 s of processing: what ends within the second that SIGTERM leaves open requests is answered
    with Sandbox(tmp_path, speed=2, draft=True) as sandbox, (decart := Decart(sandbox)).http:
        pid, sent = noted(tmp_path)["pid"], {"prompt": "A harbour at dawn"}
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(decart.generate, "lucy-pro-v2v", sent, data=SAMPLE.read_bytes())
            eventually(lambda: any((sandbox.state / "work").iterdir()))
            os.kill(pid, number)
            with pytest.raises(httpx.TransportError):
                waiting.result()
        eventually(lambda: gone(pid))
        sandbox.start()
        (job,) = decart.jobs()
        assert decart.end(job["id"])[-1] == "completed"
        assert decart.get(f"{job['id']}/content").content[4:8] == b"ftyp"


def test_jobs_of_an_older_version_are_still_known(tmp_path):
    """Fields that it did not write have their defaults."""
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox, (decart := Decart(sandbox)).http:
        job_id = decart.made("old")
        url = sandbox.state / "state.db"
    fields = {"id", "provider", "model", "name", "task", "prompt", "params", "settings", "inputs", "faults", "created"}
    fields |= {"status", "output", "media_type"}
    with contextlib.closing(sqlite3.connect(url)) as db, db:
        (data,) = db.execute("SELECT data FROM jobs").fetchone()
        kept = {name: value for name, value in json.loads(data).items() if name in fields}
        db.execute("UPDATE jobs SET data = ?", (json.dumps(kept),))
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox, (decart := Decart(sandbox)).http:
        assert decart.get(job_id).json()["status"] == "completed"
        assert decart.get(f"{job_id}/content").status_code == 200


def test_the_help_and_the_exports_name_every_service():
    """One list of them, whoever asks."""
    services = ["pixazo", "decart", "apiframe"]
    assert list(app.services()) == services == list(names())
    assert ", ".join(services) in server.parser().format_help().replace("\n", " ")
    with Sandbox(speed=50, draft=True) as sandbox:
        assert list(sandbox.base_urls) == services
        lines = list(server.exports(sandbox.base_urls))
        assert lines[2:4] == [f"DECART_BASE_URL={sandbox.url}/decart", "DECART_API_KEY=sandbox"]
    assert len(lines) == 2 * len(services)


@pytest.mark.slow
def test_a_killed_worker_costs_no_job(tmp_path):
    """Its clip is rendered again by another."""
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox, (pixazo := Pixazo(sandbox)).http:
        job_id, workers = rendering(pixazo, sandbox.state)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert pixazo.end(job_id)["status"] == "COMPLETED"


@pytest.mark.slow
def test_a_fresh_sandbox_repeats_the_series(tmp_path):
    """The same requests in the same order give the same frames, whatever the folder."""
    series = []
    for name in ("one", "two"):
        with Sandbox(tmp_path / name, speed=50, draft=True) as sandbox, (pixazo := Pixazo(sandbox)).http:
            for _ in range(2):
                pixazo.made("rain")
            series.append([(job["variant"], job["sha256"]) for job in pixazo.jobs()])
    assert series[0] == series[1]
    assert series[0][0] != series[0][1]


def test_a_removed_folder_gives_a_new_sandbox(tmp_path):
    """The old server ends, for what it serves is gone; a new start works."""
    with Sandbox(tmp_path) as sandbox:
        pid = noted(tmp_path)["pid"]
        shutil.rmtree(tmp_path / "sandbox")
        eventually(lambda: gone(pid))
        assert list_jobs(sandbox.start().url) == []


def test_without_a_folder_the_state_is_empty_and_goes_away():
    """Two such sandboxes know nothing of each other."""
    with Sandbox(speed=50) as sandbox, (pixazo := Pixazo(sandbox)).http:
        pixazo.edit("snow [stall]")
        state = sandbox.state
        with Sandbox() as other:
            assert list_jobs(other.url) == []
            assert other.url != sandbox.url
    assert not state.exists()


def test_the_command_serves_an_empty_state_until_it_is_told_to_end(tmp_path):
    """`python -m pixnb.sandbox.server` ends well on SIGTERM and leaves no folder."""
    with program("-m", "pixnb.sandbox.server", "--speed", "50", env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        state = eventually(lambda: next(tmp_path.glob("*/server.json"), None)).parent
        url = f"http://127.0.0.1:{json.loads((state / 'server.json').read_text())['port']}"
        assert list_jobs(url) == []
        process.terminate()
        assert process.wait(20) == 0
        assert not state.exists()


def test_a_server_of_its_own_outlives_its_clients(tmp_path):
    """A sandbox started by command is joined, and left running."""
    with program("-m", "pixnb.sandbox.server", "--state", str(tmp_path / "sandbox")) as process:
        eventually((tmp_path / "sandbox" / "server.json").exists)
        with Sandbox(tmp_path) as sandbox:
            assert httpx.get(f"{sandbox.url}/health").json()["pid"] == process.pid
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.slow
def test_links_end_and_unknown_parameters_are_refused_if_set(tmp_path):
    """`--link-life` and `--strict`, of the command only."""
    options = [
        "--state",
        str(tmp_path / "sandbox"),
        "--speed",
        "50",
        "--link-life",
        "0.1",
        "--strict",
        "--workers",
        "1",
    ]
    with program("-m", "pixnb.sandbox.server", *options) as process:
        eventually((tmp_path / "sandbox" / "server.json").exists)
        with Sandbox(tmp_path) as sandbox, (pixazo := Pixazo(sandbox)).http:
            assert httpx.get(f"{sandbox.url}/health").json()["workers"] == 1
            (url,) = pixazo.made("short")["output"]["media_url"]
            eventually(lambda: httpx.get(url).status_code == 410)
            answer = pixazo.post(LUCY, {"prompt": "x", "video_url": url, "colour": "red"})
            assert (answer.status_code, "colour" in answer.json()["message"]) == (400, True)
            decart = Decart(sandbox)
            for extra in ({"resolution": "1080p"}, {"colour": "red"}):
                answer = decart.generate("lucy-pro-v2v", {"prompt": "x", **extra}, data=tiny_clip())
                assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", *extra])
            job_id = decart.made("short")
            eventually(lambda: decart.get(f"{job_id}/content").status_code == 410)
            decart.http.close()
        process.terminate()
        assert process.wait(20) == 0


def test_another_speed_is_said_to_be_without_effect(tmp_path, caplog):
    """The first client decides; the second is told so once, however often it makes sure that the server lives."""
    with Sandbox(tmp_path, speed=50), Sandbox(tmp_path, speed=2, draft=False) as second, Sandbox(tmp_path):
        second.start()
        assert [record.getMessage() for record in caplog.records] == [
            "speed=2.0 is without effect: this sandbox already runs with 50.0"
        ]


def test_speed_and_draft_come_from_the_environment(tmp_path, monkeypatch):
    """`PIXNB_SANDBOX_SPEED` and `PIXNB_SANDBOX_DRAFT`."""
    monkeypatch.setenv("PIXNB_SANDBOX_SPEED", "7")
    monkeypatch.setenv("PIXNB_SANDBOX_DRAFT", "yes")
    with Sandbox(tmp_path) as sandbox:
        health = httpx.get(f"{sandbox.url}/health").json()
    assert (health["speed"], health["draft"]) == (7.0, True)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
def test_no_key_reaches_the_server(tmp_path, monkeypatch):
    """The sandbox needs none."""
    monkeypatch.setenv("PIXAZO_API_KEY", "very-secret")
    with Sandbox(tmp_path):
        assert b"very-secret" not in Path(f"/proc/{noted(tmp_path)['pid']}/environ").read_bytes()


def test_a_taken_port_is_an_error_that_says_so(tmp_path):
    """With the server's own words; another port then works."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sandbox = Sandbox(tmp_path, port=taken.getsockname()[1])
        with pytest.raises(SandboxError, match=r"Address already in use\. Name another"):
            sandbox.start()
        sandbox.stop()
    with Sandbox(tmp_path) as again:
        assert httpx.get(f"{again.url}/health").status_code == 200


def test_a_damaged_state_is_an_error_that_says_so(tmp_path):
    """Not a database, and what to do about it."""
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "state.db").write_bytes(b"This is no database. " * 100)
    sandbox = Sandbox(tmp_path)
    with pytest.raises(SandboxError, match=r"file is not a database.*remove it"):
        sandbox.start()
    sandbox.stop()


def test_a_folder_that_cannot_be_is_an_error(tmp_path):
    """The data folder's name is taken by a file."""
    (tmp_path / "data").write_text("I am a file.")
    with pytest.raises(SandboxError, match="Not a directory"):
        Sandbox(tmp_path / "data").start()
    with pytest.raises(ValueError, match="above 0"):
        Sandbox(tmp_path, speed=0)


@pytest.mark.parametrize(
    ("files", "most"),
    [
        ({}, None),
        ({"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/cpu.max": "50000 100000"}, 1),
        ({"proc/self/cgroup": "0::/gone", "sys/fs/cgroup/cpu.max": "100000 100000"}, 1),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "max 100000"}, None),
        (
            {
                "proc/self/cgroup": "4:memory:/\n3:cpu,cpuacct:/x",
                "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "100000",
                "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            1,
        ),
    ],
    ids=["none", "parent", "container", "unlimited", "version-1"],
)
def test_processors_are_counted_by_quota(tmp_path, files, most):
    """The tightest quota of the group and those above it; without one, the affinity."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    assert processors(tmp_path) == (most or processors(tmp_path / "nowhere"))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_processors_are_counted_by_affinity():
    """A process bound to one processor has one."""
    code = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]);"
        "from pixnb.sandbox.processors import processors; print(processors())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "1"
