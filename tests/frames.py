"""What tests look at: decoded frames made small, pictures, sound samples, and the boxes of an MP4."""

from __future__ import annotations

import hashlib
import itertools

import av
import numpy as np
from PIL import Image


def frames(path, *, every=1, size=(64, 36)):
    """Return every n-th frame as RGB, shape (frames, height, width, 3), without the stamp's corner."""
    with av.open(str(path)) as container:
        picked = itertools.islice(container.decode(video=0), 0, None, every)
        small = [frame.to_image().resize(size, Image.Resampling.BOX) for frame in picked]
    table = np.array([np.asarray(image, np.float32) for image in small])
    table[:, : size[1] // 6, size[0] * 2 // 3 :] = 0
    return table


def picture(path, size=(64, 36), *, is_noisy=False):
    """Write a PNG in the colours of an evening; with noise it is large, for no packing helps."""
    shades = np.linspace((250, 150, 90), (120, 90, 170), size[1])[:, None, :].repeat(size[0], axis=1)
    noise = np.random.default_rng(1).integers(0, 60, shades.shape) if is_noisy else 0
    Image.fromarray((shades - noise).clip(0, 255).astype(np.uint8)).save(path, "PNG")
    return path


def distance(first, second):
    """Return how far two equally long rows of frames are apart: mean difference of a channel, 0 to 255."""
    return float(np.abs(first - second).mean())


def digest(path):
    """Return a hash of every decoded frame, to the last bit."""
    summed = hashlib.sha256()
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            summed.update(frame.to_ndarray().tobytes())
    return summed.hexdigest()


def samples(path, rate=8000):
    """Return the sound as one row of mono samples."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    with av.open(str(path)) as container:
        blocks = [b.to_ndarray()[0] for f in container.decode(audio=0) for b in resampler.resample(f)]
    return np.concatenate(blocks)


def sound_packets(path):
    """Return the encoded sound, packet by packet."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def facts(path):
    """Return what is in a file: container, codecs, size, fps, seconds, frames, longest stretch between keyframes."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        sound = container.streams.audio[0] if container.streams.audio else None
        found = {
            "format": container.format.name,
            "codec": video.codec_context.name,
            "pixels": video.codec_context.pix_fmt,
            "size": (video.width, video.height),
            "fps": float(video.average_rate),
            "sound": sound.codec_context.name if sound else None,
            "seconds": container.duration / 1e6,
        }
        keys = [packet.is_keyframe for packet in container.demux(video) if packet.size]
    at = [i for i, key in enumerate(keys) if key] + [len(keys)]
    return found | {"frames": len(keys), "gop": max(b - a for a, b in itertools.pairwise(at))}


def boxes(path):
    """Return the names of an MP4's top boxes, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8].decode("latin-1"))
        at += size if size > 1 else int.from_bytes(data[at + 8 : at + 16], "big") if size else len(data)
    return names
