"""The table once more: groups that say once what is alike, density, many rows, its widget, papers, CSV."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from PIL import Image
from served import tiny_clip
from test_compare import LONG, Reader

import pixnb
import pixnb.pandas
from pixnb.compare import pages
from pixnb.compare.comparison import compare
from pixnb.compare.content import content
from pixnb.compare.latex import escape_latex
from pixnb.compare.markdown import escape_markdown
from pixnb.compare.prompts import differences, excerpt
from pixnb.compare.segments import find_words
from pixnb.compare.table import text_table, width_of
from pixnb.errors import InvalidInput

SCRIPTS = {
    "Arabic": ("ضع معطفا أحمر على الرجل", "ضع معطفا أزرق على الرجل", ["أزرق"]),
    "Hebrew": ("מעיל אדום ברחוב", "מעיל כחול ברחוב", ["כחול"]),
    "Hindi": ("एक लाल कोट", "एक नीला कोट", ["नीला"]),
    "Korean": ("눈 오는 밤의 호수", "눈 오는 낮의 호수", ["낮의"]),
    "Japanese": ("雪の夜の湖", "雪の朝の湖", ["朝"]),
    "Chinese": ("让它变成一个下雪的冬夜", "让它变成一个下雨的冬夜", ["雨"]),
    "Thai": ("เสื้อแดงของเขา", "เสื้อดำของเขา", ["ดำ"]),
    "emoji": ("a 👨‍👩‍👧 here", "a 👨‍👩‍👦 here", ["👨‍👩‍👦"]),
    "a flag": ("under 🇩🇪 flags", "under 🇫🇷 flags", ["🇫🇷"]),
    "a tone": ("a 👍🏽 up", "a 👍🏿 up", ["👍🏿"]),
    "accents": ("un café noir", "un thé noir", ["thé"]),
    "hyphens": ("a well-lit room", "a half-lit room", ["half-lit"]),
}


def rows(count, **columns):
    return pd.DataFrame(
        {
            "run_id": [f"r{n}" for n in range(count)],
            "model": [("lucy", "ltx")[n % 2] for n in range(count)],
            "prompt": [("A red coat", "A blue coat", "A green coat")[n // 2 % 3] for n in range(count)],
            "seed": [n // 6 for n in range(count)],
            "status": "COMPLETED",
            "cost": [0.2 + 0.1 * (n % 3) for n in range(count)],
            "currency": "USD",
            "run_seconds": [5.0 + n for n in range(count)],
            **columns,
        }
    )


@pytest.mark.parametrize(("one", "other", "found"), SCRIPTS.values(), ids=SCRIPTS)
def test_words_of_every_script(one, other, found):
    """What a person sees as one sign is never cut, and the pieces joined are the prompt."""
    pieces = differences(other, one)
    assert "".join(piece.text for piece in pieces) == other
    assert [piece.text for piece in pieces if piece.differs] == found
    assert [other[start:end] for start, end in find_words(other)]
    edits = pd.DataFrame({"run_id": ["a", "b"], "prompt": [one, other]}).pixnb.diff().prompts[0].edits
    assert "".join(edit.text for edit in edits if edit.kind != "removed") == other


def test_a_long_text_without_blanks_is_cut_as_well():
    """And not within a sign."""
    long = "镜头缓缓掠过湖面，雾气在水上飘动，" * 20
    short = excerpt(differences(f"{long}黄昏。{long}", f"{long}黎明。{long}"))
    assert sum(len(piece.text) for piece in short) < 160
    assert [piece.text for piece in short if piece.differs] == ["黄昏"]
    families = excerpt(differences("👨‍👩‍👧" * 100, "👨‍👩‍👧" * 100))
    assert set("".join(piece.text for piece in families[:-1]).split("👨‍👩‍👧")) == {""}


def test_groups_say_once_what_their_rows_have_alike():
    """A column that is alike in every group goes; one that is alike in some is told there and dittoed."""
    frame = rows(12, **{"input.video": "/clips/coat.mp4", "vars.look": ["oil"] * 6 + ["ink"] * 6})
    said = content(frame, by="prompt")
    assert [[column.name for column, _ in group.heads] for group in said.groups] == [["prompt"]] * 3
    by_look = content(frame, by="look")
    assert [[(c.name, cell.text) for c, cell in group.same] for group in by_look.groups] == [
        [("seed", "0")],
        [("seed", "1")],
    ]
    assert "seed" not in [column.name for column in by_look.columns]
    some = content(frame.assign(model=["lucy"] * 6 + ["lucy", "ltx"] * 3), by="look")
    assert [cell.text for row in some.rows[5:8] for c, cell in some.cells(row) if c.name == "model"] == [
        *("″", "lucy", "ltx"),
    ]
    assert "model: lucy" in compare(frame.assign(model=["lucy"] * 6 + ["ltx"] * 6), by="look").text()
    asked = content(frame, by="look", columns=["seed", "cost"])
    assert [column.name for column in asked.columns] == ["seed", "cost"]
    singles = content(rows(3, prompt=["a", "b", "c"]), by="prompt")
    assert [group.same for group in singles.groups] == [(), (), ()]


def test_marks_say_what_they_are_held_against():
    """In the rows by a word, above in a sentence; groups have a first prompt of their own."""
    html = compare(rows(4)).html()
    assert html.count(">baseline<") == 2
    assert "where a prompt differs from that of run 1" in html
    assert "where a prompt differs from that of the first of its group" in compare(rows(12), by="model").html()
    assert "where a group&#39;s prompt differs from the first group&#39;s" in compare(rows(12), by="prompt").html()
    assert ">baseline<" not in compare(rows(4, prompt="A coat")).html()


@pytest.mark.parametrize(
    ("count", "density", "is_dense"),
    [(10, None, False), (11, None, True), (40, "roomy", False), (2, "compact", True)],
)
def test_more_than_ten_rows_are_low(count, density, is_dense):
    """Unless somebody says otherwise."""
    html = rows(count).pixnb.table(density=density).html()
    assert (" dense" in html.split(">", 1)[0]) == is_dense
    with pytest.raises(InvalidInput, match='density is "compact" or "roomy"'):
        rows(count).pixnb.table(density="tight")


@pytest.mark.parametrize(("count", "stills"), [(60, 50), (61, 50), (300, 50), (301, 8), (1000, 8)])
def test_rows_that_are_seen_have_a_still(tmp_path, count, stills):
    """Of very many the first few, and it says so; the picture has those there is room for, of very many none."""
    paths = [tmp_path / f"{n}.mp4" for n in range(count)]
    for path in paths:
        path.write_bytes(tiny_clip())
    bundle = compare(rows(count, output_path=[str(path) for path in paths]))._repr_mimebundle_()
    html = bundle["text/html"]
    assert html.count("<img ") == stills
    assert ("the first 8 have a still" in html) == (stills < min(count, 50))
    if count > 100:
        assert sum(map(len, bundle.values())) < 400_000
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert (picture.height > 250) == (count <= 300)  # words alone have 130


@pytest.mark.parametrize(("count", "is_said"), [(2, False), (10, False), (11, True), (50, True), (51, False)])
def test_an_exported_table_says_that_it_does_not_sort(count, is_said):
    """Where nothing else says what to do: no script is in what a notebook keeps. A page of its own does sort."""
    said = 'class="foot without-script">Sorted and filtered where the notebook runs; save(&#34;table.html&#34;)'
    table = compare(rows(count))
    assert (said in table.html()) == is_said
    assert "<script" not in table.html()
    assert said not in pages.write_page(table.content, "x")


def test_a_page_has_all_clips(tmp_path):
    """Rows to which its script turns, too; each with its still and its film."""
    (tmp_path / "clip.mp4").write_bytes(tiny_clip())
    page = compare(rows(53, output_path=str(tmp_path / "clip.mp4"))).save(tmp_path / "t.html").read_text()
    assert page.count("<video ") == 53
    assert page.count('class="run" data-run="r') == 53
    assert page.count("<tr hidden") + page.count(" hidden>") >= 3
    assert "data-lean hidden" not in page


def test_a_thousand_rows_are_one_output(tmp_path):
    """All of them in 400 kB; the first fifty are seen, the others in words alone until somebody turns to them."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(tiny_clip())
    table = compare(rows(1000, output_path=str(path), error=[None] * 999 + ["It broke. " * 30]))
    bundle = table._repr_mimebundle_()
    assert sum(len(str(part).encode()) for part in bundle.values()) < 400_000
    html = bundle["text/html"]
    assert html.count("data-run=") == 1000
    assert html.count("<tr data-lean hidden") == 950
    assert "The first 50 of 1,000 runs" in html
    assert "… and 940 more" in bundle["text/plain"]
    assert table.text().count("\n") == 1001
    cells = Reader(html).cells
    heads = cells.index("1")
    assert cells[-heads:][0] == "1000"
    assert compare(rows(1000, prompt=[f"{n} {LONG}" for n in range(1000)])).html().count("not in this output") <= 1


