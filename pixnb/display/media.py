"""What a media file and a result look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.display import job, sheet, wording
from pixnb.display.poster import poster_of
from pixnb.display.video import Budget, figure_html

if TYPE_CHECKING:
    from pixnb.client.job import Result
    from pixnb.media.media import Media


def bundle(media: Media) -> dict[str, Any]:
    """Return a file's bundle: the file itself, a poster, plain text."""
    said, name = wording.describe(media), name_media(media)
    caption = html.tag("b", html.escape(name)) + " " + html.escape(said)
    figure = figure_html(media, budget=Budget(), label=name, caption=caption)
    shown: dict[str, Any] = {"text/html": html.root(figure), "text/plain": f"{media!r}  {said}".rstrip()}
    if poster_of(media) is not None:
        tile = sheet.Tile(media, [sheet.words(f"{name}  {said}", "soft")])
        shown["image/png"] = sheet.draw([sheet.Block(tiles=[tile])])
    return shown


def name_media(media: Media) -> str:
    """What a person calls it: the file's name, the end of its address, or what it is."""
    if media.path:
        return media.path.name
    if media.url:
        return media.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    kind = (media.media_type or "").partition("/")[0]
    return {"video": "clip", "image": "picture", "audio": "sound"}.get(kind, "file")


def result_bundle(result: Result) -> dict[str, Any]:
    """Return a result's bundle: what was made beside its source, with its words."""
    return {**job.bundle(result.job), "text/plain": job.write_text(result.job)}


__all__ = ["bundle", "name_media", "result_bundle"]
