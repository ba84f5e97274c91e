"""A sample clip that comes with pixnb, its picture and its sound, to try things with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from pixnb.errors import InvalidInput
from pixnb.media.media import Media
from pixnb.media.preview import poster
from pixnb.media.probe import opened

_HERE = Path(__file__).parent / "samples"
_CLIP = _HERE / "big-buck-bunny-640x360.mp4"


def sample(kind: str = "video") -> Media:
    """Give a sample to try things with: five seconds of "Big Buck Bunny", a picture of it, or its sound.

    (c) 2008 Blender Foundation, www.bigbuckbunny.org, CC-BY 3.0: name them where you show it. The picture and
    the sound are made on first use, in `samples` in the data folder.

    Args:
        kind: "video" (MP4, 640x360, with sound), "image" (JPEG) or "audio" (MP3).

    Returns:
        The sample, a file.

    Raises:
        InvalidInput: There is no such kind.

    Example:
        >>> sample("video").info.width
        640
    """
    if kind == "video":
        return Media(_CLIP)
    if kind == "image":
        return Media(_derived(".jpg", lambda: poster(_CLIP, at=2.5)))
    if kind == "audio":
        return Media(_derived(".mp3", _sound))
    raise InvalidInput(f"There is no sample {kind!r}. Use 'video', 'image' or 'audio'.")


def _derived(suffix: str, make: Callable[[], bytes]) -> Path:
    from pixnb import settings

    folder = settings.load().data_dir / "samples"
    path = folder / f"{_CLIP.stem}{suffix}"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_HERE / "NOTICE.md", folder / "NOTICE.md")
            Media(make()).save(path)
    except OSError as error:
        raise InvalidInput(
            f"The sample cannot be made in {folder} ({error}). Make that folder writable, or set PIXNB_DATA to one "
            "that is."
        ) from error
    return path


def _sound() -> bytes:
    import av

    with tempfile.TemporaryDirectory(prefix="pixnb-") as folder:
        path = Path(folder, "sound.mp3")
        with opened(_CLIP) as given, av.open(str(path), "w") as out:
            sound = out.add_stream("libmp3lame", rate=given.streams.audio[0].rate)
            sound.bit_rate = 128_000
            for frame in given.decode(audio=0):
                out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
        return path.read_bytes()


__all__ = ["sample"]
