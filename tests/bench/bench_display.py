"""What showing clips costs, one by one, as a wall, in a long table: a notebook's bytes, the time against mediapy.

`python tests/bench/bench_display.py` prints a row of JSON a figure: what, measured, bound, whether it holds. mediapy is
measured where it is installed, with the ffmpeg on the path or that of imageio-ffmpeg.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av

from pixnb.media.media import Media
from pixnb.media.sample import sample

CLIPS, ROUNDS, ROWS = 6, 15, 1000
HOURS = ("snowy winter night", "golden autumn sunset", "rainy evening", "foggy dawn")
Row = tuple[str, str, str, bool]


def make(path: Path, width: int, height: int, bits: int) -> None:
    """Write five seconds of the sample in another size."""
    with (
        av.open(str(sample("video").path)) as given,
        av.open(str(path), "w", options={"movflags": "+faststart"}) as out,
    ):
        video = out.add_stream("libx264", rate=25, options={"preset": "veryfast", "b:v": str(bits)})
        video.width, video.height, video.pix_fmt, video.time_base = width, height, "yuv420p", Fraction(1, 25)
        video.bit_rate = bits
        for number, frame in enumerate(given.decode(video=0)):
            scaled = frame.reformat(width, height, "yuv420p", interpolation="LANCZOS")
            scaled.pts, scaled.time_base, scaled.pict_type = number, Fraction(1, 25), 0
            out.mux(video.encode(scaled))
        out.mux(video.encode(None))


WALL = """runs = pandas.DataFrame({"output_path": [f"clip{n}.mp4" for n in range(6)], "seed": [0, 1, 2] * 2})
runs["prompt"] = ["A rabbit in snow"] * 3 + ["A rabbit at noon"] * 3
runs.assign(run_id=[f"r{n}" for n in range(6)], status="COMPLETED").pixnb.grid()"""


def run(folder: Path, *cells: str) -> tuple[int, float]:
    """Run a notebook's cells as Jupyter runs and saves it; gives its bytes, and the cells' seconds."""
    import nbclient
    import nbformat

    for name in [name for name in os.environ if name.startswith("JPY_")]:
        del os.environ[name]
    code = ["import pandas, pixnb, pixnb.pandas", *cells]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(line) for line in code])
    nbclient.NotebookClient(book, resources={"metadata": {"path": str(folder)}}, kernel_name="python3").execute()
    return len(nbformat.writes(book)), sum(_seconds(cell.metadata.execution) for cell in book.cells[1:])


def _seconds(times: Mapping[str, str]) -> float:
    begun, ended = (datetime.fromisoformat(times[name]) for name in ("iopub.execute_input", "shell.execute_reply"))
    return (ended - begun).total_seconds()


def size(what: str, count: int, folder: Path) -> Row:
    """Say how large the notebook is."""
    raw = sum(clip.stat().st_size for clip in folder.glob("clip*.mp4"))
    shown = f"{count / 1000:.0f} kB ({raw / 1e6:.1f} MB of clips; embedded {raw * 4 / 3e6:.1f} MB)"
    return f"a notebook that shows {CLIPS} clips of 2 MB{what}", shown, "≤ 200 kB", count <= 200_000


def showing(what: str, ours: float, theirs: float | None, bound: float) -> Row:
    """Hold the cells' time against mediapy's."""
    if theirs is None:
        return what, f"{ours:.2f} s; mediapy is not installed", f"≤ {bound}", True
    return what, f"{ours / theirs:.3f} ({ours:.2f} / {theirs:.2f} s)", f"≤ {bound}", ours <= bound * theirs


def time_mediapy(folder: Path) -> float | None:
    """Time mediapy's HTML of the same frames, which are decoded before its clock starts; None where it is not there."""
    if importlib.util.find_spec("mediapy") is None:
        return None
    import mediapy

    if importlib.util.find_spec("imageio_ffmpeg"):
        import imageio_ffmpeg

        mediapy.set_ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())
    spent = 0.0
    for path in sorted(folder.glob("clip*.mp4")):
        with av.open(str(path)) as given:
            frames = [frame.to_ndarray(format="rgb24") for frame in given.decode(video=0)]
        begun = time.perf_counter()
        mediapy.show_video(frames, fps=25, return_html=True)
        spent += time.perf_counter() - begun
    return spent


