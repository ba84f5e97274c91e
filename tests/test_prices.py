"""Prices: exact figures, estimates, and the book that keeps a person's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from pixnb.catalogue import Balance, Cost, models
from pixnb.catalogue.pricebook import PriceBook, book
from pixnb.catalogue.prices import Price, format_amount, price
from pixnb.errors import InvalidInput, ModelNotFound, PixnbError

LTX = "ltx-2.3-text-to-video"


@pytest.fixture(autouse=True)
def data(monkeypatch, tmp_path):
    """A data folder that does not exist yet."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("0.2", "USD", "$0.20"),
        ("0.20000", "USD", "$0.20"),
        ("0.0125", "USD", "$0.0125"),
        ("0.40266664", "USD", "$0.4027"),
        ("0.000004", "USD", "$0.000004"),
        ("0", "USD", "$0.00"),
        ("1E+3", "USD", "$1,000.00"),
        ("-0.2", "USD", "-$0.20"),
        ("300", "credits", "300 credits"),
        ("2.5", "credits", "2.5 credits"),
        ("0.5", "EUR", "0.50 EUR"),
    ],
)
def test_figures(amount, currency, text):
    """Money is written as people write it; a small amount is never written as nothing."""
    assert format_amount(Decimal(amount), currency) == text
    assert str(Cost(Decimal(amount), currency)) == text
    assert str(Balance(Decimal(amount), currency)) == text


def test_values_are_values():
    """Costs and prices compare by value and can be keys."""
    assert Cost(Decimal("0.2"), "USD") == Cost(Decimal("0.20"), "USD")
    assert Cost(Decimal("0.2"), "USD") != Cost(Decimal("0.2"), "EUR")
    assert len({price(1, when={"fps": 25}), price(1, when={"fps": 25}), price(1, when={"fps": 24})}) == 2
    assert repr(Cost(Decimal("0.2"), "USD")) == "<Cost $0.20, estimated>"
    assert repr(Balance(Decimal(3), "credits")) == "<Balance 3 credits>"


def test_documented_prices():
    """What is documented is known, with its source; what is not is None, which is not 0."""
    lucy = models.get("lucy-edit-fast")
    assert lucy.estimate() == Cost(Decimal("0.20"), "USD", "estimated")
    assert lucy.estimate(video="a.mp4", prompt="x", seconds=60) == lucy.estimate()
    assert "https://www.pixazo.ai/models/lucy-edit" in lucy.price.source
    assert "inferred" in lucy.price.source
    for model in models:
        if not model.list_prices:
            assert model.price is None
            assert model.estimate() is None
            assert model.estimate(seconds=6) is None
        for known in model.list_prices:
            assert known.source.startswith("https://")


@pytest.mark.parametrize(
    ("model", "params", "cost"),
    [
        ("lucy-2.5", {"seconds": 5}, "0.20"),
        ("lucy-2.1", {"seconds": 2.5}, "0.10"),
        ("lucy-pro-v2v", {"seconds": 5, "data": "v.mp4", "prompt": "x"}, "0.75"),
        ("lucy-clip", {"seconds": 1, "resolution": "480p"}, "0.15"),
        ("lucy-restyle-2", {"seconds": 12}, "0.12"),
        ("lucy-restyle-2", {"seconds": 12, "reference": "a.png"}, "0.12"),
        ("lucy-2.5", {}, None),
        ("lucy-image-2", {}, "0.02"),
        ("lucy-image-2", {"seconds": 9}, "0.02"),
        ("lucy-image-2", {"resolution": "480p", "data": "a.png"}, "0.01"),
        ("lucy-image-2", {"resolution": "720p"}, "0.02"),
        ("lucy-2.6", {"seconds": 5}, None),
        ("lucy-pro-i2i", {}, None),
        ("lucy-pro-t2v", {"seconds": 5}, None),
        ("wan-2.7-videoedit", {"seconds": 5, "duration": 4}, None),
        ("topaz-video-upscale", {"seconds": 5}, None),
    ],
)
def test_estimates_of_decart_and_apiframe(model, params, cost):
    """Per second of the input and per image, as Decart's price page says; Apiframe's credits are not documented."""
    expected = None if cost is None else Cost(Decimal(cost), "USD", "estimated")
    assert models.get(model).estimate(**params) == expected


def test_credits_can_be_set():
    """A price in credits a second counts the asked length, else the input's."""
    models.set_price("wan-2.7-videoedit", 12, "credits", per="second", when={"resolution": "1080p"})
    wan = models.get("wan-2.7-videoedit")
    assert str(wan.estimate(resolution="1080p", duration=4)) == "48 credits"
    assert str(wan.estimate(resolution="1080p", seconds=2.5)) == "30 credits"
    assert wan.estimate(seconds=2.5) is None