def test_no_script_is_in_what_a_notebook_keeps(tmp_path):
    """The widget beside it has one, a page of its own too."""
    table = compare(rows(4))
    assert "<script" not in table.html()
    assert "<script" in table.save(tmp_path / "a.html").read_text()


def test_a_row_without_a_film_has_no_sign_to_play_one(tmp_path):
    """A still says so; what is gone, broken or on its way says that, in every form of the page."""
    (tmp_path / "clip.mp4").write_bytes(tiny_clip())
    (tmp_path / "bad.mp4").write_bytes(b"no clip")
    places = [str(tmp_path / name) for name in ("clip.mp4", "bad.mp4", "gone.mp4")]
    said = content(rows(4, output_path=[*places, None], status=["COMPLETED"] * 3 + ["QUEUED"]))
    for html in (pages.write_table(said, "x"), pages.write_page(said, "x")):
        assert html.count("<figure") == 1
        for words in ("This file cannot be shown", "Its file is no longer here", "Waiting"):
            assert words in html
    assert "onclick" not in pages.write_table(said, "x")
    assert "<video" not in pages.write_table(said, "x")
    films = pages.films_of(said)
    assert [films[str(n)] for n in (1, 4)] == [Path(places[0]), None]


def test_stars_that_are_clicked_are_kept_in_the_log(tmp_path):
    """And those that are given elsewhere are seen; a widget's state has no film."""
    with pixnb.Log(tmp_path / "log.db") as log:
        urls = {"pixazo": "https://pixazo.example"}
        client = pixnb.Client(keys={"pixazo": "key"}, base_urls=urls, transport=FakePixazo().transport)
        exp = pixnb.Experiment("coats", log=log, client=client)
        runs = [exp.submit("lucy-edit-fast", prompt=p, video="https://example.org/a.mp4") for p in ("A a", "A b")]
        for run in runs:
            run.wait(20)
        run_id = runs[0].run_id
        for table in (exp.compare(), exp.frame().pixnb.table()):
            widget = table.make_live()
            assert widget.keeps == "log"
            widget._handle_custom_msg({"mark": {"run": run_id, "stars": 4}}, [])
            wait_for(lambda: log.marks([run_id])[run_id]["stars"] == 4)
            wait_for(lambda widget=widget: widget.marks[run_id]["stars"] == 4)
            runs[1].star(2)
            wait_for(lambda widget=widget: widget.marks[runs[1].run_id]["stars"] == 2)
            runs[0].star(None)
            assert "video/mp4" not in widget.page
    alone = rows(2).pixnb.table().make_live()
    assert (alone.keeps, alone.marks) == ("page", {})


