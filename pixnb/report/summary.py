"""What a report says before its clips: runs, refusals, money, who and when, what differs; and costs by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pixnb.catalogue.prices import format_amount
from pixnb.compare.choice import asked
from pixnb.compare.content import Content
from pixnb.compare.outcomes import summarize
from pixnb.compare.prompts import excerpt, marked
from pixnb.compare.words import label, total
from pixnb.display import wording

if TYPE_CHECKING:
    import pandas as pd

_MOST_GROUPS = 60
_NAMED = 4
_LONGEST = 160


@dataclass(frozen=True)
class Fact:
    """A line of the summary: what it is, and what there is to say, in text."""

    name: str
    said: str


@dataclass(frozen=True)
class Sums:
    """What came of the runs by group, as a table.

    Attributes:
        title: Its heading.
        heads: Of its columns; the first is the group's.
        lines: A line a group, in text.
        left_out: Groups that are not shown.
    """

    title: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    left_out: int = 0


def list_facts(frame: pd.DataFrame, said: Content) -> list[Fact]:
    """Return what the summary says; nothing of what the frame does not know.

    Args:
        frame: A log's frame, of all attempts.
        said: What table and wall say of it.
    """
    found = [
        ("Runs", _count(frame, said)),
        ("Refused", _refused(frame)),
        ("Money", _money(frame)),
        ("Differs", ", ".join(_differences(frame, said))),
        ("The same", " · ".join(f"{column.title} {column.line(cell)}" for column, cell in said.same)),
        ("Who", _who(frame)),
        ("When", _when(frame)),
    ]
    return [Fact(name, wording.legible(text)) for name, text in found if text]


def sum_by_group(frame: pd.DataFrame) -> list[Sums]:
    """Sum runs, refusals, money and time by model and by prompt, where there are several."""
    groups = [("model", "By model"), ("prompt", "By prompt")]
    there = [(name, title) for name, title in groups if name in frame and "status" in frame and len(frame)]
    several = [(name, title) for name, title in there if frame[name].map(repr).nunique() > 1]
    return [_sums(frame, name, title) for name, title in several or there[:1]]


def _count(frame: pd.DataFrame, said: Content) -> str:
    counted = " · ".join(text for text in said.summary if text != said.money)
    again = len(frame) - len(said.rows)
    return f"{counted} · {again} tried again" if again > 0 else counted


def _refused(frame: pd.DataFrame) -> str:
    if "refused_stage" not in frame or not (count := int(frame["refused_stage"].notna().sum())):
        return ""
    stages = Counter(frame["refused_stage"].dropna().astype(str))
    where = ", ".join(f"{n} for what was {'given' if stage == 'input' else 'made'}" for stage, n in stages.items())
    return f"{count} of {len(frame)} by content rules ({where})"


def _money(frame: pd.DataFrame) -> str:
    if not any(name in frame for name in ("cost", "cost_simulated")):
        return ""
    return total([{str(key): value for key, value in one.items()} for one in frame.to_dict("records")])


def _differences(frame: pd.DataFrame, said: Content) -> Iterator[str]:
    """Say what was asked for differently, and in how many ways."""
    asked_for = set(asked(frame))
    for column in said.columns:
        parts = [name for name in (column.parts or (column.name,)) if name in asked_for]
        if parts and column.varies:
            yield f"{column.title} ({len(frame[parts].map(repr).drop_duplicates())})"


def _who(frame: pd.DataFrame) -> str:
    names = list(dict.fromkeys(frame["user"].dropna().astype(str))) if "user" in frame else []
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _when(frame: pd.DataFrame) -> str:
    import pandas as pd

    if "submitted_at" not in frame:
        return ""
    times = pd.to_datetime(frame["submitted_at"], utc=True, errors="coerce").dropna()
    if times.empty:
        return ""
    first, last = (f"{time:%Y-%m-%d %H:%M}" for time in (times.min(), times.max()))
    if first == last:
        return f"{first} UTC"
    return f"{first} – {last.removeprefix(first[:11])} UTC"


def _sums(frame: pd.DataFrame, name: str, title: str) -> Sums:
    found = summarize(frame, name)
    records: Sequence[Mapping[Any, Any]] = found.head(_MOST_GROUPS).to_dict("records")
    currency = str(found["currency"].iloc[0]) if "currency" in found else "USD"
    shown = {column: _title(column) for column in map(str, found.columns) if column not in (name, "currency")}
    shown = {column: head for column, head in shown.items() if _says_something(found[column], column)}
    names = _shorten([_text(record[name]) for record in records])
    lines = tuple(
        (said, *(_cell(column, record[column], currency) for column in shown))
        for said, record in zip(names, records, strict=True)
    )
    return Sums(title, (label(name), *shown.values()), lines, max(0, len(found) - _MOST_GROUPS))


def _title(column: str) -> str:
    kind, _, currency = column.partition(".")
    known = {"refused_rate": "refusal rate", "cost_simulated": "simulated", "seconds": "median time"}
    return f"{known.get(kind, kind)} {currency}".strip()


def _says_something(column: pd.Series[Any], name: str) -> bool:
    if name.partition(".")[0] == "price":
        return False  # the real money and the sandbox's stand apart here
    return name in ("runs", "completed") or bool(column.notna().any() and (column.dropna() != 0).any())


def _cell(column: str, value: Any, currency: str) -> str:
    amount = wording.number(value)
    if amount is None:
        return "–"
    kind, _, named = column.partition(".")
    if kind in ("cost", "cost_simulated"):
        return format_amount(amount.quantize(Decimal("0.000001")).normalize(), named or currency)
    if kind == "refused_rate":
        return wording.percent(float(amount))
    return wording.duration(float(amount)) if kind == "seconds" else str(int(amount))


def _shorten(texts: list[str]) -> list[str]:
    """Cut long texts to what tells them apart."""
    return ["".join(piece.text for piece in excerpt(pieces, most=_LONGEST)) for pieces in marked(texts)]


def _text(value: Any) -> str:
    return wording.legible(str(value)) if wording.is_given(value) else "–"


__all__ = ["Fact", "Sums", "list_facts", "sum_by_group"]
