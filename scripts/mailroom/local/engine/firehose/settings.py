"""What a stream is set to do, out of its destination's configuration as the API has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import prefixes

MEGABYTE = 1024 * 1024
COMPRESSIONS = {"UNCOMPRESSED": ("", ""), "GZIP": (".gz", "gzip"), "ZIP": (".zip", "zip")}
"""Format: the extension of an object's name and its Content-Encoding (both as AWS was seen to write them,
floci #2410)."""
DEFAULT_RETRIES = 3
MOST_RETRIES = 20
"""AWS takes any number; a local stream that asks a broken function for ever helps nobody."""


class Unsupported(Exception):
    """A setting that AWS has and the local Firehose has not, or that neither has; the message says which."""


@dataclass(frozen=True)
class Transform:
    """A function that changes records on their way: its ARN, the role that calls it, how often it is called
    again, and how many bytes of records it gets at once."""

    function: str
    role: str
    retries: int = DEFAULT_RETRIES
    batch_bytes: int = MEGABYTE


@dataclass(frozen=True)
class Settings:
    """Where records go and how. `seconds` and `size` are the hints for the buffer."""

    bucket: str
    role: str
    prefix: str = ""
    error_prefix: str = ""
    compression: str = "UNCOMPRESSED"
    extension: str = ""
    zone: tzinfo = UTC
    seconds: float = 300.0
    size: int = 5 * MEGABYTE
    delimiter: bytes = b""
    transform: Transform | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """The settings in a destination's configuration. Raises Unsupported."""
        hints = config.get("BufferingHints") or {}
        compression = config.get("CompressionFormat") or "UNCOMPRESSED"
        if compression not in COMPRESSIONS:
            raise Unsupported(f"CompressionFormat {compression} is not in the local Firehose yet")
        role = config.get("RoleARN", "")
        return cls(
            bucket=str(config.get("BucketARN", "")).rpartition(":")[2],
            role=role,
            prefix=config.get("Prefix") or "",
            error_prefix=config.get("ErrorOutputPrefix") or "",
            compression=compression,
            extension=config.get("FileExtension") or COMPRESSIONS[compression][0],
            zone=_zone(config.get("CustomTimeZone") or "UTC"),
            seconds=float(hints.get("IntervalInSeconds", 300)),
            size=int(hints.get("SizeInMBs", 5)) * MEGABYTE,
            delimiter=b"\n" if "AppendDelimiterToRecord" in dict(_processors(config)) else b"",
            transform=_transform(config, role),
        )

    @property
    def encoding(self) -> str:
        """The Content-Encoding of its objects; "" for none."""
        return COMPRESSIONS[self.compression][1]

    @property
    def complaint(self) -> str:
        """What Firehose has against the prefixes; "" for nothing."""
        return prefixes.complaint(self.prefix, self.error_prefix, datetime.now(self.zone))


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Unsupported(f"CustomTimeZone {name} is no time zone") from None


def _processors(config: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The processors that are on, with their parameters."""
    processing = config.get("ProcessingConfiguration") or {}
    for one in processing.get("Processors") or [] if processing.get("Enabled") else []:
        named = {each["ParameterName"]: each["ParameterValue"] for each in one.get("Parameters") or []}
        yield one["Type"], named


def _transform(config: Mapping[str, Any], role: str) -> Transform | None:
    found = [named for kind, named in _processors(config) if kind == "Lambda" and named.get("LambdaArn")]
    if len(found) > 1:
        raise Unsupported("more than one Lambda processor")
    if not found:
        return None
    named = found[0]
    retries = named.get("NumberOfRetries", "")
    return Transform(
        function=named["LambdaArn"],
        role=named.get("RoleArn") or role,
        retries=min(int(retries), MOST_RETRIES) if retries.isdecimal() else DEFAULT_RETRIES,
        batch_bytes=int(float(named.get("BufferSizeInMBs") or 1) * MEGABYTE),
    )
