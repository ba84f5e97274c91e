"""Pure strings of HTML: escaping, tags, data URIs, video, picture and sound, the shared style sheet."""

from __future__ import annotations

import base64
import html
import re
from functools import cache
from pathlib import Path

from pixnb import visitors
from pixnb._version import __version__

_STATIC = Path(__file__).parent / "static"


def escape(text: object) -> str:
    """Make outside text safe between tags and in attributes; visitors are not told where files of this machine lie.

    Example:
        >>> escape('<b> & "c"')
        '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return html.escape(visitors.hide_folders(str(text)), quote=True)


def linked(text: str) -> str:
    """Escape a text and make links of the addresses in it.

    Example:
        >>> linked("See https://example.org/a, <b>.")
        'See <a href="https://example.org/a" target="_blank" rel="noopener">example.org/a</a>, &lt;b&gt;.'
    """
    parts = re.split(r"(https?://[^\s,;()<>\"']+[^\s,;()<>\"'.])", text)
    return "".join(
        tag("a", escape(part.partition("://")[2]), href=part, target="_blank", rel="noopener")
        if at % 2
        else escape(part)
        for at, part in enumerate(parts)
    )


def tag(name: str, inner: str = "", /, **attributes: object) -> str:
    """Return an element. What is inside is HTML already; the values of attributes are escaped here.

    Args:
        name: Such as "div".
        inner: HTML, escaped by the caller where it comes from outside.
        **attributes: True for one without a value, None or False for none; `class_` is "class", `aria_label`
            is "aria-label".

    Example:
        >>> tag("p", escape("a < b"), class_="prompt", hidden=True, title=None)
        '<p class="prompt" hidden>a &lt; b</p>'
        >>> tag("img", src="a.png", alt="A lake")
        '<img src="a.png" alt="A lake">'
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return f"<{name}{said}>" if name in _VOID else f"<{name}{said}>{inner}</{name}>"


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


def data_uri(media_type: str, data: bytes) -> str:
    """Return bytes as a URL that holds them.

    Example:
        >>> data_uri("image/gif", b"GIF89a")
        'data:image/gif;base64,R0lGODlh'
    """
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def uri_size(size: int) -> int:
    """Return how many characters bytes take in a data URI, its head left out."""
    return (size + 2) // 3 * 4


def video(
    src: str | None,
    *,
    poster: str | None = None,
    label: str = "",
    size: tuple[int, int] | None = None,
    preload: str = "metadata",
    lost: str = "",
    still: str | None = None,
) -> str:
    """Return a video element: muted, with controls, loading no more than it must before it is played.

    Args:
        src: Where the clip is; None for a poster alone, which is then a picture.
        poster: A URL of its poster, mostly a data URI.
        label: What a screen reader says.
        size: Pixels across and down, so that the page does not jump.
        preload: "none" for an address that the page must not ask before somebody plays it.
        lost: What is said under it where the page does not find the clip; "" where that cannot be.
        still: A picture within it, for a renderer that takes out films but not what is in them, such as GitHub's.
    """
    width, height = size or (None, None)
    if src is None:
        return image(poster, label=label, size=size) if poster else ""
    return tag(
        "video",
        image(still, label=label) if still else "",
        src=src,
        poster=poster,
        width=width,
        height=height,
        aria_label=label or None,
        controls=True,
        muted=True,
        loop=True,
        playsinline=True,
        preload=preload,
        **(_LOOKED_FOR if lost else {}),
    ) + _said_if_lost(lost)


def image(src: str, *, label: str = "", size: tuple[int, int] | None = None) -> str:
    """Return an image element; `label` stands for it where it is not seen."""
    width, height = size or (None, None)
    return tag("img", src=src, alt=label, width=width, height=height)


