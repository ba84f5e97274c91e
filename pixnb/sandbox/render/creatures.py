"""Creatures of the air and the water: birds, fish, whales, jellyfish, butterflies, dragons."""

from __future__ import annotations

from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.pen import Draw, Pen, swing

_INK = (26, 22, 26)


def bird(pen: Pen, phase: float) -> None:
    """Draw a bird in flight, to the right."""
    beat = swing(phase)
    pen.blob((0.52, 0.5), (0.47, 0.44 - beat * 0.12), (0.36, 0.3 - beat * 0.26), (0.26, 0.26 - beat * 0.3),
             (0.38, 0.46 - beat * 0.08), (0.44, 0.54), tone="dark")  # fmt: skip
    pen.shape((0.34, 0.53), (0.14, 0.52), (0.16, 0.6), (0.36, 0.58), tone="dark")
    pen.blob((0.3, 0.55), (0.42, 0.48), (0.6, 0.47), (0.72, 0.5), (0.62, 0.57), (0.44, 0.59))
    pen.oval(0.72, 0.485, 0.055, 0.048)
    pen.shape((0.765, 0.47), (0.84, 0.497), (0.765, 0.507), tone=(236, 176, 60))
    pen.blob((0.6, 0.5), (0.56, 0.42 - beat * 0.14), (0.46, 0.24 - beat * 0.3), (0.38, 0.16 - beat * 0.34),
             (0.44, 0.42 - beat * 0.1), (0.48, 0.55), tone="light")  # fmt: skip
    pen.oval(0.735, 0.475, 0.01, 0.011, "shine")


def perched(pen: Pen, phase: float) -> None:
    """Draw an owl on its branch."""
    pen.stroke((0.05, 0.9), (0.5, 0.87), (0.98, 0.91), width=0.05, tone=(86, 60, 44))
    pen.blob((0.5, 0.24), (0.7, 0.34), (0.72, 0.62), (0.5, 0.88), (0.28, 0.62), (0.3, 0.34))
    pen.blob((0.5, 0.5), (0.6, 0.56), (0.58, 0.74), (0.5, 0.82), (0.42, 0.74), (0.4, 0.56), tone="light")
    for side in (-1, 1):
        pen.shape((0.5 + side * 0.08, 0.3), (0.5 + side * 0.2, 0.16), (0.5 + side * 0.2, 0.36), tone="dark")
        pen.blob((0.5 + side * 0.16, 0.44), (0.5 + side * 0.24, 0.6), (0.5 + side * 0.14, 0.82), (0.5 + side * 0.13,
            0.6),
                 tone="dark")  # fmt: skip
        pen.oval(0.5 + side * 0.085, 0.39, 0.075, 0.078, (244, 232, 206))
        pen.oval(0.5 + side * 0.085, 0.39, 0.05, 0.052 if phase < 0.9 else 0.006, (250, 196, 40))
        pen.oval(0.5 + side * 0.085, 0.39, 0.026, 0.03 if phase < 0.9 else 0.004, _INK)
    pen.shape((0.475, 0.43), (0.525, 0.43), (0.5, 0.49), tone=(226, 150, 50))


def penguin(pen: Pen, phase: float) -> None:
    """Draw a penguin that waddles."""
    sway = swing(phase) * 0.02
    pen.shadow(0.5, 0.18)
    for side in (-1, 1):
        pen.oval(0.5 + side * 0.075 + 0.02, 0.955 - max(0, side * swing(phase)) * 0.02, 0.07, 0.025, (240, 150, 40))
    pen.blob((0.5 + sway, 0.3), (0.66 + sway, 0.45), (0.68, 0.75), (0.5, 0.95), (0.32, 0.75), (0.34 + sway, 0.45))
    pen.blob((0.54 + sway, 0.42), (0.63 + sway, 0.55), (0.62, 0.8), (0.52, 0.91), (0.42, 0.78), (0.45, 0.55),
             tone=(244, 244, 240))  # fmt: skip
    pen.oval(0.51 + sway * 2, 0.25, 0.125, 0.125)
    pen.oval(0.55 + sway * 2, 0.27, 0.07, 0.06, (244, 244, 240))
    pen.shape((0.62 + sway * 2, 0.25), (0.73 + sway * 2, 0.28), (0.62 + sway * 2, 0.3), tone=(240, 150, 40))
    pen.oval(0.56 + sway * 2, 0.235, 0.015, 0.017, _INK)
    pen.blob((0.37 + sway, 0.46), (0.33, 0.6), (0.27 - sway * 2, 0.74), (0.4, 0.6), tone="dark")


