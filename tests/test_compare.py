"""Comparisons: words that differ, columns that vary, the table in all its forms, df.pixnb."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from frames import picture
from served import tiny_clip

import pixnb
import pixnb.pandas
from pixnb.compare import clips, pages
from pixnb.compare.comparison import compare
from pixnb.compare.content import content
from pixnb.compare.prompts import differences, excerpt, marked
from pixnb.compare.table import text_table
from pixnb.display.host import QUIRKS, Host
from pixnb.errors import InvalidInput

LONG = (
    "A slow aerial shot drifts over a quiet {} at {}, "
    + "the camera gliding above the still water, " * 12
    + "no people."
)


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(tiny_clip())
    return str(path)


def runs(clip, **columns):
    """Three runs: one done, one that failed, one that is on its way."""
    return pd.DataFrame(
        {
            "run_id": ["r1", "r2", "r3"],
            "model": "ltx-2",
            "status": ["COMPLETED", "FAILED", "PROCESSING"],
            "prompt": ["A red coat", "A blue coat", "A green coat"],
            "take": pd.array([1, 1, 1], dtype="Int64"),
            "params.fps": pd.array([24, 25, None], dtype="Int64"),
            "params.duration": 6,
            "cost": [0.2, None, None],
            "cost_simulated": [None, None, None],
            "currency": ["USD", None, None],
            "queue_seconds": [1.0, None, None],
            "run_seconds": [6.2, None, None],
            "output_path": [clip, None, None],
            "error": [None, "The service could not <do> it.", None],
            "stars": pd.array([4, None, None], dtype="Int64"),
            **columns,
        }
    )


OUTCOMES = ("cost", "time", "status", "stars")


def titles(said):
    """The heads of the columns of what was asked."""
    return [column.title for column in said.columns if column.name not in OUTCOMES]


def said_in(said, name):
    """What the rows say in a column."""
    return [column.line(cell) for row in said.rows for column, cell in said.cells(row) if column.name == name]


class Reader(HTMLParser):
    """Reads the cells of the table, the marked words and the addresses out of HTML."""

    def __init__(self, text):
        super().__init__()
        self.inside, self.cells, self.marks, self.sources, self.tags = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.sources += [found[name] for name in ("src", "poster") if found.get(name)]
        if tag not in ("img", "meta"):
            self.inside.append(tag)
        if tag in ("th", "td"):
            self.cells.append("")
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self.inside:
            return
        if {"td", "th"} & set(self.inside):
            self.cells[-1] += data
        if "mark" in self.inside:
            self.marks[-1] += data


def test_words_that_differ_are_whole_words():
    """Pieces joined give the prompt back; what differs is found by words, with blanks within a stretch."""
    pieces = differences("Her coat is deep red,  with a hood", "Her coat is blue, with a cape")
    assert "".join(piece.text for piece in pieces) == "Her coat is deep red,  with a hood"
    assert [piece.text for piece in pieces if piece.differs] == ["deep red", "hood"]
    assert [piece.text for piece in differences("雪の夜の湖", "雪の朝の湖") if piece.differs] == ["夜"]


def test_the_first_prompt_is_marked_where_others_changed_it():
    """Both sides of a change stand out; a prompt about another thing altogether is left plain."""
    first, second, third = marked(["A red coat in rain", "A blue coat in rain", "Two dogs running home"])
    assert [[p.text for p in split if p.differs] for split in (first, second, third)] == [["red"], ["blue"], []]
    assert marked([]) == []


def test_a_long_prompt_is_cut_down_to_what_differs():
    """The words that differ stay, however far in they are, and gaps say where something went."""
    lake, sea = marked([LONG.format("lake", "dawn"), LONG.format("lake", "dawn").replace("no people", "two people")])
    short = excerpt(sea)
    assert len("".join(piece.text for piece in sea)) > 500
    assert sum(len(piece.text) for piece in short) < 170
    assert [piece.text for piece in short if piece.differs] == ["two"]
    assert any(piece.gap for piece in short)
    same = excerpt(marked([LONG, LONG])[0])
    assert sum(len(piece.text) for piece in same) < 170
    assert excerpt(marked(["A lake"])[0]) == marked(["A lake"])[0]
    assert lake != sea


def test_only_what_varies_is_a_column(clip):
    """The rest stands once above; what was not sent shows the service's default; seed stands in for take."""
    said = content(runs(clip))
    assert titles(said) == ["prompt", "fps"]
    assert [(column.title, cell.text) for column, cell in said.same] == [("model", "ltx-2"), ("duration", "6")]
    assert [row.cells[1].text for row in said.rows] == ["24", "25", "25 (default)"]
    assert said.money == "$0.20 · 2 at an unknown price"
    seeds = content(runs(clip, seed=pd.array([1, 2, 2], dtype="Int64"), take=[1, 1, 2], prompt="A coat"))
    assert titles(seeds) == ["fps", "seed"]
    assert seeds.prompt == "A coat"
    some = content(runs(clip, seed=pd.array([1, 2, None], dtype="Int64"), take=[1, 1, 2]))
    assert titles(some)[-2:] == ["seed", "take"]


