"""Clouds that remember what our engines did to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mailroom.local.engine.refused import Refused

REGION = "eu-west-1"


@dataclass
class RememberingBuckets:
    """Objects that GuardDuty reads and tags by a role; it is refused what it is told to."""

    objects: dict[str, list[bytes]] = field(default_factory=dict)
    tags: dict[tuple[str, str | None], tuple[str, str]] = field(default_factory=dict)
    roles: set[str] = field(default_factory=lambda: {"arn:aws:iam::000000000000:role/scan"})
    closed: set[str] = field(default_factory=set)

    def may_assume(self, role: str) -> bool:
        return role in self.roles

    @contextmanager
    def read_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None
    ) -> Iterator[Iterable[bytes]]:
        if "read" in self.closed:
            raise Refused("AccessDenied")
        yield self.objects[key]

    def tag_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None, tag: tuple[str, str]
    ) -> None:
        if "tag" in self.closed:
            raise Refused("AccessDenied")
        self.tags[key, version] = tag


@dataclass
class RememberingStreams:
    """Streams that Pinpoint writes to: what it wrote, by whose role; a role that is closed may not."""

    closed: set[str] = field(default_factory=set)
    written: list[tuple[str, str, str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def try_stream(self, region: str, app_arn: str, role: str, stream_arn: str) -> None:
        if role in self.closed:
            raise Refused(f"role {role} may not write")

    def put_records(
        self, region: str, app_arn: str, role: str, stream_arn: str, records: Sequence[tuple[str, bytes]]
    ) -> None:
        self.try_stream(region, app_arn, role, stream_arn)
        for key, data in records:
            assert data.endswith(b"\n")
            self.written.append((app_arn, role, stream_arn, key))
            self.events.append(json.loads(data))


@dataclass
class RememberingTexts:
    """What End User Messaging told whom: the bus, and destinations by their ARN; a closed one refuses."""

    closed: set[str] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)
    told: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        assert (region, detail_type, resources) == (REGION, "Text Message Delivery Status Updated", [])
        self.events.append(detail)

    def publish(self, region: str, source_arn: str, topic_arn: str, message: str) -> None:
        self._tell(source_arn, topic_arn, message)

    def put_record(self, region: str, source_arn: str, role: str, stream_arn: str, data: bytes) -> None:
        self._tell(source_arn, stream_arn, data.decode())

    def put_log(self, region: str, source_arn: str, role: str, group_arn: str, message: str) -> None:
        self._tell(source_arn, group_arn, message)

    def _tell(self, source_arn: str, where: str, text: str) -> None:
        if where in self.closed:
            raise Refused(f"{where} lets nobody in")
        self.told.append((source_arn, where, json.loads(text)))
