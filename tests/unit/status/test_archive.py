"""The archive as `backfill` reads it: which objects, which records, and what is said of those that are none."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mailroom.errors import MailroomError
from mailroom.status.archive import MAXIMUM_LINE_BYTES, Days, Place, arrived, lines, objects

WRITTEN = datetime(2026, 11, 27, 8, tzinfo=UTC)


class Forward:
    """Bytes as S3 answers them: they can only be read on, and are counted."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def read(self, amount: int = -1) -> bytes:
        return self._rest.read(min(amount, 1000) if amount > 0 else amount)  # a socket gives what it has


def read(content: bytes) -> list[tuple[int, str]]:
    """The lines of an object; a damaged one as its reason."""
    body: Any = Forward(content)
    return [(number, str(found).strip("\r\n")) for number, found in lines(body)]


TWO = [(1, '{"a":1}'), (2, '{"a":2}')]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (gzip.compress(b'{"a":1}\n{"a":2}\n', mtime=0), TWO),
        (b'{"a":1}\n{"a":2}', TWO),
        (gzip.compress(b'{"a":1}\n', mtime=0) + gzip.compress(b'{"a":2}\n', mtime=0), TWO),
        (b'{"a":1}\r\n\n{"a":3}\n', [(1, '{"a":1}'), (3, '{"a":3}')]),
        (b"{not json\xff\n", [(1, "{not json\ufffd")]),  # whoever decodes it says why
        (b"", []),
        (b"\x1f", [(1, "\x1f")]),
    ],
)
def test_every_line_with_its_number(content: bytes, expected: list[tuple[int, str]]) -> None:
    """Plain or compressed, in one gzip member or several; empty lines are none, and count."""
    assert read(content) == expected


def test_a_torn_object_gives_what_is_whole() -> None:
    """Of a gzip stream that ends early, or whose check sum is wrong, the lines before come; then it is said."""
    written = [f'{{"number":{number}}}' for number in range(5000)]
    packed = gzip.compress("\n".join(written).encode())
    for broken in (packed[: len(packed) // 2], packed[:-6], packed[:-8] + b"\0" * 8):
        *whole, (_, last) = read(broken)
        assert [found for _, found in whole] == written[: len(whole)]
        assert "the object is damaged from here on" in str(last)


def test_a_line_without_end_is_named_and_passed_over() -> None:
    """A line that is too long is one damaged record; the next line comes as ever."""
    long = b"[" * (2 * MAXIMUM_LINE_BYTES)
    said = f"the line is longer than {MAXIMUM_LINE_BYTES:,} bytes"
    assert read(gzip.compress(long + b"\n{}\n")) == [(1, said), (2, "{}")]
    assert read(gzip.compress(long)) == [(1, said)]


def test_memory_does_not_grow_with_the_object() -> None:
    """50 MB of lines, and a line of 50 MB, that a small object unpacks to, take a few MB."""
    line = b'{"a":"' + b"x" * 1000 + b'"}\n'
    for content in (line * 50_000, b"y" * 50_000_000):
        body: Any = Forward(gzip.compress(content, 1))
        del content
        tracemalloc.start()
        count = sum(1 for _ in lines(body))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count in (50_000, 1)
        assert peak < 6 * MAXIMUM_LINE_BYTES


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("events/day=2026-11-25/mailroom-1-2026-11-26-00-00-01-x.gz", date(2026, 11, 25)),
        ("events/2026/11/25/07/mailroom-1.gz", date(2026, 11, 25)),
        ("errors/processing-failed/2026-11-25/x", date(2026, 11, 25)),
        ("events/2026-13-45/x", date(2026, 11, 27)),
        ("events/120261125/x", date(2026, 11, 27)),
        ("x", date(2026, 11, 27)),
    ],
)
def test_the_day_of_arrival(key: str, day: date) -> None:
    """The first day in the key is the partition's; an object whose key has none came when it was written."""
    assert arrived(key, WRITTEN) == day


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for day in (25, 26, 27):
            client.put_object(Bucket="archive", Key=f"events/day=2026-11-{day}/x.gz", Body=b"x")
        client.put_object(Bucket="archive", Key="errors/2026/11/26/x", Body=b"x")
        client.put_object(Bucket="archive", Key="events/", Body=b"")  # a console's folder
        client.put_object(Bucket="archive", Key="athena/2026/11/26/x.csv", Body=b"x")
        yield client


@pytest.mark.parametrize(
    ("prefix", "days", "after", "keys"),
    [
        ("", Days(), "", ["errors/2026/11/26/x", *(f"events/day=2026-11-{day}/x.gz" for day in (25, 26, 27))]),
        ("events/", Days(date(2026, 11, 26)), "", ["events/day=2026-11-26/x.gz", "events/day=2026-11-27/x.gz"]),
        ("", Days(date(2026, 11, 26), date(2026, 11, 26)), "", ["errors/2026/11/26/x", "events/day=2026-11-26/x.gz"]),
        ("", Days(), "events/day=2026-11-26/x.gz", ["events/day=2026-11-27/x.gz"]),
        ("", Days(), "events/day=2026-11-27/x.gz", []),  # all of it is done
        ("events/", Days(date(2027, 1, 1)), "", []),
    ],
)  # fmt: skip
def test_the_objects_of_some_days(s3: Any, prefix: str, days: Days, after: str, keys: list[str]) -> None:
    """In the order of their keys, both days taken, from where a stopped run was; no empty ones, no answers of
    Athena."""
    assert [found.key for found in objects(s3, Place("archive", prefix), days, after)] == keys


@pytest.mark.parametrize(
    ("url", "said", "hint"),
    [
        ("s3://nowhere/x", "There is no bucket nowhere.", "aws s3 ls"),
        ("s3://archive/evnts/", "s3://archive/evnts/: there is nothing. The bucket holds errors/, events/", "mailroom status backfill s3://archive/errors/"),
        ("archive/events", "archive/events: this is no place in S3", "mailroom status backfill --help"),
        ("s3://Archive/events", "s3://Archive/events: this is no place in S3", "mailroom status backfill --help"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(s3: Any, url: str, said: str, hint: str) -> None:
    """A bucket or prefix that is not there is named, with what there is and the next command."""
    with pytest.raises(MailroomError) as caught:
        list(objects(s3, Place.of(url), Days()))
    assert caught.value.message.startswith(said)
    assert caught.value.hint == hint
