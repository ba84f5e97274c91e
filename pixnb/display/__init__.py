"""Notebook output: what each object looks like, as bundles of HTML, pictures, plain text and live cards."""

from __future__ import annotations

from pixnb.lazy import hand_on

_HOME = {"Budget": "video", "card": "live", "figure_html": "video", "guarded": "guard"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Budget", "card", "figure_html", "guarded"]
