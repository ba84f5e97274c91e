"""The filmstrip in a real browser: tiles, one opened large in the wall's player, keys, marks, what is told."""

from __future__ import annotations

import pytest
import real_lab
import strip_page
import touching
import wall_page
from patience import until

import pixnb
from pixnb.request import Request
from pixnb.widgets.launches import Launches
from pixnb.widgets.strip import Strip

pytestmark = pytest.mark.browser

SAID = {
    "": "",
    "busy": "The kernel is busy with another cell. Marks in a dashed line are kept when it has ended.",
    "silent": "The kernel does not answer. Marks in a dashed line are kept only if it does: if it has ended, run this "
    "cell again or reload the page, and mark anew.",
    "ended": "The kernel has ended: run this cell again, or reload the page. What is marked here until then is not "
    "kept.",
}
LONG = "A slow shot of a rabbit in a meadow at dusk, with " + "very " * 110 + "long ears."
OPENED = "document.querySelectorAll('.stage-side video').length === 2"


@pytest.fixture
def strip(exp, log, tmp_path):
    """Four launches: two done, one refused, one that goes on; the clip is beside the page."""
    wall_page.make_clip(tmp_path / "clip.mp4", size=(320, 180), seconds=1.0)
    video = pixnb.Media(tmp_path / "clip.mp4")
    launches = Launches(exp._runner)
    made = Strip(
        launches, experiment="coats", log=log, user=None, use=lambda run: None, code=lambda run: "exp.submit()"
    )
    for prompt in ("A red coat", LONG, "[402] no", "[held] A blue coat"):
        launches.begin(Request("lucy-edit-fast", {"prompt": prompt, "video": video})).sent.result(20)
    until(lambda: [bool(tile.picture) for tile in made.shown] == [False, False, True, True])
    until(lambda: ">queued<" in made.shown[0].face or ">processing<" in made.shown[0].face)
    yield made
    made.close()


def show(browser, strip, folder, **options):
    """The page, opened."""
    (folder / "strip.html").write_text(strip_page.write_page(strip, **options), encoding="utf-8")
    context = browser.new_context(viewport={"width": options.get("width") or 1000, "height": 900})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def test_a_tile_opens_beside_its_source_and_keys_are_its_own(browser, strip, tmp_path):
    """Click, wipe, stars, the next tile, Escape; the notebook hears no key of it, and only one view is answered."""
    with wall_page.served(tmp_path) as (url, _):
        page = show(browser, strip, tmp_path)
        page.goto(f"{url}/strip.html")
        tiles = page.locator(".strip-tile")
        tiles.nth(3).wait_for()
        assert page.locator(".strip-number").all_inner_texts() == ["4", "3", "2", "1"]
        assert page.locator(".strip-source img").count() == 1
        tiles.nth(3).locator(".strip-face").click()
        page.wait_for_function(OPENED)
        page.wait_for_function("document.querySelector('.stage-side.b video').currentTime > 0.1")
        assert page.locator(".wall-stage").get_attribute("data-view") == "beside"
        for key in ("w", "4", "d", "d"):
            page.keyboard.press(key)
        assert page.locator(".wall-stage").get_attribute("data-view") == "difference"
        assert tiles.nth(3).get_by_label("4 of 5 stars").is_visible()
        run = page.evaluate("models[strip.get('tiles')[3]].get('run')")
        assert {"run": run, "stars": 4} in page.evaluate("sent.map((one) => one.mark)")
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(f"{OPENED} && document.querySelector('.strip-facts').textContent.includes('Run 2')")
        assert page.locator(".wall-stage").get_attribute("data-view") == "difference"
        page.get_by_role("button", name="Copy code").click()
        asked = page.evaluate("sent.at(-1)")
        assert (asked["act"], asked["tile"]) == ("copy", 2)
        page.evaluate("to => strip.fire('msg:custom', { copy: 'exp.submit(1)', to })", asked["to"])
        page.get_by_text("exp.submit(1)").wait_for()
        page.evaluate("strip.fire('msg:custom', { told: 'for another view', to: 'another' })")
        assert page.get_by_text("for another view").count() == 0
        page.keyboard.press("Escape")
        assert page.locator(".strip-open").is_hidden()
        assert (
            page.evaluate("document.activeElement.closest('.strip-tile').querySelector('.strip-number').textContent")
            == "2"
        )
        for key in ("ArrowLeft", "Enter"):
            page.keyboard.press(key)
        page.locator(".strip-open .error").wait_for()
        assert page.get_by_role("button", name="Save").count() == 0
        assert page.evaluate("reached.filter(key => key !== 'Escape')") == []
        assert page.problems == []


