"""A log's address: what a person gives, the file that it means, and how it is written for people."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from pixnb.errors import LogError
from pixnb.project import absolute

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "fuse.sshfs", "fuse.s3fs", "fuse.rclone"}


def parse(address: str | os.PathLike[str]) -> URL:
    """Read a log's address.

    Args:
        address: A path, or an SQLAlchemy URL of SQLite or PostgreSQL.

    Returns:
        The URL: an SQLite path absolute, PostgreSQL by way of psycopg.

    Raises:
        LogError: It is neither, or has no file.

    Example:
        >>> parse("postgresql://ann@db/log").drivername
        'postgresql+psycopg'
    """
    if not isinstance(address, str) or "://" not in address:
        return _of_file(Path(os.fspath(address)))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise LogError("The log's URL cannot be read. Give a path, sqlite:///… or postgresql+psycopg://….") from error
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):  # as some hosts write it
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise LogError(f"A log lives in SQLite or PostgreSQL, not in {backend}. Give a path or postgresql+psycopg://….")
    if url.database and url.database.startswith("file:"):
        return url
    return _of_file(Path(url.database or ":memory:")).update_query_dict(url.query)


def _of_file(path: Path) -> URL:
    if str(path) in (":memory:", "", "."):
        raise LogError("A log lives in a file, so that it outlives the kernel. Give a path, for example log.db.")
    place = str(absolute(path))
    try:
        place.encode()
        is_possible = "\0" not in place
    except UnicodeEncodeError:
        is_possible = False
    if not is_possible:
        raise LogError(f"A log cannot be at {place!r}: its name must be UTF-8, without NUL. Give another path.")
    return URL.create("sqlite", database=place)


def file_of(url: URL) -> Path | None:
    """Give the path of an SQLite log; None for PostgreSQL and for `file:` URIs, whose words are SQLite's own."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return None
    return Path(url.database)


def write_address(url: URL) -> str:
    """Write a log's address for a person: a path, or the URL with its password hidden."""
    path = file_of(url)
    return str(path) if path else url.render_as_string(hide_password=True)


def on_network(path: Path, mounts: str) -> bool:
    """Say whether a path lies on a network filesystem, where SQLite's WAL is unsafe.

    Args:
        path: An absolute path; it need not exist.
        mounts: The text of /proc/mounts.

    Example:
        >>> on_network(Path("/home/ann/log.db"), "srv:/home /home nfs4 rw 0 0")
        True
    """
    points = [line.split()[1:3] for line in mounts.splitlines() if len(line.split()) > 2]
    over = [(len(point), kind) for point, kind in points if path.is_relative_to(point.replace("\\040", " "))]
    # Of two mounts on one point the later hides the earlier, and max() keeps the first of equals.
    return bool(over) and max(reversed(over), key=lambda found: found[0])[1] in _NETWORK


def key_of(url: URL) -> str:
    """Give what is the same for all addresses of one log: its file without links, or its URL."""
    file = file_of(url)
    return str(file.resolve()) if file else url.render_as_string(hide_password=False)


def default_url() -> str:
    """Give the address that the settings say."""
    from pixnb import settings

    return settings.load().log_url


def default_assets(file: Path | None) -> str:
    """Give where the settings, or else the log's own place, say that its media are."""
    from pixnb import settings

    chosen = settings.load()
    return str(file.parent / "assets") if file and chosen.pixnb_assets is None else chosen.assets


__all__ = ["default_assets", "default_url", "file_of", "key_of", "on_network", "parse", "write_address"]
