"""In a real marimo and a real browser: walls and tables that live, what is HTML, what is said of the launcher."""

from __future__ import annotations

import time

import pytest
import real_lab
import real_marimo

import pixnb

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUNS = """runs = [
    exp.submit("lucy-edit-fast", prompt=prompt, video=clip, take=take)
    for prompt in ("Make the coat red", "Make it a snowy night")
    for take in (1, 2)
]
for one in runs:
    one.wait(120)"""
CELLS = [
    ((), 'import pixnb\nexp = pixnb.Experiment("coats")\nclip = pixnb.sample("video")', ("exp", "clip", "pixnb")),
    (("exp", "clip"), RUNS, ("runs",)),
    (("exp", "runs"), 'assert runs\nexp.wall("prompt", "take")', ()),
    (("exp", "runs"), "assert runs\nexp.compare()", ()),
    (("runs",), "runs[0]", ()),
    (("clip",), "clip", ()),
    (
        ("exp", "clip"),
        'sweep = exp.sweep("lucy-edit-fast", prompt=["A hat", "Scarf"], video=clip)\nsweep',
        ("sweep",),
    ),
    (("exp", "clip"), 'late = exp.submit("lucy-edit-fast", prompt="A tall hat", video=clip)\nlate', ("late",)),
    (("exp", "sweep"), 'assert sweep\nexp.launcher("lucy-edit-fast")', ()),
]
PLAYING = """film => new Promise(done => {
  const end = Date.now() + 60_000;
  const look = () => (film.currentTime > 0.2 || Date.now() > end ? done(film.currentTime > 0.2) : setTimeout(look, 50));
  look();
})"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A marimo that runs the notebook: its address and the log's place."""
    real_marimo.require()
    folder = tmp_path_factory.mktemp("marimo")
    real_marimo.write(folder / "nb.py", *CELLS)
    with real_marimo.server(folder / "nb.py", theme="dark") as address:
        yield address, folder / "data" / "log.db"


@pytest.fixture
def page(browser, notebook):
    """The notebook's page, its wall alive; an error in a script fails the test."""
    with browser.new_context(viewport={"width": 1280, "height": 1000}) as context:
        shown = context.new_page()
        problems = []
        shown.on("pageerror", lambda error: problems.append(str(error)))
        shown.set_default_timeout(90_000)
        shown.goto(notebook[0])
        shown.locator(".pixnb-wall.alive").wait_for()
        shown.get_by_text("is a form of ipywidgets, which marimo does not show").wait_for()  # the last cell has run
        yield shown
        assert problems == []


def read_until(place, is_there):
    """Look into the log until something is there."""
    deadline = time.monotonic() + 20
    while True:
        with pixnb.Log(place) as log:
            frame = pixnb.Experiment("coats", log=log).frame()
        if is_there(frame):
            return frame
        assert time.monotonic() < deadline, frame
        time.sleep(0.3)


def test_a_wall_and_a_table_live_in_marimo(page, notebook):
    """Films come from the kernel and play; keys, wipe, stars and notes work in a shadow root and reach the log."""
    wall = page.locator(".pixnb-wall")
    wall.get_by_role("button", name="Play", exact=True).click()
    films = wall.locator(".wall-screen video")
    for n in range(4):
        assert films.nth(n).evaluate(PLAYING)
        assert films.nth(n).evaluate("film => film.src.startsWith('blob:')")
    second = wall.locator('figure[data-n="2"]')
    second.locator(".wall-screen").click()
    page.keyboard.press("Space")
    wall.get_by_role("button", name="Play", exact=True).wait_for()
    for key in ("3", "p", "n"):
        page.keyboard.press(key)
    page.keyboard.type("the hat flickers 1 d")
    page.keyboard.press("Enter")
    frame = read_until(notebook[1], lambda found: (found["note"].notna() | found["stars"].notna()).sum() >= 1
                       and bool(found["picked"].fillna(False).any()))  # fmt: skip
    assert frame["stars"].dropna().tolist() == [3]
    for key in ("c", "ArrowLeft", "c", "w"):
        page.keyboard.press(key)
    handle = wall.get_by_role("slider", name="Wipe between A and B")
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuenow") == "51"
    page.keyboard.press("Escape")
    assert wall.evaluate("root => root.getRootNode().activeElement?.matches('figure.wall-cell')")
    page.keyboard.press("?")
    wall.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")

    table = page.locator(".pixnb-runs")
    table.get_by_role("searchbox").fill("snowy")
    table.get_by_text("2 of 4", exact=True).wait_for()
    table.get_by_role("button", name="Play: Clip of run 3").click()
    assert table.locator("video.film").evaluate(PLAYING)
    table.get_by_role("slider", name="Stars of run 4").press("5")
    wall.locator('figure[data-n="4"] .wall-stars[data-stars="5"]').wait_for()  # by way of the log


def test_in_marimo_a_run_that_is_under_way_is_followed(page):
    """Shown as it was sent, it says in the end what came of it, and plays it; its Cancel is gone."""
    card = page.locator(".pixnb .card", has_text="A tall hat")
    card.get_by_text("COMPLETED").wait_for()
    assert card.locator("video").last.evaluate("film => { film.muted = true; return film.play() }") is None
    assert card.locator("video").last.evaluate(PLAYING)
    assert page.get_by_role("button", name="Cancel").count() == 0
    assert card.get_by_text("as of").count() == 0


def test_in_marimo_the_rest_is_html_and_a_launcher_says_what_to_write(page):
    """A card plays its clip, a sweep is there, where the form would be stands the line of code; dark as marimo is."""
    card = page.locator(".pixnb .card", has_text="take 1").first
    card.get_by_text("Make the coat red").wait_for()
    film = card.locator("video").first
    film.evaluate("film => { film.muted = true; return film.play() }")
    assert film.evaluate(PLAYING)
    page.get_by_text("Scarf").first.wait_for()
    page.get_by_text('run = exp.submit("lucy-edit-fast", prompt=…, video=…)').wait_for()
    for one in (page.locator(".pixnb-wall"), page.locator(".pixnb-runs"), card):
        ink = one.evaluate("one => getComputedStyle(one).getPropertyValue('--pixnb-ink').trim()")
        assert ink == "#ececea"  # that of the dark theme
    assert real_lab.find_faults(page, "marimo-anywidget", worst=True) == []
