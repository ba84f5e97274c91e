"""How much of an input a service is known to take, where its pages disagree and only the service could tell."""

from __future__ import annotations

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Undisputed:
    """How much every page of a service allows.

    Args:
        seconds: The longest clip, in seconds.
        size: The largest file, in bytes.
        source: Which page says so, and what another one says.
    """

    seconds: float
    size: int
    source: str

    def doubts(self, *, seconds: float | None, size: int | None) -> str | None:
        """Say what of a clip goes beyond.

        Args:
            seconds: Its length in seconds; None where it is not known.
            size: Its size in bytes; None where it is not known.

        Returns:
            One sentence, or None where nothing does.

        Example:
            >>> told = Undisputed(seconds=5, size=10_000_000, source="says https://example.com/limits")
            >>> told.doubts(seconds=12.3, size=4_000_000)
            'the clip has 12.3 s, and 5 s at most are sure to be taken (says https://example.com/limits)'
        """
        beyond: dict[str, str] = {}
        if seconds is not None and seconds > self.seconds:
            beyond[f"{seconds:.4g} s"] = f"{self.seconds:g} s"
        if size is not None and size > self.size:
            beyond[f"{size / _MB:.4g} MB"] = f"{self.size / _MB:g} MB"
        if not beyond:
            return None
        has, sure = (" and ".join(said) for said in (beyond, beyond.values()))
        return f"the clip has {has}, and {sure} at most are sure to be taken ({self.source})"


__all__ = ["Undisputed"]