def test_rows_are_grouped_by_a_column(clip):
    """Groups come in the frame's order and say what they have in common; an unknown column is named."""
    frame = runs(clip, seed=pd.array([1, 2, 1], dtype="Int64"))
    said = content(frame, by="seed")
    assert [(group.heads[0][1].text, [row.number for row in group.rows]) for group in said.groups] == [
        ("1", [1, 3]),
        ("2", [2]),
    ]
    assert titles(said) == ["prompt", "fps"]
    assert len(content(frame, by=["fps", "seed"]).groups) == 3
    with pytest.raises(InvalidInput, match=r'no column "strength".*Choose from .*prompt.*fps'):
        compare(frame, by="strength")


def test_the_table_says_everything_of_a_run(clip):
    """Clip, marked prompt, what varies, cost, time, status and stars; why there is no clip stands in its place."""
    html = compare(runs(clip)).html()
    page = Reader(html)
    assert page.marks == ["red", "blue", "green"]
    assert [cell.strip() for cell in page.cells[:9]] == [
        *("#", "clip", "prompt", "fps", "cost", "time", "status", "stars"),
        "1",
    ]
    rows = [" ".join(cell.split()) for cell in page.cells[8:]]
    assert rows[2:8] == ["A red coat baseline", "24", "$0.20", "6.2 s", "completed", "★★★★☆"]
    assert rows[9:15] == ["The service could not <do> it.", "A blue coat", "25", "price unknown", "–", "failed"]
    assert rows[17] == "Being made"
    assert "3 runs" in html
    assert html.count('data-kind="video"') == 1


def test_what_people_write_is_text(clip):
    """Nothing from outside becomes markup, in any place."""
    evil = '<img src=x onerror="alert(1)">'
    frame = runs(clip, prompt=[f"A {evil}", "A b", "A c"], model=[evil, "b", "c"], error=evil, run_id=evil)
    frame["experiment"] = evil
    frame["vars.look"] = evil
    frame["params.negative_prompt"] = [evil, "x", "y"]
    frame["input.image"] = [f"/{evil}", "https://host/still.png?sig=secret", None]
    table = compare(frame)
    for html in (table.html(), compare(frame, by=["model"]).html(), pages.write_page(table.content, table.title)):
        assert "onerror" not in Reader(html).tags
        assert "<img src=x" not in html
        assert "secret" not in html
    assert "&lt;img" in table.html()


def test_an_output_holds_stills_and_names_clips_where_they_are_served(clip, tmp_path):
    """No clip is in a saved output, however small; its file is named where the host serves it."""
    frame = runs(clip, output_path=[clip, clip, "/gone/clip.mp4"])
    page = Reader(compare(frame).html())
    assert {source[:15] for source in page.sources} == {"data:image/webp"}
    kept = tmp_path / "assets" / "clip.mp4"
    kept.parent.mkdir()
    kept.write_bytes(pixnb.sample("video").path.read_bytes())
    here = Host("jupyter", serves_files=True, folder=tmp_path, root=tmp_path)
    served = clips.for_output([kept] * 4, at=here)
    assert {(one.source.how, one.source.url) for one in served} == {("file", "assets/clip.mp4")}
    stills = clips.for_output([kept] * 8, at=Host("plain"))
    assert {one.source.how for one in stills} == {"none"}
    assert all(one.poster for one in stills)


def hosted(name, root):
    """A host by its name, at a folder."""
    return Host(name, **QUIRKS[name], folder=root, root=root if QUIRKS[name]["serves_files"] else None)


