"""A wall's matrix: axes that fit, places, stacks, holes, sources, heads with marked words, the table's numbers."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from hypothesis import given, settings
from hypothesis import strategies as st
from served import tiny_clip
from sweeps import CLIP, LUCY, experiment

import pixnb
from pixnb.compare.content import content
from pixnb.errors import InvalidInput
from pixnb.wall.lines import write_lines
from pixnb.wall.matrix import lay_matrix
from pixnb.wall.parts import part_matrix

SNOW, LEAVES, NOON = "A lake in snow at night", "A lake in autumn at dusk, with leaves", "A lake at noon"
PROMPTS = [SNOW, LEAVES, NOON]
LONG = "A slow shot of a lake, " + "the camera gliding over the still water, " * 14 + "with {} people."


def grid(**axes):
    """A run for each point of a grid; `__` in a name is a dot."""
    points = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    usual = {"model": "ltx-2", "prompt": SNOW, "take": 1, "status": "COMPLETED", "cost": 0.2, "currency": "USD"}
    named = [{name.replace("__", "."): value for name, value in point.items()} for point in points]
    return pd.DataFrame([{"run_id": f"r{n}", **usual, **point} for n, point in enumerate(named, 1)])


def heads(keys):
    return [[head.short for head in key] for key in keys]


def numbers(matrix):
    return {place: [spot.row.number for spot in spots] for place, spots in matrix.places.items()}


def factors():
    """A template's runs: two labels that decide the prompt."""
    frame = grid(vars__colour=["red", "blue"], vars__weather=["sun", "rain"], seed=[1, 2])
    return frame.assign(prompt="A " + frame["vars.colour"] + " coat in " + frame["vars.weather"])


@pytest.mark.parametrize(
    ("frame", "rows", "columns"),
    [
        (grid(prompt=PROMPTS, seed=[1, 2]), [[p] for p in PROMPTS], [["seed 1"], ["seed 2"]]),
        (grid(prompt=PROMPTS, take=[1, 2]), [[p] for p in PROMPTS], [["take 1"], ["take 2"]]),
        (
            grid(prompt=PROMPTS, model=["lucy", "lucy-pro"], seed=[1, 2]),
            [[p] for p in PROMPTS],
            [["lucy", "seed 1"], ["lucy", "seed 2"], ["lucy-pro", "seed 1"], ["lucy-pro", "seed 2"]],
        ),
        (grid(prompt=PROMPTS), [[]], [[p] for p in PROMPTS]),
        (grid(seed=[7, 8]), [[]], [["seed 7"], ["seed 8"]]),
        (grid(prompt=PROMPTS, params__fps=[24, 30]), [[p] for p in PROMPTS], [["fps 24"], ["fps 30"]]),
        (grid(), [[]], [[]]),
        (
            factors(),
            [["red"], ["blue"]],
            [["sun", "seed 1"], ["sun", "seed 2"], ["rain", "seed 1"], ["rain", "seed 2"]],
        ),
    ],
    ids=["seeds", "takes", "models over seeds", "prompts alone", "seeds alone", "a parameter", "one run", "labels"],
)
def test_axes_are_found(frame, rows, columns):
    """What varies; prompts go down; labels stand for the prompts that they decide."""
    matrix = lay_matrix(frame)
    assert (heads(matrix.rows), heads(matrix.columns)) == (rows, columns)
    assert sorted(numbers(matrix).values()) == [[n] for n in range(1, len(frame) + 1)]


@pytest.mark.parametrize(
    ("rows", "columns", "axes"),
    [
        ("colour", ["weather", "seed"], (("colour",), ("weather", "seed"))),
        ("vars.colour", "vars.weather", (("colour",), ("weather",))),
        (["seed", "weather"], "colour", (("seed", "weather"), ("colour",))),
        ("prompt", None, (("prompt",), ("seed",))),
        (None, "seed", (("colour", "weather"), ("seed",))),
        ("seed", [], (("seed",), ())),
        ("vars", None, (("colour", "weather"), ("seed",))),
        (["prompt"], "model", (("prompt",), ("model",))),
    ],
)
def test_axes_are_named_with_or_without_their_prefix(rows, columns, axes):
    """One or several, which nest; what is left over stands in the same place, and nothing is lost."""
    matrix = lay_matrix(factors(), rows=rows, columns=columns)
    assert (matrix.row_axes, matrix.column_axes) == axes
    assert sorted(n for found in numbers(matrix).values() for n in found) == list(range(1, 9))


