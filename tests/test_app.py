"""The app: launcher, wall and table on one page follow what is launched; visitors are told no folder of the server."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from fake_pixazo import FakePixazo
from patience import until
from sweeps import CLIP, LUCY

import pixnb
from pixnb import html, visitors
from pixnb.app import App
from pixnb.display.enhanced import Enhanced
from pixnb.display.films import Film, Films
from pixnb.display.guard import ErrorLine
from pixnb.widgets.media_field import MediaField, short
from pixnb.widgets.spec import specs

VOILA = "voila/0.5.13"


@pytest.fixture
def service():
    return FakePixazo()


def cards(app):
    """Its wall and its table."""
    return app.children[-2:]


def empty(app):
    """What stands in their place before the first run."""
    return app.children[-3]


def test_runs_come_in_as_they_are_launched(exp, service):
    """By its form, by a cell, by another experiment object; their ends too; before the first there is only the form."""
    app = exp.app(LUCY)
    wall, table = cards(app)
    assert [card.layout.display for card in (empty(app), wall, table)] == [None, "none", "none"]
    assert "Your runs come here" in empty(app).value
    app.launcher.fill(prompt="a [held]", video=CLIP).launch().result(20)
    until(lambda: wall.layout.display is None and 'data-run="' in table.page)
    assert empty(app).layout.display == "none"
    until(lambda: "come in by themselves" in wall.page)
    assert "ask again" not in table.page
    service.released.set()
    until(lambda: "come in by themselves" not in wall.page)
    pixnb.Experiment(exp.name, log=exp.log, client=exp.client).submit(LUCY, prompt="b", video=CLIP).wait(20)
    until(lambda: wall.page.count('data-kind="video"') == 2 and table.page.count(">completed<") == 2)
    assert table._films.find("2").data
    app.close()


def test_who_plays_goes_on_when_others_come(exp):
    """The page keeps its name as long as its cells play what they played; else films would be another cell's."""
    exp.submit(LUCY, prompt="a", video=CLIP).wait(20)
    app = exp.app(LUCY)
    wall, table = cards(app)

    def names():
        return [re.search(r'data-(?:wall|table)="([^"]+)"', card.page)[1] for card in (wall, table)]

    first = names()
    exp.submit(LUCY, prompt="b", video=CLIP).wait(20)
    until(lambda: wall.page.count('data-kind="video"') == 2 and table.page.count(">completed<") == 2)
    assert names() == first
    exp.log.mark(exp.runs[0].run_id, stars=4)
    until(lambda: all(card.marks[exp.runs[0].run_id]["stars"] == 4 for card in (wall, table)))
    moved = exp.frame().iloc[::-1]
    wall.renew(moved.pixnb.grid().matrix)
    table.renew(moved.pixnb.table().content)
    assert all(new != old for new, old in zip(names(), first, strict=True))
    app.close()


def test_one_that_nobody_looks_at_any_more_draws_nothing_until_somebody_does(exp):
    """A cell that runs again leaves the one before behind; of two tabs either is enough."""
    app = exp.app(LUCY)
    wall, table = cards(app)

    def look(seconds, who):
        for card in (wall, table):
            card._handle_custom_msg({"looks": seconds, "who": who}, [])

    look(150, "a tab")
    look(150, "another")
    look(0, "a tab")
    exp.submit(LUCY, prompt="a", video=CLIP).wait(20)
    until(lambda: wall.page.count('data-kind="video"') == 1)
    until(lambda: app._seen == app._count())
    look(0, "another")
    exp.submit(LUCY, prompt="b", video=CLIP).wait(20)
    time.sleep(2.5)  # two looks
    assert wall.page.count('data-kind="video"') == 1
    look(150, "a tab")
    until(lambda: wall.page.count('data-kind="video"') == 2)
    app.close()


class Failing:
    """An experiment whose runs cannot be seen for a while."""

    def __init__(self, exp):
        self.exp, self.name, self.log, self.error = exp, exp.name, exp.log, None

    def wall(self):
        if self.error:
            raise self.error
        return self.exp.wall()

    def compare(self):
        return self.exp.compare()


