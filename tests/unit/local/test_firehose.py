"""What Firehose makes of records: the transform, the objects and their names, the buffers."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailroom.local.engine.firehose import buffers, delivery
from mailroom.local.engine.firehose.buffers import Buffers
from mailroom.local.engine.firehose.delivery import Object, Stream
from mailroom.local.engine.firehose.records import FUNCTION_ERROR, NotInvoked, Record
from mailroom.local.engine.firehose.settings import MEGABYTE, Settings, Transform, Unsupported
from mailroom.local.engine.refused import Refused

AT = datetime(2018, 7, 6, 23, 5, 9, 120000, tzinfo=UTC)
ARN = "arn:aws:firehose:eu-west-1:000000000000:deliverystream/events"
ROLE = "arn:aws:iam::000000000000:role/stream"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:change"

Answer = Callable[[list[dict[str, Any]]], Any]


@dataclass
class RememberingCloud:
    """Functions, a bucket and metrics. `answer` is the function; it may raise NotInvoked."""

    answer: Answer = lambda records: {"records": records}
    asked: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    refusals: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    wrote: threading.Event = field(default_factory=threading.Event)

    def invoke(self, stream_arn: str, role: str, function: str, event: dict[str, Any]) -> Any:
        assert (stream_arn, role, function) == (ARN, ROLE, FUNCTION)
        self.asked.append(event)
        return self.answer([{**one, "result": "Ok"} for one in event["records"]])

    def put(self, stream_arn: str, role: str, bucket: str, key: str, body: bytes, encoding: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Refused("AccessDenied")
        assert (stream_arn, role, bucket) == (ARN, ROLE, "archive")
        self.objects[key] = (body, encoding)
        self.wrote.set()

    def count(self, stream_arn: str, metric: str, value: float, unit: str) -> None:
        self.metrics[metric] = self.metrics.get(metric, 0) + value


def stream(**settings: Any) -> Stream:
    return Stream("events", ARN, 3, Settings(bucket="archive", role=ROLE, **settings))


def records(*bodies: bytes) -> list[Record]:
    start = int(AT.timestamp() * 1000)
    return [Record(body, start + number) for number, body in enumerate(bodies)]


def failing(*bodies: bytes, answer: Answer, retries: int = 3) -> tuple[list[Object], RememberingCloud]:
    cloud = RememberingCloud(answer)
    made = delivery.objects(cloud, stream(transform=Transform(FUNCTION, ROLE, retries)), records(*bodies))
    return made, cloud


def lines(one: Object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in one.body.splitlines()]


def test_settings_are_read_as_the_api_has_them() -> None:
    """Hints, compression, zone, delimiter and the function's parameters; what is off does not count."""
    function = [
        {"ParameterName": "LambdaArn", "ParameterValue": FUNCTION},
        {"ParameterName": "NumberOfRetries", "ParameterValue": "1"},
        {"ParameterName": "BufferSizeInMBs", "ParameterValue": "0.5"},
        {"ParameterName": "RoleArn", "ParameterValue": f"{ROLE}-caller"},
    ]
    processors = [{"Type": "Lambda", "Parameters": function}, {"Type": "AppendDelimiterToRecord"}]
    config = {
        "BucketARN": "arn:aws:s3:::archive", "RoleARN": ROLE, "CompressionFormat": "GZIP", "CustomTimeZone": "Asia/Tokyo",
        "BufferingHints": {"SizeInMBs": 2, "IntervalInSeconds": 60},
        "ProcessingConfiguration": {"Enabled": True, "Processors": processors},
    }  # fmt: skip
    found = Settings.of(config)
    assert found == Settings(
        "archive", ROLE, compression="GZIP", extension=".gz", zone=ZoneInfo("Asia/Tokyo"), seconds=60.0, size=2 * MEGABYTE,
        delimiter=b"\n", transform=Transform(FUNCTION, f"{ROLE}-caller", 1, MEGABYTE // 2),
    )  # fmt: skip
    off = Settings.of({**config, "ProcessingConfiguration": {"Enabled": False, "Processors": processors}})
    assert (off.transform, off.delimiter) == (None, b"")
    assert Settings.of({**config, "FileExtension": ".json.gz"}).extension == ".json.gz"


@pytest.mark.parametrize(
    "config", [{"CompressionFormat": "Snappy"}, {"CustomTimeZone": "Mars/Olympus"}], ids=["snappy", "zone"]
)
def test_a_setting_that_is_not_built_is_refused_by_its_name(config: dict[str, str]) -> None:
    """Rather than written another way."""
    with pytest.raises(Unsupported, match=next(iter(config.values()))):
        Settings.of(config)


def test_one_object_holds_several_records_and_says_when_the_first_came() -> None:
    """Name, version, the oldest record's time and an id; delimiters between records, in gzip."""
    made = delivery.objects(
        RememberingCloud(),
        stream(compression="GZIP", extension=".gz", delimiter=b"\n"),
        records(b"a", b"b", b"c"),
    )
    assert len(made) == 1
    assert re.fullmatch(r"2018/07/06/23/events-3-2018-07-06-23-05-09-[0-9a-f-]{36}\.gz", made[0].key)
    assert gzip.decompress(made[0].body) == b"a\nb\nc"
    assert (made[0].encoding, made[0].records) == ("gzip", 3)


def test_names_have_the_time_of_the_streams_zone() -> None:
    """CustomTimeZone counts for the prefix and for the name."""
    made = delivery.objects(RememberingCloud(), stream(zone=ZoneInfo("Asia/Tokyo")), records(b"a"))
    assert made[0].key.startswith("2018/07/07/08/events-3-2018-07-07-08-05-09-")


def test_zip_is_an_archive_of_one_file() -> None:
    """As AWS writes it."""
    made = delivery.objects(
        RememberingCloud(), stream(compression="ZIP", extension=".zip"), records(b"a", b"b")
    )
    with zipfile.ZipFile(io.BytesIO(made[0].body)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [b"ab"]


def test_the_function_gets_the_published_event_and_its_answers_are_delivered() -> None:
    """Ids of our own, base64, times; a dropped record is nowhere, partition keys part the objects."""

    def answer(given: list[dict[str, Any]]) -> Any:
        days = ["1", "2", "1", "1"]
        changed = [
            {
                **one,
                "data": base64.b64encode(base64.b64decode(one["data"]).upper()).decode(),
                "metadata": {"partitionKeys": {"day": day}},
            }
            for one, day in zip(given, days, strict=True)
        ]
        return {"records": [*changed[:3], {**changed[3], "result": "Dropped"}]}

    cloud = RememberingCloud(answer)
    transform = Transform(FUNCTION, ROLE)
    made = delivery.objects(
        cloud,
        stream(prefix="d=!{partitionKeyFromLambda:day}/", transform=transform),
        records(b"a", b"b", b"c", b"d"),
    )
    assert {one.key.split("/")[0]: one.body for one in made} == {"d=1": b"AC", "d=2": b"B"}
    event = cloud.asked[0]
    assert event["deliveryStreamArn"] == ARN
    assert event["region"] == "eu-west-1"
    assert [base64.b64decode(one["data"]) for one in event["records"]] == [b"a", b"b", b"c", b"d"]
    assert len({one["recordId"] for one in event["records"]}) == 4
    assert event["records"][0]["approximateArrivalTimestamp"] == int(AT.timestamp() * 1000)


def test_a_function_gets_no_more_bytes_at_once_than_it_is_set_to() -> None:
    """BufferSizeInMBs parts a buffer; a record that is larger goes alone."""
    cloud = RememberingCloud()
    transform = Transform(FUNCTION, ROLE, batch_bytes=10)
    delivery.objects(cloud, stream(transform=transform), records(b"aaaa", b"bbbb", b"cccc", b"d" * 30))
    assert [len(event["records"]) for event in cloud.asked] == [2, 1, 1]


def _without(named: str) -> Answer:
    return lambda given: {
        "records": [{key: value for key, value in one.items() if key != named} for one in given]
    }


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (lambda given: {"records": [given[0], {**given[1], "result": "ProcessingFailed"}]}, ["ProcessingFailedStatus"]),
        (lambda given: {"records": given[:1]}, ["MissingRecordId"]),
        (lambda given: {"records": [{**given[0], "recordId": "unknown"}, given[1]]}, ["MissingRecordId"]),
        (lambda given: {"records": [*given, given[1]]}, ["DuplicatedRecordId"]),
        (lambda given: {"records": [given[0], {**given[1], "data": None}]}, ["InvalidReturnFormat"]),
        (lambda given: {"records": [given[0], {**given[1], "data": "not base64"}]}, ["FunctionError"] * 2),
        (lambda given: {"records": [given[0], {**given[1], "result": "Maybe"}]}, ["FunctionError"] * 2),
        (_without("recordId"), ["MissingRecordId"] * 2),
        (lambda given: "nonsense", ["MissingRecordId"] * 2),
        (lambda given: {"records": "nonsense"}, ["MissingRecordId"] * 2),
    ],
)  # fmt: skip
def test_what_a_function_did_not_process_is_told_below_the_error_prefix(
    answer: Answer, codes: list[str]
) -> None:
    """Each failed record is a JSON line with its original bytes; a bad answer is not asked for again."""
    made, cloud = failing(b"a", b"b", answer=answer)
    failures = lines(made[-1])
    assert [one["errorCode"] for one in failures] == [f"Lambda.{code}" for code in codes]
    assert {base64.b64decode(one["rawData"]) for one in failures} <= {b"a", b"b"}
    assert {one["attemptsMade"] for one in failures} == {1}
    assert len(cloud.asked) == 1
    assert made[-1].key.startswith("processing-failed/2018/07/06/23/events-3-")


