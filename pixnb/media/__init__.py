"""What is in a file: media, its inside, its small pictures, and the store that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.media.media import Media
    from pixnb.media.part import Asset, Part
    from pixnb.media.preview import poster
    from pixnb.media.probe import MediaInfo
    from pixnb.media.store import Store

# The functions probe, preview and sample are had from the modules of their names: here they would hide them.
_HOME = {
    "Asset": "part",
    "Media": "media",
    "MediaInfo": "probe",
    "Part": "part",
    "Store": "store",
    "poster": "preview",
}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Asset", "Media", "MediaInfo", "Part", "Store", "poster"]
