"""The price book: a person's own prices in one JSON file, safe between threads and processes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pixnb.catalogue.prices import Price, price
from pixnb.errors import InvalidInput, PixnbError
from pixnb.filing import lock, write_whole
from pixnb.project import is_folder, locate, make_private


class PriceBook:
    """A person's own prices, in one JSON file that several processes may read and write at once.

    Args:
        path: The file; made, with its folder, at the first `put`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, int, int], dict[str, tuple[Price, ...]]] | None = None

    def of(self, model: str) -> tuple[Price, ...]:
        """Return the prices set for a model, by its friendly id, latest last.

        Raises:
            PixnbError: The file cannot be read.
        """
        return self._load().get(model, ())

    def put(self, model: str, new: Price) -> None:
        """Keep a price, in place of an earlier one for the same `when`.

        Raises:
            PixnbError: The file cannot be read or written; nothing was changed.
        """
        self._change(model, new.when, (new,))

    def drop(self, model: str, when: Mapping[str, Any] | None = None) -> None:
        """Forget the price set for a model and `when`, if there is one.

        Raises:
            PixnbError: The file cannot be read or written; nothing was changed.
        """
        self._change(model, when or {}, ())

    def _change(self, model: str, when: Mapping[str, Any], new: tuple[Price, ...]) -> None:
        try:
            make_private(self.path.parent)
            with lock(self.path):
                known = dict(self._load())
                known[model] = (*(p for p in known.get(model, ()) if p.when != when), *new)
                write_whole(self.path, _dump(known))
        except OSError as error:
            raise _trouble(
                f"The price book {self.path} cannot be written: {error.strerror or error}. Nothing was "
                "changed. Make its folder writable, or set PIXNB_DATA to one that is."
            ) from error

    def _load(self) -> dict[str, tuple[Price, ...]]:
        try:
            stat = self.path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if self._read and self._read[0] == stamp:
                return self._read[1]
            found = _parse(self.path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, InvalidInput) as error:
            raise _trouble(
                f"The price book {self.path} cannot be read: {error}. "
                "Correct the file, or move it away and set your prices again."
            ) from error
        # a file written this instant may change again within its clock's tick: not remembered yet
        old_enough = time.time_ns() - stat.st_mtime_ns > 50_000_000
        self._read = (stamp, found) if old_enough else None
        return found


def book() -> PriceBook:
    """Return the price book of the data folder in use: `prices.json` in PIXNB_DATA."""
    # Each run asks for its price, on the loop too, and settings.load() reads files: it is asked again only when what
    # it would read has changed, and that is looked at once a second.
    global _kept
    try:
        here = os.getcwd()  # noqa: PTH109 - for each run; a Path would cost more than the call
    except OSError:
        here = str(locate("."))  # which says what is wrong
    place = (os.environ.get("PIXNB_DATA"), here)
    now, kept = time.monotonic(), _kept
    if kept is not None and kept.place == place and now - kept.at <= 1.0:
        return kept.book
    folders = (Path(here), *Path(here).parents)
    seen = [(_read_stamp(folder / ".env"), is_folder(folder / "pixnb-data")) for folder in folders]
    if kept is None or kept.place != place or kept.seen != seen:
        from pixnb import settings

        path = settings.load().data_dir / "prices.json"
        kept = _Kept(place, seen, now, kept.book if kept and kept.book.path == path else PriceBook(path))
    _kept = replace(kept, at=now)
    return kept.book


@dataclass(frozen=True)
class _Kept:
    place: tuple[str | None, str]
    seen: list[tuple[int | None, bool]]
    at: float
    book: PriceBook


_kept: _Kept | None = None


def _read_stamp(path: Path) -> int | None:
    try:
        return path.stat().st_ctime_ns
    except OSError:
        return None


_VERSION = 1


def _parse(data: bytes) -> dict[str, tuple[Price, ...]]:
    content = json.loads(data)
    if content["version"] > _VERSION:
        raise ValueError("it was written by a newer pixnb; upgrade pixnb")
    return {model: tuple(price(**one) for one in kept) for model, kept in content["models"].items()}


def _dump(models: Mapping[str, tuple[Price, ...]]) -> bytes:
    rows = {model: [{**asdict(p), "amount": str(p.amount)} for p in kept] for model, kept in models.items() if kept}
    return (json.dumps({"version": _VERSION, "models": rows}, indent=2, ensure_ascii=False) + "\n").encode()


def _trouble(message: str) -> PixnbError:
    return PixnbError(message, code="PRICE_BOOK")


__all__ = ["PriceBook", "book"]
