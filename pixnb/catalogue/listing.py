"""The catalogue as plain text, as a DataFrame and as a table of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixnb.catalogue.prices import format_amount
from pixnb.catalogue.problems import joined, quote, wanted
from pixnb.errors import PixnbError

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.catalogue.model import Model


def card(model: Model) -> str:
    """Describe one model and its parameters.

    Example:
        >>> from pixnb.catalogue.registry import models
        >>> print(card(models.get("lucy-edit-fast")).splitlines()[0])
        lucy-edit-fast: Lucy Edit Fast, video-to-video by pixazo, $0.20 per run
    """
    roles = {name: role for role, name in model.inputs.items()}
    schema = model.params.model_json_schema()
    required = schema.get("required", ())
    rows = [
        (_called(name, roles.get(name, name)), _kind(one), _need(one, name in required), one.get("description", ""))
        for name, one in schema["properties"].items()
    ]
    head = f"{model.id}: {model.title}, {joined(model.tasks)} by {model.provider}, {prices_text(model)}"
    top = [head, model.description]
    if retirement := model.retirement():
        top = [f"{head}, retired", model.description, retirement]
    return "\n".join([*top, *(f"  {line}" for line in columns(rows)), model.docs_url])


def table(models: Sequence[Model]) -> str:
    """List models, one a line.

    Args:
        models: What to list.

    Returns:
        A table with a heading that counts them; the retired ones are marked.
    """
    if not models:
        return "no models"
    rows = [("id", "task", "inputs", "provider", "price", "state")]
    rows += [
        (m.id, m.task, ", ".join(m.inputs), m.provider, _short(price_text(m)), "" if m.state == "current" else m.state)
        for m in models
    ]
    return "\n".join([f"{len(models)} model{'s' if len(models) > 1 else ''}", *columns(rows)])


def frame(models: Iterable[Model]) -> pd.DataFrame:
    """Return a DataFrame with one row a model.

    Args:
        models: What to list.

    Returns:
        Columns `id`, `task`, `title`, `provider`, `inputs` (roles, joined by commas), `price` (missing when
        unknown) and `state`.

    Raises:
        PixnbError: The price book cannot be read.
    """
    import pandas as pd

    names = ("id", "task", "title", "provider", "inputs", "price", "state")
    rows = [
        (m.id, m.task, m.title, m.provider, ", ".join(m.inputs), str(m.price) if m.price else None, m.state)
        for m in models
    ]
    return pd.DataFrame(rows, columns=list(names))


def markdown(models: Iterable[Model]) -> str:
    """Write a table of models for a document: what is documented, whatever prices were set here.

    Args:
        models: What to list.

    Returns:
        A table in Markdown: model, service, tasks, roles of the media, price and state.

    Example:
        >>> from pixnb.catalogue.registry import models
        >>> print(markdown([models.get("lucy-2.5")]).splitlines()[2])
        | `lucy-2.5` | decart | video-to-video | video, reference | $0.04 per second | current |
    """
    rows = [("model", "service", "task", "roles", "price", "state"), ("---",) * 6]
    rows += [
        (f"`{m.id}`", m.provider, ", ".join(m.tasks), ", ".join(m.inputs) or "text only", _documented(m), m.state)
        for m in models
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def price_text(model: Model) -> str:
    """Say a model's price; a repr must not fail, so also that the price book cannot be read."""
    try:
        return str(model.price or "price unknown")
    except PixnbError:
        return "price book unreadable"


def prices_text(model: Model) -> str:
    """Say all of a model's documented prices, where they hang on a parameter; else as `price_text`.

    Example:
        >>> from pixnb.catalogue.registry import models
        >>> prices_text(models.get("lucy-image-2")), prices_text(models.get("lucy-edit-fast"))
        ('$0.01 per image at 480p, $0.02 at 720p', '$0.20 per run')
    """
    said = price_text(model)
    return _documented(model) if any(str(price) == said for price in model.list_prices) else said


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align rows of text in columns.

    Example:
        >>> columns([("a", "bcd"), ("efg", "h")])
        ['a    bcd', 'efg  h']
    """
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _short(price: str) -> str:
    # what it depends on is told by the model's card
    return price.removeprefix("price ").partition(" with ")[0].replace(" per ", "/")


def _documented(model: Model) -> str:
    said: list[str] = []
    for price in model.list_prices:
        unit = "" if said else f" per {price.per}"
        terms = f" at {joined(price.when.values(), 'and')}" if price.when else ""
        said.append(f"{format_amount(price.amount, price.currency)}{unit}{terms}")
    return ", ".join(said) or "unknown"


def _called(name: str, role: str) -> str:
    return name if role == name else f"{name} (or {role})"


def _kind(schema: Mapping[str, Any]) -> str:
    if "hints" in schema:
        return f"text such as {joined(quote(hint) for hint in schema['hints'])}"
    return str(schema["role"]) if "role" in schema else wanted(schema)


def _need(schema: Mapping[str, Any], required: bool) -> str:
    if required:
        return "required"
    return f"default {quote(schema['default'])}" if "default" in schema else "optional"


__all__ = ["card", "columns", "frame", "markdown", "price_text", "prices_text", "table"]
