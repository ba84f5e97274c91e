"""What a person writes into a form as text: prompts, one or one a line, places in them, and lists of values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pixnb.placeholders import find_places, write_template
from pixnb.runs.template import Template

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


def make_template(text: str, factors: Mapping[str, Sequence[str]]) -> Template:
    """Make the template of a prompt with places.

    Args:
        text: The prompt.
        factors: The values for each place; those of others are passed over.

    Raises:
        InvalidInput: A place has no values.
    """
    return Template(write_template(text), **{name: list(factors.get(name, ())) for name in find_places(text)})


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


__all__ = ["join_values", "make_template", "split_prompts", "split_values"]
