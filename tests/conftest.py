"""A clean environment for every test: no keys, no network home, a data folder of its own; and what many begin with."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
from collections import Counter

import pytest
import real_lab
from hypothesis import HealthCheck, find, settings, strategies

# A busy machine is no fault.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_OURS = ("PIXNB_", "PIXAZO_", "DECART_", "APIFRAME_")


_STARTING = frozenset(("subprocess", "program", "told", "kill", "pixnb_command", "resumed", "serving"))
"""What a test calls that starts processes."""


def pytest_addoption(parser):
    """For a second Python, or other versions of the libraries: each test, but not with each value."""
    parser.addoption("--cases", type=int, metavar="N", help="run at most N cases of each parametrized test")


def pytest_collection_modifyitems(config, items):
    """Begin with the files of few tests, for theirs are the long ones: no worker is left with one in the end.

    Of each test's cases keep those that lie evenly, the first and the last among them, where not all are asked for.
    """
    for item in items:
        if _STARTING.intersection(item.function.__code__.co_names):
            item.add_marker("processes")
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: sizes[item.path])
    most = config.getoption("--cases")
    if not most:
        return
    cases: dict[tuple[object, str], list[pytest.Item]] = {}
    for item in items:
        cases.setdefault((item.parent, getattr(item, "originalname", item.name)), []).append(item)
    kept = {item for found in cases.values() for item in spread(found, most)}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def pytest_collection(session):
    """Import the test files, each worker from another one on: the first to come compiles a file for all."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    names = sorted(path.stem for path in session.config.rootpath.glob("tests/test_*.py"))
    if not worker or session.config.args != session.config.getini("testpaths"):
        return
    begin = len(names) * int(worker.removeprefix("gw")) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for name in names[begin:] + names[:begin]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # told when it is collected
            importlib.import_module(name)


def pytest_collection_finish():
    """What thousands of tests are made of stays: the garbage collector need not look at it again and again."""
    # older versions of hypothesis look with the collector at who holds its source of chance, when it is first used
    find(strategies.just(True), bool, settings=settings(database=None))
    gc.collect()
    gc.freeze()


def spread(found, most):
    """Give as many as `most` of a list, evenly from its first to its last."""
    if len(found) <= most:
        return found
    return [found[round(number * (len(found) - 1) / max(1, most - 1))] for number in range(most)]


@pytest.fixture(autouse=True)
def clean_environ(monkeypatch, tmp_path):
    """No key or setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(_OURS) and not name.startswith("PIXNB_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "pixnb-data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all tests of a file."""
    real_lab.require()
    with real_lab.chromium() as started:
        yield started


@pytest.fixture
def page(request, browser):
    """A fresh page as wide as a laptop's, as high as its module's HEIGHT; an error in any script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": getattr(request.module, "HEIGHT", 900)})
    found = context.new_page()
    problems = []
    found.on("pageerror", lambda error: problems.append(str(error)))
    yield found
    context.close()
    assert problems == []


@pytest.fixture
def anyio_backend():
    """Asyncio is the only loop we run on."""
    return "asyncio"


@pytest.fixture
def log(tmp_path):
    """A log of its own, closed afterwards."""
    import pixnb

    with pixnb.Log(tmp_path / "log.db") as opened:
        yield opened


@pytest.fixture
def service():
    """A fake Pixazo that looks like a sandbox and is quick; what it holds is let go of in the end."""
    from fake_pixazo import FakePixazo

    made = FakePixazo(polls=0)
    yield made
    made.released.set()


@pytest.fixture
def exp(service, log):
    """An experiment on it."""
    from sweeps import experiment

    return experiment(service, log)


@pytest.fixture
def data(monkeypatch, request, tmp_path):
    """A data folder whose sandbox is as quick as the module's SPEED, and gone after the test."""
    monkeypatch.setenv("PIXNB_SANDBOX_SPEED", str(request.module.SPEED))
    monkeypatch.setenv("PIXNB_SANDBOX_DRAFT", "1")
    monkeypatch.setenv("PIXNB_SANDBOX", "1")
    return tmp_path / "pixnb-data"
