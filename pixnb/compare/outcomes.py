"""What came of runs by group: how many were done, refused or failed, their money and time; and what to doubt."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from pixnb.compare.choice import resolve
from pixnb.compare.words import default
from pixnb.display import wording

if TYPE_CHECKING:
    import pandas as pd

_MONEY = ("cost", "cost_simulated", "price")
_ENHANCE = "params.enhance_prompt"
_warned: set[tuple[str, str]] = set()


def add_outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what a table says of prompts: how often each was refused; and keep what was used where it is another.

    Args:
        frame: A log's, of all attempts, or any other.

    Returns:
        The frame, with `refused_rate` ("2 of 3") where a run of that prompt was refused.
    """
    for used, asked in (("prompt_used", "prompt"), ("seed_used", "seed")):
        if used in frame and asked in frame:
            frame = frame.assign(**{used: frame[used].mask((frame[used] == frame[asked]).fillna(False).astype(bool))})
    if "refused_stage" not in frame or "prompt" not in frame or not frame["refused_stage"].notna().any():
        return frame
    refused, judged = _is_refused(frame), _is_judged(frame)
    sums = {name: flags.groupby(frame["prompt"].map(repr)).transform("sum") for name, flags in
            (("refused", refused), ("judged", judged))}  # fmt: skip
    rate = sums["refused"].astype(int).astype(str) + " of " + sums["judged"].astype(int).astype(str)
    return frame.assign(refused_rate=rate.where(sums["refused"] > 0))


def summarize(frame: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """Count what came of runs by group; see `Runs.summary`.

    Args:
        frame: A log's, or any with a column `status`.
        by: Columns, with or without their prefix.

    Raises:
        InvalidInput: There is no column of a name.
    """
    import pandas as pd

    names = [
        name
        for one in ([by] if isinstance(by, str) else by)
        for name in ([one] if one in frame else [column.name for column in resolve(one, frame)])
    ]
    status = frame["status"].astype(object) if "status" in frame else pd.Series(None, frame.index, dtype=object)
    refused = _is_refused(frame)
    counted = frame[names].assign(
        runs=1,
        completed=status == "COMPLETED",
        refused=refused,
        failed=status.isin(("FAILED", "ERROR")) & ~refused,
        judged=_is_judged(frame),
    )
    groups = counted.groupby(names, dropna=False, sort=False)
    found = groups[["runs", "completed", "refused", "failed", "judged"]].sum().astype("Int64")
    found.insert(3, "refused_rate", (found["refused"] / found.pop("judged").replace(0, pd.NA)).astype("Float64"))
    for name, amounts in _split_money(frame):
        found[name] = _sum(amounts, counted, names)
    if (currencies := _currencies(frame)) and len(currencies) == 1:
        found["currency"] = currencies[0]
    if "run_seconds" in frame:
        found["seconds"] = counted.assign(value=_numbers(frame["run_seconds"])).groupby(
            names, dropna=False, sort=False)["value"].median()  # fmt: skip
    found = found.reset_index()  # each column in its order of appearance: runs of many models come in by turns
    places = pd.DataFrame({name: pd.factorize(found[name], use_na_sentinel=False)[0] for name in names})
    return found.loc[places.sort_values(names).index].reset_index(drop=True)


def _split_money(frame: pd.DataFrame) -> list[tuple[str, pd.Series[Any]]]:
    """Give the amounts to be summed: of one currency each, which are never added up."""
    there = [name for name in _MONEY if name in frame]
    currencies = _currencies(frame)
    if len(currencies) < 2:
        return [(name, _numbers(frame[name])) for name in there]
    amounts = {name: _numbers(frame[name]) for name in there}
    return [
        (f"{name}.{currency}", part)
        for name in there
        for currency in currencies
        if (part := amounts[name].where((frame["currency"] == currency).fillna(False).astype(bool))).notna().any()
    ]


def _currencies(frame: pd.DataFrame) -> list[str]:
    priced = [_numbers(frame[name]).notna() for name in _MONEY if name in frame]
    if not priced or "currency" not in frame:
        return []
    return sorted(frame["currency"][reduce(or_, priced)].dropna().unique())


def _sum(amounts: pd.Series[Any], counted: pd.DataFrame, names: list[str]) -> pd.Series[Any]:
    return counted.assign(value=amounts).groupby(names, dropna=False, sort=False)["value"].sum(min_count=1)


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column's numbers, also of one that a CSV left as text."""
    import pandas as pd

    return pd.to_numeric(column, errors="coerce") if column.dtype.kind in "OTU" else column


def _is_refused(frame: pd.DataFrame) -> pd.Series[Any]:
    import pandas as pd

    if "refused_stage" not in frame:
        return pd.Series(False, frame.index)
    return frame["refused_stage"].map(wording.is_given).astype(bool)


def _is_judged(frame: pd.DataFrame) -> pd.Series[Any]:
    """Whether the service has come to a word on what was asked: done, failed or refused."""
    refused = _is_refused(frame)
    return refused | frame["status"].isin(("COMPLETED", "FAILED")) if "status" in frame else refused


def warn_of_enhancer(frame: pd.DataFrame, title: str) -> None:
    """Warn, once for what is compared, where wordings differ that the service's own enhancer has rewritten."""
    key = str(frame.attrs.get("pixnb_log", "")), title
    if key in _warned or "prompt" not in frame or frame["prompt"].map(repr).nunique() < 2:
        return
    said = frame[_ENHANCE] if _ENHANCE in frame else [None] * len(frame)
    models = frame["model"] if "model" in frame else [None] * len(frame)
    if any(wording.is_true(on if wording.is_given(on) else default(model, _ENHANCE))
           for on, model in zip(said, models, strict=True)):  # fmt: skip
        _warned.add(key)
        warnings.warn(_ENHANCED, UserWarning, stacklevel=4)


_ENHANCED = (
    "These wordings were rewritten by the service before use (enhance_prompt is on), so its enhancer is part of what "
    "is compared. Submit with enhance_prompt=False to compare the wordings themselves."
)

__all__ = ["add_outcomes", "summarize", "warn_of_enhancer"]
