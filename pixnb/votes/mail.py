"""Votes as a text in a mail: pairs by their names, choices by letters, a check at the end."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from datetime import datetime

from pixnb.votes.chance import hash32
from pixnb.votes.file import FORMAT, LARGEST, Refused, VoteFile
from pixnb.votes.pairs import is_turned, pair_id

_CHOICES = {"L": "left", "R": "right", "T": "tie"}
_NAMES = ("report", "log", "voter", "seed", "made", "votes")
MOST_RUNS = 300
"""Runs of an experiment up to which a mail's text is enough."""


def is_mail(data: bytes) -> bool:
    """Whether a file's bytes are a mail's text and no JSON."""
    return FORMAT.encode() in data and not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def parse_mail(text: str, run_ids: Iterable[str]) -> VoteFile:
    """Read the votes in a mail's text, whatever stands before and after them, quoted and broken as mails are.

    Args:
        text: The mail.
        run_ids: Those that the log has: a pair's name says which two, to who knows them all.

    Raises:
        Refused: There are no whole votes in it.
    """
    found = _fields(text)
    lines = [FORMAT, *(f"{name} {found[name]}" for name in _NAMES)]
    if f"{hash32(chr(10).join(lines)):08x}" != found["check"]:
        raise Refused("the text is damaged: its check does not fit. Ask for the page's file")
    seed = int(found["seed"])
    pairs = _pairs(found["report"], seed, run_ids)
    turned = is_turned(seed, found["voter"])
    votes = []
    for vote in filter(None, found["votes"].split(".")):
        sides = pairs.get(vote[:8])
        if sides is None:
            raise Refused("its pairs are none of this experiment: it was made with a page of other runs")
        left, right = reversed(sides) if turned else sides
        votes.append({"pair": vote[:8], "left": left, "right": right, "choice": _CHOICES[vote[8]]})
    about = {name: found[name] for name in ("report", "log", "voter")}
    try:
        made = datetime.fromisoformat(found["made"])
        return VoteFile.model_validate({"format": FORMAT, **about, "seed": seed, "made": made, "votes": votes})
    except ValueError as error:
        raise Refused("the text is none that a page writes. Ask for the page's file") from error


def _fields(text: str) -> dict[str, str]:
    plain = re.sub(r"(?m)^[> \t]+|[ \t\r]+$", "", text[:LARGEST])
    start = plain.rfind(FORMAT)
    pattern = r"\s+".join(
        (
            re.escape(FORMAT),
            r"report (?P<report>[\w.:-]{1,64})",
            r"log (?P<log>[\w.:-]{1,64})",
            r"voter (?P<voter>[^\n]{1,120})",
            r"seed (?P<seed>\d{1,10})",
            r"made (?P<made>[\dTZ:.+-]{1,40})",
            r"votes (?P<votes>[0-9a-fLRT.\s]{0,200000}?)",
            r"check (?P<check>[0-9a-f]{8})",
        )
    )
    match = re.compile(pattern).match(plain, start) if start >= 0 else None
    if match is None:
        raise Refused(f'there are no whole votes in the text: they begin with "{FORMAT}" and end with a line "check"')
    found = match.groupdict()
    found["votes"] = re.sub(r"\s", "", found["votes"])
    if not re.fullmatch(r"([0-9a-f]{8}[LRT](\.|$))*", found["votes"]):
        raise Refused("the text is damaged: its votes cannot be read. Ask for the page's file")
    return found


def _pairs(report: str, seed: int, run_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    listed = list(run_ids)
    if len(listed) > MOST_RUNS:
        raise Refused(f"of more than {MOST_RUNS} runs the text does not say enough. Ask for the page's file")
    found: dict[str, tuple[str, str]] = {}
    twice = set()
    for one, other in itertools.permutations(listed, 2):
        name = pair_id(report, seed, one, other)
        if found.setdefault(name, (one, other)) != (one, other):
            twice.add(name)
    return {name: sides for name, sides in found.items() if name not in twice}


__all__ = ["MOST_RUNS", "is_mail", "parse_mail"]