def poster(folder: Path) -> Row:
    """CPU of a poster of a 1080p clip against the same pixels by PyAV alone."""
    path = folder / "full.mp4"

    def bare() -> None:
        with av.open(str(path)) as given:
            stream = given.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            frame = next(given.decode(stream)).reformat(640, 360, "rgb24")
        frame.to_image().save(io.BytesIO(), "JPEG", quality=82)

    spent: dict[str, list[float]] = {"pixnb": [], "bare": []}
    turns = {"pixnb": lambda: Media(path).poster(), "bare": bare}
    for number in range(ROUNDS + 1):
        for name in sorted(turns, reverse=bool(number % 2)):
            begun = time.process_time()
            turns[name]()
            if number:  # the first warms up
                spent[name].append(time.process_time() - begun)
    ours, theirs = (statistics.median(spent[name]) * 1000 for name in ("pixnb", "bare"))
    shown = f"{ours / theirs:.2f} ({ours:.0f} / {theirs:.0f} ms)"
    return "CPU of a poster of a 1080p clip / bare PyAV", shown, "≤ 1.3", ours <= 1.3 * theirs


def table(folder: Path) -> tuple[Row, Row]:
    """CPU and bytes of a table of 1,000 runs, each with a clip of its own, beside pandas' own table of the same."""
    import pandas as pd

    import pixnb.pandas  # noqa: F401  # df.pixnb

    clip = sample("video").path
    assert clip is not None
    for number in range(ROWS):
        (folder / f"row{number}.mp4").symlink_to(clip)
    runs = pd.DataFrame(
        {
            "run_id": [f"01J8ZQ4T{number:018d}" for number in range(ROWS)],
            "model": [("lucy-edit-fast", "lucy-pro-v2v")[number % 2] for number in range(ROWS)],
            "prompt": [f"Make it a {HOURS[number // 2 % 4]}, seen from afar" for number in range(ROWS)],
            "seed": [number // 8 for number in range(ROWS)],
            "status": "COMPLETED",
            "cost": 0.2,
            "currency": "USD",
            "run_seconds": [5.0 + number % 60 for number in range(ROWS)],
            "output_path": [str(folder / f"row{number}.mp4") for number in range(ROWS)],
        }
    )
    few = runs.tail(3).pixnb.table()  # what is loaded once
    few._repr_mimebundle_()
    few.make_live()
    begun = time.process_time()
    shown = runs.pixnb.table()
    bundle = shown._repr_mimebundle_()
    shown.make_live()
    ours = time.process_time() - begun
    begun = time.process_time()
    plain = runs.to_html()
    theirs = time.process_time() - begun
    count = sum(len(str(part).encode()) for part in bundle.values())
    times = f"{ours:.2f} s (pandas' to_html, no pictures: {theirs:.2f} s)"
    sizes = f"{count / 1000:.0f} kB (pandas' to_html: {len(plain) / 1000:.0f} kB)"
    return (
        (f"CPU of a table of {ROWS:,} runs", times, "≤ 0.5 s", ours <= 0.5),
        (f"a notebook's bytes of a table of {ROWS:,} runs", sizes, "≤ 400 kB", count <= 400_000),
    )


def main() -> None:
    """Print the rows."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder / "clip0.mp4", 1280, 720, 3_300_000)
        for number in range(1, CLIPS):
            (folder / f"clip{number}.mp4").write_bytes((folder / "clip0.mp4").read_bytes())
        make(folder / "full.mp4", 1920, 1080, 8_000_000)
        clips = [f"pixnb.Media({clip.name!r})" for clip in sorted(folder.glob("clip*.mp4"))]
        (count, seconds), (wall, taken), theirs = run(folder, *clips), run(folder, WALL), time_mediapy(folder)
        for row in (
            size("", count, folder),
            showing("time to show them / mediapy's", seconds, theirs, 0.2),
            size(" as a wall", wall, folder),
            showing("time to show them as a wall / mediapy's", taken, theirs, 0.1),
            poster(folder),
            *table(folder),
        ):
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