def wait_for(is_true):
    import time

    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


ORDERS = [
    *(("$0.20 simulated", 0.2), ("12 credits", 12), ("price unknown", "price unknown"), ("1,234.5", 1234.5)),
    *(("5.3 s", 5.3), ("1 min 15 s", 75), ("2 h 1 min", 7260), ("★★★☆☆", 3), ("2 of 4", 0.5), ("24 (default)", 24)),
    *(("720p", "720p"), ("–", None), ("″", None), ("-0.5", -0.5), ("1e-05", 1e-05), ("lucy-2.5", "lucy-2.5")),
]


def test_what_cells_are_sorted_by():
    """Numbers by their size, whatever stands beside them."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    script = Path(pages.__file__).parent / "static" / "table.js"
    line = f"\nconsole.log(JSON.stringify({json.dumps([text for text, _ in ORDERS])}.map(tableOrder)))"
    found = subprocess.run([node, "-e", script.read_text() + line], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == [order for _, order in ORDERS]


EVIL = '50% of $5 & a_b #1 {x} ~y^2 \\input{z} <b>|"`c` -- *d* [e](f) line\nend'


def test_latex_is_escaped_and_aligned():
    """No sign of a prompt is a command; numbers have their unit in the head; what the letters need is said."""
    frame = rows(4, prompt=["A red coat", "A blue coat", f"A {EVIL} coat", "让它下雪 👩‍🚀 לילה"])
    table = compare(frame)
    said = table.to_latex(caption=r"Wordings, $n=4$.", label="tab:w")
    assert "\\begin{table}" in said
    assert "\\caption{Wordings, $n=4$.}" in said
    assert "A \\textbf{blue} coat" in said
    assert "cost (USD) & time (s)" in said
    assert "& 0.20 & 5.0 &" in said
    assert said.count("\\\\\n") == 5
    assert escape_latex(EVIL) == (
        r"50\% of \$5 \& a\_b \#1 \{x\} \textasciitilde{}y\textasciicircum{}2 \textbackslash{}input\{z\} "
        r"\textless{}b\textgreater{}\textbar{}{\char34}\textasciigrave{}c\textasciigrave{} -{}- *d* [e](f) line end"
    )
    assert "% It has Chinese or Japanese, Hebrew, emoji: use XeLaTeX" in said
    assert "right to left" in said
    assert "XeLaTeX" not in compare(rows(4)).to_latex()
    assert "\\begin{longtable}" in compare(rows(60)).to_latex()
    grouped = compare(rows(12), by="prompt").to_latex()
    assert grouped.count("\\addlinespace") == 2
    assert grouped.count("red") == 1
    whole = compare(rows(2, prompt=[LONG.format("lake", hour) for hour in ("dawn", "dusk")]))
    assert "p{0.55\\linewidth}" in whole.to_latex()
    assert len(whole.to_latex(whole=True)) > len(whole.to_latex()) + 600


def test_markdown_is_escaped_and_lined_up():
    """A pipe or a line's end in a prompt breaks no row; what differs is bold where Markdown would read it so."""
    frame = rows(4, prompt=["A red coat", "A blue, coat", f"A {EVIL} coat", "让它下雪"])
    said = compare(frame).to_markdown()
    lines = [line for line in said.splitlines() if line.startswith("|")]
    assert len(lines) == 6
    assert {line.replace("\\|", "").count("|") for line in lines} == {lines[0].count("|")}
    assert len({width_of(line) for line in (*lines[:4], lines[5])}) == 1
    assert "A **blue,** coat" in said
    assert "---:" in lines[1]
    assert escape_markdown("https://x.example/a") == "https<!-- -->://x.example/a"
    joined = compare(pd.DataFrame({"run_id": ["a", "b"], "prompt": ["x,y a b c", "x;y a b c"]})).to_markdown()
    assert "x<strong>;</strong>y" in joined


