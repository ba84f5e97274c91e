"""High dynamic range on a usual screen: PQ and HLG pictures brought to the range and colours that pages show.

A table of colours does it, as FFmpeg's own tone mapping needs a library that PyAV's wheels lack.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PQ, HLG, UNKNOWN = 16, 18, 2
"""Numbers of ITU-T H.273: for transfer SMPTE ST 2084 and ARIB STD-B67, and that nothing is said."""

_SIDE = 33
_WHITE = 203.0
"""Nits of white paper in such pictures (ITU-R BT.2408)."""
_KNEE = 0.6  # above this part of white, light is pressed together
_TO_709 = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))
"""Light of BT.2020's primaries as that of BT.709's (ITU-R BT.2087)."""
_LUMA = (0.2627, 0.678, 0.0593)


def tone_filters(video: VideoStream) -> list[str]:
    """Return FFmpeg's filters that bring a video's pictures to a usual screen; none for most videos."""
    transfer = int(getattr(video.codec_context, "color_trc", 0) or 0)
    if transfer not in (PQ, HLG):
        return []
    place = str(_table(transfer)).replace("\\", "/").replace(":", "\\:").replace("'", "\\'")
    return ["format=gbrp12", f"lut3d=file={place}", "setparams=color_primaries=bt709:color_trc=bt709"]


def find_matrix(video: VideoStream) -> str:
    """Return how a video's colours are coded, as FFmpeg calls it; "auto" for what is rare.

    What says nothing is taken as browsers take it, by its size.
    """
    said = int(getattr(video.codec_context, "colorspace", UNKNOWN) or 0)
    if said == UNKNOWN:
        return "bt709" if video.height >= 720 else "bt601"
    return {1: "bt709", 5: "bt601", 6: "bt601"}.get(said, "auto")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="pixnb-")  # removed when Python ends


@cache
def _table(transfer: int) -> Path:
    """Write a table of colours, as the format .cube has it: red goes fastest."""
    import numpy as np

    steps = np.linspace(0, 1, _SIDE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    rows = _map(np.stack([red, green, blue], axis=-1).reshape(-1, 3), transfer)
    path = Path(_folder().name, f"tone-{transfer}.cube")
    lines = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in rows)
    path.write_text(f"LUT_3D_SIZE {_SIDE}\n{lines}\n")
    return path


def _map(codes: Floats, transfer: int) -> Floats:
    import numpy as np

    light = (_pq_light if transfer == PQ else _hlg_light)(codes) / _WHITE
    light = np.clip(light @ np.array(_TO_709).T, 0, None)
    most = light.max(axis=1, keepdims=True)
    pressed = _KNEE + (1 - _KNEE) * (1 - np.exp(-(most - _KNEE) / (1 - _KNEE)))
    light = light * np.where(most > _KNEE, pressed / np.maximum(most, 1e-9), 1)
    low = light <= 0.0031308
    shown: Floats = np.clip(np.where(low, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055), 0, 1)
    return shown


def _pq_light(codes: Floats) -> Floats:
    """Return nits (SMPTE ST 2084)."""
    import numpy as np

    root = codes ** (1 / 78.84375)
    light: Floats = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    return light


def _hlg_light(codes: Floats) -> Floats:
    """Return nits on a screen of 1,000 (ITU-R BT.2100)."""
    import numpy as np

    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)
    light: Floats = 1_000 * scene * np.maximum(scene @ np.array(_LUMA), 1e-9)[:, None] ** 0.2
    return light


__all__ = ["find_matrix", "tone_filters"]
