"""The command line, as a person uses it: real processes, and no address that is not this machine's."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from children import program

import pixnb
from pixnb.__main__ import main

AUDITED = """
import sys
def watch(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in ("127.0.0.1", "::1"):
        sys.stderr.write(f"FOREIGN {args[1]}\\n")
    if event == "socket.getaddrinfo" and args[0] not in ("127.0.0.1", "localhost", "::1", None):
        sys.stderr.write(f"FOREIGN {args[0]}\\n")
sys.addaudithook(watch)
from pixnb.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def pixnb_command(*arguments, **environment):
    """Run `pixnb …` to its end, watched for foreign requests."""
    command = [sys.executable, "-W", "error", "-c", AUDITED, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **environment})


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """What `pixnb demo` leaves, run once with keys set that it must not use."""
    data = tmp_path_factory.mktemp("demo") / "data"
    keys = {"PIXAZO_API_KEY": "real-key", "PIXNB_SANDBOX": "0", "PIXAZO_BASE_URL": "https://gateway.pixazo.ai"}
    done = pixnb_command("demo", PIXNB_DATA=str(data), PIXNB_SANDBOX_SPEED="10", PIXNB_SANDBOX_DRAFT="1", **keys)
    return done, data


def test_the_demo_ends_well_and_stays_on_this_machine(demo):
    """Two prompts, two takes, in the sandbox whatever keys are set; no foreign request, the key nowhere."""
    done, data = demo
    assert done.returncode == 0, done.stderr
    assert "FOREIGN" not in done.stderr
    assert "100%" in done.stderr
    assert len(re.findall(r"\$0\.20 simulated +\S.* s +COMPLETED", done.stdout)) == 4
    for written in (done.stdout, done.stderr, (data / "demo.html").read_text()):
        assert "real-key" not in written
    assert b"real-key" not in (data / "log.db").read_bytes()


def test_the_demo_leaves_a_log_clips_and_a_page(demo):
    """Four different clips as long as the source, and one page with them in it."""
    done, data = demo
    assert str(data / "log.db") in done.stdout
    assert str(data / "demo.html") in done.stdout
    with pixnb.Log(data / "log.db") as log:
        frame = log.frame()
    clips = [pixnb.Media(path) for path in frame["output_path"]]
    assert len({clip.sha256 for clip in clips}) == 4
    assert all(clip.info.duration == pytest.approx(5.3, abs=0.1) for clip in clips)
    assert set(frame["take"]) == {1, 2}
    assert frame["cost"].isna().all()
    page = (data / "demo.html").read_text()
    assert page.count('data-type="video/mp4"') == 5  # four and the source
    assert "SANDBOX" in page


@pytest.mark.slow
def test_log_lists_and_report_writes(demo, tmp_path):
    """`pixnb log`, `pixnb log NAME`, `pixnb report NAME PATH`."""
    _, data = demo
    listed = pixnb_command("log", PIXNB_DATA=str(data))
    name = re.search(r"demo \S+ \S+", listed.stdout).group().rstrip()
    runs = pixnb_command("log", name, PIXNB_DATA=str(data))
    assert runs.stdout.count("COMPLETED") == 4
    report = pixnb_command("report", name, str(tmp_path / "r.html"), PIXNB_DATA=str(data))
    assert report.stdout.strip() == str(tmp_path / "r.html")
    assert (tmp_path / "r.html").stat().st_size > 100_000


def test_what_is_not_there_is_said(tmp_path):
    """An unknown experiment is an error with words, not a trace."""
    done = pixnb_command("report", "nothing", PIXNB_DATA=str(tmp_path / "data"))
    assert done.returncode == 2
    assert done.stderr.strip() == "pixnb: The log has no runs of 'nothing'. `pixnb log` lists the experiments."
    assert "No experiments yet" in pixnb_command("log", PIXNB_DATA=str(tmp_path / "data")).stdout


@pytest.mark.slow
def test_the_sandbox_prints_what_to_export_and_serves(tmp_path):
    """Its lines set up any client; Ctrl-C ends it; its state was temporary."""
    with program("-m", "pixnb", "sandbox", "--speed", "50", "--draft") as process:
        lines = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
        assert set(lines) == {"PIXAZO_BASE_URL", "PIXAZO_API_KEY"}
        client = pixnb.Client(
            keys={"pixazo": lines["PIXAZO_API_KEY"]}, base_urls={"pixazo": lines["PIXAZO_BASE_URL"]}, store=tmp_path
        )
        result = client.run("lucy-edit-fast", prompt="Make it snow", video=pixnb.sample("video"))
        assert result.video.info.height == 180
        assert result.job.sandbox is True
        answer = httpx.get(lines["PIXAZO_BASE_URL"])
        assert answer.headers["X-Pixnb-Sandbox"] == "1"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_help_quotes_the_faults_and_keys():
    """`pixnb sandbox --help` is where the faults are documented."""
    said = pixnb_command("sandbox", "--help").stdout
    for word in (
        "[402]",
        "[429]",
        "[500]",
        "[drop]",
        "[stall]",
        "[FAILED]",
        "[ERROR]",
        "[expired]",
        "no-balance",
        "bad-key",
    ):
        assert word in said
    assert "demo" in pixnb_command("--help").stdout
    assert pixnb_command("--version").stdout.strip() == f"pixnb {pixnb.__version__}"
    assert pixnb_command("nonsense").returncode == 2


