"""The services that work can be sent to: one list, which packages add to by entry points of `pixnb.providers`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from pixnb.errors import InvalidInput
from pixnb.terminal import get_logger
from pixnb.unsent import is_none_left

GROUP = "pixnb.providers"
"""The group of entry points by which a package of its own adds a service."""

logger = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What is true of one service; all else about it lies in the modules that it names, loaded when first used.

    Args:
        name: A word in small letters; `<NAME>_API_KEY` and `<NAME>_BASE_URL` are its variables.
        host: Its documented address, without a slash at the end.
        key_headers: The names of the headers that carry the key: what must never be shown.
        catalogue: Where its models are, as "module:name" of an iterable of `pixnb.catalogue.Model`.
        wire: Where its wire is, as "module:Class"; see `pixnb.wire.wire.Wire`.
        sandbox: Where its stand-in in the sandbox is, as "module"; see `pixnb.sandbox.app.Routes`. Empty: it has none.
        key_mark: What its keys begin with, and no other service's, by which one in the wrong place is known; or empty.

    Raises:
        ValueError: One of them cannot be right.

    Example:
        >>> Provider(name="toy", host="https://api.toy.example", key_headers=("Authorization",),
        ...          catalogue="toy.models:MODELS", wire="toy.wire:ToyWire").variable
        'TOY_API_KEY'
    """

    name: str
    host: str
    key_headers: tuple[str, ...]
    catalogue: str
    wire: str
    sandbox: str = ""
    key_mark: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name) or self.name in _TAKEN:
            raise ValueError(f"name must be a word in small letters, and none of {', '.join(_TAKEN)}: {self.name!r}")
        if not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*[^/?#\s])?", self.host):
            raise ValueError(f"host must be an address such as https://api.example.org: {self.host!r}")
        if not isinstance(self.key_headers, tuple):
            raise TypeError(f"key_headers must be a tuple of names: {self.key_headers!r}")

    @property
    def variable(self) -> str:
        """The environment variable of its key."""
        return f"{self.name.upper()}_API_KEY"

    @property
    def url_variable(self) -> str:
        """The environment variable of its address."""
        return f"{self.name.upper()}_BASE_URL"

    def load(self, part: Literal["catalogue", "wire", "sandbox"]) -> Any:
        """Load what one of its strings names.

        Raises:
            Exception: Whatever its modules raise.
        """
        module, _, name = getattr(self, part).partition(":")
        found: Any = import_module(module)
        return functools.reduce(getattr, name.split("."), found) if name else found


_TAKEN = ("pixnb", "sandbox", "media", "jobs", "health")
"""Words that have a meaning already, in the names of variables and in the sandbox's paths."""

BUILT_IN = (
    Provider(
        name="pixazo",
        host="https://gateway.pixazo.ai",
        key_headers=("Ocp-Apim-Subscription-Key",),
        catalogue="pixnb.catalogue.pixazo:MODELS",
        wire="pixnb.wire.pixazo:PixazoWire",
        sandbox="pixnb.sandbox.pixazo",
    ),
    Provider(
        name="decart",
        host="https://api.decart.ai",
        key_headers=("X-API-KEY",),
        catalogue="pixnb.catalogue.decart:MODELS",
        wire="pixnb.wire.decart:DecartWire",
        sandbox="pixnb.sandbox.decart",
        key_mark="dct_",
    ),
    Provider(
        name="apiframe",
        host="https://api.apiframe.ai",
        key_headers=("X-API-Key",),
        catalogue="pixnb.catalogue.apiframe:MODELS",
        wire="pixnb.wire.apiframe:ApiframeWire",
        sandbox="pixnb.sandbox.apiframe",
        key_mark="afk_",
    ),
)


def names() -> tuple[str, ...]:
    """Return the names of all services, our own first.

    Example:
        >>> names()[:3]
        ('pixazo', 'decart', 'apiframe')
    """
    return tuple(known())


def get(name: str) -> Provider:
    """Return a service by its name.

    Raises:
        InvalidInput: There is none of this name, or the package that adds it is broken.
    """
    found = known().get(name) if isinstance(name, str) else None
    if found is None:
        raise InvalidInput(_broken().get(name) or f"Unknown provider {name!r}. Use one of: {', '.join(known())}.")
    return found


def known() -> Mapping[str, Provider]:
    """Return all services by name; what packages add is read once a process."""
    return _find()[0]


@functools.cache
def key_headers() -> frozenset[str]:
    """Return the names, in small letters, of all headers in which a key may travel."""
    return frozenset(header.lower() for one in known().values() for header in one.key_headers) | _ANYBODYS


_ANYBODYS = frozenset({"authorization", "proxy-authorization"})


def report(name: str, problem: object) -> str:
    """Say, in the log of warnings, that what a package adds does not work; all other services go on.

    Returns:
        What was said.
    """
    said = f"The service {name!r}, which a package adds to pixnb, is left out: {problem}. Mend or uninstall it."
    logger.warning("%s", said)
    return said


def roots() -> list[str]:
    """Return the folders and archives on this process's path that hold packages with services, for its children."""
    return list(dict.fromkeys(str(one.dist.locate_file("")) for one in _entries() if one.dist is not None))


def _entries() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda one: one.name)


def _broken() -> Mapping[str, str]:
    return _find()[1]


@functools.cache
def _find() -> tuple[Mapping[str, Provider], Mapping[str, str]]:
    found, broken = {one.name: one for one in BUILT_IN}, {}
    for entry in _entries():
        try:
            added = _load(entry)
            if added.name in found and added != found[added.name]:
                raise ValueError(f"there is another service {added.name!r} already")
            found[added.name] = added
        except (Exception, SystemExit) as error:  # whatever goes wrong in somebody else's package
            if is_none_left(error):
                raise  # it is read again
            broken[entry.name] = report(entry.name, f"{entry.value}: {type(error).__name__}: {error}")
    return found, broken


def _load(entry: EntryPoint) -> Provider:
    added = entry.load()
    if not isinstance(added, Provider):
        raise TypeError(f"it is no pixnb.providers.Provider but a {type(added).__name__}")
    return added


__all__ = ["BUILT_IN", "GROUP", "Provider", "get", "key_headers", "known", "names", "report", "roots"]
