"""A place of the user's own where files become URLs, for services that take only URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.errors import InvalidInput, PixnbError
from pixnb.media.kinds import suffix
from pixnb.media.remote import check_place, hide_login, open_place

if TYPE_CHECKING:
    from pixnb.media.media import Media


class Uploader:
    """Puts input files where a service can fetch them: what is put there is public.

    Files are named by their sha256, so the same file is put once.

    Args:
        url: Any fsspec URL of a folder to write to, such as `s3://bucket/inputs`.
        public: The https address under which that folder can be read; left out where `url` itself is one.

    Raises:
        InvalidInput: No public address follows from the arguments.

    Example:
        >>> Uploader("s3://bucket/inputs", public="https://bucket.s3.amazonaws.com/inputs")
        Uploader('s3://bucket/inputs', public='https://bucket.s3.amazonaws.com/inputs')
    """

    def __init__(self, url: str, public: str | None = None) -> None:
        self.url = url.rstrip("/") if url.rpartition("://")[2] else url  # "s3://" is to be named as it was given
        self.public = (public or url).rstrip("/")
        if not self.public.startswith(("https://", "http://")):
            raise InvalidInput(
                f"Uploader({hide_login(url)!r}) needs public= (or PIXNB_UPLOAD_PUBLIC): the https address under which "
                "files put there can be read."
            )

    def __repr__(self) -> str:
        return f"Uploader({hide_login(self.url)!r}, public={hide_login(self.public)!r})"

    def check(self) -> None:
        """Refuse a place that cannot be opened here, before anything is written or sent.

        Raises:
            InvalidInput: A package is missing, or the address is none.
        """
        check_place(self.url)

    def put(self, media: Media) -> str:
        """Put a file there and return its public URL; blocking.

        Raises:
            InvalidInput: The place cannot be written to.
        """
        name = f"{media.sha256}{suffix(media.media_type or '')}"
        try:
            fs, root = open_place(self.url)
            path = f"{root}/{name}"
            # by size too: what a crash cut off must not be taken for the file
            if not fs.exists(path) or fs.size(path) != media.size:
                fs.makedirs(root, exist_ok=True)
                with media.open() as source, fs.open(path, "wb") as sink:
                    while chunk := source.read(1 << 20):
                        sink.write(chunk)
        except PixnbError:
            raise
        except Exception as error:  # every kind of store has errors of its own
            raise InvalidInput(
                f"Cannot put the file at {hide_login(self.url)}: {error}. Check the address and your rights there."
            ) from error
        return f"{self.public}/{name}"


__all__ = ["Uploader"]
