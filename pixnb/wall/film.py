"""A wall as one video, for a slide: all clips in step under their heads, in H.264 that plays everywhere."""

from __future__ import annotations

import math
import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pixnb.compare.files import target_of
from pixnb.display import wording
from pixnb.errors import InvalidInput
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.media.probe import check
from pixnb.media.reel import Reel
from pixnb.wall.geometry import MOST_CELLS, Geometry, Screen, lay_out
from pixnb.wall.picture import centre, draw_still, paint_ground

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from PIL.Image import Image

    from pixnb.display.fonts import Fonts
    from pixnb.wall.matrix import Matrix

T = TypeVar("T")
WIDTH, HEIGHT = 1920, 1080
MOST_SECONDS = 600
"""A film ends here, whatever it shows."""

_FEW = 8
"""Clips up to which each is decoded as it is: a large one takes some 40 MB until the film is made. Of more, each is
first made as small as its screen."""

_AT_ONCE = 2  # of those
_MOST_FPS, _USUAL_FPS = 30, 24
_STILL_SECONDS, _STILL_FPS = 5, 5  # of a film in which nothing moves
_TRIED = (560, 700, 860, 1040, 1280, 1600, 1920, 2400, 3200)


def make_film(
    matrix: Matrix, path: str | os.PathLike[str], *, fonts: Fonts | None = None, progress: bool = True
) -> Path:
    """Write a wall as one MP4, without sound, of at most 1920×1080 pixels.

    All clips begin together; one that is over keeps its last picture until the longest is. A picture stands still,
    and what is missing says why. It shows the first 96 cells and ends after ten minutes; a source goes no longer than
    the clips made of it. Small copies of many clips are beside the file until it is whole.

    Args:
        matrix: What is where.
        path: The file, replaced when the new one is whole.
        fonts: Where letters come from; None: this machine's.
        progress: Whether a bar tells how far it is, from two seconds on.

    Returns:
        The file's absolute path.

    Raises:
        InvalidInput: It cannot be written: the disk is full, or there is no such folder.
    """
    target = target_of(path, ".mp4")
    with _as_invalid(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pixnb-", dir=target.parent) as folder:
            part = Path(folder, "film.mp4")
            _write(_fit(matrix, fonts), part, fonts, progress)
            _check(part)
            part.replace(target)
    return target


@contextmanager
def _as_invalid(target: Path) -> Iterator[None]:
    import av

    try:
        yield
    except (OSError, ValueError, av.FFmpegError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"{wording.legible(str(target))} cannot be written: {why}. Free some space, or choose another path."
        ) from error


def _check(part: Path) -> None:
    """A full disk is not always told by the muxer: the film has to be whole."""
    try:
        check(part)
    except InvalidInput as error:
        raise OSError("what was written is not whole, as on a full disk") from error


def _fit(matrix: Matrix, fonts: Fonts | None) -> Geometry:
    """Find the arrangement in which clips are largest on a screen."""
    matrix = _widen(matrix)
    best: tuple[float, int, float] | None = None
    for across in _TRIED:
        plan = lay_out(matrix, across=across, says=False, fonts=fonts)
        scale = min(WIDTH / plan.wide, HEIGHT / (plan.high + 40), 3.0)
        clip = max((screen.wide for screen in plan.screens), default=1)
        size = scale * clip * min(1.0, scale / 1.3)  # letters are read from the back of a room
        if best is None or size > best[0] + 1:
            best = size, across, scale
    assert best is not None
    _, across, scale = best
    while True:  # letters do not grow as pictures do
        plan = lay_out(matrix, across=across, scale=scale, says=False, fonts=fonts)
        if (plan.wide <= WIDTH and plan.high + 40 * scale <= HEIGHT) or scale < 0.2:
            return plan
        scale *= 0.97


def _widen(matrix: Matrix) -> Matrix:
    """Have cells that wrap as words do fill a screen, which is wider than high."""
    if not matrix.is_flow or len(matrix.rows) <= len(matrix.columns):
        return matrix
    cells = [spots for _, spots in sorted(matrix.places.items())][:MOST_CELLS]
    across = math.ceil(math.sqrt(1.2 * len(cells)))
    while math.ceil(len(cells) / across) > MOST_CELLS // across:  # a last row that is not full counts as one
        across += 1
    rows = math.ceil(len(cells) / across)
    return replace(
        matrix,
        rows=((),) * rows,
        columns=((),) * across,
        places={divmod(number, across): spots for number, spots in enumerate(cells)},
        beside=tuple(replace(source, start=0, span=rows) for source in matrix.beside),
    )


def _write(plan: Geometry, part: Path, fonts: Fonts | None, progress: bool) -> None:
    import av

    ground = _even(paint_ground(plan, fonts, {}))
    clips = [(screen, screen.place) for screen in plan.screens if screen.place and _is_film(screen.place)]
    moving = {screen for screen, _ in clips}
    for screen in plan.screens:
        if screen not in moving and (still := draw_still(screen)):
            ground.paste(still, centre(screen, still.size))
    with ExitStack() as stack:
        infos = [(screen, Media(place).info) for screen, place in clips]
        fps = max((min(info.fps or _USUAL_FPS, _MOST_FPS) for _, info in infos), default=_STILL_FPS)
        rate = Fraction(fps).limit_denominator(1001)
        made = [info.duration or 0.0 for screen, info in infos if not screen.is_source]
        length = max(made or [info.duration or 0.0 for _, info in infos], default=0.0) or _STILL_SECONDS
        count = max(1, round(min(length, MOST_SECONDS) * rate))
        if len(clips) > _FEW:
            clips = _make_small(clips, part.parent, rate, count, progress)
        reels = [(screen, stack.enter_context(Reel(place, (screen.wide, screen.high)))) for screen, place in clips]
        with av.open(str(part), "w", options={"movflags": "+faststart"}) as out:
            video = _video_out(out, ground.size, rate, threads=2, options=_SHOWN)
            for number in _tell(range(count), count, "Film", "frame", progress):
                for screen, reel in reels:
                    seen = reel.show(float(number / rate))
                    if seen is not None:
                        ground.paste(seen, centre(screen, seen.size))
                _push(out, video, ground, number, rate)
            out.mux(video.encode(None))


def _is_film(place: Path) -> bool:
    """Whether it moves; of a picture, or what cannot be played, there is a still."""
    try:
        if Media(place).kind != "video":
            return False
        with Reel(place, (2, 2)):
            return True
    except UNREADABLE:
        return False


_Clip = tuple[Screen, Path]


def _make_small(clips: Sequence[_Clip], folder: Path, rate: Fraction, count: int, progress: bool) -> list[_Clip]:
    """Make clips as small as their screens, two at a time: so small, all of them can be open."""
    stopped = threading.Event()

    def make(number: int) -> _Clip:
        screen, place = clips[number]
        _write_small(place, folder / f"{number}.mp4", (screen.wide, screen.high), rate, count, stopped)
        return screen, folder / f"{number}.mp4"

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            return list(_tell(pool.map(make, range(len(clips))), len(clips), "Clips", "clip", progress))
        except BaseException:  # Ctrl-C, or a full disk: nobody waits for the others
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write_small(
    place: Path, part: Path, size: tuple[int, int], rate: Fraction, count: int, stopped: threading.Event
) -> None:
    import av

    with Reel(place, size) as reel, av.open(str(part), "w") as out:
        video = _video_out(out, size, rate, threads=1, options=_SMALL, pixels="yuv444p")
        seen = None
        for number in range(count):
            seen = reel.show(float(number / rate)) or seen
            if seen is not None:  # else it begins later than others
                _push(out, video, seen, number, rate)
            if reel.is_over or stopped.is_set():
                break
        out.mux(video.encode(None))


def _even(ground: Image) -> Image:
    """H.264 of this kind halves the colours' rows and columns: sizes are even, and no larger than a screen."""
    from PIL import Image

    wide, high = min(WIDTH, ground.width), min(HEIGHT, ground.height)
    made = Image.new("RGB", (wide + wide % 2, high + high % 2), "#ffffff")
    made.paste(ground, (0, 0))
    return made


_SHOWN = {"preset": "veryfast", "crf": "20", "rc-lookahead": "10"}
_SMALL = {"preset": "ultrafast", "crf": "6"}  # decoded once more, it looks the same; no decoder keeps much of it


def _video_out(
    out: OutputContainer,
    size: tuple[int, int],
    rate: Fraction,
    *,
    threads: int,
    options: dict[str, str],
    pixels: str = "yuv420p",
) -> VideoStream:
    video: VideoStream = out.add_stream("libx264", rate=rate, options=options)
    video.width, video.height = size
    video.pix_fmt = pixels
    video.thread_count = threads
    for name, value in (("color_range", 1), ("colorspace", 1), ("color_primaries", 1), ("color_trc", 1)):
        setattr(video.codec_context, name, value)
    return video


def _push(out: OutputContainer, video: VideoStream, ground: Image, number: int, rate: Fraction) -> None:
    import av

    frame: Any = av.VideoFrame.from_image(ground)  # type: ignore[no-untyped-call]  # PyAV leaves Pillow's types out
    frame = frame.reformat(format=video.pix_fmt, dst_colorspace="ITU709")
    frame.pts, frame.time_base = number, 1 / rate
    out.mux(video.encode(frame))


def _tell(things: Iterable[T], count: int, what: str, unit: str, progress: bool) -> Iterable[T]:
    from tqdm.auto import tqdm

    is_quiet = not progress or sys.stderr is None
    bar: Iterable[T] = tqdm(
        things, total=count, unit=unit, desc=what, delay=2, mininterval=0.5, leave=False, disable=is_quiet
    )
    return bar


__all__ = ["HEIGHT", "MOST_SECONDS", "WIDTH", "make_film"]
