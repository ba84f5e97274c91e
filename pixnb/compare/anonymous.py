"""A frame without who ran it and where: to be published beside a paper, or sent to people who need not know."""

from __future__ import annotations

import getpass
import re
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pixnb.compare.words import name_of

if TYPE_CHECKING:
    import pandas as pd

_GONE = ("user", "host", "notebook", "job_id", "idempotency_key", "output_url")
_OWN_WORDS = ("prompt", "prompt_used")  # what was asked is what the table is about
_ADDRESS = re.compile(r"""[a-z][a-z0-9+.\-]*://[^\s"'<>]+""", re.IGNORECASE)
# from a root, a drive, a share or a home; not "and/or", "1/2" or "</b>"
_PATH = re.compile(r"""(?<![\w/<.])(?:~|[A-Za-z]:(?=[\\/])|\\(?=\\))?[\\/][^\s"'<>|:;,]*[\\/][^\s"'<>|:;,]*""")
_SOMEBODY = "somebody"


def make_anonymous(frame: pd.DataFrame) -> pd.DataFrame:
    r"""Return a copy of a frame that says what was asked and what came of it, not who asked and where.

    Columns of users, hosts, notebooks, jobs and addresses are left out. In all texts but prompts, paths and addresses
    are cut to the name of their file, and this user's and host's names are replaced.

    Args:
        frame: A log's, or any other.

    Example:
        >>> import pandas as pd
        >>> runs = {"user": ["jo"], "output_path": ["/home/jo/a.mp4"], "error": ["No https://x.example/y/b.mp4?k=1"]}
        >>> make_anonymous(pd.DataFrame(runs)).to_dict("records")
        [{'output_path': 'a.mp4', 'error': 'No b.mp4'}]
    """
    names = _names(frame)
    kept = frame.drop(columns=[name for name in frame if name in _GONE])
    texts = {
        name: kept[name].map(lambda value: _clean(value, names) if isinstance(value, str) else value)
        for name in kept
        if name not in _OWN_WORDS and any(isinstance(value, str) for value in kept[name])
    }
    found = kept.assign(**{str(name): column for name, column in texts.items()})
    found.attrs = {}
    return found


def export(frame: pd.DataFrame, *, anonymous: bool = False) -> pd.DataFrame:
    """Return a frame as it is written to a file for others: a named index as columns, and anonymous if so asked."""
    has_names = any(name is not None for name in frame.index.names)
    whole = frame.reset_index(allow_duplicates=True) if has_names else frame
    return make_anonymous(whole) if anonymous else whole


def _names(frame: pd.DataFrame) -> list[str]:
    """The names of people and machines in the frame, and of those here; the longest first."""
    found: set[Any] = {value for name in ("user", "host") if name in frame for value in frame[name].dropna()}
    with suppress(OSError, KeyError, ImportError):  # no such user has a name
        found.add(getpass.getuser())
    found.add(socket.gethostname())
    return sorted((str(name) for name in found if len(str(name)) > 1), key=len, reverse=True)


def _clean(text: str, names: list[str]) -> str:
    text = _ADDRESS.sub(lambda found: name_of(found.group()), text)
    text = _PATH.sub(lambda found: name_of(found.group().replace("\\", "/")), text)
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _SOMEBODY, text)
    return text


__all__ = ["export", "make_anonymous"]
