"""Whether visitors read what this process shows, as those of a page that Voila serves, and what they are not told."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_BELOW = r"/(?:[^\s/'\"<>|:,;()]+/)+"
_FOLDERS = re.compile(rf"(?:(?<![\w/:.])|(?<=file://)|(?<=sqlite:///)){_BELOW}")
_LONG = 20_000  # letters that are no sentence, but a picture's


def are_here(environ: Mapping[str, str] | None = None) -> bool:
    """Whether what is shown or printed is read by others than who runs this process.

    Args:
        environ: The environment; the process's own when left out.

    Example:
        >>> are_here({"SERVER_SOFTWARE": "voila/0.5.13"})
        True
    """
    environ = os.environ if environ is None else environ
    # a kernel that Voila started before somebody came knows no server's name
    return environ.get("SERVER_SOFTWARE", "").startswith("voila") or "VOILA_PREHEAT" in environ


def hide_folders(text: str) -> str:
    """Where visitors are, take the folders out of a text that names files of this machine; elsewhere it stays.

    Args:
        text: Such as an error's message.

    Example:
        >>> hide_folders("/tmp/a/clip.mp4 is gone")
        '/tmp/a/clip.mp4 is gone'
    """
    if not are_here() or "/" not in text or len(text) > _LONG:
        return text
    for folder in (os.getcwd(), os.path.expanduser("~")):  # noqa: PTH109, PTH111  they may have blanks in their names
        text = re.sub(re.escape(folder) + f"(?:{_BELOW}|/)", "…/", text) if len(folder) > 1 else text
    return _FOLDERS.sub(lambda found: "…/" if _is_folder(found.group()) else found.group(), text)


def _is_folder(path: str) -> bool:
    """Whether a path begins with a folder that is there: others are no paths, but words apart by strokes."""
    return os.path.isdir("/" + path.split("/")[1])  # noqa: PTH112


__all__ = ["are_here", "hide_folders"]
