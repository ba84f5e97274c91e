"""Makes the films and runs of `pixnb.example("coats")`; run by hand, its results are in the repository.

    python -m tests.make_example pixnb/examples/coats

It cuts three moments out of the sample clip, has the sandbox edit each under two wordings, three takes of each, and
keeps what came as small H.264 files beside `runs.json`. Made again by the same FFmpeg, the films are the same bytes;
what took how long is as it was that time. Stars, notes and votes are those of a person who looked at the films, and of
four who are made up: they are written here.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av

import pixnb
from pixnb.log.queries import read_inputs

MOST = 3_000_000  # bytes of all of it
SECONDS = 1.5
MOMENTS = {"1-waking.mp4": 0.0, "2-stretching.mp4": 1.7, "3-yawning.mp4": 3.4}  # seconds into the sample
WORDINGS = {"coat": "Give the rabbit a red coat", "winter": "Give the rabbit a red coat, it is snowing"}
TAKES = (1, 2, 3)
KEPT = (
    *("run_id", "prompt", "take", "job_id", "submitted_at", "started_at", "completed_at"),
    *("queue_seconds", "run_seconds"),
)
ALIKE = (
    *("provider", "model", "provider_model", "task", "status", "sandbox", "price_amount", "price_currency"),
    *("price_source", "cost_amount", "cost_currency", "cost_kind", "pixnb_version"),
)
STARS = {
    **{
        f"coat-{moment}-{take}": stars
        for moment in ("1-waking", "3-yawning")
        for take, stars in ((1, 4), (2, 3), (3, 3))
    },
    **{
        f"winter-{moment}-{take}": stars
        for moment in ("1-waking", "3-yawning")
        for take, stars in ((1, 3), (2, 2), (3, 4))
    },
    **{f"coat-2-stretching-{take}": stars for take, stars in ((1, 5), (2, 3), (3, 3))},
    **{f"winter-2-stretching-{take}": stars for take, stars in ((1, 3), (2, 2), (3, 5))},
}
PICKED = {"coat-2-stretching-1", "winter-2-stretching-3"}
NOTES = {"coat-2-stretching-2": "pale: more coral than red", "winter-1-waking-2": "too dark to see the coat"}
MOMENT_NOTES = {
    "coat-2-stretching-1": [(0.6, "the roof behind turns red too")],
    "winter-2-stretching-3": [(0.4, "the grass is white, the coat is still red")],
    "coat-3-yawning-1": [(1.0, "the muzzle stays white")],
}
# For each moment and in it each take: c for the coat alone, w for the winter, t for neither.
VOTERS = {"ana": "ccwccwcct", "ben": "wcwwcwwcw", "chi": "tcwccwccc", "dov": "ccccwwccw"}


def compress(source: Path, target: Path, *, crf: int, begin: float = 0.0, seconds: float = SECONDS) -> Path:
    """Write a part of a film, small and without sound; every viewer finds each frame of it quickly."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(source)) as given, av.open(str(target), "w", options=options) as out:
        shown = given.streams.video[0]
        rate = Fraction(shown.average_rate)
        coded = {"crf": str(crf), "preset": "veryslow", "x264-params": "keyint=25"}
        stream = out.add_stream("libx264", rate=rate, options=coded)
        stream.width, stream.height, stream.pix_fmt = shown.width, shown.height, "yuv420p"
        stream.codec_context.thread_count = 1
        frames = (frame for frame in given.decode(shown) if frame.time >= begin - 0.001)
        for number, frame in zip(range(round(seconds * rate)), frames, strict=False):
            frame.pts, frame.time_base, frame.pict_type = number, 1 / rate, av.video.frame.PictureType.NONE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return target


def main(out: Path) -> None:
    """Make all of it."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.mp4"):
        old.unlink()
    clips = [compress(pixnb.sample("video").path, out / name, crf=25, begin=at) for name, at in MOMENTS.items()]
    exp = pixnb.Experiment("coats", client=pixnb.Client(sandbox=True))
    runs = {}
    for clip in clips:
        for wording, prompt in WORDINGS.items():
            for take in TAKES:  # one after another, so that the sandbox's variants are in their order
                run = exp.submit("lucy-edit-fast", prompt=prompt, video=clip)
                runs[f"{wording}-{clip.stem}-{take}"] = run
                print(f"{wording}-{clip.stem}-{take}", run.wait().status)
    ids = {name: run.run_id for name, run in runs.items()}
    listed = [described(exp.log.row(run.run_id), name, run, out) for name, run in runs.items()]
    row = exp.log.row(next(iter(ids.values())))
    given = read_inputs(exp.log, row["run_id"])[0]
    said = {
        "about": "Made by tests/make_example.py; footage (c) 2008 Blender Foundation, www.bigbuckbunny.org, CC-BY 3.0.",
        "sources": {clip.name: {"sha256": pixnb.Media(clip).sha256, "size": clip.stat().st_size} for clip in clips},
        "alike": {name: str(row[name]) if name.endswith("amount") else row[name] for name in ALIKE} | {"user": "pixnb"},
        "given": {"role": given["role"], "name": given["name"]},
        "runs": listed,
        "votes": {voter: ballot(ids, choices, n) for n, (voter, choices) in enumerate(VOTERS.items())},
    }
    (out / "runs.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in out.iterdir())
    print(f"{len(listed)} runs, {size} bytes")
    if size > MOST:
        raise SystemExit("The example is too large: shorten SECONDS.")


def described(row, name: str, run, out: Path) -> dict[str, object]:
    """What is written of a run."""
    film = compress(run.output.path, out / f"{name}.mp4", crf=27)
    own = {key: row[key] for key in KEPT} | {"source": f"{name.partition('-')[2].rpartition('-')[0]}.mp4"}
    own |= {"stars": STARS[name]} if name in STARS else {}
    own |= {"picked": True} if name in PICKED else {}
    own |= {"note": NOTES[name]} if name in NOTES else {}
    own |= {"notes": MOMENT_NOTES[name]} if name in MOMENT_NOTES else {}
    return own | {"film": {"name": film.name, "sha256": pixnb.Media(film).sha256, "size": film.stat().st_size}}


def ballot(ids: dict[str, str], choices: str, voter: int) -> list[list[object]]:
    """A voter's votes: each moment and take once, the sides by turns."""
    pairs = [
        (f"coat-{Path(clip).stem}-{take}", f"winter-{Path(clip).stem}-{take}") for clip in MOMENTS for take in TAKES
    ]
    votes = []
    for number, ((coat, winter), choice) in enumerate(zip(pairs, choices, strict=True)):
        left, right = (coat, winter) if (number + voter) % 2 else (winter, coat)
        chosen = {"c": coat, "w": winter}.get(choice)
        side = "tie" if chosen is None else "left" if chosen == left else "right"
        votes.append([ids[left], ids[right], side, round(3.1 + (number * 7 + voter * 3) % 11 * 0.6, 1)])
    return votes


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PIXNB_DATA": folder, "PIXNB_SANDBOX": "1"}
        main(Path(sys.argv[1]))
