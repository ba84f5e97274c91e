"""How well a wall plays in Chromium: the spread of six previews' times, and the pictures a second of twelve.

`python tests/bench/bench_player.py` prints a row of JSON a figure: what, measured, bound, whether it holds; nothing
where there is no Chromium or Playwright. The previews are pixnb's own, of the sample, with sound.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import psutil
import real_lab
import wall_page

from pixnb.media.preview import preview
from pixnb.media.sample import sample

ROUNDS, SECONDS = 3, 4.0
Row = tuple[str, str, str, bool]

# From the first moment that all of them move, each 40 ms, while all do; and what was drawn from then on.
MEASURE = """seconds => new Promise(done => {
  const films = [...document.querySelectorAll(".wall-screen video")];
  const drawn = film => { const q = film.getVideoPlaybackQuality(); return q.totalVideoFrames - q.droppedVideoFrames; };
  const spreads = [], seen = new Map(), shown = [];
  for (const film of films) {
    const note = (_, { mediaTime }) => { seen.set(film, mediaTime); film.requestVideoFrameCallback(note); };
    film.requestVideoFrameCallback(note);
  }
  let began = 0, before = [];
  const timer = setInterval(() => {
    if (films.some(film => film.paused)) return;
    if (!began) [began, before] = [performance.now(), films.map(drawn)];
    const spread = all => Math.max(...all) - Math.min(...all);
    spreads.push(spread(films.map(film => film.currentTime)) * 1000);
    if (seen.size === films.length) shown.push(spread([...seen.values()]) * 1000);
    const gone = (performance.now() - began) / 1000;
    if (gone < seconds) return;
    clearInterval(timer);
    done({ spreads, shown, rates: films.map((film, at) => (drawn(film) - before[at]) / gone) });
  }, 40);
})"""


def measure(browser, url, name):
    """Play a wall from its start; gives what Chromium counted."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{url}/{name}.html")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("document.querySelectorAll('.wall-screen video').length === Number(document.title)")
    began = spent()
    found = page.evaluate(MEASURE, SECONDS)
    found["cpu"] = (spent() - began) / (sum(found["rates"]) * SECONDS)
    page.close()
    return found


def spent():
    """CPU seconds of the browser until now."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))


def write(folder, count):
    """A page with so many previews of the sample."""
    poster = sample("video").poster(width=320)
    cells = [
        wall_page.Cell(str(n), "clip.mp4", poster, (640, 360), 5.3, label=f"cell {n}") for n in range(1, count + 1)
    ]
    wall = wall_page.Wall([(f"row {n}", cells[n : n + 4]) for n in range(0, count, 4)], ["a", "b", "c", "d"])
    page = wall_page.write_page(wall).replace("<title>A wall<", f"<title>{count}<")
    (folder / f"w{count}.html").write_text(page)


def rank(numbers, part):
    """The number that so large a part of all lies under."""
    return sorted(numbers)[round(part * (len(numbers) - 1))]


def main() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as name, real_lab.chromium() as browser:
        folder = Path(name)
        (folder / "clip.mp4").write_bytes(preview(sample("video").path))
        for count in (6, 12):
            write(folder, count)
        with wall_page.served(folder) as (url, _):
            six = [measure(browser, url, "w6") for _ in range(ROUNDS)]
            twelve = [measure(browser, url, "w12") for _ in range(ROUNDS)]
    spreads = [spread for found in six for spread in found["spreads"]]
    shown = [spread for found in six for spread in found["shown"]]
    middle, most = statistics.median(spreads), rank(spreads, 0.95)
    pictures = f"{statistics.median(shown):.0f} ms, p95 {rank(shown, 0.95):.0f}"
    slowest = statistics.median(min(found["rates"]) for found in twelve)
    cores = statistics.median(found["cpu"] for found in twelve) * 25 * 12
    return [
        ("six previews in step, spread of currentTime, median", f"{middle:.1f} ms", "≤ 40 ms", middle <= 40),
        ("the same, 95th percentile", f"{most:.1f} ms", "≤ 80 ms", most <= 80),
        ("the same of the pictures drawn, median", pictures, "", True),
        (
            "twelve previews at once, the slowest of them",
            f"{slowest:.1f} fps of 25, load {os.getloadavg()[0]:.0f}",
            "≥ 24",
            slowest >= 24,
        ),
        ("CPU that twelve take at 25 fps", f"{cores:.2f} cores of {os.cpu_count()}", "≤ 1.6", cores <= 1.6),
    ]


if __name__ == "__main__":
    if real_lab.CHROMIUM is not None:
        for row in main():
            print(json.dumps(row))
