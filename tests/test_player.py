"""The player of a wall in a real browser: in step, exact when it stands, two cells over each other, marks, keys."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
import real_lab
import wall_page
from wall_page import FPS, Cell, Wall

from pixnb.votes.file import parse_votes

pytestmark = pytest.mark.browser

SIZE, SECONDS = (320, 180), 2.0
FRAMES = round(SECONDS * FPS)
SHOWN = """() => [...document.querySelectorAll(".pixnb video")].filter(one => one.checkVisibility()).map(film => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 80, height: 45 });
  const pen = canvas.getContext("2d");
  pen.drawImage(film, 0, 0, 80, 45);
  let frame = 0;
  for (let bit = 0; bit < 8; bit++) frame |= (pen.getImageData(bit * 8 + 4, 3, 1, 1).data[0] > 128) << bit;
  return frame;
})"""
TIMES = "() => [...document.querySelectorAll('.wall-screen video')].map(film => film.currentTime)"
SETTLED = "() => [...document.querySelectorAll('.pixnb video')].every(film => film.readyState >= 2 && !film.seeking)"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Six small clips and their source, one short with sound, one upright, a picture, served."""
    folder = tmp_path_factory.mktemp("site")
    wall = wall_page.six(folder, seconds=SECONDS, size=SIZE)
    short = wall_page.make_clip(folder / "short.mp4", size=SIZE, seconds=1.0, sound=True)
    upright = wall_page.make_clip(folder / "upright.mp4", size=(180, 320), seconds=SECONDS)
    (folder / "picture.jpg").write_bytes(short)
    (folder / "broken.mp4").write_bytes(b"no film at all")
    more = {
        "short": Cell("7", "short.mp4", short, SIZE, 1.0, label="short", sound=True),
        "upright": Cell("8", "upright.mp4", upright, (180, 320), SECONDS, label="upright"),
        "refused": Cell("9", kind="none", tone="bad", why="failed: the prompt is against the rules", label="refused"),
        "gone": Cell("10", "", short, SIZE, 1.0, label="gone"),
        "broken": Cell("11", "broken.mp4", short, SIZE, 1.0, label="broken"),
        "picture": Cell("12", "picture.jpg", short, SIZE, 0, kind="image", label="picture"),
    }
    with wall_page.served(folder) as (url, asked):
        yield folder, url, asked, wall, more


@pytest.fixture
def opened(browser, site):
    """Opens a wall in a page of its own; an error in its script fails the test."""
    folder, url, _, six, _ = site
    contexts, problems = [], []

    def open_wall(wall=six, *, width=1280, height=900, calm=False, **options):
        (folder / "index.html").write_text(wall_page.write_page(wall, **options))
        motion = "reduce" if calm else "no-preference"
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, reduced_motion=motion))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{url}/index.html")
        return page

    yield open_wall
    for context in contexts:
        context.close()
    assert problems == []


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def cell(page, n):
    return page.locator(f'figure[data-n="{n}"]')


def settle(page, count):
    """Wait until so many films stand at their places, and return the frames that are seen."""
    page.wait_for_function(f"document.querySelectorAll('.pixnb video').length >= {count}")
    page.wait_for_function(SETTLED)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate(SHOWN)


def test_films_come_when_played_go_in_step_and_stand_exactly(opened, site):
    """Nothing is fetched before the first play; then all are in step; paused, all show one and the same frame."""
    page = opened()
    assert page.evaluate("told.films") == []
    assert page.locator(".pixnb video").count() == 0
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelectorAll('.pixnb video')[6]?.currentTime > 0.3")
    spreads = []
    for _ in range(8):
        times = page.evaluate(TIMES)
        spreads.append(max(times) - min(times))
        page.wait_for_timeout(60)
    assert statistics.median(spreads) <= 0.08  # a busy machine's; bench_player.py measures
    page.get_by_role("button", name="Pause").click()
    frames = settle(page, 7)
    assert len(set(frames)) == 1
    assert frames[0] > 4
    times = page.evaluate(TIMES)
    assert max(times) - min(times) < 0.001  # a browser rounds what it was told
    assert sorted(page.evaluate("told.films")) == sorted(["source", *"123456"])
    assert int(page.get_by_role("slider", name="Moment").input_value()) == frames[0]