def test_reading_makes_nothing(data):
    """To ask for a price leaves no folder behind."""
    models.get(LTX).estimate()
    assert not data.exists()


def test_own_price_goes_first(data):
    """A price that was set is used, shown, kept on disk, and can be forgotten."""
    lucy = models.get("lucy-edit-fast")
    kept = models.set_price("pixazo/lucy-edit-fast", 0.15)
    assert kept == lucy.price
    assert kept.source.startswith("set by you on 20")
    assert lucy.estimate() == Cost(Decimal("0.15"), "USD")
    assert models.frame().set_index("id").loc["lucy-edit-fast", "price"] == "$0.15 per run"
    assert PriceBook(data / "prices.json").of("lucy-edit-fast") == (kept,)
    assert sorted(p.name for p in data.iterdir()) == ["prices.json", "prices.json.lock"]
    assert models.set_price(lucy, None) is None
    assert lucy.estimate() == Cost(Decimal("0.20"), "USD")


def test_per_second():
    """The clip's length comes from the request, its default or `seconds`; without one the cost is unknown."""
    models.set_price(LTX, "0.08", per="second")
    ltx = models.get(LTX)
    assert ltx.estimate() == Cost(Decimal("0.48"), "USD")
    assert ltx.estimate(duration=10) == Cost(Decimal("0.80"), "USD")
    assert ltx.estimate(duration=10, seconds=2.5) == Cost(Decimal("0.2"), "USD")
    assert ltx.estimate(seconds=np.float64(0.1)) == Cost(Decimal("0.008"), "USD")
    models.set_price("lucy-edit-fast", 0.15, per="second")
    lucy = models.get("lucy-edit-fast")
    assert lucy.estimate(prompt="x") is None
    assert lucy.estimate(prompt="x", seconds=4) == Cost(Decimal("0.6"), "USD")
    models.set_price("ltx-2.3-retake", 1, "credit", per="second")
    assert str(models.get("ltx-2.3-retake").estimate(start_time=2, duration=3)) == "3 credits"
    assert models.get("ltx-2.3-retake").estimate() is None


def test_per_image():
    """A price per image is for one image a run."""
    models.set_price(LTX, 3, "EUR", per="image")
    assert models.get(LTX).estimate() == Cost(Decimal(3), "EUR")


def test_most_conditions_win():
    """Of the prices that fit, the most specific counts; defaults count as set; a tie goes to the latest."""
    ltx = models.get(LTX)
    models.set_price(LTX, 0.16, per="second", when={"resolution": "1440p"})
    assert ltx.price is None
    assert ltx.estimate() is None
    assert ltx.estimate(resolution="1440p", duration=10) == Cost(Decimal("1.6"), "USD")
    models.set_price(LTX, 0.08, per="second", when={"resolution": "1080p"})
    assert ltx.estimate() == Cost(Decimal("0.48"), "USD")
    assert ltx.estimate(resolution="2160p") is None
    models.set_price(LTX, 9)
    assert ltx.estimate(resolution="2160p") == Cost(Decimal(9), "USD")
    assert ltx.estimate() == Cost(Decimal("0.48"), "USD")
    models.set_price(LTX, 7, when={"fps": 50})
    assert ltx.estimate(fps=50) == Cost(Decimal(7), "USD")
    models.set_price(LTX, 5, when={"resolution": "1080p", "fps": 50})
    assert ltx.estimate(fps=50) == Cost(Decimal(5), "USD")
    models.set_price(LTX, None, when={"fps": 50, "resolution": "1080p"})
    assert ltx.estimate(fps=50) == Cost(Decimal(7), "USD")


def test_setting_again_replaces(data):
    """There is one price for a model and its conditions."""
    for amount in (1, 2, 3):
        models.set_price(LTX, amount, when={"fps": 50, "duration": 6})
        models.set_price(LTX, amount, when={"duration": 6.0, "fps": np.int64(50)})
    kept = PriceBook(data / "prices.json").of(LTX)
    assert [(p.amount, p.when) for p in kept] == [(Decimal(3), {"duration": 6, "fps": 50})]


def test_zero_is_a_price():
    """A model that is free has a known price."""
    models.set_price("ltx-2", 0)
    assert models.get("ltx-2").estimate() == Cost(Decimal(0), "USD")


def test_exact():
    """Floats are taken as they are written: three times 0.1 is 0.3."""
    models.set_price("ltx-2.3-retake", 0.1, per="second")
    assert models.get("ltx-2.3-retake").estimate(duration=3).amount == Decimal("0.3")


@pytest.mark.parametrize("amount", [-1, "-0.1", float("nan"), float("inf"), True, "dear", "$1", b"1", [1]], ids=repr)
def test_wrong_amounts(amount, data):
    """What is no price is refused, and nothing is kept."""
    with pytest.raises(InvalidInput, match=r"A price must be a number from 0 up, such as 0\.08, not"):
        models.set_price(LTX, amount)
    assert not data.exists()


