"""How a clip, a picture or a sound gets into an output: embedded, by the URL of its file, or as a small preview.

Bytes go into an output up to 2 MB of text, which base64 makes of 1.5 MB. What is larger is named by the URL of its
file where the host serves it, and is else embedded as a preview. A poster is always there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from pixnb import html
from pixnb.display import wording
from pixnb.display.host import Host, host
from pixnb.display.poster import make_once, picture_bytes, poster_uri, shrink_uri
from pixnb.media.opening import UNREADABLE
from pixnb.media.still import is_bearable

if TYPE_CHECKING:
    from pixnb.media.media import Media

EMBED_LIMIT = 2_000_000
"""Characters of data URIs in one output."""

PREVIEW_LIMIT = 1_499_000
"""Bytes of a preview, so that its data URI fits into an output."""

_SHOWN_WIDTH = 560
_HEARD = ("mpeg", "wav", "ogg", "flac", "mp4", "aac", "webm")
_PREVIEWS = {"video": "video/mp4", "image": "image/webp"}
_SHOWN = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif")


class Budget:
    """What one output may embed; shared by all that goes into it.

    Args:
        limit: Characters of data URIs.

    Attributes:
        left: What is left of it.

    Example:
        >>> budget = Budget(100)
        >>> budget.take(60), budget.take(60), budget.left
        (True, False, 40)
    """

    def __init__(self, limit: int = EMBED_LIMIT) -> None:
        self.left = limit

    def take(self, count: int) -> bool:
        """Take so many characters, if they are left."""
        if count > self.left:
            return False
        self.left -= count
        return True


@dataclass(frozen=True)
class Source:
    """Where a page loads a file from.

    Attributes:
        url: The URL; None where the file cannot be shown.
        how: "embedded", "file" (by the host), "preview" (embedded, smaller than the file), "remote" or "none".
    """

    url: str | None
    how: Literal["embedded", "file", "preview", "remote", "none"]


NOWHERE = Source(None, "none")


def source(media: Media, *, budget: Budget, at: Host | None = None) -> Source:
    """Choose how a file gets into an output, and take what it embeds from the budget.

    Args:
        media: The file.
        budget: What the output may still embed.
        at: The host; found when left out.

    Returns:
        Where the page loads it from; nothing is fetched for a URL.
    """
    if media.size is None:
        return Source(media.url, "remote") if media.url else NOWHERE
    place, media_type = at or host(), media.media_type
    playable = is_playable(media)
    if playable and budget.take(html.uri_size(media.size)):
        return Source(html.data_uri(media_type, media.bytes()), "embedded")
    url = place.relative_url(media.path) if playable and media.path else None
    if url:
        return Source(url, "file")
    data = preview_bytes(media)
    if data and budget.take(html.uri_size(len(data))):
        return Source(html.data_uri(_PREVIEWS[media.kind or ""], data), "preview")
    return NOWHERE


def words_if_lost(found: Source) -> str:
    """Say what became of a clip that its page does not find, and what to do; "" for one that is in the page."""
    if found.how == "file":
        where = unquote(found.url or "")
        return f'The clip is not beside this page, at {where}. exp.report("runs.html") writes a page that holds them.'
    return "The address gives no clip now; a service's links end after a while." if found.how == "remote" else ""


def is_playable(media: Media) -> bool:
    """Whether a browser plays or shows the file as it is; it must be here, not only a URL."""
    family, _, form = media.media_type.partition("/")
    if family == "video":
        return form == "mp4" and media.info.plays_everywhere
    if media.media_type in _SHOWN:
        return is_bearable(media.info.width, media.info.height)
    return family == "audio" and form in _HEARD


def message(media: Media) -> tuple[str, bytes] | None:
    """Return a file for a page that asks for its bytes: its media type, and at most 1.5 MB of video or picture.

    Args:
        media: The file; what is larger, or no browser plays, goes as a preview.

    Returns:
        None for what has no preview.
    """
    fits = media.size is not None and media.size <= PREVIEW_LIMIT and is_playable(media)
    if fits or media.kind == "audio":
        return media.media_type, media.bytes()
    data = preview_bytes(media)
    return (_PREVIEWS[media.kind or ""], data) if data else None


def figure_html(media: Media, *, budget: Budget, label: str = "", caption: str = "", at: Host | None = None) -> str:
    """Return a figure: the file, ready to play, with its poster, and a caption under it.

    Args:
        media: The file. One that is missing or unreadable is a figure that says so.
        budget: What the output may still embed.
        label: What a screen reader says; plain text.
        caption: HTML of the caption, escaped by the caller; none when empty.
        at: The host; found when left out.

    Returns:
        The figure's HTML, to be put inside of `html.root`.
    """
    try:
        inner, note = _element(media, budget, label, at)
    except UNREADABLE as error:
        inner, note = "", html.escape(error)
    said = f"{caption} {html.tag('small', note, class_='how')}" if note and inner else caption or note
    if not inner:
        inner = html.tag("div", note or "This file cannot be shown.", class_="gap")
        said = caption
    return html.tag("figure", inner + (html.tag("figcaption", said) if said else ""))


def _element(media: Media, budget: Budget, label: str, at: Host | None) -> tuple[str, str]:
    kind = media.kind
    found = source(media, budget=budget, at=at)
    if kind == "image":
        return _picture(media, found, budget, label), ""
    preload = "none" if found.how == "remote" else "metadata"  # a person's address is asked when they play it
    if found.url and kind == "audio":
        return html.audio(found.url, label=label, preload=preload, lost=words_if_lost(found)), ""
    if kind == "video":
        poster = poster_uri(media) if found.how != "remote" else None
        element = html.video(found.url, poster=poster, label=label, size=_size(media), preload=preload,
                             lost=words_if_lost(found), still=shrink_uri(poster))  # fmt: skip
        return element, _note(found, media)
    return "", f"{html.escape(repr(media))} is not media that a page can show."


def _picture(media: Media, found: Source, budget: Budget, label: str) -> str:
    """Return a picture that opens in full size: from its file where the host serves it, else as it is in the page."""
    if found.how == "remote":
        return html.picture(found.url or "", label=label, full=found.url)
    if found.url and found.how != "file":
        return html.picture(found.url, label=label, size=_size(media))
    # the link is for who has the file beside the notebook; what is seen travels with it
    copy = picture_bytes(media)
    fits = copy is not None and budget.take(html.uri_size(len(copy)))
    uri = html.data_uri("image/webp", copy) if copy and fits else poster_uri(media) or ""
    return html.picture(uri, label=label, size=_size(media), full=found.url)


def _note(found: Source, media: Media) -> str:
    if found.how == "preview":
        signed = ", and its content credentials" if wording.is_signed(media) else ""
        return f"A small preview; the whole clip has {wording.size(media.size)}{signed}."
    if found.how == "none":
        size = wording.size(media.size)
        return f"The poster only: the clip has {size}, too much for one output. Media.save(path) writes it whole."
    return ""


def _size(media: Media) -> tuple[int, int] | None:
    """Return how large it is shown where the style sheet is taken away."""
    info = media.info if media.size is not None else None
    if info is None or not info.width or not info.height:
        return None
    scale = min(1.0, _SHOWN_WIDTH / info.width)
    return round(info.width * scale), round(info.height * scale)


def preview_bytes(media: Media, limit: int = PREVIEW_LIMIT, *, height: int = 360) -> bytes | None:
    """Return a smaller copy of a video or picture, made once; None for what has none.

    Args:
        media: The file.
        limit: The most bytes of a video.
        height: The most pixels down of a video.
    """
    if media.kind == "image":
        return picture_bytes(media)
    if media.kind != "video":
        return None
    return make_once(media, f"preview of {limit}", lambda: _make_preview(media, limit, height), height)


def _make_preview(media: Media, limit: int, height: int) -> bytes:
    from pixnb.media.preview import preview

    return preview(media.path or media.bytes(), height, limit=limit)


__all__ = [
    "EMBED_LIMIT",
    "NOWHERE",
    "PREVIEW_LIMIT",
    "Budget",
    "Source",
    "figure_html",
    "is_playable",
    "message",
    "preview_bytes",
    "source",
    "words_if_lost",
]
