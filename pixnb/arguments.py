"""A command's arguments: what is wrong with them is told in one line, with exit status 2."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from typing import Any, NoReturn

from pixnb.terminal import say


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line on stderr.

    Example:
        >>> Parser(prog="pixnb").parse_args(["--nonsense"])
        Traceback (most recent call last):
        ...
        SystemExit: 2
    """

    def error(self, message: str) -> NoReturn:
        """End the process with what is wrong."""
        say(f"{self.prog}: {message}.{_guess(message)} `{self.prog} --help` says what it takes.", sys.stderr)
        raise SystemExit(2)

    def print_help(self, file: Any = None) -> None:
        """Print the help, whatever letters the terminal knows."""
        self._print_message(self.format_help(), file or sys.stdout)

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            say(message.rstrip(), file or sys.stderr)


def _guess(message: str) -> str:
    """Name the choice that comes near what was typed."""
    found = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
    choices = found[2].replace("'", "").split(", ") if found else []
    near = difflib.get_close_matches(found[1], choices, 1) if found else []
    return f" Did you mean {near[0]}?" if near else ""


def port(word: str) -> int:
    """Read a port.

    Raises:
        argparse.ArgumentTypeError: It is none.

    Example:
        >>> port("8000")
        8000
    """
    if not (word.isascii() and word.isdecimal() and len(word) < 6 and int(word) < 65536):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {word!r}")
    return int(word)


__all__ = ["Parser", "port"]
