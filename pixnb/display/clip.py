"""A media file in a widget, without its bytes in the widget's state."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pixnb.display.films import find_url
from pixnb.display.poster import poster_uri
from pixnb.display.video import message
from pixnb.display.wording import describe
from pixnb.media.opening import UNREADABLE
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from pixnb.media.media import Media

logger = get_logger(__name__)


class Clip(anywidget.AnyWidget):
    """A video, picture or sound in a widget; or a message where there is none yet.

    The page loads a clip by the URL of its file. Where the host does not serve it, the page asks for the bytes,
    which go to it once in a message: of a large clip those of a small preview.

    Args:
        media: The file; None for a message alone.
        label: What a screen reader says.
        message: What stands in its place while there is none.
    """

    _esm = Path(__file__).parent / "static" / "clip.js"

    kind = traitlets.Unicode("").tag(sync=True)
    url = traitlets.Unicode("").tag(sync=True)
    poster = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    caption = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(0).tag(sync=True)
    height = traitlets.Int(0).tag(sync=True)

    def __init__(self, media: Media | None = None, *, label: str = "", message: str = "") -> None:
        super().__init__(label=label, message=message)
        self._media: Media | None = None
        self.on_msg(self._answer)
        if media is not None:
            self.show(media)

    def show(self, media: Media) -> None:
        """Show a file in place of what is shown now."""
        self._media = media
        try:
            state = self._state_of(media)
        except UNREADABLE as error:
            state = {"kind": "", "poster": "", "message": str(error)}
        with self.hold_sync():
            for name, value in state.items():
                setattr(self, name, value)

    def _state_of(self, media: Media) -> dict[str, Any]:
        state: dict[str, Any] = {"kind": media.kind or "", "caption": f"{self.label}  {describe(media)}".strip()}
        if media.size is None:
            return {**state, "url": media.url or ""}
        if media.kind in ("video", "image"):
            state |= {"poster": poster_uri(media) or "", "width": media.info.width or 0}
            state["height"] = media.info.height or 0
        return {**state, "url": find_url(media.path) or ""}

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("want") == "bytes" and self._media is not None:
            threading.Thread(target=self._send_bytes, args=(self._media,), daemon=True).start()

    def _send_bytes(self, media: Media) -> None:
        try:
            found = message(media)
        except UNREADABLE as error:
            self.caption = f"{self.caption}  {error}"
            return
        if found:
            self.send({"media_type": found[0]}, [found[1]])


__all__ = ["Clip"]
