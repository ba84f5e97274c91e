"""Where a provider's work goes: the service with the user's key, or the sandbox of the data folder."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from pixnb import providers
from pixnb.announcing import announce
from pixnb.errors import InvalidAPIKey, InvalidInput, ServiceUnavailable
from pixnb.http import httpx
from pixnb.http.failures import UNANSWERED
from pixnb.keys import find_fault, is_sendable, lookalikes
from pixnb.settings import Settings, checked_url, is_loopback
from pixnb.status import SANDBOX, SANDBOX_MEANS
from pixnb.wire.wire import EMBEDDED, Target

if TYPE_CHECKING:
    from pixnb.sandbox.start import Sandbox

_NOWHERE = "http://sandbox.invalid"
_SAID = f"{SANDBOX}: pictures are {SANDBOX_MEANS}."


class Targets:
    """Finds the target of each provider, once.

    Args:
        settings: The settings to go by.
        keys: Keys by provider, before those of the settings.
        base_urls: Addresses by provider, before those of the settings.
        sandbox: True or a Sandbox: everything goes there. False: nothing may. None: only when no key is set.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        keys: Mapping[str, str | SecretStr] | None = None,
        base_urls: Mapping[str, str] | None = None,
        sandbox: bool | Sandbox | None = None,
    ) -> None:
        self._settings = settings
        self._means_services = bool(keys or base_urls)
        self._keys = {provider: _secret(provider, key) for provider, key in (keys or {}).items() if key}
        self._base_urls = {provider: _address(provider, url) for provider, url in (base_urls or {}).items() if url}
        self._lock = threading.Lock()
        self._own = sandbox if not isinstance(sandbox, bool | None) else None
        self._wish = sandbox if isinstance(sandbox, bool) else (True if self._own else settings.pixnb_sandbox)
        self._found: dict[str, Target] = {}

    def get(self, provider: str, *, starts: bool = True) -> Target:
        """Return a provider's target; starts the sandbox where that is the target.

        An address that may not have the key is a target too: who is about to use one asks `SandboxHosts.clear`.

        Args:
            provider: The service.
            starts: False for a plan, which the sandbox's start is not to hold up: its address is none then.

        Raises:
            InvalidAPIKey: No key, and the sandbox may not stand in.
        """
        if provider in self._found:
            return self._found[provider]
        # a key that nothing will use may be as bad as it likes
        key = None if self._wish else self._key(provider)
        if self._goes_to_sandbox(key) and not starts:
            announce(_SAID)
            return Target(provider, _NOWHERE, SecretStr("sandbox"), sandbox=True, home=f"{EMBEDDED}{provider}")
        if self._goes_to_sandbox(key):
            return self._embedded(provider)  # not kept: each time makes sure that it lives
        self._found[provider] = self._real(provider, key)
        return self._found[provider]

    def found(self, provider: str) -> Target | None:
        """Return a provider's target if it is known already; never waits."""
        return self._found.get(provider)

    def is_sandbox(self) -> bool:
        """Whether work that has no key goes to the sandbox, so that its own ledger is the one that counts."""
        return self._goes_to_sandbox(None)

    def at(self, provider: str, home: str) -> Target:
        """Return the target for a job that was sent to `home` earlier, whatever the settings say now.

        Raises:
            InvalidAPIKey: No key for that service now.
        """
        if home.startswith(EMBEDDED):
            return self._embedded(provider)
        if self._wish and not is_loopback(home):
            raise ServiceUnavailable(
                f"The job is at {home}, and this client works in the sandbox only. Use another client to collect it.",
                provider=provider,
            )
        key = self._key(provider)
        if key is None:
            raise _no_key(provider, "")
        if home not in (self._base_url(provider), providers.get(provider).host) and not is_loopback(home):
            # a log may come from somebody else: its word is not enough to send a key anywhere
            raise InvalidAPIKey(
                f"The job was sent to {home}, and the key for {provider} goes only to {self._base_url(provider)}. "
                f"If you trust that address, set {providers.get(provider).url_variable}={home} and resume again.",
                provider=provider,
            )
        target = self._with_key(provider, home, key)
        if target.withheld and not is_loopback(home):
            raise InvalidAPIKey(target.withheld, provider=provider)
        return target

    def find(self, provider: str, home: str | None) -> Target:
        """Return the target of a job: where it was sent to, or for a new one where the settings say."""
        return self.get(provider) if home is None else self.at(provider, home)

    def goes_to_sandbox(self, provider: str) -> bool:
        """Whether a provider's work goes to a sandbox, or at least stays on this machine, and so costs nothing."""
        return bool(self._wish) or self._goes_to_sandbox(self._key(provider)) or is_loopback(self._base_url(provider))

    def _base_url(self, provider: str) -> str:
        return self._base_urls.get(provider) or self._settings.base_url(provider)

    def _key(self, provider: str) -> SecretStr | None:
        key = self._keys.get(provider) or self._settings.key(provider)
        return None if key is None else _secret(provider, key)

    def _goes_to_sandbox(self, key: SecretStr | None) -> bool:
        if self._wish is not None:
            return self._wish
        if key or self._means_services or self._settings.has_any_key or self._settings.has_any_base_url:
            return False
        # a misspelt key means that the services were meant
        return not any(lookalikes(name) for name in providers.names())

    def _real(self, provider: str, key: SecretStr | None) -> Target:
        if key is None:
            why = "Another service's key is set, so nothing goes to the sandbox by itself. "
            why = "PIXNB_SANDBOX=0 forbids the sandbox. " if self._wish is False else why
            raise _no_key(provider, why if self._wish is False or self._settings.has_any_key else "")
        return self._with_key(provider, self._base_url(provider), key)

    def _with_key(self, provider: str, url: str, key: SecretStr) -> Target:
        # a gateway of one's own has keys of its own
        if url == providers.get(provider).host and (fault := find_fault(provider, key.get_secret_value())):
            name = providers.get(provider).variable
            raise InvalidAPIKey(
                f"The key for {provider} {fault}. Nothing was sent. It is read from {name}, .env or pixnb.login.",
                provider=provider,
            )
        given = provider in self._base_urls or url != self._settings.base_url(provider)
        why = None if given else self._settings.distrust(provider, key_given=provider in self._keys)
        known = SecretStr("") if why and not is_loopback(url) else key
        return Target(provider, url, known, sandbox=False, home=url, withheld=why)

    def _embedded(self, provider: str) -> Target:
        from pixnb.sandbox.start import SandboxError

        sandbox = self._own or self._data_folders_sandbox()
        announce(_SAID)  # first: on a busy machine its start takes a while
        try:
            sandbox.start()
        except SandboxError as error:
            raise ServiceUnavailable(str(error), provider=provider) from error
        if provider not in sandbox.base_urls:
            raise ServiceUnavailable(
                f"The sandbox here does not speak {provider}. Nothing was sent. Set "
                f"{providers.get(provider).variable} to work with the service itself, or stop the sandbox to have it "
                "started with all that is installed now.",
                provider=provider,
            )
        home = f"{EMBEDDED}{provider}"
        return Target(provider, sandbox.base_urls[provider], SecretStr("sandbox"), sandbox=True, home=home)

    def _data_folders_sandbox(self) -> Sandbox:
        from pixnb.sandbox.start import Sandbox

        settings = self._settings
        with self._lock:
            if self._own is None:
                self._own = Sandbox(
                    settings.data_dir, speed=settings.pixnb_sandbox_speed, draft=settings.pixnb_sandbox_draft
                )
            return self._own


