"""Apiframe's signature of a webhook: HMAC-SHA256 over the body as it came.

Sources: https://docs-v2.apiframe.ai/docs and the check in Apiframe's own SDK, whose HMAC key is the hash as raw bytes:
https://github.com/apiframe-ai/apiframe-nodejs-sdk
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr

_PREFIX = "sha256="


def verify(body: bytes, signature: str | None, api_key: str | SecretStr, *, hexkey: bool = False) -> bool:
    """Tell whether a webhook was signed by a service that knows the key; takes the same time for every signature.

    Args:
        body: The body as it came, byte for byte: never parsed and written anew.
        signature: The header `X-Webhook-Signature`, with or without `sha256=`; None where there is none.
        api_key: The key that the job was submitted with.
        hexkey: Whether the HMAC's key is the hex text of the key's SHA-256, which the documentation could also mean;
            else its 32 raw bytes, which is what the SDK does.

    Returns:
        False also for an empty key, by which anybody could sign.

    Example:
        >>> import hashlib, hmac
        >>> body = b'{"jobId": "j1"}'
        >>> signed = hmac.new(hashlib.sha256(b"my key").digest(), body, "sha256").hexdigest()
        >>> verify(body, f"sha256={signed}", "my key"), verify(body + b" ", signed, "my key")
        (True, False)
    """
    secret = api_key if isinstance(api_key, str) else api_key.get_secret_value()
    if not secret or not signature:
        return False
    hashed = hashlib.sha256(secret.encode())
    key = hashed.hexdigest().encode() if hexkey else hashed.digest()
    expected = hmac.new(key, body, "sha256").hexdigest()
    given = signature.strip().removeprefix(_PREFIX)
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))


__all__ = ["verify"]
