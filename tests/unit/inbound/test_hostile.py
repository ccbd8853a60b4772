"""Megabytes that were made to cost time: none takes more than a few times what an honest one does."""

import io
import time

import pytest

from lambda_src.inbound import recipients
from lambda_src.inbound.message import Body
from lambda_src.inbound.mime.splitter import Splitter
from mailroom.bench import worst

M = ":Email_Rxers_Code:"
HOSTILE = {
    "boundaries": b"Content-Type: multipart/mixed; boundary=B\n\n" + b"--B\n" * 250_000,
    "almost boundaries": b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\n" + b"--Bx\n" * 200_000,
    "headers": b"A: b\n" * 200_000,
    "one header": b"A: " + b"b" * 1_000_000,
    "continuations": b"A: b\n" + b" c\n" * 330_000,
    "nesting": b"".join(
        b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n" % (n, n) for n in range(17_000)
    ),
    "parameters": b"Content-Type: text/plain" + b";a=b" * 250_000 + b"\n\nx",
    "semicolons": b"Content-Type: multipart/mixed" + b";" * 1_000_000 + b"\n\nx",
    "quotes": b'Content-Type: text/plain; name="' + b'\\"' * 500_000 + b"\n\nx",
    "padding": b"Content-Transfer-Encoding: base64\n\n" + b"A=" * 500_000,
    "equal signs": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 1_000_000,
    "carriage returns": b"\r" * 1_000_000,
    "dashes": b"Content-Type: multipart/mixed; boundary=-\n\n---\n\n" + b"-" * 1_000_000,
    "spaces": b"Content-Type: multipart/mixed; boundary=B\n\n--B" + b" " * 1_000_000,
}


def reading_seconds(raw: bytes) -> float:
    """The processor time of one reading, the better of two."""
    times = []
    for _ in range(2):
        begun = time.process_time()
        for part in Splitter(io.BytesIO(raw).read).parts():
            for _block in part.content():
                pass
        times.append(time.process_time() - begun)
    return min(times)


@pytest.fixture(scope="module")
def honest_message() -> float:
    """What an honest megabyte in many parts takes."""
    part = b"--B\nContent-Type: text/plain\n\n" + b"All well here.\n" * 70
    return reading_seconds(b"Content-Type: multipart/mixed; boundary=B\n\n" + part * 950)


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_megabytes(raw: bytes, honest_message: float) -> None:
    """A megabyte of nothing but one hostile thing takes at most ten times an honest one's time."""
    assert reading_seconds(raw) <= 10 * honest_message


PAGES = {
    "opening tags": "<a" * 400_000,
    "less than": "<" * 999_999 + ">",
    "open comments": "<!--" * 250_000,
    "open styles": "<style>" * 140_000,
    "closed styles": "<style></style>" * 66_000,
    "references": "&amp;" * 200_000,
    "ampersands": "&" * 1_000_000,
    "markers": M * 55_000,
    "page ends": "</body " * 140_000 + ">",
}


def cutting_seconds(source: str) -> float:
    """The processor time of reading the list of a page and cutting it out."""
    body = Body("html", f"{M}a@x.example{M}{source}", False)
    begun = time.process_time()
    recipients.read([body], M)
    recipients.markup.insert_at_end(recipients.cut(body, M), "x")
    return time.process_time() - begun


@pytest.fixture(scope="module")
def honest_page() -> float:
    """What an honest page of a megabyte takes."""
    return cutting_seconds("<b>word</b> " * 85_000)


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES.keys())
def test_hostile_pages(source: str, honest_page: float) -> None:
    """A megabyte of nothing but one hostile thing takes about as long as an honest page, not its square."""
    assert cutting_seconds(source) <= 4 * honest_page


def test_rows_of_the_bench() -> None:
    """Each hostile mail is a row with a goal, and the last row names the one that grows fastest."""
    hostile = {name: worst.HOSTILE[name] for name in ("boundaries", "markers")}
    rows = list(worst.rows(hostile, worst.ORDINARY, 20_000))
    assert [row.size for row in rows[:2]] == ["boundaries", "markers"]
    assert rows[2].measure.startswith("worst growth")
    assert all(row.goal is not None for row in rows)


@pytest.mark.parametrize("make", [*worst.HOSTILE.values(), *worst.ORDINARY.values()])
def test_mails_are_as_large_as_asked(make: worst.Maker) -> None:
    """What the bench times has the size that it says, give or take a little."""
    assert 190_000 < len(make(200_000)) < 210_000
