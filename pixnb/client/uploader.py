"""A place of the user's own where files become URLs, for services that take only URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.errors import InvalidInput

if TYPE_CHECKING:
    from pixnb.media.media import Media


class Uploader:
    """Puts input files where a service can fetch them. **What is put there is public.**.

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
        self.url = url.rstrip("/")
        self.public = (public or url).rstrip("/")
        if not self.public.startswith(("https://", "http://")):
            raise InvalidInput(
                f"Uploader({url!r}) needs public=: the https address under which files put there can be read."
            )

    def __repr__(self) -> str:
        return f"Uploader({self.url!r}, public={self.public!r})"

    def put(self, media: Media) -> str:
        """Put a file there and return its public URL; blocking.

        Raises:
            InvalidInput: The place cannot be written to.
        """
        import fsspec

        from pixnb.media.kinds import suffix

        name = f"{media.sha256}{suffix(media.media_type or '')}"
        try:
            fs, root = fsspec.core.url_to_fs(self.url)
            path = f"{root}/{name}"
            if not fs.exists(path):
                fs.makedirs(root, exist_ok=True)
                with media.open() as source, fs.open(path, "wb") as sink:
                    while chunk := source.read(1 << 20):
                        sink.write(chunk)
        except (OSError, ImportError, ValueError, NotImplementedError) as error:
            raise InvalidInput(
                f"Cannot put the file at {self.url}: {error}. Check the address and your rights there."
            ) from error
        return f"{self.public}/{name}"


__all__ = ["Uploader"]
