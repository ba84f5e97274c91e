"""How much, how packed and how slow an answer may be."""

from __future__ import annotations

import asyncio
import functools
import os
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from pixnb.errors import PixnbError
from pixnb.http import httpx
from pixnb.settings import load

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an answer may take.

    Attributes:
        size: Bytes, unpacked; of an answer that is read at once.
        seconds: From the end of the request to the end of the answer; of one that is streamed, to its beginning.
    """

    size: int = 8 * MB
    seconds: float = 120.0


_PIECE = 1 << 18
_SWELLS = 100
"""So many times its packed size is more than any picture, film or honest text unpacks to."""
_CODINGS = ("gzip", "x-gzip", "deflate")

_TICK = 2.0
_HELD = 10.0
_BRISK = 64_000
_LEAST = 1_000
_STALLED = 60.0
_WHOLE = 3600.0


class Bounded(httpx.AsyncByteStream):
    """An answer's body, unpacked piece by piece and cut off where it becomes too much.

    httpx unpacks a piece whole, whatever it swells to: 1 MB of zeros is 1 GB.

    Args:
        body: What comes.
        coding: Its Content-Encoding. One that does not fit the bytes is passed over, as is one that was never asked
            for: the answer may hold the id of a paid job.
        most: Bytes after unpacking; None for any number.
    """

    def __init__(self, body: Any, coding: str, most: int | None) -> None:
        self._body = body
        self._coding = coding.strip().lower()
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = came = 0
        unpack: Callable[[bytes], Iterator[bytes]] | None = None
        packed = None
        async for piece in self._body:
            came += len(piece)
            if unpack is None:
                packed = _unpacker(self._coding, piece)
                unpack = packed.feed if packed else _unchanged
            for part in unpack(piece):
                taken += len(part)
                if self._most is not None and taken > self._most:
                    raise httpx.RemoteProtocolError(f"the answer has more than {self._most / MB:g} MB")
                if taken > 8 * MB and taken > _SWELLS * came:
                    raise httpx.DecodingError(f"{came} bytes swell to more than {_SWELLS} times as many")
                yield part
        if packed is not None and not packed.is_whole:
            raise httpx.DecodingError(f"the {self._coding} data are cut short")

    async def aclose(self) -> None:
        """Let the body go."""
        await self._body.aclose()


def _unchanged(piece: bytes) -> Iterator[bytes]:
    yield piece


def _unpacker(coding: str, first: bytes) -> _Unpacker | None:
    if coding not in _CODINGS:
        return None
    if first[:2] == b"\x1f\x8b" or (len(first) > 1 and first[0] & 15 == 8 and (first[0] << 8 | first[1]) % 31 == 0):
        return _Unpacker(47)  # gzip or zlib, as its head says
    return _Unpacker(-15) if coding == "deflate" and first[:1] not in (b"{", b"[", b"<") else None


class _Unpacker:
    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._object = zlib.decompressobj(wbits)

    @property
    def is_whole(self) -> bool:
        return self._object.eof

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            if self._object.eof:  # gzip may hold several, one after another
                self._object = zlib.decompressobj(self._wbits)
            try:
                part = self._object.decompress(piece, _PIECE)
            except zlib.error as error:
                raise httpx.DecodingError(f"it cannot be unpacked: {error}") from None
            if part:
                yield part
            piece = self._object.unused_data if self._object.eof else self._object.unconsumed_tail


class Flow:
    """Watches that a download goes on, without a look at its pieces.

    Raises `httpx.ReadTimeout` in the block where less than 1 kB a second come for a minute, or it takes an hour.

    Args:
        size: Tells how many bytes have come.
        yielded: Called once it is slow or has taken a while, to let others go first.

    Example:
        >>> async def main():
        ...     async with Flow(lambda: 0):
        ...         return "done"
        >>> asyncio.run(main())
        'done'
    """

    def __init__(self, size: Callable[[], int], yielded: Callable[[], None] | None = None) -> None:
        self._size = size
        self._yielded = yielded
        self._before = 0
        self._slow = self._took = 0.0

    async def __aenter__(self) -> Flow:
        self._loop = asyncio.get_running_loop()
        self._alarm = asyncio.timeout(None)
        await self._alarm.__aenter__()
        self._timer = self._loop.call_later(_TICK, self._look)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._yielded = None  # which most likely knows of this: nothing is to wait for the collector of garbage
        try:
            await self._alarm.__aexit__(kind, error, trace)
        except TimeoutError:
            raise httpx.ReadTimeout(f"it came too slowly: {self._size()} bytes in {self._took:g} s") from None

    def end(self) -> None:
        """End it now, as one that is too slow."""
        self._timer.cancel()
        self._alarm.reschedule(self._loop.time())

    def _look(self) -> None:
        size, self._took = self._size(), self._took + _TICK
        rate, self._before = (size - self._before) / _TICK, size
        self._slow = self._slow + _TICK if rate < _LEAST else 0.0
        if self._yielded is not None and (rate < _BRISK or self._took >= _HELD):
            yielded, self._yielded = self._yielded, None
            yielded()
        if self._slow >= _STALLED or self._took >= _WHOLE:
            self.end()
        else:
            self._timer = self._loop.call_later(_TICK, self._look)


class Alarm:
    """A timeout that does not ring because all stood still: what came meanwhile is looked at first.

    Where the whole computer slept, or the process was stopped, the answer to a submit may lie here unread when the
    clock says that it is late; and what was asked for cannot be asked for again.

    Args:
        seconds: From the beginning of the block; None for no limit yet.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._handle: asyncio.TimerHandle | None = None
        self._is_over = False

    async def __aenter__(self) -> Alarm:
        self._timeout = asyncio.timeout(None)
        await self._timeout.__aenter__()
        self.set(self._seconds)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.set(None)
        self._is_over = True  # a body may still be on its way when the answer is here
        await self._timeout.__aexit__(kind, error, trace)

    def set(self, seconds: float | None) -> None:
        """Have it ring so many seconds from now; None: not at all."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if seconds is not None and not self._is_over:
            loop = asyncio.get_running_loop()
            due = loop.time() + seconds
            self._handle = loop.call_at(due, self._ring, loop, due)

    def expired(self) -> bool:
        """Whether it rang."""
        return self._timeout.expired()

    def _ring(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        if loop.time() - due > _OVERSLEPT:
            self.set(_GRACE)
        else:
            self._timeout.reschedule(loop.time())


_OVERSLEPT = 1.0
"""An alarm that is so late itself tells that all stood still."""
_GRACE = 10.0


def largest_media() -> int:
    """Return how many bytes a media file may have: PIXNB_MAX_MEDIA."""
    return _largest_media(os.environ.get("PIXNB_MAX_MEDIA"), int(time.monotonic()) // 5)


@functools.lru_cache(maxsize=1)
def _largest_media(_: str | None, __: int) -> int:
    try:
        return load().pixnb_max_media
    except PixnbError:  # who reads the settings for their own sake says so
        return 1000 * MB


__all__ = ["MB", "Alarm", "Bounded", "Bounds", "Flow", "largest_media"]
