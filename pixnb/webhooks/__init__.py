"""Receiving the services' webhooks: an ASGI app for a log, and the check of a signature; names load on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.webhooks.receiver import Receiver as Receiver
    from pixnb.webhooks.receiver import app as app
    from pixnb.webhooks.signature import verify as verify

_HOME = {"Receiver": "receiver", "app": "receiver", "verify": "signature"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Receiver", "app", "verify"]
