"""Fetching a web address in blocking code, on the transport that carries everything else."""

from __future__ import annotations

from pixnb.http import httpx
from pixnb.http.bounds import MB, Bounds, Flow, largest_media
from pixnb.http.client import make_http, share_transport
from pixnb.http.loop import LoopThread, background, wait_for


def fetch(url: str) -> httpx.Response:
    """Get what is at an address, redirects followed, no key sent; at most as many bytes as a media file may have.

    Raises:
        httpx.RequestError: No answer, or one that is too large or too slow.
        httpx.InvalidURL: It is no address.
    """
    thread = background()
    future = thread.start(_fetch(thread, url))
    try:
        return wait_for(future)
    except BaseException:
        future.cancel()
        raise


async def _fetch(thread: LoopThread, url: str) -> httpx.Response:
    most = largest_media()
    try:
        request = httpx.Request("GET", url, extensions={"bounds": Bounds(size=most)})
    except ValueError as error:  # idna has errors of its own
        raise httpx.InvalidURL(str(error)) from None
    response = await make_http(share_transport(thread)).send(request, stream=True, follow_redirects=True)
    pieces: list[bytes] = []
    size = 0
    try:
        async with Flow(lambda: size):
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                size += len(piece)
                if size > most:
                    raise httpx.RemoteProtocolError(f"it has more than {most / MB:g} MB (PIXNB_MAX_MEDIA)")
    finally:
        await response.aclose()
    return httpx.Response(response.status_code, content=b"".join(pieces), extensions=response.extensions)


__all__ = ["fetch"]
