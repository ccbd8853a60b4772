"""Where the headers of a raw message are, and where its body begins."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.local.engine.ses.fields import Field, split, with_crlf


@pytest.mark.parametrize(
    ("message", "names", "body"),
    [
        (b"", [], b""),
        (b"a:1", [b"a"], b""),
        (b"a:1\r\n", [b"a"], b""),
        (b"\r\nbody", [], b"body"),
        (b"a:1\r\nb: 2\r\n\r\n\r\nbody", [b"a", b"b"], b"\r\nbody"),
        (b"a:\r\n 1\r\n\t2\r\nb:\r\n\r\n", [b"a", b"b"], b""),
        (b" folded onto nothing\r\na:1\r\n\r\nx", [b"a"], b"x"),
        (b"From me Tue Nov 24\r\n with a fold\r\na:1\r\n\r\nx", [b"a"], b"x"),
        (b"a:1\r\n:no name\r\n nor this\r\nb:2\r\n\r\nx", [b"a", b"b"], b"x"),
        (b"a:1\r\nno field\r\nb:2\r\n\r\nx", [b"a"], b"no field\r\nb:2\r\n\r\nx"),
        (b"a:1\r\nspaced :2\r\n\r\nx", [b"a"], b"spaced :2\r\n\r\nx"),
        (b"a:1\r\n\xc3\xbc:2\r\n\r\nx", [b"a"], b"\xc3\xbc:2\r\n\r\nx"),
    ],
)
def test_fields_and_body(message: bytes, names: list[bytes], body: bytes) -> None:
    """Folds belong to their field; lines that belong to none are left out; what is no header begins the body."""
    fields, at = split(message)
    assert [field.name for field in fields] == names
    assert message[at:] == body
    assert all(field.raw.endswith(b"\r\n") for field in fields)


def test_a_field_is_kept_as_it_stands() -> None:
    """Byte for byte, with its folds."""
    (field,), _ = split(b"X-oDD:  a\r\n\t b \r\n\r\n")
    assert field == Field(b"X-oDD", b"X-oDD:  a\r\n\t b \r\n")
    assert (field.key, field.value) == ("x-odd", b"  a\r\n\t b \r\n")


@pytest.mark.parametrize("message", [b"", b"a\r\nb\r\n", b"a"])
def test_a_message_with_good_line_ends_is_not_copied(message: bytes) -> None:
    """40 MB stay where they are."""
    assert with_crlf(message) is message


@given(st.lists(st.sampled_from([b"a", b"", b"\r", b"\n", b"\r\n"])).map(b"".join))
def test_every_line_ends_in_crlf(message: bytes) -> None:
    """Whatever the line ends were, the lines are the same, and doing it again changes nothing."""
    wire = with_crlf(message)
    assert wire.splitlines() == message.splitlines()
    assert wire.replace(b"\r\n", b"").count(b"\r") == wire.replace(b"\r\n", b"").count(b"\n") == 0
    assert with_crlf(wire) == wire


_lines = st.sampled_from(
    [b"To: a", b"cc:b", b" fold", b"\tfold", b":", b"From x", b"no field", b"a b: c", b"X:", b""]
)


@given(st.lists(_lines, max_size=8), st.sampled_from([b"\r\n", b"\n", b"\r"]))
def test_headers_are_what_python_takes_for_headers(lines: list[bytes], end: bytes) -> None:
    """What is checked and what is sent are read alike: no header is smuggled past the checks."""
    message = b"".join(line + end for line in lines)
    parsed = BytesParser(policy=policy.compat32).parsebytes(message, headersonly=True)
    fields, _ = split(with_crlf(message))
    assert [field.name.decode() for field in fields] == list(parsed.keys())
