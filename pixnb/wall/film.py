"""A wall as one video, for a slide: all clips in step under their heads, in H.264 that plays everywhere."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.compare.files import target_of
from pixnb.display import wording
from pixnb.errors import InvalidInput, PixnbError
from pixnb.media.media import Media
from pixnb.media.probe import check
from pixnb.media.reel import Reel
from pixnb.wall.geometry import Geometry, Screen, lay_out
from pixnb.wall.picture import centre, draw_still, paint_ground

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from PIL.Image import Image

    from pixnb.display.fonts import Fonts
    from pixnb.wall.matrix import Matrix

WIDTH, HEIGHT = 1920, 1080
MOST_SECONDS = 600
"""A film ends here, whatever it shows."""

_MOST_CELLS = 48
_MOST_FPS, _USUAL_FPS = 30, 24
_STILL_SECONDS, _STILL_FPS = 5, 5  # of a film in which nothing moves
_TRIED = (560, 700, 860, 1040, 1280, 1600, 1920, 2400, 3200)


def make_film(
    matrix: Matrix, path: str | os.PathLike[str], *, fonts: Fonts | None = None, progress: bool = True
) -> Path:
    """Write a wall as one MP4, without sound, of at most 1920×1080 pixels.

    All clips begin together; one that is over keeps its last picture until the longest is. A picture stands still,
    and what is missing says why. It shows the first 48 cells and ends after ten minutes; a source goes no longer than
    the clips made of it. One picture of each clip is in memory.

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
    best: tuple[float, int, float] | None = None
    for across in _TRIED:
        plan = lay_out(matrix, across=across, says=False, most=_MOST_CELLS, fonts=fonts)
        scale = min(WIDTH / plan.wide, HEIGHT / (plan.high + 40), 3.0)
        clip = max((screen.wide for screen in plan.screens), default=1)
        size = scale * clip * min(1.0, scale / 1.3)  # letters are read from the back of a room
        if best is None or size > best[0] + 1:
            best = size, across, scale
    assert best is not None
    _, across, scale = best
    while True:  # letters do not grow as pictures do
        plan = lay_out(matrix, across=across, scale=scale, says=False, most=_MOST_CELLS, fonts=fonts)
        if (plan.wide <= WIDTH and plan.high + 40 * scale <= HEIGHT) or scale < 0.2:
            return plan
        scale *= 0.97


def _write(plan: Geometry, part: Path, fonts: Fonts | None, progress: bool) -> None:
    import av

    ground = _even(paint_ground(plan, fonts, {}))
    with ExitStack() as stack:
        found = [(screen, _open(screen, ground)) for screen in plan.screens]
        reels = [(screen, stack.enter_context(reel)) for screen, reel in found if reel is not None]
        infos = [(screen, Media(screen.place).info) for screen, _ in reels if screen.place]
        fps = max((min(info.fps or _USUAL_FPS, _MOST_FPS) for _, info in infos), default=_STILL_FPS)
        rate = Fraction(fps).limit_denominator(1001)
        made = [info.duration or 0.0 for screen, info in infos if not screen.is_source]
        length = max(made or [info.duration or 0.0 for _, info in infos], default=0.0) or _STILL_SECONDS
        count = max(1, round(min(length, MOST_SECONDS) * rate))
        with av.open(str(part), "w", options={"movflags": "+faststart"}) as out:
            video = _video_out(out, ground, rate)
            for number in _tell(count, progress):
                for screen, reel in reels:
                    seen = reel.show(float(number / rate))
                    if seen is not None:
                        ground.paste(seen, centre(screen, seen.size))
                _push(out, video, ground, number, rate)
            out.mux(video.encode(None))


def _open(screen: Screen, ground: Image) -> Reel | None:
    """Open a clip; of a picture, or one that cannot be played, its still is painted."""
    if screen.place is None:
        return None
    try:
        if Media(screen.place).kind == "video":
            return Reel(screen.place, (screen.wide, screen.high))
    except (PixnbError, OSError, ValueError):
        pass
    still = draw_still(screen)
    if still:
        ground.paste(still, centre(screen, still.size))
    return None


def _even(ground: Image) -> Image:
    """H.264 of this kind halves the colours' rows and columns: sizes are even, and no larger than a screen."""
    from PIL import Image

    wide, high = min(WIDTH, ground.width), min(HEIGHT, ground.height)
    made = Image.new("RGB", (wide + wide % 2, high + high % 2), "#ffffff")
    made.paste(ground, (0, 0))
    return made


def _video_out(out: OutputContainer, ground: Image, rate: Fraction) -> VideoStream:
    video: VideoStream = out.add_stream(
        "libx264", rate=rate, options={"preset": "veryfast", "crf": "20", "rc-lookahead": "10"}
    )
    video.width, video.height = ground.size
    video.pix_fmt = "yuv420p"
    video.thread_count = 2
    for name, value in (("color_range", 1), ("colorspace", 1), ("color_primaries", 1), ("color_trc", 1)):
        setattr(video.codec_context, name, value)
    return video


def _push(out: OutputContainer, video: VideoStream, ground: Image, number: int, rate: Fraction) -> None:
    import av

    frame: Any = av.VideoFrame.from_image(ground)  # type: ignore[no-untyped-call]  # PyAV leaves Pillow's types out
    frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
    frame.pts, frame.time_base = number, 1 / rate
    out.mux(video.encode(frame))


def _tell(count: int, progress: bool) -> Iterable[int]:
    from tqdm.auto import tqdm

    is_quiet = not progress or sys.stderr is None
    bar: Iterable[int] = tqdm(
        range(count), unit="frame", desc="Film", delay=2, mininterval=0.5, leave=False, disable=is_quiet
    )
    return bar


__all__ = ["HEIGHT", "MOST_SECONDS", "WIDTH", "make_film"]
