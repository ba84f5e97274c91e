"""A webhook that the service is asked to call, checked before anything is sent."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pixnb.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Callback:
    """A webhook for a submit.

    Args:
        url: The address of your receiver: https, or http on this machine for the sandbox.
        mode: "terminal" for one call at the end, "sync" for one at every poll as well
            (https://www.pixazo.ai/models/lucy-edit, "Webhook (Optional)").
        events: Which events are wanted, for services that let one choose.

    Raises:
        InvalidInput: The service would refuse it.

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


__all__ = ["Callback"]
