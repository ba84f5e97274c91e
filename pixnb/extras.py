"""What a person is told to run: an extra that is missing, and the command by the name under which it is found."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def install(extra: str) -> str:
    """Say how an extra gets into the very Python that runs: a bare `pip` may be another one's.

    Args:
        extra: Its name: "lab", "s3".

    Returns:
        A sentence that ends without a full stop, so that the command can be copied.

    Example:
        >>> install("s3").startswith("Run: "), install("s3").endswith('pip install "pixnb[s3]"')
        (True, True)
    """
    pip = "%pip" if "ipykernel" in sys.modules else f"{shlex.quote(sys.executable or 'python')} -m pip"
    return f'Run: {pip} install "pixnb[{extra}]"'


def name_command() -> str:
    """Return the command as a person can type it again: `.venv/bin/pixnb` where that is how it was typed.

    Example:
        >>> name_command().endswith("pixnb")
        True
    """
    typed, found = Path(sys.argv[0]), shutil.which("pixnb")
    if typed.name != "pixnb" or (found and Path(found).resolve() == typed.resolve()):
        return "pixnb"
    return shlex.quote(str(typed))


__all__ = ["install", "name_command"]
