"""One HTML file with the clips of a frame in it, to open anywhere or to send."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb import __version__
from pixnb.compare import figures
from pixnb.compare.varying import constant, varying
from pixnb.errors import InvalidInput
from pixnb.media.kinds import kind, sniff
from pixnb.media.preview import poster, preview

if TYPE_CHECKING:
    import pandas as pd

_EMBED_BELOW = 2_000_000
"""Bytes up to which a clip goes in as it is; a larger one as a preview."""


def write_report(frame: pd.DataFrame, path: str | os.PathLike[str], *, title: str = "Runs") -> Path:
    """Write one HTML file that needs nothing else: no network, no folder beside it.

    Args:
        frame: A log's frame; needs `output_path` to show clips.
        path: Where to; ".html" is added when it has no ending.
        title: Its heading.

    Returns:
        The file's absolute path.

    Raises:
        InvalidInput: The file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    target = target if target.suffix else target.with_suffix(".html")
    text = render(frame, title=title)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidInput(
            f"The report cannot be written to {target}: {error.strerror}. Choose another path."
        ) from error
    return target


def render(frame: pd.DataFrame, *, title: str) -> str:
    """Return the report's HTML; every text from outside is escaped."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(Path(__file__).with_name("report.html.jinja").read_text(encoding="utf-8"))
    differ = [name for name in varying(frame) if name != "prompt" and not name.startswith("input.")]
    rows = frame.to_dict("records")
    return template.render(
        title=title,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
        same=_same(frame),
        sources=_sources(frame),
        cards=[_card(row, differ) for row in rows],
        simulated=any(row.get("sandbox") is True for row in rows),
    )


def _same(frame: pd.DataFrame) -> list[tuple[str, str]]:
    shown = {name: value for name, value in constant(frame).items() if not name.startswith("input.")}
    shown.pop("take", None)
    return [(_label(name), str(value)) for name, value in shown.items() if name not in ("provider", "task", "prompt")]


def _sources(frame: pd.DataFrame) -> list[dict[str, Any]]:
    found = {
        str(value): name.removeprefix("input.")
        for name in frame.columns
        if str(name).startswith("input.")
        for value in frame[name].dropna().unique()
    }
    return [{"role": role, "name": Path(place).name, **_media(place)} for place, role in found.items()]


def _card(row: Mapping[Any, Any], differ: list[str]) -> dict[str, Any]:
    return {
        "prompt": row.get("prompt") if figures.is_given(row.get("prompt")) else "",
        "facts": [(_label(name), str(row[name])) for name in differ if figures.is_given(row[name])],
        "status": str(row.get("status", "")),
        "error": row.get("error") if figures.is_given(row.get("error")) else "",
        "cost": figures.cost(row),
        "time": figures.seconds(row),
        "run_id": row.get("run_id", ""),
        **_media(row.get("output_path")),
    }


def _media(place: Any) -> dict[str, Any]:
    """What shows a file, as data URIs; nothing for what is not here."""
    if not isinstance(place, str) or not Path(place).is_file():
        return {"kind": None}
    path = Path(place)
    with path.open("rb") as file:
        media_type = sniff(file.read(64)) or ""
    what, data = kind(media_type), None
    if path.stat().st_size <= _EMBED_BELOW:
        data = path.read_bytes()
    elif what == "video":
        data, media_type = preview(path), "video/mp4"
    elif what == "image":
        data, media_type = poster(path, 1280), "image/jpeg"
    still = _uri("image/jpeg", poster(path, 640)) if what == "video" else None
    return {"kind": what, "uri": _uri(media_type, data) if data else None, "poster": still}


def _uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def _label(name: str) -> str:
    return name.removeprefix("params.").removeprefix("vars.").replace("_", " ")


__all__ = ["render", "write_report"]
