"""In a real JupyterLab and a real browser: the form, Cancel while a cell runs, clips that play, what is saved."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pandas as pd
import pytest
import real_lab

import pixnb
from pixnb.compare import pages
from pixnb.compare.content import content
from pixnb.display.host import Host

pytestmark = pytest.mark.browser

HEIGHT = 3000  # of the page

SETUP = """import pixnb
exp = pixnb.Experiment("coats")
clip = pixnb.sample("video")"""
FORM = "launcher = exp.launcher('lucy-edit-fast').fill(video=clip)\nlauncher"


@pytest.fixture(scope="module")
def labs(tmp_path_factory):
    """A server for each prefix, started when first asked for: its folder and its address."""
    with ExitStack() as stack:
        started = {}

        def lab(base_url):
            if base_url not in started:
                folder = tmp_path_factory.mktemp("work") / "home"
                folder.mkdir()
                started[base_url] = folder, stack.enter_context(real_lab.server(folder, base_url))
            return started[base_url]

        yield lab


def named(experiment):
    """A setup in an experiment of its own: a launcher shows what its experiment had before."""
    return SETUP.replace("coats", experiment)


def launch(page, prompt):
    """Fill the form and press its button; returns the tile that appears in front."""
    page.get_by_label("prompt", exact=True).fill(prompt)
    tiles = page.locator(".strip-tile")
    before = tiles.count()
    page.get_by_role("button", name="Launch", exact=True).click()
    tiles.nth(before).wait_for()
    return tiles.first


def plays(video):
    """Play a clip and see its time go on."""
    video.scroll_into_view_if_needed()
    video.evaluate("video => { video.muted = true; return video.play() }")
    video.page.wait_for_function("video => video.currentTime > 0.2", arg=video.element_handle())


def form_to_row(page, lab, name):
    """Launch from the form, see the clip play in its opened tile, and the row in the table."""
    folder, address = lab
    real_lab.write(folder / name, named(name), FORM, "exp.compare()")
    real_lab.opened(page, address, name)
    real_lab.run(page, 0, 1)
    page.get_by_role("button", name="Launch", exact=True).wait_for()
    tile = launch(page, "Make it a snowy night")
    tile.get_by_text("completed", exact=True).wait_for()
    tile.locator(".strip-face").click()
    output = page.locator(".strip-open .stage-side.b video")
    output.wait_for()
    plays(output)
    real_lab.run(page, 2)
    table = real_lab.cell(page, 2).locator(".pixnb-enhanced")
    table.get_by_text("Make it a snowy night").first.wait_for()
    assert page.get_by_role("button", name="Launch", exact=True).is_visible()  # each of the two hides its own page only
    table.get_by_role("button", name="Play: Clip of run 1").click()
    plays(table.locator("video.film"))
    return output


def test_a_form_launches_and_the_clip_plays(page, labs):
    """The smoke test: fill, launch, watch it play, see its row; axe finds nothing serious in form, tile and table."""
    form_to_row(page, labs("/"), "smoke.ipynb")
    assert real_lab.find_faults(page, ".pixnb-launcher", worst=True) == []


def test_a_list_with_groups_and_a_picture_that_opens(page, labs):
    """The list is the browser's own and knows keys; what is picked comes with the press; a picture opens whole."""
    folder, address = labs("/")
    real_lab.write(folder / "picked.ipynb", SETUP, "exp.launcher('ltx-2-pro')", "pixnb.sample('image')")
    real_lab.opened(page, address, "picked.ipynb")
    real_lab.run(page, 0, 1, 2)
    models = page.get_by_label("model", exact=True)
    models.wait_for()
    groups = models.locator("optgroup").evaluate_all("all => all.map(one => one.label)")
    assert groups[0] == "Make a video from words (text-to-video)"
    assert (
        models.evaluate("list => list.selectedOptions[0].text")
        == "LTX 2 Pro · pixazo · price unknown · takes prompt, image"
    )
    models.select_option("lucy-pro-t2i")
    page.get_by_role("note").get_by_text("lucy-pro-t2i is retired").wait_for()
    models.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("note").wait_for(state="detached")
    page.get_by_role("button", name="Launch", exact=True).click()
    page.get_by_text("prompt is required").first.wait_for()
    with page.context.expect_page() as opened:
        real_lab.cell(page, 2).locator("button.full").click()
    whole = opened.value.locator("img")
    assert whole.evaluate("one => one.decode().then(() => [one.width, one.naturalWidth])") == [640, 640]
    assert real_lab.cell(page, 1).is_visible()


