"""Keys, addresses and folders, read afresh each time from arguments, environment, `.env` and what `login` stored."""

from __future__ import annotations

import contextlib
import difflib
import getpass
import json
import os
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, ByteSize, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pixnb.errors import InvalidInput

PROVIDERS: Mapping[str, str] = {
    "pixazo": "https://gateway.pixazo.ai",
    "decart": "https://api.decart.ai",
    "apiframe": "https://api.apiframe.ai",
}
"""Each service and its documented host."""


def checked_url(url: str) -> str:
    """Return the address of a service without a slash at its end.

    Raises:
        ValueError: It is none that a path can be added to.

    Example:
        >>> checked_url("https://gateway.pixazo.ai/")
        'https://gateway.pixazo.ai'
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with https://")
    if parts.username or parts.password or parts.query or parts.fragment or not url.strip().isprintable():
        raise ValueError("must be a plain address, without a user name, a query or a fragment")
    return url.strip().rstrip("/")


BaseURL = Annotated[str, AfterValidator(checked_url)]


class _LoginSource(PydanticBaseSettingsSource):
    """What `login` stored: the last place that is asked."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return _stored_keys().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return dict(_stored_keys())


class Settings(BaseSettings):
    """All settings, frozen as they stood when `load` was called.

    Example:
        >>> load(pixnb_confirm_above=10).pixnb_confirm_above
        10.0
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    pixazo_api_key: SecretStr | None = None
    decart_api_key: SecretStr | None = None
    apiframe_api_key: SecretStr | None = None
    pixazo_base_url: BaseURL | None = None
    decart_base_url: BaseURL | None = None
    apiframe_base_url: BaseURL | None = None
    pixnb_data: Path | None = None
    pixnb_log_url: SecretStr | None = None  # may hold a database password
    pixnb_assets: str | None = Field(default=None, repr=False)  # an fsspec URL may hold a password
    pixnb_user: str | None = None
    pixnb_upload_url: str | None = Field(default=None, repr=False)
    pixnb_upload_public: str | None = None
    pixnb_confirm_above: float = Field(default=5.0, ge=0)
    pixnb_max_media: ByteSize = Field(default=ByteSize(1_000_000_000), gt=0)  # also "2 GB"
    pixnb_sandbox: bool | None = None
    pixnb_sandbox_speed: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    pixnb_sandbox_draft: bool = False

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, `.env`, login."""
        return init_settings, env_settings, dotenv_settings, _LoginSource(settings_cls)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Settings hold keys and are not pickled. Call settings.load() where they are needed.")

    def key(self, provider: str) -> SecretStr | None:
        """Return the key for a service, or None."""
        found: SecretStr | None = getattr(self, f"{provider}_api_key", None)
        return found if found is not None and found.get_secret_value().strip() else None

    def base_url(self, provider: str) -> str:
        """Return the address of a service, without a slash at its end."""
        return getattr(self, f"{provider}_base_url", None) or PROVIDERS[provider]

    @property
    def has_any_key(self) -> bool:
        """Whether a key is set for any service."""
        return any(self.key(provider) for provider in PROVIDERS)

    @property
    def has_any_base_url(self) -> bool:
        """Whether an address other than the documented one is set for any service."""
        return any(getattr(self, f"{provider}_base_url") for provider in PROVIDERS)

    @property
    def data_dir(self) -> Path:
        """The data folder: PIXNB_DATA, else the project's `pixnb-data`, else one here. Made by who writes to it."""
        return _absolute(self.pixnb_data) if self.pixnb_data else _default_data_dir(Path.cwd())

    @property
    def log_url(self) -> str:
        """Where the log is: PIXNB_LOG_URL, else `log.db` in the data folder."""
        return self.pixnb_log_url.get_secret_value() if self.pixnb_log_url else str(self.data_dir / "log.db")

    @property
    def assets(self) -> str:
        """Where media are kept: PIXNB_ASSETS, else `assets` in the data folder."""
        return self.pixnb_assets or str(self.data_dir / "assets")

    @property
    def user(self) -> str:
        """Who is running: PIXNB_USER, else the account's name."""
        if self.pixnb_user:
            return self.pixnb_user
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return "unknown"

    @property
    def sandbox(self) -> bool | None:
        """True: all work goes to the sandbox; False: none may; None: only when no key is set."""
        return self.pixnb_sandbox

    @property
    def sandbox_speed(self) -> float:
        """How many times faster than a service the sandbox's queue runs."""
        return self.pixnb_sandbox_speed

    @property
    def sandbox_draft(self) -> bool:
        """Whether the sandbox renders at a quarter of the size."""
        return self.pixnb_sandbox_draft


