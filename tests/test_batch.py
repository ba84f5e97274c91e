"""Several runs from one form: prompts one a line, values for places, seeds, repeats; planned, asked, stopped."""

from __future__ import annotations

import json

import pytest
from fake_pixazo import FakePixazo
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import until
from test_launcher import all_in, experiment, named, said

import pixnb
from pixnb import placeholders
from pixnb.status import JobStatus
from pixnb.widgets import prompts
from pixnb.widgets.batch import MOST, Batch

LUCY = "lucy-edit-fast"
CLIP = "https://example.org/clip.mp4"
NAMES = st.from_regex(r"[^\W\d]\w{0,5}", fullmatch=True).filter(str.isidentifier)
TEXTS = st.lists(st.one_of(st.text(), NAMES.map("{{{}}}".format), st.sampled_from(["{", "}", "{{", "}}", '{"a": 1}'])))


@pytest.fixture
def real():
    """A service that is no sandbox: its money is real."""
    return FakePixazo(sandbox=False, polls=0)


@settings(max_examples=50)
@given(TEXTS.map("".join))
def test_a_text_that_is_escaped_has_no_places_and_says_itself(text):
    """So that a run's prompt can be written into the form whatever is in it."""
    written = placeholders.escape(text)
    assert placeholders.find_places(written) == []
    assert placeholders.write_plain(written) == text


@settings(max_examples=50)
@given(TEXTS.map("".join))
def test_a_template_says_what_the_prompt_says(text):
    """Braces that are no places stay what they are, as in a prompt without places."""
    names = placeholders.find_places(text)
    made = prompts.make_template(text, {name: ["x", "y"] for name in names})
    assert len(made) == 2 ** len(names)
    first = next(iter(made)).prompt
    assert first == "".join(words + "x" * bool(name) for words, name in placeholders._parse(text))


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), unique=True))
def test_values_are_read_as_they_were_joined(values):
    """Commas and quotes within one are kept."""
    values = [value for value in values if "\r" not in value]
    assert prompts.split_values(prompts.join_values(values)) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("red, blue", ["red", "blue"]),
        (" red ,, blue , ", ["red", "blue"]),
        ('"red, like wine", blue', ["red, like wine", "blue"]),
        ('a 5" ring, b', ['a 5" ring', "b"]),
        ('"open, b', ['"open', "b"]),
        ('say ""hi"", b', ['say ""hi""', "b"]),
        ("red\nblue", ["red", "blue"]),
        ("red, red", ["red"]),
        ("أحمر، أزرق", ["أحمر", "أزرق"]),
        ("红色，蓝色、绿色", ["红色", "蓝色", "绿色"]),
        ("", []),
        (" , ", []),
        ('""', []),
    ],
)
def test_a_list_of_values(text, values):
    """Apart by any script's commas or by lines; what is empty or there already is left out."""
    assert prompts.split_values(text) == values


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("\n \n", 0), ("one", 1), ("one\r\ntwo\r\rthree", 3), ("one\none", 1), ("אחת\nשתיים", 2)],
)
def test_prompts_one_a_line(text, count):
    """Empty lines and repeated ones are none."""
    assert len(prompts.split_prompts(text, each_line=True)) == count


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a {colour} {garment}, {colour}", ["colour", "garment"]),
        ("{{colour}} and {1} and { x } and {}", []),
        ('{"scene": {"light": "{hour}"}}', ["hour"]),
        ("{צבע} {цвет}", ["צבע", "цвет"]),
        ("{class} {self}", ["class", "self"]),
    ],
)
def test_which_braces_are_places(text, names):
    """A name in braces is; JSON, numbers and doubled braces are text."""
    assert placeholders.find_places(text) == names


def launcher_with(exp, prompt, **values):
    launcher = exp.launcher(LUCY).fill(prompt=prompt, video=CLIP)
    for name, value in values.items():
        named(launcher, name).value = value
    return launcher


def button(launcher):
    (found,) = [one for one in all_in(launcher) if "pixnb-launch" in getattr(one, "_dom_classes", ())]
    return found


def ready(launcher, text):
    until(lambda: button(launcher).description == text)
    return button(launcher)


def places(launcher):
    return [one.description for one in all_in(launcher) if getattr(one, "description", "").startswith("{")]


