"""The launcher's form in a real JupyterLab: found by words, planned, launched by key, chained; small and sound."""

from __future__ import annotations

import pytest
import real_lab

pytestmark = pytest.mark.browser

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
