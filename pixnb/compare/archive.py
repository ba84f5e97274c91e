"""Runs to hand on: a zip of their original clips under names that speak, and of their rows as CSV."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pixnb.compare.anonymous import export
from pixnb.compare.content import NUMBERS
from pixnb.compare.files import name_file, open_whole
from pixnb.display import wording
from pixnb.errors import PixnbError
from pixnb.project import is_file

if TYPE_CHECKING:
    import pandas as pd

    Fetch = Callable[[str], Path | None]

_PIECE = 1 << 20
_PROMPT = 70  # bytes of a prompt in a name
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # where a zip's clock begins
_TABLE = "runs.csv"


@dataclass(frozen=True)
class Archive:
    """What a zip holds.

    Attributes:
        table: `runs.csv`: a row a run; `file` is its clip's name in the zip, `missing` why there is none.
        files: The originals, by their names in the zip.
        times: When each was made, as a zip says it.
        lost: What is missing although it was there once, in words.
    """

    table: bytes
    files: Mapping[str, Path]
    times: Mapping[str, tuple[int, ...]]
    lost: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(path.stat().st_size for path in self.files.values())

    def write(self, target: Path, *, progress: Callable[[int], object] = lambda _: None) -> Path:
        """Write it whole or not at all, a piece at a time; the same runs give the same bytes.

        Args:
            target: The file, replaced if there is one.
            progress: Is told how many bytes of the files were written, each time a piece was.

        Returns:
            The same path.

        Raises:
            InvalidInput: It cannot be written, or a file cannot be read.
        """
        done = 0
        with open_whole(target) as file, zipfile.ZipFile(file, "w") as packed:
            packed.writestr(_entry(_TABLE, _LONG_AGO, packs=True), self.table)
            for name, path in self.files.items():
                entry = _entry(name, self.times[name])
                entry.file_size = path.stat().st_size  # beyond 2 GB it takes another form
                with open(path, "rb") as source, packed.open(entry, "w") as sink:
                    for piece in _read(source):
                        sink.write(piece)
                        done += len(piece)
                        progress(done)
        return target


def pack(frame: pd.DataFrame, *, anonymous: bool = False, fetch: Fetch | None = None) -> Archive:
    """Choose what goes into a zip, and how it is called there.

    Args:
        frame: The runs, with `output_path`.
        anonymous: Whether the rows leave out who ran them and where.
        fetch: Finds a file by its sha256 where it is not in its place.

    Example:
        >>> import pandas as pd
        >>> runs = pd.DataFrame({"prompt": ["A red coat"], "output_path": ["/gone/a.mp4"]})
        >>> pack(runs).lost
        ('1 A red coat: a.mp4 is no longer where the log has it',)
    """
    records = frame.to_dict("records")
    known = frame.attrs.get(NUMBERS, {})
    numbers = [known.get(record.get("run_id"), number) for number, record in enumerate(records, 1)]
    width = len(str(max(numbers, default=0)))
    names: dict[Path, str] = {}
    files, times, lost = dict[str, Path](), dict[str, tuple[int, ...]](), list[str]()
    told: list[tuple[str | None, str | None]] = []
    for number, record in zip(numbers, records, strict=True):
        title = " ".join([f"{number:0{width}}", _title(record)]).strip()
        path, why = _find(record, fetch)
        if path is None:
            told.append((None, why))
            if why and wording.is_given(record.get("output_path")):
                lost.append(f"{wording.legible(title)}: {why}")
            continue
        if path not in names:  # runs that share a clip name it alike
            names[path] = name = name_file(title, _ending(path))
            files[name], times[name] = path, _time(record)
        told.append((names[path], None))
    file, missing = (name if name not in frame else f"zip.{name}" for name in ("file", "missing"))
    whys: dict[str, Any] = {missing: [why for _, why in told]}
    table = export(frame.assign(**whys), anonymous=anonymous)
    table.insert(0, file, [name for name, _ in told])
    text = table.to_csv(index=False)
    return Archive(text.encode("utf-8", "replace"), files, times, tuple(lost))


def _title(record: Mapping[Any, Any]) -> str:
    """What is said of a run in a name: what was asked, of which model, and which take it is."""
    prompt = record.get("prompt")
    words = " ".join(prompt.split()) if isinstance(prompt, str) else ""
    data = words.encode("utf-8", "replace")
    cut = data[:_PROMPT].decode("utf-8", "ignore").strip() + ("…" if len(data) > _PROMPT else "")
    marks = [f"{name} {wording.legible(str(record[name]))}" for name in ("seed", "take")
             if wording.is_given(record.get(name))]  # fmt: skip
    model = record.get("model")
    return ", ".join([*filter(None, [cut, model if isinstance(model, str) else ""]), *marks])


def _find(record: Mapping[Any, Any], fetch: Fetch | None) -> tuple[Path | None, str | None]:
    """Find a run's file; else say why there is none."""
    place, digest = record.get("output_path"), record.get("output_sha256")
    if isinstance(place, str) and place and is_file(Path(place)):
        return Path(place), None
    try:
        found = fetch(digest) if fetch and isinstance(digest, str) and digest else None
    except (PixnbError, OSError) as error:
        return None, error.message if isinstance(error, PixnbError) else str(error)
    if found is not None:
        return found, None
    if isinstance(place, str) and place:
        return None, f"{wording.legible(Path(place).name)} is no longer where the log has it"
    status = record.get("status")
    return None, f"no file: {status.lower()}" if isinstance(status, str) else "no file"


def _ending(path: Path) -> str:
    return path.suffix.lower() if _ENDING.fullmatch(path.suffix) else ""


def _time(record: Mapping[Any, Any]) -> tuple[int, ...]:
    made: Any = record.get("completed_at")
    if not wording.is_given(made) or not hasattr(made, "timetuple") or not 1980 <= made.year < 2108:
        return _LONG_AGO
    return tuple(made.timetuple()[:6])


def _entry(name: str, made: tuple[int, ...], *, packs: bool = False) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (made[0], made[1], made[2], made[3], made[4], made[5]))
    entry.create_system = 3  # Unix, also on Windows
    entry.external_attr = 0o100644 << 16
    # clips are packed already
    entry.compress_type = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
    return entry


def _read(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


__all__ = ["Archive", "pack"]