@pytest.mark.parametrize(
    ("name", "inside", "why"),
    [
        ("jupyter", "", "serves nothing outside of"),
        pytest.param("jupyter", ".cache", "no hidden folders", marks=pytest.mark.slow),
        pytest.param("hub", "", "PIXNB_DATA in there", marks=pytest.mark.slow),
        ("voila", "", "Voila serves no files"),
        pytest.param("vscode", "", "VS Code serves no files", marks=pytest.mark.slow),
        pytest.param("colab", "", "Colab serves no files", marks=pytest.mark.slow),
        pytest.param("plain", "", "no notebook server is here", marks=pytest.mark.slow),
    ],
)
def test_a_still_says_why_it_does_not_play_and_what_to_do(tmp_path, name, inside, why):
    """Whatever host does not serve the clips: each is called a still, and above stands the reason and the way out."""
    root = tmp_path.resolve() / "root"
    folder = (root if inside else tmp_path) / (inside or "elsewhere")
    folder.mkdir(parents=True)
    sample = pixnb.sample("video").path.read_bytes()
    for number in range(12):
        (folder / f"{number}.mp4").write_bytes(sample)
    frame = pd.DataFrame({"run_id": list("abcdefghijkl"), "output_path": [str(folder / f"{n}.mp4") for n in range(12)]})
    said = content(frame)
    shown = pages.write_fragment(said, "Runs", at=hosted(name, root))
    note = shown[shown.index('class="playing without-film"') : shown.index("<table")]
    assert "<video" not in shown
    assert shown.count('class="still without-film"') == 12
    for words in ("12 of 12 clips are stills here", why, "save(&#34;table.html&#34;)", "exp.report("):
        assert words in note
    assert (str(root) in note) == (name in ("jupyter", "hub") and not inside)
    whole = pages.write_page(said, "Runs")
    assert whole.count("<video") == 12
    assert "are stills here" not in whole


def test_a_clip_outside_of_the_root_is_a_still_beside_those_that_play(tmp_path):
    """And it says so on the still itself."""
    (tmp_path / "inside").mkdir()
    inside = [tmp_path / "inside" / f"{n}.mp4" for n in range(8)]
    for one in inside:
        one.write_bytes(pixnb.sample("video").path.read_bytes())
    root = (tmp_path / "inside").resolve()
    places = [pixnb.sample("video").path, *inside]
    made = clips.for_output(places, at=hosted("jupyter", root))
    assert [one.source.how for one in made] == ["none", *["file"] * 8]
    frame = pd.DataFrame({"run_id": list("abcdefghi"), "output_path": list(map(str, places))})
    shown = pages.write_fragment(content(frame), "Runs", at=hosted("jupyter", root))
    assert (shown.count("<video"), shown.count(">still<")) == (8, 1)
    assert "1 of 9 clips are stills here" in shown


def test_a_clip_by_its_address_says_what_to_do_where_it_is_not_found(tmp_path):
    """In a saved page that went without its folder; what is in the page needs no such words."""
    sample = pixnb.sample("video").path.read_bytes()
    for number in range(8):
        (tmp_path / f"{number} ä.mp4").write_bytes(sample)
    frame = pd.DataFrame({"run_id": list("abcdefgh"), "output_path": [str(tmp_path / f"{n} ä.mp4") for n in range(8)]})
    shown = pages.write_fragment(content(frame), "Runs", at=hosted("jupyter", tmp_path.resolve()))
    assert shown.count("onerror=") == shown.count('class="lost" hidden>The clip is not beside this page, at ') == 8
    assert "at 3 ä.mp4. exp.report(" in shown
    assert "onerror" not in pages.write_table(content(frame), "Runs")
    assert "onerror" not in pages.write_page(content(frame), "Runs")


def test_a_broken_file_leaves_its_row(tmp_path):
    """A file that is no media, or gone, is said in words; pictures are shown as pictures."""
    (tmp_path / "broken.mp4").write_bytes(b"not a video")
    picture = tmp_path / "still.jpg"
    picture.write_bytes(pixnb.sample("image").poster(64))
    places = [str(tmp_path / "broken.mp4"), str(tmp_path / "gone.mp4"), str(picture)]
    table = compare(pd.DataFrame({"output_path": places, "prompt": ["A a", "A b", "A c"]}))
    html = table.html()
    assert html.count("cannot be shown") == 1
    assert html.count("Its file is no longer here") == 1
    assert html.count("<img ") == 1
    assert table.png().startswith(b"\x89PNG")


