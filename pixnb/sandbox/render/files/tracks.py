"""The sound half of a file: samples that are encoded, or packets that are copied untouched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import TypeAlias, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from pixnb.media.opening import open_media
from pixnb.sandbox.render.files.source import RATE

Block = NDArray[np.float32]
COPIES = frozenset({"aac", "mp3", "ac3", "eac3", "alac"})  # what MP4 holds as it is


class Made:
    """Sound from samples, encoded as AAC (Opus in WebM)."""

    def __init__(self, blocks: Iterable[Block], seconds: float | None = None) -> None:
        self._blocks = iter(blocks if seconds is None else _fit(blocks, round(seconds * RATE)))
        self._samples = 0
        self._done = False

    def join(self, container: av.container.OutputContainer, codec: str) -> None:
        """Add an encoded stereo stream."""
        self._stream = cast(av.AudioStream, container.add_stream(codec, rate=RATE))
        self._stream.layout = "stereo"
        self._stream.bit_rate = 128_000
        self._stream.codec_context.flags |= av.codec.context.Flags.bitexact
        self._stream.codec_context.thread_count = 1

    def until(self, seconds: float) -> Iterator[av.Packet[av.AudioStream]]:
        """Encode up to this moment."""
        while not self._done and self._samples < seconds * RATE:
            block = next(self._blocks, None)
            if block is None:
                self._done = True
                yield from self._stream.encode(None)
            else:
                yield from self._stream.encode(self._frame(block))

    def _frame(self, block: Block) -> AudioFrame:
        clean = np.ascontiguousarray(np.clip(block, -1, 1), np.float32)
        frame = AudioFrame.from_ndarray(clean, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = self._samples
        self._samples += block.shape[1]
        return frame


class Copied:
    """The sound of another file, packet by packet, as it was encoded there."""

    def __init__(self, path: str, seconds: float | None = None) -> None:
        self._path, self._seconds = path, seconds

    def join(self, container: av.container.OutputContainer, codec: str) -> None:
        """Add a stream like the source's; `codec` does not matter."""
        self._source = open_media(self._path)
        stream = self._source.streams.audio[0]
        self._stream = container.add_stream_from_template(stream)
        self._packets = self._read(stream)
        self._held: av.Packet[av.AudioStream] | None = next(self._packets, None)

    def _read(self, stream: av.AudioStream) -> Iterator[av.Packet[av.AudioStream]]:
        for packet in self._source.demux(stream):
            if packet.dts is None:
                continue
            if self._seconds is not None and _when(packet) >= self._seconds:
                return
            yield packet

    def until(self, seconds: float) -> Iterator[av.Packet[av.AudioStream]]:
        """Hand on the packets up to this moment."""
        while self._held is not None and _when(self._held) < seconds:
            self._held.stream = self._stream
            yield self._held
            self._held = next(self._packets, None)
        if self._held is None:
            self._source.close()


def _when(packet: av.Packet[av.AudioStream]) -> float:
    return float((packet.dts or 0) * packet.time_base)


def _fit(blocks: Iterable[Block], samples: int) -> Iterator[Block]:
    """Yield as many samples as there shall be: the rest is cut off, what is missing is silence."""
    for block in chain(blocks, repeat(np.zeros((2, RATE), np.float32))):
        yield block[:, :samples]
        samples -= block.shape[1]
        if samples <= 0:
            return


Track: TypeAlias = Made | Copied
