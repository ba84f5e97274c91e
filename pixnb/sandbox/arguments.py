"""The options of `pixnb sandbox`; what is wrong with them is told in one line."""

from __future__ import annotations

import argparse
import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pixnb import providers
from pixnb.arguments import Parser, port
from pixnb.errors import InvalidInput
from pixnb.project import locate
from pixnb.sandbox.faults import FAULTS, GRAMMAR, KEYS
from pixnb.sandbox.options import Options, assumed, described
from pixnb.sandbox.processors import processors

_MOST_WORKERS = 8  # a render of 2160p needs about a gigabyte


def parser() -> Parser:
    """Return the parser of the options; its help lists the keys and the markers that make things go wrong."""
    with_sandbox = [name for name, one in providers.known().items() if one.sandbox]
    made = Parser(
        "pixnb sandbox",
        description=(
            f"Serve the HTTP APIs of {', '.join(with_sandbox)} on this computer, with clips really rendered.\n"
            "Prints the lines to export; each service lies under a path of its name."
        ),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--port", type=port, default=0, help="a port of 127.0.0.1 (default: the last one, else any)")
    add("--speed", type=_positive, default=1.0, help="how many times faster than a service (default: 1)")
    add("--draft", action="store_true", help="render at a quarter of the size")
    add("--state", type=_folder, help="keep jobs, uploads and clips here (default: an empty, temporary folder)")
    room = "refuse uploads beyond so many gigabytes (default: 10)"
    add("--room", type=_gigabytes, default=Options.room, metavar="GB", help=room)
    add("--workers", type=_count, default=0, help="clips rendered at once (default: one a processor)")
    life = "seconds until an output's link answers 410 (default: never)"
    add("--link-life", type=_not_negative, default=0.0, help=life)
    add("--credits", type=_count, help="what Apiframe's account holds (default: as it was; first 10000)")
    add("--strict", action="store_true", help="refuse parameters that no page documents")
    name = "another name by which it may be called, such as that of a proxy in front of it"
    add("--allow-host", type=_name, action="append", default=[], dest="names", metavar="NAME", help=name)
    assume = "do otherwise where no page says (below)"
    add("--assume", action="append", default=[], metavar="NAME=VALUE", help=assume)
    add("--lease", type=Path, help="end when no process holds a lock on this file")
    add("--temporary", action="store_true", help="remove the state at the end")
    return made


def read_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; a mistake in it ends the process."""
    made = parser()
    given = made.parse_args(argv)
    try:
        given.assumed = assumed(given.assume)
    except ValueError as error:
        made.error(f"argument --assume: {error}")
    return given


def make_options(given: argparse.Namespace, state: Path) -> Options:
    """Return a server's settings, from what `read_arguments` gave and the state's folder."""
    workers = given.workers or min(processors(), _MOST_WORKERS)
    settings = {one.name for one in dataclasses.fields(Options)}
    told = {name: value for name, value in vars(given).items() if name in settings}
    return Options(**told | {"state": state, "workers": workers, "names": frozenset(given.names)})


def _positive(word: str) -> float:
    number = _not_negative(word)
    if number == 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def _not_negative(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number, 0 or above, not {word!r}")
    return number


def _gigabytes(word: str) -> int:
    return int(_positive(word) * 1e9)


def _count(word: str) -> int:
    if not (word.isascii() and word.isdecimal()):
        raise argparse.ArgumentTypeError(f"must be a whole number, not {word!r}")
    return int(word)


def _folder(word: str) -> Path:
    try:
        return locate(word)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(error.message) from None


def _name(word: str) -> str:
    name = word.lower()
    if not re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?", name):
        raise argparse.ArgumentTypeError(f"must be a host's name, with neither scheme nor port, not {word!r}")
    return name


def _epilog() -> str:
    parts = {
        "Any key that is not empty passes, but for these:": KEYS,
        "Markers in a prompt:": FAULTS,
        "Assumed, because no page says it:": dict(described()),
    }
    lists = {title: "\n".join(_lines(said)) for title, said in parts.items()}
    return "\n\n".join([*(f"{title}\n{lines}" for title, lines in lists.items()), GRAMMAR])


def _lines(said: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, said)) + 2
    for word, what in said.items():
        yield f"  {word:<{width}}{what}"


__all__ = ["make_options", "parser", "read_arguments"]
