"""What a form asks for: one run, or a grid of prompts, values for their places, seeds and repeats."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pixnb.errors import InvalidInput
from pixnb.placeholders import find_places, write_plain
from pixnb.widgets.prompts import make_template, split_prompts

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model

MOST = 500
"""Runs of one batch at most; a line of `exp.sweep` takes more."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is asked for.

    Attributes:
        model: The model.
        params: What is set, by the service's own names; the prompt as it was written, seeds as a list.
        each_line: Whether each line of the prompt is one.
        factors: The values for the places in prompts, by name.
        repeats: Takes of each.
        allow_unpriced: Whether runs of unknown price may go under a budget.

    Example:
        >>> from pixnb.catalogue import models
        >>> coats = Batch(models.get("ltx-2-pro"), {"prompt": "a {colour} coat"}, factors={"colour": ("red", "blue")})
        >>> coats.count, coats.is_one, coats.grid["prompt"]
        (2, False, <Template 'a {colour} coat': 2 colour>)
    """

    model: Model
    params: Mapping[str, Any]
    each_line: bool = False
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeats: int = 1
    allow_unpriced: bool = False

    @property
    def prompts(self) -> list[str]:
        """Its prompts as they were written."""
        text = self.params.get("prompt")
        return split_prompts(text, each_line=self.each_line) if isinstance(text, str) else []

    @property
    def places(self) -> list[str]:
        """The names of all places in its prompts."""
        return list(dict.fromkeys(name for prompt in self.prompts for name in find_places(prompt)))

    @property
    def seeds(self) -> list[Any]:
        """Its seeds, where there are several."""
        seed = self.params.get("seed")
        return seed if isinstance(seed, list) else []

    @property
    def count(self) -> int:
        """How many runs it is."""
        worded = [math.prod(len(self.factors.get(n, ())) for n in find_places(p)) for p in self.prompts]
        return (sum(worded) if worded else 1) * max(1, len(self.seeds)) * self.repeats

    @property
    def is_one(self) -> bool:
        """Whether it is a single run."""
        return self.repeats == 1 and len(self.prompts) <= 1 and not self.places and len(self.seeds) <= 1

    @property
    def one(self) -> dict[str, Any]:
        """The first run's params, for a check or a price; places are left in its prompt."""
        first = dict(self.params)
        if self.prompts:
            first["prompt"] = write_plain(self.prompts[0])
        if self.seeds:
            first["seed"] = self.seeds[0]
        return first

    @property
    def grid(self) -> dict[str, Any]:
        """What `exp.sweep` takes."""
        found = dict(self.params)
        worded = [
            make_template(prompt, self.factors) if find_places(prompt) or prompt != write_plain(prompt) else prompt
            for prompt in self.prompts
        ]
        if worded:
            found["prompt"] = worded[0] if len(worded) == 1 else worded
        return found

    def check(self) -> None:
        """Refuse what is no batch.

        Raises:
            InvalidInput: It says what to do.
        """
        lacking = [name for name in self.places if not self.factors.get(name)]
        if lacking:
            braces = f"{{{lacking[0]}}}"
            raise InvalidInput(
                f"{braces} needs its values, such as: red, blue. To have the braces themselves sent, write {{{braces}}}"
            )
        if self.count > MOST:
            raise InvalidInput(
                f"These are {self.count:,} runs, and a batch has at most {MOST}. Take fewer prompts, values or "
                "repeats; a line of exp.sweep(…) takes more."
            )


__all__ = ["MOST", "Batch"]
