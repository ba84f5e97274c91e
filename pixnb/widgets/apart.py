"""What launches have in common, and what tells each of them apart, in a few words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pixnb.catalogue import models
from pixnb.media.media import Media
from pixnb.terminal import legible, shorten

_LONGEST = 110  # letters of a prompt in a tile
_SPARED = 24  # letters that prompts must begin alike with before their beginning is left out


def tell_apart(asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Say of each what it is, beside the others: the words of its prompt that are its own, and what else differs.

    Args:
        asked: The model's friendly id and the params of each.

    Example:
        >>> tell_apart([("ltx-2", {"prompt": "A lake", "seed": 1}), ("ltx-2", {"prompt": "A lake", "seed": 2})])
        ['seed 1 · A lake', 'seed 2 · A lake']
        >>> tell_apart([("ltx-2", {"prompt": "A lake"}), ("lucy-edit-fast", {"prompt": "A red coat"})])
        ['A lake · LTX 2', 'A red coat · Lucy Edit Fast']
    """
    prompts = [_read_prompt(params) for _, params in asked]
    start = _share_start(sorted(set(filter(None, prompts))))
    differing = _find_differing(asked)
    has_models = len({model for model, _ in asked}) > 1
    told = []
    for (model, params), prompt in zip(asked, prompts, strict=True):
        words = shorten(f"…{prompt[start:]}" if start and prompt else prompt, _LONGEST)
        facts = [_call(model)] if has_models or not words else []
        facts += [f"{name} {_say(params[name])}" for name in sorted(differing[model]) if name in params]
        is_prompt_its_own = len(set(prompts)) > 1
        told.append(" · ".join(filter(None, [words, *facts] if is_prompt_its_own else [*facts, words])))
    return told


def find_shared(inputs: Sequence[Mapping[str, Media]]) -> Mapping[str, Media]:
    """Find the sources that most have; of two that are as many, those that came last.

    Args:
        inputs: What each was given, by role, the first launched first.
    """
    keys = [tuple(sorted((role, name_source(media)) for role, media in given.items())) for given in inputs]
    counts = Counter(key for key in keys if key)
    if not counts:
        return {}
    most = max(counts.values())
    last = max(at for at, key in enumerate(keys) if key and counts[key] == most)
    return inputs[last]


def name_source(media: Media) -> str:
    """Name a source so that the same file has the same name; nothing is read or fetched for it."""
    return str(media.path or media.url or id(media))


def _read_prompt(params: Mapping[str, Any]) -> str:
    prompt = params.get("prompt")
    return " ".join(legible(prompt).split()) if isinstance(prompt, str) else ""


def _share_start(prompts: Sequence[str]) -> int:
    """Return how many letters all prompts begin alike with, up to the end of a word; 0 where they are few."""
    if len(prompts) < 2:
        return 0
    first, last = prompts[0], prompts[-1]  # they are sorted: what these two share, all do
    alike = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    start = first.rfind(" ", 0, alike + 1) + 1
    return start if start >= _SPARED else 0


def _find_differing(asked: Sequence[tuple[str, Mapping[str, Any]]]) -> Mapping[str, set[str]]:
    """Return by model the parameters that are not the same in all of its launches; prompt and media are left out."""
    seen: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for model, params in asked:
        seen[model].append(params)
    found: dict[str, set[str]] = {}
    for model, all_params in seen.items():
        unsaid = {"prompt", *(models.get(model).inputs.values() if model in models else ())}
        names = {name for params in all_params for name in params} - unsaid
        found[model] = {name for name in names if len({repr(params.get(name)) for params in all_params}) > 1}
    return found


def _call(model: str) -> str:
    return models.get(model).title if model in models else model


def _say(value: Any) -> str:
    return shorten(legible(str(value)), 40)


__all__ = ["find_shared", "name_source", "tell_apart"]
