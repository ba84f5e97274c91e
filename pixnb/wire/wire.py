"""The protocol that every service's wire file follows, and the plain data that crosses it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, NoReturn, Protocol

from pydantic import SecretStr

from pixnb.catalogue.model import Model
from pixnb.catalogue.prices import Balance, Cost
from pixnb.errors import InvalidInput, PixnbError
from pixnb.http import httpx
from pixnb.http.addresses import parse_url
from pixnb.status import JobStatus
from pixnb.wire.callback import Callback
from pixnb.wire.content import ContentRule, Refused

EMBEDDED = "sandbox:"
"""How the log names the address of the data folder's own sandbox, whose port changes."""


class Unreadable(ValueError):
    """An answer that does not say what the service documents."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes and with which key.

    Attributes:
        provider: The service.
        base_url: Its address, without a slash at the end.
        key: The key; never shown.
        sandbox: Whether the address is known to be a sandbox.
        home: What the log keeps as the address: `sandbox:<provider>` for the data folder's own sandbox,
            whose port changes, else `base_url`.
        withheld: Why that address may not have the key, unless a sandbox on this machine is there.
    """

    provider: str
    base_url: str
    key: SecretStr = field(repr=False)
    sandbox: bool = False
    home: str = ""
    withheld: str | None = None

    def __post_init__(self) -> None:
        try:
            parse_url(self.base_url)
        except httpx.InvalidURL as error:
            raise InvalidInput(
                f"{self.base_url!r:.200} is no address that {self.provider} could be asked at ({error}). Correct "
                f"{self.provider.upper()}_BASE_URL, or base_urls=. Nothing was sent."
            ) from None

    @property
    def is_embedded(self) -> bool:
        """Whether it is the data folder's own sandbox, which can be started anew."""
        return self.home.startswith(EMBEDDED)

    def owns(self, url: str) -> bool:
        """Whether a URL lies on this very host and scheme, so that it may be given the key."""
        try:
            return _origin(self.base_url) == _origin(url)
        except httpx.InvalidURL:
            return False

    def __reduce__(self) -> NoReturn:
        raise TypeError("A target holds a key and is not pickled. Make a client where it is needed.")


@functools.lru_cache(maxsize=1024)
def _origin(url: str) -> tuple[str, str, int | None]:
    read = parse_url(url)
    return read.scheme, read.host, read.port


@dataclass(frozen=True, slots=True)
class Accepted:
    """The service's yes to a submit."""

    job_id: str
    status: JobStatus
    polling_url: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on its way into a request; whoever opened it closes it.

    Attributes:
        stream: Open for reading, at its start.
        size: Its length in bytes.
        media_type: What its first bytes are.
        name: A file name with the ending of its type.
    """

    stream: BinaryIO
    size: int
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that a service keeps for us, and until when where it says so."""

    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One file that a job made, as the service names it.

    Attributes:
        url: Where it is.
        media_type: What the service declares; the bytes are what counts.
        private: Whether the service gives it only to who has the key.
    """

    url: str
    media_type: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """What a status answer says.

    Attributes:
        status: The status, or None where the word is not known.
        word: The service's own word.
        error: What the service says went wrong; of a finished job, why there is no file.
        progress: Done so far, 0 to 1, where the service tells.
        cost: What the service says it has charged, or given back; None where it says nothing.
        refused: Whether its content is why there is no clip; left out, that is read from the answer by `content_rules`.
        prompt_used: The prompt that the service says it used, as its enhancer wrote it.
        seed_used: The seed that the service says it used.
    """

    status: JobStatus | None
    word: str
    error: str | None = None
    progress: float | None = None
    cost: Cost | None = None
    outputs: tuple[Output, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    completed_at: datetime | None = None
    refused: Refused | None = None
    prompt_used: str | None = None
    seed_used: int | None = None


@dataclass(frozen=True, slots=True)
class PollAdvice:
    """Seconds that a service asks for between two polls, and before the first."""

    first: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Call:
    """What a service's webhook says: a hint only, the service is asked.

    Attributes:
        job_id: The job that it is about, as it stands there; None for a call about none.
        is_signed: Tells whether a key signed the call, as `is_signed(key, hexkey=False)`; None where the service
            signs nothing. `hexkey` is what `pixnb.webhooks.app` was given.
    """

    job_id: Any
    is_signed: Callable[..., bool] | None = None


class Wire(Protocol):
    """How one service says it. Pure: builds requests and reads responses, never sends."""

    provider: str
    poll: PollAdvice
    repeats_lost_submits: bool
    """Whether a submit whose answer was lost may be sent again with the same idempotency key."""
    takes_files: bool
    """Whether media go into the submit as files; else they go as URLs."""
    content_rules: tuple[ContentRule, ...]
    """How the service says that it refuses content; a wire without them has the usual phrases."""

    def headers(self, target: Target) -> dict[str, str]:
        """Return the headers that carry the key."""

    def submit(
        self,
        target: Target,
        model: Model,
        params: Mapping[str, Any],
        *,
        route: str,
        callback: Callback | None,
        idempotency_key: str,
    ) -> httpx.Request:
        """Build the submit of checked params to one of the model's routes; media are URLs, or Attachments."""

    def accepted(self, response: httpx.Response) -> Accepted:
        """Read a 2xx answer to a submit that makes a job; raises Unreadable."""

    def status(self, target: Target, job_id: str, polling_url: str | None) -> httpx.Request:
        """Build a status request."""

    def update(self, response: httpx.Response) -> Update:
        """Read a 2xx status answer; raises Unreadable."""

    def refusal(self, response: httpx.Response, *, model: str | None, job_id: str | None) -> PixnbError:
        """Turn any answer that is no 2xx into the error it means."""

    def file_problem(self, media_type: str, size: int) -> str | None:
        """Say why the service would refuse a file of this type and so many bytes; None where it would not."""

    def takes_uploads(self, target: Target) -> bool:
        """Whether files can be uploaded there, to be named by URL."""

    def upload(self, target: Target, file: Attachment) -> httpx.Request:
        """Build an upload; only where `takes_uploads`."""

    def uploaded(self, response: httpx.Response) -> Uploaded:
        """Read the answer to an upload; raises Unreadable."""

    def balance(self, target: Target) -> httpx.Request | None:
        """Build the question what the wallet holds, or None where the service documents none."""

    def balance_of(self, response: httpx.Response) -> Balance:
        """Read the answer to it; raises Unreadable."""

    def read_call(self, headers: Mapping[str, str], body: bytes) -> Call | None:
        """Read what its webhook posts, the headers' names in any case; None for what is no call of this service."""


__all__ = [
    "EMBEDDED",
    "Accepted",
    "Attachment",
    "Call",
    "Output",
    "PollAdvice",
    "Target",
    "Unreadable",
    "Update",
    "Uploaded",
    "Wire",
]