def test_a_page_without_its_clips_says_so(page, tmp_path):
    """Where the file is not beside the page the words come up and the mark of a film goes; where it is, neither."""
    clip = pixnb.Media(pixnb.sample("video").path.read_bytes()).save(tmp_path / "here.mp4")
    large = Host("jupyter", True, True, tmp_path.resolve(), tmp_path.resolve())
    runs = pd.DataFrame({"run_id": ["a", "b"], "output_path": [str(clip), str(clip.with_name("gone.mp4"))]})
    clip.with_name("gone.mp4").write_bytes(clip.read_bytes())
    text = pages.write_fragment(content(runs), "Runs", at=large)
    (tmp_path / "saved.html").write_text(text)
    clip.with_name("gone.mp4").unlink()
    page.goto((tmp_path / "saved.html").as_uri())
    page.get_by_text("The clip is not beside this page, at gone.mp4").wait_for()
    page.wait_for_function("document.querySelector('video').readyState > 0")
    mark = "one => getComputedStyle(one, '::after').display"
    for width in (1280, 620):  # a table, and cards
        page.set_viewport_size({"width": width, "height": 900})
        assert page.get_by_text("at gone.mp4").is_visible()
        assert not page.get_by_text("at here.mp4").is_visible()
    assert page.locator(".clip figure").evaluate_all(f"all => all.map({mark})") == ["block", "none"]


@pytest.mark.slow
def test_it_works_under_a_prefix(page, labs):
    """As on a JupyterHub or Binder: nothing is loaded from outside the prefix, nor from another host."""
    _, address = labs("/user/jo/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    form_to_row(page, labs("/user/jo/"), "prefix.ipynb")
    assert [url for url in asked if url.startswith("http") and not url.startswith(address)] == []


@pytest.mark.slow
def test_cancel_works_while_another_cell_runs(page, labs):
    """The one clicked is cancelled within the other cell's time; the other run is made all the same."""
    folder, address = labs("/")
    busy = (
        "import asyncio\nfor _ in range(1200):\n    await asyncio.sleep(0.05)\n"
        "    if launcher.runs[0].status == 'CANCELLED':\n        print('seen here')\n        break"
    )
    state = "print([run.status.value for run in launcher.runs])"
    real_lab.write(folder / "cancel.ipynb", named("cancel"), FORM, busy, f"launcher.runs[1].wait()\n{state}")
    real_lab.opened(page, address, "cancel.ipynb")
    real_lab.run(page, 0, 1)
    page.get_by_role("button", name="Launch", exact=True).wait_for()
    launch(page, "Make it night [stall]")
    launch(page, "Make it snow")
    real_lab.run(page, 2)
    oldest = page.locator(".strip-tile").last
    oldest.locator(".strip-face").click()
    page.locator(".strip-open").get_by_role("button", name="Cancel", exact=True).click()
    oldest.get_by_text("cancelled", exact=True).wait_for()
    assert "seen here" in real_lab.finished(page, 2)
    real_lab.run(page, 3)
    assert "['CANCELLED', 'COMPLETED']" in real_lab.finished(page, 3)


@pytest.mark.slow
def test_the_strip_is_whole_in_each_view_and_after_a_reload(page, labs):
    """Also while a cell blocks the kernel: the other view has its tiles and stars, and the original is saved."""
    folder, address = labs("/")
    block = "import time\nfrom pathlib import Path\nwhile not Path('go').exists():\n    time.sleep(0.05)"
    real_lab.write(folder / "views.ipynb", named("views"), FORM, block)
    real_lab.opened(page, address, "views.ipynb")
    real_lab.run(page, 0, 1)
    page.get_by_role("button", name="Launch", exact=True).wait_for()
    tile = launch(page, "Make it snow")
    tile.get_by_text("completed", exact=True).wait_for()
    tile.locator(".strip-face").focus()
    page.keyboard.press("4")
    real_lab.run(page, 2)
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 1 }")
    page.evaluate("() => jupyterapp.commands.execute('notebook:create-output-view')")
    stars = page.get_by_label("4 of 5 stars")
    stars.nth(1).wait_for()
    page.locator(".jp-Notebook .strip-face").click()
    with page.expect_download() as saving:
        page.locator(".jp-Notebook .strip-acts").get_by_role("button", name="Save", exact=True).click()
    assert saving.value.suggested_filename.endswith("Make it snow.mp4")
    assert real_lab.cell(page, 2).locator(".jp-InputPrompt", has_text="*").count()  # it blocks still
    (folder / "go").touch()
    real_lab.finished(page, 2)
    real_lab.saved(page, folder / "views.ipynb")
    page.reload()
    page.locator(".jp-Notebook .strip-tile").get_by_label("4 of 5 stars").wait_for()
    page.locator(".jp-Notebook .strip-tile img").wait_for()


