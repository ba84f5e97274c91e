"""What is said is harmless and never breaks the work; what a person gets wrong is answered in a sentence of ours."""

from __future__ import annotations

import copy
import io
import logging
import os
import pickle
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from served import tiny_clip

import pixnb
from pixnb.announcing import announce
from pixnb.living import Guessed
from pixnb.project import locate
from pixnb.terminal import get_logger, legible, say

STEERING = [
    *("\x1b[2J", "\x1b]0;title\x07", "\x07", "\x9b31m", "\x7f", "\r"),
    *("\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\ud83d"),
]
MODEL = "lucy-edit-fast"


def is_harmless(text):
    """Whether nothing in a text steers a terminal."""
    return all(letter.isprintable() or letter in "\n\t" for letter in text) and text == legible(text)


def clip():
    """A clip that is quick to send, render and show."""
    return pixnb.Media(tiny_clip())


@pytest.fixture(scope="module")
def exp(tmp_path_factory):
    """An experiment in the sandbox, with a run that is done."""
    data = tmp_path_factory.mktemp("words")
    client = pixnb.Client(sandbox=pixnb.Sandbox(data / "sandbox", speed=50, draft=True), store=data / "assets")
    with pixnb.Log(data / "log.db") as log:
        exp = pixnb.Experiment("coats", log=log, client=client)
        exp.submit(MODEL, prompt="A red coat", video=clip()).wait(60)
        yield exp


@pytest.mark.parametrize("sign", STEERING, ids=ascii)
def test_what_steers_a_terminal_is_shown_as_a_sign(exp, sign, caplog):
    """In errors, logs, texts, tables and reprs."""
    assert is_harmless(str(pixnb.InvalidInput(f"a{sign}b")))
    assert is_harmless(repr(exp.client.job("pixazo", f"a{sign}b")))
    assert is_harmless(repr(pixnb.Media(f"a{sign}b.mp4")))
    with pytest.raises(pixnb.InvalidInput) as raised:
        pixnb.Media(f"a{sign}b.mp4").bytes()
    assert is_harmless(str(raised.value))
    with caplog.at_level(logging.WARNING):
        try:
            raise ValueError(f"a{sign}b")
        except ValueError:
            get_logger("pixnb.words").exception("lost %s", f"a{sign}b")
    assert is_harmless(caplog.text)
    if sign != "\ud83d":  # that no log keeps
        odd = pixnb.Experiment(f"a{sign}b", log=exp.log, client=exp.client)
        assert is_harmless(repr(odd))
        run = odd.submit(MODEL, prompt=f"x{sign}y", video=clip(), note=f"n{sign}", tags=[f"t{sign}"])
        for shown in (run, odd, odd.compare()):
            assert is_harmless(shown._repr_mimebundle_()["text/plain"])
            assert is_harmless(repr(shown))