def test_wrong_terms(data):
    """A wrong unit, currency, condition or model is refused by its name, and nothing is kept."""
    with pytest.raises(InvalidInput, match='per "run", "second" or "image", not \'minute\''):
        models.set_price(LTX, 1, per="minute")
    with pytest.raises(InvalidInput, match="needs a currency"):
        models.set_price(LTX, 1, "  ")
    with pytest.raises(InvalidInput, match=r'resolutoin is not a parameter .*did you mean "resolution"'):
        models.set_price(LTX, 1, when={"resolutoin": "1080p"})
    with pytest.raises(InvalidInput, match="duration must be 6, 8 or 10, not 5"):
        models.set_price(LTX, 1, when={"duration": 5})
    with pytest.raises(InvalidInput, match="cannot depend on video_url, a file"):
        models.set_price("lucy-edit-fast", 1, when={"video": "a.mp4"})
    with pytest.raises(ModelNotFound):
        models.set_price("ltx-3", 1)
    assert not data.exists()


@pytest.mark.parametrize("seconds", [-1, float("nan"), True, "6"], ids=repr)
def test_wrong_seconds(seconds):
    """A length that is none is refused, not guessed."""
    with pytest.raises(InvalidInput, match="seconds must be a number from 0 up"):
        models.get("lucy-edit-fast").estimate(seconds=seconds)


def test_wrong_params_have_no_estimate():
    """A misspelt parameter would give a wrong price, so it is refused."""
    with pytest.raises(InvalidInput, match='did you mean "resolution"'):
        models.get(LTX).estimate(resolutoin="2160p")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"version": 1}', b'{"version": 1, "models": []}', b'{"version": "1", "models": {}}',
     b'{"version": 1, "models": {"ltx-2": [{"amount": "x"}]}}', b'{"version": 1, "models": {"ltx-2": [3]}}', b"\xff"],
    ids=repr,
)  # fmt: skip
def test_damaged_book(content, data):
    """A book that cannot be read is named, never overwritten; lists of models still print."""
    data.mkdir()
    (data / "prices.json").write_bytes(content)
    for act in (models.get(LTX).estimate, lambda: models.set_price(LTX, 1), lambda: models.get(LTX).price):
        with pytest.raises(PixnbError, match=r"The price book .*prices\.json cannot be read: .* move it away"):
            act()
    assert (data / "prices.json").read_bytes() == content
    assert "unreadable" in repr(models)
    assert "unreadable" in str(models.get(LTX))


def test_newer_book(data):
    """A book of a newer pixnb says so."""
    data.mkdir()
    (data / "prices.json").write_text('{"version": 2, "models": {}}')
    with pytest.raises(PixnbError, match="written by a newer pixnb; upgrade pixnb"):
        models.get(LTX).estimate()


def test_data_folder_is_a_file(data):
    """Where no folder can be, the message says what to set."""
    data.write_text("")
    assert models.get(LTX).estimate() is None
    with pytest.raises(PixnbError, match=r"prices\.json cannot be written: .* set PIXNB_DATA to one that is"):
        models.set_price(LTX, 1)


def test_full_disk(data):
    """A write that fails keeps the old book whole and leaves nothing beside it."""
    models.set_price(LTX, 1)
    before = (data / "prices.json").read_bytes()
    code = (
        "import resource, signal\n"
        "from pixnb.catalogue import models\n"
        "from pixnb.errors import PixnbError\n"
        "models\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))\n"
        "try:\n"
        "    models.set_price('ltx-2', 2)\n"
        "except PixnbError as error:\n"
        "    print(error)\n"
    )
    said = subprocess.run([sys.executable, "-B", "-c", code], check=True, env={**os.environ}, capture_output=True)
    assert b"cannot be written: File too large. Nothing was changed." in said.stdout
    assert (data / "prices.json").read_bytes() == before
    assert sorted(p.name for p in data.iterdir()) == ["prices.json", "prices.json.lock"]


def test_edited_by_hand(data):
    """A change made by an editor is seen at the next question."""
    models.set_price(LTX, 1)
    assert models.get(LTX).estimate() == Cost(Decimal(1), "USD")
    path = data / "prices.json"
    content = json.loads(path.read_text())
    content["models"][LTX][0]["amount"] = "1.25"
    path.write_text(json.dumps(content))
    assert models.get(LTX).estimate() == Cost(Decimal("1.25"), "USD")
    path.unlink()
    assert models.get(LTX).estimate() is None


def test_another_data_folder(monkeypatch, tmp_path):
    """The book follows PIXNB_DATA at once."""
    models.set_price(LTX, 1)
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "other"))
    assert models.get(LTX).estimate() is None


