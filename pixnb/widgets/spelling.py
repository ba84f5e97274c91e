"""A run as the line of Python that makes it again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixnb.media.media import Media
from pixnb.widgets.media_field import located

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.media.store import Store


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


def _literal(value: Any) -> str:
    # JSON's escapes are Python's too; repr would put text into single quotes
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


__all__ = ["submit_line"]
