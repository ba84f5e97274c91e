"""Writing what was made for a person to a file, in one step."""

from __future__ import annotations

import os
from pathlib import Path

from pixnb.errors import InvalidInput


def write_whole(target: Path, data: bytes) -> Path:
    """Write a file whole or not at all; its folder is made.

    Args:
        target: The file, replaced if there is one.
        data: What is in it.

    Returns:
        The same path.

    Raises:
        InvalidInput: It cannot be written.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidInput(f"{target} cannot be written: {error.strerror}. Choose another path.") from error
    return target


__all__ = ["write_whole"]
