"""Blind votes: which pairs are shown, what a file says, and how those of many voters are merged into a log."""

from __future__ import annotations

import copy
import itertools
import json
import re
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from ballots import clips, content, pairs_of, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sqlalchemy import func, select

import pixnb
from pixnb.errors import InvalidInput
from pixnb.log.frame import frame
from pixnb.log.log import Log
from pixnb.log.opinions import votes
from pixnb.log.schema import events
from pixnb.votes.chance import draws, hash32, shuffled
from pixnb.votes.file import LARGEST, canonical, checksum
from pixnb.votes.pairs import Clip, choose_pairs, clips_of, is_turned

SCRIPT = Path(pixnb.__file__).parent / "votes" / "static" / "votes.js"


@pytest.fixture
def log(tmp_path):
    """A log of its own, closed afterwards."""
    with Log(tmp_path / "log.db") as opened:
        yield opened


@pytest.fixture
def exp(log):
    """Six clips: three wordings, two seeds."""
    clips(log)
    return pixnb.Experiment("coats", log=log)


def seen(log):
    """All that a log says, but for what a look at it changes."""
    return [log.frame(), pd.DataFrame(log.read(select(events))), pd.DataFrame(log.read(select(votes)))]


def unchanged(log, before):
    """Whether a log says what it said."""
    for now, then in zip(seen(log), before, strict=True):
        assert_frame_equal(now, then)


@pytest.fixture(scope="module")
def voted(tmp_path_factory):
    """A log, an experiment, a good file's content: for what tries a thousand bad ones."""
    folder = tmp_path_factory.mktemp("voted")
    with Log(folder / "log.db") as log:
        clips(log, ("a", "b"), (1, 2))
        run = log.frame()["run_id"][0]
        marks = [{"run": run, "stars": 4, "picked": True, "notes": [{"at": 1.5, "text": "é"}]}]
        exp = pixnb.Experiment("coats", log=log)
        yield exp, content(log, marks=marks), folder


def revs(log):
    """What an import would change."""
    return log.read(select(func.max(events.c.seq)))[0], log.read(select(func.count()).select_from(votes))[0]


# which pairs


def test_pairs_are_of_one_source_and_different_wording():
    """Never of two sources, of two takes of one wording, or of one file twice; whatever order the clips come in."""
    made = [
        Clip(f"{source}{wording}{take}", source, wording, take, f"{source}{'x' if wording in 'rs' else wording}{take}")
        for source, wording, take in itertools.product("bc", "rstu", "12")
    ]
    found = choose_pairs(made, most=1000)
    assert choose_pairs(made[::-1], most=1000) == found
    by = {clip.run: clip for clip in made}
    for one, other in ((by[left], by[right]) for left, right in found):
        assert one.source == other.source
        assert one.wording != other.wording
        assert one.output != other.output
    # of 4 wordings and 2 takes 24 pairs a source, less the two that are the same file
    assert len({frozenset(pair) for pair in found}) == len(found) == 2 * (24 - 2)


def test_rows_that_can_be_judged(log):
    """Clips that are there; models and parameters are wording, seeds and takes are chance, sources are sources."""
    file = {"output_path": "a.mp4", "media_type": "video/mp4", "model": "ltx-2"}
    rows = [
        {**file, "run_id": "a", "prompt": "x", "seed": 1, "input.video": "bunny.mp4"},
        {**file, "run_id": "b", "prompt": "x", "seed": 2, "input.video": "bunny.mp4"},
        {**file, "run_id": "c", "prompt": "x", "seed": 1, "input.video": "city.mp4"},
        {**file, "run_id": "d", "prompt": "x", "seed": 1, "input.video": "bunny.mp4", "model": "lucy"},
        {**file, "run_id": "e", "prompt": "x", "seed": 1, "input.video": "bunny.mp4", "params.fps": 24},
        {**file, "run_id": "f", "prompt": "x", "input.video": "bunny.mp4", "media_type": "image/png"},
        {"run_id": "g", "prompt": "y", "input.video": "bunny.mp4", "output_path": pd.NA, "output_sha256": None},
    ]
    found = {frozenset(pair) for pair in choose_pairs(clips_of(rows))}
    assert found == {frozenset(pair) for pair in ("ad", "ae", "bd", "be", "de")}


