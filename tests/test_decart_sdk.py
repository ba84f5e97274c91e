"""Decart's own SDK, three releases of it, pointed at the sandbox: a client that nobody here wrote."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import platformdirs
import pytest
from PIL import Image
from served import list_jobs, tiny_clip

from pixnb.sandbox.start import Sandbox

pytestmark = pytest.mark.slow

REQUIRED = os.environ.get("PIXNB_REQUIRE_SDK") == "1"  # read before the fixtures clean the environment
PROGRAMS = Path(__file__).with_name("sdk_programs.py")
SEED = "lucy-pro-t2v lucy-dev-i2v lucy-pro-i2v lucy-dev-v2v lucy-pro-v2v lucy-pro-flf2v lucy-pro-t2i lucy-pro-i2i"
OLD, MIDDLE, NEW = "0.0.5", "0.0.28", "0.2.4"


@functools.cache
def release(version):
    """Return a folder with this release, from the cache or from the index."""
    cache = platformdirs.user_cache_path("pixnb-tests")
    folder = cache / f"decart-{version}"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / f"decart-{version}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as fresh:
                install(version, Path(fresh) / "new")
                (Path(fresh) / "new").rename(folder)
    return folder


def install(version, folder):
    """Install it without what it depends on; only aiofiles is not there already, for pixnb does not use it."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--retries", "1", "--timeout", "15"]
    command += ["--target", str(folder), f"decart=={version}", "aiofiles"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = f"decart {version} could not be installed: {done.stderr.strip()[-300:]}"
        pytest.fail(said) if REQUIRED else pytest.skip(said)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def media(tmp_path_factory, sandbox):
    """A clip's path, a picture's path, the picture's URL."""
    folder = tmp_path_factory.mktemp("media")
    (folder / "clip.mp4").write_bytes(tiny_clip())
    Image.new("RGB", (160, 90), "teal").save(folder / "picture.png")
    content = (folder / "picture.png").read_bytes()
    url = httpx.post(f"{sandbox.base_urls['decart']}/uploads", content=content, headers={"X-API-Key": "k"}).json()[
        "url"
    ]
    return [str(folder / "clip.mp4"), str(folder / "picture.png"), url]


@pytest.fixture
def run(sandbox, media):
    def run(version, program, *args):
        """Run a program of `sdk_programs` with a release and return what it printed."""
        command = [sys.executable, str(PROGRAMS), program, sandbox.base_urls["decart"], *media, *args]
        environment = {**os.environ, "PYTHONPATH": str(release(version))}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def kind(name):
    return "image" if name.endswith("2i") or "image" in name else "video"


@pytest.mark.parametrize(
    ("version", "names"), [(OLD, SEED), (MIDDLE, "lucy-pro-t2i lucy-pro-i2i"), (NEW, f"lucy-image-2 {SEED}")]
)
def test_process_makes_media_with_every_model_and_every_form_of_input(run, version, names):
    """Clips and pictures that decode to their last frame; an edit is as long as its clip."""
    made = run(version, "process", *names.split())
    forms = dict.fromkeys(["file", "bytes", "path", "text", "url"], "image")
    assert {name: found[0] for name, found in made.items()} == {name: kind(name) for name in names.split()} | forms
    assert all(found[3] == 5 for name, found in made.items() if name.endswith("v2v"))


@pytest.mark.parametrize(
    ("version", "names"),
    [
        (MIDDLE, "lucy-pro-v2v lucy-pro-t2v lucy-dev-i2v lucy-pro-i2v lucy-pro-flf2v"),
        (NEW, "lucy-2.5 lucy-2.1 lucy-2.6 lucy-restyle-2 lucy-vton-3.6 lucy-latest lucy-restyle-latest"),
    ],
)
def test_the_queue_makes_clips(run, version, names):
    """Submitted and polled, and step by step; a failed job is returned, an unknown one is an error."""
    made = run(version, "queue", *names.split())
    failed, unknown = made.pop("failed"), made.pop("unknown")
    assert {found[0] for found in made.values()} == {"video"}
    assert failed == ["failed", "Job failed"]
    assert unknown[0] == "QueueResultError"
    assert "404" in unknown[1]


@pytest.mark.parametrize("version", [OLD, MIDDLE, NEW])
def test_what_is_refused_becomes_the_errors_of_the_sdk(run, version):
    """The SDK shows our codes and bodies in its own texts."""
    said = run(version, "refused", "lucy-pro-i2i")
    assert said["bad key"] == ["ProcessingError", 'Processing failed: 401 - {"detail":"Invalid API key"}']
    assert said["missing, told here"][0] == "InvalidInputError"
    kind, text = said["missing, told there"]
    assert (kind, text[:23]) == ("ProcessingError", "Processing failed: 422 ")
    assert '"loc":["body","data"]' in text
    assert said["failed"][1].startswith("Processing failed: 500 - ")


@pytest.mark.parametrize("version", [OLD, MIDDLE, NEW])
def test_a_token_cancels_and_the_job_goes_on(run, sandbox, version):
    """The SDK only hangs up: the sandbox works on at the job whose POST was open."""
    before = len(list_jobs(sandbox.url))
    said = run(version, "cancelled", "lucy-pro-i2i")
    assert set(map(tuple, said.values())) == {("CancelledError", "Request cancelled by user")}
    jobs = list_jobs(sandbox.url)[before:]
    assert jobs
    assert {job["status"] for job in jobs} <= {"QUEUED", "PROCESSING"}
