"""Presets: what a form said, kept under a name for a person; in one JSON file of the data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pixnb import providers, settings
from pixnb.errors import InvalidInput, PixnbError
from pixnb.filing import lock, write_whole
from pixnb.project import make_private

_VERSION = 1
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Preset:
    """What a form said.

    Attributes:
        model: The model's friendly id.
        params: Its params, as plain values; media as a path, URL or the sample's code.
        each_line: Whether each line of the prompt is one.
        repeats: Takes of each.
        values: What was written for the places in the prompt.
    """

    model: str
    params: Mapping[str, Any]
    each_line: bool = False
    repeats: int = 1
    values: Mapping[str, str] = field(default_factory=dict)


class Presets:
    """A person's presets.

    Args:
        path: The file; made, with its folder, at the first `save`. `presets.json` in PIXNB_DATA when left out.
        user: Whose.

    Example:
        >>> import tempfile
        >>> mine = Presets(Path(tempfile.mkdtemp(), "presets.json"))
        >>> mine.save("lake", Preset("ltx-2-pro", {"prompt": "A lake"}))
        >>> mine.read()["lake"].params
        {'prompt': 'A lake'}
    """

    def __init__(self, path: Path | None = None, *, user: str = "") -> None:
        self._path = path or settings.load().data_dir / "presets.json"
        self._user = user

    def read(self) -> dict[str, Preset]:
        """Return them by name, in alphabetical order.

        Raises:
            PixnbError: The file cannot be read.
        """
        mine = self._load().get(self._user, {})
        return {name: Preset(**mine[name]) for name in sorted(mine, key=str.casefold)}

    def save(self, name: str, preset: Preset) -> None:
        """Keep one, in place of another of that name.

        Raises:
            InvalidInput: It has no name, or would keep a key or a login.
            PixnbError: The file cannot be read or written; nothing was changed.
        """
        name = name.strip()
        if not name or len(name) > _LONGEST or not name.isprintable():
            raise InvalidInput(f"A preset has a name of 1 to {_LONGEST} signs: write one, then Save.")
        _refuse_secrets(preset)
        self._change(lambda mine: {**mine, name: asdict(preset)})

    def delete(self, name: str) -> None:
        """Forget one.

        Raises:
            InvalidInput: There is none of that name.
            PixnbError: The file cannot be read or written; nothing was changed.
        """
        if name.strip() not in self.read():
            raise InvalidInput(f"There is no preset {name.strip()!r:.80}: choose one of the list, then Delete.")
        self._change(lambda mine: {one: kept for one, kept in mine.items() if one != name.strip()})

    def _change(self, change: Any) -> None:
        try:
            make_private(self._path.parent)
            with lock(self._path):
                every = self._load()
                every[self._user] = change(every.get(self._user, {}))
                text = json.dumps({"version": _VERSION, "users": every}, indent=2, ensure_ascii=False)
                write_whole(self._path, f"{text}\n".encode())
        except (OSError, UnicodeEncodeError) as error:
            said = f"{self._path} cannot be written: {error}. Nothing was changed. Make its folder writable"
            raise _trouble(said) from error

    def _load(self) -> dict[str, dict[str, Any]]:
        try:
            content = json.loads(self._path.read_bytes())
            if content["version"] > _VERSION:
                raise ValueError("it was written by a newer pixnb; upgrade pixnb")
            every = {user: dict(mine) for user, mine in content["users"].items()}
            for mine in every.values():
                for kept in mine.values():
                    Preset(**kept)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise _trouble(f"{self._path} cannot be read: {error}. Correct the file, or move it away") from error
        return every


def _refuse_secrets(preset: Preset) -> None:
    said = json.dumps(asdict(preset), ensure_ascii=False)
    known = settings.load()
    for provider in providers.names():
        key = known.key(provider)
        if key is not None and key.get_secret_value() in said:
            raise InvalidInput(f"This would keep your key for {provider} in a file: take it out, then Save.")
    for name, value in preset.params.items():
        if isinstance(value, str) and "://" in value and " " not in value and "@" in urlsplit(value).netloc:
            raise InvalidInput(f"The URL of {name} holds a login: take it out, then Save.")


def _trouble(said: str) -> PixnbError:
    return PixnbError(f"The presets in {said}, or set PIXNB_DATA to another folder.", code="PRESETS")


__all__ = ["Preset", "Presets"]
