"""One list of columns: what it holds, how it is chosen, and that table, sheet, text and report all draw from it."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from fake_pixazo import FakePixazo
from PIL import Image, ImageChops
from report_frames import render_report
from served import tiny_clip

import pixnb
import pixnb.pandas
from pixnb.compare.comparison import compare
from pixnb.compare.content import content
from pixnb.display.wording import cost
from pixnb.errors import InvalidInput

FRAME = {
    "run_id": ["a", "b", "c"],
    "model": ["ltx-2"] * 3,
    "status": ["COMPLETED", "CANCELLED", "FAILED"],
    "sandbox": [True] * 3,
    "prompt": ["A red coat", "A blue coat", "A green coat"],
    "seed": pd.array([1, 2, None], dtype="Int64"),
    "take": [1, 1, 1],
    "params.fps": pd.array([24, 25, None], dtype="Int64"),
    "cost": [None] * 3,
    "cost_simulated": [0.2, None, 0.2],
    "currency": ["USD"] * 3,
    "queue_seconds": [1.0, None, None],
    "run_seconds": [6.2, None, 0.4],
    "metrics.sharpness": [1.0, None, 1 / 3],
    "stars": pd.array([4, None, None], dtype="Int64"),
    "note": ["<b>too dark</b>", None, None],
    "tags.keep": ["true", None, None],
    "tags.look": [None, "soft", None],
    "user": ["jo", "jo", "ann"],
}
SAID = {
    "seed": "1",
    "fps": "24",
    "sharpness": "0.3333",
    "tags": "look soft",
    "note": "too dark",
    "cost": "$0.20",
    "time": "6.2 s",
    "status": "completed",
    "stars": "★★★★☆",
}


def frame(**columns):
    return pd.DataFrame({**FRAME, **columns})


def names(table):
    return [column.name for column in table.content.columns]


@pytest.fixture
def exp(tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        urls = {"pixazo": "https://pixazo.example"}
        client = pixnb.Client(keys={"pixazo": "key"}, base_urls=urls, transport=FakePixazo().transport)
        yield pixnb.Experiment("coats", log=log, client=client)


@pytest.mark.parametrize(("title", "said"), SAID.items())
def test_every_column_is_in_every_form(title, said):
    """Table, text and report say its value; head and table say its title."""
    table = compare(frame())
    page = render_report(frame())
    assert said in table.text().replace("COMPLETED", "completed")  # as the frame says it
    assert title in table.text().splitlines()[2]
    for html in (table.html(), page):
        assert said in html
        assert "<b>too dark" not in html
    assert f">{title}</th>" in table.html()


@pytest.mark.parametrize("name", [*(n for n in FRAME if n.startswith(("metrics", "tags"))), "note", "stars", "seed"])
def test_every_column_is_in_the_picture(name):
    """A contact sheet without the column is another picture."""
    with_it, without = (
        Image.open(io.BytesIO(compare(one).png())).convert("L") for one in (frame(), frame().drop(columns=name))
    )
    assert with_it.size != without.size or ImageChops.difference(with_it, without).getbbox()


def test_what_is_logged_of_a_run_shows_up(exp, tmp_path):
    """Metrics, tags, notes and stars, by the public way."""
    for prompt in ("A red coat", "A blue coat"):
        run = exp.submit(
            "lucy-edit-fast", prompt=prompt, video="https://example.org/a.mp4", tags=["draft"], note=prompt
        )
        run.wait(20)
        run.log_metric("sharpness", 1.0)
    run.star(5)
    run.tag("look", "soft")
    table = exp.compare()
    heads = table.text().splitlines()[2].split()
    assert heads == ["#", "prompt", "sharpness", "tags", "note", "cost", "time", "status", "stars"]
    for said in (table.text(), table.html(), exp.report(tmp_path / "r").read_text()):
        assert all(word in said for word in ("sharpness", "draft, look soft", "A red coat", "★★★★★"))
    assert names(exp.compare(columns=["sharpness", "note"])) == ["metrics.sharpness", "note"]


def test_what_all_have_alike_is_said_once():
    """Tags too; a metric is a column whatever it says."""
    table = compare(frame(**{"tags.keep": "true", "tags.look": None, "metrics.sharpness": 1.0}))
    assert [(column.title, cell.text) for column, cell in table.content.same] == [("model", "ltx-2"), ("tags", "keep")]
    assert "tags" not in names(table)
    assert "metrics.sharpness" in names(table)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["cost", "prompt"], ["cost", "prompt"]),
        ("fps", ["params.fps"]),
        (["params.fps", "metrics"], ["params.fps", "metrics.sharpness"]),
        (["metrics."], ["metrics.sharpness"]),
        (["tags"], ["tags"]),
        (["tags.look", "user"], ["tags.look", "user"]),
        (["look", "time", "stars", "run_seconds"], ["tags.look", "time", "stars", "run_seconds"]),
        (["model"], ["model"]),
        ([], []),
    ],
)
def test_columns_are_chosen_by_name(columns, found):
    """With or without prefix, a prefix for all under it, in the order asked for; what is alike is still said."""
    assert names(compare(frame(), columns=columns)) == found
    assert names(frame().pixnb.table(columns=columns)) == found
    assert "ltx-2" in compare(frame(), columns=columns).text()
    assert compare(frame(), columns=columns).png().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "near"),
    [("sharpnes", "sharpness"), ("statuss", "status"), ("tag", "tags"), ("Seed", "seed"), ("nope", "")],
)
def test_an_unknown_column_is_named_with_the_nearest(tmp_path, name, near):
    """As a column and to group by, in a table and in a report."""
    said = rf'no column "{name}"\.{f" Did you mean .*{near}" if near else ""}.*Choose from .*prompt.*fps.*cost'
    for ask in (
        lambda: compare(frame(), columns=[name]),
        lambda: compare(frame(), by=name),
        lambda: frame().pixnb.table(columns=name),
        lambda: frame().pixnb.report(tmp_path / "r", columns=["prompt", name]),
    ):
        with pytest.raises(InvalidInput, match=said):
            ask()


@pytest.mark.parametrize("by", ["prompt", "status", "tags", "cost", "sharpness", ["user", "fps"], "look"])
def test_rows_are_grouped_by_any_column(by):
    """Also by what came of a run; each group says what it has in common."""
    table = compare(frame(), by=by)
    assert [len(group.heads) for group in table.content.groups] == [1 if isinstance(by, str) else 2] * len(
        table.content.groups
    )
    assert sorted(row.number for row in table.content.rows) == [1, 2, 3]
    assert table.html().count('scope="rowgroup"') == len(table.content.groups) > 1
    assert table.png().startswith(b"\x89PNG")


def csv(**options):
    return pd.read_csv(io.StringIO(frame().to_csv(index=False)), **options)


@pytest.mark.parametrize(
    "options", [{}, {"dtype": str}, {"keep_default_na": False}, {"dtype": str, "na_filter": False}]
)
def test_a_frame_out_of_a_csv_says_the_same(tmp_path, options):
    """With numbers, with text in every column, and with empty texts where nothing is."""
    found = csv(**options)
    table = found.pixnb.table()
    assert all(said in table.text() for said in ("$0.20", "6.2 s", "★★★★☆", "0.3333", "look soft", "24"))
    assert table.content.money == "$0.40 simulated · 1 at an unknown price"
    assert "SANDBOX" in table.html()
    assert table.png().startswith(b"\x89PNG")
    assert found.pixnb.report(tmp_path / "r").stat().st_size > 4000


NUMBERS = [float("nan"), float("inf"), -3, 10**30, "9" * 400, pd.NaT, pd.NA, pd.Timestamp("2026-01-01")]
ODD = [*NUMBERS, "n/a", [1, 2], {"a": 1}, "", b"x", "a\0b", "cut \ud83d", "\x1b[2J", "/" + "x" * 300]


@pytest.mark.parametrize("name", [*FRAME, "output_path", "error", "cost_kind", "input.video"])
def test_odd_values_break_nothing(name):
    """Whatever a hand-made frame holds in a column, it is shown."""
    rows = {key: [values[0]] * len(ODD) for key, values in FRAME.items()}
    odd = pd.DataFrame({**rows, name: pd.Series(ODD, dtype=object)})
    table = compare(odd, by="status")
    assert len(table.content.rows) == len(ODD)
    for said in (table.text(), table.html()):
        said.encode("utf-8")
        assert "\x1b" not in said
    assert table.png().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["prompt", "cost", "output_path", "run_id"])
def test_a_column_twice_is_said(name):
    """Which one counts is not clear; what to do is."""
    twice = frame().assign(output_path=None)
    twice = pd.concat([twice, twice[[name]]], axis=1)
    for ask in (lambda: twice.pixnb.table(), lambda: compare(twice)):
        with pytest.raises(InvalidInput, match=rf"more than one column {name}.*duplicated"):
            ask()


def test_a_hand_made_frame_needs_no_order_of_its_index(tmp_path):
    """Any index, any names, a column whose name is a number."""
    made = pd.DataFrame(
        {"run_id": ["a", "b"], "prompt": ["A", "B"], 7: [1, 2], "attempt": 1, "take": 1}, index=["x", "x"]
    )
    assert [row.run_id for row in made.pixnb.table().content.rows] == ["a", "b"]
    assert made.pixnb.report(tmp_path / "r").exists()


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x07", "\x9b2J", "\u202e", "\u2066", "\x00", "\x7f"])
def test_no_text_steers_a_terminal(tmp_path, steering):
    """In a prompt, note, tag, error, name of a column, file or experiment."""
    evil = f"A {steering} coat"
    odd = frame(prompt=evil, note=evil, error=evil, experiment=evil, status=evil)
    odd = odd.assign(**{f"params.{evil}": [1, 2, 3], f"tags.{evil}": evil, "input.video": f"/{evil}.mp4"})
    table = compare(odd)
    for said in (table.text(), table.html(), odd.pixnb.report(tmp_path / "r").read_text("utf-8"), table.title):
        assert steering not in said
        assert "coat" in said


def test_a_workbook_holds_every_frame_and_no_formula(tmp_path):
    """Formulas, control characters, times with a zone, lists, numbers that Excel would round: all come back."""
    openpyxl = pytest.importorskip("openpyxl")
    told = [
        "=1+1",
        "+1",
        "@SUM(A1)",
        "-1",
        "a\x0bb",
        "cut \ud83d",
        "x" * 40_000,
        [1, "ä"],
        {"a": None},
        10**17,
        1.5,
        True,
    ]
    odd = pd.DataFrame({"run_id": pd.Series([*told, *NUMBERS], dtype=object), "=A1": 1, 7: pd.Timestamp.now("UTC")})
    path = odd.pixnb.to_excel(tmp_path / "new" / "runs")
    sheet = openpyxl.load_workbook(path).active
    assert path.name == "runs.xlsx"
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    found = [cell.value for cell in next(sheet.columns)][1:]
    assert found[:5] == ["=1+1", "+1", "@SUM(A1)", "-1", "a\u240bb"]
    assert found[7:12] == ['[1, "ä"]', '{"a": null}', str(10**17), 1.5, True]
    assert sheet["B1"].value == "=A1"
    assert sheet["C2"].value.tzinfo is None
    with pytest.raises(InvalidInput, match="cannot be written"):
        odd.pixnb.to_excel("/proc/nowhere/x")


@pytest.mark.parametrize("path", ["~nobody-of-that-name/x", "a\0b", "/proc/x", "cut \ud83d", "x" * 300])
def test_a_path_that_cannot_be_written_is_said(tmp_path, monkeypatch, path):
    """For a table and a report, whatever is wrong with it."""
    monkeypatch.chdir(tmp_path)
    for write in (compare(frame()).save, frame().pixnb.report):
        with pytest.raises(InvalidInput, match=r"cannot be written|no path to write to"):
            write(path)


def test_of_all_attempts_at_a_take_the_last_is_shown():
    """What was tried again is in the frame, and no second row of the table; runs without a take stay."""
    tried = pd.DataFrame(
        {
            "run_id": list("abcde"),
            "prompt": ["A red coat", "A blue coat", "A red coat", "A red coat", "A red coat"],
            "take": pd.array([1, 1, 1, None, None], dtype="Int64"),
            "attempt": pd.array([1, 1, 2, 1, 1], dtype="Int64"),
            "status": ["FAILED", "COMPLETED", "COMPLETED", "FAILED", "FAILED"],
        }
    )
    assert [row.run_id for row in content(tried).rows] == ["b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("status", "sandbox", "cell", "total"),
    [
        ("CANCELLED", True, "$0.20 simulated", "$0.20 reserved"),
        ("CANCELLED", False, "$0.20 estimated", "$0.20 reserved"),
        ("PROCESSING", False, "$0.20 estimated", "$0.20 reserved"),
        ("UNCONFIRMED", None, "$0.20 estimated", "$0.20 reserved"),
        ("FAILED", True, "$0.20 simulated", "$0.20 simulated"),
        ("FAILED", False, "$0.20 estimated", "$0.20"),
    ],
)
def test_a_price_that_is_known_is_said_before_it_is_billed(status, sandbox, cell, total):
    """A cancelled run's price is reserved, as in the budget; in the words of its card."""
    one = {
        "run_id": ["a"],
        "status": status,
        "sandbox": sandbox,
        "cost": None,
        "cost_estimated": 0.2,
        "currency": "USD",
    }
    table = compare(pd.DataFrame(one))
    assert table.content.money == total
    assert cell in table.text()
    assert cost({key: pd.DataFrame(one)[key][0] for key in one}) == cell