class Gone(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


def closed():
    """A stream that is closed."""
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize(
    "stream",
    [None, Gone(), closed(), object(), io.TextIOWrapper(io.BytesIO(), "ascii")],
    ids=lambda found: type(found).__name__,
)
def test_saying_never_raises(stream, monkeypatch):
    """Whatever state a stream is in."""
    say("5 × 2 – Zoë \x1b[2J", stream)
    monkeypatch.setattr(sys, "stdout", stream)
    announce(f"said to {id(stream)}")


@pytest.mark.parametrize(
    ("redirection", "variables"),
    [
        (">&- 2>&-", {}),
        pytest.param(">&-", {}, marks=pytest.mark.slow),
        pytest.param("2>&-", {}, marks=pytest.mark.slow),
        pytest.param("| true", {}, marks=pytest.mark.slow),
        pytest.param(">/dev/full", {}, marks=pytest.mark.slow),
        pytest.param("| cat", {"PYTHONIOENCODING": "ascii"}, marks=pytest.mark.slow),
        ("2>&1 | cat", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
)
def test_the_work_goes_on_without_a_terminal(tmp_path, redirection, variables):
    """A process whose output leads nowhere does its work and ends well."""
    code = "import pixnb; e = pixnb.Experiment('Zo\\xeb'); e.compare().save('t.txt')"
    line = f'set -o pipefail; "{sys.executable}" -c "{code}" {redirection}'
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env={**os.environ, "PIXNB_DATA": str(tmp_path), **variables},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "t.txt").read_text() == "No runs yet.\n"


def test_a_visitor_of_a_page_is_told_no_path(monkeypatch, capsys):
    """Voila shows what is printed to whoever opens the page."""
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    announce("the log is /home/ann/log.db", private=True)
    announce("all is simulated")
    assert capsys.readouterr().out == "pixnb: all is simulated\n"


BAD = "cut \ud83d"
TEXTS = {
    "name": lambda exp: pixnb.Experiment(BAD, log=exp.log, client=exp.client),
    "note": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), note=BAD),
    "tag": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), tags=[BAD]),
    "tag's value": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), tags={"a": BAD}),
    "extra": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), extra={"x": BAD}),
    "extra's name": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), extra={BAD: 1}),
    "no mapping": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), extra=[1]),
    "prompt": lambda exp: exp.submit(MODEL, prompt=BAD, video=clip()),
    "parameter": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), **{"a\udcff": 1}),
    "key": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), idempotency_key=BAD),
    "key of two lines": lambda exp: exp.submit(MODEL, prompt="a", video="a.mp4", idempotency_key="a\r\nX: y"),
    "number for a note": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), note={"a": 1}),
    "number for tags": lambda exp: exp.submit(MODEL, prompt="a", video=clip(), tags=5),
    "file": lambda exp: exp.submit(MODEL, prompt="a", video=BAD + ".mp4"),
    "later note": lambda exp: exp.runs[0].note(BAD),
    "later tag": lambda exp: exp.runs[0].tag(BAD),
    "metric's name": lambda exp: exp.runs[0].log_metric(BAD, 1.0),
    "metric": lambda exp: exp.runs[0].log_metric("a", "good"),
    "metric NaN": lambda exp: exp.runs[0].log_metric("a", float("nan")),
    "metric's size": lambda exp: exp.runs[0].log_metric("a", 10**400),
    "run": lambda exp: exp.run(BAD),
    "user": lambda exp: exp.resume(user=BAD),
    "frame": lambda exp: exp.log.frame(BAD),
    "budget": lambda exp: pixnb.Experiment("b", log=exp.log, client=exp.client, budget={BAD: 5}),
    "log": lambda exp: pixnb.Log(BAD),
    "log with NUL": lambda exp: pixnb.Log("a\0b"),
    "save": lambda exp: pixnb.sample("video").save(BAD),
    "save with NUL": lambda exp: pixnb.sample("video").save("a\0b"),
    "table": lambda exp: exp.compare().save(BAD),
    "excel": lambda exp: exp.frame().pixnb.to_excel(BAD),
}


@pytest.mark.parametrize("call", TEXTS.values(), ids=TEXTS)
def test_a_text_that_nothing_can_keep_is_refused(exp, call):
    """Before anything is sent or written, by an error of ours."""
    before = len(exp.log.frame())
    with pytest.raises(pixnb.PixnbError) as raised:
        call(exp)
    assert is_harmless(str(raised.value))
    assert len(exp.log.frame()) == before


def test_a_name_that_is_not_utf8_is_refused_before_it_is_paid_for(exp, tmp_path):
    """Such a file can be there, but no log can name it."""
    path = pixnb.sample("video").save(tmp_path / "a\udcff.mp4")
    before = len(exp.log.frame())
    with pytest.raises(pixnb.InvalidInput, match="Rename the file"):
        exp.submit(MODEL, prompt="a", video=path)
    assert len(exp.log.frame()) == before


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/clip.mp4\n",
        " https://example.org/clip.mp4",
        "https://example.org/a b.mp4",
        "https://example.org/a\tb.mp4",
        "https://example.org/clip.mp4\r\nX: y",
        "https://example.org/a\u00a0b.mp4",
        "https://example.org/\u202ecl.mp4",
        "https://example.org/\ud83d.mp4",
        "https://exa mple.org/a.mp4",
        "https:///a.mp4",
        "http://[::1/a.mp4",
        "https://example.org:99999/a.mp4",
    ],
    ids=ascii,
)
def test_a_url_that_is_none_is_refused(url):
    """As text and as media; nothing is sent, and nothing is quietly mended."""
    for given in (url, *([pixnb.Media(url)] if url == url.lstrip() else [])):  # else it is a path
        with pytest.raises(pixnb.InvalidInput, match="video "):
            pixnb.models.get(MODEL).validate({"prompt": "a", "video": given})


