"""What a person writes into a form as text: prompts, one or one a line, places in them, and lists of values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pixnb.runs.template import Template

_PLACE = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")
_VALUE = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=[,،，、\n]|$)|([^,،，、\n]*))(?:[,،，、\n]|$)')
"""One value and what ends it: a line, or a comma, also that of Arabic or Chinese."""


def split_prompts(text: str, *, each_line: bool) -> list[str]:
    r"""Return the prompts of a text.

    Args:
        text: What was written.
        each_line: Whether each line is one; those that are empty, or there already, are left out.

    Example:
        >>> split_prompts("A red coat\n\nA blue coat\n", each_line=True)
        ['A red coat', 'A blue coat']
    """
    if not each_line:
        return [text] if text.strip() else []
    lines = (line.strip() for line in text.replace("\r", "\n").split("\n"))
    return list(dict.fromkeys(line for line in lines if line))


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


def make_template(text: str, factors: Mapping[str, Sequence[str]]) -> Template:
    """Make the template of a prompt with places.

    Args:
        text: The prompt.
        factors: The values for each place; those of others are passed over.

    Raises:
        InvalidInput: A place has no values.
    """
    return Template(write_template(text), **{name: list(factors.get(name, ())) for name in find_places(text)})


def write_template(text: str) -> str:
    """Return a prompt as `Template` takes it.

    Example:
        >>> write_template('{"a": "{colour}"}')
        '{{"a": "{colour}"}}'
    """
    return "".join(
        words.replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name else "") for words, name in _parse(text)
    )


def split_values(text: str) -> list[str]:
    """Return the values of a list: apart by commas or lines, in double quotes where they hold one; each once.

    Example:
        >>> split_values('red, deep blue, "green, like grass"')
        ['red', 'deep blue', 'green, like grass']
        >>> split_values("أحمر، أزرق")
        ['أحمر', 'أزرق']
    """
    found = []
    for match in _VALUE.finditer(text):
        quoted, bare = match.groups()
        found.append(bare.strip() if quoted is None else quoted.replace('""', '"'))
    return list(dict.fromkeys(value for value in found if value))


def join_values(values: Sequence[str]) -> str:
    """Return a list as `split_values` reads it.

    Example:
        >>> join_values(["red", "green, like grass"])
        'red, "green, like grass"'
    """
    return ", ".join(value if split_values(value) == [value] else _quote(value) for value in values)


def _quote(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


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


__all__ = [
    "escape",
    "find_places",
    "join_values",
    "make_template",
    "split_prompts",
    "split_values",
    "write_plain",
    "write_template",
]