@pytest.fixture(scope="module")
def taken():
    """A port that somebody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield str(listening.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["log", "TYPO"], "`pixnb log`"),
        (["log", "a\x1b[2J"], "pixnb log"),
        pytest.param(["log", "a", "b"], "b", marks=pytest.mark.slow),
        (["report", "TYPO"], "`pixnb log`"),
        pytest.param(["report"], "experiment", marks=pytest.mark.slow),
        (["lab", "--port", "TAKEN"], "--port"),
        pytest.param(["lab", "--port", "99999"], "--port", marks=pytest.mark.slow),
        pytest.param(["lab", "--port", "x"], "--port", marks=pytest.mark.slow),
        (["sandbox", "--port", "TAKEN"], "--port"),
        pytest.param(["sandbox", "--port", "-1"], "--port", marks=pytest.mark.slow),
        pytest.param(["sandbox", "--port", "1" * 400], "--port", marks=pytest.mark.slow),
        (["sandbox", "--speed", "nan"], "--speed"),
        pytest.param(["sandbox", "--workers", "-1"], "--workers", marks=pytest.mark.slow),
        pytest.param(["sandbox", "--link-life", "inf"], "--link-life", marks=pytest.mark.slow),
        pytest.param(["sandbox", "--credits", "some"], "--credits", marks=pytest.mark.slow),
        pytest.param(["sandbox", "--state", "~nobody-of-that-name/x"], "--state", marks=pytest.mark.slow),
        (["sandbox", "--state", "/proc/x"], "--state"),
        pytest.param(["sandbox", "--assume", "nonsense"], "--assume", marks=pytest.mark.slow),
        (["sandbox", "\udcff"], "--help"),
        (["lap"], "Did you mean lab?"),
        pytest.param(["dmeo"], "Did you mean demo?", marks=pytest.mark.slow),
        pytest.param(["nonsense"], "--help", marks=pytest.mark.slow),
        pytest.param(["--nonsense"], "--help", marks=pytest.mark.slow),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line(tmp_path, taken, arguments, word):
    """On stderr, harmless, with what to do; the status is 2."""
    arguments = [taken if argument == "TAKEN" else argument for argument in arguments]
    done = pixnb_command(*arguments, PIXNB_DATA=str(tmp_path / "data"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert word in done.stderr
    assert done.stderr.strip().isprintable()


def test_a_name_that_is_nearly_right_is_named(tmp_path, monkeypatch, capsys):
    """`pixnb log` and `pixnb report` know what was meant; of many that begin so the newest."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path))
    for name in ("demo 1", "demo 2", "coats"):
        pixnb.Experiment(name)
    for meant, words in {"demo 2": ("demo", "Demo", "demo 3"), "coats": ("coat", "coast", "COATS")}.items():
        for word in words:
            for command in ("log", "report"):
                assert main([command, word]) == 2
                assert f"Did you mean {meant!r}?" in capsys.readouterr().err or word == "demo 3"
    assert main(["log", "trousers"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["help", "lab"]])
def test_help_is_given_however_it_is_asked_for(words, capsys):
    """Who types `pixnb` alone wants to know what there is."""
    with contextlib.suppress(SystemExit) as _:
        assert main(words) == 0
    said = capsys.readouterr()
    assert said.out.startswith("usage: pixnb")
    assert ("Begin with `pixnb demo`" in said.out) is (words[-1:] != ["lab"])
    assert said.err == ""


def test_version_is_told_either_way(capsys):
    """As a word, and as an option."""
    for word in ("version", "--version"):
        with pytest.raises(SystemExit, match="0"):
            main([word])
        assert capsys.readouterr().out == f"pixnb {pixnb.__version__}\n"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """A log with the experiment "coats (example)"."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PIXNB_DATA", str(tmp_path_factory.mktemp("example")))
        return pixnb.example("coats").log.url


@pytest.mark.parametrize(
    "words",
    ["--version", "help lab", "", "log NAME", pytest.param("report NAME PATH", marks=pytest.mark.slow), "log TYPO"],
)
def test_what_cannot_be_printed_fails(tmp_path, example, monkeypatch, capsys, words):
    """With one line on stderr; not where the reader has gone, or where there is no output at all."""
    monkeypatch.setenv("PIXNB_LOG_URL", example)
    given = {"NAME": "coats (example)", "PATH": str(tmp_path / "r.html")}
    well = 2 if "TYPO" in words else 0
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "w") as full, open(writing, "w") as gone:
        for stream, status in ((gone, well), (full, well or 1), (None, well)):
            monkeypatch.setattr(sys, "stdout", stream)
            try:
                ended = main([given.get(word, word) for word in words.split()])
            except SystemExit as end:
                ended = end.code
            said = capsys.readouterr().err
            assert ended == status
            assert said.count("\n") == int(status > 0) or stream is None
            assert ("No space left on device" in said) is (status == 1)


@pytest.mark.parametrize("ending", [".png", ".pdf", ".xlsx", ".csv", ".zip"])
def test_a_report_is_a_page(tmp_path, monkeypatch, capsys, ending):
    """It is not written under the name of something else."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "data"))
    with pytest.raises(pixnb.InvalidInput, match=f"A report is saved as .html, .htm, not as '{ending}'"):
        pixnb.example("coats").report(tmp_path / f"coats{ending}")
    assert not list(tmp_path.glob("coats*"))


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.1, 0.3, 0.6, 0.9, 1.2, 2.0])
@pytest.mark.parametrize("command", [("sandbox",), ("log",), ("demo",), ("report", "x")])
def test_ctrl_c_ends_a_command_at_any_moment(tmp_path, command, moment):
    """Within seconds and without a trace, while modules are loaded too."""
    # before `main` it is Python's own start, whose traces are its own
    begun = "import sys; from pixnb.__main__ import main; print('begun', flush=True); sys.exit(main())"
    with program("-c", begun, *command, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout.readline() == "begun\n"
        time.sleep(moment)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode in (0, 2, 130, -signal.SIGINT)  # 0 and 2: it had ended by itself
        assert "Traceback" not in err
        assert "left out" not in err
