"""Which axes of a sweep go down and which across, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import pytest

import pixnb
from pixnb.display.sweep_layout import lay_out

LONG = "A woman in a long blue coat walks through the snow, variant {}"


@dataclass
class Placed:
    """What a cell has of a cell."""

    axes: dict = field(default_factory=dict)
    take: int = 1


def cells(takes=1, **axes):
    """The cells of a grid, a take after the other, as a sweep makes them."""
    points = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    return [Placed(point, take) for take in range(1, takes + 1) for point in points]


def long(count):
    return [LONG.format(number) for number in range(count)]


@pytest.mark.parametrize(
    ("made", "rows", "columns"),
    [
        (cells(prompt=["a", "b"], seed=[1, 2, 3]), [("a",), ("b",)], [("seed 1",), ("seed 2",), ("seed 3",)]),
        (cells(2, prompt=["a", "b"]), [("a",), ("b",)], [("take 1",), ("take 2",)]),
        (cells(seed=[7, 8]), [()], [("seed 7",), ("seed 8",)]),
        (cells(prompt=["formal", "casual"]), [()], [("formal",), ("casual",)]),
        (
            cells(2, model=["m", "n"], prompt=["a", "b", "c"]),
            [("a",), ("b",), ("c",)],
            [("m", "take 1"), ("m", "take 2"), ("n", "take 1"), ("n", "take 2")],
        ),
        (cells(prompt=["a", "b"], resolution=["480p", "720p"]), [("a",), ("b",)], [("480p",), ("720p",)]),
    ],
    ids=["seeds", "takes", "one short axis", "labels", "models by takes", "words"],
)
def test_axes_become_rows_and_columns(made, rows, columns):
    """Wordings go down; every cell has a place of its own."""
    layout = lay_out(made)
    assert (list(layout.rows), list(layout.columns)) == (rows, columns)
    assert sorted(number for found in layout.places.values() for number in found) == list(range(len(made)))
    assert all(len(found) == 1 for found in layout.places.values())


@pytest.mark.parametrize(
    "made",
    [
        cells(),
        cells(prompt=long(9)),
        cells(seed=range(30)),
        [Placed({"prompt": LONG.format(n), "note": f"n{n}", "fps": 10 + n}) for n in range(12)],
        [Placed({f"column{k}": f"{n}{k}" for k in range(9)}) for n in range(5)],
    ],
    ids=["one cell", "long wordings", "many seeds", "a table's rows", "a wide table's rows"],
)
def test_what_is_no_grid_flows(made):
    """Each cell has its caption."""
    layout = lay_out(made)
    assert layout.is_flow
    assert len(layout.captions) == len(made)


def test_long_labels_never_head_a_column():
    """They go down, whatever the others are."""
    layout = lay_out(cells(2, prompt=long(3), negative_prompt=long(2)))
    assert [key[0] for key in layout.columns] == ["take 1", "take 2"]
    assert len(layout.rows) == 6


def test_a_model_without_a_seed_has_takes_beside_the_others_seeds():
    """Its columns are takes."""
    seeded = [Placed({"model": "m", "prompt": prompt, "seed": seed}) for prompt in "ab" for seed in (1, 2)]
    other = [Placed({"model": "n", "prompt": prompt}, take) for prompt in "ab" for take in (1, 2)]
    layout = lay_out([*seeded, *other])
    assert ("m", "seed 1", "") in layout.columns
    assert ("n", "", "take 2") in layout.columns
    assert len(layout.places) == 8


def test_cells_that_differ_in_nothing_share_a_place():
    """As two equal rows of a table with the same take."""
    layout = lay_out([Placed({"prompt": p, "seed": s}) for p in "ab" for s in (1, 2) for _ in range(2)])
    assert sum(len(found) for found in layout.places.values()) == 8


def test_a_medium_is_called_by_its_file(tmp_path):
    """Not by its whole path; controls are shown as signs."""
    path = tmp_path / "coat.png"
    path.write_bytes(b"")
    images = [pixnb.Media(path), pixnb.Media("https://example.org/a.png")]
    layout = lay_out(cells(image=images, prompt=["\x1b[2J", "b"]))
    assert list(layout.columns) == [("coat.png",), ("a.png",)]
    assert all("\x1b" not in caption for caption in layout.captions)