def load(**overrides: Any) -> Settings:
    """Read the settings as they are now.

    Args:
        **overrides: Values that go before all other sources, by field name; None means "not given".

    Returns:
        The settings, frozen.

    Raises:
        InvalidInput: A variable holds something that cannot be read.
    """
    from pydantic import ValidationError

    given = {name: value for name, value in overrides.items() if value is not None}
    dotenv = _dotenv(Path.cwd())
    try:
        # mypy sees fields only; _env_file is BaseSettings' own argument
        return Settings(_env_file=dotenv, **given)  # type: ignore[call-arg]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{dotenv} cannot be read: {error}. Correct, move or delete it.") from error
    except ValidationError as error:
        problems = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise InvalidInput(f"A setting cannot be read: {problems}. Correct or unset it.") from None


def variable(provider: str) -> str:
    """Return the name of the environment variable that holds a service's key.

    Example:
        >>> variable("pixazo")
        'PIXAZO_API_KEY'
    """
    return f"{provider.upper()}_API_KEY"


def lookalikes(provider: str) -> list[str]:
    """Return variables, in the environment and `.env`, that look like a misspelling of a service's key."""
    wanted = variable(provider)
    known = {variable(p) for p in PROVIDERS} | {f"{p.upper()}_BASE_URL" for p in PROVIDERS}
    names = [name for name in (*os.environ, *_dotenv_names()) if name.upper() not in known]
    folded = {name: name.upper().replace("_", "").replace("-", "").replace("0", "O") for name in names}
    target = wanted.replace("_", "")
    close = set(difflib.get_close_matches(target, folded.values(), n=5, cutoff=0.86))
    words = tuple(f"{provider.upper()}{word}" for word in ("API", "KEY", "TOKEN", "SECRET"))
    return sorted({name for name, flat in folded.items() if flat in close or flat.startswith(words)})


def login(provider: str, key: str | None = None) -> None:
    """Ask for a service's key in a masked field and keep it for this user, outside any notebook.

    The file is readable by its owner alone. The environment and `.env` go before it.

    Args:
        provider: "pixazo", "decart" or "apiframe".
        key: The key; asked for when left out. Never write it into a notebook.

    Raises:
        InvalidInput: The provider is not known, or the key is empty.
    """
    if provider not in PROVIDERS:
        raise InvalidInput(f"Unknown provider {provider!r}. Use one of: {', '.join(PROVIDERS)}.")
    secret = (key if key is not None else getpass.getpass(f"{variable(provider)}: ")).strip()
    if not secret:
        raise InvalidInput(
            f"The key for {provider} is empty; nothing was stored. Call pixnb.login({provider!r}) again."
        )
    if not is_sendable(secret):
        raise InvalidInput(
            f"The key for {provider} holds characters that no key has; nothing was stored. Copy it again."
        )
    try:
        _store(json.dumps({**_stored_keys(), f"{provider}_api_key": secret}))
    except OSError as error:
        raise InvalidInput(
            f"The key could not be stored in {_login_file()}: {error.strerror}. Set {variable(provider)} instead."
        ) from error


def is_sendable(key: str) -> bool:
    """Whether an HTTP header can carry a key."""
    return key.isascii() and key.isprintable()


def _store(text: str) -> None:
    path = _login_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.unlink(missing_ok=True)
    # opened with its final mode: the key is at no moment readable by others
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def announce(text: str) -> None:
    """Say something to the person once a process."""
    if text not in _said:
        _said.add(text)
        sys.stdout.write(f"pixnb: {text}\n")
        sys.stdout.flush()


_said: set[str] = set()


def _login_file() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir("pixnb")) / "keys.json"


def _stored_keys() -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        stored = json.loads(_login_file().read_text())
        return {k: v for k, v in stored.items() if isinstance(v, str)} if isinstance(stored, dict) else {}
    return {}


def _dotenv(start: Path) -> Path | None:
    return next((p for folder in _project(start) if (p := folder / ".env").is_file()), None)


def _dotenv_names() -> list[str]:
    from dotenv import dotenv_values

    path = _dotenv(Path.cwd())
    return list(dotenv_values(path)) if path else []


def _default_data_dir(start: Path) -> Path:
    found = next((p for folder in _project(start) if (p := folder / "pixnb-data").is_dir()), None)
    return found or start / "pixnb-data"


@lru_cache(maxsize=64)
def _project(start: Path) -> tuple[Path, ...]:
    """The folders from `start` up to the project's root; only `start` where there is no project."""
    upward = (start, *start.parents)
    marks = (".git", "pyproject.toml", "setup.py", "setup.cfg")
    for count, folder in enumerate(upward, 1):
        if any((folder / mark).exists() for mark in marks):
            return upward[:count]
    return (start,)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  Path.resolve would follow the user's links


__all__ = [
    "PROVIDERS",
    "Settings",
    "announce",
    "checked_url",
    "is_sendable",
    "load",
    "login",
    "lookalikes",
    "variable",
]
