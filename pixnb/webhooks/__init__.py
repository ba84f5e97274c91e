"""Receiving the services' webhooks: `app` is an ASGI app for a log, `verify` checks a signature.

A call is a hint and never believed: the service is asked how the job stands. `Receiver` is what `app` returns.

Example:
    >>> import pixnb
    >>> with pixnb.Log() as log:  # in a file of its own: uvicorn --factory pixnb.webhooks:app
    ...     hooks = pixnb.webhooks.app(log)
    ...     callback = hooks.callback("https://example.org/hooks")  # exp.submit(…, callback=callback)
    >>> callback.mode
    'terminal'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.webhooks.receiver import Receiver as Receiver
    from pixnb.webhooks.receiver import app as app
    from pixnb.webhooks.signature import verify as verify

_HOME = {"Receiver": "receiver", "app": "receiver", "verify": "signature"}

__getattr__ = hand_on(__name__, _HOME)


def __dir__() -> list[str]:
    return __all__


__all__ = ["Receiver", "app", "verify"]
