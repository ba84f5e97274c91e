"""Forms as browsers and HTTP clients send them: words are read, files go to the disk as they come in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from pixnb.sandbox.files import Files, TooLarge

_CHUNK = 1 << 20
_WORDS = 1_000_000  # bytes that the words of a form, and what stands between its parts, may take


class BadForm(ValueError):
    """The body is not the form that its Content-Type promises."""


@dataclass(frozen=True)
class Form:
    """What a form holds; of two fields with one name the last counts.

    Attributes:
        words: The text fields.
        files: For each file field the name that `Files` keeps it by.
    """

    words: Mapping[str, str]
    files: Mapping[str, str]


async def read_form(request: Request, files: Files, *, largest: int) -> Form:
    """Read a request's body as `multipart/form-data` or `application/x-www-form-urlencoded`.

    Args:
        request: The request. A body of any other type has no fields.
        files: Where its files are kept.
        largest: Bytes allowed for all its files together.

    Returns:
        The form; its files are on the disk, and were never in memory as a whole.

    Raises:
        BadForm: If it cannot be read.
        TooLarge: If there are more bytes than allowed.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = {"multipart/form-data": largest + _WORDS, "application/x-www-form-urlencoded": _WORDS}.get(kind)
    if limit is None:
        return Form({}, {})
    async with aclosing(_limited(request, limit)) as stream:
        try:
            found = await _parser(kind, request, stream).parse()
        except (MultiPartException, ValueError) as error:  # python-multipart's own errors are ValueErrors
            raise BadForm(str(error)) from error
    try:
        kept = {name: await files.keep(_chunks(part), largest=largest) for name, part in _parts(found)}
    finally:
        await found.close()
    return Form({name: value for name, value in found.multi_items() if isinstance(value, str)}, kept)


def _parser(kind: str, request: Request, stream: AsyncGenerator[bytes, None]) -> MultiPartParser | FormParser:
    if kind == "multipart/form-data":
        return MultiPartParser(request.headers, stream, max_files=10, max_fields=100)
    return FormParser(request.headers, stream)


def _parts(found: FormData) -> list[tuple[str, UploadFile]]:
    last = {name: value for name, value in found.multi_items() if isinstance(value, UploadFile)}
    return list(last.items())


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            yield chunk
    if size > limit:  # only now: a client that is still sending would not read the answer
        raise TooLarge(f"more than {limit} bytes")


async def _chunks(part: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await part.read(_CHUNK):
        yield chunk


__all__ = ["BadForm", "Form", "read_form"]
