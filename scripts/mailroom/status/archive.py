"""The archive of raw events as it is read again: which objects there are, and the lines of each.

Firehose writes gzip JSON lines below a prefix of the day of arrival, and what it could not transform or
deliver below an error prefix, one line about each record ("Handle failure in data transformation", Amazon
Data Firehose developer guide).
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from mailroom.errors import MailroomError

MAXIMUM_LINE_BYTES = 8 * 1024 * 1024
"""A record has at most 1,000 KiB (Firehose quotas), and base64 makes a third more of it. But a stream that
puts nothing between records makes one line of an object: of 5 MB, where its buffer is Firehose's own."""
GZIP = b"\x1f\x8b"
ANSWERS = "athena/"
"""What queries found lies below that in the archive's bucket, and is no event."""
_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
_DAY = re.compile(r"(?<!\d)(20\d\d)[-/](\d\d)[-/](\d\d)(?!\d)")
_FEW = 20


class Damaged(Exception):
    """A line, or the rest of an object, that cannot be read; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where to look: all objects of a bucket whose key begins with `prefix`."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """`s3://bucket/prefix`; without a prefix the whole bucket. Raises MailroomError."""
        found = _URL.fullmatch(url)
        if not found:
            raise MailroomError(
                f"{url}: this is no place in S3. It takes s3://BUCKET or s3://BUCKET/PREFIX.",
                "mailroom status backfill --help",
            )
        return cls(found[1], found[2] or "")

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


@dataclass(frozen=True)
class Stored:
    """One object of the archive; `day` is the day of arrival (UTC)."""

    key: str
    size: int
    day: date


@dataclass(frozen=True)
class Days:
    """From the first to the last day of arrival, both taken; None is no bound."""

    first: date | None = None
    last: date | None = None

    def takes(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first or ''}..{self.last or ''}"


def objects(s3: Any, place: Place, days: Days, after: str = "") -> Iterator[Stored]:
    """The objects of those days in the order of their keys, which is S3's own; only those beyond `after`.

    Raises MailroomError where there is no such bucket, or nothing in it at that prefix.
    """
    from botocore.exceptions import ClientError

    bounds = {"StartAfter": after} if after else {}
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.prefix, **bounds)
    empty = not after
    try:
        for page in pages:
            for found in page.get("Contents", []):
                empty = False
                day = arrived(found["Key"], found["LastModified"])
                if found["Size"] and days.takes(day) and not found["Key"].startswith(ANSWERS):
                    yield Stored(found["Key"], found["Size"], day)
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "NoSuchBucket":
            raise
        raise MailroomError(f"There is no bucket {place.bucket}.", "aws s3 ls") from problem
    if empty:
        raise _nothing_there(s3, place)


def arrived(key: str, written: datetime) -> date:
    """The day that the key names (`day=2026-11-27/`, `2026/11/27/`); else the day when it was written."""
    found = _DAY.search(key)
    try:
        return date(*map(int, found.groups())) if found else written.date()
    except ValueError:
        return written.date()


def lines(body: BinaryIO) -> Iterator[tuple[int, str | Damaged]]:
    """The lines of an object that hold something, each with its number (from 1), however large the object is.

    One that is none comes as Damaged; after a broken gzip stream there are no more.
    """
    reader, number = _reader(body), 0
    while True:
        number += 1
        try:
            line = reader.readline(MAXIMUM_LINE_BYTES + 1)
        except (EOFError, OSError, zlib.error) as problem:
            yield number, Damaged(f"the object is damaged from here on: {problem}")
            return
        if not line:
            return
        if len(line) > MAXIMUM_LINE_BYTES:
            yield number, Damaged(f"the line is longer than {MAXIMUM_LINE_BYTES:,} bytes")
            if not _skip_line(reader):
                return
        elif line.strip():
            yield number, line.decode(errors="replace")


def _reader(body: BinaryIO) -> "io.BufferedReader[Any] | gzip.GzipFile":
    """Lines of plain or compressed bytes: what the first two say counts, not the name."""
    buffered = io.BufferedReader(_Raw(body))
    return gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == GZIP else buffered


class _Raw(io.RawIOBase):
    """An answer of S3, which can only be read forward, as Python's buffers want it."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the answer goes."""
        part = self._body.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _skip_line(reader: "io.BufferedReader[Any] | gzip.GzipFile") -> bool:
    """Go on to the end of a line that is too long; False where nothing follows."""
    try:
        while part := reader.readline(MAXIMUM_LINE_BYTES):
            if part.endswith(b"\n"):
                return True
    except (EOFError, OSError, zlib.error):
        return False
    return False


def _nothing_there(s3: Any, place: Place) -> MailroomError:
    """Nothing begins with that prefix: say what there is."""
    answer = s3.list_objects_v2(Bucket=place.bucket, Delimiter="/", MaxKeys=_FEW)
    there = [one["Prefix"] for one in answer.get("CommonPrefixes", []) if one["Prefix"] != ANSWERS]
    if not there:
        return MailroomError(f"{place}: there is nothing.", f"aws s3 ls s3://{place.bucket}/")
    return MailroomError(
        f"{place}: there is nothing. The bucket holds {', '.join(there)}",
        f"mailroom status backfill s3://{place.bucket}/{there[0]}",
    )
