"""The catalogue as plain text, as a DataFrame and as a table of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixnb.catalogue.pricebook import book
from pixnb.catalogue.prices import format_amount
from pixnb.catalogue.problems import joined, quote, wanted
from pixnb.errors import PixnbError

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.catalogue.model import Model
    from pixnb.catalogue.prices import Price


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
    note = price_note(model)
    end = [f"price {note}"] if note else []
    return "\n".join([*top, *(f"  {line}" for line in columns(rows)), *end, model.docs_url])


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
        unknown) with its parts `amount`, `currency`, `per`, `as_of` and `source`, and `state`.

    Raises:
        PixnbError: The price book cannot be read.
    """
    import pandas as pd

    known = [(m, m.price) for m in models]
    columns = {
        **{name: [getattr(m, name) for m, _ in known] for name in ("id", "task", "title", "provider")},
        "inputs": [", ".join(m.inputs) for m, _ in known],
        "price": [str(price) if price else None for _, price in known],
        **_parts([price for _, price in known]),
        "state": [m.state for m, _ in known],
    }
    return _typed(pd.DataFrame(columns))


def price_frame(models: Iterable[Model]) -> pd.DataFrame:
    """Return a DataFrame with one row a price, and one for each model without any; see `Models.prices`.

    Raises:
        PixnbError: The price book cannot be read.
    """
    import pandas as pd

    rows: list[tuple[Model, Price | None, bool | None]] = []
    for model in models:
        yours = book().of(model.id)
        rows += [(model, price, True) for price in yours] + [(model, price, False) for price in model.list_prices]
        rows += [] if yours or model.list_prices else [(model, None, None)]
    parts = _parts([price for _, price, _ in rows])
    when = [", ".join(f"{n}={v}" for n, v in price.when.items()) if price else None for _, price, _ in rows]
    columns = {
        "id": [model.id for model, _, _ in rows],
        "provider": [model.provider for model, _, _ in rows],
        **{name: parts[name] for name in ("amount", "currency", "per")},
        "when": when,
        **{name: parts[name] for name in ("as_of", "source")},
        "is_yours": pd.array([is_yours for _, _, is_yours in rows], dtype="boolean"),
    }
    return _typed(pd.DataFrame(columns))


def _parts(prices: Sequence[Price | None]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"amount": [float(price.amount) if price else None for price in prices]}
    for name in ("currency", "per", "as_of", "source"):
        found[name] = [getattr(price, name) or None if price else None for price in prices]
    return found


def _typed(found: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return found.assign(amount=found["amount"].astype("Float64"), as_of=pd.to_datetime(found["as_of"]))


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


def price_note(model: Model) -> str:
    """Say where a model's price comes from and of which day it is; "" where it is unknown.

    Example:
        >>> from pixnb.catalogue.registry import models
        >>> price_note(models.get("lucy-2.5"))
        'as of 2026-08-01, https://docs.platform.decart.ai/getting-started/pricing'
    """
    try:
        price = model.price
    except PixnbError:
        return ""
    if price is None:
        return ""
    return ", ".join(filter(None, (price.as_of and f"as of {price.as_of}", price.source)))


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


__all__ = ["card", "columns", "frame", "markdown", "price_frame", "price_note", "price_text", "prices_text", "table"]
