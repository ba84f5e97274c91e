"""A sweep's pages in a real browser: nothing that axe objects to, in both themes; nothing wider than the page."""

from __future__ import annotations

import pytest
import real_lab
from sweeps import CLIP, LUCY, experiment

pytestmark = pytest.mark.browser

PAGE = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body><main><h1>A</h1>{}'
MANY = [f"{n} A woman walks through a snowy street at night, and the crowd behind her stands still" for n in range(20)]


def make(service, log, kind):
    """A sweep in one of its states."""
    exp = experiment(service, log, budget=0.7 if kind == "stopped" else None)
    if kind == "planned":
        return exp.sweep(LUCY, prompt=MANY, video=CLIP, dry_run=True)
    exp.sweep(LUCY, prompt=["a"], video=CLIP).wait(30)
    if kind == "flow":
        return exp.sweep(LUCY, prompt=MANY[:9], video=CLIP).wait(30)
    if kind == "running":
        return exp.sweep(LUCY, prompt=[f"{n} [held]" for n in range(9)], video=CLIP, repeats=2)
    if kind == "squares":
        return exp.sweep(LUCY, prompt=[*MANY, "[FAILED]"], video=CLIP, repeats=4, confirm=True).wait(60)
    service.why = "content_policy_violation: flagged by a content checker"
    words = ["a", "b [FAILED]", "c [lost]", "d [400]", MANY[0] * 4]
    return exp.sweep(LUCY, prompt=words, video=CLIP, repeats=3).wait(30)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["planned", "running", "done", "stopped", "flow", "squares"])
def test_axe_has_nothing_to_say(browser, service, log, tmp_path, kind):
    """Names, roles, contrast, what the keyboard reaches."""
    sweep = make(service, log, kind)
    path = tmp_path / "sweep.html"
    path.write_text(PAGE.format(sweep._repr_mimebundle_()["text/html"]), encoding="utf-8")
    for scheme, colour in (("light", "#fff"), ("dark", "#111")):
        context = browser.new_context(viewport={"width": 800, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.goto(path.as_uri())
        page.evaluate(f"document.body.style.background = '{colour}'; document.querySelector('h1').style.color = 'gray'")
        found = real_lab.find_faults(page, ".pixnb")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        context.close()
        assert found == []
        assert wider <= 0
