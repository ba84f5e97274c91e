"""What a wall costs as a picture and as a film: bytes of a notebook's PNG, CPU of a film against its codecs alone.

`python tests/bench/bench_film.py` prints a row of JSON a figure: what, measured, bound, whether it holds.
"""

from __future__ import annotations

import json
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import pandas as pd
from bench_display import Row, make

from pixnb.media.media import Media
from pixnb.wall.film import make_film
from pixnb.wall.matrix import Matrix, lay_matrix
from pixnb.wall.picture import draw_wall

PROMPTS = ("A lake in snow at night", "A lake in autumn at dusk", "A lake at noon")


def lay(clip: Path) -> Matrix:
    """Lay six clips: three wordings, two seeds."""
    rows = [
        {"run_id": f"{prompt}{seed}", "prompt": prompt, "seed": seed, "status": "COMPLETED", "output_path": str(clip)}
        for prompt in PROMPTS
        for seed in (1, 2)
    ]
    return lay_matrix(pd.DataFrame(rows))


def picture(matrix: Matrix) -> Row:
    """Say how large the PNG of a notebook is, and what it costs once the stills are made."""
    draw_wall(matrix)
    begun = time.process_time()
    count = len(draw_wall(matrix))
    shown = f"{count / 1000:.0f} kB, {time.process_time() - begun:.2f} s CPU"
    return "PNG of a wall of six clips in a notebook", shown, "≤ 65 kB", count <= 65_000


def film(matrix: Matrix, clip: Path, folder: Path) -> Row:
    """CPU of a second of film of six 720p clips against decoding them and encoding as many pixels."""
    begun = time.process_time()
    path = make_film(matrix, folder / "film.mp4", progress=False)
    ours = time.process_time() - begun
    info = Media(path).info
    begun = time.process_time()
    for _ in range(6):
        with av.open(str(clip)) as given:
            given.streams.video[0].codec_context.thread_count = 1
            for _frame in given.decode(video=0):
                pass
    with av.open(str(path)) as given, av.open(str(folder / "again.mp4"), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"preset": "veryfast", "crf": "20"})
        video.width, video.height, video.pix_fmt = info.width or 0, info.height or 0, "yuv420p"
        for number, frame in enumerate(given.decode(video=0)):
            frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, 25), 0
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    bare, seconds = time.process_time() - begun, info.duration or 1
    shown = f"{ours / seconds:.2f} s ({info.width}×{info.height}; its codecs alone {bare / seconds:.2f} s)"
    return "CPU of a second of film of six 720p clips / its codecs", shown, "≤ 2", ours <= 2 * bare


def main() -> None:
    """Print the rows."""
    with tempfile.TemporaryDirectory() as place:
        clip = Path(place, "clip.mp4")
        make(clip, 1280, 720, 3_300_000)
        matrix = lay(clip)
        for row in (picture(matrix), film(matrix, clip, Path(place))):
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
