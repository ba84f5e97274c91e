"""What is in a file: media, its inside, its small pictures, and the store that keeps it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixnb.media.media import Media
    from pixnb.media.part import Asset, Part
    from pixnb.media.preview import poster
    from pixnb.media.probe import MediaInfo
    from pixnb.media.store import Store

# The functions probe, preview and sample are had from the modules of their names: here they would hide them.
_HOMES = {
    "Asset": "part",
    "Media": "media",
    "MediaInfo": "probe",
    "Part": "part",
    "Store": "store",
    "poster": "preview",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = ["Asset", "Media", "MediaInfo", "Part", "Store", "poster"]
