"""Firehose delivers as AWS does: buffered, transformed, compressed, by the stream's role; and takes no stream
that AWS would refuse.

The emulator wrote an object for each record, as itself, uncompressed, and lost what a function could not
process. Records that are converted to Parquet, or partitioned by a query, are still its own.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from ..adapter import streams
from ..engine.firehose.buffers import Buffers
from ..engine.firehose.delivery import Stream
from ..engine.firehose.records import Record
from ..engine.firehose.settings import Settings, Unsupported
from .patch import Patch

Answer = tuple[int, dict[str, str], bytes]
S3 = ("ExtendedS3", "S3")
MOST_BATCH_BYTES = 4 * 1024 * 1024
MOST_RECORD_BYTES = 1000 * 1024


@cache
def buffers() -> Buffers:
    """The buffers of all streams of this cloud."""
    return Buffers(streams.RoleStreams(f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"))


def _described(stream: dict[str, Any], destination: dict[str, Any]) -> Stream:
    """A stream as it is now."""
    settings = Settings.of(destination["config"])
    return Stream(stream["name"], stream["arn"], int(stream["version"]), settings)


def _deliver(original: Callable[..., None]) -> Callable[..., None]:
    def _deliver_records_to_s3(
        stream: dict[str, Any], destination: dict[str, Any], records: list[tuple[str, bytes]]
    ) -> None:
        destination["records"].clear()  # the emulator keeps for ever what was put
        if _is_the_emulators(destination["config"]):
            original(stream, destination, records)
            return
        now = int(time.time() * 1000)
        describe = partial(_described, stream, destination)
        given = [Record(data, now) for _, data in records]
        cloud = buffers().cloud
        cloud.count(stream["arn"], "IncomingRecords", len(given), "Count")
        cloud.count(stream["arn"], "IncomingBytes", sum(len(one.data) for one in given), "Bytes")
        buffers().put(describe(), describe, given)

    return _deliver_records_to_s3


def _is_the_emulators(config: dict[str, Any]) -> bool:
    """Conversion of formats and queries for partition keys."""
    conversion = config.get("DataFormatConversionConfiguration") or {}
    processing = config.get("ProcessingConfiguration") or {}
    kinds = {one.get("Type") for one in processing.get("Processors") or []}
    return bool(conversion.get("Enabled", bool(conversion))) or "MetadataExtraction" in kinds


def _create(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _create_delivery_stream(data: dict[str, Any]) -> Answer:
        from ministack.services import firehose

        kind, config = firehose._resolve_dest_type_and_config(data)
        arn = firehose._stream_arn(data.get("DeliveryStreamName", ""))
        said = complaint(arn, config) if kind in S3 else ""
        return firehose._invalid(said) if said else original(data)

    return _create_delivery_stream


def _update(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _update_destination(data: dict[str, Any]) -> Answer:
        from ministack.services import firehose

        kind, changes = firehose._resolve_dest_update_config(data)
        stream = firehose._streams.get(data.get("DeliveryStreamName", ""))
        if kind in S3 and stream:
            held = {one["id"]: one["config"] for one in stream["destinations"]}
            said = complaint(stream["arn"], {**held.get(data.get("DestinationId", ""), {}), **changes})
            if said:
                return firehose._invalid(said)
        return original(data)

    return _update_destination


def complaint(stream_arn: str, config: dict[str, Any]) -> str:
    """Why AWS would not take an S3 destination; "" where it would."""
    try:
        settings = Settings.of(config)
    except Unsupported as problem:
        return str(problem)
    named = {settings.role, settings.transform.role if settings.transform else settings.role}
    for role in sorted(named):
        if not streams.may_assume(role, stream_arn):
            return f"Firehose is unable to assume role {role}. Please check the role provided."
    return settings.complaint


def _describe(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def _dest_description(dest: dict[str, Any]) -> dict[str, Any]:
        described = original(dest)
        inner = described.get("ExtendedS3DestinationDescription")
        if inner is not None:
            inner["CustomTimeZone"] = dest["config"].get("CustomTimeZone", "UTC")
            if "FileExtension" in dest["config"]:
                inner["FileExtension"] = dest["config"]["FileExtension"]
        return described

    return _dest_description


def _put_batch(original: Callable[..., Answer]) -> Callable[..., Answer]:
    """A record that is too large, or all of them together, refuses the whole batch. Records of one call come
    into one buffer together."""

    def _put_record_batch(data: dict[str, Any]) -> Answer:
        from ministack.services import firehose

        sizes = [_size(record.get("Data", "")) for record in data.get("Records", [])]
        for number, size in enumerate(sizes, 1):
            if size > MOST_RECORD_BYTES:
                return _too_large(f"records.{number}.member.data")
        if sum(sizes) > MOST_BATCH_BYTES:
            return firehose._invalid("Records size exceeds 4 MB limit")
        return original(data)

    return _put_record_batch


def _put_one(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _put_record(data: dict[str, Any]) -> Answer:
        if _size(data.get("Record", {}).get("Data", "")) > MOST_RECORD_BYTES:
            return _too_large("record.data")
        return original(data)

    return _put_record


def _size(encoded: str) -> int:
    """The bytes that a base64 text stands for."""
    return len(encoded) // 4 * 3 - encoded[-2:].count("=")


def _too_large(where: str) -> Answer:
    words = f"Member must have length less than or equal to {MOST_RECORD_BYTES}"
    message = f"1 validation error detected: Value at '{where}' failed to satisfy constraint: {words}"
    body = json.dumps({"__type": "ValidationException", "message": message}).encode()
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, body


def _reset(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        buffers().clear()
        original()

    return reset


_FIREHOSE = "ministack.services.firehose:"
PATCHES = (
    Patch(
        _FIREHOSE + "_deliver_records_to_s3",
        "one object a record, not compressed, as nobody; what a function failed on was lost",
        "1f7d459024276df331fbbdec114c4c6f026cfbd707677d08a852a69f4bfc95e3",
        _deliver,
    ),
    Patch(
        _FIREHOSE + "_create_delivery_stream",
        "roles that Firehose may not assume and prefixes that mean nothing were taken",
        "4d5903ac6582311405013599fa305662ea1d0846e085c772569e3ddbbc327199",
        _create,
    ),
    Patch(
        _FIREHOSE + "_update_destination",
        "roles that Firehose may not assume and prefixes that mean nothing were taken",
        "cbefb28cca81cb25b2196ad3a1cf6b1cd9cd3c38cba4f2af2c4176ebc2f2bcfa",
        _update,
    ),
    Patch(
        _FIREHOSE + "_dest_description",
        "CustomTimeZone and FileExtension were forgotten",
        "64df867dbdbd3227c4dc62ee7cc890e37daac9698dc953905a862a3048c81cc3",
        _describe,
    ),
    Patch(
        _FIREHOSE + "_put_record_batch",
        "a record that is too large failed alone, and a batch had no size",
        "5e868d2aec51e622eb135e4f40895069a6ae5c1c86331505baf599845939d5b2",
        _put_batch,
    ),
    Patch(
        _FIREHOSE + "_put_record",
        "a record that is too large was refused in other words",
        "6a7ed0471aef7e0402373179002fbc05c79a7a0a52b189636c1e683bd6b04ce3",
        _put_one,
    ),
    Patch(
        _FIREHOSE + "reset",
        "buffers were not emptied with the streams",
        "e24aef1441d28a74bec509fe90e9ea47b5d92d89ee55e07886e5c5b9d9e430eb",
        _reset,
    ),
)
