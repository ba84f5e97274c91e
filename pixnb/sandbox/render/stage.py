"""Setting a scene's stage: its place as layers, from the back to the front."""

from __future__ import annotations

from collections.abc import Callable

from pixnb.sandbox.render import lands, shores, skies, towns
from pixnb.sandbox.render.drift import Drift
from pixnb.sandbox.render.setting import Setting


def layers(scene: Setting) -> list[Drift]:
    """Return the scene's layers without its figures, from the back to the front."""
    return [*skies.heavens(scene), *_PLACES.get(scene.place, lands.hills)(scene)]


_PLACES: dict[str, Callable[[Setting], list[Drift]]] = {
    "hills": lands.hills,
    "mountain": lands.mountain,
    "field": lands.field,
    "forest": lands.forest,
    "desert": lands.desert,
    "sea": shores.sea,
    "beach": shores.beach,
    "lake": shores.lake,
    "underwater": shores.underwater,
    "city": towns.city,
    "room": towns.room,
    "sky": skies.skyward,
    "space": skies.space,
}


__all__ = ["layers"]
