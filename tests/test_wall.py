"""A wall in all its forms: the cells that the player knows, a saved notebook's bytes, a page, parts, text, marks."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from frames import picture
from make_media import make_video
from patience import until
from sweeps import CLIP, LUCY, experiment
from test_wall_matrix import LONG, PROMPTS, factors, grid

import pixnb
import pixnb.pandas
from pixnb import settings
from pixnb.display.host import QUIRKS, Host
from pixnb.errors import InvalidInput
from pixnb.media.light import light_preview
from pixnb.wall.fragment import write_wall
from pixnb.wall.live import WallCard
from pixnb.wall.matrix import lay_matrix
from pixnb.wall.parts import part_matrix
from pixnb.wall.wall import make_wall

EVIL = '<img src=x onerror="alert(1)">&amp;\x1b[2J'


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Files of each kind and shape."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        "wide": make_video(folder / "wide.mp4", size=(128, 72), frames=12),
        "tall": make_video(folder / "tall.mp4", size=(72, 128), frames=6),
        "still": picture(folder / "still.png"),
        "sound": pixnb.sample("audio").path,
        "text": _write(folder / "text.mp4", "no clip"),
    }


def _write(path, text):
    path.write_text(text)
    return path


@dataclass
class Page:
    """What a wall's HTML says, without its style."""

    text: str
    figures: list[dict[str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.text = re.sub(r"<style>.*?</style>|<script.*?</script>", "", self.text, flags=re.DOTALL)
        reader = HTMLParser()

        def start(tag, attributes):
            found = dict(attributes)
            self.tags.append(tag)
            self.handlers += [name for name in found if name.startswith("on")]
            if tag == "figure":
                self.figures.append(found)

        reader.handle_starttag = start
        reader.feed(self.text)


def at(name, root):
    """A host by its name, at a folder."""
    quirks = QUIRKS[name]
    return Host(name, **quirks, folder=root, root=root if quirks["serves_files"] else None)


def filled(clips, **columns):
    """Three prompts by two seeds with clips, one failed, one on its way, one missing."""
    frame = grid(prompt=PROMPTS, seed=[1, 2]).assign(output_path=str(clips["wide"]), error=None, **columns)
    frame["input.video"] = str(clips["tall"])
    frame.loc[1, ["status", "error", "output_path"]] = ["FAILED", f"No luck {EVIL}", None]
    frame.loc[2, ["status", "output_path"]] = ["PROCESSING", None]
    return frame.drop(index=5)


def test_cells_carry_what_the_player_asks_for(clips):
    """Number, run, kind, shape, length, sound, source; one that has no film says why."""
    page = Page(write_wall(lay_matrix(filled(clips))))
    source, first, failed = page.figures[:3]
    assert source["data-n"] == "source"
    assert "wall-source" in source["class"]
    assert "data-run" not in source
    assert {name: first[name] for name in ("data-n", "data-run", "data-kind", "data-source")} == {
        "data-n": "1",
        "data-run": "r1",
        "data-kind": "video",
        "data-source": "source",
    }
    assert first["style"] == "--w:128;--h:72"
    assert float(first["data-seconds"]) > 0
    assert float(first["data-fps"]) > 0
    assert "data-src" not in first
    assert "data-sound" not in first
    assert first["data-label"] == f"{PROMPTS[0]} · seed 1"
    assert ("bad" in failed["class"], failed["data-kind"]) == (True, "none")
    assert "No luck" in page.text
    assert page.text.count("No run here") == 1
    assert "Being made" in page.text
    assert re.search(r"As things stood at 20\d\d-\d\d-\d\d \d\d:\d\d UTC", page.text)
    assert [figure["data-n"] for figure in page.figures] == ["source", "1", "2", "3", "4", "5"]
    assert page.handlers == []
    assert page.text.count("<mark>") >= 2


def test_heads_nest_and_stay_over_their_columns(clips):
    """A head over several columns spans them; rows of several axes say all of them."""
    text = write_wall(lay_matrix(factors()))
    assert re.findall(r'level0" colspan="(\d)" scope="colgroup"[^>]*>(\w+)', text) == [("2", "sun"), ("2", "rain")]
    assert re.findall(r'level1" colspan="1" scope="col"[^>]*>([^<]+)', text) == ["seed 1", "seed 2"] * 2
    nested = write_wall(lay_matrix(factors(), rows=["colour", "weather"], columns="seed"))
    parts = re.findall(r'<div[^>]*class="wall-part wall-label( again)?"[^>]*>(\w+)', nested)
    assert parts == [("", "red"), ("", "sun"), (" again", "red"), ("", "rain"), ("", "blue"), ("", "sun"),
                     (" again", "blue"), ("", "rain")]  # fmt: skip


@pytest.mark.parametrize("form", ["page", "live", "still"])
def test_what_people_write_is_text(clips, form, tmp_path):
    """Nothing from outside becomes markup, in any place of any form."""
    frame = filled(clips).assign(experiment=EVIL, model=EVIL, note=EVIL, run_id=[f"{EVIL}{n}" for n in range(5)])
    frame["prompt"] = frame["prompt"] + EVIL
    frame["vars.look"] = [EVIL, "b", "c", "d", "e"]
    frame["input.image"] = f"/{EVIL}.png"
    frame["tags.mood"] = EVIL
    frame["status"] = [EVIL, "COMPLETED", EVIL, EVIL, EVIL]
    matrix = lay_matrix(frame, rows=["prompt", "look"], columns=["seed", "input.image"], title=EVIL)
    page = Page(write_wall(matrix, form, at=at("jupyter", tmp_path)))
    assert "<img src=x" not in page.text
    assert "\x1b" not in page.text
    assert "alert" in page.text


@pytest.mark.parametrize(
    ("name", "live", "still"),
    [
        ("jupyter", "/files/wide.mp4", "wide.mp4"),
        ("hub", "/files/wide.mp4", "wide.mp4"),
        ("headless", None, "wide.mp4"),
        ("voila", None, None),
        ("vscode", None, None),
        ("colab", None, None),
    ],
)
def test_films_come_by_their_address_where_the_host_serves_them(clips, name, live, still):
    """Without a player they play by themselves there; elsewhere a saved notebook says what to do."""
    matrix = lay_matrix(filled(clips))
    place = at(name, clips["wide"].parent)
    figure = next(one for one in Page(write_wall(matrix, "live", at=place)).figures if one["data-n"] == "1")
    assert figure.get("data-src") == live
    page = Page(write_wall(matrix, "still", at=place))
    assert (f'<video src="{still}"' in page.text) == bool(still)
    assert ("Stills only" in page.text) == (still is None)
    assert ("wall.save(" in page.text) == (still is None)
    assert ("A clip plays when it is pressed" in page.text) == (still is not None)
    assert "data:video" not in page.text


def test_a_heavy_clip_is_played_whole_only_alone(tmp_path):
    """In the wall the kernel's preview plays; the address of the original is there for who enlarges it."""
    make_video(tmp_path / "large.mp4", size=(1920, 1080), frames=6)
    matrix = lay_matrix(grid(seed=[1]).assign(output_path=str(tmp_path / "large.mp4")))
    (figure,) = Page(write_wall(matrix, "live", at=at("jupyter", tmp_path))).figures
    assert (figure.get("data-src"), figure["data-whole"]) == (None, "/files/large.mp4")
    (figure,) = Page(write_wall(matrix, "page", films={"1": "data:,"})).figures
    assert (figure["data-src"], figure.get("data-whole")) == ("data:,", None)


def test_of_many_clips_small_previews_play(tmp_path):
    """Above twelve at a time, those of 360p too; made once somebody looks at them, so that Play need not wait."""
    made = make_video(tmp_path / "1.mp4", size=(640, 360), frames=6)
    paths = [str(made), *(str(shutil.copy(made, tmp_path / f"{n}.mp4")) for n in range(2, 14))]
    few, many = (grid(seed=range(1, n + 1)).assign(output_path=paths[:n]) for n in (12, 13))
    assert "data-whole" not in write_wall(lay_matrix(few), "live", at=at("jupyter", tmp_path))
    page = Page(write_wall(lay_matrix(many), "live", at=at("jupyter", tmp_path)))
    assert [figure["data-whole"] for figure in page.figures] == [f"/files/{n}.mp4" for n in range(1, 14)]
    with pixnb.Log(tmp_path / "log.db") as log:
        card = WallCard([lay_matrix(many)], log=log)
        folder = settings.load().data_dir / "cache" / "previews"
        card._handle_custom_msg({"looks": 150}, [])  # what its page says
        (kept,) = until(lambda: [*folder.glob("*.mp4")])
        assert card._films.find("7").data == kept.read_bytes()
        card.close()
    info = pixnb.Media(kept).info
    assert (info.width, info.height) == (426, 240)
    tall = make_video(tmp_path / "tall.mp4", size=(360, 640), frames=6)
    info = pixnb.Media(light_preview(pixnb.Media(tall), 13)).info
    assert (info.width, info.height) == (240, 426)


def test_each_kind_of_file_is_a_cell(clips):
    """Portrait clips keep their shape; pictures and sounds are cells like clips; what is none says so."""
    kinds = ["wide", "tall", "still", "sound", "text"]
    frame = grid(seed=range(1, 6)).assign(output_path=[str(clips[kind]) for kind in kinds])
    page = Page(write_wall(lay_matrix(frame)))
    assert [figure["data-kind"] for figure in page.figures] == ["video", "video", "image", "audio", "none"]
    shapes = [figure.get("style") for figure in page.figures]
    assert shapes == ["--w:128;--h:72", "--w:72;--h:128", "--w:64;--h:36", None, None]
    assert page.figures[3]["data-sound"] == "1"
    assert "wall-sound" in page.text
    assert page.text.count("wall-why") == 1


def test_what_a_caption_says_is_not_said_twice(clips):
    """A source's still, and a run's in a flow, need no words of their own; others are called by their heads."""
    page = Page(write_wall(lay_matrix(filled(clips))))
    assert re.findall(r'class="wall-poster" alt="([^"]*)"', page.text) == [
        "", f"{PROMPTS[0]} · seed 1", f"{PROMPTS[1]} · seed 2", f"{PROMPTS[2]} · seed 1"
    ]  # fmt: skip
    flow = Page(write_wall(lay_matrix(filled(clips), in_line=True)))
    assert set(re.findall(r'class="wall-poster" alt="([^"]*)"', flow.text)) == {""}


def test_stars_picks_and_notes_are_in_the_cells(clips):
    """Also without the player."""
    frame = filled(clips, stars=pd.array([4, None, None, None, None, None], dtype="Int64"), note="the coat flickers")
    frame["picked"] = [True] + [False] * 4
    page = Page(write_wall(lay_matrix(frame)))
    assert 'data-stars="4"' in page.text
    assert "★★★★☆" in page.text
    assert "the coat flickers" in page.text
    assert ["picked" in figure["class"] for figure in page.figures] == [False, True, False, False, False, False]


def test_a_saved_notebook_is_small(clips, tmp_path):
    """Six clips of 2 MB: the whole bundle takes at most 200 kB; no film is in it, nor in the widget."""
    frame = grid(prompt=PROMPTS, seed=[1, 2])
    paths = [make_video(tmp_path / f"{n}.mp4", size=(640, 360), frames=2, noise=True) for n in range(6)]
    frame["output_path"] = list(map(str, paths))
    wall = frame.pixnb.grid()
    made = wall._repr_mimebundle_()
    assert set(made) == {"text/html", "image/png", "text/plain"}
    assert sum(len(part) for part in made.values()) <= 200_000
    assert "data:video" not in str(made)
    live = wall.make_live()
    state = live.get_state()
    assert len(state["page"]) <= 200_000
    assert "data:video" not in state["page"]


def test_a_page_of_its_own_plays(clips, tmp_path):
    """Its films and the player are in it, and no address of anything else."""
    wall = make_wall(filled(clips))
    text = wall.save(tmp_path / "wall").read_text(encoding="utf-8")
    assert text.count("data:video/mp4;base64,") == 4  # the source too
    assert 'mountWall(document.querySelector(".pixnb-wall"), { keeps: "page" });' in text
    assert not re.search(r"(src|href)=\"https?:", text)
    assert "@import" not in text


@pytest.mark.parametrize("name", ["wall.gif", "wall.csv", "wall.mov"])
def test_other_forms_are_refused(clips, tmp_path, name):
    """With those that there are."""
    with pytest.raises(InvalidInput, match=r"\.html, \.mp4, \.pdf, \.png, \.txt"):
        make_wall(filled(clips)).save(tmp_path / name)


def test_a_wall_in_plain_text(clips, tmp_path):
    """Heads, numbers, how each run stands; also as a file."""
    wall = make_wall(filled(clips, stars=pd.array([4] * 6, dtype="Int64")))
    assert wall.text().splitlines() == [
        "video: tall.mp4",
        "                             seed 1              seed 2",
        "───────────────────────────  ──────────────────  ──────────────",
        "A lake in snow at night      1 ✓ ★★★★☆           2 failed ★★★★☆",
        "A lake in autumn at dusk, …  3 processing ★★★★☆  4 ✓ ★★★★☆",
        "A lake at noon               5 ✓ ★★★★☆           –",
    ]
    assert wall.save(tmp_path / "wall.txt").read_text(encoding="utf-8") == wall.text() + "\n"
    assert repr(wall) == wall.text()


@pytest.mark.parametrize(
    "frame",
    [grid(prompt=[f"p{n}" for n in range(9)], seed=range(30)), grid(prompt=[f"A lake, {n}" for n in range(250)])],
    ids=["a grid", "a flow"],
)
def test_many_cells_come_in_parts(frame):
    """At most 96 in each, nothing lost, heads and sources with them; a saved notebook has the first and says so."""
    frame = frame.assign(**{"input.video": "/nowhere/a.mp4"})
    wall = make_wall(frame)
    assert len(wall.parts) == 3
    assert all(len(part.spots) <= 96 for part in wall.parts)
    assert [spot.row.number for part in wall.parts for spot in part.spots] == [s.row.number for s in wall.matrix.spots]
    assert all(part.beside[0].span == len(part.rows) for part in wall.parts)
    page = Page(wall.html())
    assert 'data-pages="3"' in page.text
    assert "The first of 3 pages" in page.text
    live = wall.make_live()
    live._handle_custom_msg({"page": 3}, [])
    until(lambda: 'data-nth="3"' in live.page)
    live._handle_custom_msg({"page": 99}, [])
    live._handle_custom_msg({"page": -1}, [])
    until(lambda: 'data-nth="1"' in live.page)


def test_a_row_that_is_too_long_by_itself_is_parted_too():
    """Each part has the columns that it needs; a stack is parted as well."""
    wide = lay_matrix(grid(seed=range(10)), rows=[], columns="seed")
    parts = part_matrix(wide, 4)
    assert [[key[0].short for key in part.columns] for part in parts] == [
        [f"seed {n}" for n in part] for part in (range(4), range(4, 8), range(8, 10))
    ]
    stacked = part_matrix(lay_matrix(grid(seed=range(10)), rows="model", columns=[]), 4)
    assert [len(part.at(0, 0)) for part in stacked] == [4, 4, 2]


class Log:
    """What keeps marks."""

    def __init__(self):
        self.kept, self.followers = [], []

    def mark(self, run_id, **given):
        self.kept.append((run_id, given))
        for method in self.followers:
            method({run_id})

    def marks(self, run_ids):
        stars = {run_id: given["stars"] for run_id, given in self.kept if "stars" in given}
        return {run_id: {"stars": stars.get(run_id), "picked": False, "notes": []} for run_id in run_ids}

    def follow_marks(self, method):
        self.followers.append(method)

    def name_page(self, run_ids):
        return {"report": "r", "log": "l"}

    def find_marked(self, since):
        return len(self.kept), {run_id for run_id, _ in self.kept[since or 0 :]}


def test_marks_go_to_the_log_and_come_from_it(clips):
    """Those made elsewhere too; without a log the page keeps them."""
    log = Log()
    live = make_wall(filled(clips), log=log, user="jo").make_live()
    assert live.keeps == "log"
    live._handle_custom_msg({"mark": {"run": "r1", "stars": 5}}, [])
    live._handle_custom_msg({"mark": {"run": "r1", "note": "her hand melts", "at": 1.2}}, [])
    until(lambda: len(log.kept) == 2)
    assert log.kept == [
        ("r1", {"stars": 5, "user": "jo"}),
        ("r1", {"note": "her hand melts", "at": 1.2, "user": "jo"}),
    ]
    until(lambda: live.marks["r1"]["stars"] == 5)
    log.mark("r5", stars=2)
    assert live.marks["r5"]["stars"] == 2
    assert json.dumps(live.marks)
    assert make_wall(filled(clips)).make_live().keeps == "page"


@pytest.mark.parametrize("how", ["experiment", "frame"])
def test_a_wall_follows_its_runs_to_their_end(tmp_path, how):
    """Planned cells hold their places; what ends comes in, with its file; what the frame was given stays."""
    service = FakePixazo()
    exp = experiment(service, pixnb.Log(tmp_path / "log.db"))
    sweep = exp.sweep(LUCY, prompt=["a [held]", "b [held]", "c [held]"], video=CLIP, repeats=2)
    until(lambda: len(service.posts) == 4)
    frame = exp.frame().assign(prompt=["x", "y", "z"] * 2)
    wall = exp.wall("prompt", "take") if how == "experiment" else frame.pixnb.grid("prompt", "take")
    assert [len(wall.matrix.rows), len(wall.matrix.columns), len(wall)] == [3, 2, 6]
    card = wall.make_live()
    before = card.page
    assert "come in by themselves" in before
    assert card.page.count(">planned<") == 2
    service.released.set()
    sweep.wait(30)
    until(lambda: "come in by themselves" not in card.page)
    assert card.page.count('data-kind="video"') == 6
    assert (">x<" in card.page) == (how == "frame")
    name = re.compile('data-wall="[0-9a-f-]+"')
    assert name.findall(before) == name.findall(card.page)  # so that the player goes on from where it is
    assert card._films.find("6").data


def test_a_page_gets_the_films_of_runs_and_sources(clips):
    """By the names of its cells."""
    sent = []
    live = make_wall(filled(clips)).make_live()
    live.send = lambda content, buffers=None: sent.append((content, buffers))
    for name in ("source", 1, 2, 77):
        live._handle_custom_msg({"film": name}, [])
    until(lambda: len(sent) == 4)
    said = {content["film"]: (content, buffers) for content, buffers in sent}
    assert said["source"][1] == [clips["tall"].read_bytes()]
    assert said["1"][1] == [clips["wide"].read_bytes()]
    assert "no file" in said["2"][0]["why"]
    assert "no cell 77" in said["77"][0]["why"]


def test_a_few_side_by_side(clips):
    """Each by itself in one row, the source first; each is called by what it is."""
    page = Page(make_wall(filled(clips), in_line=True).html())
    assert page.tags.count("tr") == 2
    assert [figure["data-n"] for figure in page.figures] == ["source", "1", "2", "3", "4", "5"]
    assert page.text.count('class="wall-label"') == 5


def test_a_wall_of_nothing_says_so():
    """In all forms."""
    wall = make_wall(grid(prompt=PROMPTS).iloc[:0])
    assert wall.text() == "No runs yet."
    assert "No runs yet" in Page(wall.html()).text
    assert len(wall) == 0


def test_long_prompts_do_not_swell_a_wall(clips):
    """Heads have the words that differ; the whole is a hint."""
    frame = grid(prompt=[LONG.format(word) for word in ("no", "two")], seed=[1, 2])
    text = Page(make_wall(frame).html()).text
    assert len(text) < 12_000
    assert "<mark>two</mark>" in text
