"""Setting a scene's stage: its place as layers, from the back to the front."""

from __future__ import annotations

from collections.abc import Callable

from pixnb.sandbox.render import interiors, lands, shores, skies, towns, wonders
from pixnb.sandbox.render.drift import Drift
from pixnb.sandbox.render.roads import ways
from pixnb.sandbox.render.setting import Setting


def layers(scene: Setting) -> list[Drift]:
    """Return the scene's layers without its figures, from the back to the front."""
    return [*skies.heavens(scene), *_PLACES.get(scene.place, lands.hills)(scene), *ways(scene)]


def before(scene: Setting) -> list[Drift]:
    """Return what stands before the figures."""
    return interiors.audience(scene) if scene.place == "stage" else []


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
    "street": towns.street,
    "room": interiors.room,
    "stage": interiors.stage,
    "waterfall": wonders.waterfall,
    "volcano": wonders.volcano,
    "moon": wonders.moon,
    "mars": wonders.moon,
    "jungle": lands.jungle,
    "snowfield": lands.snowfield,
    "sky": skies.skyward,
    "space": skies.space,
}


__all__ = ["before", "layers"]