def test_a_page_made_anew_goes_on_from_where_its_reader_is(opened):
    """A run has ended: focus, frame, speed and what is chosen stay; who watches or enlarges is not disturbed."""
    again = "window.again = () => { host.kept = unmount.keep(); unmount(); window.unmount = mountWall(root, host); };"
    page = opened(call=wall_page.MOUNT + again)
    cell(page, 3).focus()
    press(page, ".", ".", "c", "]")
    cell(page, 5).focus()
    press(page, "c")
    settle(page, 7)
    assert not page.evaluate("unmount.isBusy()")
    page.evaluate("again()")
    assert set(settle(page, 7)) == {2}
    assert page.evaluate("document.activeElement.dataset.n") == "5"
    assert page.locator("figure.chosen").evaluate_all("all => all.map(one => one.dataset.n)") == ["3", "5"]
    assert page.get_by_label("Speed").input_value() == "1.25"
    press(page, "z")
    assert page.evaluate("unmount.isBusy()")
    press(page, "Escape", "Space")
    assert page.evaluate("unmount.isBusy()")


def test_other_runs_come_in_when_the_loop_begins_anew(opened):
    """Who lets a wall play need not pause it: films that are there go on, none is asked for twice."""
    again = (
        "window.again = () => unmount.atTurn(() => { host.kept = unmount.keep(); unmount(); window.turned = true;"
        "window.films = host.kept.films.map(([, film]) => film); window.unmount = mountWall(root, host); });"
    )
    page = opened(call=wall_page.MOUNT + again)
    cell(page, 1).focus()
    press(page, "Space")
    page.wait_for_function("() => document.querySelectorAll('.pixnb video')[6]?.currentTime > 0.3")
    page.evaluate("again()")
    assert not page.evaluate("Boolean(window.turned)")
    page.wait_for_function("window.turned && document.querySelectorAll('.pixnb video')[6]?.currentTime > 0.2")
    assert page.get_by_role("button", name="Pause").is_visible()
    assert page.evaluate("films.length === 7 && films.every(one => one.isConnected && !one.paused)")
    assert len(page.evaluate("told.films")) == 7
    page.evaluate("window.turned = false; again()")
    press(page, "z")  # who enlarges one is not disturbed
    page.wait_for_function("document.querySelector('.wall-stage video').currentTime > 1.5")
    page.wait_for_function("document.querySelector('.wall-stage video').currentTime < 1")
    assert page.evaluate("window.turned") is False


def test_play_waits_for_films_that_are_on_their_way(opened):
    """A step has asked for them already, and they take their time, as those of a busy kernel do."""
    slow = "const soon = host.film; host.film = async n => (await new Promise(done => setTimeout(done, 400)), soon(n));"
    page = opened(host=wall_page.HOST + slow)
    cell(page, 1).focus()
    press(page, ".", "Space")
    page.get_by_text("7 on the way").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.pixnb video')[6]?.currentTime > 0.2")
    assert len(page.evaluate("told.films")) == 7
    press(page, "Space")
    page.get_by_role("button", name="Play").wait_for()
    page.reload()
    cell(page, 1).focus()
    press(page, "Space", "Space")  # pressed again before they are here: not now
    page.wait_for_function("document.querySelectorAll('.loaded').length === 7")
    page.wait_for_timeout(200)
    assert page.evaluate("[...document.querySelectorAll('video')].every(film => film.paused)")


