"""Outside values, cleaned where they come in: whatever comes, nothing raises and nothing odd goes on."""

from __future__ import annotations

import json
from decimal import Decimal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_answers import answered

from pixnb.wire import clean, registry
from pixnb.wire.wire import Unreadable

PROVIDERS = {"pixazo": "request_id", "decart": "job_id", "apiframe": "jobId"}

AMOUNTS = [
    (0, "0"), (12, "12"), (0.5, "0.5"), (1e8, "100000000"), (1e-300, "0"), (10**400, None),
    (-(10**400), None), (1e300, None),
    (float("nan"), None), (float("inf"), None), (-1, None), (True, None), ("12", None), (None, None), ([], None),
    (10**12, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "amount"), AMOUNTS)
def test_amounts(value, amount):
    """What a wallet can hold, exactly; else nothing."""
    found = clean.amount_of(value)
    assert found == (None if amount is None else Decimal(amount))


TIMES = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "0001-01-01", "9999-12-31", "1" * 400, "", "\ud800",
         "100000000000000000000-01-01", "2026-13-01", "2026-01-01T00:00:00+99:99", None, 7, [], {}, True]  # fmt: skip


@pytest.mark.parametrize("value", TIMES)
def test_times_that_are_none(value):
    """Years that no table of times holds among them."""
    assert clean.parse_time(value) is None


WAITS = [
    ("0", 0), ("120", 120), ("1.5", 1.5), ("9" * 300, 30 * 86400), ("Fri, 31 Dec 9999 23:59:59 GMT", 30 * 86400),
    ("Mon, 01 Jan 2001 00:00:00 GMT", 0), ("", None), ("nan", None), ("inf", None), ("1e400", None), ("-5", None),
    ("1_0", None), ("\u0661", None), ("soon", None), (",,,,", None), ("Mon, , , :: GMT", None),
    ("0 jan 0 0: 0", None), ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ("Mon, 01 Jan 2030 99999999999999999999:00:00 GMT", None), ("Mon, 01 Jan -1 00:00:00 GMT", None),
    ("Mon, 01 Jan 2030 00:00:00 +99999999999", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "seconds"), WAITS)
def test_waits(value, seconds):
    """Seconds or a date, at most a month."""
    assert clean.parse_wait(value) == seconds


ADDRESSES = [
    ("https://h.example/x?y=1", True), ("  http://h.example/x\n", True), ("https://u:p@h.example/", False),
    ("file:///etc/passwd", False), ("javascript:alert(1)", False), ("http://", False), ("http://[::1", False),
    ("http://xn--/", False), ("http://\u2100.example/", False), ("http://h:99999/", False), ("http://h/\ud800", False),
    ("http://h/\0", False), ("http://h/\r\nX: y", False), ("http://h/" + "a" * 9000, False), ("/x", False), (7, False),
    (None, False), (["http://h/"], False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "usable"), ADDRESSES)
def test_addresses(value, usable):
    """What can be asked, and holds no login of anybody."""
    assert (clean.address_of(value) is not None) is usable
    place = clean.place_of(value)
    assert place is None or place.encode().isascii() or place.isprintable()


CHARSETS = ["hex", "undefined", "idna", "punycode", "base64", "rot13", "zip", "unicode_escape", "utf-7", "mbcs",
            "bogus", "a\xffb", "\0", "utf-16", "utf-32", "'", ""]  # fmt: skip


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("body", [b"zz", b"\xff\xfex", b"\\", b"+2AA-", b"\0\0", b"\x80abc", b""])
def test_charsets(charset, body):
    """Whatever is declared, there is a text that can be written down."""
    headers = {b"Content-Type": f"text/html; charset={charset}".encode("latin-1")}
    text = clean.clean_text(clean.decode(httpx.Response(500, content=body, headers=headers)))
    assert isinstance(text.encode(), bytes)  # no half surrogate in it


@given(st.binary(max_size=200), st.binary(max_size=20).filter(lambda value: not set(value) & set(b"\r\n")))
def test_any_bytes_at_all(body, content_type):
    """No bytes and no header raise anything."""
    response = httpx.Response(200, content=body, headers={b"Content-Type": content_type})
    value = clean.parse_json(clean.decode(response))
    assert json.dumps(value) is not None
    assert clean.clean_text(clean.decode(response)).encode() is not None


BROKEN = {
    "cut": '{{"{id}": "job-1", "status": "QUEU',
    "followed by more": '{{"{id}": "job-1"}} <!-- proxy -->',
    "nested": '{{"data": {{"{id}": "job-1"}}}}',
    "in a list": '[{{"{id}": "job-1"}}]',
    "twice": '{{"{id}": "job-1", "{id}": "job-1"}}',
    "numbers without end": '{{"{id}": "job-1", "cost": ' + "9" * 9000 + "}}",
    "no numbers": '{{"{id}": "job-1", "a": NaN, "b": -Infinity}}',
    "control characters": '{{"a": "\1\n\x1b", "{id}": "job-1"}}',
    "half surrogates": '{{"polling_url": "http://h/\\ud800", "{id}": "job-1", "status": "\\udfff"}}',
    "deep": '{{"{id}": "job-1", "a": ' + "[" * 100_000,
    "trailing comma": '{{"{id}": "job-1",}}',
    "single quotes elsewhere": '{{\'a\': 1, "{id}": "job-1"}}',
    "a BOM": '\ufeff{{"{id}": "job-1"}}',
    "HTML around it": '<pre>{{"{id}": "job-1"}}</pre>',
    "status of another kind": '{{"{id}": "job-1", "status": [{{}}]}}',
    "latin": '{{"{id}": "job-1", "a": "\xe9"}}',
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_paid_id_is_found_whatever_else_is_broken(provider, kind):
    """It is paid for: all that is asked of the answer is its id."""
    wire = registry.get(provider)
    text = BROKEN[kind].format(id=PROVIDERS[provider])
    body = text.encode("latin-1" if kind == "latin" else "utf-8")
    accepted = wire.accepted(answered(wire, 200, body))
    assert accepted.job_id == "job-1"
    assert accepted.polling_url is None


ODD_IDS = [
    '" "',
    '""',
    '"\\ud800"',
    '"a\\u0000b"',
    '"a\\nb"',
    '"\\u001b[2J"',
    '"' + "a" * 600 + '"',
    "null",
    "[]",
    "{}",
    "true",
]


@pytest.mark.parametrize("value", ODD_IDS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_id_that_is_too_odd_to_be_kept_is_none(provider, value):
    """It could not be asked about again: the submit is unconfirmed."""
    wire = registry.get(provider)
    with pytest.raises(Unreadable):
        wire.accepted(answered(wire, 200, f'{{"{PROVIDERS[provider]}": {value}}}'.encode()))
