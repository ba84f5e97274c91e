"""One model of the catalogue: its names, its parameters, its prices, and the check of a request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from pydantic import ValidationError

from pixnb.catalogue import pricebook, problems
from pixnb.catalogue.limits import Undisputed
from pixnb.catalogue.params import MediaInput, Params, media_field
from pixnb.catalogue.prices import Cost, Price
from pixnb.errors import InvalidInput
from pixnb.show import hand_over, shown
from pixnb.terminal import legible

TASKS = (
    "text-to-video",
    "image-to-video",
    "audio-to-video",
    "video-to-video",
    "first-last-frame",
    "text-to-image",
    "image-to-image",
)
"""What a model can be asked to do."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Model:
    """One entry of the catalogue. Print it to see its parameters.

    Args:
        id: The friendly id, "lucy-edit-fast".
        provider: The service that runs it, "pixazo".
        provider_model: The service's own id.
        title: What people call it.
        tasks: What it does, the main task first.
        params: The pydantic class of its parameters.
        route: The path that a job is posted to; empty for a model that knows no jobs.
        process_route: The path whose answer is the media itself; empty where there is none.
        nested: The object of the request's body that the model's own parameters go into, where there is one.
        aliases: Other names that `models.get` takes.
        state: "retired" when the service has withdrawn it.
        withdrawn: What is known about that, with its source.
        docs_url: The service's page about it.
        list_prices: The documented prices; none means unknown.
        undisputed: How much video every page of the service allows, where another page allows more.

    Example:
        >>> from pixnb.catalogue import models
        >>> lucy = models.get("lucy-edit-fast")
        >>> lucy.task, lucy.inputs
        ('video-to-video', {'video': 'video_url'})
    """

    id: str
    provider: str
    provider_model: str
    title: str
    tasks: tuple[str, ...]
    params: type[Params]
    route: str = ""
    process_route: str = ""
    nested: str = ""
    aliases: tuple[str, ...] = ()
    state: Literal["current", "retired"] = "current"
    withdrawn: str = ""
    docs_url: str = ""
    list_prices: tuple[Price, ...] = ()
    undisputed: Undisputed | None = None

    @property
    def task(self) -> str:
        """The main task."""
        return self.tasks[0]

    def task_for(self, params: Mapping[str, Any]) -> str:
        """Say which of its tasks a checked request is, by the media that it gives.

        Example:
            >>> from pixnb.catalogue import models
            >>> models.get("ltx-2-pro").task_for({"prompt": "A lake", "image": "https://example.org/lake.png"})
            'image-to-video'
        """
        given = {role for role, name in self._roles.items() if name in params}
        if "end_image" in given and "first-last-frame" in self.tasks:
            return "first-last-frame"
        sources = given & {"video", "image", "audio"} or {"text"}
        return next((task for task in self.tasks if task.partition("-")[0] in sources), self.task)

    def price_for(self, params: Mapping[str, Any]) -> Price | None:
        """Return the price that holds for a checked request: yours, else the documented one."""
        return self._price_for({**self._defaults, **params})

    @property
    def makes(self) -> Literal["video", "image"]:
        """What kind of media comes out."""
        return "image" if self.task.endswith("-image") else "video"

    @property
    def description(self) -> str:
        """What it does, in a sentence."""
        return (self.params.__doc__ or "").strip().partition("\n")[0]

    @property
    def inputs(self) -> dict[str, str]:
        """The media that it takes: each role and the parameter for it."""
        return dict(self._roles)

    @property
    def price(self) -> Price | None:
        """The price of a request with every parameter at its default: yours, else the documented one."""
        return self._price_for(self._defaults)

    def validate(self, params: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """Check a request and give it the service's own names.

        Args:
            params: The parameters, by name, media also by role; None means "not set".
            partial: Whether required parameters may be missing; values are then returned as given.

        Returns:
            What was set, in the order of the model's parameters.

        Raises:
            InvalidInput: It says everything that is wrong, and what to do.

        Example:
            >>> from pixnb.catalogue import models
            >>> models.get("lucy-edit-fast").validate({"video": "clip.mp4", "prompt": "A red coat"})
            {'prompt': 'A red coat', 'video_url': 'clip.mp4'}
        """
        wrong: list[str] = []
        given = self._named(params, wrong)
        try:
            checked = self.params.model_validate(given)
        except ValidationError as error:
            called = self.call(params)
            wrong += problems.explain(self, error, partial=partial, called=called)
            wrong += (problems.rename(text, called) for text in self.params.conflicts(given, partial=partial))
            if not wrong:
                return {name: given[name] for name in self._names if name in given}
        if wrong:
            raise InvalidInput(f"Invalid inputs for {self.id}: {'; '.join(wrong)}", provider=self.provider)
        was_set = checked.model_fields_set
        return {name: value for name, value in checked.__dict__.items() if name in was_set}

    def call(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Say how a user named the media parameters that are given by role, so that faults can be told in those words.

        Example:
            >>> from pixnb.catalogue import models
            >>> models.get("lucy-pro-v2v").call({"video": "clip.mp4", "prompt": "A red coat"})
            {'data': 'video'}
        """
        return {self._roles[key]: key for key in params if self._roles.get(key, key) != key}

    def estimate(self, *, seconds: float | None = None, **params: Any) -> Cost | None:
        """Say what a request will cost, as far as prices are known.

        Of the prices whose `when` holds, the one with most conditions counts; your own go before
        documented ones.

        Args:
            seconds: Length of the clip in seconds, for a price per second; left out, `duration` is used.
            **params: The request, or as much of it as bears on the price. What is left out has its default.

        Returns:
            The cost, or None when it is not known; never 0 for an unknown one.

        Raises:
            InvalidInput: A parameter is unknown or out of range.

        Example:
            >>> from pixnb.catalogue import models
            >>> models.get("lucy-edit-fast").estimate()
            <Cost $0.20, estimated>
        """
        length = _seconds(seconds)
        full = {**self._defaults, **self.validate(params, partial=True)}
        price = self._price_for(full)
        if price is None:
            return None
        if price.per == "image":
            return price.of(Decimal(1))
        if length is None and isinstance(full.get("duration"), int | float):
            length = _seconds(full["duration"])
        return price.of(length)

    def retirement(self) -> str | None:
        """Say what to know before using a retired model: what is known, what may happen, what else there is.

        Returns:
            Two sentences; None for a current model.

        Example:
            >>> from pixnb.catalogue import models
            >>> print(models.get("lucy-pro-t2i").retirement()[:24])
            lucy-pro-t2i is retired:
        """
        if self.state == "current":
            return None
        from pixnb.catalogue.registry import models

        able = [other for other in models if other.state == "current" and self.task in other.tasks]
        able.sort(key=lambda other: other.provider != self.provider)
        named = problems.joined((f"{other.id} ({other.provider})" for other in able[:3]), "and")
        instead = f"Current models for {self.task}: {named}." if able else f"No current model does {self.task}."
        return f"{self.id} is retired: {self.withdrawn}; the service may refuse it. {instead}"

    def doubts(self, *, seconds: float | None = None, size: int | None = None) -> str | None:
        """Say why the service might refuse a video, where its own pages disagree; what none takes is refused elsewhere.

        Args:
            seconds: The video's length in seconds; None where it is not known.
            size: Its size in bytes; None where it is not known.

        Returns:
            What is in doubt, and what to do; None where nothing is.

        Example:
            >>> from pixnb.catalogue import models
            >>> models.get("lucy-pro-v2v").doubts(seconds=4.8, size=2_000_000) is None
            True
        """
        found = self.undisputed and self.undisputed.doubts(seconds=seconds, size=size)
        return f"{self.id} may refuse its video: {found}. Shorten it or make it smaller to be sure." if found else None

    _repr_mimebundle_ = shown
    _display_ = hand_over

    def __repr__(self) -> str:
        return f"<Model {self.id}: {self.title} ({', '.join(self._marks)})>"

    def __str__(self) -> str:
        from pixnb.catalogue.listing import card

        return card(self)

    @property
    def _marks(self) -> tuple[str, ...]:
        return (self.provider, *self.tasks, *(["retired"] if self.state == "retired" else ()))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.params.model_fields)

    @cached_property
    def _roles(self) -> dict[str, str]:
        extras = ((name, field.json_schema_extra) for name, field in self.params.model_fields.items())
        return {str(extra["role"]): name for name, extra in extras if isinstance(extra, dict) and "role" in extra}

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        fields = self.params.model_fields.items()
        return {name: f.default for name, f in fields if not f.is_required() and f.default is not None}

    def _named(self, params: Mapping[str, Any], wrong: list[str]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for key, value in params.items():
            name = self._roles.get(key, key)
            if value is None and name in self._names:
                continue
            if name in given:
                wrong.append(problems.both(name, next(r for r, n in self._roles.items() if n == name)))
            given[legible(str(name))] = _plain(value)  # pydantic passes over a name that is no Unicode
        return given

    def _price_for(self, params: Mapping[str, Any]) -> Price | None:
        for known in (pricebook.book().of(self.id), self.list_prices):
            fitting = [price for price in reversed(known) if price.matches(params)]
            if fitting:
                return max(fitting, key=lambda price: len(price.when))
        return None


def _plain(value: Any) -> Any:
    """Turn a scalar of numpy and a member of an enumeration into Python's own; leave all else."""
    if type(value) in _PYTHONS:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        return value.item()
    return value


_PYTHONS = frozenset({str, int, float, bool, bytes, list})


def _seconds(value: Any) -> Decimal | None:
    if value is None:
        return None
    number = _plain(value)
    if (
        isinstance(number, bool)
        or not isinstance(number, int | float | Decimal)
        or not math.isfinite(number)
        or number < 0
    ):
        raise InvalidInput(f"seconds must be a number from 0 up, not {problems.quote(value)}")
    return Decimal(str(number))


__all__ = ["TASKS", "MediaInput", "Model", "Params", "media_field"]
