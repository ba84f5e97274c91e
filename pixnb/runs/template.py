"""A prompt with places for factors, which a sweep fills in with every combination of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from pixnb.errors import InvalidInput
from pixnb.runs.axes import Value, parse_axis


@dataclass(frozen=True, slots=True)
class Wording:
    """One prompt of a template.

    Attributes:
        prompt: The text.
        vars: What each factor is in it.
    """

    prompt: str
    vars: Mapping[str, Any]


class Template:
    """A text with `{places}`, and what may stand in each: makes a prompt of every combination.

    Args:
        text: The text; `{{` and `}}` are braces.
        **factors: For each place its values: a list, or a dict of labels to values; one value alone is a list of one.

    Raises:
        InvalidInput: A place has no values, values have no place, or the text is none.

    Example:
        >>> coats = Template("a {colour} {garment}", colour=["red", "blue"], garment={"short": "leather jacket"})
        >>> len(coats), [wording.prompt for wording in coats]
        (2, ['a red leather jacket', 'a blue leather jacket'])
        >>> next(iter(coats)).vars
        {'colour': 'red', 'garment': 'short'}
    """

    def __init__(self, text: str, /, **factors: Any) -> None:
        if not isinstance(text, str):
            raise InvalidInput(f"A template is a text with {{places}}, not {text!r:.80}.")
        self.text = text
        self._places = list(dict.fromkeys(_places(text)))
        self.factors: dict[str, tuple[Value, ...]] = {name: _values(name, factors[name]) for name in factors}
        lacking = [name for name in self._places if name not in factors]
        if lacking:
            named = ", ".join(f"{name}=[…]" for name in lacking)
            raise InvalidInput(f"The template {text!r:.80} has a place without values: give {named}.")
        spare = [name for name in factors if name not in self._places]
        if spare:
            raise InvalidInput(f"The template {text!r:.80} has no place {{{spare[0]}}}: write it in, or leave it out.")

    def __iter__(self) -> Iterator[Wording]:
        names = list(self.factors)
        for chosen in itertools.product(*self.factors.values()):
            filled = {name: value.value for name, value in zip(names, chosen, strict=True)}
            labels = {name: value.label for name, value in zip(names, chosen, strict=True)}
            yield Wording(self.text.format_map(filled), labels)

    def __len__(self) -> int:
        count = 1
        for values in self.factors.values():
            count *= len(values)
        return count

    def __repr__(self) -> str:
        sizes = " × ".join(f"{len(values)} {name}" for name, values in self.factors.items())
        return f"<Template {self.text!r:.80}: {sizes or 'no places'}>"


def _places(text: str) -> Iterator[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise InvalidInput(f"The template {text!r:.80} is none: {error}. A brace itself is {{{{ or }}}}.") from None
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise InvalidInput(f"A place in a template is a name, such as {{colour}}, not {{{name}}}.")
        yield name


def _values(name: str, given: Any) -> tuple[Value, ...]:
    return parse_axis(name, given) or (Value(given, given),)


__all__ = ["Template", "Wording"]
