"""Walls under a finger: what is pressed is large enough, a cell's buttons come when it is touched, two are wiped."""

from __future__ import annotations

import pytest
import wall_page
from touching import find_small, swipe

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Six small clips and their source, served."""
    folder = tmp_path_factory.mktemp("touch")
    (folder / "index.html").write_text(wall_page.write_page(wall_page.six(folder, seconds=1.0, size=(320, 180))))
    with wall_page.served(folder) as (url, _):
        yield f"{url}/index.html"


@pytest.fixture(params=[390, 820])
def page(browser, site, request):
    """A telephone or a tablet; an error in a script fails the test."""
    size = {"width": request.param, "height": 844}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
        shown = context.new_page()
        problems = []
        shown.on("pageerror", lambda error: problems.append(str(error)))
        shown.set_default_timeout(10_000)
        shown.goto(site)
        assert shown.evaluate("matchMedia('(pointer: coarse)').matches")
        yield shown
        assert problems == []


def test_a_finger_plays_stars_chooses_and_wipes(page):
    """At each step nothing is too small, and nothing runs over the side of the page."""
    cells = page.locator("figure.wall-cell")
    cells.first.wait_for()
    assert find_small(page) == []
    page.get_by_role("button", name="Play").tap()
    page.wait_for_function("[...document.querySelectorAll('.wall-screen video')].some(one => one.currentTime > 0.1)")
    page.get_by_role("button", name="Pause").tap()
    second = page.locator('figure[data-n="2"]')
    for n in ("1", "2"):
        cell = page.locator(f'figure[data-n="{n}"]')
        cell.locator(".wall-screen").tap(position={"x": 20, "y": 70})
        cell.get_by_role("button", name="Choose for comparing").tap()
        screen = cell.locator(".wall-screen").bounding_box()
        for box in (one.bounding_box() for one in cell.locator(".cell-buttons button:visible").all()):
            assert screen["x"] <= box["x"]  # none is cut off
            assert box["y"] + box["height"] <= screen["y"] + screen["height"]
        assert find_small(page) == []
    second.get_by_role("button", name="4 stars").tap()
    assert page.evaluate("told.marks") == [["run-2", {"stars": 4}]]
    page.get_by_role("button", name="Wipe").tap()
    handle = page.get_by_role("slider", name="Wipe between A and B")
    handle.wait_for()
    assert find_small(page) == []
    box = page.locator(".stage-box").bounding_box()
    at = box["y"] + box["height"] / 2
    swipe(page, (box["x"] + box["width"] / 2, at), (box["x"] + box["width"] * 0.8, at))
    assert 75 <= int(handle.get_attribute("aria-valuenow")) <= 85
    swipe(page, (box["x"] + box["width"] * 0.2, at), (box["x"] + box["width"] * 0.3, at))  # anywhere in the box
    assert 25 <= int(handle.get_attribute("aria-valuenow")) <= 35
    page.get_by_role("button", name="Flicker", exact=True).first.tap()
    assert find_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Back to all cells").tap()
    page.get_by_role("button", name="Keys").tap()
    assert find_small(page) == []
