"""Judge mode in a real browser: blind, by keys alone, in step, and its votes in the log."""

from __future__ import annotations

import json
import urllib.parse

import pytest
import real_lab
from ballots import clips
from judge_page import write_judge_page
from make_media import make_video

import pixnb
from pixnb.log.log import Log
from pixnb.votes.file import report_id
from pixnb.votes.page import judge_data
from pixnb.votes.pairs import clips_of

pytestmark = pytest.mark.browser

PROMPTS = ("a red coat", "a blue coat", "a green coat")
READY = "document.querySelector('.judge-choice')?.disabled === false"
SIDES = "[...document.querySelectorAll('.judge-clip:not(.source) :is(video, img)')].map(film => film.src)"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Six small clips of a second, a source, an upright one."""
    folder = tmp_path_factory.mktemp("films")
    made = {n: make_video(folder / f"{n}.mp4", size=(160, 90), frames=20 + n, noise=True) for n in range(1, 7)}
    made["source-1"] = make_video(folder / "source.mp4", size=(160, 90), frames=24)
    return made


@pytest.fixture
def exp(tmp_path):
    """An experiment of three wordings; its log is closed afterwards."""
    with Log(tmp_path / "log.db") as log:
        clips(log, PROMPTS, (1,))
        yield pixnb.Experiment("coats", log=log)


@pytest.fixture
def judge(browser, exp, films, tmp_path):
    """Opens a page that judges the experiment's clips; an error in any script fails the test."""
    contexts, problems = [], []

    def opened(theme="light", options=None, more=(), **given):
        frame = exp.frame()
        ids = list(frame["run_id"])
        about = {"report": report_id(exp.log.id, ids), "log": exp.log.id, "experiment": "coats", "mailto": "a@b.org"}
        about |= {"numbers": {run: n for n, run in enumerate(ids, 1)}, "sources": dict.fromkeys(ids, "source-1")}
        records = frame.assign(**{"input.video": "bunny.mp4"}).to_dict("records")
        data = judge_data(clips_of(records), **{**about, **given})
        path = write_judge_page(tmp_path / "judge.html", data, {**films, **dict(more)}, theme)
        if not contexts:
            contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **(options or {})}))
        page = contexts[0].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def begin(page, name="Ann"):
    """Give a name, and wait for the first pair."""
    page.fill("#judge-name", name)
    page.keyboard.press("Enter")
    page.wait_for_function(READY)


def press(page, *keys):
    """Answer one pair after the other."""
    for key in keys:
        page.wait_for_function(READY)
        page.keyboard.press(key)


def downloaded(page, tmp_path, words="Download your votes"):
    """Press the button, and give the file."""
    with page.expect_download() as got:
        page.get_by_role("button", name=words).press("Enter")
    path = tmp_path / got.value.suggested_filename
    got.value.save_as(path)
    return path


def test_three_pairs_by_keys_alone(judge, exp, tmp_path):
    """From the name to the file, which the log takes; who won is who was chosen."""
    page = judge()
    page.keyboard.press("Tab")
    page.keyboard.type("  Änn\tB. ")
    page.keyboard.press("Enter")
    page.wait_for_function(READY)
    films = page.evaluate("JSON.parse(document.getElementById('films').textContent)")
    number = {uri: n for n, uri in films.items()}
    ids = list(exp.frame()["run_id"])
    shown = []
    for key in ("ArrowLeft", "=", "ArrowRight"):
        page.wait_for_function(READY)
        assert page.locator(".judge-count").inner_text() == f"{len(shown) + 1} of 3"
        shown.append([ids[int(number[src]) - 1] for src in page.evaluate(SIDES)])
        page.keyboard.press(key)
    page.wait_for_selector(".judge.end")
    path = downloaded(page, tmp_path)
    told = exp.import_votes(path)
    assert told["votes"].tolist() == [3]
    assert told["voter"][0].startswith("Änn B.-")
    assert path.name.startswith("pixnb-votes-Änn-B-")
    found = exp.frame().set_index("run_id")
    assert found["votes.of"].to_dict() == dict.fromkeys(ids, 2)
    won = [shown[0][0], shown[2][1]]
    assert found["votes.won"].to_dict() == {run: won.count(run) for run in ids}


@pytest.mark.slow
def test_nothing_tells_which_is_which(judge, exp):
    """No prompt, model, run or number stands in what is seen or read out; sides differ between voters."""
    page = judge()
    begin(page)
    for key in ("ArrowLeft", "s", "ArrowRight"):
        page.wait_for_function(READY)
        said = page.evaluate(
            """() => [...document.querySelectorAll("#judge, #judge *")].flatMap(one => [one.innerText ?? "",
            ...[...one.attributes].filter(({ name }) => name !== "src").map(({ value }) => value)]).join(" ")"""
        )
        for word in ("coat", "lucy", "pixazo", *exp.frame()["run_id"]):
            assert word not in said
        page.keyboard.press(key)
    seen = set()
    for n in range(8):
        page.evaluate("localStorage.clear()")
        page.reload()
        begin(page, f"voter {n}")
        seen.add(tuple(page.evaluate(SIDES)))
    assert len({frozenset(pair) for pair in seen}) > 1  # another order
    assert any(pair[::-1] in seen for pair in seen)  # another side


