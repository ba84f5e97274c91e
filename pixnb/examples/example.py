"""A finished experiment that comes with pixnb, to look at before anything is made."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from pixnb import settings as _settings
from pixnb.announcing import announce
from pixnb.client.faces import Client
from pixnb.errors import InvalidInput, LogError
from pixnb.examples.filling import read, write_runs
from pixnb.experiment import Experiment
from pixnb.log.log import Log, open_log
from pixnb.project import locate
from pixnb.unsent import nothing_sent

_HERE = Path(__file__).parent


@nothing_sent()
def example(name: str = "coats", path: str | os.PathLike[str] | None = None) -> Experiment:
    """Open a finished experiment that comes with pixnb: its runs, clips, stars, notes and votes, within a second.

    "coats": is a red coat asked for better by itself, or together with the weather? Two wordings, three moments of
    the sample clip, three takes of each, made by the sandbox once; the people who voted are made up. Nothing is sent
    or rendered for it. It is a log of its own, apart from yours, and what is launched in it goes to the sandbox, so it
    never costs anything. Asked again, it is the same one, with the marks that you made in it.

    (c) 2008 Blender Foundation, www.bigbuckbunny.org, CC-BY 3.0, as the sample: name them where you show it.

    Args:
        name: Which: "coats".
        path: A folder for its log and clips. Default: `examples/<name>` in the data folder, or a temporary one where
            nothing can be written there.

    Returns:
        The experiment: `.wall()`, `.compare()`, `.frame()`, `.report(path)`, `.launcher()` work as on your own.

    Raises:
        InvalidInput: There is no such example.
        LogError: The folder given cannot be written to.

    Example:
        >>> exp = example("coats")
        >>> exp.frame()["prompt"].value_counts().tolist()
        [9, 9]
        >>> exp.wall().save("coats.html")  # doctest: +SKIP
    """
    known = sorted(found.parent.name for found in _HERE.glob("*/runs.json"))
    if name not in known:
        raise InvalidInput(f"There is no example {name!r:.80}. There is: {', '.join(map(repr, known))}.")
    source = _HERE / name
    log = _open(source, locate(path) if path is not None else None)
    title = f"{name} (example)"
    return Experiment(title, log=log, client=Client(sandbox=True, store=log.assets))


def _open(source: Path, chosen: Path | None) -> Log:
    if chosen is not None:
        return _filled(source, chosen)
    try:
        return _filled(source, _settings.load().data_dir / "examples" / source.name)
    except LogError:
        # a data folder that may only be read, or is full: it is only to be looked at
        folder = _temporary.setdefault(source.name, tempfile.mkdtemp(prefix="pixnb-example-"))
        announce(f"the data folder cannot be written to, so the example is in {folder} for now", private=True)
        return _filled(source, Path(folder))


_temporary: dict[str, str] = {}


def _filled(source: Path, folder: Path) -> Log:
    """Open the log in a folder; what is missing of its clips and runs is put there."""
    log = open_log(folder / "log.db", assets=folder / "assets")
    said = read(source / "runs.json")
    try:
        for clip in said.sources:
            _copy(source / clip, folder / "clips" / clip)
        for film in said.films:
            log.assets.put(source / film.name, sha256=film.sha256)
    except OSError as error:
        if not log.read_only:
            raise LogError(
                f"The example's clips cannot be put into {folder} ({error}). Make that folder writable, or give "
                "another: pixnb.example(path=…)."
            ) from error
    if not log.read_only:
        write_runs(log, said, title=f"{source.name} (example)", clips=folder / "clips")
    return log


def _copy(source: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        shutil.copyfile(source, part)
        part.replace(target)


__all__ = ["example"]