def picture(src: str, *, label: str = "", size: tuple[int, int] | None = None, full: str | None = None) -> str:
    """Return an image that opens in full size in a page of its own, by a click or by the Enter key.

    Args:
        src: What is shown.
        label: What stands for it where it is not seen.
        size: Pixels across and down, so that the page does not jump.
        full: The address of the whole; None for what is shown, which browsers do not open by a link where it is a
            data URI.
    """
    width, height = size or (None, None)
    # no wider than it is at the greatest height: beside a portrait there would be empty bars
    style = f"width:min(100%,{round(HIGHEST * width / height)}px)" if width and height else None
    shown = tag("img", src=src, alt=label, width=width, height=height, style=style)
    if full is not None:
        return tag("a", shown, href=full, target="_blank", rel="noopener", title="Open in full size", class_="full")
    return tag("button", shown, type="button", title="Open in full size", class_="full", onclick=_OPEN)


def audio(src: str, *, label: str = "", preload: str = "metadata", lost: str = "") -> str:
    """Return an audio element with controls; `lost` as for a video."""
    found = tag("audio", src=src, aria_label=label or None, controls=True, preload=preload,
                **(_LOOKED_FOR if lost else {}))  # fmt: skip
    return found + _said_if_lost(lost)


def _said_if_lost(words: str) -> str:
    return tag("small", escape(words), class_="lost", hidden=True) if words else ""


def root(inner: str, *, class_: str = "") -> str:
    """Return a whole output: the element that carries our colours, the style sheet, and what is in it.

    Args:
        inner: HTML.
        class_: More classes for the element.
    """
    return tag("div", tag("style", css()) + inner, class_=f"pixnb {NO_MATH} {class_}".strip())


def document(title: str, body: str, *, padding: str) -> str:
    """Return a page of its own, in the colours that its reader prefers.

    Args:
        title: Plain text; escaped here, and said to be made with this version.
        body: HTML.
        padding: Room around it, in CSS: "20px 24px".
    """
    style = _DOCUMENT.replace("PADDING", padding)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · pixnb {__version__}</title>"
        f"<style>{style}</style></head>\n<body>{body}</body></html>\n"
    )


@cache
def css(name: str = "pixnb", folder: Path = _STATIC) -> str:
    """Return a style sheet, without its comments and spare blanks.

    Args:
        name: "pixnb" for what every output needs, "card" for what live cards need besides.
        folder: Where it lies: here, or in the one room that uses it.
    """
    text = (folder / f"{name}.css").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return re.sub(r" ?([{};,>]) ?|(?<=:) ", r"\1", text).strip()


_DOCUMENT = (
    ":root { color-scheme: light dark } body { margin: 0; background: #fff } main { padding: PADDING }"
    " .pixnb { margin: 0 auto } @media (prefers-color-scheme: dark) { body { background: #151618 } }"
)

NO_MATH = "tex2jax_ignore mathjax_ignore"
"""Classes that keep Jupyter from reading "$0.20 of $5.00" as a formula."""

HIGHEST = 420
"""Pixels down of a picture or clip in an output; as in the style sheet."""

# in a handler a bare open() is the document's own, which wipes the page
_OPEN = (
    "const i=this.firstChild.cloneNode(),w=window.open();"
    "for(const n of ['width','height','style'])i.removeAttribute(n);"
    "if(w){w.document.write(i.outerHTML);w.document.close();w.document.title=i.alt}"
)

# a notebook's page may put another address in place of the first, which is then found
_LOOKED_FOR = {
    "onerror": "this.parentNode.classList.add('lost');this.nextElementSibling.hidden=false",
    "onloadedmetadata": "this.parentNode.classList.remove('lost');this.nextElementSibling.hidden=true",
}

_VOID = frozenset({"br", "col", "hr", "img", "input", "source", "wbr"})

__all__ = [
    "HIGHEST",
    "NO_MATH",
    "audio",
    "css",
    "data_uri",
    "document",
    "escape",
    "image",
    "linked",
    "picture",
    "root",
    "tag",
    "uri_size",
    "video",
]
