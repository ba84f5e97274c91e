"""The table in a real browser: sorted, filtered, starred and played in JupyterLab; in a saved page; as axe sees it."""

from __future__ import annotations

import pandas as pd
import pytest
import real_lab
from served import tiny_clip

import pixnb
from pixnb.compare.comparison import compare
from pixnb.compare.content import content
from pixnb.compare.pages import SCRIPTS, write_table
from pixnb.display.scripts import write_script

pytestmark = pytest.mark.browser

HEIGHT = 1000  # of the page

RUNS = """import pixnb
exp = pixnb.Experiment("coats")
for colour in ("red", "blue", "green"):
    exp.submit("lucy-edit-fast", prompt=f"A {colour} coat", video=pixnb.sample("video"), take=1)
for run in exp.runs:
    run.wait(60)
exp.compare()"""


def numbers(page):
    """The numbers of the rows that are seen, from the top."""
    return page.locator("tr.run:visible td.nr").all_inner_texts()


def rows(count, path):
    return pd.DataFrame(
        {
            "run_id": [f"run{n}" for n in range(count)],
            "prompt": [f"A {('red', 'blue')[n % 2]} coat, take {n}" for n in range(count)],
            "status": "COMPLETED",
            "cost": [0.2 * (n % 3) for n in range(count)],
            "currency": "USD",
            "run_seconds": [float(5 + 61 * ((7 * n) % count)) for n in range(count)],
            "output_path": [str(path)] * count,
        }
    )


def test_rows_are_sorted_filtered_turned_and_starred(page, tmp_path):
    """By click and by keys; what is not seen at first takes part; a page without a kernel plays nothing it has not."""
    (tmp_path / "clip.mp4").write_bytes(tiny_clip())
    table = write_table(content(rows(120, tmp_path / "clip.mp4")), "Coats")
    host = "{marks: {run2: {stars: 4}}, said: [], mark(run, change) { this.said.push([run, change]) }, film: null}"
    alive = f"window.host = {host}; mountTable(document.querySelector('.pixnb'), host);"
    (tmp_path / "page.html").write_text(f"<main>{table}</main>{write_script(SCRIPTS, alive)}", encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    assert numbers(page) == [str(n) for n in range(1, 51)]
    page.get_by_role("button", name="Later").click()
    assert numbers(page)[0] == "51"
    assert page.locator("tr.run:visible .badge.good").count() == 50
    head = page.locator("thead th", has_text="time")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), numbers(page)[0]) == ("ascending", "1")
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("tr.run:visible td.time").first.inner_text() == "2 h 1 min"
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), numbers(page)[:2]) == (None, ["1", "2"])
    page.get_by_label("Filter the runs by a word").fill("BLUE 117")
    assert page.get_by_role("status").inner_text() == "1 of 120"
    assert numbers(page) == ["118"]
    page.keyboard.press("Escape")
    stars = page.get_by_role("slider", name="Stars of run 3", exact=True)
    assert stars.get_attribute("aria-valuenow") == "4"
    stars.focus()
    page.keyboard.press("2")
    page.locator(".rate").nth(0).locator("i").nth(4).click()
    assert page.evaluate("host.said") == [["run2", {"stars": 2}], ["run0", {"stars": 5}]]
    assert page.locator(".play").count() == 0


@pytest.mark.slow
def test_a_saved_page_plays_and_axe_finds_nothing_serious(page, tmp_path):
    """Light and dark, wide and narrow; a portrait clip is no landscape with bars."""
    (tmp_path / "clip.mp4").write_bytes(tiny_clip())
    frame = rows(14, tmp_path / "clip.mp4").assign(error=["It broke. " * 12, *[None] * 13])
    compare(frame, title="Coats").save(tmp_path / "table.html")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 620):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((tmp_path / "table.html").as_uri())
            assert page.locator("h1").inner_text() == "Coats"
            assert real_lab.find_faults(page, worst=True) == []
            assert page.locator("td.nr").first.is_visible()
    stays = page.locator(".stays")
    assert stays.inner_text() == ""
    page.get_by_role("slider", name="Stars of run 1", exact=True).press("4")
    assert "exp.report() can be handed back" in stays.inner_text()
    video = page.locator("tr.run video").first
    video.evaluate("video => video.play()")
    page.wait_for_function("video => video.currentTime > 0", arg=video.element_handle())


@pytest.mark.slow
def test_a_table_in_jupyterlab_keeps_stars_in_the_log_and_plays(page, tmp_path_factory):
    """Its clips by the address of their files, and outside of the server's folder by message; other views follow."""
    folder = tmp_path_factory.mktemp("work") / "home"
    folder.mkdir()
    data = folder.parent / "elsewhere"
    with real_lab.server(folder, PIXNB_DATA=str(data)) as address:
        real_lab.write(folder / "table.ipynb", RUNS, "print(exp.frame().stars.tolist())", "_ = exp.runs[1].star(3)")
        real_lab.opened(page, address, "table.ipynb")
        real_lab.run(page, 0)
        stars = page.get_by_role("slider", name="Stars of run 1", exact=True)
        stars.wait_for(timeout=90_000)
        stars.hover()
        stars.locator("i").nth(3).click()
        for key in ("x", "d", "d"):  # commands of the notebook, were they its keys
            page.keyboard.press(key)
        for place in page.locator("[data-table].pixnb :is(.scroll, summary, button, input)").all()[:8]:
            if place.is_visible():
                place.focus()
                page.keyboard.press("d")
                page.keyboard.press("d")
        page.get_by_role("searchbox", name="Filter the runs by a word").fill("")
        page.get_by_role("button", name="Play: Clip of run 2").click()
        film = page.locator("video.film")
        film.wait_for()
        assert film.evaluate("video => video.src").startswith("blob:")
        page.wait_for_function("video => video.currentTime > 0", arg=film.element_handle())
        real_lab.run(page, 1, 2)
        assert "[4," in real_lab.finished(page, 1)
        assert page.locator(".jp-Notebook .jp-Cell").count() == 3
        real_lab.finished(page, 2)
        other = page.get_by_role("slider", name="Stars of run 2", exact=True)
        page.wait_for_function("one => one.getAttribute('aria-valuenow') === '3'", arg=other.element_handle())
        text = real_lab.saved(page, folder / "table.ipynb")
    assert "4 of 4 clips are stills here" in text
    assert "data:video" not in text
    assert pixnb.Log(data / "log.db").frame()["stars"].tolist()[:2] == [4, 3]
