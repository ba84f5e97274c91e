"""The browser's half of the launcher: its two buttons, the clipboard, and what screen readers are told.

A click and what was written just before it travel on different comms, which JupyterLab's subshells handle on different
threads (ipykernel 7): the click may come first, and an old prompt would be paid for. So a press of a button brings
what every control holds along, in one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import anywidget
import traitlets

from pixnb.display.scripts import join


class Companion(anywidget.AnyWidget):
    """An empty place in the launcher whose script looks after what ipywidgets leaves out.

    Args:
        pressed: Called with "launch", "copy" or "save" when that button was pressed, once all controls hold what is
            seen.
        copied: Called with whether the browser let a text onto the clipboard.
    """

    _esm = join("clipboard", "companion")
    controls = traitlets.Dict().tag(sync=True)

    def __init__(self, *, pressed: Callable[[str], object], copied: Callable[[bool], object]) -> None:
        super().__init__()
        self._pressed = pressed
        self._copied = copied
        self._known: dict[str, Any] = {}
        self.on_msg(self._hear)

    def watch(self, controls: Iterable[Any]) -> None:
        """Name the controls whose values a press brings along, in the order in which they are set."""
        self._known = {control.model_id: control for control in controls}
        self.controls = {name: _synced(control) for name, control in self._known.items()}

    def copy(self, text: str) -> None:
        """Put a text onto the clipboard of the browser that has the focus."""
        self.send({"copy": text})

    def lead(self, control: Any) -> None:
        """Put the focus on a control, for who works in this launcher."""
        self.send({"lead": control.model_id})

    def _hear(self, _: object, content: Mapping[str, Any], __: object) -> None:
        if "copied" in content:
            self._copied(bool(content["copied"]))
        elif content.get("press") in ("launch", "copy", "save"):
            for name, value in content["state"].items():
                # the model's list comes last: another form takes over what is in this one, and knows other controls
                control = self._known.get(name)
                if control is not None and getattr(control, _synced(control)) != value:
                    setattr(control, _synced(control), value)
            self._pressed(content["press"])


def _synced(control: Any) -> str:
    return "index" if control.has_trait("index") else "value"  # a choice travels by its number


__all__ = ["Companion"]