def test_what_shares_a_place_is_told_apart():
    """A stack's runs say what they differ in."""
    matrix = lay_matrix(grid(prompt=PROMPTS, seed=[1, 2]), rows="prompt", columns="model")
    assert [spot.label for spot in matrix.at(0, 0)] == [f"{SNOW} · ltx-2 · seed 1", f"{SNOW} · ltx-2 · seed 2"]


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        ("colur", None, 'no column "colur".*Choose from .*colour'),
        (None, ["seed", "wether"], 'no column "wether".*Did you mean weather'),
        ("prompt", ["seed", "prompt"], "prompt cannot be an axis twice"),
        (["seed", "seed"], None, "seed cannot be an axis twice"),
        ("vars", "colour", "vars.colour cannot be an axis twice"),
        (3, None, 'no column "3"'),
        (None, ["seed", None], 'no column "None"'),
    ],
)
def test_wrong_names_are_told(rows, columns, words):
    """As the table tells them."""
    with pytest.raises(InvalidInput, match=words):
        lay_matrix(factors(), rows=rows, columns=columns)


def test_a_parameter_that_is_a_switch_is_no_wording():
    """Its name ends with a prompt's; its values are said with it."""
    matrix = lay_matrix(grid(prompt=PROMPTS, params__enhance_prompt=[True, False]))
    assert heads(matrix.columns) == [["enhance prompt yes"], ["enhance prompt no"]]


def test_what_a_run_was_not_given_is_not_in_its_label():
    """Where each cell is called by its own."""
    frame = grid(seed=range(8)).assign(**{"input.image": ["/a.png", None] * 4})
    matrix = lay_matrix(frame, in_line=True)
    assert [spot.label for spot in matrix.spots][:2] == ["a.png · seed 0", "seed 1"]


def test_a_label_that_some_runs_lack_heads_nothing():
    """A batch of a prompt with a place and one without is told apart by its words, whatever the order."""
    frame = grid(prompt=["A red coat", "A blue coat", "A hat"], take=[1, 2])
    for looks in (["red"] * 2 + ["blue"] * 2 + [None] * 2, [None] * 2 + ["red"] * 2 + ["blue"] * 2):
        matrix = lay_matrix(frame.assign(**{"vars.colour": looks}))
        assert heads(matrix.rows) == [["A red coat"], ["A blue coat"], ["A hat"]]
        assert heads(matrix.columns) == [["take 1"], ["take 2"]]


def test_a_sweeps_labels_head_its_rows(tmp_path):
    """A labelled axis says its labels, and the words that they stand for."""
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = experiment(FakePixazo(polls=0), log)
        wordings = {"snow": LONG.format("no"), "noon": LONG.format("two")}
        exp.sweep(LUCY, prompt=wordings, video=CLIP, repeats=2).wait(30)
        wall = exp.wall()
        assert [head[0].pieces[0].text for head in wall.matrix.rows] == ["snow: ", "noon: "]
        assert [head[0].pieces[0].names for head in wall.matrix.rows] == [True, True]
        assert {spot.label for spot in wall.matrix.spots if spot.row.number == 1} == {"snow · take 1"}
        assert heads(wall.matrix.columns) == [["take 1"], ["take 2"]]
        assert [spot.row.status for spot in wall.matrix.spots] == ["COMPLETED"] * 4
        assert exp.wall("take", "prompt").matrix.column_axes == ("prompt",)
        assert (wall.matrix.title, exp.wall(title="").matrix.title) == (exp.name, "")
        assert exp.frame().pixnb.grid().text() == wall.text()


def test_seeds_of_each_run_alone_are_no_columns():
    """Such runs stand together, as takes do."""
    frame = grid(prompt=PROMPTS, take=[1, 2]).assign(seed=range(6), take=1)
    assert numbers(lay_matrix(frame)) == {(0, 0): [1, 2], (0, 1): [3, 4], (0, 2): [5, 6]}


def test_a_run_without_a_seed_makes_takes_the_axis():
    """Where every run has a seed they are columns, else takes."""
    frame = grid(prompt=PROMPTS, take=[1, 2]).assign(seed=pd.array([1, 2, 1, 2, 1, None], dtype="Int64"))
    assert lay_matrix(frame).column_axes == ("take",)


def test_many_of_one_axis_wrap():
    """Without heads: each is called by its own label."""
    matrix = lay_matrix(grid(prompt=[f"A lake with {n} boats" for n in range(10)]))
    assert matrix.is_flow
    assert (len(matrix.rows), len(matrix.columns)) == (3, 4)
    assert [spot.label for spot in matrix.spots][:2] == ["A lake with 0 boats", "A lake with 1 boats"]
    assert [spot.row.number for spot in matrix.spots] == list(range(1, 11))