def swan(pen: Pen, phase: float) -> None:
    """Draw a swan or a duck that swims."""
    pen.blob((0.1, 0.72), (0.22, 0.76), (0.5, 0.7), (0.76, 0.78), (0.72, 0.93), (0.5, 0.97), (0.24, 0.94))
    pen.blob((0.2, 0.76), (0.45, 0.73), (0.62, 0.82), (0.4, 0.9), tone="light")
    pen.stroke((0.72, 0.86), (0.82, 0.7), (0.74, 0.5), (0.8, 0.42), width=0.1, end=0.06)
    pen.oval(0.82, 0.42, 0.065, 0.052)
    pen.shape((0.87, 0.4), (0.96, 0.45), (0.86, 0.46), tone=(236, 130, 40))
    pen.oval(0.845, 0.405, 0.011, 0.012, _INK)


def fish(pen: Pen, phase: float) -> None:
    """Draw a fish that swims to the right."""
    wave = swing(phase) * 0.07
    pen.blob((0.32, 0.5), (0.2, 0.4 + wave), (0.06, 0.32 + wave), (0.13, 0.5 + wave), (0.06, 0.68 + wave),
             (0.2, 0.6 + wave), tone="dark")  # fmt: skip
    pen.blob((0.4, 0.42), (0.46, 0.26), (0.62, 0.3), (0.68, 0.42), tone="dark")
    pen.blob((0.24, 0.5), (0.42, 0.35), (0.66, 0.34), (0.88, 0.49), (0.66, 0.65), (0.42, 0.65))
    pen.blob((0.34, 0.55), (0.6, 0.53), (0.82, 0.54), (0.64, 0.63), (0.46, 0.63), tone="light")
    for x in (0.46, 0.62):
        pen.stroke((x, 0.37), (x + 0.025, 0.5), (x, 0.63), width=0.034, end=0.026, tone=(246, 244, 240))
    pen.blob((0.56, 0.53), (0.44, 0.62 + wave), (0.5, 0.7 + wave), (0.62, 0.6), tone="dark")
    pen.oval(0.775, 0.455, 0.03, 0.032, (250, 250, 250))
    pen.oval(0.783, 0.455, 0.018, 0.02, _INK)


def whale(pen: Pen, phase: float) -> None:
    """Draw a whale that beats its fluke."""
    wave = swing(phase) * 0.05
    pen.blob((0.12, 0.5 + wave), (0.02, 0.36 + wave * 2), (0.0, 0.42 + wave * 2), (0.05, 0.52 + wave),
             (0.01, 0.62 + wave * 2), (0.05, 0.64 + wave * 2), tone="dark")  # fmt: skip
    pen.blob((0.08, 0.5 + wave), (0.3, 0.42), (0.55, 0.34), (0.82, 0.36), (0.97, 0.46), (0.94, 0.58), (0.7, 0.66),
             (0.42, 0.63), (0.2, 0.55 + wave / 2))  # fmt: skip
    pen.blob((0.5, 0.58), (0.76, 0.52), (0.96, 0.52), (0.93, 0.59), (0.7, 0.66), (0.52, 0.645), tone=(224, 232, 238))
    for i in range(4):
        pen.stroke((0.58 + i * 0.02, 0.6 + i * 0.008), (0.9, 0.55 + i * 0.018), width=0.006, tone="dark")
    pen.blob((0.62, 0.57), (0.55, 0.72 - wave), (0.46, 0.8 - wave), (0.54, 0.62), tone="dark")
    pen.oval(0.82, 0.485, 0.012, 0.013, _INK)


