"""What is known of the addresses that work goes to: which of them are sandboxes."""

from __future__ import annotations

from dataclasses import replace

import httpx

from pixnb.client.transport import UNANSWERED, prepared
from pixnb.errors import ServiceUnavailable
from pixnb.settings import PROVIDERS
from pixnb.wire.wire import Target


class Reach:
    """Remembers of each address whether a sandbox answers there; only an answer's header tells, never its name."""

    def __init__(self) -> None:
        self._sandboxes: dict[str, bool] = {}

    def heard(self, target: Target, *, sandbox: bool) -> None:
        """Remember what an answer said."""
        self._sandboxes[target.base_url] = sandbox

    def is_sandbox(self, target: Target) -> bool | None:
        """Whether a sandbox will do it: known of our own and of the documented hosts, else of those that answered."""
        if target.sandbox or target.base_url == PROVIDERS[target.provider]:
            return target.sandbox
        return self._sandboxes.get(target.base_url)

    def are_sandboxes(self) -> bool | None:
        """Whether all that has answered so far were sandboxes; None while nobody has."""
        return all(self._sandboxes.values()) if self._sandboxes else None

    async def ask(self, http: httpx.AsyncClient, target: Target) -> Target:
        """Find out whether an address that is not the documented one is a sandbox; no key is sent.

        Raises:
            ServiceUnavailable: Nobody answers there.
        """
        if self.is_sandbox(target) is None:
            try:
                answer = await http.send(prepared(httpx.Request("GET", target.base_url)))
            except UNANSWERED as error:
                text = f"{target.provider} could not be reached at {target.base_url}: {error}. Nothing was sent."
                raise ServiceUnavailable(text, provider=target.provider) from error
            self.heard(target, sandbox=answer.headers.get("x-pixnb-sandbox") == "1")
        return replace(target, sandbox=bool(self.is_sandbox(target)))


__all__ = ["Reach"]
