"""A report in a real browser, from a file and without a network: it plays, it takes stars and votes, it prints."""

from __future__ import annotations

import re

import pytest
from fake_pixazo import FakePixazo
from test_experiment import CLIP, LUCY, experiment

import pixnb
from pixnb.votes.file import parse_votes

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='document.title=1'></script><script>document.title=2</script>"
PROMPTS = ("A red coat", HOSTILE, "A green coat")
THREE_PLAY = "[...document.querySelectorAll('.wall-cell video')].filter(one => one.currentTime > 0.1).length >= 3"


@pytest.fixture
def exp(tmp_path):
    """Three edits of a clip in a log."""
    with pixnb.Log(tmp_path / "log.db") as log:
        found = experiment(FakePixazo(), log)
        for prompt in PROMPTS:
            found.submit(LUCY, prompt=prompt, video=CLIP).result()
        yield found


@pytest.fixture
def page(browser):
    """A page without a network; an error in any script, and anything that it asks for, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, accept_downloads=True)
    found = context.new_page()
    problems = []
    found.on("pageerror", lambda error: problems.append(str(error)))
    found.on("request", lambda one: problems.append(one.url) if one.url.startswith("http") else None)
    yield found
    context.close()
    assert problems == []


def wait(page, said):
    """Wait until something is so; the page's policy lets Playwright's own way of it, by eval, not in."""
    for _ in range(100):
        if page.evaluate(said):
            return
        page.wait_for_timeout(100)
    raise AssertionError(said)


def test_a_reader_plays_stars_and_votes_and_hands_it_back(page, exp, tmp_path):
    """From the file to the log: what is downloaded is whole, and the log takes it."""
    path = exp.report(tmp_path / "report.html", question="Which coat is better?")
    page.goto(path.as_uri())
    page.get_by_role("button", name="Play", exact=True).first.click()
    wait(page, THREE_PLAY)
    page.get_by_role("button", name="Pause", exact=True).first.click()
    first = page.locator(".wall-cell[data-n='1']")
    first.focus()
    page.keyboard.press("4")
    page.keyboard.press("p")
    stars = page.get_by_role("slider", name="Stars of run 1")
    assert stars.get_attribute("aria-valuenow") == "4"  # the table and the wall have one set of marks
    page.get_by_role("slider", name="Stars of run 3").press("2")
    page.get_by_text("1 picked · 2 starred").wait_for()
    page.reload()
    page.get_by_text("1 picked · 2 starred").wait_for()  # kept in the browser
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download for pixnb").click()
    marked = coming.value.path().read_bytes()
    runs = [run.run_id for run in exp.runs]
    assert {mark.run: (mark.stars, mark.picked) for mark in parse_votes(marked).marks} == {
        runs[0]: (4, True),
        runs[2]: (2, None),
    }
    page.get_by_role("button", name="Judge", exact=True).click()
    page.get_by_text("Which coat is better?").wait_for()
    page.get_by_label("Your name, if you like").fill("Ann")
    page.get_by_role("button", name="Begin").click()
    for left in (2, 1, 0):
        wait(page, "!document.querySelector('.judge-choice').disabled")
        page.keyboard.press("ArrowLeft")
        if left:
            page.get_by_text(f"{4 - left} of 3", exact=True).wait_for()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download your votes").click()
    for name, data in (("marks", marked), ("votes", coming.value.path().read_bytes())):
        (tmp_path / f"{name}.json").write_bytes(data)
    taken = exp.import_votes([tmp_path / "marks.json", tmp_path / "votes.json"])
    assert taken["refused"].isna().all()
    frame = exp.frame()
    assert frame["votes.of"].sum() == 6
    assert page.title().endswith("· pixnb")  # no script of a prompt's ran


def test_it_prints(page, exp, tmp_path):
    """Stills, no controls, every run; on a page or two."""
    page.goto(exp.report(tmp_path / "report.html").as_uri())
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Judge", exact=True).is_visible()
    assert page.locator(".wall-poster").first.is_visible()
    assert page.get_by_role("row").filter(has_text="A green coat").last.is_visible()
    printed = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 4


def test_a_saved_wall_keeps_the_logs_marks_and_hands_back_its_readers(page, exp, tmp_path):
    """Stars of the log are there; what is changed outlives a reload, and the log takes its file, an empty one too."""
    first, second, _ = (run.run_id for run in exp.runs)
    exp.run(first).star(5)
    page.goto(exp.wall().save(tmp_path / "wall.html").as_uri())

    def stars():
        return [one.get_attribute("data-stars") for one in page.locator("[data-run] .wall-stars").all()]

    def hand_back(name):
        with page.expect_download() as coming:
            page.get_by_role("button", name="Download the marks").click()
        (tmp_path / name).write_bytes(coming.value.path().read_bytes())
        return exp.import_votes(tmp_path / name)["changed"].tolist()

    assert stars() == ["5", "0", "0"]
    page.locator(".wall-cell[data-n='2']").focus()
    page.keyboard.press("3")
    page.reload()
    assert stars() == ["5", "3", "0"]
    assert hand_back("one.json") == [1]
    assert exp.log.marks([second])[second]["stars"] == 3
    page.locator(".wall-cell[data-n='2']").focus()
    page.keyboard.press("0")
    assert stars() == ["5", "0", "0"]
    assert hand_back("two.json") == [1]
    assert exp.log.marks([first, second])[first]["stars"] == 5
    assert exp.log.marks([second])[second]["stars"] is None
