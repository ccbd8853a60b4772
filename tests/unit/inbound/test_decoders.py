"""Transfer encodings undone as a stream."""

import base64
import binascii
import email
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound.mime.decoders import decoder


def decode(encoding: str, data: bytes, step: int = 0) -> tuple[bytes, str | None]:
    undo = decoder(encoding)
    blocks = [data[at : at + step] for at in range(0, len(data), step)] if step else [data]
    return b"".join(map(undo.feed, blocks)) + undo.finish(), undo.defect


CASES = [
    ("base64", b"aGVsbG8=", b"hello", None),
    ("base64", b"aGVs\r\n bG8=\r\n", b"hello", None),
    ("base64", b"aGVsbG8", b"hello", "base64 ends in the middle of a group"),
    ("base64", b"aGVsb", b"hel", "base64 ends in the middle of a group"),
    ("base64", b"aGVs\nbG8g\naGVsbG8h", b"hello hello!", None),
    ("base64", b"aGVs\nbG8gaGVsb", b"hello hel", "base64 ends in the middle of a group"),
    ("base64", b"aGVs!bG8=", b"hello", None),
    ("base64", b"aGVsbG8=\n-- \nfooter", b"hello", "data after the end of base64"),
    ("base64", b"=aGVs=bG8=", b"hello", "padding in the middle of base64"),
    ("base64", b"YQ=\n=", b"a", None),
    ("base64", b"", b"", None),
    ("quoted-printable", b"a=3Db=\nc", b"a=bc", None),
    ("quoted-printable", b"a=\r\nb=\rc", b"abc", None),
    ("quoted-printable", b"100 %, =ZZ, = and ==", b"100 %, =ZZ, = and =", None),
    ("quoted-printable", b"a= \t\r\nb= \nc=\t\rd", b"abcd", None),
    ("quoted-printable", b"a== \nb=== \nc= d", b"a= \nb=c= d", None),
    ("quoted-printable", b"=4= \n1=41 \n= ", b"=41A \n= ", None),
    ("quoted-printable", b"a=" + b" " * 998 + b"\nb", b"ab", None),
    ("quoted-printable", b"a=" + b" " * 999 + b"\nb", b"a=" + b" " * 999 + b"\nb", None),
    ("quoted-printable", b"=C3=A4=", "ä".encode(), None),
    ("x-uuencode", b"begin 644 x\n#0V%T\n`\nend\nafter", b"Cat", None),
    ("x-uuencode", b"before\nbegin 644 x\r\n#0V%T\r\nend\r\n", b"Cat", None),
    ("8bit", b"\xff\r\n\0", b"\xff\r\n\0", None),
    ("", b"x", b"x", None),
    ("rot13", b"x", b"x", "unknown content transfer encoding: 'rot13'"),
]


@pytest.mark.parametrize(("encoding", "data", "expected", "defect"), CASES)
def test_cases(encoding: str, data: bytes, expected: bytes, defect: str | None) -> None:
    """Each encoding gives its bytes, and says what was wrong, whatever the steps."""
    for step in (0, 1, 2, 3, 5):
        assert decode(encoding, data, step) == (expected, defect)


ODD = st.lists(
    st.sampled_from(
        [b"=", b"==", b"=4", b"=\r", b"\r", b"\n", b"A", b"z", b" ", b"-", b"41", b"YWJj\n", b"YWJjZ"]
    )
).map(b"".join)


@given(
    data=st.binary() | ODD,
    step=st.integers(1, 9),
    encoding=st.sampled_from(["base64", "quoted-printable", "uue"]),
)
def test_steps_do_not_matter(data: bytes, step: int, encoding: str) -> None:
    """Whatever the bytes, steps of any size give the same."""
    assert decode(encoding, data, step) == decode(encoding, data)


@given(data=ODD.map(lambda odd: odd.replace(b"\r", b"")))
def test_base64_as_stdlib(data: bytes) -> None:
    """Damaged base64 gives what stdlib's lenient decoder gives, where that gives anything."""
    try:
        expected = binascii.a2b_base64(data)
    except binascii.Error:
        return
    assert decode("base64", data)[0] == expected


@given(data=st.binary(), step=st.integers(1, 9))
def test_there_and_back(data: bytes, step: int) -> None:
    """What stdlib encodes comes back equal."""
    assert decode("base64", base64.encodebytes(data), step) == (data, None)
    assert decode("quoted-printable", binascii.b2a_qp(data, istext=False), step)[0] == data


@given(data=st.binary(max_size=200))
def test_quoted_printable_as_stdlib(data: bytes) -> None:
    """Quoted-printable that is none gives what stdlib gives.

    But for bare carriage returns, and soft line breaks with white space in them.
    """
    data = re.sub(rb"=[ \t]+", b"=", data.replace(b"\r", b""))
    message = email.message_from_bytes(b"Content-Transfer-Encoding: quoted-printable\n\n" + data)
    assert decode("quoted-printable", data)[0] == message.get_payload(decode=True)