def test_a_batch_is_planned_priced_and_sent_once(exp):
    """Lines × values: the plan stands before anything is sent, a second press pays nothing, the log has a sweep."""
    launcher = launcher_with(exp, "A {colour} coat\nA hat")
    assert places(launcher) == ["{colour}"]
    (switch,) = [one for one in all_in(launcher) if "one prompt a line" in getattr(one, "description", "")]
    switch.value = True
    named(launcher, "{colour}").value = "red, blue"
    press = ready(launcher, "Launch 3 · $0.60")
    assert "3 to send (about $0.60" in said(launcher)
    assert "A red coat" in said(launcher)
    assert len(exp.frame()) == 0
    press.click()
    press.click()
    until(lambda: "of 3 done" in said(launcher))
    (sweep,) = exp.sweeps
    assert [cell.request.params["prompt"] for cell in sweep.cells] == ["A red coat", "A blue coat", "A hat"]
    sweep.wait(20)
    until(lambda: "3 of 3 done" in said(launcher))
    until(lambda: "All 3 are there already" in said(launcher))
    ready(launcher, "Launch").click()
    until(lambda: "Nothing to send. All 3 are there already" in said(launcher))
    frame = exp.frame()
    assert sorted(frame["prompt"]) == ["A blue coat", "A hat", "A red coat"]
    assert frame.set_index("prompt")["vars.colour"].dropna().to_dict() == {"A blue coat": "blue", "A red coat": "red"}
    line = launcher.code()
    assert line == (
        f'exp.sweep("{LUCY}", prompt=[pixnb.Template("A {{colour}} coat", colour=["red", "blue"]), "A hat"], '
        f'video="{CLIP}")'
    )
    again = eval(line, {"exp": exp, "pixnb": pixnb}).wait(20)
    assert [cell.fate for cell in again.cells] == ["reused"] * 3


def test_a_press_before_the_plan_shows_it_first(exp):
    """Nobody pays for a batch whose price was not on the page; a program that launches says that it means it."""
    launcher = launcher_with(exp, "A hat")
    named(launcher, "repeats").value = 2
    ready(launcher, "Launch 2 · $0.40")
    launcher._desk._checkout.launch.description = ""
    launcher.fill(prompt="A coat")
    button(launcher).click()
    assert len(exp.frame()) == 0 or exp.frame()["prompt"].eq("A coat").all()
    launcher.fill(prompt="A scarf")
    assert [run.take for run in launcher.launch().result(20).wait(20).runs] == [1, 2]


@pytest.mark.parametrize(
    ("prompt", "values", "problem"),
    [
        ("A {colour} coat", {}, "{colour} needs its values, such as: red, blue."),
        ("A {colour} coat", {"{colour}": " , "}, "{colour} needs its values"),
        ("A {colour} coat", {"{colour}": ",".join(map(str, range(MOST + 1)))}, "These are 501 runs"),
        ("A {a} {b} {c}", dict.fromkeys(["{a}", "{b}", "{c}"], ",".join(map(str, range(100)))), "1,000,000 runs"),
        ("A {colour} coat", {"{colour}": "red, blue", "repeats": 251}, "These are 502 runs"),
    ],
)
def test_what_is_no_batch_is_refused_in_words(exp, prompt, values, problem):
    """At its place, with what to do, and nothing is sent; the words go when it is mended."""
    launcher = launcher_with(exp, prompt, **values)
    assert isinstance(launcher.launch().exception(5), pixnb.InvalidInput)
    assert problem in said(launcher)
    assert "Nothing was sent. See the field" in said(launcher)
    launcher.fill(prompt="A {{colour}} coat")
    named(launcher, "repeats").value = 1
    assert "Nothing was sent" not in said(launcher)
    assert launcher.launch().result(20).params["prompt"] == "A {colour} coat"


def test_lines_stay_one_prompt_unless_it_is_said(exp):
    """A prompt may have lines; two thousand of them are counted, not sent."""
    launcher = launcher_with(exp, "A coat\nin the rain")
    assert launcher.launch().result(20).params["prompt"] == "A coat\nin the rain"
    launcher.fill(prompt="\n".join(f"Coat {n}" for n in range(2000)))
    (switch,) = [one for one in all_in(launcher) if "one prompt a line" in getattr(one, "description", "")]
    assert switch.description == "one prompt a line: 2000 prompts"
    switch.value = True
    assert isinstance(launcher.launch().exception(5), pixnb.InvalidInput)
    assert "These are 2,000 runs, and a batch has at most 500." in said(launcher)


def test_several_seeds(log):
    """Apart by commas they are an axis; each is checked, and the line has them as a list."""
    exp = pixnb.Experiment("coats", log=log, client=pixnb.Client(keys={"decart": "k"}, sandbox=False))
    launcher = exp.launcher("lucy-pro-t2i").fill(prompt="A lake")
    named(launcher, "seed").value = "1, 2, x"
    assert "seed must be a whole number" in launcher._desk._form["seed"].problem
    named(launcher, "seed").value = "1, 2, 3"
    assert launcher.params["seed"] == [1, 2, 3]
    assert launcher.code() == 'exp.sweep("lucy-pro-t2i", prompt="A lake", seed=[1, 2, 3])'
    named(launcher, "seed").value = "7"
    assert launcher.code() == 'exp.submit("lucy-pro-t2i", prompt="A lake", seed=7, take=1)'


@pytest.mark.parametrize("name", ["class", "цвет", "ﬁ", "self", "text", "prompt"])
def test_the_code_of_any_place_runs(exp, name):
    """Also of a name that is a word of Python's, or that Python reads as another."""
    launcher = launcher_with(exp, f'A {{{name}}} "coat"', **{f"{{{name}}}": 'red, "a, b"'})
    line = launcher.code().removesuffix(")") + ", dry_run=True)"
    made = eval(line, {"exp": exp, "pixnb": pixnb})
    assert [cell.request.params["prompt"] for cell in made.cells] == ['A red "coat"', 'A a, b "coat"']
    assert [cell.request.vars for cell in made.cells] == [{name: "red"}, {name: "a, b"}]


