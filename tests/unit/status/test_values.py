"""Values as publishers write them: times, addresses, numbers, texts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.status.values import address, addresses, moment, number, phone, recipient, text

NOON = "2026-11-24T12:00:00.000Z"
TIMES = [
    (NOON, NOON),
    ("2026-11-24T12:00:00Z", NOON),
    ("2026-11-24T12:00:00", NOON),
    ("2026-11-24 12:00:00", NOON),
    (" 2026-11-24T12:00:00.000Z ", NOON),
    ("2026-11-24T13:00:00+01:00", NOON),
    ("2026-11-24T04:00:00.000-0800", NOON),
    ("2026-11-24T12:00:00 +0000", NOON),
    ("2026-11-24T12:00:00.000 UTC", NOON),
    ("2026-11-24T12:00:00.0004567Z", NOON),
    ("2026-11-24T12:00:00.9999Z", "2026-11-24T12:00:00.999Z"),
    ("2026-11-24T12:00:00.5Z", "2026-11-24T12:00:00.500Z"),
    ("Tue, 24 Nov 2026 12:00:00 +0000", NOON),
    ("Tue, 24 Nov 2026 13:00:00 +0100", NOON),
    ("2026-11-24", "2026-11-24T00:00:00.000Z"),
    (1795521600000, NOON),
    (1795521600, NOON),
    (1795521600.123, "2026-11-24T12:00:00.123Z"),
    (1795521600123.9, "2026-11-24T12:00:00.123Z"),
    (1795521600000000, NOON),
    (1795521600000000000, NOON),
    ("1795521600000", NOON),
    ("1795521600", NOON),
    ("1795521600.5", "2026-11-24T12:00:00.500Z"),
    ("2016-02-29T23:59:59.999Z", "2016-02-29T23:59:59.999Z"),
]
NO_TIMES: list[Any] = [
    None, "", " ", "yesterday", True, False, 0, -1, "-5", [], {}, [NOON], float("nan"), float("inf"), 10**30,
    "2026-13-01T00:00:00.000Z", "2026-02-30T00:00:00.000Z", "2026-11-24T25:00:00.000Z", "xxxx-11-24T12:00:00.000Z",
    "2026-11-24T12:00:00.abcZ", "٢٠٢٦-11-24T12:00:00.000Z", "0001-01-01T00:00:00+14:00", "9" * 400, "2026-11-24T12:00:00.000Z" * 9,
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), TIMES)
def test_times(value: Any, expected: str) -> None:
    """Every form of a time that is published ends in the one form that sorts as text."""
    assert moment(value) == expected


@pytest.mark.parametrize("value", NO_TIMES, ids=lambda value: repr(value)[:30])
def test_no_times(value: Any) -> None:
    """What is no time is none, and no error."""
    assert moment(value) == ""


@settings(deadline=None)
@given(st.one_of(st.integers(1, 253402300799999), st.datetimes().map(str), st.text(max_size=30), st.floats()))
def test_any_time(value: Any) -> None:
    """Whatever comes, the answer is empty or of the one form, and that form stays as it is."""
    found = moment(value)
    assert found == "" or (len(found) == 24 and moment(found) == found)


ADDRESSES: list[tuple[Any, list[str]]] = [
    ("ann@example.com", ["ann@example.com"]),
    ("Ann@Example.COM", ["ann@example.com"]),
    (" ann@example.com\r\n", ["ann@example.com"]),
    ("Ann Ä. <Ann@example.com>", ["ann@example.com"]),
    ('"Ann, of X" <ann@example.com>', ["ann@example.com"]),
    ("=?utf-8?q?Ann?= <ann@example.com>", ["ann@example.com"]),
    ("<ann@example.com>", ["ann@example.com"]),
    ("ann@example.com (Ann)", ["ann@example.com"]),
    ("Jane <jane@example.com>, Mary <mary@example.com>", ["jane@example.com", "mary@example.com"]),
    ("jane@example.com, mary@example.com", ["jane@example.com", "mary@example.com"]),
    (["a@x.example", "A@x.example", "b@x.example"], ["a@x.example", "b@x.example"]),
    ([{"emailAddress": "a@x.example"}, {"email_address": "b@x.example"}], ["a@x.example", "b@x.example"]),
    ({"emailAddress": "Name <a@x.example>"}, ["a@x.example"]),
    ("ann@bücher.example", ["ann@xn--bcher-kva.example"]),
    ("ann@BÜCHER.example", ["ann@xn--bcher-kva.example"]),
    ("ann@xn--bcher-kva.example", ["ann@xn--bcher-kva.example"]),
    ("jürgen@example.com", ["jürgen@example.com"]),
    ("ann@" + "ü" * 80 + ".example", ["ann@" + "ü" * 80 + ".example"]),
    ("MAILER-DAEMON", ["mailer-daemon"]),
    ("", []),
    ("<>", []),
    ("Name <>", []),
    (None, []),
    (7, []),
    ([None, 7, {}, [], ""], []),
    ("a" * 250 + "@x.example", []),
    ("a@x.example\x00", []),
    ("a\ud800@x.example", []),
]


@pytest.mark.parametrize(("value", "expected"), ADDRESSES, ids=lambda value: repr(value)[:40])
def test_addresses(value: Any, expected: list[str]) -> None:
    """Addresses come out of names, lists and objects, in lower case, each once."""
    assert list(addresses(value)) == expected
    assert address(value) == (expected[0] if expected else "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("+14255550101", "+14255550101"), ("+1 (425) 555-0101", "+14255550101"), (14255550101, "14255550101"),
        ("+1.425.555.0101", "+14255550101"), ("AWS-Test", "AWS-Test"), (None, ""), ("", ""), ("9" * 300, ""),
        ("\u202a+14255550101\u202c", "+14255550101"),
    ],
)  # fmt: skip
def test_phones(value: Any, expected: str) -> None:
    """A number is the same number however it is written; a sender's name stays as it is."""
    assert phone(value) == expected