def test_a_failures_line_is_as_aws_writes_it() -> None:
    """Members, order and spelling of an object that AWS wrote; times in milliseconds."""
    made, _ = failing(b"a", answer=lambda given: {"records": []})
    (line,) = lines(made[0])
    assert list(line) == [
        "rawData", "errorCode", "errorMessage", "attemptsMade", "arrivalTimestamp", "attemptEndingTimestamp", "lambdaARN",
    ]  # fmt: skip
    assert line["arrivalTimestamp"] == int(AT.timestamp() * 1000) < line["attemptEndingTimestamp"]
    assert (line["lambdaARN"], made[0].encoding) == (FUNCTION, "")


@pytest.mark.parametrize("retries", [0, 3])
def test_a_function_that_fails_is_called_again_then_its_records_have_failed(retries: int) -> None:
    """NumberOfRetries times, with another invocationId each time and the same records."""

    def answer(given: list[dict[str, Any]]) -> Any:
        raise NotInvoked(*FUNCTION_ERROR)

    made, cloud = failing(b"a", b"b", answer=answer, retries=retries)
    assert [(one["errorCode"], one["attemptsMade"]) for one in lines(made[0])] == [
        ("Lambda.FunctionError", retries + 1)
    ] * 2
    assert len({event["invocationId"] for event in cloud.asked}) == retries + 1
    assert len({json.dumps(event["records"]) for event in cloud.asked}) == 1


