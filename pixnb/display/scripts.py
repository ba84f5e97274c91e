"""Hand-written JavaScript of several files as one module: each file has nothing but functions, none imports another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_ROOMS = Path(__file__).parent.parent
_TOP = re.compile(r"^(?:async )?(?:function\*?|const|let|class) +([\w$]+)", re.MULTILINE)


@cache
def join(*names: str, end: str = "") -> str:
    """Return some files as the text of one ES module.

    Args:
        *names: Of files in the rooms' `static` folders, without ".js": "player".
        end: A last line, such as an export.

    Returns:
        The module's text; what a file says twice or two files say alike would be an error of the browser's.

    Raises:
        FileNotFoundError: No room has such a file.
        ValueError: Two files have a function of the same name.
    """
    texts = {name: _find(name).read_text(encoding="utf-8") for name in names}
    owners: dict[str, str] = {}
    for name, text in texts.items():
        for said in _TOP.findall(text):
            if owners.setdefault(said, name) != name:
                raise ValueError(f"{owners[said]}.js and {name}.js both have {said}: name one of them otherwise.")
    return "\n".join([*texts.values(), *([end] if end else [])])


def join_widget(names: Sequence[str], mount: str) -> str:
    """Return the module of a widget whose page is made alive by a function of these files, with what it talks through.

    Args:
        names: Files.
        mount: The function: takes the page's root and a host, and returns what undoes it.
    """
    end = f"export default {{ render: (given) => enhance(given, {mount}) }};"
    own = ("served", "pending", "enhanced")
    return join(*own, *(name for name in names if name not in own), end=end)


def write_script(names: Sequence[str], call: str) -> str:
    """Return the `<script>` of a page of its own: the files, and a last line that uses them.

    Args:
        names: Files.
        call: JavaScript, such as 'mountWall(document.querySelector(".pixnb-wall"), openHost())'.
    """
    text = join(*names, end=call)
    if "</script" in text.lower():
        raise ValueError("A script that holds its own end tag would be cut there: write it as <\\/script.")
    return f'<script type="module">\n{text}\n</script>'


def _find(name: str) -> Path:
    found = sorted(_ROOMS.glob(f"*/static/{name}.js"))
    if len(found) != 1:
        said = " and ".join(path.parent.parent.name for path in found) or "no room"
        raise FileNotFoundError(f"{name}.js is in {said}: a script has one room.")
    return found[0]


__all__ = ["join", "join_widget", "write_script"]
