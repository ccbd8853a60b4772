"""Messages split into parts: as they come, as they should not come, and in steps of any size."""

import email
import io
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.inbound.mime.splitter import Limits, Splitter

Split = tuple[list[tuple[str, bytes]], list[str]]


def split(raw: bytes, chunk_bytes: int = 65536, limits: Limits | None = None) -> Split:
    splitter = Splitter(io.BytesIO(raw).read, limits, chunk_bytes)
    return [(part.content_type, b"".join(part.content())) for part in splitter.parts()], splitter.defects


CASES: list[tuple[str, bytes, list[tuple[str, bytes]]]] = [
    ("not multipart", b"Subject: x\n\nbody\n", [("text/plain", b"body\n")]),
    ("no header at all", b"\nbody", [("text/plain", b"body")]),
    ("no empty line", b"Subject: x\nbody text\n", [("text/plain", b"body text\n")]),
    ("headers only", b"Subject: x\n", [("text/plain", b"")]),
    ("nothing", b"", [("text/plain", b"")]),
    ("unix From line", b"From a@b Tue\nSubject: x\n\nb", [("text/plain", b"b")]),
    (
        "preamble and epilogue",
        b"Content-Type: multipart/mixed; boundary=B\n\npre\n--B\n\none\n--B\n\ntwo\n--B--\nepilogue\n",
        [("text/plain", b"one"), ("text/plain", b"two")],
    ),
    (
        "no closing boundary",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--B\n\ntwo",
        [("text/plain", b"one"), ("text/plain", b"two")],
    ),
    (
        "empty parts",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\n--B\n\n\n--B--",
        [("text/plain", b"")] * 2,
    ),
    (
        "delimiters with no part between them",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\n--B\n\none\n--B\n--B\n--B--",
        [("text/plain", b"one")],
    ),
    ("a marker with no empty line before it", b"Subject: x\n:M:a:M:\nz", [("text/plain", b":M:a:M:\nz")]),
    (
        "inner without closing, outer goes on",
        b"Content-Type: multipart/mixed; boundary=O\n\n--O\nContent-Type: multipart/related; boundary=I\n\n"
        b"--I\n\none\n--O\n\ntwo\n--O--\n",
        [("text/plain", b"one"), ("text/plain", b"two")],
    ),
    (
        "one boundary is the other's beginning",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: multipart/related; boundary=BB\n\n"
        b"--BB\n\none\n--BB--\n--B\n\ntwo\n--B--\n",
        [("text/plain", b"one"), ("text/plain", b"two")],
    ),
    (
        "the same boundary twice",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: multipart/alternative; boundary=B\n\n"
        b"--B\n\none\n--B--\n--B\n\ntwo\n--B--\n",
        [("text/plain", b"one"), ("text/plain", b"two")],
    ),
    (
        "a boundary in the middle of a line, and one with more behind it",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx--B\n--Bx\n--B--x\n--B \t\n\ntwo\n--B-- \n",
        [("text/plain", b"x--B\n--Bx\n--B--x"), ("text/plain", b"two")],
    ),
    (
        "quoted boundary with spaces and a comment",
        b'Content-Type: multipart/mixed; boundary="a b?=" (c)\n\n--a b?=\n\none\n--a b?=--\n',
        [("text/plain", b"one")],
    ),
    (
        "multipart without boundary",
        b"Content-Type: multipart/mixed\n\n--B\n\none\n--B--\n",
        [("text/plain", b"--B\n\none\n--B--\n")],
    ),
    (
        "boundary that never comes",
        b"Content-Type: multipart/mixed; boundary=B\n\nall that is there\n",
        [("text/plain", b"all that is there\n")],
    ),
    (
        "a nested message is one part",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: message/rfc822\n\n"
        b"Content-Type: multipart/mixed; boundary=C\n\n--C\n\nx\n--C--\n--B--\n",
        [("message/rfc822", b"Content-Type: multipart/mixed; boundary=C\n\n--C\n\nx\n--C--")],
    ),
    (
        "digest: messages by default",
        b"Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: x\n\ny\n--B--\n",
        [("message/rfc822", b"Subject: x\n\ny")],
    ),
    (
        "encrypted: kept whole with the header that is needed to read it",
        b"Content-Type: multipart/encrypted; boundary=B\n\n--B\n\nx\n--B--\n",
        [("multipart/encrypted", b"Content-Type: multipart/encrypted; boundary=B\n\r\n--B\n\nx\n--B--\n")],
    ),
    ("bad content type", b"Content-Type: nonsense\n\nx", [("text/plain", b"x")]),
    ("folded header", b"Content-Type:\n text/html;\n\tcharset=utf-8\n\nx", [("text/html", b"x")]),
]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("raw", "parts"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cases(raw: bytes, parts: list[tuple[str, bytes]], line_end: bytes) -> None:
    """Each case splits as it should, with any of the three line ends and steps of any size."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", line_end)
    expected = [(kind, data.replace(b"\r\n", b"\n").replace(b"\n", line_end)) for kind, data in parts]
    for chunk_bytes in (1, 2, 3, 5, 8, 64, 65536):
        got = split(raw, chunk_bytes)[0]
        # The empty line that we put between a kept header and its body is always CRLF.
        assert [(kind, data.replace(line_end + b"\r\n", line_end * 2)) for kind, data in got] == expected


PIECES = [
    *(
        b"--A",
        b"--A--",
        b"--B",
        b"--B--",
        b"--AB",
        b"\n",
        b"\r\n",
        b"\r",
        b"x",
        b" ",
        b"-",
        b"=\n",
        b"=41",
        b"YQ==",
    ),
    *(b"Content-Type: multipart/mixed; boundary=A", b"Content-Type: multipart/related; boundary=B"),
    *(
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: uue",
    ),
    *(b"Content-Transfer-Encoding: quoted-printable", b"\n\n", b"begin 644 x\n#0V%T\n"),
]
MIXED = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(raw=MIXED, chunk_bytes=st.integers(1, 40))
def test_steps_do_not_matter(raw: bytes, chunk_bytes: int) -> None:
    """Whatever a message holds, parts and defects are the same in small steps as in one."""
    raw = b"Content-Type: multipart/mixed; boundary=A\n\n" + raw
    assert split(raw, chunk_bytes) == split(raw)


def build(draw: Any, depth: int = 0) -> EmailMessage:
    """A message as stdlib writes it: nested multiparts, any bytes, any encoding."""
    message = EmailMessage()
    children = draw(st.integers(0, 3)) if depth < 3 else 0
    if not children:
        cte = draw(st.sampled_from(["base64", "quoted-printable"]))
        message.set_content(
            draw(st.binary(max_size=400)),
            "application",
            "octet-stream",
            cte=cte,
            filename=draw(st.sampled_from(["a.bin", "ä b.bin", "x" * 90])),
        )
        return message
    message["Content-Type"] = f"multipart/{draw(st.sampled_from(['mixed', 'related', 'alternative']))}"
    for _ in range(children):
        message.attach(build(draw, depth + 1))
    return message


@settings(max_examples=50, deadline=None)
@given(data=st.data(), line_end=st.sampled_from(["\n", "\r\n"]), chunk_bytes=st.integers(1, 300))
def test_equal_to_stdlib(data: Any, line_end: str, chunk_bytes: int) -> None:
    """Of any message that stdlib writes, every part comes out equal to the byte to what stdlib reads."""
    raw = build(data.draw).as_bytes(policy=policy.default.clone(linesep=line_end))
    whole = email.message_from_bytes(raw)
    leaves = [part for part in whole.walk() if not part.is_multipart()]
    expected = [(part.get_content_type(), part.get_payload(decode=True)) for part in leaves]
    assert split(raw, chunk_bytes)[0] == expected


def test_bounds_are_defects() -> None:
    """Too many parts, too deep a nesting and too long headers are said, and the rest of the message survives."""
    limits = Limits(depth=1, parts=4, header_bytes=200)
    raw = b"X: " + b"y" * 300 + b"\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--B--\n"
    parts, defects = split(raw, limits=limits)
    assert parts[0][1].endswith(b"--B\n\none\n--B--\n")
    assert defects == ["too many headers: the rest is read as content"]
    head = b"Content-Type: multipart/mixed; boundary=B\n\n"
    parts, defects = split(head + b"--B\n\nx\n" * 9, limits=limits)
    assert (len(parts), defects) == (3, ["more than 4 parts: the rest is left out"])
    deep = head + b"--B\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\nx\n--C--\n--B--\n"
    parts, defects = split(deep, limits=limits)
    assert parts[0][0] == "multipart/mixed"
    assert b"--C\n\nx\n--C--" in parts[0][1]
    assert defects == ["parts nested deeper than 1: kept whole"]


def test_content_not_taken_is_skipped() -> None:
    """A part whose content nobody takes does not disturb the next one."""
    raw = b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\n" + b"x" * 200_000 + b"\n--B\n\ntwo\n--B--\n"
    splitter = Splitter(io.BytesIO(raw).read)
    kinds = [part.encoding for part in splitter.parts()]
    assert kinds == ["", ""]
    assert splitter.defects == []