def test_a_mark_that_nobody_keeps_looks_so(browser, strip, tmp_path):
    """Not before some seconds, and not once it is kept; a busy kernel is not taken for a dead one."""
    with wall_page.served(tmp_path) as (url, _):
        page = show(browser, strip, tmp_path)
        page.clock.install()
        answer = {"status": 200, "body": "{}"}
        page.route("**/api/kernels/k1", lambda route: route.fulfill(**answer))
        page.goto(f"{url}/strip.html")
        page.locator(".strip-face").nth(3).focus()
        stars = page.locator(".strip-tile").nth(3).locator(".strip-stars")

        def look(status, state="idle", connection="connected"):
            answer.update(status=status, body=f'{{"execution_state": "{state}"}}')
            given = {
                "id": "k1",
                "status": state,
                "connectionStatus": connection,
                "serverSettings": {"baseUrl": f"{url}/"},
            }
            page.evaluate("given => { strip.widget_manager.kernel = given }", given)
            with page.expect_response("**/api/kernels/k1"):
                page.clock.run_for(4100)

        def see(said):
            page.wait_for_function(
                "said => document.querySelector('[role=alert]').textContent === said", arg=SAID[said]
            )
            return stars.evaluate("one => getComputedStyle(one).outlineStyle === 'dashed'")

        def hear(kept):
            page.evaluate("kept => strip.fire('msg:custom', { mark: sent.findLast((one) => one.mark).as, kept })", kept)

        page.evaluate("isDeaf = true")
        page.keyboard.press("4")
        assert see("") is False
        page.clock.run_for(4100)
        assert see("silent") is True  # a host that says nothing of its kernel
        for said, *state in [
            ("busy", 200, "busy"),
            ("silent", 200, "idle"),
            ("silent", 200, "busy", "connecting"),
            ("silent", 403),
        ]:
            look(*state)
            assert see(said) is True
        assert page.problems == []
        hear(True)
        assert see("") is False
        page.keyboard.press("5")
        hear(False)
        assert see("") is True  # what it raised is said by the kernel
        page.keyboard.press("3")
        hear(True)
        assert see("") is False
        page.keyboard.press("2")
        look(404)
        assert see("ended") is True
        page.keyboard.press("1")
        assert see("ended") is True
        assert page.problems == []


def test_what_changes_is_drawn_where_it_changes(browser, strip, tmp_path):
    """A run that ends comes in while its tile is open, and takes the focus from nobody; a new tile is the first."""
    with wall_page.served(tmp_path) as (url, _):
        page = show(browser, strip, tmp_path)
        page.goto(f"{url}/strip.html")
        page.locator(".strip-face").first.click()
        page.get_by_role("button", name="Cancel").focus()
        page.evaluate(
            """() => {
              const [newest, , , oldest] = strip.get("tiles").map((name) => models[name]);
              const done = oldest.state;
              newest.change({ pair: done.pair, picture: done.picture, acts: ["save"], face: "now done", tone: "good" });
              strip.change({ said: "Run 4: completed" });
              window.node = document.querySelectorAll(".strip-tile")[1];
            }"""
        )
        page.wait_for_function(OPENED)
        assert page.evaluate(
            "document.activeElement === document.body || !document.activeElement.closest('.wall-stage')"
        )
        assert page.get_by_text("now done").is_visible()
        assert page.locator(".strip-live").inner_text() == "Run 4: completed"
        page.evaluate(
            """() => {
              models.fresh = Object.assign(Object.create(models[strip.get("tiles")[2]]));
              strip.change({ tiles: ["fresh", ...strip.get("tiles")] });
            }"""
        )
        page.wait_for_function("document.querySelectorAll('.strip-tile').length === 5")
        assert page.evaluate("node === document.querySelectorAll('.strip-tile')[2]")  # what was there stayed
        assert page.locator(".strip-open").is_visible()
        assert page.problems == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme"), [(1000, "light"), (1000, "dark"), (600, "light")])
def test_it_is_fit_for_everybody(browser, strip, tmp_path, width, theme):
    """axe finds nothing, closed and open; nothing is wider than the page; a long prompt does not make it long."""
    with wall_page.served(tmp_path) as (url, _):
        page = show(browser, strip, tmp_path, width=width, theme=theme)
        page.emulate_media(reduced_motion="reduce", color_scheme=theme)
        page.goto(f"{url}/strip.html")
        page.locator(".strip-tile").nth(3).wait_for()
        assert real_lab.find_faults(page) == []
        assert page.locator(".pixnb-strip").bounding_box()["height"] < 260
        page.locator(".strip-face").nth(2).click()
        page.wait_for_function(OPENED)
        assert real_lab.find_faults(page) == []
        assert page.locator(".pixnb-strip").bounding_box()["height"] < 1000
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.querySelector('.stage-side.b video').paused")  # less motion is wanted
        assert page.problems == []


@pytest.mark.slow
def test_a_finger_opens_and_wipes_it(browser, strip, tmp_path):
    """What is pressed is 40 pixels high, before and behind a tap on a tile; the wipe follows a finger."""
    with wall_page.served(tmp_path) as (url, _):
        (tmp_path / "strip.html").write_text(strip_page.write_page(strip), encoding="utf-8")
        size = {"width": 600, "height": 900}
        with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
            page = context.new_page()
            page.goto(f"{url}/strip.html")
            page.locator(".strip-tile").nth(3).wait_for()
            assert touching.find_small(page) == []
            page.locator(".strip-face").nth(3).tap()
            page.wait_for_function(OPENED)
            assert touching.find_small(page) == []
            page.get_by_role("button", name="Wipe", exact=True).tap()
            handle = page.get_by_role("slider", name="Wipe between A and B")
            handle.scroll_into_view_if_needed()
            box = page.locator(".stage-box").bounding_box()
            at = box["y"] + box["height"] / 2
            touching.swipe(page, (box["x"] + box["width"] / 2, at), (box["x"] + box["width"] * 0.75, at))
            assert 70 <= int(handle.get_attribute("aria-valuenow")) <= 80