@pytest.mark.parametrize("most", [1, 5, 12, 40, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_a_sample_is_balanced(most, seed):
    """Each wording meets each other equally often, and each clip is left as often as right, or once more."""
    made = [Clip(f"{word}{take}", "b", word, take) for word in "rstu" for take in "123"]
    found = choose_pairs(made, seed=seed, most=most)
    assert len(found) == min(most, 54)
    met = Counter(frozenset((left[0], right[0])) for left, right in found)
    assert max(met.values()) - min(met.values() if len(met) == 6 else [0]) <= 1
    lefts, rights = Counter(left for left, _ in found), Counter(right for _, right in found)
    assert all(abs(lefts[clip.run] - rights[clip.run]) <= 1 for clip in made)
    if most <= 12:  # enough pairs share their seed
        assert all(left[1] == right[1] for left, right in found)
    assert choose_pairs(made, seed=seed, most=most) == found


def test_half_of_the_voters_see_the_other_side():
    """By chance that a page has too."""
    turned = sum(is_turned(3, f"voter-{n}") for n in range(1000))
    assert 430 < turned < 570


def test_many_clips_are_quick():
    """A thousand clips of one source are half a million pairs."""
    made = [Clip(f"r{n}", "b", f"word {n % 10}", str(n // 10)) for n in range(1000)]
    begun = time.perf_counter()
    assert len(choose_pairs(made, most=100)) == 100
    assert time.perf_counter() - begun < 20


TEXTS = ["", "a", "foobar", "é漢🙂", "7:voter-1a2b3c", "x" * 1000]
CONTENTS = [
    {"b": [1, 2.5, -0.001, 1e15, None, True], "a": {"ü": 'é\n\t"\\/\u2028\x7f\x01', "z": {}, "y": []}},
    {"n": 4.0, "m": 0, "k": 123456.789},
]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not there to run the page's script")
def test_python_and_the_page_draw_and_write_alike(tmp_path):
    """Hashes, random numbers, orders, sides, canonical JSON and its checksum."""
    asked = {"texts": TEXTS, "seeds": [0, 1, 7, 2**31, 2**32 - 1], "contents": CONTENTS}
    program = (
        f"{SCRIPT.read_text()}\nconst asked = {json.dumps(asked)};\n"
        "console.log(JSON.stringify({hashes: asked.texts.map(hash32), turned: asked.texts.map(t => isTurned(7, t)),"
        " draws: asked.seeds.map(s => { const d = draws(s); return Array.from({length: 50}, d) }),"
        " orders: asked.seeds.map(s => shuffled([...Array(30).keys()], s)),"
        " sums: asked.contents.map(c => sha256Hex(canonical(c))), written: asked.contents.map(canonical)}))"
    )
    (tmp_path / "a.js").write_text(program)
    done = subprocess.run(["node", tmp_path / "a.js"], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["hashes"] == [hash32(text) for text in TEXTS]
    assert said["turned"] == [is_turned(7, text) for text in TEXTS]
    drawn = [draws(seed) for seed in asked["seeds"]]
    assert said["draws"] == [[draw() for _ in range(50)] for draw in drawn]
    assert said["orders"] == [shuffled(range(30), seed) for seed in asked["seeds"]]
    assert said["written"] == [canonical(one) for one in CONTENTS]
    assert said["sums"] == [checksum(one) for one in CONTENTS]


# one file


def test_votes_are_counted(exp, tmp_path):
    """Won and shown a run; ties are shown and won by none; by Arrow too; the table says so."""
    (first, *_) = [left for left, _ in pairs_of(exp.log)]
    put(tmp_path / "ann.json", content(exp.log, "ann-1a2b3c"))
    put(tmp_path / "ben.json", content(exp.log, "ben-9z9z9z", choose=lambda left, right: "tie"))
    told = exp.import_votes([tmp_path / "ann.json", str(tmp_path / "ben.json")])
    shown = len(pairs_of(exp.log))
    assert told["voter"].tolist() == ["ann-1a2b3c", "ben-9z9z9z"]
    assert told["votes"].tolist() == told["changed"].tolist() == [shown, shown]
    assert told["refused"].isna().all()
    found = exp.frame()
    assert found["votes.of"].sum() == 4 * shown
    assert found["votes.won"].sum() == shown
    assert {str(found[name].dtype) for name in ("votes.won", "votes.of")} == {"Int64"}
    if exp.log.file:
        assert_frame_equal(found, frame(exp.log, "coats", by_arrow=True))
    row = found.set_index("run_id").loc[first]
    assert f"{row['votes.won']} of {row['votes.of']}" in exp.compare().text()


def test_the_same_file_again_changes_nothing(exp, tmp_path):
    """Neither a vote nor an event."""
    notes = [{"at": 1.5, "text": "blinks"}]
    marks = [{"run": exp.frame()["run_id"][0], "stars": 4, "picked": True, "notes": notes}]
    path = put(tmp_path / "ann.json", content(exp.log, marks=marks))
    exp.import_votes(path)
    before = seen(exp.log)
    again = exp.import_votes([path, tmp_path / "ann.json", tmp_path])
    assert again[["votes", "changed"]].values.tolist() == [[len(pairs_of(exp.log)), 0]]
    unchanged(exp.log, before)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "older one last"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_later_file_of_a_voter_counts(exp, tmp_path, order, at_once):
    """In whatever order they come; what only the earlier one has stays, of votes; her marks are those of the last."""
    a, b, *_ = exp.frame()["run_id"]
    files = [
        content(exp.log, marks=[{"run": a, "stars": 1, "notes": [{"at": 1, "text": "old"}]}]),
        content(
            exp.log,
            choose=lambda left, right: None if {left, right} & {a} else "right",
            made="2026-11-28T01:00:00+09:30",  # half an hour before midnight in London, and yet 90 minutes later
            marks=[{"run": b, "stars": 5}],
        ),
    ]
    files[1]["made"] = "2026-11-28T03:00:00+09:30"
    paths = [put(tmp_path / f"{n}.json", said) for n, said in enumerate(files)]
    for chosen in [[paths[n] for n in order]] if at_once else [[paths[n]] for n in order]:
        exp.import_votes(chosen)
    rows = exp.log.read(select(votes))
    assert len(rows) == len({row["pair"] for row in rows}) == len(pairs_of(exp.log))
    assert {row["choice"] for row in rows if a in row["pair"]} == {"left"}
    assert {row["choice"] for row in rows if a not in row["pair"]} == {"right"}
    marked = exp.frame().set_index("run_id")
    assert marked["stars"].dropna().to_dict() == {b: 5}
    assert marked["notes"].isna().all()


def test_marks_of_others_stand_where_nobody_here_has_marked(exp, tmp_path):
    """One's own stars, picks and notes stay; of two voters the newer counts; notes say whose they are."""
    a, b, c, *_ = exp.frame()["run_id"]
    exp.run(a).star(5).pick(False)
    exp.run(a).note("mine")
    ann = [{"run": run, "stars": 2, "picked": True} for run in (a, b)]
    ann[0]["notes"] = [{"at": 2, "text": "too\x1b[2J dark"}, {"at": None, "text": "all of it"}]
    ben = [{"run": b, "stars": 4}, {"run": c, "picked": True}]
    put(tmp_path / "a.json", content(exp.log, "ann", choose=lambda *_: None, marks=ann, made="2026-11-27T10:00:00Z"))
    put(tmp_path / "b.json", content(exp.log, "ben", choose=lambda *_: None, marks=ben))
    told = exp.import_votes(tmp_path)
    assert told[["votes", "marks", "changed"]].values.tolist() == [[0, 2, 2]] * 2
    found = exp.frame().set_index("run_id")
    assert found["stars"].dropna().to_dict() == {a: 5, b: 4}
    assert found["picked"].to_dict() == {a: False, b: True, c: True} | dict.fromkeys(found.index[3:], False)
    assert found["note"].dropna().to_dict() == {a: "mine"}
    assert found["notes"].dropna().to_dict() == {a: "all of it (ann); 0:02.0 too\ufffd[2J dark (ann)"}
    assert exp.log.marks([b])[b] == {"stars": 4, "picked": True, "notes": []}


def test_who_follows_the_marks_learns_of_it(exp, tmp_path):
    """The runs that changed, once."""

    class Page:
        told: list = []

        def changed(self, run_ids):
            self.told.append(run_ids)

    page = Page()
    exp.log.follow_marks(page.changed)
    run = exp.frame()["run_id"][0]
    path = put(tmp_path / "a.json", content(exp.log, choose=lambda *_: None, marks=[{"run": run, "stars": 3}]))
    exp.import_votes(path)
    exp.import_votes(path)
    assert page.told == [{run}]


# many files


def older(left, right):
    """Choose the clip that was made first."""
    return "left" if left < right else "right"


@pytest.mark.slow
def test_sixty_voters(exp, tmp_path):
    """Sixty files of a hundred pairs in a few seconds, each voter once a pair."""
    clips(exp.log, [f"coat {n}" for n in range(10)], (3, 4))
    for n in range(60):
        said = content(
            exp.log,
            f"student {n}",
            most=100,
            choose=lambda left, right: (min(left, right) == left and "left") or "right",
        )
        put(tmp_path / f"{n:02d}.json", said)
    begun = time.perf_counter()
    told = exp.import_votes(tmp_path)
    took = time.perf_counter() - begun
    assert told["votes"].tolist() == [100] * 60
    assert exp.log.read(select(func.count()).select_from(votes))[0]["count_1"] == 6000
    found = exp.frame()
    assert (found["votes.of"].sum(), found["votes.won"].sum()) == (12000, 6000)
    assert took < 30  # two in peace
    exp.import_votes(tmp_path)
    assert_frame_equal(exp.frame(), found)


def test_the_good_are_taken_and_the_bad_are_named(exp, tmp_path):
    """In one warning and in the frame; asked again with the bad ones alone it raises."""
    put(tmp_path / "ann.json", content(exp.log, "ann"))
    (tmp_path / "cut.json").write_text((tmp_path / "ann.json").read_text()[:-40])
    put(tmp_path / "foreign.json", {**content(exp.log, "ben"), "log": "0" * 32})
    with pytest.warns(UserWarning, match=r"2 of 3 files .* cut\.json: it is not JSON.* foreign\.json: .*another log"):
        told = exp.import_votes(tmp_path)
    assert told["refused"].notna().tolist() == [False, True, True]
    assert told["votes"].tolist() == [len(pairs_of(exp.log)), 0, 0]
    before = seen(exp.log)
    with pytest.raises(InvalidInput, match=r"2 of 2 .* cut\.json.* foreign\.json"):
        exp.import_votes([tmp_path / "cut.json", tmp_path / "foreign.json"])
    unchanged(exp.log, before)


@pytest.mark.parametrize("paths", [[], (), {}, "empty", 3, None, [3], [b"x"], [None]], ids=repr)
def test_no_files(voted, tmp_path, paths):
    """What means no file is refused at once."""
    exp, *_ = voted
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="paths"):
        exp.import_votes(tmp_path / "empty" if paths == "empty" else paths)


# what is refused

EDITS = {
    "format": (lambda c: c | {"format": "other/1"}, "no file of votes"),
    "no format": (lambda c: {n: v for n, v in c.items() if n != "format"}, "no file of votes"),
    "version": (lambda c: c | {"format": "pixnb-votes/2"}, "another version"),
    "log": (lambda c: c | {"log": "f" * 32}, "another log"),
    "report": (lambda c: c | {"report": "0123456789abcdef"}, "its report"),
    "seed": (lambda c: c | {"seed": c["seed"] + 1}, "seed"),
    "voter": (lambda c: c | {"voter": ""}, "voter"),
    "blank voter": (lambda c: c | {"voter": " \n "}, "voter"),
    "long voter": (lambda c: c | {"voter": "x" * 121}, "voter"),
    "made": (lambda c: c | {"made": "yesterday"}, "made"),
    "no zone": (lambda c: c | {"made": "2026-11-27T16:00:00"}, "made"),
    "far year": (lambda c: c | {"made": "9999-12-31T23:59:59Z"}, "made"),
    "unknown run": (lambda c: c | {"marks": [{"run": "nobody", "stars": 1}]}, "does not have, such as nobody"),
    "stars": (lambda c: c | {"marks": [{"run": c["votes"][0]["left"], "stars": 6}]}, "stars"),
    "true stars": (lambda c: c | {"marks": [{"run": c["votes"][0]["left"], "stars": True}]}, "stars"),
    "picked": (lambda c: c | {"marks": [{"run": c["votes"][0]["left"], "picked": 1}]}, "picked"),
    "moment": (lambda c: c | {"marks": [{"run": c["votes"][0]["left"], "notes": [{"at": -1, "text": "x"}]}]}, "at"),
    "long note": (lambda c: c | {"marks": [{"run": c["votes"][0]["left"], "notes": [{"text": "x" * 4001}]}]}, "text"),
    "many notes": (lambda c: c | {"marks": [{"run": c["votes"][0]["left"], "notes": [{"text": "x"}] * 201}]}, "notes"),
    "many votes": (lambda c: c | {"votes": c["votes"][:1] * 10_001}, "votes"),
    "choice": (lambda c: edited(c, choice="both"), "choice"),
    "no choice": (lambda c: edited(c, choice=None), "choice"),
    "seconds": (lambda c: edited(c, seconds=-1), "seconds"),
    "pair": (lambda c: edited(c, pair="00000000"), "no pair"),
    "pair's form": (lambda c: edited(c, pair="../../etc"), "pair"),
    "sides": (lambda c: edited(c, left=c["votes"][0]["right"], right=c["votes"][0]["left"]), "its sides do not fit"),
    "one clip twice": (lambda c: edited(c, left=c["votes"][0]["right"]), "same run on both sides"),
    "other pair's side": (lambda c: edited(c, left=other_run(c)), "no pair"),
    "path as run": (lambda c: edited(c, left="../../etc/passwd"), "left"),
    "html as run": (lambda c: edited(c, left="<b>x</b>"), "left"),
    "votes no list": (lambda c: c | {"votes": {"0": 1}}, "votes"),
    "votes of text": (lambda c: c | {"votes": ["x"]}, "votes"),
    "marks no list": (lambda c: c | {"marks": "x"}, "marks"),
}


def edited(said, **values):
    """The same content with another first vote."""
    return said | {"votes": [said["votes"][0] | values, *said["votes"][1:]]}


def other_run(said):
    """A run that the first vote does not show."""
    first = said["votes"][0]
    return next(vote["left"] for vote in said["votes"] if vote["left"] not in (first["left"], first["right"]))


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_that_does_not_fit(voted, edit):
    """Its name and what is wrong; nothing of it is taken, though its checksum was made anew."""
    exp, said, folder = voted
    before = revs(exp.log)
    change, why = EDITS[edit]
    path = put(folder / "bad one.json", change(said))
    with pytest.raises(InvalidInput, match=f"(?s)bad one.json: .*{why}"):
        exp.import_votes(path)
    assert revs(exp.log) == before


BYTES = {
    "empty": (b"", "not JSON"),
    "text": (b"picks: 3, 17", "not JSON"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "not JSON"),
    "number": (b"3", "no object"),
    "list": (b"[]", "no object"),
    "deep": (b"[" * 100_000, "not JSON"),
    "nan": (b'{"format": NaN}', "not JSON"),
    "huge number": (b'{"format": ' + b"9" * 5000 + b"}", "not JSON"),
    "a name twice": (b'{"format": "pixnb-votes/1", "format": "pixnb-votes/1"}', "not JSON"),
    "no checksum": (b'{"format": "pixnb-votes/1"}', "checksum"),
    "half a letter": (b'{"format": "pixnb-votes/1", "voter": "\\ud800", "checksum": "0"}', "checksum"),
    "without end": (b'{"format": "pixnb-votes/1", "seed": 1e999, "checksum": "0"}', "checksum"),
    "too large": (b" " * (LARGEST + 1), "larger than 2 MB"),
}


@pytest.mark.parametrize("name", BYTES)
def test_files_of_other_kinds(voted, name):
    """Named, with what they are not."""
    exp, _, folder = voted
    data, why = BYTES[name]
    (folder / "odd.json").write_bytes(data)
    with pytest.raises(InvalidInput, match=f"odd.json: .*{why}"):
        exp.import_votes(folder / "odd.json")


@pytest.mark.parametrize("name", ["missing.json", "with\0nul.json", "x" * 300])
def test_files_that_are_not_there(voted, tmp_path, name):
    """Named too; a device is not read."""
    exp, *_ = voted
    with pytest.raises(InvalidInput, match=r"there is no such file|cannot be read"):
        exp.import_votes(f"{tmp_path}/{name}")
    with pytest.raises(InvalidInput, match="no such file"):
        exp.import_votes("/dev/zero")


def test_a_file_of_another_experiment(exp, tmp_path):
    """The message names the one that it is of; runs of both are taken by either."""
    hats = clips(exp.log, ("a hat", "a cap"), (1,), "hats")
    said = content(exp.log, choose=lambda left, right: "left" if {left, right} <= set(hats) else None)
    with pytest.raises(InvalidInput, match=r"experiment 'hats', not of 'coats'"):
        exp.import_votes(put(tmp_path / "a.json", said))
    assert exp.import_votes(put(tmp_path / "b.json", content(exp.log)))["votes"].tolist() == [len(pairs_of(exp.log))]


def test_a_file_of_a_run_that_was_deleted(exp, tmp_path):
    """It is taken: the run is still in the log."""
    path = put(tmp_path / "a.json", content(exp.log))
    from pixnb.log.rows import update_run

    gone = exp.frame()["run_id"][0]
    exp.log.write(lambda conn: update_run(conn, gone, {"deleted_at": 1}, event="deleted")).result()
    assert exp.import_votes(path)["changed"].tolist() == [len(json.loads(path.read_text())["votes"])]
    assert len(exp.frame()) == 5


def test_a_page_may_say_more(exp, tmp_path):
    """What a file has besides, of a later pixnb, is passed over; it may be written with spaces and a mark."""
    said = content(exp.log) | {"title": "coats", "votes": [v | {"device": "phone"} for v in content(exp.log)["votes"]]}
    path = put(tmp_path / "a.json", said)
    path.write_text("\ufeff" + json.dumps(json.loads(path.read_text()), indent=2), encoding="utf-8")
    assert exp.import_votes(path)["votes"].tolist() == [len(said["votes"])]


quiet = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@quiet
@given(data=st.data())
def test_any_damage_to_the_bytes_is_refused_by_name(voted, data):
    """Bytes changed, cut out, doubled or put in: never a crash, nothing half taken."""
    exp, said, folder = voted
    path = put(folder / "damaged.json", said)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    put_in = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([whole[at : at + 40], b"0", b'"', b"}"])))
    damaged = whole[:at] + put_in + whole[at + length :]
    path.write_bytes(damaged)
    before = revs(exp.log)
    try:
        same = json.loads(damaged.decode("utf-8-sig")) == json.loads(whole)  # a mark in front is no damage
    except ValueError:
        same = False
    if not same:
        with pytest.raises(InvalidInput, match=r"damaged\.json: "):
            exp.import_votes(path)
        assert revs(exp.log) == before


def places(value, here=()):
    """Every place in a JSON value."""
    yield here
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*here, name))


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), st.just([]), st.just({}),
    st.sampled_from(["left", "right", "tie", "<script>alert(1)</script>", "'; DROP TABLE votes; --", "\x00", "../x"]),
)  # fmt: skip