@pytest.mark.parametrize("ending", [".tex", ".md", ".txt", ".html"])
def test_a_paper_is_saved_in_the_form_of_its_ending(tmp_path, ending):
    """Each in UTF-8, whole."""
    table = compare(rows(4, prompt=["A ü", "A 雪", "A 👩‍🚀", "A a"]))
    text = table.save(tmp_path / f"coats{ending}").read_text("utf-8")
    assert "雪" in text
    assert text.endswith("\n")


def test_text_lines_up_in_a_terminal():
    """A Chinese sign takes two columns, an accent none."""
    text = text_table(rows(4, prompt=["A red coat", "让它下雪吧", "A 👩‍🚀 coat", "cafe\u0301 noir"]))
    lines = text.splitlines()[2:]
    at = lines[0].index("model")
    for line in lines[2:]:
        before = line[
            : line.index("l", 4)
            if "lucy" not in line and "ltx" not in line
            else max(line.find("lucy"), line.find("ltx"))
        ]
        assert width_of(before) == at


def test_a_diff_is_word_by_word(tmp_path):
    """Against the first, or a prompt or label that is named; by labels where prompts have some."""
    frame = rows(6, **{"vars.colour": ["red", "red", "blue", "blue", "green", "green"]})
    found = frame.pixnb.diff()
    assert found.text() == "red    A red coat\nblue   A [-red-]{+blue+} coat\ngreen  A [-red-]{+green+} coat"
    assert [one.count for one in found.prompts] == [2, 2]
    for name in ("blue", "A blue coat"):
        assert frame.pixnb.diff(baseline=name).text().splitlines()[0] == "blue   A blue coat"
    html = found.html()
    assert html.count("<del>red</del><ins>blue</ins>") == 1
    assert html.count('dir="auto"') == 6
    assert set(found._repr_mimebundle_()) == {"text/html", "image/png", "text/plain"}
    with pytest.raises(InvalidInput, match=r"No prompt is 'bleu'. Did you mean 'blue'"):
        frame.pixnb.diff("bleu")
    with pytest.raises(InvalidInput, match="no prompts to compare"):
        rows(2, prompt=None).pixnb.diff()
    plain = rows(2, prompt=["A <b>red</b> coat", "Two dogs run home"]).pixnb.diff()
    assert "<b>" not in plain.html()
    assert plain.text().endswith("2  Two dogs run home  (another text altogether)")