def test_places_stay_where_they_are_whatever_is_missing():
    """A hole, a failed run and one without its file hold their place, and say why."""
    whole = lay_matrix(grid(prompt=PROMPTS, seed=[1, 2, 3]))
    frame = grid(prompt=PROMPTS, seed=[1, 2, 3]).assign(output_path=None, error=None)
    frame.loc[1, ["status", "error"]] = ["FAILED", "The service could not do it."]
    frame.loc[2, "status"] = "PROCESSING"
    frame.loc[3, "output_path"] = "/nowhere/clip.mp4"
    frame = frame.drop(index=4)
    matrix = lay_matrix(frame)
    assert (heads(matrix.rows), heads(matrix.columns)) == (heads(whole.rows), heads(whole.columns))
    assert matrix.at(1, 1) == ()
    assert matrix.at(2, 2)[0].row.run_id == whole.at(2, 2)[0].row.run_id
    said = [spot.why for spot in matrix.spots][:4]
    assert said == ["No file", "The service could not do it.", "Being made", "Its file is no longer here"]


def test_a_clip_that_is_here_is_no_hole(tmp_path):
    """Whatever its status says."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    matrix = lay_matrix(grid().assign(output_path=str(clip), status="FAILED", error="late"))
    assert [spot.why for spot in matrix.spots] == [""]


def test_only_the_last_attempt_of_a_take_is_there():
    """With the number that the table gives it."""
    frame = grid(prompt=PROMPTS, attempt=[1, 2])
    matrix = lay_matrix(frame)
    assert [spot.row.run_id for spot in matrix.spots] == ["r2", "r4", "r6"]
    assert [spot.row.number for spot in matrix.spots] == [row.number for row in content(frame).rows] == [1, 2, 3]


def test_words_that_differ_are_marked_in_heads():
    """A long prompt is cut to them; the whole is at hand."""
    frame = grid(prompt=[LONG.format("no"), LONG.format("two")], seed=[1, 2])
    (first,), (second,) = lay_matrix(frame).rows
    assert [piece.text for piece in first.pieces + second.pieces if piece.differs] == ["no", "two"]
    assert len(second.text) > 580
    assert len(second.short) < 180
    across = lay_matrix(frame, columns="prompt", rows="seed").columns[1][0]
    assert "two" in across.short
    assert len(across.short) < 120


@pytest.mark.parametrize(
    ("sources", "beside", "above"),
    [
        (["a"] * 6, [("source", "video a.mp4", 0, 3)], []),
        (["a", "a", "b", "b", "b", "b"], [("source-1", "video a.mp4", 0, 1), ("source-2", "video b.mp4", 1, 2)], []),
        (["a", "a", None, None, "b", "b"], [("source-1", "video a.mp4", 0, 1), ("source-2", "video b.mp4", 2, 1)], []),
        (["a", "b"] * 3, [], [("source-1", "video a.mp4", 0, 1), ("source-2", "video b.mp4", 1, 1)]),
        (["a", "b", "a", "a", "a", "a"], [], []),
        ([None] * 6, [], []),
    ],
    ids=["one", "by row", "some rows have none", "by column", "mixed", "none"],
)
def test_sources_stand_beside_what_was_made_of_them(sources, beside, above):
    """One of all once; of each row or column its own."""
    frame = grid(prompt=PROMPTS, seed=[1, 2])
    frame["input.video"] = [f"/{name}.mp4" if name else None for name in sources]
    matrix = lay_matrix(frame, rows="prompt", columns="seed")
    found = [[(s.name, s.label, s.start, s.span) for s in part] for part in (matrix.beside, matrix.above)]
    assert found == [beside, above]


def test_sources_that_no_row_shares_stand_in_the_cells():
    """Each in the cell of what was made of it; by text and in a part too."""
    frame = grid(prompt=PROMPTS, seed=[1, 2])
    frame["input.video"] = [f"/{name}.mp4" if name else None for name in ("a", "b", "a", "a", None, "a")]
    frame["input.image"] = "/look.png"
    matrix = lay_matrix(frame, rows="prompt", columns="seed")
    given = [[source.label for source in matrix.within.get(n, ())] for n in range(1, 7)]
    assert given == [["video a.mp4"], ["video b.mp4"], ["video a.mp4"], ["video a.mp4"], [], ["video a.mp4"]]
    assert [source.label for source in matrix.sources] == ["image look.png", "video a.mp4", "video b.mp4"]
    assert len({source.name for source in matrix.sources}) == 3
    assert set(matrix.files) == {"source-1", "source-2", "source-3", *map(str, range(1, 7))}
    assert [source.label for source in part_matrix(matrix, 2)[2].sources] == ["image look.png", "video a.mp4"]
    assert "2 No file of b.mp4" in write_lines(matrix)


@pytest.mark.parametrize("in_line", [True, False])
def test_sources_in_a_flow_stand_in_the_cells_unless_all_share_them(in_line):
    """Its rows mean nothing, even where by chance each has one source."""
    frame = pd.DataFrame({"run_id": list("abcdefgh"), "prompt": [f"a coat {n}" for n in range(8)]})
    frame["input.video"] = ["/a.mp4"] * 4 + ["/b.mp4"] * 4
    matrix = lay_matrix(frame, in_line=in_line, **({} if in_line else {"rows": [], "columns": []}))
    assert (matrix.beside, matrix.above) == ((), ())
    assert [one.label for n in range(1, 9) for one in matrix.within[n]] == ["video a.mp4"] * 4 + ["video b.mp4"] * 4
    shared = lay_matrix(frame.assign(**{"input.video": "/a.mp4"}), in_line=True)
    assert [(one.start, one.span) for one in shared.beside] == [(0, 1)]
    assert not shared.within


def test_files_of_one_name_are_different_heads():
    """Told apart by a number."""
    frame = grid(input__image=["/a/coat.png", "/b/coat.png"], seed=[1, 2])
    matrix = lay_matrix(frame, rows="image", columns="seed")
    assert heads(matrix.rows) == [["coat.png"], ["coat.png (2)"]]
    assert [str(key[0].place) for key in matrix.rows] == ["/a/coat.png", "/b/coat.png"]


def test_cells_say_what_the_table_says():
    """Metrics, tags, notes and stars where there are some; or what is named, in that order."""
    frame = grid(seed=[1, 2]).assign(stars=pd.array([4, None], dtype="Int64"), note=["good", None])
    frame["metrics.sharpness"] = [0.5, 0.25]
    names = [[column.name for column, _ in spot.facts] for spot in lay_matrix(frame).spots]
    assert names == [["metrics.sharpness", "note", "cost", "stars"], ["metrics.sharpness", "cost"]]
    (first, _) = lay_matrix(frame, facts=["stars", "status"]).spots
    assert [column.line(cell) for column, cell in first.facts] == ["★★★★☆", "COMPLETED"]
    assert all(not spot.facts for spot in lay_matrix(frame, facts=[]).spots)


def test_all_in_one_line():
    """Each by itself, whatever they differ in."""
    matrix = lay_matrix(factors(), in_line=True)
    assert (len(matrix.rows), len(matrix.columns)) == (1, 8)
    assert matrix.spots[0].label == "red · sun · seed 1"


def test_a_frame_without_rows_is_an_empty_matrix():
    """No error; what lacks an id is one, as for the table."""
    matrix = lay_matrix(grid(prompt=PROMPTS, seed=[1]).iloc[:0])
    assert (matrix.spots, matrix.sources) == ((), ())
    with pytest.raises(InvalidInput, match="run_id"):
        lay_matrix(pd.DataFrame({"prompt": ["a"]}))


VALUES = st.sampled_from
FIELDS = {
    "prompt": VALUES(["a", "b", "a long wording that goes on and on and on", None, "雪の夜"]),
    "model": VALUES(["m", "n"]),
    "seed": VALUES([1, 2, None]),
    "take": VALUES([1, 2, 3]),
    "params.fps": VALUES([24, 24.0, 30, None]),
    "vars.look": VALUES(["x", "y", None, True]),
    "input.video": VALUES(["/a/v.mp4", "/b/v.mp4", None]),
    "status": VALUES(["COMPLETED", "FAILED", "QUEUED", None]),
}
ROWS = st.lists(st.fixed_dictionaries(FIELDS), max_size=14)
NAMES = VALUES(["prompt", "model", "seed", "take", "fps", "look", "input.video", "status"])


@settings(max_examples=60)
@given(ROWS, st.none() | st.lists(NAMES, max_size=3, unique=True), st.none() | NAMES)
def test_nothing_is_lost_and_nothing_is_there_twice(rows, down, across):
    """Each run stands once, under the heads of its own values, whatever the axes."""
    frame = pd.DataFrame(rows).astype(object).assign(run_id=[f"r{n}" for n in range(len(rows))])
    frame = frame.reindex(columns=["run_id", *FIELDS])
    if down is not None and across in down:
        across = None
    matrix = lay_matrix(frame, rows=down, columns=across)
    assert sorted(spot.row.run_id for spot in matrix.spots) == sorted(frame["run_id"])
    for row, column in matrix.places:
        assert 0 <= row < len(matrix.rows)
        assert 0 <= column < len(matrix.columns)
    assert len(set(map(str, matrix.rows))) == len(matrix.rows) or matrix.is_flow
    assert len(set(map(str, matrix.columns))) == len(matrix.columns) or matrix.is_flow
    for source in matrix.sources:
        assert source.span >= 1
        assert source.start + source.span <= max(len(matrix.rows), len(matrix.columns))
