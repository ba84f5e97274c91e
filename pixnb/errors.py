"""Every error that pixnb raises, one class per thing that a person can act on.

PixnbError
├── InvalidInput         INVALID_INPUT        a parameter is missing, unknown or out of range: nothing was sent
├── InvalidAPIKey        INVALID_API_KEY      no key, or the service refused it
├── Forbidden            FORBIDDEN            the key is known and may not do this
├── InsufficientBalance  INSUFFICIENT_BALANCE the wallet is empty
├── BudgetExceeded       BUDGET_EXCEEDED      your own limit: nothing was sent
├── ModelNotFound        MODEL_NOT_FOUND      no such model here, or disabled at the service
├── JobNotFound          JOB_NOT_FOUND        the service does not know the job
├── RateLimited          RATE_LIMITED         too many requests, retries included
├── ServiceUnavailable   SERVICE_UNAVAILABLE  the service could not be reached: nothing was accepted
├── SubmitUnconfirmed    SUBMIT_UNCONFIRMED   the answer to a submit was lost: it may have been accepted
├── JobFailed            PROCESSING_ERROR     the job ran and failed
│   ├── JobErrored       PROCESSING_ERROR     a system error at the service: not charged
│   └── ContentRefused   CONTENT_REFUSED      the service does not allow what was asked for, or what it made of it
├── JobTimeout           JOB_TIMEOUT          your deadline passed; the job goes on
├── OutputUnavailable    OUTPUT_UNAVAILABLE   the job is done, its file could not be fetched or kept
└── LogError             LOG_ERROR            the log cannot be opened, read or written
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Literal

from pixnb.terminal import legible


class PixnbError(Exception):
    """The root of all errors of pixnb.

    Args:
        message: What happened, then what to do.
        provider: The service that it concerns.
        status_code: Its HTTP status, when an answer came.
        body: The answer's text, at most a few kilobytes of it.
        job_id: The job's id at the service, when there is one.
        code: A stable word for programs; each class has its own.

    Example:
        >>> PixnbError("It broke. Try again.").code
        'ERROR'
    """

    default_code: ClassVar[str] = "ERROR"

    def __init__(
        self,
        message: str,
        *,
        provider: str | None = None,
        status_code: int | None = None,
        body: str | None = None,
        job_id: str | None = None,
        code: str | None = None,
    ) -> None:
        message = legible(message)  # names, prompts and answers are quoted in it
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.status_code = status_code
        self.body = body
        self.job_id = job_id
        self.code = code or self.default_code

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.__dict__.copy())


def _rebuild(cls: type[PixnbError], message: str, state: dict[str, Any]) -> PixnbError:
    error = cls(message)
    error.__dict__.update(state)
    return error


class InvalidInput(PixnbError):
    """A parameter is missing, unknown or out of range. Nothing was sent."""

    default_code = "INVALID_INPUT"


class InvalidAPIKey(PixnbError):
    """There is no key for the service, or the service refused it."""

    default_code = "INVALID_API_KEY"


class Forbidden(PixnbError):
    """The service knows the key and does not allow this."""

    default_code = "FORBIDDEN"


class InsufficientBalance(PixnbError):
    """The wallet at the service does not cover the job.

    Attributes:
        required: What the job needs, in the service's own unit, when it says so.
        available: What the wallet holds, in the same unit, when it says so.
    """

    default_code = "INSUFFICIENT_BALANCE"
    required: Decimal | None = None
    available: Decimal | None = None


class BudgetExceeded(PixnbError):
    """The experiment's own budget does not cover the run. Nothing was sent."""

    default_code = "BUDGET_EXCEEDED"


class ModelNotFound(PixnbError):
    """No model has this name, or the service has disabled it."""

    default_code = "MODEL_NOT_FOUND"


class JobNotFound(PixnbError):
    """The service does not know the job."""

    default_code = "JOB_NOT_FOUND"


class RateLimited(PixnbError):
    """The service refused the request for coming too often.

    Attributes:
        retry_after: Seconds that the service asks to wait, when it says so.
    """

    default_code = "RATE_LIMITED"
    retry_after: float | None = None


class ServiceUnavailable(PixnbError):
    """The service could not be reached or was not taking work. Nothing was accepted."""

    default_code = "SERVICE_UNAVAILABLE"


class SubmitUnconfirmed(PixnbError):
    """The answer to a submit was lost: the service may have accepted and may bill it. It is not sent again."""

    default_code = "SUBMIT_UNCONFIRMED"


class JobFailed(PixnbError):
    """The job ran and failed."""

    default_code = "PROCESSING_ERROR"


class JobErrored(JobFailed):
    """The service had a system error; such a job is not charged."""


class ContentRefused(JobFailed):
    """The service's content rules do not allow what was asked for, or what came of it.

    Attributes:
        stage: "input" where the prompt or a medium was refused, "output" where the finished clip was.
        billed: Whether it is charged all the same; None where no page and no answer of the service tells.
    """

    default_code = "CONTENT_REFUSED"
    stage: Literal["input", "output"] = "input"
    billed: bool | None = None


class JobTimeout(PixnbError):
    """A deadline of the caller passed. The job goes on and can be collected later."""

    default_code = "JOB_TIMEOUT"


class OutputUnavailable(PixnbError):
    """The job is done and its file could not be fetched or kept."""

    default_code = "OUTPUT_UNAVAILABLE"


class LogError(PixnbError):
    """The log cannot be opened, read or written."""

    default_code = "LOG_ERROR"


__all__ = [
    "BudgetExceeded",
    "ContentRefused",
    "Forbidden",
    "InsufficientBalance",
    "InvalidAPIKey",
    "InvalidInput",
    "JobErrored",
    "JobFailed",
    "JobNotFound",
    "JobTimeout",
    "LogError",
    "ModelNotFound",
    "OutputUnavailable",
    "PixnbError",
    "RateLimited",
    "ServiceUnavailable",
    "SubmitUnconfirmed",
]