@pytest.mark.parametrize(
    ("written", "sent"),
    [("a {{colour}} coat", "a {colour} coat"), ('{"light": 1} {{a}}', '{"light": 1} {a}'), ("a {} {{}}", "a {} {{}}")],
)
def test_braces_that_are_meant_go_in_a_batch_too(exp, written, sent):
    """As a single run sends them, and the line that is copied does."""
    launcher = launcher_with(exp, written, repeats=2)
    line = launcher.code()
    assert line.startswith("exp.sweep(")
    made = eval(line.removesuffix(")") + ", dry_run=True)", {"exp": exp, "pixnb": pixnb})
    assert [cell.request.params["prompt"] for cell in made.cells] == [sent] * 2
    assert (
        launcher_with(exp, written).code()
        == f"exp.submit({json.dumps(LUCY)}, prompt={json.dumps(sent)}, video={json.dumps(CLIP)}, take=1)"
    )


def asking(launcher):
    (box,) = [one for one in all_in(launcher) if "pixnb-asking" in getattr(one, "_dom_classes", ())]
    return box


@pytest.mark.parametrize("repeats", [1, 3], ids=["single", "batch"])
def test_what_is_dear_is_confirmed_first(log, real, monkeypatch, repeats):
    """A run or a batch above the limit waits; a change takes the question away; two clicks on Confirm pay once."""
    monkeypatch.setenv("PIXNB_CONFIRM_ABOVE", "0.10")
    exp = experiment(real, log)
    launcher = launcher_with(exp, "A coat", repeats=repeats)
    press = ready(launcher, "Launch" if repeats == 1 else "Launch 3 · $0.60")
    press.click()
    until(lambda: asking(launcher).layout.display == "")
    assert "above $0.10 (PIXNB_CONFIRM_ABOVE)" in said(launcher)
    launcher.fill(prompt="A hat")
    assert (asking(launcher).layout.display, real.posts) == ("none", [])
    ready(launcher, "Launch" if repeats == 1 else "Launch 3 · $0.60").click()
    until(lambda: asking(launcher).layout.display == "")
    (confirm,) = [one for one in asking(launcher).children if "pixnb-confirm" in one._dom_classes]
    assert confirm.description == ("Confirm $0.20" if repeats == 1 else "Confirm $0.60")
    confirm.click()
    confirm.click()
    until(lambda: len(real.posts) == repeats)
    assert {post["prompt"] for post in real.posts} == {"A hat"}
    error = exp.launcher(LUCY).fill(prompt="A scarf", video=CLIP).launch().exception(20)
    assert "launch(confirm=True) sends it" in str(error)
    exp.launcher(LUCY).fill(prompt="A scarf", video=CLIP).launch(confirm=True).result(20)
    assert len(exp.frame()) == len(real.posts) == repeats + 1


def test_the_unsent_of_a_batch_can_be_cancelled(log, monkeypatch):
    """What was sent is seen through to its end, the rest costs nothing."""
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=1")
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    launcher = launcher_with(exp, "[held] a coat", repeats=3)
    ready(launcher, "Launch 3 · $0.60").click()
    until(lambda: len(service.posts) == 1)
    until(lambda: "2 unsent" in said(launcher))
    named(launcher, "Cancel all unsent").click()
    until(lambda: "2 unsent dropped for nothing, 1 sent seen through" in said(launcher))
    service.released.set()
    (sweep,) = exp.sweeps
    sweep.wait(20)
    assert sorted(str(cell.status) for cell in sweep.cells) == ["CANCELLED", "CANCELLED", "COMPLETED"]
    assert len(service.posts) == 1
    assert exp.runs[0].status is JobStatus.COMPLETED


def test_a_batch_that_is_wrong_says_so_at_its_field(exp, tmp_path):
    """A file that is missing is found by the plan, behind, and named at its field."""
    launcher = launcher_with(exp, "A hat", repeats=2).fill(video=str(tmp_path / "missing.mp4"))
    until(lambda: "missing.mp4" in launcher._desk._form["video_url"].problem)
    button(launcher).click()
    until(lambda: "See the field video_url." in said(launcher))
    assert len(exp.frame()) == 0


def test_a_batch_counts_before_it_makes_anything():
    """A product that no memory holds is refused at once."""
    names = [f"p{n}" for n in range(30)]
    batch = Batch(
        pixnb.models.get(LUCY),
        {"prompt": " ".join(f"{{{name}}}" for name in names)},
        factors=dict.fromkeys(names, tuple(map(str, range(100)))),
    )
    assert batch.count == 100**30
    with pytest.raises(pixnb.InvalidInput, match="a batch has at most 500"):
        batch.check()