@pytest.mark.parametrize("path", ["~nobody-of-that-name/a.mp4", "~nobody-of-that-name", "~~/a"])
def test_a_home_that_is_nobodys_is_said(tmp_path, monkeypatch, path):
    """Wherever a path is given; a file that is really called so is found."""
    monkeypatch.chdir(tmp_path)
    calls = [pixnb.Media, pixnb.Log, pixnb.Sandbox, lambda path: pixnb.Client(store=path), pixnb.sample("video").save]
    for call in calls:
        with pytest.raises(pixnb.InvalidInput, match="no user"):
            call(path)
    locate("./" + path).parent.mkdir(exist_ok=True)
    locate("./" + path).write_bytes(b"GIF89a")
    assert pixnb.Media(path).bytes() == b"GIF89a"


@pytest.mark.parametrize(
    "call",
    [
        "pixnb.Client()",
        "pixnb.Experiment('x')",
        "pixnb.Media('a.mp4')",
        "pixnb.Log('log.db')",
        "pixnb.Log()",
        "pixnb.Sandbox('data')",
        "pixnb.sample('video').save('a.mp4')",
        "pixnb.models.get('lucy-edit-fast').estimate()",
        "pixnb.Client(store='x')",
        "pixnb.Uploader('up', 'https://example.org')",
    ],
)
def test_a_folder_that_is_gone_is_said(tmp_path, monkeypatch, call):
    """The working folder was removed under the kernel: an error of ours, or no error."""
    monkeypatch.delenv("PIXNB_DATA", raising=False)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    said = "working folder is gone"
    try:
        eval(call)
    except pixnb.PixnbError as error:
        said = error.message
    assert "working folder is gone" in said


LIVING = {
    "run": lambda exp: exp.runs[0],
    "experiment": lambda exp: exp,
    "client": lambda exp: exp.client,
    "async client": lambda exp: pixnb.AsyncClient(),
    "log": lambda exp: exp.log,
    "job": lambda exp: exp.client.job("pixazo", "a"),
    "result": lambda exp: exp.runs[0].result(),
    "updates": lambda exp: exp.runs[0].updates(),
    "sandbox": lambda exp: pixnb.Sandbox(),
}


@pytest.mark.parametrize("make", LIVING.values(), ids=LIVING)
def test_what_lives_in_a_process_says_what_to_pickle_instead(exp, make):
    """And a copy of it is the same thing, so that what holds it can be copied."""
    living = make(exp)
    with pytest.raises(TypeError, match=r"belongs to its process and cannot be pickled\. \w+"):
        pickle.dumps(living)
    assert type(copy.deepcopy([living])[0]) is type(living)
    if not isinstance(living, pixnb.Result):
        assert copy.copy(living) is living is copy.deepcopy(living)


@pytest.mark.parametrize(
    "make",
    [
        lambda exp: exp.runs[0].output,
        lambda exp: exp.compare(),
        lambda exp: exp.wall(),
        lambda exp: exp.frame(),
        lambda exp: exp.spent,
    ],
)
def test_what_is_only_data_is_pickled(exp, make):
    """Media, tables, walls, frames and amounts."""
    assert repr(pickle.loads(pickle.dumps(make(exp)))) == repr(make(exp))


