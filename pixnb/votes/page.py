"""What a page needs to let somebody judge: the pairs by a seed, blind, and what to ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pixnb.errors import InvalidInput
from pixnb.votes.chance import hash32
from pixnb.votes.pairs import MOST, Clip, choose_pairs, pair_id

SCRIPTS = ("dom", "clock", "votes", "ballot", "judge")
"""The scripts of a page that calls `mountJudge(root, data, host)`; its style sheet is "judge"."""

QUESTION = "Which one is better?"
_ADDRESS = re.compile(r"[^\s@<>,;:?&\"()\\]{1,64}@[\w.-]{1,190}")


def judge_data(
    clips: Sequence[Clip],
    *,
    report: str,
    log: str,
    experiment: str | None = None,
    numbers: Mapping[str, int],
    sources: Mapping[str, str] | None = None,
    prompts: Mapping[str, str] | None = None,
    question: str = QUESTION,
    most: int = MOST,
    mailto: str | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """Return what `mountJudge` takes, as JSON can hold it.

    Args:
        clips: What can be judged: `pairs.clips_of` a frame's rows.
        report: The page's id, by `file.report_id`.
        log: The log's id.
        experiment: Whose clips they are; None for several.
        numbers: By run_id, the number by which the page knows its film.
        sources: By run_id, the name by which the page knows the film that it was made from; None to show none.
        prompts: By run_id; None to hide them, as is usual. They are shown so that none tells which clip it made.
        question: What is asked of each pair.
        most: How many pairs a judge sees at most.
        mailto: An address that votes can be mailed to.
        seed: Decides pairs, sides and order; None for one that the page's id makes.

    Raises:
        InvalidInput: There is no pair, or what is asked for cannot be.
    """
    _check(question, most, mailto, seed)
    if not log:
        raise InvalidInput("Votes are on runs of a log: begin with exp.frame(), or leave judging out.")
    seed = hash32(report) if seed is None else seed
    pairs = choose_pairs([clip for clip in clips if clip.run in numbers], seed=seed, most=most)
    if not pairs:
        raise InvalidInput(
            "There is nothing to judge: a pair is two clips of one source that were asked for differently, by prompt, "
            "model or parameter. Leave judge= out, or put runs of another wording into the frame."
        )
    said = {clip.run: clip.source for clip in clips}
    shown: list[dict[str, Any]] = []
    for left, right in pairs:
        one: dict[str, Any] = {"pair": pair_id(report, seed, left, right)}
        one |= {side: {"run": run, "n": numbers[run]} for side, run in (("left", left), ("right", right))}
        if sources and said[left] and (source := sources.get(left) or sources.get(right)):
            one["source"] = source
        if prompts:
            one["prompts"] = sorted({prompts[run] for run in (left, right) if prompts.get(run)})
        shown.append(one)
    about = {"format": "pixnb-judge/1", "report": report, "log": log, "experiment": experiment}
    return {**about, "seed": seed, "question": question.strip(), "mailto": mailto, "pairs": shown}


def _check(question: Any, most: Any, mailto: Any, seed: Any) -> None:
    if not isinstance(question, str) or not 0 < len(question.strip()) <= 300:
        raise InvalidInput(f"A judge is asked one question of at most 300 characters, not {question!r:.80}.")
    if isinstance(most, bool) or not isinstance(most, int) or not 0 < most <= 1000:
        raise InvalidInput(f"A judge sees from 1 to 1,000 pairs, not {most!r:.80}.")
    if mailto is not None and (not isinstance(mailto, str) or not _ADDRESS.fullmatch(mailto)):
        raise InvalidInput(f"Votes are mailed to one address, such as mailto='ann@example.org', not {mailto!r:.80}.")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32):
        raise InvalidInput(f"A seed is a whole number from 0 below 2^32, not {seed!r:.80}.")


__all__ = ["QUESTION", "SCRIPTS", "judge_data"]
