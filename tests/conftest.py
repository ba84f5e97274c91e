"""A clean environment for every test: no keys, no network home, a data folder of its own."""

from __future__ import annotations

import os

import pytest

_OURS = ("PIXNB_", "PIXAZO_", "DECART_", "APIFRAME_")


@pytest.fixture(autouse=True)
def clean_environ(monkeypatch, tmp_path):
    """No key or setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(_OURS) and not name.startswith("PIXNB_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "pixnb-data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def anyio_backend():
    """Asyncio is the only loop we run on."""
    return "asyncio"