class SandboxHosts:
    """Remembers of each address whether a sandbox answers there; only an answer's header tells, never its name."""

    def __init__(self) -> None:
        self._sandboxes: dict[str, bool] = {}

    def heard(self, target: Target, *, sandbox: bool) -> None:
        """Remember what an answer said."""
        self._sandboxes[target.base_url] = sandbox

    def is_sandbox(self, target: Target) -> bool | None:
        """Whether a sandbox will do it: known of our own and of the documented hosts, else of those that answered."""
        if target.sandbox or target.base_url == providers.get(target.provider).host:
            return target.sandbox
        return self._sandboxes.get(target.base_url)

    def are_sandboxes(self) -> bool | None:
        """Whether all that has answered so far were sandboxes; None while nobody has."""
        return all(self._sandboxes.values()) if self._sandboxes else None

    async def clear(self, http: httpx.AsyncClient, target: Target) -> Target:
        """Give a target once its address may have the key that it holds.

        Raises:
            InvalidAPIKey: The key is withheld from it.
            ServiceUnavailable: Nobody answers there.
        """
        if (why := target.withheld) is None:
            return target
        if is_loopback(target.base_url):
            target = await self.ask(http, target)
        if not target.sandbox:
            raise InvalidAPIKey(why, provider=target.provider)
        return replace(target, withheld=None)

    async def ask(self, http: httpx.AsyncClient, target: Target) -> Target:
        """Find out whether an address that is not the documented one is a sandbox; no key is sent.

        Raises:
            ServiceUnavailable: Nobody answers there.
        """
        if self.is_sandbox(target) is None:
            try:
                answer = await http.send(httpx.Request("GET", target.base_url))
            except UNANSWERED as error:
                text = f"{target.provider} could not be reached at {target.base_url}: {error}. Nothing was sent."
                raise ServiceUnavailable(text, provider=target.provider) from error
            self.heard(target, sandbox=answer.headers.get("x-pixnb-sandbox") == "1")
        return replace(target, sandbox=bool(self.is_sandbox(target)))


def _secret(provider: str, key: str | SecretStr) -> SecretStr:
    text = key.get_secret_value() if isinstance(key, SecretStr) else key
    if not isinstance(text, str) or not is_sendable(text.strip()):
        raise InvalidAPIKey(
            f"The key for {provider} holds characters that no HTTP header can carry. Copy it again into "
            f"{providers.get(provider).variable}.",
            provider=provider,
        )
    return SecretStr(text.strip())


def _address(provider: str, url: str) -> str:
    try:
        return checked_url(url)
    except (ValueError, AttributeError) as error:
        raise InvalidInput(f"base_urls[{provider!r}] cannot be used: it {error}.") from None


def _no_key(provider: str, forbidden: str) -> InvalidAPIKey:
    name = providers.get(provider).variable
    similar = [found for found in lookalikes(provider) if found != name]
    hint = f" {' and '.join(similar)} is set and looks like a misspelling of it." if similar else ""
    if not similar:  # then another one's is why nothing goes to the sandbox by itself
        others = {one: service.variable for service in providers.known().values() for one in lookalikes(service.name)}
        hint = "".join(f" {one} is set and looks like a misspelling of {meant}." for one, meant in others.items())
    return InvalidAPIKey(
        f"There is no API key for {provider}. {forbidden}Set {name} or call pixnb.login({provider!r}).{hint} "
        "To work without a key, set PIXNB_SANDBOX=1.",
        provider=provider,
    )


__all__ = ["SandboxHosts", "Targets", "is_loopback"]