def test_what_stops_it_is_said(exp):
    """On the page; once it can be seen again it goes on, and misses nothing."""
    views = Failing(exp)
    app = App(exp.launcher(LUCY), views)
    views.error = pixnb.LogError("The log is locked.")
    exp.submit(LUCY, prompt="a", video=CLIP).wait(20)
    until(lambda: app.children[1].text == "The log is locked.")
    views.error = None
    until(lambda: not app.children[1].text and cards(app)[0].page.count('data-kind="video"') == 1)
    app.close()


def test_it_shows_itself(exp):
    """As a widget, and where a notebook is read without its kernel by what its runs look like."""
    app = exp.app(LUCY)
    assert "run the cell to use it" in app._repr_mimebundle_()["text/html"]
    exp.submit(LUCY, prompt="a", video=CLIP).wait(20)
    made = app._repr_mimebundle_()
    assert "wall-grid" in made["text/html"]
    assert "run the cell to use it" in made["text/html"]
    assert {"application/vnd.jupyter.widget-view+json", "image/png"} < set(made)
    assert made["text/plain"] == repr(app) == f"<App of {exp.name!r}>"
    with pytest.raises(AttributeError, match=r"app\.launcher has it"):
        app.fill(prompt="b")
    with pytest.raises(pixnb.ModelNotFound):
        exp.app("no-such-model")
    app.close()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("HERE/pixnb-data/assets/ab/cd.mp4 is gone", "…/cd.mp4 is gone"),
        ("the log sqlite:///TMP/x/log.db cannot be written", "the log sqlite:///…/log.db cannot be written"),
        ("[Errno 13] Permission denied: '/etc/ssl/a.mp4'", "[Errno 13] Permission denied: '…/a.mp4'"),
        ("file:///etc/ssl/a.mp4", "file://…/a.mp4"),
        ("HOME/a b.mp4", "…/a b.mp4"),
        ("HOME/clips/a.mp4, /etc/b", "…/a.mp4, …/b"),
        # what is none of this machine's
        ("https://example.org/etc/ssl/a.mp4", "https://example.org/etc/ssl/a.mp4"),
        ("turn left/right and/or /imagine/this/now", "turn left/right and/or /imagine/this/now"),
        ("/user/x/voila/render/a.ipynb", "/user/x/voila/render/a.ipynb"),
        ("data:image/jpeg;base64,/9j/4AAQ/x", "data:image/jpeg;base64,/9j/4AAQ/x"),
        ("Nothing was sent.", "Nothing was sent."),
    ],
)
def test_visitors_are_told_no_folder(monkeypatch, tmp_path, text, told):
    """By a sentence, an error line, a page, a film; who runs the process is told all of it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    text = text.replace("HERE", str(tmp_path / "here")).replace("HOME", str(Path.home())).replace("TMP", str(tmp_path))
    assert visitors.hide_folders(text) == text
    monkeypatch.setenv("SERVER_SOFTWARE", VOILA)
    assert visitors.hide_folders(text) == told
    line = ErrorLine()
    line.say(text)
    assert html.escape(told) in line.value
    page = Enhanced("<div class='pixnb'></div>", [], "Boolean", Films({}))
    page.say(text)
    assert page.error == told
    assert Film(why=text).parts[0]["why"] == told


def test_a_field_names_a_file_without_its_folder(monkeypatch, tmp_path):
    """What it holds is still that file; two of one name stay two; below the working folder nothing is hidden."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SERVER_SOFTWARE", VOILA)
    spec = next(spec for spec in specs(pixnb.models[LUCY]) if spec.role == "video")
    field = MediaField(spec, pixnb.Log(tmp_path / "log.db").assets)
    for folder, shown in (("a", "…/clip.mp4"), ("b", "……/clip.mp4"), ("a", "…/clip.mp4"), ("here", "clip.mp4")):
        field.fill(tmp_path / folder / "clip.mp4")
        assert field.control.value == shown
        assert field.value in (str(tmp_path / folder / "clip.mp4"), "clip.mp4")
    monkeypatch.delenv("SERVER_SOFTWARE")
    assert short(tmp_path / "a" / "clip.mp4") == str(tmp_path / "a" / "clip.mp4")