PRIVATE = (
    *(
        "/home/jo/clips/a.mp4",
        "C:\\Users\\jo\\a.mp4",
        "\\\\server\\share\\a.mp4",
        "~/films/a.mp4",
        "file:///home/jo/a.mp4",
    ),
    *("http://127.0.0.1:8801/pixazo/a.mp4?sig=1", "https://cdn.example/x/a.mp4?token=2", "s3://bucket/jo/a.mp4"),
)


@pytest.mark.parametrize("place", PRIVATE)
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_anonymous_export_says_not_who_and_where(tmp_path, place, ending):
    """Whatever column it stands in, and whatever form a path or an address has; what was asked stays."""
    frame = rows(
        2,
        user="jo",
        host="atelier-7",
        notebook="/home/jo/coats.ipynb",
        job_id="j1",
        output_path=place,
        output_url=place,
        error=f"jo@atelier-7 could not read {place}: try again",
        note=f"see ({place})",
        **{"input.video": place, "params.video_url": place, "vars.source": place, "tags.by": "jo"},
    )
    frame.attrs["pixnb_log"] = "secret-log"
    write = {".csv": frame.pixnb.to_csv, ".xlsx": frame.pixnb.to_excel}[ending]
    path = write(tmp_path / "runs", anonymous=True)
    assert path.suffix == ending
    read = pd.read_csv(path) if ending == ".csv" else pd.read_excel(path)
    text = read.to_csv()
    for private in (
        "jo",
        "atelier",
        "127.0.0.1",
        "cdn.example",
        "/home",
        "Users",
        "server",
        "bucket",
        "sig",
        "token",
        "://",
    ):
        assert private not in text.replace("prompt", ""), private
    assert read["prompt"].tolist() == ["A red coat", "A red coat"]
    assert read["input.video"].tolist() == ["a.mp4", "a.mp4"]
    assert "could not read a.mp4" in read["error"][0]
    known = pd.read_csv(frame.pixnb.to_csv(tmp_path / "own.csv"))
    assert known["user"].tolist() == ["jo", "jo"]


def test_an_anonymous_export_leaves_other_words_alone():
    """Fractions, tags of HTML, and/or, a ratio, a name within a word."""
    from pixnb.compare.anonymous import make_anonymous

    words = "1/2 and/or 16:9 </b> joker 3 / 4 a//b"
    assert make_anonymous(rows(1, user="jo", note=words))["note"].tolist() == [words]
