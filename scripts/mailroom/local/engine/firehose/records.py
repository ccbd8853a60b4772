"""Records on their way through a stream, and what the stream needs of the cloud around it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Protocol

FUNCTION_ERROR = (
    "Lambda.FunctionError",
    "The Lambda function was successfully invoked but it returned an error result.",
)


@dataclass(frozen=True)
class Record:
    """What was put: its bytes, when (epoch ms), and its partition keys once a transform has given it some."""

    data: bytes
    arrived: int
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A record that could not be processed, as it was put, and why. `attempts` is how often the function was
    called, `ended` when that was given up (epoch ms)."""

    record: Record
    code: str
    message: str
    attempts: int
    ended: int
    function: str

    def line(self) -> dict[str, Any]:
        """As Firehose writes it below the error prefix. The members, their order and `lambdaARN` are those of
        an object that AWS wrote (floci #3393); the developer guide has the same members and `lambdaArn`."""
        found = {
            "rawData": base64.b64encode(self.record.data).decode(),
            "errorCode": self.code,
            "errorMessage": self.message,
            "attemptsMade": self.attempts,
            "arrivalTimestamp": self.record.arrived,
            "attemptEndingTimestamp": self.ended,
        }
        return {**found, "lambdaARN": self.function} if self.function else found


class NotInvoked(Exception):
    """A function could not be called, or failed: an error code of Firehose's and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Cloud(Protocol):
    """What a stream does to the rest of AWS, always with a session of a role that Firehose was given."""

    def invoke(self, stream_arn: str, role: str, function: str, event: dict[str, Any]) -> Any:
        """What a function answers to an event. Raises NotInvoked."""

    def put(self, stream_arn: str, role: str, bucket: str, key: str, body: bytes, encoding: str) -> None:
        """Write an object; `encoding` is its Content-Encoding, "" for none. Raises Refused."""

    def count(self, stream_arn: str, metric: str, value: float, unit: str) -> None:
        """Add to a metric of AWS/Firehose for the stream."""