SWEEP = "exp.sweep('lucy-edit-fast', prompt=['a'], video=pixnb.sample('video'), dry_run=True)"
GUESSES = [
    ("exp.df", "exp.frame()"),
    ("exp.show()", "exp.compare()"),
    ("exp.save('x')", "exp.report(path)"),
    ("exp.to_csv('x.csv')", "exp.frame().pixnb.to_csv(path)"),
    ("exp.to_excel('x')", "to_excel(path)"),
    ("exp.zip('x')", "to_zip(path)"),
    ("exp.download('x')", "to_zip(path)"),
    ("exp.save_all('x')", "to_zip(path)"),
    ("exp.delete()", "another experiment"),
    ("exp.compare().to_html()", "table.html()"),
    ("exp.compare().show()", "last line of a cell"),
    ("exp.compare().to_csv('x')", "df.pixnb.to_csv(path)"),
    ("exp.runs[0].save('x')", ".save(path)"),
    ("exp.runs[0].delete()", "run"),
    ("exp.runs[0].video", "job.result()"),
    ("exp.runs[0].rate(5)", "run.star(5)"),
    ("exp.runs[0].result().save('x')", "result.video.save(path)"),
    ("exp.runs[0].output.show()", "last line of a cell"),
    ("exp.runs[0].output.duration", "media.info"),
    ("exp.client.generate('x')", "client.run("),
    ("exp.log.df", "log.frame()"),
    ("exp.run('lucy-edit-fast', prompt='a')", 'exp.submit("lucy-edit-fast", prompt=…)'),
    ("exp.run('lucy-edit-fast')", "exp.submit("),
    ("exp.run(pixnb.models.get('lucy-edit-fast'), prompt='a')", 'exp.submit("lucy-edit-fast"'),
    ("pixnb.run('lucy-edit-fast', prompt='a')", "pixnb.Client().run(model, prompt=…)"),
    ("exp.submit('lucy-edit-fast', 'a coat', pixnb.sample('video'))", "prompt=…"),
    ("exp.client.submit('lucy-edit-fast', 'a coat')", "prompt=…"),
    ("exp.client.run('lucy-edit-fast', 'a coat')", "prompt=…"),
    ("pixnb.run(pixnb.AsyncClient().run('lucy-edit-fast', 'a coat'))", "prompt=…"),
    ("exp.compare().save('x.csv')", "exp.frame().pixnb.to_csv(path)"),
    ("exp.star(5)", "exp.runs[0].star(5)"),
    ("exp.rate()", "exp.import_votes(paths)"),
    ("exp.ranking()", "votes.won"),
    ("exp.retry_failed()", "run.retry()"),
    ("exp.launcher('lucy-edit-fast', prompt='a')", "exp.launcher(model).fill(prompt=…)"),
    ("exp.launcher().submit()", "launcher.launch()"),
    ("exp.launcher().show()", "last line of a cell"),
    ("exp.launcher().frame()", "exp.frame()"),
    ("exp.process(model='lucy-edit-fast', prompt='a')", 'process({"model": …'),
    ("exp.process()", 'process({"model": …'),
    ("exp.client.process(model='lucy-edit-fast', prompt='a')", 'process({"model": …'),
    ("exp.client.process({'model': 'lucy-edit-fast'}, prompt='a')", 'process({"model": …'),
    ("pixnb.run(pixnb.AsyncClient().process(model='lucy-edit-fast'))", 'process({"model": …'),
    ("pixnb.Client('a')", 'Client(keys={"pixazo": "…"})'),
    ("pixnb.Client(api_key='a')", 'Client(keys={"pixazo": "…"})'),
    ("pixnb.AsyncClient(key='a')", 'Client(keys={"pixazo": "…"})'),
    (f"{SWEEP}.show()", "last line of a cell"),
    (f"{SWEEP}.save('x')", "sweep.frame().pixnb.report(path)"),
    (f"{SWEEP}.to_csv('x')", "sweep.frame().pixnb.to_csv(path)"),
    (f"{SWEEP}.wall()", "sweep.frame().pixnb.grid()"),
    (f"{SWEEP}.delete()", "sweep.cancel()"),
    ("exp.frame().pixnb.show()", "df.pixnb.table()"),
    ("exp.frame().pixnb.wall()", "df.pixnb.grid()"),
    ("exp.frame().pixnb.save('x')", "df.pixnb.report(path)"),
    ("exp.frame().pixnb.download('x')", "df.pixnb.to_zip(path)"),
    (f"{SWEEP}.to_zip('x')", "sweep.frame().pixnb.to_zip(path)"),
    ("pixnb.models.list()", "for model in pixnb.models"),
    ("pixnb.models.find('lucy')", "pixnb.models.search("),
    ("pixnb.submit('lucy-edit-fast', prompt='a')", 'pixnb.Experiment("coats")'),
    ("pixnb.launcher()", 'pixnb.Experiment("coats")'),
    ("pixnb.generate('lucy-edit-fast')", "pixnb.Client().run("),
    ("pixnb.upload('a.mp4', 'apiframe')", "pixnb.Client()"),
    ("pixnb.load_example('coats')", 'pixnb.example("coats")'),
    ("pixnb.Video('a.mp4')", "pixnb.Media(path)"),
    ("pixnb.Launcher()", 'pixnb.Experiment("coats")'),
    ("pixnb.use_sandbox()", "pixnb.Client(sandbox=True)"),
    ("pixnb.Experimet('coats')", "did you mean `Experiment`?"),
    ("exp.sumbit('lucy-edit-fast', prompt='a')", "did you mean `submit`?"),
    ("exp.grid()", "exp.wall()"),
    ("exp.play()", "exp.wall()"),
    ("exp.table()", "exp.compare()"),
    ("exp.import_picks('a.json')", "exp.import_votes(path)"),
    ("exp.measure()", "log_metric"),
    ("exp.log({'loss': 0.1})", "A Log is not called: run.log_metric(name, value)"),
    ("exp.log(loss=0.1, step=3)", "run.log_metric(name, value)"),
    ("pixnb.__getattr__('log')({'loss': 0.1})", 'pixnb.Experiment("coats")'),
    ("exp.client('lucy-edit-fast', prompt='a')", "client.run(model, prompt=…)"),
    ("pixnb.AsyncClient()('lucy-edit-fast')", "An AsyncClient is not called: client.run("),
    ("pixnb.models()", "pixnb.models.get(name)"),
    ("exp.template('a {colour}')", "pixnb.Template("),
    ("exp.wall().picks", "exp.frame()"),
    ("exp.wall().columns", 'columns="take"'),
    ("exp.wall().savefig('a.png')", 'wall.save("wall.png")'),
    ("exp.launcher().prompt", "launcher.fill(prompt=…)"),
    ("exp.launcher().wall()", "exp.wall()"),
    ("exp.wall().pdf('wall.pdf')", 'wall.save("wall.pdf")'),
    ("exp.compare().to_pdf('wall.pdf')", 'exp.wall().save("wall.pdf")'),
    ("exp.sweep('lucy-edit-fast', prompt='a {colour} coat', colour=['red'])", "prompt=pixnb.Template("),
    ("exp.sweep('lucy-edit-fast', prompt=['a {colour} coat', 'b'], colour='red')", "prompt=pixnb.Template("),
    ("exp.runs[0].stauts", "did you mean `status`?"),
]


