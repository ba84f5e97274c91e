"""The asset store: media kept under the sha256 of its bytes, in a folder or on any fsspec store."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb.errors import OutputUnavailable
from pixnb.media import kinds
from pixnb.media.part import Asset, Part, sweep
from pixnb.media.remote import check_place, hide_login, open_place
from pixnb.project import locate

if TYPE_CHECKING:
    from typing import BinaryIO

_PIECE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Store:
    """A content-addressed store of media: the same bytes are kept once.

    What comes in is written to `incoming/` and gets its name when it is whole and on the disk. What a killed
    process left there is swept when a store is opened next; what a living one is writing is not.

    Args:
        place: A folder, or an fsspec URL such as "s3://bucket/clips".
        cache: For an fsspec URL, the folder of the local copies. Default: `cache/assets` in the data folder.

    Example:
        >>> import tempfile
        >>> store = Store(tempfile.mkdtemp())
        >>> store.path(store.put(b"GIF89a").sha256).name[:12], store.put(b"GIF89a").media_type
        ('610f5ae4d76e', 'image/gif')
    """

    def __init__(self, place: str | os.PathLike[str], *, cache: str | os.PathLike[str] | None = None) -> None:
        self.url = os.fspath(place).removeprefix("file://")
        self._remote = _Remote(self.url) if "://" in self.url else None
        self.root = locate(_cache(cache) if self._remote else self.url)
        sweep(self.root)

    def check(self) -> None:
        """Refuse a place that cannot be opened here, before work is paid whose clips belong there.

        Raises:
            InvalidInput: A package is missing, or the address is none.
        """
        check_place(self.url)

    def part(self) -> Part:
        """Begin to write an asset whose bytes come one piece after the other.

        Raises:
            OSError: The folder cannot be written to.
        """
        return Part(self.root, kept=self._remote.upload if self._remote else None)

    def put(self, source: bytes | str | os.PathLike[str], *, sha256: str | None = None) -> Asset:
        """Keep a file or bytes.

        Args:
            source: A path, or the bytes.
            sha256: Of the source, when known: what is already kept is then not read again.

        Returns:
            The asset. The source stays where it is.

        Raises:
            OSError: The source cannot be read, or the disk is full.
        """
        if sha256 and (known := self.path(sha256)):
            return _asset(sha256, known)
        with self.part() as part:
            if isinstance(source, bytes):
                part.write(source)
            else:
                with open(source, "rb") as file:
                    _write_all(part, file)
            return part.commit()

    def path(self, sha256: str) -> Path | None:
        """Give the file with these bytes, fetched if only the remote store has it; None if there is none.

        Raises:
            OutputUnavailable: What the remote store holds under this name has other bytes.
        """
        if not _SHA256.fullmatch(sha256):
            return None
        found = next((self.root / sha256[:2]).glob(f"{sha256}.*"), None)
        return self._fetch(self._remote, sha256) if self._remote and found is None else found

    def relative(self, asset: Asset) -> str:
        """Give an asset's place under the root, as the log keeps it: "ab/abcdef….mp4"."""
        return asset.relative

    def locate(self, relative: str) -> Path:
        """Give the absolute path of a place under the root, whether a file is there or not.

        Raises:
            ValueError: It leads out of the store.
        """
        if relative.startswith("/") or ".." in relative.split("/"):
            raise ValueError(f"{relative!r} leads out of the store: give a place as Store.relative gives it.")
        return self.root / relative

    def __repr__(self) -> str:
        return f"Store({hide_login(self.url)!r})"

    def _fetch(self, remote: _Remote, sha256: str) -> Path | None:
        found = remote.find(sha256)
        if found is None:
            return None
        with Part(self.root) as part:
            with remote.open(found) as file:
                _write_all(part, file)
            if part.sha256 != sha256:
                raise OutputUnavailable(
                    f"{found} in {self!r} holds other bytes than its name says. Put it there again."
                )
            return part.commit().path


class _Remote:
    """The fsspec side of a store, opened when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def open(self, path: str) -> BinaryIO:
        file: BinaryIO = open_place(self._url)[0].open(path, "rb")
        return file

    def find(self, sha256: str) -> str | None:
        system, root = open_place(self._url)
        system.invalidate_cache()
        found = system.glob(f"{root}/{sha256[:2]}/{sha256}.*")
        return str(found[0]) if found else None

    def upload(self, asset: Asset) -> None:
        system, root = open_place(self._url)
        path = f"{root}/{asset.relative}"
        system.invalidate_cache()
        # By size too: an upload that a crash cut off leaves a short file on stores without atomic puts.
        if not system.exists(path) or system.size(path) != asset.size:
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.put_file(str(asset.path), path)


def _write_all(part: Part, file: BinaryIO) -> None:
    while piece := file.read(_PIECE):
        part.write(piece)


def _cache(folder: str | os.PathLike[str] | None) -> Path:
    from pixnb import settings

    return Path(folder) if folder is not None else settings.load().data_dir / "cache" / "assets"


def _asset(sha256: str, path: Path) -> Asset:
    with open(path, "rb") as file:
        media_type = kinds.sniff(file.read(kinds.HEAD)) or kinds.UNKNOWN
    return Asset(sha256, path.stat().st_size, media_type, path)


__all__ = ["Store"]