def test_one_output_stays_small(clip):
    """Twenty long prompts and clips are one bundle of HTML, PNG and text; very many rows are cut, and it says so."""
    twenty = pd.DataFrame(
        {
            "run_id": [f"r{n}" for n in range(20)],
            "prompt": [LONG.format("lake", f"hour {n}") for n in range(20)],
            "output_path": clip,
        }
    )
    bundle = compare(twenty)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert len(bundle["text/html"]) + len(bundle["image/png"]) * 4 / 3 < 400_000
    assert bundle["text/html"].count("<details>") == 20
    many = compare(pd.DataFrame({"run_id": [str(n) for n in range(300)], "prompt": "A", "seed": range(300)}))
    html = many.html()
    assert html.count("data-run=") == 300
    assert html.count("<tr data-lean hidden") == 250
    assert "The first 50 of 300 runs" in html
    assert many.png().startswith(b"\x89PNG")


def test_a_table_is_saved_in_the_form_of_its_ending(clip, tmp_path):
    """HTML that needs nothing else, PNG, text; another ending is refused, an unwritable place too."""
    table = compare(runs(clip), title="Coats")
    page = table.save(tmp_path / "new" / "coats")
    assert page.name == "coats.html"
    read = Reader(page.read_text())
    assert all(source.startswith("data:") for source in read.sources)
    assert read.sources
    assert not re.search(r'(?:src|href)="(?!data:)', page.read_text())
    assert table.save(tmp_path / "coats.png").read_bytes().startswith(b"\x89PNG")
    assert table.save(tmp_path / "coats.txt").read_text() == f"{table!r}\n"
    with pytest.raises(InvalidInput, match=r"\.html, \.png, \.txt"):
        table.save(tmp_path / "coats.docx")
    with pytest.raises(InvalidInput, match="cannot be written"):
        table.save("/proc/nowhere/coats.html")


def test_text_is_cut_to_what_differs(clip):
    """In a terminal a long prompt is cut to its differing words; nothing to show is said."""
    text = text_table(runs(clip, prompt=[LONG.format(hour, "sea") for hour in ("dawn", "noon", "dusk")]))
    for hour, line in zip(("dawn", "noon", "dusk"), text.splitlines()[-3:], strict=True):
        assert hour in line
    assert max(map(len, text.splitlines())) < 120
    assert compare(runs(clip).head(0)).text() == "No runs yet."
    assert "No runs yet" in compare(runs(clip).head(0)).html()


def test_an_experiment_compares_its_runs(tmp_path):
    """`exp.compare()` and the frame's own `df.pixnb` say the same; a frame of ids alone is filled from its log."""
    with pixnb.Log(tmp_path / "log.db") as log:
        client = pixnb.Client(
            keys={"pixazo": "key"}, base_urls={"pixazo": "https://pixazo.example"}, transport=FakePixazo().transport
        )
        exp = pixnb.Experiment("coats", log=log, client=client)
        for prompt in ("A red coat", "A blue coat"):
            exp.submit("lucy-edit-fast", prompt=prompt, video="https://example.org/clip.mp4?sig=1").result()
        table = exp.compare()
        assert (len(table), table.title) == (2, "coats")
        assert Reader(table.html()).marks == ["red", "blue"]
        frame = exp.frame()
        assert frame.pixnb.table().text() == table.text()
        ids = frame[["run_id"]].iloc[::-1]
        assert [row.cells[0].text for row in ids.pixnb.table().content.rows] == ["A blue coat", "A red coat"]
        assert frame[["output_sha256"]].pixnb.table().content.rows[0].output is not None
        own = frame[["run_id"]].assign(prompt=["My words", "My own words"])
        assert own.pixnb.table().content.rows[0].cells[0].text == "My words"
        assert frame.pixnb.report(tmp_path / "r").exists()


def test_a_frame_that_cannot_be_shown_says_what_it_lacks():
    """A missing column is named; ids that no log knows are said to be unknown."""
    with pytest.raises(InvalidInput, match=r"run_id, output_path or output_sha256; this frame has colour, size"):
        _ = pd.DataFrame({"colour": [1], "size": [2]}).pixnb.table()
    with pytest.raises(InvalidInput, match="nothing to show"):
        pd.DataFrame({"run_id": ["unknown"]}).pixnb.table()


def test_the_accessor_is_there_when_it_is_needed(tmp_path):
    """With pandas loaded before pixnb, and for every frame of a log; an `import pixnb` alone loads no pandas."""
    programs = (
        "import pandas, pixnb; assert 'pixnb.pandas' not in __import__('sys').modules; pandas.DataFrame.pixnb",
        "import pixnb, tempfile; pixnb.Log(tempfile.mkdtemp() + '/log.db').frame().pixnb.table()",
    )
    for program in programs:
        subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=tmp_path)