def test_marked_words_say_what_they_are_compared_with():
    """In the first prompt what most others changed is marked; one about another thing says why nothing is."""
    prompts = [
        "Make it a snowy night",
        "Make it a sunny day",
        "Make it a rainy dusk",
        "Paint a snowy night",
        "Two dogs running",
    ]
    table = compare(pd.DataFrame({"run_id": list("abcde"), "prompt": prompts}))
    html = table.html()
    assert "Make it a <mark>snowy night</mark>" in html
    assert "Marked: where a prompt differs from that of run 1." in html
    assert html.count("too different to mark") == 1
    assert "Marked: where" in render_report(pd.DataFrame({"run_id": list("abcde"), "prompt": prompts}))
    grouped = compare(pd.DataFrame({"run_id": list("abcd"), "prompt": prompts[:4], "seed": [1, 1, 2, 2]}), by="seed")
    assert "from that of the first of its group" in grouped.html()
    assert "Marked" not in compare(pd.DataFrame({"run_id": ["a"], "prompt": ["A lake"]})).html()


LABELS = FRAME | {"vars.prompt": ["red", "blue", "leaf"]}


@pytest.mark.parametrize("options", [{}, {"columns": ["prompt"]}, {"columns": ["vars.prompt"]}, {"by": "vars.prompt"}])
def test_a_label_stands_before_its_prompt(options):
    """What a sweep calls its wordings is no second column, in whichever form."""
    table = compare(pd.DataFrame(LABELS), **options)
    assert [column.name for column in table.content.columns if "prompt" in column.name] == (
        [] if options.get("by") else ["prompt"]
    )
    assert "red: A red coat" in table.text()
    assert "leaf: A green coat" in table.to_markdown().replace("**", "")
    assert "\\emph{red:} " in table.to_latex()
    assert "<b>red: </b>" in table.html()


