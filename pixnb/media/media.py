"""Media: a file, bytes or a URL, and what is in it, found out when somebody asks."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from pixnb.errors import InvalidInput, OutputUnavailable
from pixnb.living import Guessed
from pixnb.media import kinds
from pixnb.media.probe import name, probe, stream
from pixnb.project import locate
from pixnb.show import hand_over, shown

if TYPE_CHECKING:
    from typing import Self

    from pixnb.media.part import Asset
    from pixnb.media.probe import MediaInfo

_Bytes = bytes  # inside the class, `bytes` is its method


class Media(Guessed):
    """A video, picture or sound: a path, bytes, or a URL. Nothing is read or fetched before it is asked for.

    Args:
        source: A path, an http(s) URL, bytes, a binary file object (read at once, from its start), or another Media.
        url: Where the same bytes can be fetched.
        media_type: What it is said to be; its first bytes are believed over this.
        sha256: Of its bytes, when known.

    Raises:
        InvalidInput: The source is none of these, or empty text.

    Example:
        >>> clip = Media(b"GIF89a")
        >>> clip.kind, clip.size, clip
        ('image', 6, Media(<6 bytes>, 'image/gif'))
    """

    _guesses: ClassVar[Mapping[str, str]] = {
        "show display play view": "media as the last line of a cell shows itself; display(media) does it within one",
        "download write to_file export": "media.save(path) writes it",
        "data content read read_bytes": "media.bytes() gives its bytes, media.open() a file",
        "duration width height fps size_px codec shape length frames resolution aspect": "media.info has them",
        "thumbnail frame still preview gif to_gif numpy to_numpy array": "media.poster(width) makes a JPEG of it",
        "name filename file": "media.path is its file",
        "type mime mimetype mime_type": "media.media_type is its type, media.kind its kind",
        "hash md5 sha": "media.sha256 is its hash",
        "video image audio": "this is the file itself; media.kind says what it is",
    }

    def __init__(
        self,
        source: str | os.PathLike[str] | _Bytes | BinaryIO | Media,
        *,
        url: str | None = None,
        media_type: str | None = None,
        sha256: str | None = None,
    ) -> None:
        if isinstance(source, Media):
            url, media_type, sha256 = url or source.url, media_type or source._said_type, sha256 or source._sha256
        plain = _plain(source)
        self._data: bytes | None = plain if isinstance(plain, _Bytes) else None
        self._path: Path | None = None
        if isinstance(plain, str) and _is_url(plain):
            url = plain
        elif not isinstance(plain, _Bytes):
            self._path = locate(plain)
        self._is_url = self._data is None and self._path is None
        self.url: str | None = url
        self._said_type: str | None = media_type
        self._sha256: str | None = sha256
        self._key = (sha256 or url) if self._is_url else None
        self._info: MediaInfo | None = None
        self._found_type: str | None = None
        self._size: int | None = None
        self._stamp = self._now()

    @classmethod
    def of(cls, value: Any) -> Self:
        """Give `value` itself if it is a Media, else a Media of it.

        Raises:
            InvalidInput: It is nothing that media can be made of.
        """
        return value if isinstance(value, cls) else cls(value)

    @classmethod
    def kept(cls, asset: Asset, url: str | None = None) -> Self:
        """Give an asset of a store as media; what is known of it is not looked for again.

        Args:
            asset: The asset.
            url: Where the same bytes can be fetched.
        """
        media = cls(asset.path, url=url, media_type=asset.media_type, sha256=asset.sha256)
        media._info, media._size = asset.info, asset.size
        media._found_type = kinds.by_streams(asset.media_type, asset.kind) if asset.kind else None
        return media

    @property
    def path(self) -> Path | None:
        """The file, absolute; None for bytes and URLs."""
        return self._path

    @property
    def media_type(self) -> str:
        """Such as "video/mp4": by its first bytes and its streams, or by the ending of a URL not fetched."""
        if self._data is None and self._path is None:
            return self._said_type or kinds.by_name(self.url or "") or kinds.UNKNOWN
        self._forget_if_changed()
        if self._found_type is None:
            with self.open() as file:
                found = kinds.sniff(file.read(kinds.HEAD)) or self._said_type or kinds.UNKNOWN
            if kinds.is_open(found):
                with contextlib.suppress(InvalidInput):  # what cannot be read is what its first bytes say
                    found = kinds.by_streams(found, self.info.kind)
            self._found_type = found
        return self._found_type

    @property
    def kind(self) -> str | None:
        """By the media type: "video", "image" or "audio"; None for anything else."""
        return kinds.kind(self.media_type)

    @property
    def sha256(self) -> str | None:
        """Of the bytes, 64 hex digits; None for a URL not fetched. Kept until the file changes."""
        self._forget_if_changed()
        if self._sha256 is None and not (self._is_url and self._data is None):
            with stream(self._local()) as file:
                self._sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return self._sha256

    @property
    def size(self) -> int | None:
        """Bytes; None for a URL not fetched."""
        if self._data is not None:
            return len(self._data)
        if self._path is None:
            return None
        self._forget_if_changed()
        if self._size is None:
            with self.open() as file:
                self._size = file.seek(0, os.SEEK_END)
        return self._size

    @property
    def info(self) -> MediaInfo:
        """What is in it: duration, size in pixels, rate, codecs.

        Raises:
            InvalidInput: It is not media, cut short, or there is no such file.
        """
        self._forget_if_changed()
        if self._info is None:
            known = self._path is not None and self._stamp is not None
            self._info = _probe_once(self._local(), self._stamp) if known else probe(self._local())
        return self._info

    @property
    def known_duration(self) -> float | None:
        """The seconds that it takes, as far as it was looked into; nothing is opened for it."""
        return self._info.duration if self._info is not None else None

    def bytes(self) -> _Bytes:
        """Give the bytes. Those of a URL are fetched once and kept; no key is sent.

        Raises:
            InvalidInput: The file cannot be read.
            OutputUnavailable: The URL does not give it.
        """
        with self.open() as file:
            return file.read()

    def open(self) -> BinaryIO:
        """Open it for reading from the start; close it after use.

        Raises:
            InvalidInput: The file cannot be read.
            OutputUnavailable: The URL does not give it.
        """
        return stream(self._local())

    def poster(self, width: int = 640) -> _Bytes:
        """Make a JPEG of its first keyframe, at most `width` pixels wide.

        Raises:
            InvalidInput: It is not media, or holds no picture.
        """
        from pixnb.media.preview import poster

        return poster(self._local(), width)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, in one step: a reader sees the old file or the whole new one.

        Args:
            path: The file, replaced if there is one; or a folder, where it gets its own name.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: The source cannot be read, or no file can have such a path.
            OSError: `path` cannot be written.
        """
        target = locate(path)
        with self.open() as file:
            if target.is_dir():
                target /= self._own_name()
            try:
                _write_whole(file, target)
            except ValueError as error:
                raise InvalidInput(f"No file can be called {str(target)!r} ({error}). Give another path.") from error
        return target

    _repr_mimebundle_ = shown
    _display_ = hand_over

    def __repr__(self) -> str:
        if self._path or self._is_url:
            return f"Media({name(self._path or _public(self.url or ''))!r})"
        return f"Media(<{self.size} bytes>, {self.media_type!r})"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Media) and self._identity() == other._identity())

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> str | None:
        # A URL's is fixed from the start: a hash must not change when the bytes are fetched.
        return self._key or self.sha256

    def _local(self) -> _Bytes | Path:
        if self._path is not None:
            return self._path
        if self._data is None:
            self._data = _fetch(self.url or "")
        return self._data

    def _own_name(self) -> str:
        return self._path.name if self._path else f"{(self.sha256 or '')[:12]}{kinds.suffix(self.media_type)}"

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except (OSError, ValueError):
            return None
        return (found.st_mtime_ns, found.st_size) if found else None

    def _forget_if_changed(self) -> None:
        now = self._now()
        if now is not None and now != self._stamp:
            self._sha256 = self._info = self._found_type = self._size = None
            self._stamp = now