def test_recipient() -> None:
    """A person may ask for either, as people write it."""
    assert recipient("Ann <ANN@example.com>") == "ann@example.com"
    assert recipient("+1 425 555 0101") == "+14255550101"


@pytest.mark.parametrize(
    ("value", "times", "expected"),
    [
        (645.0, 1, "645"), (645, 1, "645"), ("645.0", 1, "645"), (580.5, 1, "580.5"), (0, 1, "0"), (0.0, 1, "0"),
        (0.00581, 100_000, "581"), (0.0075, 100_000, "750"), ("0.09582", 100_000, "9582"), (0.1, 100_000, "10000"),
        (0.000001, 100_000, "0.1"), (1e-05, 100_000, "1"), (2.675, 100_000, "267500"), (1e20, 1, ""), (1000000, 1, "1000000"),
        (-1, 1, ""), (None, 1, ""), (True, 1, ""), ("x", 1, ""), ("", 1, ""), (float("nan"), 1, ""), (float("inf"), 1, ""),
        ({}, 1, ""), ("NaN", 1, ""), ("9" * 300, 1, ""),
    ],
)  # fmt: skip
def test_numbers(value: Any, times: int, expected: str) -> None:
    """Numbers are exact: a price in dollars is what is printed of it, times 100,000."""
    assert number(value, times) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"), (" a ", "a"), (7, "7"), (None, ""), ([], ""), ({"a": 1}, ""), ("a\r\nb\x00c", "a b c"),
        ("\ud800x", "x"), ("ä€", "ä€"), ("x" * 10, "x" * 10), ("x" * 11, "x" * 9 + "…"), ("\n" * 99 + "x", "x"),
    ],
)  # fmt: skip
def test_texts(value: Any, expected: str) -> None:
    """A text is printable, on one line, and bounded."""
    assert text(value, 10) == expected