@pytest.mark.parametrize(
    "labels", [["red", "red", "blue"], ["red", "red", None]], ids=["of two prompts", "one has none"]
)
def test_what_is_no_label_of_a_prompt_is_a_column(labels):
    """A label is one prompt's own."""
    table = compare(pd.DataFrame(FRAME | {"vars.prompt": labels}))
    assert {"prompt", "vars.prompt"} <= {column.name for column in table.content.columns}


def test_a_page_has_one_heading_and_no_empty_heads(tmp_path):
    """As screen readers need it; in a notebook the heading is the notebook's."""
    table = compare(frame(), title="Coats")
    page = table.save(tmp_path / "t.html").read_text()
    assert page.count("<h1>Coats</h1>") == 1
    assert "<h1>" not in table.html()
    for html in (page, table.html()):
        assert "></th>" not in html


def test_a_table_has_one_place_for_each_fact(tmp_path):
    """A frame of a log as its bundle: no more keys than three, and small."""
    (tmp_path / "a.mp4").write_bytes(tiny_clip())
    bundle = compare(frame(output_path=str(tmp_path / "a.mp4")))._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert len(json.dumps(bundle)) < 200_000


def test_a_cancelled_run_has_one_price_everywhere(exp):
    """It may still be billed: card, table, frame and budget say the same amount."""
    log, client = exp.log, exp.client
    exp = pixnb.Experiment("coats", log=log, client=client, budget=20)
    run = exp.submit("lucy-edit-fast", prompt="A coat [held]", video="https://example.org/a.mp4").cancel()
    assert str(run.cost) == "$0.20"
    row = exp.frame().iloc[0]
    assert (row["cost_estimated"], row["cost"] is pd.NA, float(exp.remaining["USD"])) == (0.2, True, 19.8)
    text = exp.compare().text()
    assert "$0.20" in text
    assert "unknown" not in text
