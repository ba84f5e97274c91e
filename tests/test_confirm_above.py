"""Much real money needs a word, in each currency: what the setting means, and what a sweep says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fake_apiframe import FakeApiframe, done
from hypothesis import given
from hypothesis import strategies as st
from sweeps import CLIP

import pixnb
from pixnb import settings
from pixnb.limits import CONFIRM_ABOVE, parse_confirm

WAN = "wan-2.7-videoedit"
DEFAULT = {"USD": 5, "credits": 300}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5", DEFAULT),
        (" 12.5 ", {"USD": Decimal("12.5"), "credits": 300}),
        ("0", {"USD": 0, "credits": 300}),
        ("inf", {"USD": Decimal("inf"), "credits": 300}),
        ("5, 300 credits", DEFAULT),
        ("5 USD, 40 credits", {"USD": 5, "credits": 40}),
        ("2 credits,7", {"USD": 7, "credits": 2}),
        ("usd=1, credit=2", {"USD": 1, "credits": 2}),
        ("credits = 9", {"USD": 5, "credits": 9}),
        ("inf USD, inf credits", {"USD": Decimal("inf"), "credits": Decimal("inf")}),
        ("3 EUR", {**DEFAULT, "EUR": 3}),
        (".5", {"USD": Decimal("0.5"), "credits": 300}),
        ("", DEFAULT),
        ("  ", DEFAULT),
    ],
)
def test_amounts_and_their_currencies(monkeypatch, text, found):
    """A number alone is USD; of what is left out the default holds."""
    monkeypatch.setenv("PIXNB_CONFIRM_ABOVE", text)
    assert settings.load().confirm_above == found


@pytest.mark.parametrize(
    "text", ["five", "nan", "-1", "5,6", "5,", ",", "USD=5 credits", "credits", "5 credits, credits=6", "5 €", "$5",
             "1e3", "5;6", "5 USD 6", "=5", "٥", "5\n", "9" * 20]
)  # fmt: skip
def test_what_is_no_amount_is_refused(monkeypatch, text):
    """With the setting's name and an example; a new line at the end is only space."""
    monkeypatch.setenv("PIXNB_CONFIRM_ABOVE", text)
    if text == "5\n":
        assert settings.load().confirm_above == DEFAULT
        return
    with pytest.raises(pixnb.InvalidInput, match=r"PIXNB_CONFIRM_ABOVE cannot be read.*300 credits"):
        settings.load()


@given(st.text(max_size=12))
def test_whatever_is_written_is_read_or_refused(text):
    """Nothing else is raised, and no amount is below 0."""
    try:
        found = parse_confirm(text)
    except pixnb.InvalidInput:
        return
    assert found.keys() >= CONFIRM_ABOVE.keys()
    assert all(amount >= 0 for amount in found.values())


def on_apiframe(log, budget=None, **options):
    """An experiment on an Apiframe that takes credits, and the service."""
    service = FakeApiframe(polls=[done(creditCost=12)] * 100, sandbox=False)
    return service, pixnb.Experiment("coats", log=log, client=pixnb.Client(**service.options()), budget=budget)


CASES = [
    # credits a run, runs, the setting, a budget, whether it is sent, what is said
    (12, 30, None, None, False, "360 credits, above 300 credits"),
    (12, 25, None, None, True, ""),
    (12, 30, "5, 400 credits", None, True, ""),
    (12, 30, "1000", None, False, "above 300 credits"),
    (12, 3, "credits=30", None, False, "36 credits, above 30 credits"),
    (12, 2, "0 credits", None, False, "above 0 credits"),
    (12, 30, "5, inf credits", None, True, ""),
    (12, 30, None, {"credits": 1000}, True, ""),
]


@pytest.mark.parametrize(("each", "count", "above", "budget", "sent", "said"), CASES)
def test_a_sweep_in_credits_asks_too(tmp_path, monkeypatch, capsys, each, count, above, budget, sent, said):
    """Above what is said for credits, unless a budget holds it."""
    if above is not None:
        monkeypatch.setenv("PIXNB_CONFIRM_ABOVE", above)
    pixnb.models.set_price(WAN, each, currency="credits")
    with pixnb.Log(tmp_path / "log.db") as log:
        service, exp = on_apiframe(log, budget)
        sweep = exp.sweep(WAN, prompt=[f"p{n}" for n in range(count)], video=CLIP).wait(60)
        assert len(service.posts) == (count if sent else 0)
        if sent:
            assert sweep.stopped is None
            return
        assert (sweep.state, len(exp.frame())) == ("confirm", 0)
        assert said in sweep.stopped
        assert "PIXNB_CONFIRM_ABOVE" in capsys.readouterr().out
        assert sweep.start(confirm=True).wait(60).counts == {"COMPLETED": count}


@pytest.mark.parametrize("currency", ["EUR", "tokens"])
def test_a_currency_that_the_setting_lacks_asks_at_once(tmp_path, monkeypatch, currency):
    """Nobody has said how much of it may go unasked."""
    pixnb.models.set_price(WAN, 1, currency=currency)
    with pixnb.Log(tmp_path / "log.db") as log:
        service, exp = on_apiframe(log)
        sweep = exp.sweep(WAN, prompt=["a"], video=CLIP)
        assert (sweep.state, len(service.posts)) == ("confirm", 0)
        monkeypatch.setenv("PIXNB_CONFIRM_ABOVE", f"5 {currency}")
        assert sweep.start().wait(60).counts == {"COMPLETED": 1}