@pytest.mark.slow
def test_play_waits_as_long_as_a_kernel_is_busy_and_goes_back_where_nothing_plays(opened, site):
    """Films that take longer than others wait for one are played all the same; where all fail, Play is there again."""
    late = "const soon = host.film; host.film = async n => (await new Promise(on => setTimeout(on, 10600)), soon(n));"
    page = opened(host=wall_page.HOST + late)
    cell(page, 1).focus()
    press(page, "Space")
    page.wait_for_function("() => document.querySelectorAll('.pixnb video')[6]?.currentTime > 0.2", timeout=30_000)
    page = opened(Wall([("broken", [site[4]["broken"]])], ["a film"]))
    cell(page, 11).focus()
    press(page, "Space")
    page.get_by_text("The browser cannot play this film.").wait_for()
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_step_scrub_speed_and_the_end(opened):
    """Keys and the range go to exact frames; speed is every film's; without loop all end on their last frame."""
    page = opened()
    cell(page, 1).focus()
    press(page, ".", ".", ".")
    assert settle(page, 7) == [3] * 7
    press(page, ",")
    assert settle(page, 7) == [2] * 7
    moment = page.get_by_role("slider", name="Moment")
    moment.fill("30")
    assert settle(page, 7) == [30] * 7
    assert moment.get_attribute("aria-valuetext") == f"0:01.2 of 0:02.0, frame 31 of {FRAMES}"
    press(page, "]", "]", "l")
    page.get_by_label("Speed").select_option("2")
    assert set(page.evaluate("[...document.querySelectorAll('video')].map(film => film.playbackRate)")) == {2}
    cell(page, 1).focus()
    press(page, "Space")
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert settle(page, 7) == [FRAMES - 1] * 7
    press(page, "l", "Space")  # from the start again, and round
    page.wait_for_function("() => { const t = document.querySelector('video').currentTime; return t > 0.2 && t < 1 }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 1.5")
    page.wait_for_function("() => document.querySelector('video').currentTime < 1")


def test_two_cells_over_each_other(opened):
    """Wipe by keys and by hand, flicker, difference, side by side, changed over, at the moment that was looked at."""
    page = opened()
    cell(page, 1).click()
    press(page, ".", ".", ".", ".", ".")
    page.get_by_role("button", name="Wipe").and_(page.locator(":disabled")).wait_for()
    press(page, "c")
    cell(page, 3).click(modifiers=["Shift"])
    assert [cell(page, n).locator(".wall-screen").get_attribute("data-letter") for n in "123"] == ["A", None, "B"]
    page.get_by_role("button", name="Wipe").click()
    assert settle(page, 9) == [5, 5]
    handle = page.get_by_role("slider", name="Wipe between A and B")
    handle.focus()
    press(page, "ArrowLeft", "Shift+ArrowLeft")
    assert handle.get_attribute("aria-valuenow") == "39"
    box = page.locator(".stage-box").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 100)
    page.mouse.up()
    assert handle.get_attribute("aria-valuenow") == "25"
    clip = page.locator(".stage-side.b").evaluate("one => getComputedStyle(one).clipPath")
    assert clip == "inset(0px 0px 0px 25%)"
    press(page, "d")
    page.get_by_label("gain").fill("8")
    assert page.locator(".stage-side.b").evaluate("one => getComputedStyle(one).mixBlendMode") == "difference"
    assert page.locator(".stage-box").evaluate("one => getComputedStyle(one).filter") == "brightness(8)"
    press(page, "f")
    assert page.get_by_label("rate").get_attribute("max") == "3"
    shows = "shows => document.querySelector('.stage-box').dataset.shows === shows"
    page.wait_for_function(shows, arg="b")
    page.wait_for_function(shows, arg="a")
    press(page, "b", "x")
    assert page.locator(".stage-tag").all_inner_texts()[0].startswith("A number 3")
    press(page, ".")
    assert settle(page, 9) == [6, 6]
    press(page, "Escape")
    assert settle(page, 7) == [6] * 7
    assert page.evaluate("document.activeElement.closest('figure') !== null")


