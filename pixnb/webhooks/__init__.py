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

from pixnb.lazy import hand_on

__getattr__, __dir__, __all__ = hand_on(__name__)
