"""The guard before every wire: nothing that it reads out of an answer holds the key, and no answer can break it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from pixnb.catalogue.prices import Balance
from pixnb.errors import ContentRefused, PixnbError
from pixnb.http import httpx
from pixnb.http.secrets import with_key_known, without_key
from pixnb.status import JobStatus
from pixnb.terminal import get_logger
from pixnb.wire.answers import json_of
from pixnb.wire.clean import clean_text
from pixnb.wire.content import PHRASES, ContentRule, Refused, Stage, find_refusal
from pixnb.wire.refusals import complaint, explain_refused, reason, refusal
from pixnb.wire.used import read_prompt, read_seed
from pixnb.wire.wire import Accepted, Attachment, Call, Target, Unreadable, Update, Uploaded, Wire

T = TypeVar("T")
logger = get_logger(__name__)
_NOT_CONTENT = (401, 402, 404, 429, 503)
"""What a key, a wallet, a model or a queue is refused with, whatever the words."""


class _Guarded:
    """A wire whose readings are seen through; all else is the wire's own."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def submit(self, target: Target, *args: Any, **options: Any) -> httpx.Request:
        return with_key_known(self._wire.submit(target, *args, **options), target.key)

    def status(self, target: Target, job_id: str, polling_url: str | None) -> httpx.Request:
        return with_key_known(self._wire.status(target, job_id, polling_url), target.key)

    def upload(self, target: Target, file: Attachment) -> httpx.Request:
        return with_key_known(self._wire.upload(target, file), target.key)

    def balance(self, target: Target) -> httpx.Request | None:
        request = self._wire.balance(target)
        return request and with_key_known(request, target.key)

    def accepted(self, response: httpx.Response) -> Accepted:
        found = _read(self._wire.accepted, response)
        polling_url = found.polling_url and _address(found.polling_url, response)
        return replace(found, job_id=_address(found.job_id, response), polling_url=polling_url)

    def update(self, response: httpx.Response) -> Update:
        found = _read(self._wire.update, response)
        error = found.error and without_key(found.error, response)
        outputs = tuple(
            replace(
                one, url=_address(one.url, response), media_type=one.media_type and _address(one.media_type, response)
            )
            for one in found.outputs
        )
        found = replace(found, word=_address(found.word, response), error=error, outputs=outputs)
        return self._add_end(found, response) if found.status is not None and found.status.is_terminal else found

    def _add_end(self, found: Update, response: httpx.Response) -> Update:
        """Add what is read of every service's ends: whether content was refused, which prompt and seed were used."""
        data = json_of(response)
        prompt = found.prompt_used or read_prompt(data)
        found = replace(
            found,
            prompt_used=prompt and without_key(clean_text(prompt), response),
            seed_used=read_seed(data) if found.seed_used is None else found.seed_used,
        )
        if found.outputs:
            return found
        said = found.error
        if found.status is JobStatus.COMPLETED and not said:
            parts = [data, *(data.get(name) for name in ("output", "result"))] if isinstance(data, dict) else []
            said = next((text for part in parts if (text := complaint(part, response))), None)
        refused = found.refused or find_refusal(self._rules, said or "", data, usual="output")
        if refused is None:
            return found
        refused = replace(refused, billed=_bill(found, refused))
        return replace(found, error=said or "no reason was given", refused=refused)

    @property
    def _rules(self) -> tuple[ContentRule, ...]:
        return getattr(self._wire, "content_rules", PHRASES)

    def uploaded(self, response: httpx.Response) -> Uploaded:
        found = _read(self._wire.uploaded, response)
        return replace(found, url=_address(found.url, response))

    def read_call(self, headers: Mapping[str, str], body: bytes) -> Call | None:
        read = getattr(self._wire, "read_call", None)  # which a wire of before there was one does not have
        try:
            found: Call | None = read(headers, body) if read else None
        except Exception as error:  # anybody may post anything
            logger.debug("the wire of %s cannot read a call: %r", self._wire.provider, error)
            return None
        return found and replace(found, is_signed=found.is_signed and _surely(found.is_signed))

    def balance_of(self, response: httpx.Response) -> Balance:
        return _read(self._wire.balance_of, response)

    def refusal(self, response: httpx.Response, *, model: str | None, job_id: str | None) -> PixnbError:
        try:
            error = self._wire.refusal(response, model=model, job_id=job_id)
        except Exception:  # a fault of the wire's: what every service's answers say is said
            error = refusal(response, provider=self._wire.provider, model=model, job_id=job_id)
        error.message = without_key(error.message, response)
        error.body = error.body and without_key(error.body, response)
        error.args = (error.message, *error.args[1:])
        refused = None
        if job_id is None and response.status_code not in _NOT_CONTENT:
            usual: Stage = "input" if 400 <= response.status_code < 500 else "output"
            refused = find_refusal(self._rules, reason(response), json_of(response), usual=usual)
        return error if refused is None else _refuse_content(error, refused, reason(response))


def guarded(wire: Wire) -> Wire:
    """Put the guard before a wire.

    What the wire cannot read is `Unreadable`, whatever it raises. A key that an answer repeats in an id or an address
    makes that one useless: an address with a key in it is asked by nobody.
    """
    return cast("Wire", _Guarded(wire))


def _bill(found: Update, refused: Refused) -> bool | None:
    if found.cost is not None:
        return found.cost.amount > 0
    if found.status is JobStatus.ERROR:
        return False  # a system error, which is not charged
    return refused.billed if found.status is JobStatus.FAILED else None  # what pages say, they say of failures


def _refuse_content(error: PixnbError, refused: Refused, said: str) -> ContentRefused:
    assert error.provider is not None
    known = {"status_code": error.status_code, "body": error.body}
    return explain_refused(refused, error.provider, f"{error.status_code}: {said}", **known)


def _read(read: Callable[[httpx.Response], T], response: httpx.Response) -> T:
    try:
        return read(response)
    except Unreadable as error:
        said = without_key(str(error), response)
    except PixnbError:
        raise
    except Exception as error:  # a fault of the wire's own, in a package that nobody here has seen
        said = without_key(f"the wire cannot read the answer: {type(error).__name__}: {error}", response)
    raise Unreadable(said)  # not chained: what is behind it may hold the key


def _surely(is_signed: Callable[..., bool]) -> Callable[..., bool]:
    def check(*args: Any, **options: Any) -> bool:
        try:
            return is_signed(*args, **options) is True
        except Exception:  # a signature that cannot be checked is none; what is behind it may hold the key
            return False

    return check


def _address(text: str, response: httpx.Response) -> str:
    return without_key(text, response, prose=False)


__all__ = ["guarded"]
