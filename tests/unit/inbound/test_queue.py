"""What the queue brings, and when it brings again what failed."""

import json

import pytest

from lambda_src.inbound import records
from lambda_src.inbound.ports import Busy, Mail, NotFinished, NoTime, NotItsTurn
from lambda_src.inbound.retries import pause_after, pause_seconds


def s3_event(key: str, version: str = "", name: str = "ObjectCreated:Put") -> str:
    stored = {"key": key, "size": 5} | ({"versionId": version} if version else {})
    return json.dumps(
        {"Records": [{"eventName": name, "s3": {"bucket": {"name": "raw-bucket"}, "object": stored}}]}
    )


PAUSES = [(60, 1, 60), (60, 2, 120), (60, 5, 960), (60, 9, 3600), (60, 1000, 3600), (1, 1, 1)]


@pytest.mark.parametrize(("first", "receives", "pause"), PAUSES)
def test_pauses_grow_and_end(first: int, receives: int, pause: int) -> None:
    """Each pause is twice the one before, up to an hour."""
    assert pause_seconds(first, receives) == pause


WAITS = [
    (ValueError("x"), 2, 2),
    (NotFinished("x"), 3, 4),
    (NotFinished("in doubt", 110), 1, 10),
    (NotFinished("in doubt", 110), 9, 256),
    (Busy("x", 112.2), 9, 13),
    (Busy("x", 90), 9, 0),
    (Busy("lost"), 2, 2),
    (NoTime("x", 100), 5, 0),
    (NotItsTurn("x", 400_000, 395), 5, 295),
    (NotItsTurn("x", 10**9, 10**6), 5, 42_000),
]


@pytest.mark.parametrize(("problem", "receives", "pause"), WAITS)
def test_who_only_waits_comes_back_in_time(problem: Exception, receives: int, pause: int) -> None:
    """A lease's end and a turn are kept to the second; a doubt waits at least as long as said."""
    assert pause_after(problem, 1, receives, 100.0) == pause


KEYS = [
    ("incoming/abc", "v1", Mail("raw-bucket", "incoming/abc", "v1", 5)),
    ("incoming/a+b%2Bc%C3%A4", "", Mail("raw-bucket", "incoming/a b+cä", "null", 5)),
]


@pytest.mark.parametrize(("key", "version", "mail"), KEYS)
def test_keys_are_decoded(key: str, version: str, mail: Mail) -> None:
    """Keys come URL-encoded from S3 and are decoded; without versions the version is null."""
    assert records.mails(s3_event(key, version)) == [mail]


@pytest.mark.parametrize("key", ["incoming/", "a/new+folder/"])
def test_folders_are_no_mail(key: str) -> None:
    """A folder made in the console is ignored, and no failure."""
    assert records.mails(s3_event(key)) == []


BODIES = [
    "",
    "[]",
    "null",
    "5",
    "{}",
    '{"Records": 5}',
    '{"Records": [{}]}',
    '{"Records": [{"s3": {"bucket": {}}}]}',
]


@pytest.mark.parametrize("body", [*BODIES, s3_event("k", name="ObjectRemoved:Delete")])
def test_unknown_bodies(body: str) -> None:
    """Whatever is no S3 event of a new object is said to be none."""
    with pytest.raises(records.UnknownRecord, match=r"no S3 event|another kind"):
        records.mails(body)


def test_ids_that_no_tag_takes() -> None:
    """A key and version of more than 190 bytes are refused; 190 are not."""
    assert len(records.mails(s3_event("k" * 187, "v1"))[0].id) == 190
    with pytest.raises(records.UnknownRecord, match="over 190 bytes"):
        records.mails(s3_event("k" * 186 + "%C3%A4", "v1"))
