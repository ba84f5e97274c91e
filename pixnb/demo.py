"""The quickstart end to end, headless: edit the sample clip under two prompts, twice each, and show what came of it."""

from __future__ import annotations

import contextlib
import signal
import sys
from datetime import datetime
from typing import TextIO

from pixnb import settings as _settings
from pixnb.client.faces import Client
from pixnb.compare.table import text_table
from pixnb.errors import JobTimeout
from pixnb.experiment import Experiment
from pixnb.extras import name_command
from pixnb.media.sample import sample
from pixnb.runs.run import Run
from pixnb.status import JobStatus
from pixnb.terminal import is_terminal, say

PROMPTS = (
    "Make it a snowy winter night",
    "Repaint it as a sunny watercolour",
)
TAKES = 2


def run_demo(out: TextIO | None) -> int:
    """Run the demo in the sandbox, whatever keys are set.

    Args:
        out: Where to write what a person is to read.

    Returns:
        The exit status: 0 when every clip was made.
    """
    settings = _settings.load()
    exp = Experiment(f"demo {datetime.now():%Y-%m-%d %H.%M.%S}", client=Client(sandbox=True))
    clip = sample("video")
    say(f"Editing {clip.path} with Lucy Edit Fast: {len(PROMPTS)} prompts, {TAKES} takes each.", out)
    runs = [exp.submit("lucy-edit-fast", prompt=p, video=clip) for p in PROMPTS for _ in range(TAKES)]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # from here on there are jobs to be named at the end
    exp.frame()  # what the table needs is loaded while the clips are rendered
    _follow(runs)
    frame = exp.frame()
    report = exp.report(settings.data_dir / "demo.html")
    say(f"\n{text_table(frame)}\n", out)
    say(f"Log     {exp.log.file or exp.log.url}\nClips   {exp.log.assets.root}\nReport  {report}", out)
    lab = f"`{name_command()} lab` opens the notebooks, where your own prompts go."
    say(f"\nThe report is a page for your browser. {lab}", out)
    return 0 if all(run.status is JobStatus.COMPLETED and run.output for run in runs) else 1


def _follow(runs: list[Run]) -> None:
    """Show progress until all runs have ended."""
    from tqdm.auto import tqdm

    is_watched = is_terminal(sys.stderr)
    often = 0.5 if is_watched else 10.0  # a log file is not to be filled with it
    with tqdm(total=len(runs), unit="clip", desc="Rendering", mininterval=often, disable=sys.stderr is None) as bar:
        waiting = list(runs)
        while waiting:
            with contextlib.suppress(JobTimeout):
                waiting[0].wait(0.5)
            ended = [run for run in waiting if run.standing.is_settled]
            waiting = [run for run in waiting if run not in ended]
            bar.set_postfix_str(_states(runs), refresh=False)
            bar.update(len(ended))
            if is_watched:
                bar.refresh()


def _states(runs: list[Run]) -> str:
    counts = {status: sum(run.status is status for run in runs) for status in JobStatus}
    return ", ".join(f"{count} {status.lower()}" for status, count in counts.items() if count)


__all__ = ["PROMPTS", "TAKES", "run_demo"]
