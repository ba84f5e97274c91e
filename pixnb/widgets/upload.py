"""A file from the browser to the asset store, in pieces: no byte of it ever is widget state.

A browser's message to the kernel is limited to about 10 MB by the server (tornado's default), and a clip held in the
state of a `FileUpload` is copied into every saved notebook; pieces as custom messages know neither trouble.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from pixnb.media.part import Asset, Part
    from pixnb.media.store import Store


class Upload(anywidget.AnyWidget):
    """A button that takes a file, also one dropped on it.

    Args:
        store: Where the file is kept.
        done: Called with the asset and the file's own name.
        failed: Called with a sentence when it could not be kept.
        label: What a screen reader says.
        accept: What the browser offers, such as "video/*".
    """

    _esm = Path(__file__).parent / "static" / "upload.js"
    label = traitlets.Unicode().tag(sync=True)
    accept = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        store: Store,
        *,
        done: Callable[[Asset, str], object],
        failed: Callable[[str], object],
        label: str,
        accept: str,
    ) -> None:
        super().__init__(label=label, accept=accept)
        self._store = store
        self._done = done
        self._failed = failed
        self._part: Part | None = None
        self._token = ""
        self._name = ""
        self._size = 0
        self.on_msg(self._hear)

    def _hear(self, _: object, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        try:
            self._take(content, buffers)
        except Exception as error:  # shown at the field: nobody sees what a message handler raises
            self._drop()
            self._refuse(f"could not be kept: {error}. Give its path instead.")

    def _take(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        if "begin" in content:
            self._drop()
            self._token, self._name = str(content["begin"]), str(content["name"])
            self._size, self._part = int(content["size"]), self._store.part()
        elif self._part is None or content.get("token") != self._token:
            return  # a piece of a file that another one has replaced
        else:
            self._part.write(bytes(buffers[0]))
        assert self._part is not None
        if self._part.size < self._size:
            self.send({"token": self._token, "next": self._part.size})
        else:
            part, self._part = self._part, None
            # the end waits for the disk
            threading.Thread(target=self._finish, args=(part, self._token), daemon=True).start()

    def _finish(self, part: Part, token: str) -> None:
        try:
            asset = part.commit(expected=self._size)
            self._done(asset, self._name)
        except Exception as error:  # a thread's error would be seen by nobody
            part.abort()
            self._refuse(f"could not be kept: {error}. Give its path instead.")
        else:
            self.send({"token": token, "done": True})

    def _refuse(self, problem: str) -> None:
        self.send({"token": self._token, "failed": True})
        self._failed(problem)

    def _drop(self) -> None:
        if self._part is not None:
            self._part.abort()
            self._part = None


__all__ = ["Upload"]
