"""What people here say of runs: stars, picks, notes on the whole clip or at a moment of it."""

from __future__ import annotations

import hashlib
import json
import math
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from pixnb.errors import InvalidInput, LogError
from pixnb.log import opinions
from pixnb.log.rows import now, update_run
from pixnb.log.schema import events, runs

KEEP: Any = object()
"""What is not given, and stays as it is."""

WHOLE = "note"
"""The id of the note on the whole clip, of which a run has one; those at a moment have a number."""

_KINDS = ("starred", "picked", "noted", "judged")

Follower = Callable[[set[str]], object]


def report_id(log_id: str, run_ids: Iterable[str]) -> str:
    """Return the id of a page that shows some runs of a log; the same runs have the same.

    Example:
        >>> report_id("0af1", ["b", "a"]) == report_id("0af1", ["a", "b"])
        True
    """
    said = json.dumps([log_id, sorted(run_ids)], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class LogMarks:
    """The marks of a log's runs."""

    id: str
    reading: Callable[[Callable[[Connection], Any]], Any]
    write: Callable[[Callable[[Connection], Any]], Future[Any]]

    def mark(
        self,
        run_ids: str | Iterable[str],
        *,
        stars: int | None = KEEP,
        picked: bool | None = KEEP,
        note: str | None = KEEP,
        at: float | None = None,
        unnote: str | int | None = None,
        user: str | None = None,
    ) -> None:
        """Mark runs; what is not given stays. Of several people here the last one's stars, pick and note count.

        Args:
            run_ids: One or several.
            stars: 1 to 5; None takes them away.
            picked: Whether they are picked.
            note: A text. Without a moment it takes the place of the one before, None or "" of no text; with one it is
                kept besides others.
            at: The note's moment, in seconds of the clip.
            unnote: The id of a note that is taken away, as `marks` gives it.
            user: Who says so.

        Raises:
            InvalidInput: Not 1 to 5 stars, no text, no moment.
            LogError: The log has no such run, or cannot be written.
        """
        ids = [run_ids] if isinstance(run_ids, str) else list(dict.fromkeys(run_ids))
        values = _checked(stars, picked, note, at)
        if unnote == WHOLE:
            values["note"] = None
        moment = None if at is None else {"at": float(at), "text": note, "user": user}
        number = None if unnote in (None, WHOLE) else _number(unnote)
        self.write(lambda connection: _mark(connection, ids, values, moment, number, user)).result()
        self.tell_marks(ids)

    def marks(self, run_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give the marks of runs, those that came in files too, as a page that shows them wants them.

        Returns:
            By run_id, for the runs that the log has: `stars`, `picked`, and `notes`, each with `id`, `at` (seconds;
            None for the whole clip) and `text`.
        """
        ids = list(run_ids)
        own = select(runs.c.run_id, runs.c.stars, runs.c.picked, runs.c.note).where(runs.c.run_id.in_(ids))
        sent = select(opinions.marks).where(opinions.marks.c.run_id.in_(ids))
        said = select(opinions.notes).where(opinions.notes.c.run_id.in_(ids))

        def read(connection: Connection) -> dict[str, dict[str, Any]]:
            found: dict[str, dict[str, Any]] = {}
            for row in connection.execute(own):
                whole = [{"id": WHOLE, "at": None, "text": row.note}] if row.note else []
                found[row.run_id] = {"stars": row.stars, "picked": row.picked, "notes": whole}
            for row in connection.execute(sent.order_by(opinions.marks.c.made_at.desc())):
                for name in ("stars", "picked"):
                    if found[row.run_id][name] is None:
                        found[row.run_id][name] = getattr(row, name)
            for row in connection.execute(said.order_by(opinions.notes.c.at, opinions.notes.c.id)):
                found[row.run_id]["notes"].append({"id": str(row.id), "at": row.at, "text": row.text})
            return {run_id: {**marks, "picked": bool(marks["picked"])} for run_id, marks in found.items()}

        found: dict[str, dict[str, Any]] = self.reading(read)
        return found

    def name_page(self, run_ids: Iterable[str]) -> dict[str, str]:
        """Return what a page of some runs writes into the files that it hands back: `report` and `log`."""
        return {"report": report_id(self.id, run_ids), "log": self.id}

    def find_marked(self, since: int | None) -> tuple[int, set[str]]:
        """Find the runs whose marks changed after a moment, in whatever process.

        Args:
            since: The number of the last event that is known; None to learn only that.

        Returns:
            The number of the log's last event, and the run_ids.
        """

        def read(connection: Connection) -> tuple[int, set[str]]:
            last = connection.scalar(select(func.max(events.c.seq))) or 0
            if since is None or since == last:
                return last, set()
            later = select(events.c.run_id).where(events.c.seq > since, events.c.kind.in_(_KINDS))
            return last, set(connection.execute(later).scalars())

        found: tuple[int, set[str]] = self.reading(read)
        return found

    def follow_marks(self, method: Follower) -> None:
        """Have a bound method called with the run_ids whose marks changed in this process; forgotten with its object.

        It is called in the thread that made the change, after it is on the disk.
        """
        self._followers.append(weakref.WeakMethod(method))

    def tell_marks(self, run_ids: Iterable[str]) -> None:
        """Call those who follow the marks."""
        changed = set(run_ids)
        followers = [method for reference in list(self._followers) if (method := reference())]
        self._followers[:] = [weakref.WeakMethod(method) for method in followers]
        for method in followers if changed else ():
            method(changed)

    @cached_property
    def _followers(self) -> list[weakref.WeakMethod[Follower]]:
        return []


def _checked(stars: Any, picked: Any, note: Any, at: Any) -> dict[str, Any]:
    if stars is not KEEP and stars is not None and (isinstance(stars, bool) or stars not in (1, 2, 3, 4, 5)):
        raise InvalidInput(f"Stars are 1 to 5, not {stars!r:.80}.")
    if picked is not KEEP and picked is not None and not isinstance(picked, bool):
        raise InvalidInput(f"A pick is True or False, not {picked!r:.80}.")
    if note is not KEEP and note is not None and not isinstance(note, str):
        raise InvalidInput(f"A note is a text, not {note!r:.80}. Tags hold names with values: tags={{…}}.")
    if at is not None and (isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at < math.inf):
        raise InvalidInput(f"A moment is a number of seconds into the clip, not {at!r:.80}.")
    if at is not None and (note is KEEP or not note or not note.strip()):
        raise InvalidInput("A note at a moment needs a text, as in run.note('her hand melts', at=1.2).")
    given = {"stars": None if stars is None else int(stars) if stars is not KEEP else KEEP, "picked": picked}
    given["note"] = KEEP if at is not None else note if note is KEEP else note or None
    return {name: value for name, value in given.items() if value is not KEEP}


def _number(unnote: Any) -> int:
    try:
        return int(str(unnote))
    except ValueError:
        raise InvalidInput(f"There is no note {unnote!r:.80}: log.marks([run_id]) gives their ids.") from None


def _mark(
    connection: Connection,
    run_ids: Iterable[str],
    values: dict[str, Any],
    moment: dict[str, Any] | None,
    gone: int | None,
    user: str | None,
) -> None:
    event = "starred" if "stars" in values else "picked" if "picked" in values else "noted"
    said: dict[str, Any] = {**values, **({"by": user} if user else {})}
    said |= {"at": moment["at"], "text": moment["text"]} if moment else {}
    for run_id in run_ids:
        update_run(connection, run_id, values, event=event, payload=said)
        if moment:
            connection.execute(insert(opinions.notes).values(run_id=run_id, made_at=now(), **moment))
        if gone is not None:
            those = delete(opinions.notes).where(opinions.notes.c.id == gone, opinions.notes.c.run_id == run_id)
            if connection.execute(those).rowcount != 1:
                raise LogError(f"Run {run_id} has no note {gone}: it may have been taken away meanwhile.")


__all__ = ["KEEP", "WHOLE", "LogMarks", "report_id"]
