"""Where a report's clips come from: versions, models, prices with their source; and how to cite it."""

from __future__ import annotations

import platform
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pixnb._version import __version__
from pixnb.catalogue.registry import models
from pixnb.display import wording
from pixnb.errors import ModelNotFound

if TYPE_CHECKING:
    import pandas as pd

_HOME = "https://github.com/pixnb/pixnb"
_LATEX = str.maketrans({
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
})  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """How to cite a report: a sentence, and an entry for BibTeX."""

    text: str
    bibtex: str


@dataclass(frozen=True)
class Origin:
    """A model whose clips are in a report, as text.

    Attributes:
        model: Its friendly id.
        service: The service, and the service's own name of the model.
        runs: How many.
        price: What the list says that it costs; "price unknown".
        source: Where the price comes from, and of which day it is.
    """

    model: str
    service: str
    runs: int
    price: str
    source: str


def list_models(frame: pd.DataFrame) -> list[Origin]:
    """Return the models of a frame, in the order in which they came."""
    if "model" not in frame:
        return []
    counts = frame["model"].dropna().astype(str).value_counts(sort=False)
    firsts = {str(one["model"]): one for one in frame.drop_duplicates("model").to_dict("records")}
    return [_origin(str(model), int(count), firsts[str(model)]) for model, count in counts.items()]


def name_versions(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what made the runs and the report: names and versions."""
    logged = list(dict.fromkeys(frame["pixnb_version"].dropna().astype(str))) if "pixnb_version" in frame else []
    found = [("Report made by", f"pixnb {__version__}"), ("Python", platform.python_version())]
    return [*([("Runs made by", f"pixnb {', '.join(logged)}")] if logged else []), *found]


def cite(frame: pd.DataFrame, title: str, *, report: str, made: datetime) -> Citation:
    """Say how to cite a report: with the log's id and the number of runs, by which its runs are found again.

    Args:
        frame: A log's frame, or any other.
        title: The report's heading.
        report: The report's id.
        made: When it was written.
    """
    people = list(dict.fromkeys(frame["user"].dropna().astype(str))) if "user" in frame else []
    used = [origin.model for origin in list_models(frame)]
    of = f" with {', '.join(used[:4])}{' and others' if len(used) > 4 else ''}" if used else ""
    log = str(frame.attrs.get("pixnb_log") or "")
    ids = f"{f'log {log}, ' if log else ''}report {report}"
    runs = f"{len(frame)} run{'' if len(frame) == 1 else 's'}{of}"
    who = wording.legible(", ".join(people))
    what = wording.legible(title)
    called = f"{who} ({made:%Y}). {what}" if who else f"{what} ({made:%Y})"
    said = f"{called}: {runs}. Made with pixnb {__version__}, {_HOME}; {ids}."
    fields = {
        "author": " and ".join(f"{{{_latex(wording.legible(one))}}}" for one in people),
        "title": f"{{{_latex(what)}}}",
        "year": f"{made:%Y}",
        "month": f"{made:%b}".lower(),
        "howpublished": rf"pixnb {__version__}, \url{{{_HOME}}}",
        "note": _latex(f"{runs}; {ids}"),
    }
    plain = unicodedata.normalize("NFKD", what.lower()).encode("ascii", "ignore").decode("ascii")
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "runs"
    lines = [
        f"  {name:<12} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value
    ]
    return Citation(said, "\n".join([f"@misc{{pixnb-{key}-{made:%Y},", *lines, "}"]))


def _origin(model: str, count: int, record: Mapping[Any, Any]) -> Origin:
    names = [record.get(name) for name in ("provider", "provider_model")]
    service = " ".join(str(name) for name in names if wording.is_given(name))
    try:
        price = models.get(model).price
    except ModelNotFound:
        price = None
    if price is None:
        return Origin(wording.legible(model), wording.legible(service), count, wording.UNKNOWN_PRICE, "")
    source = f"{price.source}{f', {price.as_of}' if price.as_of else ''}"
    return Origin(wording.legible(model), wording.legible(service), count, str(price), wording.legible(source))


def _latex(text: str) -> str:
    return text.translate(_LATEX)


__all__ = ["Citation", "Origin", "cite", "list_models", "name_versions"]
