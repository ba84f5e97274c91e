"""How routes answer: JSON, moments as services write them, and refusals that end a request where they are found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response


class Refused(Exception):
    """A request is refused; the application sends `answer`, which is in its service's words."""

    def __init__(self, answer: Response) -> None:
        super().__init__(f"refused with {answer.status_code}")
        self.answer = answer


def write_json(body: Any, status: int = 200) -> Response:
    """Answer with JSON, in ASCII: what a request is told back may hold half a surrogate pair too."""
    return Response(json.dumps(body), status, media_type="application/json")


def write_refusal(status: int, text: str) -> Response:
    """Refuse where no service is asked, or one whose words are not known: each of them has its own field."""
    return write_json({"error": text, "message": text, "detail": text}, status)


def write_moment(seconds: float | None) -> str | None:
    """Write a time (seconds since 1970) as services do.

    Example:
        >>> write_moment(1773568800.0)
        '2026-03-15T10:00:00.000Z'
    """
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


__all__ = ["Refused", "write_json", "write_moment", "write_refusal"]