ELSEWHERE = {
    "exp": (
        "init start_run finish end_run log_param log_artifact log_image log_video search_runs history list_runs head "
        "describe groupby sort_values filter query summary pivot diff side_by_side ab_test score show_videos gif "
        "to_mp4 to_pdf to_latex predict subscribe queue stream grid_search batch cancel stop rerun status refresh "
        "estimate budget_left config clone prompts models figure pdf"
    ),
    "exp.frame().pixnb": (
        "show_videos side_by_side contact_sheet gif to_mp4 to_pdf matrix heatmap head groupby sort_values agg cost "
        "scatter measure score rank judge best retry prompts wipe cite"
    ),
    "exp.runs[0]": "duration elapsed run_seconds logs config summary to_dict inputs source finish submit urls estimate",
    SWEEP: "done errors failed best submit rerun confirm watch clips tag kill estimate_cost head",
    "exp.log": "get backup vacuum",
    "exp.client": "stream subscribe queue cancel list usage quota login headers result",
    "pixnb": (
        "init log_metric start_run autolog finish config configure predict subscribe queue show_videos read_video "
        "write_video search_runs set_price prices sweeps resume docs quickstart set_budget"
    ),
    "pixnb.models": "get_model current retired providers tasks head",
    "pixnb.sample('video')": "gif numpy frames length resolution",
}
"""What people type who come from W&B, MLflow, Replicate, fal, mediapy or pandas."""


