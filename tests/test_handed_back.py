"""Marks that come back in files: a person's newest file of a page takes the place of earlier ones, an empty one too."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from ballots import clips, content, page_of, put
from sampling import sampled

import pixnb
from pixnb.log.log import Log
from pixnb.votes.file import parse_votes

STATIC = {name: Path(pixnb.__file__).parent / path for name, path in {
    "marks": "wall/static/marks.js", "choices": "wall/static/choices.js", "keep": "wall/static/keep.js",
    "votes": "votes/static/votes.js",
}.items()}  # fmt: skip


@pytest.fixture
def exp(tmp_path):
    """Two clips."""
    with Log(tmp_path / "log.db") as log:
        clips(log, ("a red coat", "a blue coat"), (1,))
        yield pixnb.Experiment("coats", log=log)


def file(exp, hour, marks, *, votes=False, voter="ann", page=None):
    """What a page wrote at an hour; `marks` None: it is of votes alone."""
    made = f"2026-11-27T{hour:02}:00:00Z"
    said = content(exp.log, voter, choose=lambda *_: "left" if votes else None, marks=marks or (), made=made, page=page)
    return said if marks is not None else {name: value for name, value in said.items() if name != "marks"}


def said_of(exp):
    """Stars, picks and notes by the numbers of the runs."""
    found = exp.frame()
    stars, notes = (found[name].dropna().to_dict() for name in ("stars", "notes"))
    return stars, [n for n, picked in found["picked"].items() if picked], notes


LATER = {
    "an empty list": (False, [], True),
    "of votes, as a judge's page writes it": (True, None, False),
    "of votes, without any": (False, None, False),
    "of votes, with an empty list": (True, [], False),
    "of votes, with marks": (True, [{"stars": 2}], True),
    "marks that say nothing": (False, [{}], True),
}
FIRST = {
    "note": {"notes": [{"at": 1, "text": "old"}]},
    "all": {"stars": 5, "picked": True, "notes": [{"at": None, "text": "old"}]},
}


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize(
    "order",
    sampled(["in order", "older one last", "at once", "with a third of between"], ["older one last", "at once"]),
)
def test_a_later_file_takes_the_place_of_the_earlier(exp, tmp_path, first, later, order):
    """Of marks, an empty one too; one of votes leaves marks alone. In whatever order they come, and twice."""
    a, b = exp.frame()["run_id"]
    page = page_of(exp.log)
    votes, marks, is_taken_back = LATER[later]
    new = None if marks is None else [{"run": b, **mark} for mark in marks]
    files = [
        put(tmp_path / "first.json", file(exp, 10, [{"run": a, **FIRST[first]}], page=page)),
        put(tmp_path / "later.json", file(exp, 12, new, votes=votes, page=page)),
        put(tmp_path / "ben.json", file(exp, 9, [{"run": a, "stars": 1}], voter="ben", page=page)),
    ]
    if order == "with a third of between":
        files.insert(1, put(tmp_path / "third.json", file(exp, 11, [{"run": a, **FIRST[first]}], page=page)))
    for path in [files] if order == "at once" else files[::-1] if order == "older one last" else files:
        exp.import_votes(path)
    mine = FIRST[first] if not is_taken_back else {}
    stars = {0: mine.get("stars", 1)} | ({1: 2} if marks == [{"stars": 2}] else {})
    notes = {0: f"{'0:01.0 ' if first == 'note' else ''}old (ann)"} if mine else {}
    assert said_of(exp) == (stars, [0] if mine.get("picked") else [], notes)
    assert exp.log.marks([a])[a]["stars"] == stars[0]
    assert exp.import_votes(files)["changed"].tolist() == [0] * len(files)


def test_the_same_said_again_later_counts_from_then(exp, tmp_path):
    """A file of between that comes last is older than what was said again."""
    a, _ = exp.frame()["run_id"]
    for name, hour, stars in (("one", 10, 4), ("three", 12, 4), ("two", 11, 1)):
        exp.import_votes(put(tmp_path / f"{name}.json", file(exp, hour, [{"run": a, "stars": stars}])))
    assert said_of(exp)[0] == {0: 4}


def test_what_was_taken_back_is_told(exp, tmp_path):
    """To who looks at a wall: the runs of which it changes something, and no other."""
    told = []

    class Page:
        def changed(self, run_ids):
            told.append(run_ids)

    page = Page()
    exp.log.follow_marks(page.changed)
    a, _ = exp.frame()["run_id"]
    exp.import_votes(put(tmp_path / "a.json", file(exp, 10, [{"run": a, "stars": 4}])))
    taken = exp.import_votes(put(tmp_path / "b.json", file(exp, 11, [])))
    assert told == [{a}, {a}]
    assert taken[["marks", "changed"]].values.tolist() == [[0, 1]]


def play(folder, names, program):
    """What the page's scripts say, in Node with a browser's storage."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here to run the page's script")
    kept = """const kept = {}; globalThis.addEventListener = () => {};
    globalThis.localStorage = { getItem: (n) => kept[n] ?? null, setItem: (n, v) => { kept[n] = v; } };"""
    (folder / "page.js").write_text("\n".join([kept, *(STATIC[name].read_text() for name in names), program]))
    done = subprocess.run([node, folder / "page.js"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


STEPS = {
    "a star": ([["a", {"stars": 4}]], {}, [["a", 4, None, []]]),
    "a star taken away": ([["a", {"stars": 4}], ["a", {"stars": None}]], {}, []),
    "a pick taken away": ([["a", {"picked": True}], ["a", {"picked": False}]], {}, []),
    "a note": ([["a", {"note": "x", "at": 1.5}]], {}, [["a", None, None, ["x"]]]),
    "a note taken away": ([["a", {"note": "x"}], ["a", {"unnote": "note"}]], {}, []),
    "a pick of the log's taken away": ([["a", {"picked": False}]], {"picked": True}, [["a", None, False, []]]),
    "nobody's stars go back": ([["a", {"note": "x"}]], {"stars": 3, "picked": True}, [["a", None, None, ["x"]]]),
    "her own that the log has": ([["a", {"stars": 3}], ["b", {"stars": 2}]], {"stars": 3},
                                 [["a", 3, None, []], ["b", 2, None, []]]),
    "the log's notes": ([["a", {"note": "x", "at": 2}]], {"notes": [{"id": "said-1", "at": 1, "text": "y (ben)"}]},
                        [["a", None, None, ["x"]]]),
}  # fmt: skip


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("is_opened_anew", [False, True])
def test_what_a_report_hands_back(exp, tmp_path, steps, is_opened_anew):
    """What its reader says, all of it, and nothing of others; a report made after it was taken hands back the same."""
    said, given, expected = STEPS[steps]
    a, b = exp.frame()["run_id"]
    runs = {"a": a, "b": b}
    data = {"report": "r", "log": exp.log.id, "title": "", "runs": [{"run": a, "n": 1, "marks": given},
                                                                    {"run": b, "n": 2, "marks": {}}]}  # fmt: skip
    program = f"""const data = {json.dumps(data)};
    let choices = keepChoices(data);
    const host = choices.open({{}});
    for (const [run, change] of {json.dumps([[runs[run], change] for run, change in said])}) host.mark(run, change);
    if ({json.dumps(is_opened_anew)}) {{
      for (const one of data.runs) one.marks = choices.now()[one.run]; // the log has taken them meanwhile
      choices = keepChoices(data);
    }}
    const file = votesFile({{ ...data, voter: "ann", marks: choices.own() }});
    console.log(JSON.stringify({{ file, isTouched: choices.isTouched() }}));"""
    found = play(tmp_path, ["votes", "marks", "choices"], program)
    assert found["isTouched"]
    read = parse_votes(found["file"].encode())
    assert read.has_marks
    told = [[run, m.stars, m.picked, [note.text for note in m.notes]] for run, m in itertools.product("ab", read.marks)
            if m.run == runs[run]]  # fmt: skip
    if is_opened_anew and steps == "a pick of the log's taken away":
        expected = []  # there is none any more
    assert told == expected


def test_a_wall_of_its_own_hands_back_an_empty_file(exp, tmp_path):
    """What a page without a log keeps is a file of marks, also when all were taken away."""
    program = """const made = [];
    saveText = (text) => made.push(text);
    const page = keepInPage("w");
    for (const [stars, picked] of [[3, true], [null, false]]) {
      page.host().mark("a", { stars });
      page.host().mark("a", { picked });
      downloadMarks(page.all(), { report: "w", log: "l", voter: "ann" });
    }
    console.log(JSON.stringify(made));"""
    first, last = (parse_votes(text.encode()) for text in play(tmp_path, ["votes", "marks", "keep"], program))
    assert [(mark.stars, mark.picked) for mark in first.marks] == [(3, True)]
    assert last.marks == ()
    assert last.has_marks


@pytest.mark.parametrize("change", [{"stars": 2}, {"stars": None}, {"picked": True}, {"note": "dark", "at": 1.5}])
def test_a_saved_wall_begins_with_the_logs_marks_and_hands_back_its_readers(exp, tmp_path, change):
    """A file that the log takes: what its reader said, nothing of others."""
    a, b = exp.frame()["run_id"]
    exp.run(a).star(5).pick().note("</script><b>mine")
    page = exp.wall().save(tmp_path / "wall.html").read_text(encoding="utf-8")
    script = page.split('<script type="module">')[1].split("</script>")[0]
    head, call = script.rsplit("mountWall(", 1)
    program = f"""const made = [];
    globalThis.document = {{ querySelector: () => null }};
    saveText = (text) => made.push(text);
    const host = {call.split(", ", 1)[1].rsplit(");", 1)[0]};
    const before = JSON.parse(JSON.stringify(host.marks));
    host.mark({json.dumps(b)}, {json.dumps(change)});
    downloadMarks(host.own(), host.about);
    console.log(JSON.stringify([before, host.marks, made[0]]));"""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here to run the page's script")
    (tmp_path / "page.js").write_text("globalThis.addEventListener = () => {};\n" + head + program)
    done = subprocess.run([node, tmp_path / "page.js"], capture_output=True, text=True, check=True)
    before, after, file = json.loads(done.stdout)
    assert before == {
        run: {"stars": None, "picked": False, "notes": [], **mark} for run, mark in exp.log.marks([a, b]).items()
    }
    assert after[a] == before[a]
    assert {mark.run for mark in parse_votes(file.encode()).marks} == ({b} if change != {"stars": None} else set())
    (tmp_path / "marks.json").write_text(file)
    taken = exp.import_votes(tmp_path / "marks.json")
    assert taken["refused"].isna().all()
    assert exp.frame()["stars"].tolist()[0] == 5
    if "at" in change:
        assert "dark" in exp.frame()["notes"][1]