@quiet
@given(data=st.data())
def test_any_value_in_any_place_is_taken_whole_or_refused(voted, data):
    """With a checksum made anew: what is taken can be looked at, and what is refused left nothing."""
    exp, said, folder = voted
    changed = copy.deepcopy(said)
    place = data.draw(st.sampled_from([p for p in places(said) if p]))
    inside = changed
    for name in place[:-1]:
        inside = inside[name]
    if data.draw(st.booleans()):
        inside[place[-1]] = data.draw(ODD)
    else:
        del inside[place[-1]]
    path = folder / "odd.json"
    try:
        put(path, changed)
    except ValueError:  # a text that no page can write
        return
    before = revs(exp.log)
    try:
        told, why = exp.import_votes(path), ""
    except InvalidInput as error:
        told, why = None, str(error)
    if told is None:
        assert "odd.json: " in why
        assert revs(exp.log) == before
    else:
        assert told["refused"].isna().all()
        assert len(exp.frame()) == 4


def test_texts_of_a_file_are_text_in_the_table(exp, tmp_path):
    """HTML in a voter's name and in notes is shown as it is written."""
    run = exp.frame()["run_id"][0]
    marks = [{"run": run, "notes": [{"at": 1, "text": "<img src=x onerror=alert(1)>"}]}]
    exp.import_votes(put(tmp_path / "a.json", content(exp.log, "<b>ann</b>", marks=marks)))
    page = exp.compare().html()
    assert "<img src=x" not in page
    assert "<b>ann" not in page
    assert "&lt;b&gt;ann" in page


