"""A saved output as GitHub's renderer leaves it: no script, no style, no handler, no film, no form, no data in an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

GONE = frozenset({"script", "style", "iframe", "object", "embed", "link", "meta", "svg", "template"})  # with what is in it
UNKNOWN = frozenset({"video", "audio", "source", "form", "input", "button", "select", "textarea"})  # what is in it stays
VOID = frozenset({"br", "col", "hr", "img", "input", "source", "wbr", "link", "meta", "embed"})
KEPT = frozenset({"href", "src", "alt", "title", "colspan", "rowspan", "width", "height", "open", "dir", "lang", "scope"})
BLOCKS = frozenset({"div", "p", "tr", "figure", "figcaption", "table", "details", "summary", "h1", "h2", "h3", "li", "br"})


@dataclass
class Bare:
    """What is left of a page.

    Attributes:
        html: The page.
        text: Its words, blocks on lines of their own.
        pictures: The addresses of its pictures; "" for one whose data went.
        hidden: What a `hidden` attribute kept from being seen, and is seen now.
    """

    html: str = ""
    text: str = ""
    pictures: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def strip(page):
    """Strip a page as GitHub does, by the strictest that is told of it: attributes but for a few go too."""
    left, gone, hiding = Bare(), [], []
    reader = HTMLParser()

    def start(tag, attributes):
        if tag in GONE:
            if tag not in VOID:
                gone.append(tag)
            return
        if gone:
            return
        given = dict(attributes)
        if tag not in VOID:
            hiding.append("hidden" in given)
        if tag in BLOCKS:
            left.text += "\n"
        if tag == "td" or tag == "th":
            left.text += " | "
        if tag in UNKNOWN:
            return
        kept = {name: value or "" for name, value in given.items() if name in KEPT}
        for name in ("src", "href"):
            if kept.get(name, "").startswith(("data:", "javascript:")):
                kept[name] = ""
        if tag == "img":
            left.pictures.append(kept.get("src", ""))
            left.text += f"[{kept.get('alt', '')}]"
        said = "".join(f' {name}="{value}"' for name, value in kept.items())
        left.html += f"<{tag}{said}>"

    def end(tag):
        if tag in GONE:
            if tag in gone:
                gone.remove(tag)
            return
        if gone:
            return
        if tag not in VOID and hiding:
            hiding.pop()
        if tag not in UNKNOWN:
            left.html += f"</{tag}>"
        if tag in BLOCKS:
            left.text += "\n"

    def data(text):
        if gone:
            return
        if any(hiding) and text.strip():
            left.hidden.append(text.strip())
        left.html += text
        left.text += text

    reader.handle_starttag, reader.handle_endtag, reader.handle_data = start, end, data
    reader.feed(page)
    reader.close()
    left.text = "\n".join(line for line in (" ".join(one.split()) for one in left.text.splitlines()) if line)
    return left


__all__ = ["Bare", "strip"]
