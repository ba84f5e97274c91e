"""The report's page: its template, styles and script, and the policy that lets it load nothing and run only its own."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pixnb import html
from pixnb.compare.pages import template
from pixnb.display import wording
from pixnb.display.scripts import write_script
from pixnb.report.embedding import Embedded

_HERE = Path(__file__).parent
_FILMS = "<!-- films -->"  # no text from outside can hold it: its first letter is escaped there
_SCRIPTS = ("embedded", "choices", "clipboard", "report")


def render(*, style: str, scripts: Sequence[str] = (), **parts: Any) -> tuple[str, str]:
    """Return the page up to its films, and what comes after them.

    Args:
        style: Style sheets of what is in it.
        scripts: Files of script, besides the report's own.
        **parts: What the template shows; all that is not `Markup` is escaped.
    """
    from markupsafe import Markup

    script = _script(*scripts)
    text = template("report", _HERE).render(
        policy=_policy(script),
        style=Markup(f"{html.css()} {style} {html.css('report', _HERE)}"),  # noqa: S704  # ours
        script=Markup(script),  # noqa: S704
        badge=Markup(wording.sandbox_badge()),  # noqa: S704
        linked=lambda text: Markup(html.linked(text)),  # noqa: S704  # escaped there
        sandbox_means=f"{wording.SANDBOX_MEANS}.",
        **parts,
    )
    before, _, after = text.partition(_FILMS)
    return before, after


def write_film(film: Embedded) -> Iterator[bytes]:
    """Give a film as the page holds it: base64 in an element that no browser runs or decodes by itself."""
    head = html.tag("script", type="text/plain", class_="pixnb-film", data_film=film.key, data_type=film.media_type)
    opening, closing = head.split("</")
    yield opening.encode()
    for block in film.blocks():
        yield base64.b64encode(block)
    yield f"</{closing}\n".encode()


def _policy(script: str) -> str:
    """Nothing is loaded from anywhere, and of all scripts in the page only ours runs, whatever a prompt says."""
    found = re.fullmatch(r"<script[^>]*>(.*)</script>", script, re.DOTALL)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode("utf-8")).digest()).decode("ascii")
    allowed = {
        "default-src": "'none'",
        "script-src": f"'sha256-{digest}'",
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "media-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


@cache
def _script(*others: str) -> str:
    return write_script([*others, *_SCRIPTS], "mountReport();")


__all__ = ["render", "write_film"]
