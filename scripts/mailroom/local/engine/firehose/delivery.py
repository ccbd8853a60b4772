"""A full buffer on its way to the bucket.

Sources: "Configure Amazon S3 object name format", "Handle data delivery failures", "Monitor … CloudWatch
metrics" (Firehose developer guide).
"""

from __future__ import annotations

import gzip
import io
import json
import time
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from . import prefixes
from .processing import transformed
from .records import Cloud, Failure, Record
from .settings import Settings

PROCESSING_FAILED = "processing-failed"
NO_KEY = "DynamicPartitioning.MetadataExtractionFailed"


@dataclass(frozen=True)
class Stream:
    """A stream at the moment of a delivery: its name, ARN and version, and what it is set to do."""

    name: str
    arn: str
    version: int
    settings: Settings


@dataclass(frozen=True)
class Object:
    """An object to be written; `records` and `oldest` (epoch ms) are for the metrics."""

    key: str
    body: bytes
    encoding: str
    records: int
    size: int
    oldest: int


def objects(cloud: Cloud, stream: Stream, records: Sequence[Record]) -> list[Object]:
    """The objects that a buffer becomes, once the stream's function has seen its records."""
    kept, failed = list(records), list[Failure]()
    transform = stream.settings.transform
    if transform is not None:
        kept, failed = transformed(cloud, stream.arn, transform, records)
        cloud.count(stream.arn, "SucceedProcessing.Records", len(kept), "Count")
    made = list(_good(stream, kept, failed))
    return made + ([_of_failures(stream, failed)] if failed else [])


def write(cloud: Cloud, stream: Stream, one: Object) -> None:
    """Write an object and count it. Raises Refused."""
    settings = stream.settings
    try:
        cloud.put(stream.arn, settings.role, settings.bucket, one.key, one.body, one.encoding)
    except Exception:
        cloud.count(stream.arn, "DeliveryToS3.Success", 0, "None")
        raise
    cloud.count(stream.arn, "DeliveryToS3.Success", 1, "None")
    cloud.count(stream.arn, "DeliveryToS3.Records", one.records, "Count")
    cloud.count(stream.arn, "DeliveryToS3.Bytes", one.size, "Bytes")
    cloud.count(stream.arn, "DeliveryToS3.DataFreshness", time.time() - one.oldest / 1000, "Seconds")


def _good(stream: Stream, records: Sequence[Record], failed: list[Failure]) -> Iterator[Object]:
    """One object for each set of partition keys. A record without a key that the prefix names has failed."""
    groups: dict[tuple[tuple[str, str], ...], list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(sorted(record.keys.items())), []).append(record)
    for keys, together in groups.items():
        oldest = min(record.arrived for record in together)
        when = _when(stream, oldest)
        try:
            prefix = prefixes.evaluated(stream.settings.prefix, when, dict(keys))
        except prefixes.Unnamed as missing:
            words = f"partitionKeys values must not be null or empty: {missing}"
            ended = int(time.time() * 1000)
            failed += [Failure(record, NO_KEY, words, 1, ended, "") for record in together]
            continue
        body = stream.settings.delimiter.join(record.data for record in together)
        yield Object(
            prefix + _suffix(stream, when) + stream.settings.extension,
            _compressed(body, stream.settings.compression),
            stream.settings.encoding,
            len(together),
            len(body),
            oldest,
        )


def _of_failures(stream: Stream, failed: list[Failure]) -> Object:
    """Failed records as JSON lines; never compressed."""
    oldest = min(failure.record.arrived for failure in failed)
    when = _when(stream, oldest)
    named = stream.settings.error_prefix
    prefix = prefixes.error_prefix(stream.settings.prefix, named, when, PROCESSING_FAILED)
    body = "".join(json.dumps(one.line(), separators=(",", ":")) + "\n" for one in failed).encode()
    return Object(prefix + _suffix(stream, when), body, "", len(failed), len(body), oldest)


def _when(stream: Stream, milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, stream.settings.zone)


def _suffix(stream: Stream, when: datetime) -> str:
    return f"{stream.name}-{stream.version}-{when:%Y-%m-%d-%H-%M-%S}-{uuid.uuid4()}"


def _compressed(body: bytes, compression: str) -> bytes:
    if compression == "GZIP":
        return gzip.compress(body)
    if compression == "ZIP":
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(str(uuid.uuid4()), body)
        return made.getvalue()
    return body
