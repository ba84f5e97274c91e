"""What a service documents no way to do, said once for all that lack it."""

from __future__ import annotations

from collections.abc import Mapping

from pixnb.catalogue.prices import Balance
from pixnb.errors import InvalidInput
from pixnb.http import httpx
from pixnb.wire.wire import Attachment, Call, Target, Unreadable, Uploaded


class NoBalance:
    """A wire of a service whose wallet is only in its console."""

    provider: str

    def balance(self, target: Target) -> httpx.Request | None:
        """Give none: there is no such question."""
        return None

    def balance_of(self, response: httpx.Response) -> Balance:
        """Refuse: there is no such answer."""
        raise Unreadable(f"{self.provider} documents no balance")


class NoCalls:
    """A wire of a service that calls nobody."""

    def read_call(self, headers: Mapping[str, str], body: bytes) -> Call | None:
        """Know no call: there is none."""
        return None


class NoUploads:
    """A wire of a service that keeps no files for later."""

    provider: str

    def takes_uploads(self, target: Target) -> bool:
        """Say no, of a sandbox too."""
        return False

    def upload(self, target: Target, file: Attachment) -> httpx.Request:
        """Refuse: there is nowhere to upload to."""
        raise InvalidInput(f"{self.provider} takes no uploads: give the file to submit().", provider=self.provider)

    def uploaded(self, response: httpx.Response) -> Uploaded:
        """Refuse: there is no such answer."""
        raise Unreadable(f"{self.provider} takes no uploads")


__all__ = ["NoBalance", "NoCalls", "NoUploads"]