@pytest.mark.slow
def test_a_sweep_fills_its_grid_and_is_cancelled(page, labs):
    """Cells fill with posters, one plays when it is clicked; keys go from cell to cell; Cancel says both numbers."""
    folder, address = labs("/")
    line = """sweep = exp.sweep("lucy-edit-fast", video=clip, repeats=2, prompt=[
    "Make it snow", "Make it foggy", "Make it night [stall]", "Make it rain [stall]", "Make it autumn [stall]"])
sweep"""
    state = "print(sweep.state, sweep.counts.get('COMPLETED'), sweep.counts.get('CANCELLED'))"
    real_lab.write(folder / "sweep.ipynb", SETUP, line, state)
    real_lab.opened(page, address, "sweep.ipynb")
    real_lab.run(page, 0, 1)
    grid = page.get_by_role("grid", name="Cells of the sweep")
    grid.wait_for()
    assert grid.get_by_role("columnheader").all_inner_texts() == ["take 1", "take 2"]
    cells = grid.locator(".cell")
    assert cells.count() == 10
    grid.locator("img[alt=completed]").first.wait_for()
    page.get_by_text("4 of 10").wait_for()  # all that do not stall
    cells.first.click()
    video = page.locator(".pixnb-sweep video[aria-label=output]")
    video.wait_for()
    plays(video)
    page.keyboard.press("ArrowDown")
    assert cells.nth(1).evaluate("cell => cell === document.activeElement") is False
    focused = page.evaluate("document.activeElement.title.split('\\n')[0]")
    assert focused == "Make it foggy · take 1"
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.locator(".pixnb-sweep .stopped", has_text="unsent dropped for nothing").wait_for()
    page.get_by_role("button", name="Cancel", exact=True).wait_for(state="detached")
    real_lab.run(page, 2)
    assert "cancelled" in real_lab.finished(page, 2)
    page.locator(".pixnb-stand-in .stopped").wait_for(state="attached")
    text = real_lab.saved(page, folder / "sweep.ipynb")
    outputs = json.loads(text)["cells"][1]["outputs"]
    (kept,) = ["".join(output["data"]["text/html"]) for output in outputs if "text/html" in output.get("data", {})]
    assert "unsent dropped for nothing" in kept
    assert sum(len(str(output)) for output in outputs) < 200_000


@pytest.mark.slow
def test_a_wall_follows_its_runs_and_keeps_its_reader_s_place(page, labs):
    """Made while a sweep runs: clips come in by themselves, the focus stays, keys are the wall's."""
    folder, address = labs("/")
    line = 'exp.sweep("lucy-edit-fast", video=clip, repeats=2, prompt=["Make it rain", "Make it foggy"])'
    line += "\nexp.wall()"
    slow = "client = pixnb.Client(sandbox=pixnb.Sandbox(speed=1.5, draft=True))"  # the wall is there before the clips
    setup = f'import pixnb\n{slow}\nexp = pixnb.Experiment("walls", client=client)\nclip = pixnb.sample("video")'
    real_lab.write(folder / "wall.ipynb", setup, line, "print(exp.frame().stars.tolist())")
    real_lab.opened(page, address, "wall.ipynb")
    real_lab.run(page, 0, 1)
    wall = page.locator(".pixnb-wall.alive")
    wall.locator("figure[data-n='2']").focus()
    assert wall.locator("figure[data-kind=video][data-run]").count() < 4
    page.wait_for_function("document.querySelectorAll('.alive figure[data-kind=video][data-run]').length === 4")
    for key in ("4", "d", "d"):
        page.keyboard.press(key)
    wall.locator("figure[data-n='2'] .wall-stars[data-stars='4']").wait_for()
    assert page.locator(".jp-Notebook .jp-Cell").count() == 3
    wall.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        "[...document.querySelectorAll('.alive figure[data-run] video')].filter(v => v.currentTime).length === 4"
    )
    real_lab.run(page, 2)
    assert "4" in real_lab.finished(page, 2)