def shark(pen: Pen, phase: float) -> None:
    """Draw a shark or a dolphin."""
    wave = swing(phase) * 0.05
    pen.shape((0.14, 0.5 + wave), (0.0, 0.3 + wave * 2), (0.08, 0.5 + wave), (0.03, 0.64 + wave * 2), tone="dark")
    pen.shape((0.42, 0.42), (0.46, 0.24), (0.58, 0.4), tone="dark")
    pen.blob((0.1, 0.5 + wave), (0.34, 0.42), (0.62, 0.38), (0.86, 0.44), (0.98, 0.5), (0.84, 0.57), (0.6, 0.6),
             (0.32, 0.56))  # fmt: skip
    pen.blob((0.3, 0.54), (0.6, 0.53), (0.9, 0.53), (0.82, 0.57), (0.6, 0.6), (0.36, 0.565), tone=(228, 234, 238))
    pen.shape((0.62, 0.55), (0.5, 0.74), (0.7, 0.57), tone="dark")
    for i in range(3):
        pen.stroke((0.7 + i * 0.022, 0.47), (0.695 + i * 0.022, 0.53), width=0.007, tone="dark")
    pen.oval(0.85, 0.47, 0.011, 0.012, _INK)


def turtle(pen: Pen, phase: float) -> None:
    """Draw a turtle that swims."""
    beat = swing(phase) * 0.09
    pen.blob((0.62, 0.56), (0.66, 0.72 + beat), (0.54, 0.82 + beat), (0.54, 0.6), tone="dark")
    pen.blob((0.3, 0.58), (0.22, 0.7 - beat), (0.14, 0.72 - beat), (0.22, 0.56), tone="dark")
    pen.oval(0.82, 0.48, 0.085, 0.065, (146, 178, 110))
    pen.blob((0.18, 0.56), (0.3, 0.4), (0.5, 0.34), (0.7, 0.42), (0.78, 0.54), (0.5, 0.62))
    for i in range(4):
        pen.oval(0.32 + i * 0.115, 0.48 - 0.03 * (i in (1, 2)), 0.045, 0.05, "light")
    pen.oval(0.855, 0.465, 0.012, 0.013, _INK)


def jellyfish(pen: Pen, phase: float) -> None:
    """Draw a jellyfish that pulses."""
    pulse = swing(phase) * 0.03
    for i in range(6):
        x = 0.34 + i * 0.064
        points = [(x + swing(phase, i / 5 + y) * 0.03, 0.45 + y * 0.5) for y in (0, 0.25, 0.5, 0.75, 1.0)]
        pen.stroke(*points, width=0.028, end=0.008, tone="light" if i % 2 else "dark")
    pen.oval(0.5, 0.35, 0.25 + pulse, 0.21 - pulse)
    pen.oval(0.53, 0.31, 0.16 + pulse, 0.12 - pulse, "light")


def butterfly(pen: Pen, phase: float) -> None:
    """Draw a butterfly."""
    open_ = 0.35 + 0.65 * abs(swing(phase))
    for side in (-1, 1):
        pen.blob((0.5, 0.46), (0.5 + side * 0.2 * open_, 0.16), (0.5 + side * 0.42 * open_, 0.2),
                 (0.5 + side * 0.36 * open_, 0.46))  # fmt: skip
        pen.blob((0.5, 0.5), (0.5 + side * 0.28 * open_, 0.52), (0.5 + side * 0.3 * open_, 0.74),
                 (0.5 + side * 0.12 * open_, 0.76), tone="light")  # fmt: skip
        pen.oval(0.5 + side * 0.27 * open_, 0.3, 0.06 * open_, 0.06, "shine")
        pen.stroke((0.5, 0.3), (0.5 + side * 0.07, 0.14), width=0.012, tone=_INK)
    pen.stroke((0.5, 0.3), (0.5, 0.74), width=0.05, end=0.03, tone=_INK)


