"""What fails on this machine before anything is sent, put in our words: no file, module or thread is to be had."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from pixnb.errors import PixnbError

_NONE_LEFT = (errno.EMFILE, errno.ENFILE)


@contextlib.contextmanager
def nothing_sent() -> Iterator[None]:
    """Have what this machine refuses while a job is made ready be an error of ours; others go through.

    Modules are loaded when they are first used, so a process without file descriptors may fail at any step.

    Raises:
        PixnbError: A file, module or thread could not be had.

    Example:
        >>> with nothing_sent():
        ...     open("/no/such/file")
        Traceback (most recent call last):
        ...
        pixnb.errors.PixnbError: This could not be made ready here ([Errno 2] No such file or directory: '/no/such/file'). Nothing was sent. Mend that, then try again.
    """  # noqa: E501
    try:
        yield
    except (OSError, ImportError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "thread" not in str(error):
            raise
        raise PixnbError(
            f"This could not be made ready here ({error}). Nothing was sent. {_advice(error)}, then try again."
        ) from error


def is_none_left(error: BaseException) -> bool:
    """Whether an error says that this process, or this machine, can open no more files: a library's too.

    Example:
        >>> is_none_left(OSError(24, "Too many open files")), is_none_left(OSError(2, "No such file or directory"))
        (True, False)
    """
    return getattr(error, "errno", None) in _NONE_LEFT or "Too many open files" in str(error)


def _advice(error: BaseException) -> str:
    if isinstance(error, RuntimeError):
        return "End some threads, or raise `ulimit -u`"
    return "Close some files, or raise `ulimit -n`" if is_none_left(error) else "Mend that"


__all__ = ["is_none_left", "nothing_sent"]
