"""What is said on a picture about the words that its renderer could not show."""

from __future__ import annotations

from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.request import RenderRequest

NOT_UNDERSTOOD = "prompt not understood by the sandbox"
_PARTLY = "part of the prompt not understood by the sandbox"
_MOST, _LONGEST = 5, 20  # words that are listed, letters of each


def note_for_scene(request: RenderRequest) -> str | None:
    """Return what to say on a picture from words alone: which words it has no picture for, if any."""
    reading = words.read(request.prompt)
    if not request.prompt.strip():
        return None
    said = bool(reading.subjects or reading.place or reading.hour or reading.weather or reading.styles)
    if not reading.unknown:
        return (_PARTLY if said else NOT_UNDERSTOOD) if reading.foreign or not reading.words else None
    listed = ", ".join(word[:_LONGEST] for word in reading.unknown[:_MOST])
    more = len(reading.unknown) - _MOST
    return f"no picture for: {listed}{f' and {more} more' if more > 0 else ''}"


def note_for_edit(request: RenderRequest, also: frozenset[str] = frozenset()) -> str | None:
    """Return what to say on a changed picture: that the prompt has no word that changes anything, if so."""
    reading = words.read(request.prompt)
    knows = reading.known or reading.camera or reading.mood or also & set(reading.words)
    return None if knows or not request.prompt.strip() or "reference" in request.inputs else NOT_UNDERSTOOD
