"""The builds of the animals on four legs that the prompts name."""

from __future__ import annotations

from dataclasses import replace

from pixnb.sandbox.render.beasts import Beast

_PET, _WILD = frozenset({"mask"}), frozenset({"mask", "sock"})


def _marks(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CANINE = Beast((118, 122, 132), back=0.54, depth=0.18, length=0.19, neck=(0.115, -0.13), head=0.075, snout=0.075)
_FELINE = Beast((226, 142, 62), back=0.62, depth=0.16, leg=0.05, neck=(0.1, -0.08), head=0.078, snout=0.022, ears="up")
_BIG_CAT = replace(_FELINE, back=0.52, depth=0.19, leg=0.062, head=0.09, snout=0.04, ears="round", tail="long")
_EQUINE = Beast(
    (134, 80, 46), back=0.44, depth=0.2, leg=0.046, neck=(0.15, -0.22), throat=0.13, head=0.058, snout=0.115,
    ears="up", tail="bush", marks=_marks("mane sock"),
)  # fmt: skip

HERD: dict[str, Beast] = {
    "dog": replace(_CANINE, colour=(214, 158, 84)),
    "wolf": replace(_CANINE, ears="up", tail="bush", throat=0.16, marks=_PET),
    "fox": Beast((224, 112, 40), back=0.6, depth=0.15, length=0.18, leg=0.042, neck=(0.115, -0.1), head=0.072,
                 snout=0.075, ears="up", tail="bush", marks=_WILD),
    "cat": replace(_FELINE, length=0.16, head=0.1, depth=0.17, tail="long"),
    "lion": replace(_BIG_CAT, colour=(206, 158, 92), tail="thin", marks=_marks("lion")),
    "tiger": replace(_BIG_CAT, colour=(232, 132, 44), throat=0.17, marks=_marks("stripes mask")),
    "leopard": replace(_BIG_CAT, colour=(218, 172, 92), depth=0.17, leg=0.05, head=0.078, marks=_marks("spots")),
    "horse": _EQUINE,
    "unicorn": replace(_EQUINE, colour=(246, 244, 250), marks=_marks("mane horn")),
    "zebra": replace(_EQUINE, colour=(238, 238, 236), marks=_marks("mane stripes sock")),
    "donkey": replace(_EQUINE, colour=(132, 126, 122), back=0.5, ears="long", tail="thin", marks=_marks("mane")),
    "deer": Beast((158, 104, 62), back=0.5, depth=0.16, length=0.17, leg=0.036, neck=(0.12, -0.2), throat=0.09,
                  head=0.052, snout=0.065, ears="down", tail="short", marks=_marks("antlers sock")),
    "cow": Beast((240, 236, 230), back=0.48, depth=0.24, length=0.22, leg=0.06, neck=(0.13, -0.05), throat=0.16,
                 head=0.075, snout=0.09, tail="thin", marks=_marks("horns spots sock")),
    "bison": Beast((96, 62, 42), back=0.44, depth=0.3, length=0.2, leg=0.066, neck=(0.13, 0.03), throat=0.22, head=0.1,
                   snout=0.07, ears="down", tail="thin", marks=_marks("horns mane")),
    "camel": Beast((198, 150, 96), back=0.46, depth=0.19, length=0.19, leg=0.042, neck=(0.2, -0.17), throat=0.09,
                   head=0.055, snout=0.08, ears="round", tail="thin", marks=_marks("humps")),
    "giraffe": Beast((226, 178, 92), back=0.56, depth=0.15, length=0.13, leg=0.036, neck=(0.18, -0.42), throat=0.075,
                     head=0.044, snout=0.07, ears="down", tail="thin", marks=_marks("spots horns")),
    "elephant": Beast((128, 128, 138), back=0.38, depth=0.34, length=0.19, leg=0.095, neck=(0.13, 0.03), throat=0.22,
                      head=0.125, tail="thin", marks=_marks("trunk")),
    "rhino": Beast((126, 126, 128), back=0.45, depth=0.3, length=0.22, leg=0.085, neck=(0.16, 0.05), throat=0.2,
                   head=0.085, snout=0.11, ears="up", tail="thin", marks=_marks("tusk")),
    "bear": Beast((104, 68, 46), back=0.47, depth=0.27, length=0.2, leg=0.085, neck=(0.12, -0.02), throat=0.2,
                  head=0.092, snout=0.07, ears="round", tail="short"),
    "panda": Beast((242, 240, 236), back=0.5, depth=0.27, length=0.18, leg=0.085, neck=(0.11, -0.04), throat=0.2,
                   head=0.105, snout=0.04, ears="round", tail="short", marks=_marks("sock patch")),
    "sheep": Beast((238, 234, 226), back=0.54, depth=0.24, length=0.17, leg=0.042, neck=(0.12, -0.02), throat=0.12,
                   head=0.07, snout=0.06, tail="short", marks=_marks("wool sock")),
    "pig": Beast((244, 172, 172), back=0.58, depth=0.24, length=0.19, leg=0.055, neck=(0.11, 0.03), throat=0.2,
                 head=0.085, snout=0.055, ears="up", tail="thin"),
    "rabbit": Beast((196, 186, 176), back=0.66, depth=0.2, length=0.12, leg=0.05, neck=(0.1, -0.1), throat=0.13,
                    head=0.085, snout=0.022, ears="long", tail="short"),
    "squirrel": Beast((184, 104, 56), back=0.68, depth=0.15, length=0.12, leg=0.042, neck=(0.09, -0.08), throat=0.1,
                      head=0.075, snout=0.02, ears="up", tail="bush"),
}  # fmt: skip

__all__ = ["HERD"]
