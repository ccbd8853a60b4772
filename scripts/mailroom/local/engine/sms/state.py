"""What End User Messaging SMS remembers, and what it needs from the cloud around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

DEFAULT_LIST = "Default"
"""The opt-out list that every account has."""


class Cloud(Protocol):
    """What End User Messaging SMS does to the rest of the local AWS, on behalf of a configuration set where
    one is named. Each raises Refused."""

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """Put an event of the source aws.sms-voice on EventBridge's default bus."""

    def publish(self, region: str, source_arn: str, topic_arn: str, message: str) -> None:
        """Publish to an SNS topic."""

    def put_record(self, region: str, source_arn: str, role: str, stream_arn: str, data: bytes) -> None:
        """Put a record into a Firehose stream, by a role."""

    def put_log(self, region: str, source_arn: str, role: str, group_arn: str, message: str) -> None:
        """Write a line into a log group, by a role."""


Later = Callable[[Callable[[], None]], None]


@dataclass
class Region:
    """End User Messaging SMS in one Region. The values are shaped as the API answers them; `tags` are by ARN,
    `opted_out` by list and number, `identities` the phone numbers' ids by pool."""

    name: str
    account_id: str
    cloud: Cloud
    clock: Callable[[], datetime]
    later: Later
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    pools: dict[str, dict[str, Any]] = field(default_factory=dict)
    identities: dict[str, list[str]] = field(default_factory=dict)
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    opted_out: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """What was answered to a ClientToken, by operation."""

    def __post_init__(self) -> None:
        self.lists[DEFAULT_LIST] = {
            "OptOutListArn": self.arn("opt-out-list", DEFAULT_LIST),
            "OptOutListName": DEFAULT_LIST,
            "CreatedTimestamp": self.clock(),
        }
        self.opted_out[DEFAULT_LIST] = {}

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a phone-number, pool, configuration-set, opt-out-list, …"""
        return f"arn:aws:sms-voice:{self.name}:{self.account_id}:{kind}/{name}"


def name_in(value: str) -> str:
    """The name or id that a request gives, by itself or as an ARN."""
    return value.rpartition("/")[2] if value.startswith("arn:") else value
