"""The words for a run's money, time, status and size, and for the sandbox: the same in every card, table and report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.catalogue.prices import Cost, format_amount
from pixnb.media.opening import UNREADABLE
from pixnb.status import SANDBOX, SANDBOX_MEANS, JobStatus
from pixnb.terminal import legible

if TYPE_CHECKING:
    from pixnb.media.media import Media

UNKNOWN_PRICE = "price unknown"
NOT_CHARGED = "not charged"
FREE = (NOT_CHARGED, "refunded")
"""Kinds of cost that are nothing in the end; the word says more than a zero."""


def cost(row: Mapping[str, Any]) -> str:
    """Say what a run cost; the sandbox's money is marked, an unknown price is never a zero.

    Args:
        row: A row of a frame.

    Example:
        >>> cost({"cost": None, "cost_simulated": 0.2, "currency": "USD"})
        '$0.20 simulated'
        >>> cost({"cost": None, "cost_simulated": None, "currency": None})
        'price unknown'
    >>> cost({"cost": 12.0, "currency": "credits"}), cost({"cost": 0.0, "currency": "credits", "cost_kind": "refunded"})
    ('12 credits', 'refunded')
    """
    if str(row.get("cost_kind")) in FREE:
        return str(row["cost_kind"])
    found = priced(row)
    return f"{format_amount(found[0], found[1])} {found[2]}".strip() if found else UNKNOWN_PRICE


def priced(row: Mapping[str, Any]) -> tuple[Decimal, str, str] | None:
    """Return the amount, currency and mark ("", "simulated", "estimated") of a row's price; None where it is unknown.

    A run that was cancelled or goes on has no cost yet: what is reserved for it is what was estimated.
    """
    expected = "simulated" if is_true(row.get("sandbox")) else "estimated"
    for name, mark in (("cost", ""), ("cost_simulated", "simulated"), ("cost_estimated", expected)):
        amount = number(row.get(name))
        if amount is not None:
            return amount, str(row["currency"]) if is_given(row.get("currency")) else "USD", mark
    return None


def money(price: Cost | None, *, sandbox: bool | None = None) -> str:
    """Say what a job costs; the same words for an object as `cost` has for a row.

    Args:
        price: Its cost; None where the price is unknown.
        sandbox: Whether a sandbox does it.

    Example:
        >>> money(Cost(Decimal("0.2"), "USD")), money(Cost(Decimal("0.2"), "USD"), sandbox=True), money(None)
        ('$0.20 estimated', '$0.20 simulated', 'price unknown')
        >>> money(Cost(Decimal(0), "USD", "not charged"), sandbox=True)
        'not charged'
    """
    if price is None:
        return UNKNOWN_PRICE
    if price.kind in FREE:
        return price.kind
    mark = "simulated" if sandbox else price.kind if price.kind == "estimated" else ""
    return f"{price} {mark}".strip()


def seconds(row: Mapping[str, Any]) -> str:
    """Say a run's time: from when its service began with it to its end, without what it waited before.

    Args:
        row: A row of a frame.

    Example:
        >>> seconds({"queue_seconds": 1.0, "run_seconds": 6.24}), seconds({"run_seconds": 75.0}), seconds({})
        ('6.2 s', '1 min 15 s', '–')
    """
    took = number(row.get("run_seconds"))
    return "–" if took is None else duration(float(took))


def duration(length: float | None, *, whole: bool = False) -> str:
    """Say a length of time.

    Args:
        length: Seconds; None where it is not known.
        whole: Whether to leave out parts of a second, for a clock that ticks.

    Example:
        >>> duration(7.24), duration(7.24, whole=True), duration(75), duration(7300), duration(None)
        ('7.2 s', '7 s', '1 min 15 s', '2 h 1 min', '–')
    """
    if length is None:
        return "–"
    if length < 60:
        return f"{int(length)} s" if whole else f"{length:.1f} s"
    if length < 3600:
        return f"{int(length // 60)} min {int(length % 60)} s"
    return f"{int(length // 3600)} h {int(length % 3600 // 60)} min"


def percent(part: float) -> str:
    """Say a part of the whole; never more than all of it.

    Example:
        >>> percent(0.425), percent(1.2)
        ('42 %', '100 %')
    """
    return f"{int(100 * min(1.0, max(0.0, part)))} %"


def size(count: int | None) -> str:
    """Say a number of bytes.

    Example:
        >>> size(900), size(45_300), size(2_070_000), size(None)
        ('900 B', '45 kB', '2.1 MB', '–')
    """
    if count is None:
        return "–"
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def describe(media: Media) -> str:
    """Say what is in a file: length, size, sound.

    Example:
        >>> from pixnb.media.sample import sample
        >>> describe(sample("video"))
        '5.3 s, 640×360, 25 fps, with sound, 521 kB'
    """
    try:
        if media.size is None:
            return ""
        info = media.info
    except UNREADABLE:
        return ""
    said = [duration(info.duration)] if info.duration else []
    said += [f"{info.width}×{info.height}"] if info.width else []
    said += [f"{info.fps:.3g} fps"] if info.fps else []
    said += ["content credentials (C2PA)"] if info.credentials else []
    said += ["with sound"] if info.audio and info.kind == "video" else []
    return ", ".join([*said, size(media.size)])


def say_credentials(signed: int) -> str:
    """Say of stills and previews that they are not the signed originals; "" where no original is signed.

    Args:
        signed: How many of the files shown carry content credentials.

    Example:
        >>> say_credentials(1)
        '1 original carries content credentials (C2PA); what is shown here is a copy, not the signed original.'
    """
    if not signed:
        return ""
    are, is_a = ("1 original carries", "a copy, not the signed original") if signed == 1 else (
        f"{signed} originals carry", "copies, not the signed originals")  # fmt: skip
    return f"{are} content credentials (C2PA); what is shown here {'is' if signed == 1 else 'are'} {is_a}."


def is_signed(media: Media) -> bool:
    """Whether a file carries content credentials (C2PA), which no preview or still of it has; False where unknown."""
    try:
        return media.size is not None and media.info.credentials
    except UNREADABLE:
        return False


def stars(count: Any) -> str:
    """Draw one to five stars; nothing for none.

    Example:
        >>> stars(3), stars(None)
        ('★★★☆☆', '')
    """
    given = number(count)
    full = min(5, max(0, int(given))) if given is not None else 0
    return "★" * full + "☆" * (5 - full) if full else ""


def tone(status: str | JobStatus) -> str:
    """Return which colour a status has, the name of a CSS class: "good", "bad", "busy" or "calm".

    Example:
        >>> tone("COMPLETED"), tone("UNCONFIRMED"), tone("PROCESSING"), tone("CANCELLED")
        ('good', 'bad', 'busy', 'calm')
    """
    return _TONES.get(str(status), "calm")


def is_given(value: Any) -> bool:
    """Whether a cell of a frame holds something; an empty text, as a CSV leaves it, is nothing.

    Example:
        >>> is_given(0), is_given("NA"), is_given(""), is_given(float("nan"))
        (True, True, False, False)
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return False
    if isinstance(value, str):
        return value != ""
    try:
        return bool(value == value)
    except (TypeError, ValueError):  # an array
        return True