@pytest.mark.slow
def test_cells_queued_behind_a_blocking_call_all_run(page, labs):
    """Three cells wait while one blocks in `result()`; none is lost, and they run in their order."""
    folder, address = labs("/")
    blocking = "exp.submit('lucy-edit-fast', prompt='Make it foggy', video=clip).result().video.kind"
    counted = [f"said = [*globals().get('said', []), {number}]\nprint(said)" for number in (1, 2, 3)]
    real_lab.write(folder / "queued.ipynb", SETUP, blocking, *counted)
    real_lab.opened(page, address, "queued.ipynb")
    real_lab.run(page, 0, 1, 2, 3, 4)
    assert "[1, 2, 3]" in real_lab.finished(page, 4)
    assert "'video'" in real_lab.finished(page, 1)
    assert "[1, 2]" in real_lab.finished(page, 3)


@pytest.mark.slow
def test_a_saved_notebook_shows_posters_without_a_kernel(page, browser, labs):
    """A live run, a table and a form: in another window, with no kernel to be had, pictures and words stay."""
    folder, address = labs("/")
    live = "run = exp.submit('lucy-edit-fast', prompt='Make it snow', video=clip)\nrun"
    real_lab.write(folder / "kept.ipynb", SETUP, live, "ended = run.wait()", "exp.compare()", FORM)
    real_lab.opened(page, address, "kept.ipynb")
    real_lab.run(page, 0, 1, 2, 3, 4)
    real_lab.finished(page, 4)
    page.get_by_role("button", name="Launch", exact=True).wait_for()
    assert not page.get_by_text("Run the cell to launch more").is_visible()
    real_lab.cell(page, 1).locator("video[aria-label^=Output]").wait_for()
    text = real_lab.saved(page, folder / "kept.ipynb")
    bundles = [o["data"] for c in json.loads(text)["cells"] for o in c.get("outputs", ()) if "data" in o]
    kinds = {"text/html", "image/png", "text/plain"}
    pictured = [set(bundle) for bundle in bundles if "image/png" in bundle]
    assert len(pictured) >= 2  # the launcher's is drawn a moment later
    assert all(found == kinds for found in pictured)

    with browser.new_context(viewport={"width": 1280, "height": 3000}) as context:
        again = context.new_page()
        for kernels in ("**/api/sessions*", "**/api/kernels*"):
            again.route(kernels, lambda route: route.abort())
        real_lab.opened(again, address, "kept.ipynb", kernel=False)
        for number in (1, 3):
            shown = real_lab.cell(again, number).locator(".jp-OutputArea-output")
            poster = shown.locator("video[poster], img").first
            poster.wait_for()
            assert poster.evaluate("one => one.poster || one.src").startswith("data:image/")
            shown.get_by_text("Make it snow").first.wait_for()
        again.get_by_text("Run the cell to launch more").wait_for()
        for trouble in ("Loading widget", "Error displaying"):
            assert not any(one.is_visible() for one in again.get_by_text(trouble).all())


def test_the_keyboard_launches_and_is_led_to_what_is_wrong(page, labs):
    """Ctrl+Enter in a field launches; where that is refused the focus is on the first wrong field."""
    folder, address = labs("/")
    real_lab.write(folder / "keys.ipynb", named("keys"), FORM)
    real_lab.opened(page, address, "keys.ipynb")
    real_lab.run(page, 0, 1)
    prompt = page.get_by_label("prompt", exact=True)
    prompt.fill(" ")
    page.get_by_role("button", name="Launch", exact=True).click()
    page.get_by_text("Nothing was sent. See the field prompt.").wait_for()
    page.wait_for_function("field => document.activeElement === field", arg=prompt.element_handle(), timeout=8000)
    page.keyboard.type("A red coat")
    assert prompt.input_value().strip() == "A red coat"
    page.keyboard.press("Control+Enter")
    page.get_by_text("Nothing was sent.").wait_for(state="hidden")
    tile = page.locator(".strip-tile")
    tile.get_by_text("A red coat").wait_for()
    page.locator(".strip-live", has_text="Run 1: completed").wait_for(state="attached", timeout=60_000)
    assert tile.count() == 1
