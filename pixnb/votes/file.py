"""A file of votes and marks, "pixnb-votes/1": what it holds, its checksum, and why one is refused."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pixnb.log.marks import report_id
from pixnb.wire.clean import clean_text

FORMAT = "pixnb-votes/1"
LARGEST = 2_000_000
"""Bytes of a file: a thousand pairs, with notes, are a tenth of it."""


class Refused(Exception):
    """A file that cannot be taken; its message says why, and what to do."""


def _line(text: str) -> str:
    cleaned = " ".join(clean_text(text).split())
    if not cleaned:
        raise ValueError("it is empty")
    return cleaned


def _whole(value: Any) -> Any:
    # JSON has one kind of number: 4.0 is 4, and true is none
    return int(value) if isinstance(value, float) and value.is_integer() else value


RunId = Annotated[str, Field(pattern=r"^[\w.:-]{1,64}$")]
Words = Annotated[str, Field(max_length=4000), AfterValidator(clean_text)]
Moment = Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)]
Stars = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=5)]
_Made = Annotated[
    AwareDatetime, Field(strict=False, ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))
]
_Seed = Annotated[int, BeforeValidator(_whole), Field(ge=0, lt=2**32)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class SentNote(_Part):
    """A note: a text, and the moment of the clip that it is about, in seconds; None for the whole of it."""

    at: Moment | None = None
    text: Words


class SentMarks(_Part):
    """What somebody says of one run."""

    run: RunId
    stars: Stars | None = None
    picked: bool | None = None
    notes: tuple[SentNote, ...] = Field((), max_length=200, strict=False)


class SentVote(_Part):
    """What somebody chose of a pair, after how many seconds."""

    pair: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    left: RunId
    right: RunId
    choice: Literal["left", "right", "tie"]
    seconds: Moment | None = None


class VoteFile(_Part):
    """A whole file, checked but for what only a log knows."""

    format: Literal["pixnb-votes/1"]
    report: RunId
    log: RunId
    experiment: Annotated[str, Field(max_length=500), AfterValidator(clean_text)] | None = None
    voter: Annotated[str, Field(max_length=120), AfterValidator(_line)]
    seed: _Seed = 0
    made: _Made
    marks: Annotated[tuple[SentMarks, ...], Field(max_length=5000, strict=False)] | None = None
    votes: tuple[SentVote, ...] = Field((), max_length=10_000, strict=False)

    @property
    def made_at(self) -> int:
        """When it was made, in microseconds since 1970, UTC."""
        return int((self.made - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)

    @property
    def has_marks(self) -> bool:
        """Whether it is of marks, be there none any more; one of votes that has an empty list of them is not."""
        return bool(self.marks) or (self.marks is not None and not self.votes)

    @property
    def runs(self) -> set[str]:
        """The run_ids that it speaks of."""
        return {mark.run for mark in self.marks or ()} | {run for vote in self.votes for run in (vote.left, vote.right)}


def canonical(value: Any) -> str:
    """Write JSON as both Python and a page write it: sorted keys, no spaces, whole numbers without a point.

    Example:
        >>> canonical({"b": 4.0, "a": "é"})
        '{"a":"é","b":4}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else _whole(value)


def checksum(content: dict[str, Any]) -> str:
    """Return the SHA-256, in hex, of a file's content without its checksum."""
    rest = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(canonical(rest).encode()).hexdigest()


def write_votes(content: dict[str, Any]) -> str:
    """Return the text of a file, with its checksum, as a page writes it."""
    return canonical({**content, "checksum": checksum(content)})


def read_bytes(path: Path) -> bytes:
    """Read a file, at most as much of it as may be there.

    Raises:
        Refused: It cannot be read, or is too large.
    """
    try:
        if not path.is_file():
            raise Refused("there is no such file")
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise Refused(f"it cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > LARGEST:
        raise Refused(f"it is larger than {LARGEST // 1_000_000} MB, which no file of votes is")
    return data


def parse_votes(data: bytes) -> VoteFile:
    """Read a file's bytes.

    Raises:
        Refused: It is no whole file of votes.
    """
    content = _load(data)
    said = content.get("format")
    if not isinstance(said, str) or not said.startswith("pixnb-votes/"):
        raise Refused(f'it is no file of votes: its format is not "{FORMAT}"')
    if said != FORMAT:
        raise Refused(f"it was made by another version ({_cut(said)}); pip install --upgrade pixnb may help")
    try:
        is_whole = content.get("checksum") == checksum(content)
    except (ValueError, RecursionError):  # a number or text that cannot be written
        is_whole = False
    if not is_whole:
        raise Refused("it is damaged or was edited: its checksum does not fit. Ask for it again")
    try:
        return VoteFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise Refused(f"its {_cut(place)} cannot be: {_cut(first['msg'])}") from error


def _load(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused("it is not JSON: cut short, or another kind of file") from error
    if not isinstance(content, dict):
        raise Refused("it is no file of votes: its JSON is no object")
    return content


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _cut(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", text)[:120]


__all__ = [
    "FORMAT",
    "LARGEST",
    "Refused",
    "SentMarks",
    "SentNote",
    "SentVote",
    "VoteFile",
    "canonical",
    "checksum",
    "parse_votes",
    "read_bytes",
    "report_id",
    "write_votes",
]
