"""The field for a file: a path or URL, an upload, the sample, or an earlier output, with a look at what was given."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from pixnb import html, visitors
from pixnb.display import wording
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.media.sample import sample
from pixnb.project import locate
from pixnb.widgets.earlier import Earlier
from pixnb.widgets.field import Field
from pixnb.widgets.spec import Spec
from pixnb.widgets.upload import Upload

if TYPE_CHECKING:
    from pixnb.media.part import Asset
    from pixnb.media.store import Store
    from pixnb.runs.earlier import Made

_SAMPLES = {f'pixnb.sample("{kind}")': kind for kind in ("video", "image", "audio")}
_hidden: dict[str, str] = {}  # paths that visitors are not told, by what they are told
_SAMPLE_STEM = "big-buck-bunny-640x360"


class MediaField(Field):
    """A file for the service. What it holds is one line of text: a path, a URL, or the sample's code.

    An upload is kept in the store, and the line says where: what is sent is what is seen, and works tomorrow.

    Args:
        spec: The parameter.
        store: Where uploads are kept.
        made: Reads what earlier runs have made of a kind, the newest first.
    """

    def __init__(self, spec: Spec, store: Store, made: Callable[[str], Sequence[Made]] = lambda kind: ()) -> None:
        self.kind = spec.role if spec.role in ("video", "audio") else "image"
        self.seconds: float | None = None
        self._names: dict[str, str] = {}
        self._told: list[Callable[[Any], object]] = []
        control = ipywidgets.Text(description=spec.name, placeholder=self._placeholder(spec), continuous_update=False)
        self.upload = Upload(store, done=self._keep, failed=self._refuse, label=spec.name, accept=f"{self.kind}/*")
        self.sample = ipywidgets.Button(description="Sample", tooltip=f"Sample {self.kind} for {spec.name}")
        self.sample.on_click(lambda _: self.fill(sample(self.kind)))
        self.look = ipywidgets.HTML()
        self.earlier = ipywidgets.ToggleButton(description="Earlier", tooltip=f"Earlier outputs for {spec.name}")
        self.list = Earlier(
            lambda: made(self.kind),
            chosen=self._take,
            closed=lambda: setattr(self.earlier, "value", False),
            label=f"Earlier outputs for {spec.name}",
        )
        self.earlier.observe(lambda change: self.list.unfold(change["new"]), "value")
        super().__init__(spec, control, self.upload, self.sample, self.earlier, wide=True)
        self.box.children = [*self.box.children, self.list, self.look]
        control.observe(self._look_soon, "value")

    def _placeholder(self, spec: Spec) -> str:
        article = "a" if self.kind == "video" else "an"
        return ("" if spec.required else "not set · ") + f"path or URL of {article} {self.kind}"

    @property
    def value(self) -> Any:
        """A path or URL as text, or the sample; None when nothing is given."""
        text = self.control.value.strip().strip("\"'") if self.control.value not in _SAMPLES else self.control.value
        return sample(_SAMPLES[text]) if text in _SAMPLES else _hidden.get(text, text) or None

    @property
    def kept(self) -> Any:
        """The line, a file by its whole path."""
        value = self.value
        return located(value) if isinstance(value, Media) or "://" in str(value) else str(locate(value))

    def fill(self, value: Any) -> None:
        """Show a path, a URL, or a Media that has one."""
        if isinstance(value, str) and os.path.isabs(value):  # noqa: PTH117 - a Path takes what is none
            value = Path(value)
        self.control.value = "" if value is None else located(value)

    def on_change(self, told: Callable[[Any], object]) -> None:
        """As a field's; also told when the file has been looked at, from another thread."""
        super().on_change(told)
        self._told.append(told)

    def _take(self, made: Made, words: str) -> None:
        """Show an earlier output: what is sent is its file in the store."""
        self._names[located(made.media)] = words
        self.fill(made.media)

    def _keep(self, asset: Asset, name: str) -> None:
        text = short(asset.path)
        self._names[text] = name
        if self.control.value == text:
            self._look_soon({})
        self.control.value = text

    def _refuse(self, problem: str) -> None:
        self.trouble = f"{self.spec.name} {problem}"
        self.blame(self.trouble)

    def _look_soon(self, _: object) -> None:
        self.seconds, self.look.value, self.trouble = None, "", ""
        text, value = self.control.value, self.value
        if isinstance(value, Media) or (isinstance(value, str) and "://" not in value):
            threading.Thread(target=self._look, args=(text, value), daemon=True).start()

    def _look(self, text: str, value: Any) -> None:
        """See what the file is, behind: a large one takes its time."""
        problem, seen, seconds = "", "", None
        try:
            media = Media.of(value)
            if media.kind == self.kind:
                seconds = media.info.duration if self.kind != "image" else None
                seen = _caption(media, self.kind, self._names.get(text))
            else:
                called = f": {self._names[text]}" if text in self._names else ""
                problem = f"is {media.media_type}, not {'a' if self.kind == 'video' else 'an'} {self.kind}{called}"
        except UNREADABLE as error:
            problem = f"cannot be used: {getattr(error, 'message', error)}"
        if text != self.control.value:
            return  # another file was given meanwhile
        self.seconds, self.look.value = seconds, seen
        if problem:
            self._refuse(problem)
        for told in self._told:
            told({"name": "seconds", "new": seconds})


def located(value: Any) -> str:
    """Write a media value as the line that a field holds.

    Example:
        >>> located(sample("video")), located("clip.mp4")
        ('pixnb.sample("video")', 'clip.mp4')
    """
    if isinstance(value, Media):
        for code, kind in _SAMPLES.items():
            # by name first: the sample's sound is made when it is first asked for
            if value.path is not None and value.path.stem == _SAMPLE_STEM and value.path == sample(kind).path:
                return code
        value = value.path or value.url
    return value if isinstance(value, str) else short(Path(os.fspath(value)))


def short(path: Path) -> str:
    """Give a path from the working folder where it lies in it, else the whole path; visitors are told its name."""
    here = locate(".")
    if path.is_relative_to(here) or not visitors.are_here():
        return str(path.relative_to(here) if path.is_relative_to(here) else path)
    text = f"…/{path.name}"
    while _hidden.setdefault(text, str(path)) != str(path):
        text = f"…{text}"
    return text


def _caption(media: Media, kind: str, name: str | None) -> str:
    info = media.info
    facts = [name or (media.path.name if media.path else "")]
    if kind != "audio" and info.width:
        facts.append(f"{info.width}×{info.height}")
    if kind != "image" and info.duration:
        facts.append(wording.duration(info.duration))
    facts.append(wording.size(media.size))
    if name:
        facts.append("kept in the log's store")
    picture = ""
    if kind != "audio":
        picture = html.image(html.data_uri("image/jpeg", media.poster(160)), label=f"A frame of {facts[0]}")
    return f'<div class="pixnb-look">{picture}<span>{html.escape(" · ".join(facts))}</span></div>'


__all__ = ["MediaField", "located", "short"]
