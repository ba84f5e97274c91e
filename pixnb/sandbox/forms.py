"""Forms as browsers and HTTP clients send them: words are read, files go to the disk as they come in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from pixnb.sandbox.files import Files, TooLarge

_CHUNK = 1 << 20
_WORDS = 1_000_000  # bytes that the words of a form, and what stands between its parts, may take


class BadForm(ValueError):
    """The body is not the form that its Content-Type promises."""


@dataclass(frozen=True)
class Form:
    """What a form holds: words, and the names that `Files` keeps files by; of two fields with one name the last."""

    words: Mapping[str, str]
    files: Mapping[str, str]


async def read_form(request: Request, files: Files, *, largest: int) -> Form:
    """Read a request's body as `multipart/form-data` or `application/x-www-form-urlencoded`; any other has no fields.

    Its files, of `largest` bytes together, are on the disk then, and were never in memory as a whole.

    Raises:
        BadForm: If it cannot be read.
        TooLarge: If there are more bytes than allowed.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = {"multipart/form-data": largest + _WORDS, "application/x-www-form-urlencoded": _WORDS}.get(kind)
    if limit is None:
        return Form({}, {})
    async with aclosing(_limit(request, limit)) as stream:
        try:
            if kind == "multipart/form-data":
                found = await MultiPartParser(request.headers, stream, max_files=10, max_fields=100).parse()
            else:
                found = await FormParser(request.headers, stream).parse()
        except (MultiPartException, ValueError) as error:  # python-multipart's own errors are ValueErrors
            raise BadForm(str(error)) from error
    last = {name: part for name, part in found.multi_items() if isinstance(part, UploadFile)}
    try:
        kept = {name: await files.keep(_read_chunks(part), largest=largest) for name, part in last.items()}
    finally:
        await found.close()
    return Form({name: value for name, value in found.multi_items() if isinstance(value, str)}, kept)


async def _limit(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            yield chunk
    if size > limit:  # only now: a client that is still sending would not read the answer
        raise TooLarge(f"more than {limit} bytes")


async def _read_chunks(part: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await part.read(_CHUNK):
        yield chunk


__all__ = ["BadForm", "Form", "read_form"]