# by mail


def mail(said):
    """What the page writes into a mail."""
    letters = {"left": "L", "right": "R", "tie": "T"}
    votes = ".".join(vote["pair"] + letters[vote["choice"]] for vote in said["votes"])
    lines = ["pixnb-votes/1", *(f"{name} {said[name]}" for name in ("report", "log", "voter", "seed", "made"))]
    lines.append(f"votes {votes}")
    return "\r\n".join([*lines, f"check {hash32(chr(10).join(lines)):08x}"])


SENT = {
    "as it is": lambda text: text,
    "in a letter": lambda text: f"Dear all,\r\nhere you are.\r\n\r\n{text}\r\n\r\nBest, Ann\r\n",
    "quoted": lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    "broken lines": lambda text: re.sub(r"(?<=[LRT]\.)|(?<=[LRT]\.\w{3})", "\r\n  ", text),
    "spaces at the ends": lambda text: text.replace("\r\n", "  \n"),
}


@pytest.mark.parametrize("sent", SENT)
@pytest.mark.parametrize("voter", ["ann-1a2b3c", "bén 🙂-000000", "voter-zzzzzz"])
def test_votes_come_by_mail(exp, tmp_path, sent, voter):
    """As text or in a file, they are what the page's file says; the file afterwards changes only the seconds."""
    said = content(exp.log, voter, choose=lambda left, right: "tie" if left < right else "right")
    told = exp.import_votes(text=SENT[sent](mail(said)))
    assert told[["file", "voter", "votes"]].values.tolist() == [["text", voter, len(said["votes"])]]
    rows = exp.log.read(select(votes).order_by(votes.c.pair))
    (tmp_path / "mail.txt").write_text(SENT[sent](mail(said)), encoding="utf-8")
    assert exp.import_votes(tmp_path / "mail.txt")["changed"].tolist() == [0]
    exp.import_votes(put(tmp_path / "a.json", said))
    again = exp.log.read(select(votes).order_by(votes.c.pair))
    names = ("left_run_id", "right_run_id", "choice", "user", "pair", "at", "report")
    assert [[row[n] for n in names] for row in again] == [[row[n] for n in names] for row in rows]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: "", "no whole votes"),
        (lambda text: "Dear all, thank you!", "no whole votes"),
        (lambda text: text[:-20], "no whole votes"),
        (lambda text: text.replace("seed 7", "seed 8"), "damaged"),
        (lambda text: text.replace("L.", "R.", 1), "damaged"),
        (lambda text: text.replace("votes ", "votes 0"), "damaged"),
        (lambda text: text.replace("voter ann", "voter bob"), "damaged"),
        (lambda text: text.replace("pixnb-votes/1", "pixnb-votes/2"), "no whole votes"),
    ],
)
def test_a_mail_that_does_not_fit(voted, change, why):
    """It is refused with what to ask for."""
    exp, said, _ = voted
    before = revs(exp.log)
    with pytest.raises(InvalidInput, match=f"text: .*{why}"):
        exp.import_votes(text=change(mail(said)))
    assert revs(exp.log) == before


def test_a_mail_of_other_runs(exp, tmp_path):
    """Of another log, or of pairs that this experiment does not have."""
    said = content(exp.log)
    for foreign, why in (({"log": "0" * 32}, "another log"), ({"report": "1" * 16}, "none of this experiment")):
        with pytest.raises(InvalidInput, match=why):
            exp.import_votes(text=mail(said | foreign))


@pytest.mark.parametrize("text", [3, b"x", ["x"], "x" * (LARGEST + 1)], ids=["number", "bytes", "list", "long"])
def test_no_text(voted, text):
    """What is no text is refused at once."""
    exp, *_ = voted
    with pytest.raises(InvalidInput, match="text="):
        exp.import_votes(text=text)


@quiet
@given(data=st.data())
def test_any_damage_to_a_mail_is_refused(voted, data):
    """Never a crash, nothing half taken."""
    exp, said, _ = voted
    whole = mail(said)
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.text(max_size=5)) + whole[at + data.draw(st.integers(0, 30)) :]
    before = revs(exp.log)
    try:
        exp.import_votes(text=damaged)
    except InvalidInput as error:
        assert "text: " in str(error)  # noqa: PT017
        assert revs(exp.log) == before