def test_one_cell_enlarged_and_against_its_source(opened, site):
    """The arrows go on to the next; s lays the source under the output, and again changes them over."""
    *_, more = site
    six = site[3]
    page = opened(Wall([*six.rows, ("more", [None, more["upright"], more["picture"], more["refused"]])], six.columns))
    cell(page, 6).click()
    press(page, "ArrowDown", "ArrowRight")
    assert page.evaluate("document.activeElement.dataset.n") == "9"
    press(page, "z")  # nothing to enlarge
    assert page.locator(".wall-stage").is_hidden()
    cell(page, 2).click()
    press(page, "Enter")
    page.get_by_role("heading", name="number 2, snowy night").wait_for()
    press(page, "ArrowRight")
    page.get_by_role("heading", name="number 3, snowy night").wait_for()
    page.locator(".stage-marks").get_by_role("button", name="4 stars").click()
    assert page.evaluate("told.marks") == [["run-3", {"stars": 4}]]
    assert cell(page, 3).locator(".wall-stars").get_attribute("data-stars") == "4"
    box = page.locator(".stage-box").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.01)
    assert box["width"] > 1000
    press(page, "s")
    page.get_by_role("heading", name="A source clip · B number 3").wait_for()
    whose = page.get_by_role("group", name="Marks of number 3, snowy night · seed 3")
    assert whose.get_attribute("data-of") == "B"  # of two, the stars are the output's
    press(page, "s")
    page.get_by_role("heading", name="A number 3, snowy night · seed 3 · B source clip").wait_for()
    assert whose.get_attribute("data-of") == "A"
    press(page, "Escape")
    for n in (8, 12):  # upright against across, a film against a picture: one box
        cell(page, n).click(modifiers=["Shift"])
    press(page, "w")
    page.wait_for_function("document.querySelector('.stage-side img:not(.stage-poster)')?.naturalWidth > 0")
    sides = page.locator(".stage-side").all()
    assert sides[0].bounding_box() == sides[1].bounding_box()


def test_marks_are_told_and_drawn(opened):
    """Keys and clicks star, pick and note; a note's tick leads back to its moment; what changes outside is seen."""
    page = opened()
    cell(page, 2).focus()
    press(page, "4", "p", ".", ".", ".", "n")
    note = page.get_by_role("textbox", name="Note on number 2")
    note.fill("1 hat, p. 5: <b>early</b>")
    note.press("Enter")
    assert page.evaluate("told.marks") == [
        ["run-2", {"stars": 4}],
        ["run-2", {"picked": True}],
        ["run-2", {"note": "1 hat, p. 5: <b>early</b>", "at": 0.125}],
    ]
    assert cell(page, 2).locator(".wall-stars").inner_text().replace("\n", "") == "★★★★☆"
    assert "picked" in cell(page, 2).get_attribute("class")
    press(page, "0", "p")
    cell(page, 3).get_by_role("button", name="2 stars").click()
    moved = page.evaluate("told.marks.slice(3)")
    assert moved == [["run-2", {"stars": None}], ["run-2", {"picked": False}], ["run-3", {"stars": 2}]]
    assert page.locator(".bar-tick").count() == 0  # the notes are those of the cell under focus
    cell(page, 2).focus()
    page.get_by_role("slider", name="Moment").fill("40")
    page.locator(".bar-tick").click()
    assert settle(page, 7) == [3] * 7
    page.get_by_role("button", name="Remove the note").click()
    assert page.evaluate("told.marks.at(-1)") == ["run-2", {"unnote": "at-0.125"}]
    outside = {"run-6": {"stars": 5, "picked": True, "notes": [{"id": "note", "at": None, "text": "the best"}]}}
    page.evaluate("marks => { host.marks = marks; host.onmarks(marks) }", outside)
    assert cell(page, 6).locator(".wall-noted").inner_text() == "1 note"
    assert cell(page, 2).locator(".wall-stars").get_attribute("aria-label") == "no stars"
    cell(page, "source").focus()
    press(page, "5", "p", "n")  # no output
    assert len(page.evaluate("told.marks")) == 7


