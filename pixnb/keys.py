"""Keys on disk, where `login` keeps them, and variables that look like a misspelt key."""

from __future__ import annotations

import contextlib
import difflib
import getpass
import json
import os
import re
from pathlib import Path

from pixnb import providers
from pixnb.errors import InvalidInput
from pixnb.project import find_dotenv


def login(provider: str = "", key: str | None = None) -> None:
    """Ask for a service's key in a masked field and keep it for this user, outside any notebook.

    The file is readable by its owner alone. The environment and `.env` go before it.

    Args:
        provider: "pixazo", "decart", "apiframe", or a service that a package adds.
        key: The key; asked for when left out. Never write it into a notebook.

    Raises:
        InvalidInput: The provider is not known or not said, or the key is empty.
    """
    if provider == "":
        raise InvalidInput(f'Whose key? Say pixnb.login("pixazo"), or another of: {", ".join(providers.known())}.')
    variable = providers.get(provider).variable
    try:
        secret = (key if key is not None else getpass.getpass(f"{variable}: ")).strip()
    except EOFError:
        raise InvalidInput(f"There is nobody here to type a key; nothing was stored. Set {variable} instead.") from None
    if not secret:
        raise InvalidInput(
            f"The key for {provider} is empty; nothing was stored. Call pixnb.login({provider!r}) again."
        )
    if fault := find_fault(provider, secret):
        raise InvalidInput(f"The key for {provider} {fault}. Nothing was stored.")
    try:
        _store(json.dumps({**read_keys(), f"{provider}_api_key": secret}))
    except OSError as error:
        raise InvalidInput(
            f"The key could not be stored in {_file()}: {error.strerror}. Set {variable} instead."
        ) from error


def read_keys() -> dict[str, str]:
    """Return what `login` stored, by the name of the setting."""
    with contextlib.suppress(OSError, ValueError):
        stored = json.loads(_file().read_text())
        return {k: v for k, v in stored.items() if isinstance(v, str)} if isinstance(stored, dict) else {}
    return {}


def is_sendable(key: str) -> bool:
    """Whether an HTTP header can carry a key."""
    return key.isascii() and key.isprintable()


def find_fault(provider: str, key: str) -> str | None:
    """Say what is wrong with a key that was copied badly, as far as it shows; nothing of the key is in it.

    Args:
        provider: Whose it is to be.
        key: The key, without white space around it.

    Returns:
        What follows "The key for decart"; None where nothing is known against it.

    Example:
        >>> find_fault("decart", '"dct_1234"')
        'has quotes around it: take them away'
        >>> find_fault("decart", "dct_1234")
    """
    services = providers.known().values()
    other = next(
        (one for one in services if one.key_mark and key.startswith(one.key_mark) and one.name != provider), None
    )
    faults = {
        "has quotes around it: take them away": key[0] in _QUOTES or key[-1] in _QUOTES,
        "has a word in front of it: give what follows": bool(_IN_FRONT.match(key)),
        "is the placeholder of an example: put your own there": bool(_PLACEHOLDER.fullmatch(key)),
        "holds characters that no key has: copy it again": not is_sendable(key) or " " in key,
        f"begins as one for {other.name} does: that goes into {other.variable}" if other else "": other is not None,
    }
    return next((fault for fault, found in faults.items() if found), None)


def lookalikes(provider: str) -> list[str]:
    """Return variables, in the environment and `.env`, that look like a misspelling of a service's key."""
    services = providers.known().values()
    known = {name for one in services for name in (one.variable, one.url_variable)}
    names = [name for name in (*os.environ, *_dotenv_names()) if name.upper() not in known]
    folded = {name: name.upper().replace("_", "").replace("-", "").replace("0", "O") for name in names}
    target = providers.get(provider).variable.replace("_", "")
    close = set(difflib.get_close_matches(target, folded.values(), n=5, cutoff=0.86))
    words = tuple(f"{provider.upper()}{word}" for word in ("API", "KEY", "TOKEN", "SECRET"))
    return sorted({name for name, flat in folded.items() if flat in close or flat.startswith(words)})


_QUOTES = "\"'`“”‘’«»"
_IN_FRONT = re.compile(r"(?i)(bearer|basic|token|key|api.?key)\s+\S|[\w-]*(key|token|authorization)\s*[:=]|export\s")
_PLACEHOLDER = re.compile(
    r"(?i)<.*>|[{$\[].*|[x.*…_-]+|(.*[_ -])?your?[_ -].*|.*[_ -]here|(change|replace)[_ -]?(me|this)|todo|none|null"
)


def _dotenv_names() -> list[str]:
    from dotenv import dotenv_values

    path = find_dotenv()
    return list(dotenv_values(path)) if path else []


def _store(text: str) -> None:
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.unlink(missing_ok=True)
    # opened with its final mode: the key is at no moment readable by others
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _file() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir("pixnb")) / "keys.json"


__all__ = ["find_fault", "is_sendable", "login", "lookalikes", "read_keys"]
