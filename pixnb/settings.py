"""Settings, read afresh each time from arguments, environment, `.env` and what `login` stored."""

from __future__ import annotations

import difflib
import functools
import getpass
import ipaddress
import os
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, PrivateAttr, SecretStr, create_model
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pixnb import limits, providers
from pixnb.errors import InvalidInput
from pixnb.keys import read_keys
from pixnb.project import absolute, find_data_dir, find_dotenv


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


def _checked_limits(text: str) -> str:
    limits.parse(text)
    return text


def _checked_amounts(given: Any) -> str:
    text = str(given)  # a number is an amount in USD
    limits.parse_confirm(text)
    return text


BaseURL = Annotated[str, AfterValidator(checked_url)]


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine.

    Example:
        >>> is_loopback("http://[::1]:8000/pixazo"), is_loopback("http://127.0.0.1.example.org")
        (True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _LoginSource(PydanticBaseSettingsSource):
    """What `login` stored: the last place that is asked."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return read_keys().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return dict(read_keys())


class Settings(BaseSettings):
    """All settings, frozen as they stood when `load` was called; for each service also `<name>_api_key`, `_base_url`.

    Example:
        >>> load(pixnb_confirm_above=10).confirm_above["USD"]
        Decimal('10')
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    pixnb_data: Path | None = None
    pixnb_log_url: SecretStr | None = None  # may hold a database password
    pixnb_assets: str | None = Field(default=None, repr=False)  # an fsspec URL may hold a password
    pixnb_user: str | None = None
    pixnb_upload_url: str | None = Field(default=None, repr=False)
    pixnb_upload_public: str | None = None
    pixnb_confirm_above: Annotated[str, BeforeValidator(_checked_amounts)] | None = None
    pixnb_limits: Annotated[str, AfterValidator(_checked_limits)] | None = None
    pixnb_max_media: ByteSize = Field(default=ByteSize(1_000_000_000), gt=0)  # also "2 GB"
    pixnb_sandbox: bool | None = None
    pixnb_sandbox_speed: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    pixnb_sandbox_draft: bool = False

    _dotenv: dict[str, str | None] = PrivateAttr(default_factory=dict)
    _dotenv_path: Path | None = PrivateAttr(default=None)

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
        return getattr(self, f"{provider}_base_url", None) or providers.get(provider).host

    def distrust(self, provider: str, *, key_given: bool = False) -> str | None:
        """Say why a key must not go to the address that a service has by these settings.

        The `.env` of a project comes with a clone of it: an address there gets no key from elsewhere, but for a
        sandbox on this machine.

        Args:
            provider: The service.
            key_given: Whether the key is none of these settings but was given in code.

        Returns:
            What is wrong and what to do; None where the key may go.
        """
        service, url = providers.get(provider), self.base_url(provider)
        field, key_field = service.url_variable.lower(), service.variable.lower()
        if field not in self._dotenv or _origin(url) == _origin(service.host):
            return None
        if not key_given and self._dotenv[field] is None and self._dotenv.get(key_field, "") is None:
            return None
        where = "was given in code" if key_given else "comes from elsewhere"
        return (
            f"{service.url_variable} in {self._dotenv_path} leads to {url}, and {service.variable} {where}: an address "
            "in a project's .env gets only a key that stands in that .env too. Nothing was sent. If you trust the "
            f"address, set it yourself: export {service.url_variable}={url}"
        )

    @property
    def has_any_key(self) -> bool:
        """Whether a key is set for any service."""
        return any(self.key(provider) for provider in providers.names())

    @property
    def has_any_base_url(self) -> bool:
        """Whether an address other than the documented one is set for any service."""
        return any(getattr(self, f"{provider}_base_url", None) for provider in providers.names())

    @property
    def limits(self) -> Mapping[str, limits.Limit]:
        """What is allowed of each service: PIXNB_LIMITS, read."""
        return limits.parse(self.pixnb_limits)

    @property
    def confirm_above(self) -> Mapping[str, Decimal]:
        """Above which amounts, by currency, a sweep asks first: PIXNB_CONFIRM_ABOVE, read."""
        return limits.parse_confirm(self.pixnb_confirm_above)

    @property
    def data_dir(self) -> Path:
        """The data folder: PIXNB_DATA, else the project's `pixnb-data`, else one here. Made by who writes to it."""
        return absolute(self.pixnb_data) if self.pixnb_data else find_data_dir()

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
    dotenv = find_dotenv()
    try:
        # mypy sees fields only; _env_file is BaseSettings' own argument
        found = _with_services(providers.names())(_env_file=dotenv, **given)  # type: ignore[call-arg]
        found._dotenv = _read_decided(dotenv, given)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{dotenv} cannot be read: {error}. Correct, move or delete it.") from error
    except ValidationError as error:
        problems = "; ".join(f"{str(e['loc'][0]).upper()}: {_say(e)}" for e in error.errors())
        raise InvalidInput(f"A setting cannot be read: {problems}. Correct or unset it.") from None
    _refuse_misspelt(type(found), found._dotenv)
    if dotenv is None:
        return found
    found._dotenv_path = dotenv
    return found.model_copy(update={**_anchored(found, dotenv.parent), **_unwoven(found)})


def _say(error: Mapping[str, Any]) -> str:
    kinds = {"bool": "1 or 0", "float": "a number", "byte": "a size such as 2 GB", "greater": "more than 0"}
    known = next((words for kind, words in kinds.items() if kind in error["type"]), None)
    return f"give {known}" if known else str(error["msg"]).removeprefix("Value error, ")


def _refuse_misspelt(known: type[Settings], dotenv: Mapping[str, Any]) -> None:
    """Refuse what is set by a name that is nearly a setting's: PIXNB_SANBOX=1 would send work to a service, and pay."""
    fields = [name.upper() for name in known.model_fields if not name.endswith("_api_key")]  # keys: see `lookalikes`
    for name in {*os.environ, *(name.upper() for name in dotenv)}:
        flat = name.upper().replace("-", "_")
        if name.upper() in fields or not flat.startswith(tuple(f"{field.partition('_')[0]}_" for field in fields)):
            continue
        ours = flat.startswith("PIXNB_")
        whole = [one for one in fields if ours and flat not in fields and set(flat.split("_")) < set(one.split("_"))]
        near = whole or difflib.get_close_matches(flat, fields, 1, 0.8 if ours else 0.9)
        if near:
            raise InvalidInput(
                f"{name} is set, and no setting is called so: did you mean {near[0]}? Correct or unset it."
            )


@functools.cache
def _with_services(names: tuple[str, ...]) -> type[Settings]:
    fields: dict[str, Any] = {}
    for name in names:
        fields |= {f"{name}_api_key": (SecretStr | None, None), f"{name}_base_url": (BaseURL | None, None)}
    return create_model("Settings", __base__=Settings, __module__=__name__, **fields)


def _is_expected(url: str, host: str) -> bool:
    return is_loopback(url) or _origin(url) == _origin(host)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _unwoven(found: Settings) -> dict[str, str]:
    """Leave `${NAME}` as it stands in an address that a `.env` has for a service: it could read any secret into it."""
    fields = {one.url_variable.lower(): one.host for one in providers.known().values()}
    woven = ((name, raw) for name, raw in found._dotenv.items() if raw is not None and name in fields)
    return {name: raw for name, raw in woven if not _is_expected(getattr(found, name), fields[name])}


def _anchored(found: Settings, folder: Path) -> dict[str, Any]:
    """Count the paths that a `.env` names from its own folder, wherever in the project somebody works."""
    named: dict[str, Any] = {}
    for name in _PATHS:
        value = getattr(found, name)
        if name in found._dotenv and value is not None:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            named[name] = type(value)(_counted(text, folder))
    return named


_PATHS = ("pixnb_data", "pixnb_assets", "pixnb_log_url", "pixnb_upload_url")


def _counted(text: str, folder: Path) -> str:
    scheme, slashes, path = text.partition(":///")
    if slashes and scheme.startswith("sqlite") and path and not path.startswith(("/", ":", "file:")):
        return f"{scheme}:///{absolute(path, folder)}"
    return text if "://" in text or text.startswith(":") else str(absolute(text, folder))


def _read_decided(dotenv: Path | None, given: Collection[str]) -> dict[str, str | None]:
    """Return the settings that a `.env` decides, and of those with `${NAME}` in them how they stand there."""
    from dotenv import dotenv_values

    if dotenv is None:
        return {}
    _refuse_unreadable(dotenv)
    before = {name.lower() for name, value in os.environ.items() if value} | set(given)
    plain = dotenv_values(dotenv, interpolate=False)
    full = dotenv_values(dotenv).items()
    decided = ((name, value) for name, value in full if value and name.lower() not in before)
    return {name.lower(): None if plain[name] == value else plain[name] for name, value in decided}


def _refuse_unreadable(dotenv: Path) -> None:
    """Refuse a line that means a setting and is none: `PIXAZO_API_KEY: …` would leave the work to the sandbox."""
    from dotenv.parser import parse_stream

    ours = ("PIXNB", *(name.upper() for name in providers.names()))
    with dotenv.open(encoding="utf-8") as file:
        wrong = next(
            (one for one in parse_stream(file) if one.error and one.original.string.strip().upper().startswith(ours)),
            None,
        )
    if wrong is not None:  # what stands there is not shown: it may be a key
        raise InvalidInput(f"{dotenv}: line {wrong.original.line} cannot be read. Write NAME=value there.")


__all__ = ["Settings", "checked_url", "is_loopback", "load"]
