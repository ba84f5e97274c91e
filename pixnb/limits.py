"""What a user allows of each service, as `PIXNB_LIMITS` says it: jobs in flight, and starts a minute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pixnb import providers
from pixnb.errors import InvalidInput

EXAMPLE = "pixazo=4,apiframe=2@30"
_PART = re.compile(r"\s*([^=\s]+)\s*=\s*([0-9]{1,6})?\s*(?:@\s*([0-9]{1,6}))?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed of one service, over all kernels that work with one log.

    Attributes:
        in_flight: Jobs at once; None for no limit.
        starts: Starts within any minute; None for no limit.
    """

    in_flight: int | None = None
    starts: int | None = None


def parse(text: str | None) -> Mapping[str, Limit]:
    """Read what a user allows.

    Args:
        text: For each service `name=N` (jobs in flight), `name=@M` (starts a minute) or `name=N@M`, with commas
            between; nothing or None for no limits.

    Returns:
        The limits by service.

    Raises:
        InvalidInput: It cannot be read, or names no service.

    Example:
        >>> parse("pixazo=4, apiframe=2@30")["apiframe"]
        Limit(in_flight=2, starts=30)
    """
    found: dict[str, Limit] = {}
    for part in (text or "").split(",") if (text or "").strip() else ():
        match = _PART.fullmatch(part)
        if match is None or match[2] is None is match[3]:
            raise _unreadable(f"{part.strip()!r:.80} is no limit")
        name, *numbers = match.groups()
        if name not in providers.names():
            raise _unreadable(f"{name!r:.80} is no service; there are {', '.join(providers.names())}")
        if name in found:
            raise _unreadable(f"{name} is there twice")
        if "0" in {number.lstrip("0") or "0" for number in numbers if number}:
            raise _unreadable(f"{part.strip()!r} allows nothing: at least 1")
        found[name] = Limit(*(int(number) if number else None for number in numbers))
    return MappingProxyType(found)


def _unreadable(what: str) -> InvalidInput:
    return InvalidInput(
        f"PIXNB_LIMITS cannot be read: {what}. Write for each service how many jobs may be in flight, and after @ how "
        f"many may start within a minute, such as PIXNB_LIMITS={EXAMPLE}, or unset it."
    )


__all__ = ["EXAMPLE", "Limit", "parse"]