@pytest.mark.slow
def test_stop_and_go_on(judge, exp, tmp_path):
    """Undo, skip, leave, come back: what was said stays, skipped pairs come again when asked for."""
    page = judge()
    begin(page)
    first = page.evaluate(SIDES)
    press(page, "ArrowLeft", "u")
    page.wait_for_function(READY)
    assert page.evaluate(SIDES) == first
    press(page, "s", "ArrowDown", "Escape")
    page.wait_for_selector(".judge.start")
    assert page.evaluate("window.left") == 1
    assert "2 of 3" in page.locator("#judge").inner_text()
    assert json.loads(downloaded(page, tmp_path, "Download what you have").read_text())["votes"][0]["choice"] == "tie"
    page.reload()
    page.get_by_role("button", name="Go on").press("Enter")
    press(page, "ArrowRight")
    page.wait_for_selector(".judge.end")
    assert "2 of 3 pairs, 1 skipped" in page.locator("#judge").inner_text()
    page.get_by_role("button", name="Judge the skipped ones").press("Enter")
    page.wait_for_function(READY)
    assert page.evaluate(SIDES) == first
    press(page, "ArrowLeft")
    page.wait_for_selector(".judge.end")
    assert exp.import_votes(downloaded(page, tmp_path))["votes"].tolist() == [3]


@pytest.mark.slow
def test_a_mail_brings_the_votes(judge, exp):
    """Its text is what `import_votes(text=)` takes."""
    page = judge()
    begin(page, "Ann & Ben")
    press(page, "ArrowLeft", "ArrowDown", "ArrowRight")
    link = urllib.parse.urlsplit(page.get_by_role("link", name="Send by mail").get_attribute("href"))
    fields = urllib.parse.parse_qs(link.query)
    assert (link.scheme, link.path) == ("mailto", "a@b.org")
    assert exp.import_votes(text=fields["body"][0])["votes"].tolist() == [3]
    assert exp.frame()["votes.of"].sum() == 6


@pytest.mark.slow
def test_many_votes_do_not_fit_into_a_mail(judge, exp):
    """Then the mail asks for the file, and says which."""
    clips(exp.log, [f"coat {n}" for n in range(20)], (2,))
    page = judge(most=180)
    report = page.evaluate("JSON.parse(document.getElementById('data').textContent)")
    said = [{"pair": one["pair"], "choice": "tie", "seconds": 1} for one in report["pairs"]]
    key = f"pixnb-judge:{report['report']}:{report['seed']}"
    page.evaluate("([key, said]) => localStorage.setItem(key, JSON.stringify({ voter: 'v', said }))", [key, said])
    page.reload()
    page.get_by_role("button", name="See the end").press("Enter")
    link = page.get_by_role("link", name="Write the mail").get_attribute("href")
    assert len(link) < 1800
    assert "pixnb-votes-v.json" in urllib.parse.unquote(link)


@pytest.mark.slow
def test_clips_that_cannot_be_shown(judge, exp, films, tmp_path):
    """It says why as text; such a pair can only be skipped."""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    page = judge(numbers={run: n for n, run in zip((1, 98, 99), exp.frame()["run_id"], strict=True)}, more={99: broken})
    page.fill("#judge-name", "x")
    page.keyboard.press("Enter")
    said = ""
    for _ in range(3):
        page.wait_for_selector(".judge-why")
        said += page.locator(".judge-stage").inner_text()
        assert page.locator(".judge-choice:disabled").count() == 3
        page.keyboard.press("ArrowLeft")
        count = page.locator(".judge-count").inner_text()
        page.keyboard.press("s")
        page.wait_for_function(f"document.querySelector('.judge-count')?.innerText !== '{count}'")
    page.wait_for_selector(".judge.end")
    assert "It failed: <b>no</b> clip." in said
    assert "This clip cannot be shown." in said
    assert page.locator(".judge-main").count() == 0


