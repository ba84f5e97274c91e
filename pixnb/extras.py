"""What to run where something is missing that comes with an extra of the package."""

from __future__ import annotations

import shlex
import sys


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


__all__ = ["install"]
