"""The app in a real Voila at a prefix, and a real browser: launched, played, sorted, starred; no server path."""

from __future__ import annotations

import re

import pytest
import real_lab
from fake_pixazo import FakePixazo
from sweeps import CLIP, LUCY, experiment

import pixnb

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PREFIX = "/user/x/"
PLACES = re.compile(r"/(home|root|tmp|work|usr)/|site-packages")
PLAYS = """n => {
  const film = document.querySelector(`.pixnb-wall.alive figure[data-n="${n}"] video`);
  return film && film.src.startsWith('blob:') && film.currentTime > 0;
}"""


@pytest.fixture(scope="module")
def voila(tmp_path_factory):
    """A folder that `pixnb lab` serves at a prefix, with Voila in it, as on Binder; and the address of the app."""
    pytest.importorskip("voila")
    folder = tmp_path_factory.mktemp("work") / "home"
    folder.mkdir()
    with real_lab.server(folder, PREFIX) as address:
        yield folder, f"{address}voila/render/06_app.ipynb"


@pytest.fixture
def page(browser):
    """A fresh page without a network, of which Voila asks for an icon font; an error in any script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.route(re.compile("^https"), lambda route: route.abort())
    found = context.new_page()
    found.set_default_timeout(90_000)
    problems = []
    found.on("pageerror", lambda error: problems.append(str(error)))
    found.on("request", lambda asked: problems.append(asked.url) if is_beside(asked.url) else None)
    yield found
    context.close()
    assert problems == []


def is_beside(url):
    """Whether it asks this server for something that is not under its prefix."""
    return url.startswith("http:") and not re.match(rf"http://127\.0\.0\.1:\d+{PREFIX}", url)


def is_whole(page, width):
    """Whether at a width nothing is cut off or has to be scrolled to from the side, and no place is told."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not PLACES.search(page.locator("body").inner_text())


def test_one_launches_watches_sorts_and_stars(page, voila):
    """Without a reload: the clip comes into wall and table, plays from the kernel; axe finds nothing serious."""
    folder, address = voila
    page.goto(address, wait_until="commit")
    page.get_by_role("button", name="Launch", exact=True).click()
    wall = page.locator(".pixnb-wall.alive")
    wall.locator("figure[data-kind=video][data-run]").wait_for()
    wall.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(PLAYS, arg=1)
    page.get_by_label("prompt", exact=True).fill("Make it a golden autumn sunset")
    page.get_by_role("button", name="Launch", exact=True).click()
    stars = page.get_by_role("slider", name="Stars of run 2", exact=True)
    stars.wait_for()  # while the first one plays
    wall.locator("figure[data-n='2'][data-kind=video]").wait_for()  # when the loop has begun anew
    page.wait_for_function(PLAYS, arg=1)
    assert page.evaluate("document.querySelector('.pixnb-wall video').paused") is False
    words = page.get_by_role("searchbox", name="Filter the runs by a word")
    words.fill("golden")
    page.wait_for_function("document.querySelectorAll('tr.run .badge.good').length === 2")
    assert words.input_value() == "golden"  # though the table is another by now
    assert page.locator("tr.run:visible").count() == 1
    stars.focus()
    page.keyboard.press("4")
    wall.get_by_role("button", name="Pause", exact=True).click()
    wall.locator("figure[data-n='2'] .wall-stars[data-stars='4']").wait_for()
    for width in (1280, 800):
        is_whole(page, width)
        assert real_lab.find_faults(page, ".pixnb-app", worst=True) == []
    with pixnb.Log(folder / "pixnb-data" / "log.db") as log:
        assert log.frame("app")["stars"].dropna().tolist() == [4]


def test_36_runs_play(page, voila):
    """Wherever one looks, by messages; a row of the table too."""
    folder, address = voila
    with pixnb.Log(folder / "pixnb-data" / "log.db") as log:
        exp = experiment(FakePixazo(), log, name="many")
        exp.sweep(LUCY, prompt=[f"wording {n}" for n in range(6)], video=CLIP, repeats=6, confirm=True).wait(60)
    text = (folder / "06_app.ipynb").read_text(encoding="utf-8")
    (folder / "many.ipynb").write_text(text.replace('experiment = \\"app\\"', 'experiment = \\"many\\"'))
    page.goto(address.replace("06_app", "many"), wait_until="commit")
    wall = page.locator(".pixnb-wall.alive")
    wall.locator("figure[data-run]").nth(35).wait_for()
    wall.get_by_role("button", name="Play", exact=True).click()
    for number in (1, 36, 6, 31):  # those in view play: the corners of the wall, one after the other
        wall.locator(f"figure[data-n='{number}']").scroll_into_view_if_needed()
        page.wait_for_function(PLAYS, arg=number)
    wall.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Play: Clip of run 36").click()
    page.wait_for_function("document.querySelector('tr.run video.film')?.currentTime > 0")
    for width in (1280, 800):
        is_whole(page, width)