def dragon(pen: Pen, phase: float) -> None:
    """Draw a dragon in flight that breathes fire."""
    beat = swing(phase)
    flame = 0.03 * swing(phase * 3)
    pen.shape((0.8, 0.38), (1.0, 0.4 + flame), (0.93, 0.47), (1.0, 0.56 - flame), (0.79, 0.42), tone=(255, 120, 30))
    pen.shape((0.8, 0.39), (0.93, 0.44 + flame), (0.79, 0.42), tone=(255, 226, 110))
    pen.shape((0.5, 0.5), (0.4, 0.2 - beat * 0.12), (0.22, 0.14 - beat * 0.26), (0.3, 0.34 - beat * 0.1), (0.3, 0.46),
              tone="dark")  # fmt: skip
    pen.stroke((0.36, 0.58), (0.2, 0.66), (0.08, 0.6), (0.02, 0.66 + beat * 0.03), width=0.1, end=0.015)
    pen.blob((0.28, 0.56), (0.42, 0.48), (0.58, 0.48), (0.64, 0.58), (0.52, 0.66), (0.36, 0.65))
    pen.blob((0.4, 0.6), (0.58, 0.56), (0.6, 0.62), (0.48, 0.65), tone="light")
    pen.stroke((0.58, 0.54), (0.68, 0.46), (0.72, 0.36), width=0.11, end=0.07)
    pen.stroke((0.72, 0.35), (0.82, 0.39), width=0.085, end=0.05)
    for dx in (0.0, 0.035):
        pen.stroke((0.7 + dx, 0.33), (0.64 + dx, 0.24), width=0.022, end=0.006, tone=(236, 220, 180))
    pen.oval(0.745, 0.345, 0.012, 0.012, (255, 220, 80))
    pen.shape((0.56, 0.52), (0.52, 0.2 - beat * 0.16), (0.34, 0.06 - beat * 0.3), (0.38, 0.26 - beat * 0.18),
              (0.3, 0.3 - beat * 0.14), (0.4, 0.42), (0.42, 0.54), tone="light")  # fmt: skip
    for x in (0.42, 0.54):
        pen.stroke((x, 0.62), (x - 0.02, 0.7), (x + 0.02, 0.74), width=0.04, end=0.02, tone="dark")


def dinosaur(pen: Pen, phase: float) -> None:
    """Draw a dinosaur that strides on two legs."""
    pen.shadow(0.46, 0.26)
    step = swing(phase)
    for offset, tone in ((-1, "dark"), (1, "body")):
        lean = step * offset * 0.09
        pen.stroke((0.46, 0.6), (0.5 + lean, 0.74), (0.42 + lean, 0.84), width=0.16, end=0.06, tone=tone)
        pen.stroke((0.42 + lean, 0.84), (0.45 + lean, 0.955), (0.54 + lean, 0.96), width=0.06, end=0.035, tone=tone)
    pen.stroke((0.42, 0.55), (0.24, 0.56), (0.02, 0.48 + 0.03 * step), width=0.2, end=0.02)
    pen.blob((0.3, 0.5), (0.46, 0.42), (0.6, 0.34), (0.68, 0.42), (0.62, 0.58), (0.48, 0.68), (0.34, 0.64))
    pen.blob((0.5, 0.6), (0.62, 0.46), (0.64, 0.54), (0.54, 0.65), tone="light")
    pen.stroke((0.62, 0.42), (0.68, 0.28), width=0.18, end=0.14)
    pen.blob((0.62, 0.2), (0.72, 0.13), (0.86, 0.18), (0.96, 0.25), (0.94, 0.3), (0.76, 0.31), (0.64, 0.32))
    pen.shape((0.74, 0.33), (0.92, 0.34), (0.9, 0.38), (0.7, 0.38), tone="dark")
    for i in range(5):
        x = 0.78 + i * 0.035
        pen.shape((x, 0.3), (x + 0.022, 0.3), (x + 0.011, 0.34), tone=(246, 242, 226))
    pen.stroke((0.62, 0.52), (0.7, 0.56), (0.71, 0.61), width=0.05, end=0.025, tone="dark")
    pen.oval(0.76, 0.2, 0.018, 0.02, (250, 220, 90))
    pen.oval(0.764, 0.2, 0.009, 0.012, _INK)


CREATURES: dict[str, tuple[Draw, RGB]] = {
    "bird": (bird, (58, 64, 86)), "eagle": (bird, (110, 74, 46)), "owl": (perched, (136, 100, 66)),
    "penguin": (penguin, (40, 44, 56)), "swan": (swan, (246, 246, 248)), "fish": (fish, (244, 126, 42)),
    "whale": (whale, (66, 92, 124)), "shark": (shark, (112, 128, 144)), "turtle": (turtle, (92, 132, 84)),
    "jellyfish": (jellyfish, (236, 140, 214)), "butterfly": (butterfly, (240, 134, 40)),
    "dragon": (dragon, (150, 44, 44)), "dinosaur": (dinosaur, (106, 134, 74)),
}  # fmt: skip

__all__ = ["CREATURES"]
