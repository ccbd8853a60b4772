"""The transform: a function gets records and answers for each of them.

Sources: "Transform source data" and "Handle failure in data transformation" (Firehose developer guide). Codes
and texts are those that AWS was seen to write, or its page "Monitor with CloudWatch Logs" has. A function
that fails is called again; an answer that is no good is final.
"""

from __future__ import annotations

import base64
import binascii
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from .records import FUNCTION_ERROR, Cloud, Failure, NotInvoked, Record
from .settings import Transform

MISSING = (
    "Lambda.MissingRecordId",
    "One or more record Ids were not returned. Ensure that the Lambda function returns all received record "
    "Ids.",
)
DUPLICATED = (
    "Lambda.DuplicatedRecordId",
    "Multiple records were returned with the same record Id. Ensure that the Lambda function returns a "
    "unique record Id for each record.",
)
FAILED = ("Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record")
NO_DATA = (
    "Lambda.InvalidReturnFormat",
    "The data field cannot be null when the SourceType is DirectPut or KinesisStreamAsSource and processing "
    "result is Ok. The value field cannot be null when the SourceType is MSKAsSource and processing result "
    "is Ok.",
)
RESULTS = ("Ok", "Dropped", "ProcessingFailed")


class BadAnswer(Exception):
    """An answer that fails the whole batch: a result that there is not, or data that is no base64."""


def transformed(
    cloud: Cloud, stream_arn: str, transform: Transform, records: Sequence[Record]
) -> tuple[list[Record], list[Failure]]:
    """What a function makes of records, batch by batch: those to deliver, and those that failed. A dropped
    one is in neither."""
    kept: list[Record] = []
    failed: list[Failure] = []
    for batch in _batches(records, transform.batch_bytes):
        good, bad = _of_batch(cloud, stream_arn, transform, batch)
        kept += good
        failed += bad
    return kept, failed


def _batches(records: Sequence[Record], size: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    held = 0
    for record in records:
        if batch and held + len(record.data) > size:
            yield batch
            batch, held = [], 0
        batch.append(record)
        held += len(record.data)
    if batch:
        yield batch


def _of_batch(
    cloud: Cloud, stream_arn: str, transform: Transform, batch: list[Record]
) -> tuple[list[Record], list[Failure]]:
    ids = [f"{uuid.uuid4().int:039d}{number:06d}" for number in range(len(batch))]
    attempts, answer, problem = _answer(cloud, stream_arn, transform, ids, batch)
    verdicts: list[Record | tuple[str, str] | None]
    if problem is None:
        try:
            verdicts = _verdicts(ids, batch, answer)
        except BadAnswer:
            problem = FUNCTION_ERROR
    if problem is not None:
        verdicts = [problem] * len(batch)
    ended = int(time.time() * 1000)
    kept = [one for one in verdicts if isinstance(one, Record)]
    failed = [
        Failure(record, *one, attempts=attempts, ended=ended, function=transform.function)
        for record, one in zip(batch, verdicts, strict=True)
        if isinstance(one, tuple)
    ]
    return kept, failed


def _answer(
    cloud: Cloud, stream_arn: str, transform: Transform, ids: list[str], batch: list[Record]
) -> tuple[int, Any, tuple[str, str] | None]:
    """How often the function was called, what it answered, and why it did not."""
    given = [
        {
            "recordId": named,
            "approximateArrivalTimestamp": record.arrived,
            "data": base64.b64encode(record.data).decode(),
        }
        for named, record in zip(ids, batch, strict=True)
    ]
    problem = FUNCTION_ERROR
    for attempt in range(1, transform.retries + 2):
        event = {
            "invocationId": str(uuid.uuid4()),
            "deliveryStreamArn": stream_arn,
            "region": stream_arn.split(":")[3],
            "records": given,
        }
        try:
            return attempt, cloud.invoke(stream_arn, transform.role, transform.function, event), None
        except NotInvoked as refused:
            problem = (refused.code, refused.message)
    return transform.retries + 1, None, problem


def _verdicts(ids: list[str], batch: list[Record], answer: Any) -> list[Record | tuple[str, str] | None]:
    """For each record what becomes of it: itself as changed, why it failed, or None where it was dropped.
    Answers for ids that nobody asked about are not looked at."""
    listed = answer.get("records") if isinstance(answer, dict) else None
    given = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    often = Counter(str(one.get("recordId")) for one in given)
    by_id = {str(one.get("recordId")): one for one in given}
    found: list[Record | tuple[str, str] | None] = []
    for named, record in zip(ids, batch, strict=True):
        if often[named] != 1:
            found.append(DUPLICATED if often[named] else MISSING)
        else:
            found.append(_verdict(record, by_id[named]))
    return found


def _verdict(record: Record, answer: dict[str, Any]) -> Record | tuple[str, str] | None:
    if answer.get("result") not in RESULTS:
        raise BadAnswer(str(answer.get("result")))
    if answer["result"] == "Dropped":
        return None
    if answer["result"] == "ProcessingFailed":
        return FAILED
    if answer.get("data") is None:
        return NO_DATA
    try:
        data = base64.b64decode(answer["data"], validate=True)
    except (binascii.Error, TypeError, ValueError) as problem:
        raise BadAnswer(str(problem)) from problem
    keys = (answer.get("metadata") or {}).get("partitionKeys") or {}
    return Record(data, record.arrived, {str(name): str(value) for name, value in keys.items()})