def test_keys_do_not_reach_the_notebook(opened):
    """Plain keys are shielded the way Lumino looks for it, before it looks; those of the notebook itself pass."""
    page = opened()
    page.evaluate("""() => {
      window.reached = [];
      const hear = phase => event => {
        const stopped = event.target.hasAttribute('data-lm-suppress-shortcuts'); // `.jp-Notebook :focus` is the target
        if (!stopped || phase === 'bubble') reached.push([phase, event.key]);
      };
      document.addEventListener('keydown', hear('capture'), true);
      document.addEventListener('keydown', hear('bubble'));
    }""")
    cell(page, 1).focus()
    press(page, "1", "6", "d", "d", "a", "Enter", "Escape", "n")
    page.keyboard.type("dd1")
    press(page, "Escape", "ArrowDown", "x")
    assert page.evaluate("reached") == []
    press(page, "Control+s", "Shift+Enter")
    reached = page.evaluate("reached.filter(one => !['Control', 'Shift'].includes(one[1]))")
    assert reached == [["capture", "s"], ["bubble", "s"], ["capture", "Enter"], ["bubble", "Enter"]]
    page.locator("h1").evaluate("one => { one.tabIndex = 0; one.focus() }")
    press(page, "1")
    assert page.evaluate("reached.at(-1)") == ["bubble", "1"]
    assert page.evaluate("told.marks") == [["run-1", {"stars": 1}]]


KEPT = wall_page.HOST + 'host.keeps = "page"; host.about = { report: "r1", log: "l1", voter: "Ada" };'


def test_a_page_keeps_marks_and_hands_them_out(opened, tmp_path):
    """Without a kernel marks outlive a reload, and the file is one that is read back."""
    page = opened(host=KEPT)
    cell(page, 2).focus()
    press(page, "3", ".", "n")
    page.get_by_role("textbox").fill("Schnee ✨ fällt")
    press(page, "Enter")
    page.reload()
    assert cell(page, 2).locator(".wall-stars").get_attribute("data-stars") == "3"
    with page.expect_download() as found:
        page.get_by_role("button", name="Download the marks").click()
    found.value.save_as(tmp_path / "marks.json")
    read = parse_votes((tmp_path / "marks.json").read_bytes())
    assert (read.report, read.log) == ("r1", "l1")
    assert [(mark.run, mark.stars, [(n.at, n.text) for n in mark.notes]) for mark in read.marks] == [
        ("run-2", 3, [(0.042, "Schnee ✨ fällt")])
    ]


def test_above_twelve_those_in_view_play(opened, site):
    """The rest keep their posters, are not asked for, and the bar says so; what scrolls into view joins in."""
    *_, six, _ = site
    first = six.rows[0][1][1]
    cells = [Cell(str(n), first.name, first.poster, SIZE, SECONDS, label=f"cell {n}") for n in range(1, 41)]
    page = opened(Wall([(f"row {n}", cells[n * 2 : n * 2 + 2]) for n in range(20)], ["a", "b"]), height=700)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.pixnb video')?.currentTime > 0.1")
    some = page.evaluate("told.films.length")
    assert 2 <= some <= 12
    assert page.locator(".pixnb video").count() == some
    page.get_by_text(f"{some} of 40 play: those in view").wait_for()
    goes_on = "getComputedStyle(document.querySelector('.wall-scroll'), '::after').opacity"
    assert page.evaluate(goes_on) == "1"  # more below
    cell(page, 40).scroll_into_view_if_needed()
    page.wait_for_function(f"{goes_on} === '0'")
    page.wait_for_function("document.querySelector('[data-n=\"40\"] video')?.currentTime > 0.1")
    assert page.locator('[data-n="1"] video').count() == 0
    times = page.evaluate(TIMES)
    assert len(times) == page.locator(".pixnb video").count() <= 12


