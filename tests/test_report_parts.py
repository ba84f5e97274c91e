"""What a report says: the summary, costs by group, where clips come from, how to cite; and how bytes are shared out."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pandas as pd
import pytest
from report_frames import LOG, clips, frame, one_clip, picture

import pixnb
from pixnb.compare.content import content
from pixnb.media.probe import MediaInfo, probe
from pixnb.report.embedding import Files
from pixnb.report.notes import say_how_long, say_what_was_reduced
from pixnb.report.origin import cite, list_models, name_versions
from pixnb.report.rendition import best_rendition, choose_rendition
from pixnb.report.summary import list_facts, sum_by_group

MADE = datetime(2026, 11, 27, tzinfo=UTC)


def facts(given):
    return {fact.name: fact.said for fact in list_facts(given, content(given))}


TIMES = pd.to_datetime(["2026-11-27 10:02", "2026-11-27 10:40", "2026-11-28 09:00"], utc=True)


@pytest.mark.parametrize(
    ("columns", "name", "said"),
    [
        ({"status": ["COMPLETED", "FAILED", "COMPLETED"]}, "Runs", "3 runs · 2 completed · 1 failed"),
        ({"take": 1, "attempt": [1, 1, 1]}, "Runs", "3 runs, all completed"),
        (
            {"prompt": "A", "take": pd.array([1, 1, 2], "Int64"), "attempt": pd.array([1, 2, 1], "Int64")},
            "Runs",
            "2 runs, all completed · 1 tried again",
        ),
        (
            {"refused_stage": ["input", "output", None]},
            "Refused",
            "2 of 3 by content rules (1 for what was given, 1 for what was made)",
        ),
        ({"refused_stage": [None] * 3}, "Refused", None),
        (
            {"cost": [0.2, None, 12], "cost_simulated": [None, 0.2, None], "currency": ["USD", "USD", "credits"]},
            "Money",
            "$0.20 · 12 credits · $0.20 simulated",
        ),
        ({"cost": [0.2, None, None], "currency": "USD"}, "Money", "$0.20 · 2 at an unknown price"),
        ({}, "Money", None),
        ({"seed": [1, 2, 1]}, "Differs", "prompt (3), seed (2)"),
        ({"prompt": "A", "params.fps": [24, 25, 25], "vars.colour": ["a", "b", "c"]}, "Differs", "fps (2), colour (3)"),
        ({"prompt": "A"}, "Differs", None),
        ({"params.fps": 24}, "The same", "model lucy-edit-fast · fps 24"),
        ({"user": ["mia", "jo", "mia"]}, "Who", "mia, jo"),
        ({"user": [None] * 3}, "Who", None),
        ({"submitted_at": TIMES}, "When", "2026-11-27 10:02 – 2026-11-28 09:00 UTC"),
        ({"submitted_at": TIMES[[0, 1, 0]]}, "When", "2026-11-27 10:02 – 10:40 UTC"),
        ({"submitted_at": TIMES[[0, 0, 0]]}, "When", "2026-11-27 10:02 UTC"),
        ({"submitted_at": [None] * 3}, "When", None),
    ],
)
def test_the_summary_says_what_the_frame_knows(columns, name, said):
    """And nothing of what it does not."""
    assert facts(frame(3, **columns)).get(name) == said


def test_costs_count_every_attempt_and_never_add_up_currencies():
    """A row a model and a prompt; what failed and was billed is in it."""
    given = frame(
        4,
        model=["a", "a", "b", "b"],
        prompt=["A lake", "A lake", "A sea", "A sea"],
        status=["FAILED", "COMPLETED", "COMPLETED", "CANCELLED"],
        cost=[0.1, 0.2, 3, None],
        currency=["USD", "USD", "credits", "credits"],
    )
    by_model, by_prompt = sum_by_group(given)
    assert by_model.heads == ("model", "runs", "completed", "failed", "cost USD", "cost credits")
    assert by_model.lines == (("a", "2", "1", "1", "$0.30", "–"), ("b", "2", "1", "0", "–", "3 credits"))
    assert [line[0] for line in by_prompt.lines] == ["A lake", "A sea"]
    assert [one.title for one in sum_by_group(given.assign(prompt="A"))] == ["By model"]
    assert sum_by_group(given.drop(columns="status")) == []


def test_many_and_long_prompts_are_cut_to_what_tells_them_apart():
    """Sixty groups are shown; of 600 letters those that differ."""
    given = frame(80, prompt=[f"{'word ' * 120} number {n}" for n in range(80)])
    (sums,) = (one for one in sum_by_group(given) if one.title == "By prompt")
    assert (len(sums.lines), sums.left_out) == (60, 20)
    assert all(len(line[0]) < 200 for line in sums.lines)
    assert len({line[0] for line in sums.lines}) == 60


def test_where_clips_come_from_is_named():
    """Models with the service's own name, the list price and its source and day; versions of both."""
    given = frame(3, model=["lucy-edit-fast", "lucy-edit-fast", "my-own"], provider="pixazo", pixnb_version="0.0.9")
    first, second = list_models(given)
    assert (first.model, first.service, first.runs, first.price) == ("lucy-edit-fast", "pixazo", 2, "$0.20 per run")
    assert re.search(r"https://.*, \d{4}-\d\d-\d\d$", first.source)
    assert (second.price, second.source) == ("price unknown", "")
    assert dict(name_versions(given))["Runs made by"] == "pixnb 0.0.9"
    assert list_models(pd.DataFrame({"run_id": ["a"]})) == []


