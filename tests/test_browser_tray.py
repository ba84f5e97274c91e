"""In a real JupyterLab and a real browser: what is taken away from a launcher, what is saved, what is picked up."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
import real_lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETUP = 'import pixnb\nexp = pixnb.Experiment("coats", budget=5)'
FORM = """launcher = exp.launcher("lucy-edit-fast").fill(video=pixnb.sample("video"), prompt="Make it a snowy night")
launcher"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server whose jobs take four seconds: its folder and its address."""
    folder = tmp_path_factory.mktemp("work") / "home"
    folder.mkdir()
    with real_lab.server(folder, "/user/jo/", PIXNB_SANDBOX_SPEED="2") as address:
        yield folder, address


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def take(page, name, path):
    """Press a button, and keep what comes of it."""
    with page.expect_download() as coming:
        press(page, name)
    coming.value.save_as(path)
    return coming.value


def test_the_runs_of_a_launcher_are_seen_taken_away_saved_and_picked_up(page, lab, tmp_path):
    """Launched, its kernel ended: a new one follows it. Zip and report come by address, or by bytes; the wall plays."""
    folder, address = lab
    real_lab.write(folder / "tray.ipynb", SETUP, FORM)
    real_lab.opened(page, address, "tray.ipynb")
    real_lab.run(page, 0, 1)
    press(page, "Launch")
    page.get_by_text("$0.00 of $5.00, $0.20 in flight", exact=True).wait_for()
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    page.wait_for_function("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
    real_lab.run(page, 0, 1)
    page.get_by_text("$0.20 of $5.00", exact=True).wait_for(timeout=60_000)
    assert page.locator(".strip-row > li").count() == 1

    by_address = take(page, "Zip", tmp_path / "by address.zip")
    assert by_address.suggested_filename == "coats.zip"
    assert "/user/jo/files/pixnb-data/downloads/coats.zip" in by_address.url
    page.get_by_text("also in pixnb-data/downloads").wait_for()
    # a server may refuse it after all
    page.route(re.compile(r"/downloads/coats\."), lambda route: route.fulfill(status=403))
    assert take(page, "Zip", tmp_path / "by bytes.zip").url.startswith("blob:")
    assert (tmp_path / "by bytes.zip").read_bytes() == (tmp_path / "by address.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "by bytes.zip") as packed:
        assert sorted(packed.namelist()) == ["1 Make it a snowy night, lucy-edit-fast, take 1.mp4", "runs.csv"]
    take(page, "Report", tmp_path / "coats.html")
    assert (tmp_path / "coats.html").read_text().startswith("<!doctype html>")

    press(page, "Wall")
    wall = page.locator(".pixnb-tray .pixnb-wall")
    wall.get_by_role("button", name="Play").first.click()
    page.wait_for_function("() => [...document.querySelectorAll('.pixnb-tray video')].some(v => v.currentTime > 0.2)")
    assert real_lab.find_faults(page, ".pixnb-launcher") == []
    press(page, "Close wall")
    wall.wait_for(state="detached")

    page.locator(".pixnb-stand-in.for-pixnb-launcher img[alt^=Output]").wait_for(state="attached")
    assert not page.locator(".pixnb-stand-in.for-pixnb-launcher").is_visible()  # nothing is shown twice
    page.wait_for_timeout(1000)
    outputs = json.loads(real_lab.saved(page, folder / "tray.ipynb"))["cells"][1]["outputs"]
    # the launcher and its stand-in; where work goes may be said in text before them
    kept = "".join(part for output in outputs for part in output.get("data", {}).get("text/html", ()))
    assert all(said in kept for said in ("COMPLETED", "Make it a snowy night", "$0.20 simulated"))
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.goto("about:blank")
    real_lab.opened(page, address, "tray.ipynb")
    page.locator(".pixnb-stand-in.for-pixnb-launcher img[alt^=Output]").wait_for()
    assert page.get_by_text("model not found").count() == 0