def test_a_film_that_is_too_slow_is_left_behind_says_so_and_comes_back(opened):
    """The others play on without it; it joins in by itself once it can, or is loaded again by a press."""
    held = (
        "const soon = host.film; window.held = new Promise(free => (window.free = free));"
        "host.patience = 300; host.film = async n => { const { url, kind } = await soon(n);"
        "return { url: n === '3' && !window.isFree ? `${url}?hold` : url, kind }; };"
    )
    page = opened(host=wall_page.HOST + held)
    cell(page, 1).focus()
    press(page, "Space")
    sign = cell(page, 3).get_by_role("button", name="Too slow: load it again")
    sign.wait_for()
    page.get_by_text("1 too slow just now").wait_for()
    page.wait_for_function("document.querySelector('[data-n=\"1\"] video').currentTime > 0.2")
    page.evaluate("window.isFree = true")
    sign.click()
    page.wait_for_function("document.querySelector('[data-n=\"3\"] video')?.currentTime > 0.2")
    assert cell(page, 3).locator(".wall-late").count() == 0
    assert page.evaluate("told.films.filter(n => n === '3').length") == 2


def test_films_that_cannot_come_and_lengths_that_differ(opened, site):
    """Such a cell says why and the others play; a shorter film holds its last frame, which the bar says."""
    *_, six, more = site
    rows = [*six.rows, ("more", [more["gone"], more["broken"], more["short"], more["refused"]])]
    page = opened(Wall(rows, six.columns))
    page.get_by_text("shorter ones hold their last frame").wait_for()
    cell(page, 7).hover()
    page.get_by_role("button", name="Sound of the cell").click()
    cell(page, 1).focus()
    press(page, "Space")
    cell(page, 10).get_by_text("The film was not kept: set keep=True.").wait_for()
    cell(page, 11).get_by_text("The browser cannot play this film.").wait_for()
    page.get_by_text("2 cannot play").wait_for()
    page.get_by_role("button", name="Pause").wait_for()
    assert page.evaluate("told.films.filter(n => n === '11').length") == 2  # once more, in another way
    page.wait_for_function("document.querySelectorAll('.loaded').length === 8")
    cell(page, 7).hover()
    assert cell(page, 7).locator("video").evaluate("film => film.muted") is False
    cell(page, 2).hover()
    assert page.evaluate("[...document.querySelectorAll('video')].every(film => film.muted)")
    press(page, "Space")
    page.get_by_role("slider", name="Moment").fill("45")
    assert settle(page, 8) == [45] * 7 + [round(FPS * 1.0) - 1]


def test_less_motion_and_taken_down(opened):
    """Flicker waits for a press where less motion is wanted; unmounted, the page is as it came."""
    page = opened(calm=True)
    before = page.locator(".wall-scroll video, .wall-bar button").count()
    for n in (1, 2):
        cell(page, n).click(modifiers=["Shift"])
    press(page, "f")
    page.wait_for_timeout(700)
    assert page.locator(".stage-box").get_attribute("data-shows") == "a"
    page.locator(".stage-tools").get_by_role("button", name="Flicker").click()
    page.wait_for_function("document.querySelector('.stage-box').dataset.shows === 'b'")
    press(page, "?")
    page.get_by_role("dialog", name="Keys").get_by_text("note at this moment").wait_for()
    press(page, "Escape")
    assert page.get_by_role("dialog").count() == 0
    assert before > 0
    page.evaluate("unmount()")
    assert page.locator(".pixnb :is(video, .wall-stage, .cell-buttons, .wall-keys)").count() == 0
    assert page.locator(".wall-bar").is_hidden()
    press(page, "4")
    assert page.evaluate("told.marks") == []


def test_a_wall_without_cells_stays_as_it_is(opened):
    """There is nothing to play."""
    page = opened(Wall([], ["a"]))
    assert page.locator(".wall-bar").is_hidden()


