"""A run, or a batch, as the line of Python that makes it again."""

from __future__ import annotations

import json
import keyword
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixnb.media.media import Media
from pixnb.runs.template import Template
from pixnb.widgets.media_field import located

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.media.store import Store
    from pixnb.widgets.batch import Batch


def sweep_line(batch: Batch, *, store: Store) -> str:
    """Write the line that repeats a batch: what is in the log is not paid for twice.

    Args:
        batch: What was asked for.
        store: Where bytes that have no path are kept.

    Returns:
        One line of `exp.sweep`, media by role, a prompt with places as a `pixnb.Template`.
    """
    roles = {name: role for role, name in batch.model.inputs.items()}
    words = [_literal(batch.model.id)]
    for name, value in batch.grid.items():
        if name in roles:
            words.append(f"{roles[name]}={_media(value, store)}")
        elif isinstance(value, list) and any(isinstance(one, Template) for one in value):
            words.append(f"{name}=[{', '.join(map(_worded, value))}]")
        else:
            words.append(f"{name}={_worded(value)}")
    words += [f"repeats={batch.repeats}"] if batch.repeats > 1 else []
    words += ["allow_unpriced=True"] if batch.allow_unpriced else []
    return f"exp.sweep({', '.join(words)})"


def submit_line(
    model: Model, params: Mapping[str, Any], *, take: int, store: Store, allow_unpriced: bool = False
) -> str:
    """Write the line that repeats a run: with its take, it finds the run in the log and pays nothing twice.

    Args:
        model: The model.
        params: What was set, by the service's own names.
        take: The take.
        store: Where bytes that have no path are kept, so that the line works tomorrow.
        allow_unpriced: As it was submitted.

    Returns:
        One line, media by role.
    """
    roles = {name: role for role, name in model.inputs.items()}
    words = [_literal(model.id)]
    for name, value in params.items():
        spelled = _media(value, store) if name in roles else _literal(value)
        words.append(f"{roles.get(name, name)}={spelled}")
    words += ["allow_unpriced=True"] if allow_unpriced else []
    return f"exp.submit({', '.join([*words, f'take={take}'])})"


def _media(value: Any, store: Store) -> str:
    if not isinstance(value, str | os.PathLike):
        media = Media.of(value)
        if media.path is None and media.url is None:
            media = Media(store.put(media.bytes()).path)
        value = media
    text = located(value)
    return text if text.startswith("pixnb.sample(") else _literal(text)


def _worded(value: Any) -> str:
    if not isinstance(value, Template):
        return _literal(value)
    factors = {name: _literal([one.value for one in values]) for name, values in value.factors.items()}
    # a name that Python reads otherwise than it is written cannot stand before a "="
    plain = [f"{name}={said}" for name, said in factors.items() if _is_plain(name)]
    odd = [f"{_literal(name)}: {said}" for name, said in factors.items() if not _is_plain(name)]
    words = [_literal(value.text), *plain, *([f"**{{{', '.join(odd)}}}"] if odd else [])]
    return f"pixnb.Template({', '.join(words)})"


def _is_plain(name: str) -> bool:
    return name.isascii() and not keyword.iskeyword(name)


def _literal(value: Any) -> str:
    # JSON's escapes are Python's too; repr would put text into single quotes
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


__all__ = ["submit_line", "sweep_line"]