def number(value: Any) -> Decimal | None:
    """Return a cell's number, also one that a CSV left as text; None for what is none, or not finite.

    Example:
        >>> number(0.2), number("7.5"), number(""), number("n/a"), number("inf")
        (Decimal('0.2'), Decimal('7.5'), None, None, None)
    """
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if math.isfinite(found) else None


def is_true(value: Any) -> bool:
    """Whether a cell says yes, also as the text that a CSV makes of it."""
    return str(value).lower() in ("true", "1", "1.0")


def sandbox_badge() -> str:
    """Return the HTML of the mark on all that a sandbox made."""
    return html.tag("span", SANDBOX, class_="badge mark", title=f"{SANDBOX_MEANS.capitalize()}.")


_TONES = {
    "COMPLETED": "good",
    "FAILED": "bad",
    "ERROR": "bad",
    "UNCONFIRMED": "bad",
    "SUBMITTING": "busy",
    "QUEUED": "busy",
    "PROCESSING": "busy",
}

__all__ = [
    "FREE",
    "NOT_CHARGED",
    "SANDBOX",
    "SANDBOX_MEANS",
    "UNKNOWN_PRICE",
    "cost",
    "describe",
    "duration",
    "is_given",
    "is_signed",
    "is_true",
    "legible",
    "money",
    "number",
    "percent",
    "priced",
    "sandbox_badge",
    "say_credentials",
    "seconds",
    "size",
    "stars",
    "tone",
]