@pytest.mark.parametrize(
    ("title", "user", "text", "lines"),
    [
        ("Coats", "mia", "mia (2026). Coats: 2 runs with lucy-edit-fast.", ["@misc{pixnb-coats-2026,", "{{mia}}"]),
        ("100 % & $5_#", "A. {B}", "A. {B} (2026). 100 % & $5_#: 2 runs", [r"{{100 \% \& \$5\_\#}}", r"{{A. \{B\}}}"]),
        (
            "外套 ~^\\",
            "",
            "外套 ~^\\ (2026): 2 runs",
            ["@misc{pixnb-runs-2026,", r"\textasciitilde{}", r"\textbackslash{}"],
        ),
        ("Mäntel, naß", "Jörg", "Jörg (2026). Mäntel, naß: 2 runs", ["@misc{pixnb-mantel-na-2026,", "{{Jörg}}"]),
    ],
)
def test_a_report_can_be_cited(title, user, text, lines):
    """By a sentence, and by an entry that LaTeX takes; with the log, the report and the number of runs."""
    found = cite(frame(user=user or None), title, report="abc", made=MADE)
    assert found.text.startswith(text)
    assert found.text.endswith(f"log {LOG}, report abc.")
    for line in lines:
        assert line in found.bibtex
    assert found.bibtex.count("{") - found.bibtex.count(r"\{") == found.bibtex.count("}") - found.bibtex.count(r"\}")
    assert f"log {LOG}, report abc" in found.bibtex
    assert ("author" in found.bibtex) == bool(user)


CLIP = MediaInfo("video", duration=5.0, fps=24.0, width=1280, height=720)


@pytest.mark.parametrize(
    ("info", "limit", "said"),
    [
        (CLIP, 1_000_000, "360p at 24 fps"),
        (CLIP, 190_000, "360p at 12 fps"),
        (CLIP, 60_000, "216p at 12 fps"),
        (CLIP, 1_000, "144p at 8 fps"),
        (MediaInfo("video", duration=5.0, fps=60.0, width=1920, height=1080), 1_000_000, "360p at 30 fps"),
        (MediaInfo("video", duration=5.0, fps=24.0, width=720, height=1280), 190_000, "360p at 12 fps"),
        (MediaInfo("video", duration=5.0, fps=24.0, width=160, height=90), 190_000, "90p at 24 fps"),
        (MediaInfo("video", width=None, height=None), 190_000, "360p at 12.5 fps"),
    ],
)
def test_a_preview_is_as_good_as_its_bytes_allow(info, limit, said):
    """Fewer pictures first, then smaller ones; never more than the original."""
    assert str(choose_rendition(info, limit)) == said
    assert best_rendition(info).side >= choose_rendition(info, limit).side


def test_a_portrait_keeps_its_shape(tmp_path):
    """360p is the shorter side."""
    (path,) = clips(tmp_path, 1, size=(540, 960), frames=12)
    info = probe(choose_rendition(probe(path), 50_000).encode(pixnb.Media(path)))
    assert (info.width, info.height) == (360, 640)


@pytest.mark.parametrize("total", [0, 4_000, 20_000, 100_000, 10_000_000])
def test_all_of_it_fits_into_the_room(tmp_path, total):
    """Whatever the room: what fits is whole, what does not is a preview, and what is too small even for one is left."""
    places = [*clips(tmp_path, 3, noise=True, frames=60), one_clip(tmp_path), picture(tmp_path),
              str(pixnb.sample("audio").path), str(tmp_path / "gone.mp4"), None]  # fmt: skip
    files = Files([pixnb.Media(place).path if place else None for place in places])
    assert len(files) == 6
    made = files.make("mail", total)
    assert sum((film.size + 2) // 3 * 4 for film in made) <= total
    whole = [film for film in made if film.data is None]
    assert (len(made), len(whole)) == {0: (0, 0), 10_000_000: (6, 6)}.get(total, (len(made), len(whole)))
    for film in made:
        assert b"".join(film.blocks()) == (film.data if film.data is not None else film.media.bytes())
        assert film.seconds is None or film.seconds <= (film.info.duration or 0) + 0.2


def test_what_was_reduced_is_said(tmp_path):
    """Each kind in a sentence; what is signed is no more; how long it took."""
    places = [*clips(tmp_path, 2, noise=True, frames=60), str(pixnb.sample("audio").path)]
    made = Files([pixnb.Media(place).path for place in places]).make("mail", 60_000)
    first, second = say_what_was_reduced(made)
    assert re.fullmatch(
        r"Clips are \d+p previews at \d+ fps of originals, 64×48 at 25 fps or 66×48 at 25 fps \(\d+ kB for \d+ kB\)\..*",
        first,
    )
    assert re.fullmatch(r"The sound is a smaller copy \(\d+ kB for 86 kB\)\.", second)
    assert say_what_was_reduced(made, 2)[-1] == "2 clips could not be put into this file: their places say why."
    assert re.fullmatch(r"; 3 previews made in 2\.5 s", say_how_long(made, 2.5))
    assert say_what_was_reduced([]) == []
    assert say_how_long([], 1.0) == ""