@pytest.mark.slow
def test_films_play_in_step(judge):
    """The source too, over and over; space stops them at one frame; who wants calm begins them by hand."""
    page = judge()
    begin(page)
    page.wait_for_function("[...document.querySelectorAll('.judge video')].every(film => !film.paused)")
    page.wait_for_timeout(1500)
    assert page.locator(".judge video").count() == 3
    page.keyboard.press(" ")
    page.wait_for_function("[...document.querySelectorAll('.judge video')].every(film => film.paused && !film.seeking)")
    times = page.evaluate("[...document.querySelectorAll('.judge video')].map(film => film.currentTime)")
    assert max(times) - min(times) < 0.03
    assert page.locator(".judge-play").inner_text() == "Play"
    muted = []
    for _ in range(3):
        page.keyboard.press("m")
        muted.append(page.evaluate("[...document.querySelectorAll('.judge video')].map(film => film.muted)"))
    assert muted == [[True, False, True], [True, True, False], [True, True, True]]
    page.keyboard.press("m")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(READY)
    assert page.get_by_role("button", name="Sound: A").count() == 1
    assert not page.evaluate("document.querySelector('.judge-clip.left video').muted")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.get_by_role("button", name="Go on").press("Enter")
    page.wait_for_function(READY)
    page.wait_for_timeout(300)
    assert page.evaluate("[...document.querySelectorAll('.judge video')].every(film => film.paused)")
    page.get_by_role("button", name="Play").press(" ")
    page.wait_for_function("[...document.querySelectorAll('.judge video')].every(film => !film.paused)")


@pytest.mark.slow
def test_prompts_are_shown_where_asked(judge, exp):
    """Both wordings in an order that says nothing; HTML in them is text."""
    frame = exp.frame()
    prompts = dict(zip(frame["run_id"], ["<b>red</b>", "blue", "blue"], strict=True))
    page = judge(prompts=prompts, sources=None)
    begin(page)
    found = set()
    for _ in range(3):
        page.wait_for_function(READY)
        found.add(tuple(page.locator(".judge-prompt").all_inner_texts()))
        page.keyboard.press("ArrowLeft")
    assert found == {("<b>red</b>", "blue"), ("blue",)}


@pytest.mark.slow
def test_without_storage(judge, exp, tmp_path):
    """A browser that keeps nothing lets one judge all the same."""
    page = judge()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    page.reload()
    begin(page, "")
    press(page, "ArrowLeft", "ArrowLeft", "ArrowLeft")
    page.wait_for_selector(".judge.end")
    told = exp.import_votes(downloaded(page, tmp_path))
    assert told["votes"].tolist() == [3]
    assert told["voter"][0].startswith("voter-")


@pytest.mark.slow
def test_keys_are_its_own_only_where_it_is_seen(judge):
    """Not with Ctrl, not while one writes elsewhere, not when it is hidden or gone."""
    page = judge()
    begin(page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input id=other>')")
    page.focus("#other")
    page.keyboard.type("s=u")
    assert page.input_value("#other") == "s=u"
    page.focus(".judge")
    page.keyboard.press("Control+s")
    page.evaluate("document.getElementById('judge').hidden = true")
    page.keyboard.press("ArrowLeft")
    page.evaluate("document.getElementById('judge').hidden = false")
    assert page.locator(".judge-count").inner_text() == "1 of 3"
    page.evaluate("window.unmount()")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#judge").inner_text() == ""


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 400, 800])
def test_by_touch_on_a_narrow_screen(judge, width):
    """Nothing runs over the side, the answers are in view, and a finger's size."""
    page = judge(options={"viewport": {"width": width, "height": 700}, "has_touch": True})
    begin(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in (one.bounding_box() for one in page.locator(".judge-choice").all()):
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 700
    page.get_by_role("button", name="B is better").tap()
    page.wait_for_function("document.querySelector('.judge-count')?.innerText === '2 of 3'")


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(judge, theme):
    """At the beginning, at a pair, at the end."""
    page = judge(theme, options={"color_scheme": theme})

    def look():
        assert real_lab.find_faults(page) == []

    look()
    begin(page)
    look()
    press(page, "ArrowLeft", "s", "ArrowRight")
    page.wait_for_selector(".judge.end")
    look()


def test_options_that_cannot_be(exp):
    """Nothing to judge, odd questions, addresses, seeds and numbers are refused at the call."""
    frame = exp.frame()
    found = clips_of(frame.to_dict("records"))
    about = {"report": "r", "log": exp.log.id, "numbers": {run: n for n, run in enumerate(frame["run_id"])}}
    for wrong in (
        {"question": ""},
        {"question": "x" * 301},
        {"question": None},
        *({"most": most} for most in (0, -1, 1001, True, "3")),
        *({"mailto": mailto} for mailto in ("", "ann", "a@b?cc=c@d", "a@b,c@d", "a b@c", "<a@b>", 3)),
        *({"seed": seed} for seed in (-1, 2**32, 1.5, True, "7")),
    ):
        with pytest.raises(pixnb.InvalidInput):
            judge_data(found, **about, **wrong)
    with pytest.raises(pixnb.InvalidInput, match="runs of a log"):
        judge_data(found, **about | {"log": ""})
    with pytest.raises(pixnb.InvalidInput, match="nothing to judge"):
        judge_data(found[:1], **about)