@pytest.mark.parametrize("place", ELSEWHERE)
def test_other_tools_names_are_answered(exp, place):
    """With what to write here, or with the name that comes near."""
    given = eval(place)
    for name in ELSEWHERE[place].split():
        with pytest.raises(AttributeError, match=rf"(no `{name}`|no attribute '{name}'): .+[.?]"):
            getattr(given, name)


@pytest.mark.parametrize(("guess", "right"), GUESSES)
def test_a_wrong_guess_is_answered_with_the_right_name(exp, guess, right):
    """In one sentence, and nothing is sent."""
    before = len(exp.log.rows())
    with pytest.raises((AttributeError, TypeError, pixnb.InvalidInput)) as raised:
        eval(guess)
    assert right in str(raised.value)
    assert len(exp.log.rows()) == before


@pytest.mark.parametrize("make", [lambda key: pixnb.Client(key), lambda key: pixnb.AsyncClient(api_key=key)])
def test_a_key_that_is_given_wrongly_is_not_shown(make):
    """The message has no word of what was given."""
    with pytest.raises(pixnb.InvalidInput) as raised:
        make("real-key")
    assert "real-key" not in str(raised.value)


def test_guesses_are_not_listed_and_other_names_stay_errors(exp):
    """`dir()`, `hasattr` and what IPython asks for are as ever; what comes near to nothing is answered with nothing."""
    assert not {"df", "show", "to_csv"} & set(dir(exp))
    assert not hasattr(exp, "_repr_png_")
    with pytest.raises(AttributeError, match=r"An Experiment has no `zebra`\.$"):
        _ = exp.zebra
    assert not any(map(callable, (exp, exp.wall(), pixnb.sample("video"))))


def test_a_name_that_is_there_and_fails_says_why():
    """Its own error, and not that there is no such name."""

    class Lamp(Guessed):
        @property
        def light(self):
            return os.no_such_lamp

    with pytest.raises(AttributeError, match="'os' has no attribute 'no_such_lamp'"):
        _ = Lamp().light
    assert not hasattr(Lamp(), "lamp")


@pytest.mark.parametrize(("name", "file"), [("coats", "coats.html"), ("../../a/b", "a-b.html"), ("x\x1b[2J", None)])
def test_a_report_has_a_path_by_itself(tmp_path, monkeypatch, exp, name, file):
    """By the experiment's name, in the working folder, whatever is in the name."""
    monkeypatch.chdir(tmp_path)
    path = pixnb.Experiment(name, log=exp.log, client=exp.client).report()
    assert path.parent == tmp_path
    assert is_harmless(path.name)
    assert file in (None, path.name)


FRAMES = {
    "own": lambda frame, log: frame,
    "indexed": lambda frame, log: frame.set_index(["run_id", "prompt"]),
    "experiments": lambda frame, log: log.experiments(),
    "groups": lambda frame, log: frame.groupby("status").size().reset_index(),
    "wide heads": lambda frame, log: pd.concat({"a": frame}, axis=1),
    "a column twice": lambda frame, log: pd.concat([frame, frame[["prompt"]]], axis=1),
    "empty": lambda frame, log: frame.iloc[:0],
    "figures": lambda frame, log: frame.describe(),
    "objects": lambda frame, log: frame.astype(object),
    "from a CSV": lambda frame, log: pd.read_csv(io.StringIO(frame.to_csv()), dtype=str, keep_default_na=False),
    "zones": lambda frame, log: frame.assign(at=pd.Timestamp("2026-01-01", tz="Asia/Tokyo")),
    "lengths": lambda frame, log: frame.assign(took=pd.Timedelta("1h")),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_every_frame_becomes_a_workbook(exp, tmp_path, make):
    """With its index where that has a name, and no text in it is a formula."""
    frame = make(exp.frame().assign(note="=1+1"), exp.log)
    sheet = openpyxl.load_workbook(frame.pixnb.to_excel(tmp_path / "runs")).active
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert sheet.max_row == len(frame) + 1
    if frame.index.names[0]:
        assert [cell.value for cell in sheet[1]][:2] == ["run_id", "prompt"]
        assert sheet["B2"].value == "A red coat"
