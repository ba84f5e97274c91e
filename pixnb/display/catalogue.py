"""What a model of the catalogue and the list of all models look like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixnb import html, providers
from pixnb.catalogue import listing
from pixnb.catalogue.problems import joined, quote, wanted
from pixnb.display import sheet

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.catalogue.registry import Models


def model_bundle(model: Model) -> dict[str, Any]:
    """Return a model's bundle: its parameters with defaults and limits, its price."""
    text = str(model)
    return {"text/html": model_page(model), "image/png": sheet.draw_text(text), "text/plain": text}


def models_bundle(models: Models) -> dict[str, Any]:
    """Return the bundle of a list of models."""
    text = repr(models)
    return {"text/html": models_page(models), "image/png": sheet.draw_text(text), "text/plain": text}


def model_page(model: Model) -> str:
    """Return a model's HTML."""
    marks = html.tag("b", html.escape(model.title)) + " " + html.tag("code", html.escape(model.id))
    facts = [html.escape(joined(model.tasks, "and")), html.escape(model.provider), _price(model)]
    if model.docs_url:
        facts.append(html.tag("a", "documentation", href=model.docs_url, target="_blank", rel="noopener"))
    inner = html.tag("div", marks + _state(model), class_="head")
    inner += html.tag("p", html.escape(model.description), class_="prompt")
    inner += html.tag("div", " · ".join(facts), class_="facts")
    if note := listing.price_note(model):
        inner += html.tag("div", html.linked(f"Price {note}"), class_="facts")
    if retirement := model.retirement():
        inner += html.tag("p", html.linked(retirement), class_="retired")
    rows = list(_parameters(model))
    return html.root(inner + table(("parameter", "takes", "default", "what it does"), [("", rows)]))


def models_page(models: Iterable[Model]) -> str:
    """Return the HTML of a list of models: by provider, those that are retired last."""
    known = sorted(models, key=lambda model: model.state == "retired")
    services = dict.fromkeys([*providers.names(), *(model.provider for model in known)])
    groups = [(name, [model for model in known if model.provider == name]) for name in services]
    said = [f"{len(known)} model{'' if len(known) == 1 else 's'}"]
    retired = sum(model.state == "retired" for model in known)
    said += [f"{retired} of them retired"] if retired else []
    hint = html.tag("span", 'models.get("lucy-edit-fast") shows the parameters of one', class_="facts")
    heads = ("id", "task", "inputs", "price")
    parts = [(_heading(name, len(group)), [_row(model) for model in group]) for name, group in groups if group]
    head = html.tag("div", html.tag("b", ", ".join(said)) + " " + hint, class_="head")
    return html.root(head + (table(heads, parts) if known else ""))


def _heading(provider: str, count: int) -> str:
    return html.escape(provider) + " " + html.tag("small", str(count))


def _row(model: Model) -> tuple[str, str, str, str]:
    inputs = ", ".join(model.inputs).replace("_", " ") or "text only"
    tasks = "<br>".join(html.tag("span", html.escape(task), class_="whole") for task in model.tasks)
    return _code(model.id) + _state(model), tasks, html.escape(inputs), _price(model)


def _state(model: Model) -> str:
    return " " + html.tag("span", model.state, class_="badge mark") if model.state == "retired" else ""


def table(heads: Sequence[str], groups: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> str:
    """Return a table.

    Args:
        heads: What stands above the columns.
        groups: Each a heading, empty for none, and its rows. All cells are HTML already; the first of a row is its
            head.
    """
    top = html.tag("tr", "".join(html.tag("th", head, scope="col") for head in heads))
    body = "".join(html.tag("tbody", _head_of(name, len(heads)) + "".join(map(_line, rows))) for name, rows in groups)
    inner = html.tag("table", html.tag("thead", top) + body, class_="rows")
    return html.tag("div", inner, class_="scroll", tabindex="0", role="region", aria_label="table")


def _head_of(name: str, across: int) -> str:
    return html.tag("tr", html.tag("th", name, colspan=across, scope="rowgroup"), class_="group") if name else ""


def _line(row: Sequence[str]) -> str:
    return html.tag("tr", html.tag("th", row[0], scope="row") + "".join(html.tag("td", cell) for cell in row[1:]))


def _parameters(model: Model) -> Iterable[tuple[str, str, str, str]]:
    schema = model.params.model_json_schema()
    required = schema.get("required", ())
    roles = {name: role for role, name in model.inputs.items() if role != name}
    for name, one in schema["properties"].items():
        called = _code(name) + (f" or {_code(roles[name])}" if name in roles else "")
        yield called, html.escape(_takes(one)), _default(one, name in required), html.escape(one.get("description", ""))


def _takes(schema: Mapping[str, Any]) -> str:
    if "hints" in schema:
        return f"text such as {joined(quote(hint) for hint in schema['hints'])}"
    if "role" in schema:
        kind = {"video": "a video", "audio": "a sound"}.get(schema["role"], "a picture")
        return f"{kind}: file, URL, bytes or Media"
    return wanted(schema)


def _default(schema: Mapping[str, Any], required: bool) -> str:
    if required:
        return html.tag("span", "required", class_="badge calm")
    return _code(quote(schema["default"])) if "default" in schema else html.tag("small", "not documented")


def _price(model: Model) -> str:
    return html.escape(listing.prices_text(model))


def _code(text: str) -> str:
    return html.tag("code", html.escape(text))


__all__ = ["model_bundle", "model_page", "models_bundle", "models_page", "table"]
