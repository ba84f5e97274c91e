"""Places on other computers, opened by fsspec: s3://, gs://, sftp:// and what packages add."""

from __future__ import annotations

import re
from typing import Any

from pixnb.errors import InvalidInput
from pixnb.extras import install


def check_place(url: str) -> None:
    """Refuse an address that this Python cannot open, before work is paid whose clips belong there; asks nobody.

    Args:
        url: A folder's, as fsspec takes it.

    Raises:
        InvalidInput: No such kind of store is known, its package is missing, or the address names no place in it.

    Example:
        >>> check_place("memory://clips")
        >>> check_place("s4://clips")
        Traceback (most recent call last):
        ...
        pixnb.errors.InvalidInput: No store is known by s4://, as in s4://clips. Give a folder, or an address such as s3://bucket/folder.
    """
    scheme, mark, rest = url.partition("://")
    if not mark:  # a folder
        return
    called = hide_login(url)
    if not rest.strip("/") and scheme != "memory":
        raise InvalidInput(f"{called} names no place. Give a folder, or an address such as s3://bucket/folder.")
    from fsspec import get_filesystem_class

    try:
        get_filesystem_class(scheme)
    except ImportError as error:
        todo = install("s3") if scheme in ("s3", "s3a") else f"{error}, as fsspec says it"
        raise InvalidInput(f"{called} cannot be opened here: a package is missing. {todo}") from error
    except ValueError as error:
        raise InvalidInput(
            f"No store is known by {scheme}://, as in {called}. Give a folder, or an address such as "
            "s3://bucket/folder."
        ) from error


def open_place(url: str) -> tuple[Any, str]:
    """Give an address's file system, and the path in it.

    Raises:
        InvalidInput: See `check_place`.
        Exception: Whatever a store says of a login.
    """
    check_place(url)
    import fsspec

    system, root = fsspec.url_to_fs(url)
    return system, root.rstrip("/")


def hide_login(url: str) -> str:
    """Take the login out of an fsspec URL: what opens a store may be in its address.

    Example:
        >>> hide_login("sftp://ann:secret@host/folder")
        'sftp://***@host/folder'
    """
    return re.sub(r"(?<=://)[^/@]*@", "***@", url)


__all__ = ["check_place", "hide_login", "open_place"]