@lru_cache(maxsize=512)
def _probe_once(path: Path, stamp: Any) -> MediaInfo:
    """Read what is in a file that several look at; the stamp is another when the file has changed."""
    return probe(path)


def _plain(source: Any) -> str | os.PathLike[str] | bytes:
    if isinstance(source, Media):
        source = source._data or source.path or source.url
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if callable(getattr(source, "read", None)):
        return _read_all(source)
    if not isinstance(source, (str, os.PathLike)) or not os.fspath(source):
        raise InvalidInput(
            f"Media cannot be made of {type(source).__name__} {source!r:.80}. "
            "Give a path, an http(s) URL, bytes or an open binary file."
        )
    return source


def _read_all(file: Any) -> bytes:
    if callable(getattr(file, "seekable", None)) and file.seekable():
        file.seek(0)
    data = file.read()
    if not isinstance(data, bytes):
        raise InvalidInput(f"The file object {file!r:.80} gives text. Open it with mode 'rb'.")
    return data


def _is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _public(url: str) -> str:
    # What opens a signed link is in its query.
    return url.split("?")[0]


def _fetch(url: str) -> bytes:
    from pixnb.http.failures import UNANSWERED
    from pixnb.http.fetch import fetch

    try:
        answer = fetch(url)
    except UNANSWERED as error:
        raise _not_fetched(url, f"{type(error).__name__}: {error}") from error
    if not answer.is_success:
        raise _not_fetched(url, f"the server answered {answer.status_code} {answer.reason_phrase}")
    return answer.content


def _not_fetched(url: str, reason: str) -> OutputUnavailable:
    return OutputUnavailable(
        f"{name(_public(url))} could not be fetched ({reason}). Check that the link is public and has not expired."
    )


def _write_whole(file: BinaryIO, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".pixnb-", dir=target.parent) as folder:
        path = Path(folder, "saved")
        with open(path, "wb") as out:
            shutil.copyfileobj(file, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        path.replace(target)


__all__ = ["Media"]
