"""The command line: `pixnb demo`, `pixnb lab`, `pixnb app`, `pixnb sandbox`, `pixnb log`, `pixnb report`."""

from __future__ import annotations

import argparse
import difflib
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pixnb._version import __version__
from pixnb.arguments import Parser, port
from pixnb.errors import InvalidInput, PixnbError
from pixnb.terminal import say, take_fault

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.log.log import Log


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: The arguments; those of the process when left out.

    Returns:
        The exit status: 0 for success, 1 for an error that was explained or for output that is lost, 2 for wrong usage.
    """
    take_fault()
    try:
        status = _answer(argv)
    except SystemExit as end:  # --help, --version
        if end.code or not (why := take_fault()):
            raise
    else:
        why = take_fault()
        if not why:
            return status
    say(f"pixnb: what was to be printed is lost: {why}.", sys.stderr)
    return 1


def _answer(argv: Sequence[str] | None) -> int:
    if argv is None:
        # while modules are loaded a KeyboardInterrupt gets lost in libraries, and there is nothing to see through yet
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except PixnbError as error:
        say(f"pixnb: {' '.join(error.message.split())}", sys.stderr)
        return 2 if isinstance(error, InvalidInput) else 1
    except KeyboardInterrupt:
        return 130


def _run(args: list[str]) -> int:
    if args[:1] == ["sandbox"]:  # its own parser quotes the faults
        from pixnb.sandbox.server import main as serve

        return serve(args[1:], ready=_print_exports)
    if args[:1] in (["help"], ["version"]):  # as people say it
        args = [*args[1:2], f"--{args[0]}"]
    parser = _parser()
    if not args:
        parser.print_help()
        return 0
    parsed = parser.parse_args(args)
    status: int = parsed.command(parsed)
    return status


def _parser() -> Parser:
    parser = Parser(
        prog="pixnb",
        description="Try prompts on hosted video models: launch, watch, remember, compare.",
        epilog="Begin with `pixnb demo`, then `pixnb lab`. Neither needs a key, and both are free.",
    )
    parser.add_argument("--version", action="version", version=f"pixnb {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="edit the sample clip in the sandbox, end to end; free, needs no network")
    demo.set_defaults(command=_demo)

    for name, what in (
        ("lab", "copy the notebooks into this folder and open JupyterLab on them"),
        ("app", "copy the app's notebook into this folder and serve it by Voila, as a page without code"),
    ):
        lab = commands.add_parser(name, help=what)
        lab.add_argument("--real", action="store_true", help="use the keys that are set; else all goes to the sandbox")
        lab.add_argument("--port", type=port, metavar="N", help="the port to serve on; default: the server's choice")
        lab.add_argument("--no-browser", action="store_true", help="open no browser; the address is printed")
        lab.set_defaults(command=_lab, app=name == "app")

    commands.add_parser("sandbox", help="serve the sandbox's HTTP; see `pixnb sandbox --help`")

    log = commands.add_parser("log", help="list the experiments, or the runs of one")
    log.add_argument("experiment", nargs="?", help="an experiment's name")
    log.set_defaults(command=_log)

    report = commands.add_parser("report", help="write one HTML file with an experiment's clips")
    report.add_argument("experiment", help="an experiment's name")
    report.add_argument("path", nargs="?", help="where to; default: the name with .html")
    report.add_argument("--quality", choices=("mail", "full"), default="mail",
                        help="mail: at most 10 MB, clips as previews (default); full: the originals")  # fmt: skip
    report.set_defaults(command=_report)
    return parser


def _print_exports(base_urls: Mapping[str, str]) -> None:
    """Print what another program needs to work with this sandbox, ready for `export`."""
    from pixnb.sandbox.server import exports

    say("\n".join(exports(base_urls)), sys.stdout)


def _demo(_: argparse.Namespace) -> int:
    from pixnb.demo import run_demo

    return run_demo(sys.stdout)


def _lab(args: argparse.Namespace) -> int:
    from pixnb.lab import run_lab

    return run_lab(sys.stdout, app=args.app, real=args.real, port=args.port, browser=not args.no_browser)


def _log(args: argparse.Namespace) -> int:
    from pixnb.compare.table import text_table
    from pixnb.log.log import Log

    with Log() as log:
        if args.experiment is None:
            known = log.experiments()
            none_yet = "No experiments yet. `pixnb demo` makes one."
            written = {"created_at": lambda moment: f"{moment:%Y-%m-%d %H:%M}"}
            table = known.to_string(index=False, na_rep="", formatters=written)
            say(table if len(known) else none_yet, sys.stdout)
        else:
            say(text_table(_frame_of(log, args.experiment)), sys.stdout)
    return 0


def _report(args: argparse.Namespace) -> int:
    from pixnb.compare.files import name_file
    from pixnb.log.log import Log
    from pixnb.report.report import write_report

    with Log() as log:
        frame = _frame_of(log, args.experiment)
        target = args.path or name_file(args.experiment, ".html")
        signal.signal(signal.SIGINT, signal.default_int_handler)  # half a file is not left behind
        path = write_report(frame, target, title=args.experiment, quality=args.quality)
        say(str(path), sys.stdout)
    return 0


def _frame_of(log: Log, experiment: str) -> pd.DataFrame:
    """Return an experiment's frame.

    Raises:
        InvalidInput: The log has no such experiment, or it has no runs.
    """
    frame = log.frame(experiment)
    if frame.empty:
        names = [str(name) for name in log.experiments()["name"]]
        begun = [name for name in names if name.lower().startswith(experiment.lower()[:200])]  # "demo" is many
        near = [name for name in begun[::-1] or difflib.get_close_matches(experiment, names, n=1) if name != experiment]
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise InvalidInput(f"The log has no runs of {experiment!r:.200}.{meant} `pixnb log` lists the experiments.")
    return frame


if __name__ == "__main__":
    sys.exit(main())

__all__ = ["main"]