def test_a_function_that_comes_round_loses_nothing() -> None:
    """The second call counts."""
    calls: list[int] = []

    def answer(given: list[dict[str, Any]]) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise NotInvoked("Lambda.InvokeLimitExceeded", "too many")
        return {"records": given}

    made, _ = failing(b"a", answer=answer)
    assert [one.body for one in made] == [b"a"]


def test_a_record_without_a_key_that_the_prefix_names_has_failed() -> None:
    """It is told below the error prefix, the others are delivered."""

    def answer(given: list[dict[str, Any]]) -> Any:
        return {"records": [given[0], {**given[1], "metadata": {"partitionKeys": {"day": "1"}}}]}

    cloud = RememberingCloud(answer)
    settings = {
        "prefix": "d=!{partitionKeyFromLambda:day}/",
        "error_prefix": "e/!{firehose:error-output-type}/",
    }
    made = delivery.objects(
        cloud, stream(transform=Transform(FUNCTION, ROLE), **settings), records(b"a", b"b")
    )
    assert [one.key.rpartition("/")[0] for one in made] == ["d=1", "e/processing-failed"]
    assert lines(made[1])[0]["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"


def _put(held: Buffers, one: Stream, *bodies: bytes) -> None:
    held.put(one, lambda: one, records(*bodies))


def test_a_buffer_is_delivered_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came within the time is one object, and is counted."""
    monkeypatch.setattr(buffers, "MOST_SECONDS", 0.2)
    cloud = RememberingCloud()
    held = Buffers(cloud)
    for body in (b"a", b"b", b"c"):
        _put(held, stream(), body)
    assert cloud.wrote.wait(10)
    assert [body for body, _ in cloud.objects.values()] == [b"abc"]
    assert cloud.metrics["DeliveryToS3.Records"] == 3


def test_a_buffer_that_is_full_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """SizeInMBs is enough, long before the time is over."""
    monkeypatch.setattr(buffers, "MOST_SECONDS", 600.0)
    cloud = RememberingCloud()
    held = Buffers(cloud)
    _put(held, stream(size=4), b"aa")
    assert not cloud.objects
    _put(held, stream(size=4), b"bb")
    assert cloud.wrote.wait(10)
    assert [body for body, _ in cloud.objects.values()] == [b"aabb"]


def test_a_change_counts_for_what_was_put_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream is looked at when its buffer is delivered."""
    monkeypatch.setattr(buffers, "MOST_SECONDS", 0.2)
    cloud, before = RememberingCloud(), stream()
    Buffers(cloud).put(
        before, lambda: replace(before, settings=replace(before.settings, prefix="new/")), records(b"a")
    )
    assert cloud.wrote.wait(10)
    assert [key[:4] for key in cloud.objects] == ["new/"]


def test_what_a_bucket_refuses_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same object, without another call of the function."""
    monkeypatch.setattr(buffers, "MOST_SECONDS", 0.0)
    monkeypatch.setattr(buffers, "RETRY_SECONDS", 0.05)
    cloud = RememberingCloud(refusals=2)
    _put(Buffers(cloud), stream(transform=Transform(FUNCTION, ROLE)), b"a")
    assert cloud.wrote.wait(10)
    assert len(cloud.asked) == 1
    assert cloud.metrics["DeliveryToS3.Success"] == 1


def test_a_buffer_that_was_emptied_delivers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reset forgets what waits; what comes later is delivered."""
    monkeypatch.setattr(buffers, "MOST_SECONDS", 0.2)
    cloud = RememberingCloud()
    held = Buffers(cloud)
    _put(held, stream(), b"before")
    held.clear()
    _put(held, stream(), b"after")
    assert cloud.wrote.wait(10)
    assert [body for body, _ in cloud.objects.values()] == [b"after"]
