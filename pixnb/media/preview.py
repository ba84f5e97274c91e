"""Small pictures and small videos of a media file, as bytes that a notebook can carry."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.errors import InvalidInput
from pixnb.media import still
from pixnb.media.drawing import Drawer
from pixnb.media.probe import MediaInfo, Source, first_picture, name, opened, picture, probe, refuse_too_large, stream
from pixnb.media.shape import find_shape
from pixnb.media.tone import find_matrix, tone_filters

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.filter import Graph
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SOUND_BITS = 64_000
_POOR = 400_000  # bits a second of which sound must not take a sixth
_LEAST_BITS = 120_000  # a second of 360p under this is mush: a long clip is shown in part instead
_MOST_FRAMES = 12_000
_MOST_PIXELS = 5_000_000_000
"""Of all pictures that are decoded for a preview; what is longer is shown in part, from its start."""


def poster(source: Source, width: int = 640, *, at: float | None = None) -> bytes:
    r"""Make a JPEG of one picture of a video, or of a picture.

    Only keyframes are decoded, so it is quick on long clips too.

    Args:
        source: A path, or the file's bytes.
        width: The most pixels across; a smaller picture is not blown up.
        at: Seconds from the start; the keyframe at or before it is taken. None: the first keyframe.

    Returns:
        The JPEG's bytes.

    Raises:
        InvalidInput: It is not media, or holds no picture.

    Example:
        >>> from pixnb.media.sample import sample
        >>> poster(sample("video").path, width=160)[:3]
        b'\xff\xd8\xff'
    """
    called = name(source)
    with stream(source) as file:
        if still.is_picture(file):
            return still.jpeg(still.poster(file, called, width))
    with opened(source) as container:
        found = _keyframe(container, called, at)
        if found is None:  # streams without an index may be read from behind their last keyframe
            return poster(source, width)
        video, frame = found
        shape = find_shape(video, frame)
        image = Drawer(video).draw(frame, _fit(*shape.size(frame.width, frame.height), width))
    return still.jpeg(image)


def preview(source: Source, height: int = 360, *, limit: int = 1_500_000, fps: float = 30.0) -> bytes:
    """Make a small MP4 that any browser plays: H.264 yuv420p, short GOP, index in front, sound as AAC.

    Args:
        source: A path to a video, or its bytes.
        height: The most pixels down; a smaller video keeps its size.
        limit: The most bytes. What is too long for that is shown in part, from its start.
        fps: The most pictures a second; fewer make better ones of the same bytes.

    Returns:
        The MP4's bytes.

    Raises:
        InvalidInput: It is not a video, or not even a second of it fits into `limit`.

    Example:
        >>> from pixnb.media.sample import sample
        >>> len(preview(sample("video").path, height=120, limit=200_000)) <= 200_000
        True
    """
    info = probe(source)
    if info.kind != "video":
        raise InvalidInput(f"{name(source)} is {info.kind}, not video: only a video has a preview. Show it as it is.")
    seconds = info.duration or 60.0
    budget = limit * 0.9
    # The encoder's rate cap is a rule over time, no promise for a clip: what came out too big goes again.
    least = _LEAST_BITS * min(1.0, height / 360) ** 2 * min(1.0, fps / 24)
    for _ in range(4):
        sound = _sound_bits(info, budget * 8 / seconds)
        shown = min(seconds, budget * 8 / (least + sound))
        if shown < min(seconds, 1.0):
            break
        bits = int(budget * 8 / max(shown, 0.1)) - sound
        made = _encode(source, info, _Form(height, fps, shown, bits, sound))
        if len(made) <= limit:
            return made
        budget *= 0.9 * limit / len(made)
    raise InvalidInput(f"A preview of {name(source)} does not fit into {limit} bytes. Give a higher limit.")


def preview_sound(source: Source, *, limit: int = 1_500_000) -> bytes:
    """Make a small sound file that any browser plays: AAC in MP4.

    Args:
        source: A path to a sound, or its bytes.
        limit: The most bytes. What is too long for that is given in part, from its start.

    Returns:
        The file's bytes.

    Raises:
        InvalidInput: There is no sound in it, or not even a second of it fits into `limit`.

    Example:
        >>> from pixnb.media.sample import sample
        >>> len(preview_sound(sample("audio").path, limit=20_000)) <= 20_000
        True
    """
    info = probe(source)
    if not info.audio:
        raise InvalidInput(f"{name(source)} has no sound, and so none to play. Give a clip that has some.")
    seconds, budget = info.duration or 60.0, limit * 0.9
    for _ in range(4):
        bits = int(min(_SOUND_BITS, max(_SOUND_BITS // 2, budget * 8 / seconds)))
        shown = min(seconds, budget * 8 / bits)
        if shown < min(seconds, 1.0):
            break
        made = _encode_sound(source, bits, shown)
        if len(made) <= limit:
            return made
        budget *= 0.9 * limit / len(made)
    raise InvalidInput(f"The sound of {name(source)} does not fit into {limit} bytes. Give a higher limit.")


def _encode_sound(source: Source, bits: int, seconds: float) -> bytes:
    import av

    with tempfile.TemporaryDirectory(prefix="pixnb-") as folder:
        path = Path(folder, "preview.m4a")
        with opened(source) as given, av.open(str(path), "w", "mp4", options={"movflags": "+faststart"}) as out:
            sound = _sound_out(out, bits)
            resampler = av.AudioResampler("fltp", "stereo", 48_000)
            for frame in given.decode(given.streams.audio[0]):
                if frame.time is not None and frame.time >= seconds:
                    break
                _push_sound(resampler, frame, out, sound)
            _push_sound(resampler, None, out, sound)
            out.mux(sound.encode(None) if sound else [])
        return path.read_bytes()


def _keyframe(container: InputContainer, called: str, at: float | None) -> tuple[VideoStream, VideoFrame] | None:
    video = picture(container)
    if video is None:
        raise InvalidInput(f"{called} holds no picture to show, only sound.")
    video.codec_context.skip_frame = "NONKEY"
    if at:
        refuse_too_large(video, called)
        container.seek(int(at * 1_000_000) + (container.start_time or 0))
        frame = next(container.decode(video), None)
        return (video, frame) if frame else None
    return video, first_picture(container, video, called)


def _fit(width: int, height: int, most: int) -> tuple[int, int]:
    scale = min(1.0, most / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(frozen=True)
class _Form:
    """Pixels down, pictures a second, seconds, and bits a second of its picture and its sound, all at most."""

    height: int
    fps: float
    seconds: float
    bits: int
    sound: int


def _sound_bits(info: MediaInfo, bits: float) -> int:
    return (_SOUND_BITS if bits > _POOR else _SOUND_BITS // 2) if info.audio else 0


def _encode(source: Source, info: MediaInfo, form: _Form) -> bytes:
    import av

    # A file, as the MP4 muxer opens its output again by name to bring the index to the front.
    with tempfile.TemporaryDirectory(prefix="pixnb-") as folder:
        path = Path(folder, "preview.mp4")
        with opened(source) as given, av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
            refuse_too_large(picture(given), name(source))
            found = _copy(given, out, _video_out(out, info, form), _sound_out(out, form.sound), form.seconds)
            if not found:
                raise InvalidInput(f"{name(source)} holds no picture that can be decoded. Make or download it again.")
        return path.read_bytes()


def _video_out(out: OutputContainer, info: MediaInfo, form: _Form) -> VideoStream:
    rate = Fraction(min(info.fps or 25.0, form.fps)).limit_denominator(1001)
    options = {"preset": "veryfast", "crf": "27", "maxrate": str(form.bits), "bufsize": str(form.bits)}
    video: VideoStream = out.add_stream("libx264", rate=rate, options=options)
    down = min(form.height, info.height or form.height)
    across = (info.width or 1) * down / (info.height or 1)
    video.width, video.height = max(2, round(across / 2) * 2), max(2, down // 2 * 2)
    video.pix_fmt = "yuv420p"
    video.gop_size = max(1, round(rate / 2))  # half a second: scrubbing decodes few pictures
    video.thread_count = 2
    return video


def _sound_out(out: OutputContainer, bits: int) -> AudioStream | None:
    if not bits:
        return None
    sound: AudioStream = out.add_stream("aac", rate=48_000, layout="stereo")
    sound.bit_rate = bits
    return sound


def _copy(
    given: InputContainer, out: OutputContainer, video: VideoStream, sound: AudioStream | None, seconds: float
) -> bool:
    """Encode the beginning of a clip, and tell whether there was a picture in it."""
    import av

    seen = picture(given)
    assert seen is not None
    wanted = [seen, given.streams.audio[0]] if sound else [seen]
    resampler = av.AudioResampler("fltp", "stereo", 48_000)
    graph: Graph | None = None
    start = float((seen.start_time or 0) * (seen.time_base or 0))
    left = min(_MOST_FRAMES, _MOST_PIXELS // max(1, seen.width * seen.height))
    frame: Any
    for frame in given.decode(*wanted):
        time = 0.0 if frame.time is None else frame.time - start
        left -= isinstance(frame, av.VideoFrame)
        if time >= seconds + 1 or left < 0:  # both are interleaved, so a second later both are past the end
            break
        if not -0.01 <= time < seconds:
            continue
        if frame.pts is not None and frame.time_base:
            frame.pts -= round(start / frame.time_base)
        if isinstance(frame, av.VideoFrame):
            graph = graph or _graph(seen, frame, video)
            _push_video(graph, frame, out, video)
        else:
            _push_sound(resampler, frame, out, sound)
    if graph is None:
        return False
    _push_video(graph, None, out, video)
    _push_sound(resampler, None, out, sound)
    for made in (video, sound):
        if made:
            out.mux(made.encode(None))
    return True


def _graph(given: Any, frame: VideoFrame, video: VideoStream) -> Graph:
    import av.filter

    graph, toned = av.filter.Graph(), tone_filters(given)
    coded = "" if toned else f":in_color_matrix={find_matrix(given)}"
    for what in ("colorspace", "color_primaries", "color_trc", "color_range"):
        setattr(video.codec_context, what, 1)  # said, as players else guess it by the size of a picture
    steps = [
        *find_shape(given, frame).filters,
        f"fps={video.codec_context.framerate}",
        *([f"scale={video.width}:{video.height}", *toned] if toned else []),
        f"scale={video.width}:{video.height}{coded}:out_color_matrix=bt709:out_range=tv",
        "setsar=1",
        "format=yuv420p",
    ]
    nodes = [graph.add_buffer(template=given)]
    nodes += [graph.add(*step.split("=", 1)) for step in steps]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _push_video(graph: Graph, frame: VideoFrame | None, out: OutputContainer, video: VideoStream) -> None:
    import av

    graph.push(frame)
    while True:
        try:
            made = graph.pull()
        except (BlockingIOError, av.EOFError):
            return
        assert isinstance(made, av.VideoFrame)
        made.pict_type = 0  # else the encoder keeps the source's own choice of keyframes
        out.mux(video.encode(made))


def _push_sound(
    resampler: AudioResampler, frame: AudioFrame | None, out: OutputContainer, sound: AudioStream | None
) -> None:
    if sound:
        for piece in resampler.resample(frame):
            out.mux(sound.encode(piece))


__all__ = ["poster", "preview", "preview_sound"]
