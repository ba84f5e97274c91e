"""A saved output as GitHub's renderer leaves it: no script, style, handler, film or form, and few attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

# https://github.com/jupyter/notebook/issues/2380: "the video tag is simply absent"; ipython/nbconvert#204: `<style>`,
# `style=` and `id=` are stripped. Classes, handlers and forms go too here, so that nothing hangs on them.
GONE = {"script", "style", "iframe", "object", "svg", "template"}  # with what is in them
VOID = {"br", "col", "hr", "img", "input", "source", "wbr"}
BLOCKS = {"div", "p", "tr", "figure", "figcaption", "table", "details", "summary", "h1", "h2", "h3", "li", "br"}
SIGNS = {"td": " | ", "th": " | ", "del": "[-", "ins": "{+", **dict.fromkeys(BLOCKS, "\n")}
ENDS = {"del": "-]", "ins": "+}", **dict.fromkeys(BLOCKS, "\n")}


@dataclass
class Bare:
    """What is left of a page.

    Attributes:
        text: Its words, blocks on lines of their own; of a picture what stands for it, in brackets.
        pictures: The addresses of its pictures.
        links: Where its links lead.
    """

    text: str = ""
    pictures: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def strip(page):
    """Strip a page as GitHub does."""
    left, out = Bare(), []  # what is open of what is not seen
    reader = HTMLParser()

    def start(tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag in GONE or "hidden" in given or out:
            if tag not in VOID:
                out.append(tag)
            return
        left.text += (
            "\n" if tag in BLOCKS else " | " if tag in ("td", "th") else {"del": "[-", "ins": "{+"}.get(tag, "")
        )
        if tag == "img":
            left.pictures.append(given.get("src", ""))
            left.text += f"[{given.get('alt', '')}]"
        if tag == "a":
            left.links.append(given.get("href", ""))

    def end(tag):
        if out:
            if tag in out:
                while out.pop() != tag:
                    pass
            return
        left.text += ENDS.get(tag, "")

    def data(text):
        if not out:
            left.text += text

    reader.handle_starttag, reader.handle_endtag, reader.handle_data = start, end, data
    reader.feed(page)
    reader.close()
    left.text = "\n".join(line for line in (" ".join(one.split()) for one in left.text.splitlines()) if line)
    return left


__all__ = ["Bare", "strip"]