def test_pages_are_turned_by_who_holds_the_wall(opened, site):
    """The bar has buttons that say which page they ask for; at the ends there is none."""
    *_, six, _ = site
    page = opened(Wall(six.rows, six.columns, attributes={"data_pages": 3, "data_nth": 3}))
    assert page.get_by_role("button", name="Page before").get_attribute("data-page") == "2"
    assert page.get_by_role("button", name="Next page").is_disabled()
    page.get_by_text("page 3 of 3").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened, site, theme):
    """The grid, the stage and the sheet of keys, in both themes."""
    *_, six, more = site
    rows = [*six.rows, ("more", [None, more["upright"], more["short"], more["refused"]])]
    page = opened(Wall(rows, six.columns), theme=theme)

    def faults():
        return real_lab.find_faults(page, worst=True)

    cell(page, 1).focus()
    press(page, "3", "p", "c", "n")
    page.get_by_role("textbox").fill("here")
    press(page, "Enter")
    assert faults() == []
    cell(page, 2).click(modifiers=["Shift"])
    for view in "wf":
        press(page, view)
        settle(page, 2)
        assert faults() == []
    press(page, "?")
    assert faults() == []


NOTEBOOK = """import sys; sys.path.insert(0, {tests!r})
import wall_page
from pathlib import Path
from pixnb.display.enhanced import Enhanced
from pixnb.display.films import Films
here = Path("clips"); here.mkdir()
wall = wall_page.six(here, seconds=1, size=(160, 90))
files = {{cell.n: (here / cell.name).resolve() for _, cells in wall.rows for cell in cells if cell}}
for _, cells in wall.rows:
    for cell in filter(None, cells):
        cell.name = ""
marks = []
Enhanced(wall_page.write_wall(wall), wall_page.SCRIPTS, "mountWall", Films(files), on_mark=marks.append)"""


@pytest.mark.slow
@pytest.mark.parametrize("place", ["lab", "notebook"])
def test_in_a_notebook_keys_are_the_walls(browser, tmp_path, place):
    """Under a prefix films play from their files; no key that is the wall's deletes a cell or makes a heading."""
    if place == "notebook":
        pytest.importorskip("notebook")
    folder = tmp_path / "home"
    folder.mkdir()
    real_lab.write(folder / "a.ipynb", NOTEBOOK.format(tests=str(Path(__file__).parent)), "print(marks)")
    with real_lab.server(folder, "/user/x/") as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(60_000)
        if place == "lab":
            real_lab.opened(page, address, "a.ipynb")
            real_lab.run(page, 0)
        else:
            page.goto(f"{address}notebooks/a.ipynb")
            page.locator(".jp-Cell .cm-content").first.wait_for()
            prompt = page.locator(".jp-InputPrompt").first
            for _ in range(15):  # what is pressed before the kernel is there is lost
                if prompt.inner_text().strip("[ ]:"):
                    break
                page.locator(".jp-Cell .cm-content").first.click()
                press(page, "Shift+Enter")
                page.wait_for_timeout(3000)
        page.locator(".pixnb.alive").wait_for()
        cell(page, 2).locator(".wall-screen").click()
        press(page, "1", "3", "d", "d", "a", "b", "x", "p", ".", ".", "n")
        page.keyboard.type("dd 1 a")
        press(page, "Enter")
        page.locator(".bar-note").wait_for()
        press(page, "Space")
        page.wait_for_function("document.querySelectorAll('.pixnb video')[6]?.currentTime > 0.3")
        assert page.locator(".jp-CodeCell").count() == page.locator(".jp-Cell").count() == 2
        page.locator(".jp-Cell .cm-content").nth(1).click()
        press(page, "Shift+Enter")
        page.get_by_text("Mark(run_id='run-2', what='stars', value=3, at=None)").wait_for()
        page.get_by_text("what='note', value='dd 1 a', at=0.083").wait_for()
        page.close()
