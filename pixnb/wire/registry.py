"""Which wire speaks to which service."""

from __future__ import annotations

from functools import cache

from pydantic import SecretStr

from pixnb import providers
from pixnb.errors import InvalidInput
from pixnb.unsent import is_none_left, nothing_sent
from pixnb.wire.guard import guarded
from pixnb.wire.wire import Target, Wire

_PROBES = ("one-key", "another-key")


@cache
@nothing_sent()
def get(provider: str) -> Wire:
    """Return the wire of a service.

    Raises:
        InvalidInput: No such service, or the package that adds it is broken.
        PixnbError: No file can be opened here.

    Example:
        >>> get("pixazo").provider
        'pixazo'
    """
    service = providers.get(provider)
    try:
        wire: Wire = service.load("wire")()
        _check(wire, service)
    except (Exception, SystemExit) as error:  # whatever goes wrong in somebody else's package
        if is_none_left(error):
            raise
        raise InvalidInput(
            f"{provider} cannot be spoken to: {service.wire} fails ({type(error).__name__}: {error}). Mend or "
            "uninstall the package that it comes from.",
            provider=provider,
        ) from error
    return guarded(wire)


def _check(wire: Wire, service: providers.Provider) -> None:
    """See that the key travels where the service says that it does: elsewhere it could be shown."""
    if wire.provider != service.name:
        raise ValueError(f"it speaks for {wire.provider!r}")
    one, other = (wire.headers(Target(service.name, service.host, SecretStr(key))) for key in _PROBES)
    known = {name.lower() for name in service.key_headers}
    unnamed = [name for name in one if one[name] != other.get(name) and name.lower() not in known]
    if unnamed:
        raise ValueError(f"it sends the key in {unnamed[0]}, and key_headers names {', '.join(service.key_headers)}")


__all__ = ["get"]