def test_a_project_that_changes(monkeypatch, tmp_path):
    """The book follows a `.env` that is written or edited, and a data folder that is made, within two seconds."""
    project, inner = tmp_path / "project", tmp_path / "project" / "notebooks"
    inner.mkdir(parents=True)
    (project / "pyproject.toml").touch()
    monkeypatch.delenv("PIXNB_DATA")
    monkeypatch.chdir(inner)
    dotenv = inner / ".env"
    steps = [
        (lambda: None, inner / "pixnb-data"),
        ((project / "pixnb-data").mkdir, project / "pixnb-data"),
        (lambda: dotenv.write_text(f"PIXNB_DATA={tmp_path / 'one'}\n"), tmp_path / "one"),
        (lambda: dotenv.write_text(f"PIXNB_DATA={tmp_path / 'two'}\n"), tmp_path / "two"),
        (dotenv.unlink, project / "pixnb-data"),
    ]
    for change, folder in steps:
        change()
        deadline = time.monotonic() + 2
        while book().path.parent != folder and time.monotonic() < deadline:
            time.sleep(0.05)
        assert book().path == folder / "prices.json"


def test_threads_and_processes(data):
    """Two processes of four threads each set 40 prices at once; none is lost."""
    code = (
        "import sys, threading\n"
        "from pixnb.catalogue.pricebook import PriceBook\n"
        "from pixnb.catalogue.prices import price\n"
        "from pathlib import Path\n"
        "def fill(name):\n"
        "    for i in range(5):\n"
        "        PriceBook(Path(sys.argv[1])).put(f'{sys.argv[2]}{name}{i}', price(i))\n"
        "threads = [threading.Thread(target=fill, args=(n,)) for n in 'abcd']\n"
        "[t.start() for t in threads]\n"
        "[t.join() for t in threads]\n"
    )
    path = data / "prices.json"
    runs = [subprocess.Popen([sys.executable, "-c", code, str(path), who]) for who in "xy"]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert len(json.loads(path.read_text())["models"]) == 40
    assert sorted(p.name for p in data.iterdir()) == ["prices.json", "prices.json.lock"]


def test_one_book_of_many_threads(data):
    """One book object serves many threads, also several that share a model."""
    shared = PriceBook(data / "prices.json")
    rates = [(fps, seconds) for fps in (24, 25, 48, 50) for seconds in (6, 8, 10)]

    def put(fps, seconds):
        shared.put(LTX, Price(Decimal(1), when={"fps": fps, "duration": seconds}))

    threads = [threading.Thread(target=put, args=rate) for rate in rates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shared.of(LTX)) == 12


def test_the_price_table_is_dated_and_has_its_source():
    """Of every price that is known: amount, currency, unit, day and page; nothing where it is unknown."""
    frame = models.frame().set_index("id")
    for name, model in frame.iterrows():
        known = [model[part] for part in ("price", "amount", "currency", "per", "as_of", "source")]
        assert all(pd.notna(known)) or all(pd.isna(known)), name
    lucy = frame.loc["lucy-edit-fast"]
    assert (lucy["amount"], lucy["currency"], lucy["per"]) == (0.2, "USD", "run")
    assert lucy["as_of"] == pd.Timestamp("2026-11-20")
    assert lucy["source"].startswith("https://www.pixazo.ai/")
    prices = models.prices()
    assert set(prices["id"]) == set(frame.index)
    assert prices["amount"].notna().sum() > frame["amount"].notna().sum()  # some hang on a parameter
    assert not prices["is_yours"].fillna(False).any()


def test_a_price_of_yours_is_dated_today_and_comes_first():
    """In the table, in the card, and after the book was read again."""
    models.set_price("lucy-edit-fast", 0.3)
    models.set_price("ltx-2-pro", 2, "credits", "second", {"resolution": "1080p"}, source="the console")
    today = pd.Timestamp.now("UTC").normalize().tz_localize(None)
    found = models.prices()
    mine = found[found["is_yours"].fillna(False)].set_index("id")
    assert mine.loc["lucy-edit-fast", ["amount", "as_of"]].tolist() == [0.3, today]
    assert mine.loc["ltx-2-pro", ["amount", "currency", "per", "when", "source"]].tolist() == [
        2.0, "credits", "second", "resolution=1080p", "the console"]  # fmt: skip
    assert found[found["id"] == "lucy-edit-fast"]["amount"].tolist() == [0.3, 0.2]
    card = models.get("lucy-edit-fast")._repr_mimebundle_()
    assert f"as of {today:%Y-%m-%d}" in card["text/html"]
    assert f"as of {today:%Y-%m-%d}" in card["text/plain"]
    assert "as of" not in models.get("wan-2.7-videoedit")._repr_mimebundle_()["text/plain"]
