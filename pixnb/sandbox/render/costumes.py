"""What people wear: the costumes that tell a bride from a warrior and an astronaut from a cook."""

from __future__ import annotations

from dataclasses import dataclass

from pixnb.sandbox.render.palette import RGB

_FAIR, _TAN, _DEEP = (236, 190, 160), (206, 152, 112), (134, 88, 62)
_BLACK, _BROWN, _BLOND, _GREY, _WHITE = (34, 28, 30), (88, 54, 34), (216, 172, 92), (176, 176, 180), (238, 238, 236)
_STEEL, _GOLD, _LEATHER = (164, 172, 184), (220, 178, 70), (104, 70, 44)


@dataclass(frozen=True)
class Costume:
    """What somebody wears and carries.

    Args:
        colour: The garment's colour when the prompt names none.
        skin: Face and hands.
        hair: Its colour.
        style: `short`, `long`, `bald`, or `none` under a helmet.
        trousers: Their colour.
        skirt: Half the width of a skirt's hem; 0: none.
        hem: How far down the skirt reaches, 0 to 1.
        bulk: Width of the trunk, about 1.
        lower: How much smaller than a grown person, as a share of the height.
        hat: A headgear of `props`.
        prop: What is carried, a name of `props`.
        behind: Whether it is carried on the back.
        cape: A cape's colour.
        sleeve: The sleeves' colour, if another than the garment's.
        gloves: Their colour.
        shoes: Their colour.
        belt: Its colour.
        pose: How they always stand, whatever the prompt's verbs.
        shirt: What shows at the collar.
        beard: Its colour.
    """

    colour: RGB
    skin: RGB = _FAIR
    hair: RGB = _BROWN
    style: str = "short"
    trousers: RGB = (52, 60, 84)
    skirt: float = 0.0
    hem: float = 0.8
    bulk: float = 1.0
    lower: float = 0.0
    hat: str = ""
    prop: str = ""
    behind: bool = False
    cape: RGB | None = None
    sleeve: RGB | None = None
    gloves: RGB | None = None
    shoes: RGB | None = None
    belt: RGB | None = None
    pose: str = ""
    shirt: RGB | None = None
    beard: RGB | None = None


COSTUMES: dict[str, Costume] = {
    "person": Costume((196, 84, 64), skin=_TAN),
    "man": Costume((58, 104, 164), hair=_BLACK),
    "oldman": Costume((104, 92, 84), hair=_WHITE, beard=_WHITE, prop="stick"),
    "woman": Costume((206, 58, 74), hair=_BROWN, style="long", skirt=0.13),
    "oldwoman": Costume((122, 96, 140), hair=_WHITE, style="long", skirt=0.12, hem=0.9),
    "boy": Costume((232, 150, 48), skin=_TAN, hair=_BLACK, lower=0.12, trousers=(60, 86, 140)),
    "girl": Costume((246, 150, 60), hair=_BLOND, style="long", skirt=0.13, hem=0.78, lower=0.12),
    "bride": Costume((248, 246, 244), style="long", skirt=0.24, hem=0.95, hat="veil", prop="bouquet"),
    "groom": Costume((36, 38, 48), hair=_BLACK, trousers=(32, 34, 42), shirt=_WHITE),
    "warrior": Costume(
        (132, 46, 40), skin=_TAN, style="long", trousers=_LEATHER, skirt=0.1, hem=0.68, bulk=1.15,
        prop="sword", hat="headband", belt=_GOLD, sleeve=_STEEL, cape=(120, 26, 30),
    ),
    "knight": Costume(
        _STEEL, style="none", trousers=(128, 136, 150), bulk=1.2, hat="helm", prop="sword", gloves=_STEEL,
        shoes=(110, 116, 128), belt=_LEATHER, cape=(150, 30, 36),
    ),
    "samurai": Costume(
        (150, 32, 36), skin=_TAN, hair=_BLACK, trousers=(42, 40, 52), skirt=0.15, hem=0.86, bulk=1.2, prop="sword",
        hat="kabuto", belt=_GOLD,
    ),
    "soldier": Costume((96, 104, 66), trousers=(84, 90, 58), hat="cap", belt=_LEATHER, bulk=1.1),
    "wizard": Costume((72, 62, 156), hair=_WHITE, beard=_WHITE, skirt=0.17, hem=0.95, hat="wizard", prop="staff"),
    "witch": Costume((48, 36, 62), hair=_BLACK, style="long", skirt=0.16, hem=0.94, hat="wizard", prop="staff"),
    "king": Costume((150, 36, 58), beard=_BROWN, skirt=0.16, hem=0.94, hat="crown", cape=(120, 24, 60), belt=_GOLD),
    "queen": Costume((96, 44, 140), style="long", skirt=0.2, hem=0.95, hat="crown", belt=_GOLD),
    "monk": Costume((222, 120, 36), skin=_TAN, style="bald", skirt=0.14, hem=0.93),
    "astronaut": Costume(
        (238, 240, 244), style="none", trousers=(226, 230, 236), bulk=1.4, hat="visor", prop="pack", behind=True,
        gloves=(150, 156, 166), shoes=(150, 156, 166), belt=(228, 110, 40),
    ),
    "robot": Costume(
        (150, 164, 180), skin=(150, 164, 180), style="none", trousers=(104, 116, 132), bulk=1.25, hat="robot",
        gloves=(84, 92, 106), shoes=(70, 76, 90), belt=(70, 220, 240),
    ),
    "chef": Costume((246, 246, 244), trousers=(60, 62, 72), hat="toque", prop="pan"),
    "dancer": Costume((230, 70, 130), hair=_BLACK, style="long", skirt=0.19, hem=0.74),
    "musician": Costume((46, 48, 62), skin=_DEEP, hair=_BLACK, prop="guitar"),
    "violinist": Costume((38, 36, 48), style="long", skirt=0.14, hem=0.92, prop="violin"),
    "singer": Costume((196, 40, 96), skin=_DEEP, hair=_BLACK, style="long", skirt=0.12, hem=0.9, prop="microphone"),
    "dj": Costume(
        (40, 38, 56), hair=_BLACK, skin=_TAN, hat="headphones", prop="deck", pose="still", sleeve=(64, 58, 92),
    ),
    "hiker": Costume((214, 92, 40), hat="cap", prop="stick", trousers=_LEATHER),
    "detective": Costume((150, 124, 90), hair=_BLACK, skirt=0.11, hem=0.8, hat="fedora", trousers=(44, 44, 52)),
    "cowboy": Costume((150, 84, 52), hat="fedora", beard=_BROWN, belt=_GOLD),
    "farmer": Costume((70, 104, 160), hat="straw", sleeve=(206, 70, 56)),
    "doctor": Costume((244, 246, 248), skirt=0.1, hem=0.74, trousers=(60, 90, 120)),
    "surfer": Costume((36, 120, 170), hair=_BLOND, skin=_TAN, trousers=_TAN, shoes=_TAN, prop="board", behind=True,
    pose="dance"),
    "athlete": Costume((226, 60, 50), skin=_DEEP, hair=_BLACK, trousers=(36, 38, 48), shoes=(240, 240, 240)),
    "ghost": Costume((236, 242, 250), skin=(236, 242, 250), style="none", skirt=0.14, hem=0.95, gloves=_WHITE),
    "zombie": Costume((92, 100, 84), skin=(142, 168, 122), hair=(60, 66, 50), trousers=(70, 66, 60)),
}  # fmt: skip

__all__ = ["COSTUMES", "Costume"]
