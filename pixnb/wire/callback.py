"""A webhook that the service is asked to call, checked before anything is sent."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from pixnb.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Callback:
    """A webhook for a submit.

    Args:
        url: The address of your receiver: https, or http on this machine for the sandbox.
        mode: "terminal" for one call at the end, "sync" for one at every poll as well
            (https://www.pixazo.ai/models/lucy-edit, "Webhook (Optional)").
        events: Which events are wanted, for services that let one choose: Apiframe knows "progress", "completed" and
            "failed". Left out, the service's own choice.

    Raises:
        InvalidInput: Plain http to another machine, or no such mode. What one service does not know (its events,
            any webhook at Decart) is refused at the submit, before anything is sent.

    Example:
        >>> Callback("https://example.org/hook").mode
        'terminal'
    """

    url: str
    mode: Literal["terminal", "sync"] = "terminal"
    events: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise InvalidInput(f"Invalid callback URL {self.url!r}: {problem}. Give an https:// address.")
        given: Any = self.events
        if not isinstance(given, list | tuple) or not all(isinstance(event, str) for event in given):
            raise InvalidInput(f"Invalid callback events {given!r}: give names, as in events=('completed',).")
        object.__setattr__(self, "events", tuple(given))
        if self.mode not in ("terminal", "sync"):
            raise InvalidInput(f"Invalid callback mode {self.mode!r}: use 'terminal' or 'sync'.")

    def _problem(self) -> str | None:
        if not isinstance(self.url, str) or not self.url.isascii() or any(c.isspace() for c in self.url):
            return "it is not an address that a header can carry"
        try:
            parts = urlsplit(self.url)
        except ValueError as error:
            return str(error)
        if not parts.hostname or parts.scheme not in ("http", "https"):
            return "it is no web address"
        return None if parts.scheme == "https" or self.is_local else "services refuse plain http"

    @property
    def is_local(self) -> bool:
        """Whether the receiver is on this machine, which only a sandbox can reach."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def check(
        self,
        provider: str,
        params: Mapping[str, Any],
        *,
        sandbox: bool,
        fields: Collection[str] = (),
        events: Collection[str] = (),
    ) -> None:
        """Refuse what a service could not do with it.

        Args:
            provider: The service.
            params: What is sent, where a webhook may be named too.
            sandbox: Whether a sandbox gets it.
            fields: The params that name a webhook.
            events: The events that the service knows; none where it lets nobody choose.

        Raises:
            InvalidInput: It says what to do instead.
        """
        for name in fields:
            if name in params:
                raise InvalidInput(
                    f"Give either callback= or the parameter {name}, not both: which one wins is not documented."
                )
        if self.events and not events:
            raise InvalidInput(f"{provider} lets nobody choose the events of a callback: leave events= out.")
        for event in self.events:
            if event not in events:
                raise InvalidInput(f"{provider} knows no event {event!r}. Use: {', '.join(events)}.")
        if self.is_local and not sandbox:
            raise InvalidInput(
                f"{self.url!r} is on this machine, where {provider} cannot call it. Give a public https:// address."
            )


__all__ = ["Callback"]
