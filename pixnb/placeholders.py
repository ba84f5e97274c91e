"""Places in a prompt: a name in braces, `{colour}`, for which values are to be given."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLACE = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")


def find_places(text: str) -> list[str]:
    """Return the names of the places in a prompt, each once.

    A place is a name in braces, `{colour}`. Written twice, `{{colour}}`, they are the braces themselves, and whatever
    else is in braces is text.

    Example:
        >>> find_places('Change {her} to a {colour} coat, {"style": "film"}, {{colour}}')
        ['her', 'colour']
    """
    return list(dict.fromkeys(name for _, name in _parse(text) if name))


def write_plain(text: str) -> str:
    """Return what a prompt without places says.

    Example:
        >>> write_plain("a {{colour}} coat")
        'a {colour} coat'
    """
    return "".join(f"{words}{{{name}}}" if name else words for words, name in _parse(text))


def escape(text: str) -> str:
    """Return how a prompt is written in which nothing is a place.

    Example:
        >>> escape("a {colour} coat")
        'a {{colour}} coat'
    """
    return re.sub(r"\{(\w+)\}", lambda found: f"{{{found[0]}}}" if found[1].isidentifier() else found[0], text)


def write_template(text: str) -> str:
    """Return a prompt as `Template` takes it.

    Example:
        >>> write_template('{"a": "{colour}"}')
        '{{"a": "{colour}"}}'
    """
    return "".join(
        words.replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name else "") for words, name in _parse(text)
    )


def _parse(text: str) -> Iterator[tuple[str, str | None]]:
    """Give pieces of text, each with the name of the place behind it."""
    start, words = 0, ""
    for match in _PLACE.finditer(text):
        literal, name = match.groups()
        if not (literal or name).isidentifier():
            continue
        words += text[start : match.start()]
        start = match.end()
        if literal:
            words += f"{{{literal}}}"
        else:
            yield words, name
            words = ""
    yield words + text[start:], None


__all__ = ["escape", "find_places", "write_plain", "write_template"]
