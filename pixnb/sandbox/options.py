"""What can be set about a sandbox for its whole life, and its guesses where no page says what a server does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def _guess(value: Any, about: str) -> Any:
    return dataclasses.field(default=value, metadata={"about": about})


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """The guesses; `Assumed()` has those that hold when nothing is set, and `described()` says what each is about."""

    retry_after: int = _guess(1, "seconds that a 429 asks to wait")
    webhook_tries: int = _guess(3, "how often a webhook is sent that is not answered with a 2xx")
    # "Must respond 2xx within a few seconds" (https://www.pixazo.ai/models/lucy-edit)
    webhook_patience: float = _guess(5.0, "seconds that a webhook may take to answer")
    pixazo_bad_webhook: int = _guess(400, "Pixazo's code for a webhook by plain http")
    apiframe_events: str = _guess("completed,failed", "what Apiframe calls about when webhookEvents is left out")
    apiframe_upload_life: float = _guess(7200.0, 'seconds that an upload to Apiframe is kept ("about 1-2 h")')
    decart_bad_key: int = _guess(401, "Decart's code for a key that it does not know")
    decart_unknown_job: int = _guess(404, "Decart's code for a job that it does not know")
    decart_early: int = _guess(409, "Decart's code for the content of a job that is not completed")
    decart_largest: int = _guess(200, "MB of files that Decart takes; an early page says 10")
    decart_longest: float = _guess(0.0, "seconds of video that Decart takes, 0 for any; an early page says 5")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of one server: most are options of the command line, which says what each does."""

    state: Path  # the folder of its jobs, uploads and clips
    speed: float = 1.0
    draft: bool = False
    workers: int = 1
    link_life: float = 0.0
    strict: bool = False  # else parameters that no page documents are ignored: what a service does is not known
    credits: int | None = None
    room: int = 10**10  # bytes
    names: frozenset[str] = frozenset()
    queued: float = 1.0  # seconds that a job is QUEUED at speed 1
    least: float = 6.0  # seconds that a video is PROCESSING, at the least, at speed 1
    least_image: float = 2.0  # the same for a picture
    assumed: Assumed = Assumed()


def described() -> Iterator[tuple[str, str]]:
    """Yield for each guess its name with its value, and what it is about.

    Example:
        >>> next(described())
        ('retry_after=1', 'seconds that a 429 asks to wait')
    """
    for guess in dataclasses.fields(Assumed):
        yield f"{guess.name}={guess.default}", guess.metadata["about"]


def assumed(words: Sequence[str]) -> Assumed:
    """Read settings as a command line has them, each `name=value`, in place of the guesses.

    Raises:
        ValueError: If one is unknown, or its value is of another kind.

    Example:
        >>> assumed(["decart_early=425"]).decart_early
        425
    """
    kinds = {name: type(value) for name, value in vars(Assumed()).items()}
    values: dict[str, Any] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in kinds:
            raise ValueError(f"{name!r} is not among what is assumed: {', '.join(kinds)}")
        try:
            values[name] = kinds[name](value)
        except ValueError:
            raise ValueError(f"{name} must be a number, not {value!r}") from None
    return Assumed(**values)


__all__ = ["Assumed", "Options", "assumed", "described"]
