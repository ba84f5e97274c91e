"""The launcher's form in a real JupyterLab: found by words, planned, launched by key, chained; small and sound."""

from __future__ import annotations

import base64

import pytest
import real_lab
from make_media import make_video

pytestmark = pytest.mark.browser

HELD = """([data, name]) => {
  const held = new DataTransfer();
  const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
  held.items.add(new File([bytes], name, { type: "video/mp4" }));
  return held;
}"""
SIGN = """place => {
  const { content, display } = getComputedStyle(document.querySelector(place), "::before");
  return display === "none" ? display : content;
}"""
SETUP = """import pixnb
exp = pixnb.Experiment("coats")
launcher = exp.launcher("ltx-2.3-text-to-video")
launcher"""


def test_a_batch_from_the_keyboard_and_its_output_as_the_next_input(page, tmp_path):
    """Words find the model, `{place}` asks for its values, Ctrl+Enter sends what was planned, an output comes back."""
    folder = tmp_path / "home"
    folder.mkdir()
    with real_lab.server(folder) as address:
        real_lab.write(folder / "form.ipynb", SETUP)
        real_lab.opened(page, address, "form.ipynb")
        real_lab.run(page, 0)
        find = page.get_by_label("Find a model")
        find.press_sequentially("pixazo cheap")
        page.get_by_role("status").get_by_text("1 model. Enter takes Lucy Edit Fast").wait_for()
        find.press("Enter")
        page.get_by_role("button", name="Sample video for video_url").click()
        page.locator(".pixnb-look img").wait_for()
        assert page.locator(".pixnb-launcher").bounding_box()["height"] <= 330
        prompt = page.get_by_label("prompt", exact=True)
        prompt.press_sequentially("Make it a {hour}")
        values = page.get_by_label("{hour}", exact=True)  # while the prompt is being written
        page.get_by_text("The cost shows when {hour} has its values").wait_for()
        values.press_sequentially("rainy night, foggy morning")
        page.get_by_role("button", name="Launch 2 · $0.40").wait_for()
        assert unseen_focus(page) == []
        assert real_lab.find_faults(page, ".pixnb-launcher", worst=True) == []
        prompt.press("Control+Enter")
        page.get_by_text("2 of 2 done").wait_for()
        page.get_by_role("button", name="Earlier outputs for video_url").click()
        offered = page.get_by_role("group", name="Earlier outputs for video_url").get_by_role("button")
        offered.nth(1).wait_for()
        assert offered.count() == 2
        offered.first.press("Enter")
        offered.first.wait_for(state="detached")
        page.locator(".pixnb-look").get_by_text("Make it a foggy morning").wait_for()
        assert real_lab.find_faults(page, ".pixnb-launcher", worst=True) == []
        drop(page, page.get_by_label("prompt", exact=True), make_video(tmp_path / "beside.mp4", frames=4))
        line = page.get_by_label("video_url", exact=True)
        drop(page, line, make_video(tmp_path / "dropped.mp4", frames=6))
        page.locator(".pixnb-look").get_by_text("dropped.mp4").wait_for()
        assert page.get_by_text("beside.mp4").count() == 0
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        page.locator(".pixnb-launcher.jupyter-widgets-disconnected").wait_for()
        assert "The kernel has ended" in page.evaluate(SIGN, ".pixnb-launcher")
        assert page.evaluate(SIGN, ".pixnb-launcher .pixnb-field") == "none"
        page.locator(".strip-face").first.focus()
        page.keyboard.press("4")
        page.get_by_role("alert").get_by_text("What is marked here until then is not kept").wait_for()


def unseen_focus(page):
    """Which fields a person on the keyboard is in without seeing it; ipywidgets takes the frame from those it makes."""
    unseen, fields = [], "select, textarea, input:not([type=checkbox], [type=file])"
    for field in page.locator(f".pixnb-launcher :is({fields}):visible").all():
        field.focus()
        if field.evaluate("one => getComputedStyle(one).outline").find("solid 2px") < 0:
            unseen.append(field.evaluate("one => one.ariaLabel ?? one.labels[0]?.textContent"))
    return unseen


def drop(page, on, path):
    """Drag a file over a part of the page, and drop it there."""
    data = base64.b64encode(path.read_bytes()).decode()
    held = page.evaluate_handle(HELD, [data, path.name])
    is_field = on.get_attribute("placeholder").startswith("path")
    for kind in ("dragenter", "dragover"):
        on.dispatch_event(kind, {"dataTransfer": held})
    assert page.locator(".pixnb-field.pixnb-over").count() == is_field
    on.dispatch_event("drop", {"dataTransfer": held})
    assert page.locator(".pixnb-over").count() == 0
