"""Small real media files of every type, made by PyAV and Pillow."""

from __future__ import annotations

import struct
from fractions import Fraction

import av
import numpy as np
from PIL import Image


def make_video(path, codec="libx264", size=(64, 48), frames=4, rotation=0, options=None, tags=None, noise=False):
    random = np.random.default_rng(0)
    with av.open(str(path), "w", options=options or {}) as out:
        out.metadata.update(tags or {})
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            shade = (
                random.integers(0, 255, (size[1], size[0], 3)) if noise else np.full((size[1], size[0], 3), number * 20)
            )
            frame = av.VideoFrame.from_ndarray(shade.astype(np.uint8))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    if rotation:
        turn(path, rotation)
    return path


def make_shaped(path, codec="libx264", pixels="yuv420p", frames=8, offset=0, aspect=None):
    """A clip of 64x48, light in its upper left corner; it may start late and have pixels that are not square."""
    table = np.full((48, 64, 3), 30, np.uint8)
    table[:24, :32] = 230
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        stream.codec_context.time_base = Fraction(1, 25)
        if aspect:
            stream.codec_context.sample_aspect_ratio = Fraction(aspect)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(table)
            frame.pts, frame.time_base = number + offset, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def set_matrix(path, matrix):
    """Have an MP4's pictures shown by a display matrix: a, b, c, d of x' = ax + cy, y' = bx + dy."""
    a, b, c, d = matrix
    data = path.read_bytes()
    at = data.index(b"tkhd") + 44
    table = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(data[:at] + table + data[at + 36 :])
    return path


def turn(path, rotation):
    """Have an MP4's pictures shown turned by -90, 90 or 180 degrees counter-clockwise, as a phone writes it."""
    one = 1 << 16
    cos, sin = {-90: (0, one), 90: (0, -one), 180: (-one, 0)}[rotation]
    upright, turned = (struct.pack(">9i", a, b, 0, -b, a, 0, 0, 0, 1 << 30) for a, b in ((one, 0), (cos, sin)))
    data = path.read_bytes()
    at = data.index(upright, data.index(b"tkhd"))
    path.write_bytes(data[:at] + turned + data[at + len(turned) :])


def make_cut(path, source, seconds, size, *, every=1):
    """The beginning of a clip, small, its sound copied; of its pictures only each n-th."""
    with av.open(str(source)) as given, av.open(str(path), "w") as out:
        video, heard = given.streams.video[0], given.streams.audio[0]
        stream, sound = out.add_stream("libx264", rate=video.average_rate / every), out.add_stream_from_template(heard)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for packet in given.demux():
            for frame in packet.decode() if packet.stream is video else ():
                if frame.time < seconds and round(frame.time * video.average_rate) % every == 0:
                    out.mux(stream.encode(frame.reformat(*size)))
            if packet.stream is heard and packet.dts is not None and packet.dts * packet.time_base < seconds:
                packet.stream = sound
                out.mux(packet)
        out.mux(stream.encode(None))
    return path


def make_sound(path, codec, cover=False, tags=None):
    with av.open(str(path), "w") as out:
        out.metadata.update(tags or {})
        stream = out.add_stream(codec, rate=48_000)
        if cover:
            picture = out.add_stream("mjpeg", rate=25)
            picture.width, picture.height, picture.pix_fmt = 32, 32, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic.value
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8)).reformat(format="yuvj420p")
            frame.pts, frame.time_base = 0, Fraction(1, 25)
            out.mux(picture.encode(frame))
        sound = av.AudioFrame.from_ndarray(np.zeros((2, 48_000), np.float32), format="fltp", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = 48_000, 0, Fraction(1, 48_000)
        for piece in av.AudioResampler(stream.format, stream.layout, 48_000, 1024).resample(sound):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def make_image(path):
    Image.new("RGB", (64, 48), (9, 200, 30)).save(path)
    return path


def make_picture(folder, kind):
    """A picture of 100x60, white on the left and dark on the right, in an unusual mode."""
    table = np.full((60, 100, 3), 240, np.uint8)
    table[:, 50:] = 20
    image, path = Image.fromarray(table), folder / "picture.png"
    if kind == "rgba":
        image.putalpha(Image.fromarray(np.where(table[..., 0] > 100, 0, 255).astype(np.uint8)))
    elif kind == "palette":
        image = image.quantize(8)
    elif kind == "cmyk":
        image, path = image.convert("CMYK"), folder / "picture.jpg"
    elif kind == "grey16":
        image = Image.fromarray(table[..., 0].astype(np.uint16) * 256)
    elif kind == "bits":
        image = image.convert("1")
    elif kind == "gif":
        path = folder / "picture.gif"
    if kind != "turned":
        image.save(path)
        return path
    path = folder / "picture.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    image.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    return path
