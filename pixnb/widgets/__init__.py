"""Inputs from a person: the form of a model's parameters, and the launcher around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.widgets.form import Form
    from pixnb.widgets.launcher import Launcher

_HOME = {"Form": "form", "Launcher": "launcher"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Form", "Launcher"]