def test_a_long_difference_is_cut_and_not_left_out():
    """What differs is what the column is for."""
    short, long = "Make it a night", "Make it a sunny autumn morning, repainted as watercolour on rough paper"
    said = "".join(piece.text for piece in excerpt(differences(long, short), most=46, around=1))
    assert said.startswith("Make it a sunny autumn")
    assert said.endswith(" …")
    assert len(said) <= 48


def test_three_services_videos_pictures_and_currencies_in_one_table(clip, tmp_path):
    """Each row says its service and its money; a picture has no controls, opens, and is on the sheet."""
    shot = str(picture(tmp_path / "shot.png", (300, 600)))
    frame = pd.DataFrame(
        {
            "run_id": ["r1", "r2", "r3", "r4"],
            "provider": ["pixazo", "decart", "apiframe", "apiframe"],
            "model": ["lucy-edit-fast", "lucy-pro-i2i", "wan-2.7-videoedit", "wan-2.7-videoedit"],
            "status": ["COMPLETED", "COMPLETED", "COMPLETED", "FAILED"],
            "cost": [0.2, None, 12, 0],
            "currency": ["USD", None, "credits", "credits"],
            "cost_kind": ["estimated", None, "charged", "refunded"],
            "output_path": [clip, shot, clip, None],
        }
    )
    table = compare(frame)
    said = table.content
    assert said_in(said, "cost") == ["$0.20", "price unknown", "12 credits", "refunded"]
    assert said.money == "$0.20 · 12 credits · 1 at an unknown price"
    shown = pages.write_fragment(said, "Runs", at=Host("plain"))
    assert shown.count('data-kind="video"') == 2
    assert shown.count('data-kind="image"') == 1
    assert '<span class="whole">lucy-pro-i2i</span> <small class="soft">decart</small>' in shown
    assert ">output</th>" in shown
    assert "wan-2.7-videoedit (apiframe)" in table.text()
    assert "decart" in table.save(tmp_path / "table.html").read_text()
    assert "data:image/png" in table.save(tmp_path / "table.html").read_text()
    assert 'data-type="image/png"' in frame.pixnb.report(tmp_path / "report.html").read_text()
    assert len(table.png()) > 3000


def test_a_table_too_wide_for_any_window_is_cards(clip):
    """Many columns are never cut off at the side; few are a table in a narrow window too."""
    few = pd.DataFrame({"run_id": ["r1", "r2"], "prompt": ["A lake", "A sea"], "output_path": clip})
    many = few.assign(**{f"params.target_resolution_{n}": [1, 2] for n in range(9)})
    assert 'upto-680"' in pages.write_fragment(content(few), "few")
    assert 'upto-1180"' in pages.write_fragment(content(many), "many")


def test_inputs_of_models_that_take_different_things_are_one_column(clip, tmp_path):
    """A run says what it was given, the first picture before the last; where all have all, each is a column."""
    first, last = (str(picture(tmp_path / name)) for name in ("first.png", "last.png"))
    frame = pd.DataFrame(
        {
            "run_id": ["r1", "r2", "r3"],
            "input.end_image": [None, last, None],
            "input.image": [None, first, None],
            "input.video": [clip, None, None],
        }
    )
    (column,) = content(frame).columns
    assert column.title == "input"
    assert [row.cells[0].text for row in content(frame).rows] == ["clip.mp4", "first.png, last.png", "–"]
    reader = Reader(compare(frame).html())
    assert "first.pnglast.png" in reader.cells
    both = pd.DataFrame({"run_id": ["r1", "r2"], "input.image": [first, last], "input.end_image": [last, first]})
    assert [one.title for one in content(both).columns] == ["image", "end image"]


def test_pictures_are_small_and_open_their_files(tmp_path):
    """All of them are seen, in what one output may hold."""
    places = [picture(tmp_path / f"{n}.png", (1280, 704), is_noisy=True) for n in range(2)]
    root = tmp_path.resolve()
    frame = pd.DataFrame({"run_id": ["a", "b"], "output_path": list(map(str, places))})
    shown = pages.write_fragment(content(frame), "Runs", at=Host("jupyter", True, True, root, root))
    assert shown.count("data:image/webp") == 2
    assert '<a href="0.png"' in shown
    assert len(shown) < 90_000
