"""The options of `pixnb sandbox`; what is wrong with them is told in one line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pixnb import providers
from pixnb.arguments import Parser, port
from pixnb.errors import InvalidInput
from pixnb.project import locate
from pixnb.sandbox.assumed import assumed, described
from pixnb.sandbox.faults import FAULTS, GRAMMAR, KEYS
from pixnb.sandbox.options import Options
from pixnb.sandbox.processors import processors

_MOST_WORKERS = 8  # a render of 2160p needs about a gigabyte


def parser() -> Parser:
    """Return the parser of the options; its help lists the keys and the markers that make things go wrong."""
    made = Parser(
        "pixnb sandbox",
        description=(
            f"Serve the HTTP APIs of {', '.join(_with_sandbox())} on this computer, with clips really rendered.\n"
            "Prints the lines to export; each service lies under a path of its name."
        ),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=port, default=0, help="a port of 127.0.0.1 (default: the last one, else any)")
    made.add_argument("--speed", type=_positive, default=1.0, help="how many times faster than a service (default: 1)")
    made.add_argument("--draft", action="store_true", help="render at a quarter of the size")
    made.add_argument(
        "--state", type=_folder, help="keep jobs, uploads and clips here (default: an empty, temporary folder)"
    )
    made.add_argument(
        "--room",
        type=_positive,
        default=10.0,
        metavar="GB",
        help="refuse uploads beyond so many gigabytes (default: 10)",
    )
    made.add_argument("--workers", type=_count, default=0, help="clips rendered at once (default: one a processor)")
    made.add_argument(
        "--link-life",
        type=_not_negative,
        default=0.0,
        help="seconds until an output's link answers 410 (default: never)",
    )
    made.add_argument("--credits", type=_count, help="what Apiframe's account holds (default: as it was; first 10000)")
    made.add_argument("--strict", action="store_true", help="refuse parameters that no page documents")
    made.add_argument(
        "--allow-host",
        type=_name,
        action="append",
        default=[],
        metavar="NAME",
        help="another name by which it may be called, such as that of a proxy in front of it",
    )
    made.add_argument(
        "--assume", action="append", default=[], metavar="NAME=VALUE", help="do otherwise where no page says (below)"
    )
    made.add_argument("--lease", type=Path, help="end when no process holds a lock on this file")
    made.add_argument("--temporary", action="store_true", help="remove the state at the end")
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
    return Options(
        state=state,
        speed=given.speed,
        draft=given.draft,
        workers=given.workers if given.workers > 0 else min(processors(), _MOST_WORKERS),
        link_life=given.link_life,
        strict=given.strict,
        credits=given.credits,
        room=int(given.room * 1e9),
        names=frozenset(given.allow_host),
        assumed=given.assumed,
    )


def _with_sandbox() -> list[str]:
    return [name for name, one in providers.known().items() if one.sandbox]


def _positive(word: str) -> float:
    number = float(word)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def _not_negative(word: str) -> float:
    number = float(word)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or above")
    return number


def _count(word: str) -> int:
    return int(_not_negative(str(int(word))))


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
