"""Bytes of files into JSON values."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.status.reading import values

FILES: list[tuple[bytes, list[str]]] = [
    (b'{"a": 1}', ["a"]),
    (b'\xef\xbb\xbf{\n "a": 1\n}\n', ["a"]),
    ('{"a": 1}'.encode("utf-16"), ["a"]),
    (b'{"a": 1}\n{"b": 2}\n\n{"c": 3}', ["a", "b", "c"]),
    (b'{"a": 1}\r\n{"b": 2}\r\n', ["a", "b"]),
    (b'{"a": 1}{"b": 2}{"c": 3}', ["a", "b", "c"]),
    (b'{"a": 1},\n{"b": 2},', ["a", "b"]),
    (b'\x1e{"a": 1}\n\x1e{"b": 2}\n', ["a", "b"]),
    (b'[{"a": 1}, {"b": 2}]', ["a", "b"]),
    (b'[{"a": 1}]\n[{"b": 2}]', ["a", "b"]),
    (gzip.compress(b'{"a": 1}\n{"b": 2}', mtime=0), ["a", "b"]),
    (gzip.compress(b'{"a": 1}', mtime=0) + gzip.compress(b'{"b": 2}', mtime=0), ["a", "b"]),
    (b'{"a": 1}\n{"b": \n{"c": 3}', ["a", "!", "c"]),
    (b'{"a": 1}\n{"b": "x\n{"c": 3}', ["a", "!", "c"]),
    (b'{"a": 1}{"b": tru}{"c": 3}', ["a", "!", "c"]),
    (b'{"b": tru}\n{"b": fals}\n{"c": 3}', ["!", "!", "c"]),
    (b'garbage\n{"c": 3}', ["!", "c"]),
    (b'[build]\nx = 1\n[tool]\ny = 2\n', ["!"]),
    (b'{"a": "\xff\xfe"}', ["a"]),
    (b"", ["!"]), (b" \n ", ["!"]), (b"[]", ["!"]), (b"\x1f\x8b", ["!"]), (b"\x00\x01", ["!"]),
    (gzip.compress(b'{"a": 1}', mtime=0)[:-9], ["!"]),
    (gzip.compress(b"", mtime=0), ["!"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), FILES, ids=lambda value: str(value)[:40])
def test_files(data: bytes, expected: list[str]) -> None:
    """Every form of a file is read value by value; what is broken costs itself alone."""
    assert [next(iter(value)) if isinstance(value, dict) else "!" for value in values(data)] == expected


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is opened up to a bound, a bomb too."""
    monkeypatch.setattr("lambda_src.status.reading.MOST_BYTES", 1024 * 1024)
    for data in (b" " * 1024 * 1024 + b"{}", gzip.compress(b" " * 50_000_000, mtime=0)):
        [found] = values(data)
        assert found == ("more than 1 MB", "")


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    """Any bytes are at least one value, or one Broken."""
    assert list(values(data))
    assert list(values(b"\x1f\x8b" + data))
