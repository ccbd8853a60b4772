"""What Pinpoint remembers, and what it needs from the cloud around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ..protocol.messages import ServiceError


class Cloud(Protocol):
    """What Pinpoint does to the rest of the local AWS: it writes to streams, by the roles that it was
    given."""

    def try_stream(self, region: str, app_arn: str, role: str, stream_arn: str) -> None:
        """Whether Pinpoint may assume a role for an application and describe and write a stream with it;
        nothing is written. Raises Refused."""

    def put_records(
        self, region: str, app_arn: str, role: str, stream_arn: str, records: Sequence[tuple[str, bytes]]
    ) -> None:
        """Put records, each with its partition key, into a Firehose or Kinesis stream. Raises Refused."""


Later = Callable[[Callable[[], None]], None]


@dataclass
class App:
    """An application (a "project"). `settings`, `stream` and the `channels` (EMAIL, SMS) are shaped as the
    API answers them."""

    id: str
    name: str
    created: datetime
    tags: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    stream: dict[str, Any] | None = None
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Region:
    """Pinpoint in one Region. `verified` says whether mail may be sent from an address."""

    name: str
    account_id: str
    cloud: Cloud
    clock: Callable[[], datetime]
    later: Later
    verified: Callable[[str], bool]
    apps: dict[str, App] = field(default_factory=dict)

    def arn(self, app_id: str, *parts: str) -> str:
        """The ARN of an application, or of something in it."""
        return f"arn:aws:mobiletargeting:{self.name}:{self.account_id}:{'/'.join(('apps', app_id, *parts))}"

    def app(self, params: Mapping[str, Any]) -> App:
        """The application that a request names. Raises ServiceError."""
        found = self.apps.get(params["ApplicationId"])
        if found is None:
            raise ServiceError("NotFoundException", "Resource not found", 404)
        return found


def stamp(time: datetime) -> str:
    """A time as Pinpoint's API answers it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
