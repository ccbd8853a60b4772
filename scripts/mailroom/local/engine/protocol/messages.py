"""What goes over the wire, and the one error a service may answer with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Operation = Callable[[Any, dict[str, Any]], dict[str, Any] | None]
"""An operation of a service: (state, decoded parameters) to the members of its answer."""


class ServiceError(Exception):
    """An error in the service's own words.

    `code` is the modelled name of the error (the client sees it as its exception), `status` its HTTP status
    where the model does not say, `members` what the error says besides its message.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = dict(members or {})


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header names are in lower case; `query` keeps repeated parameters in order."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def request_id() -> str:
    """A new id for an answer, as AWS puts in `x-amzn-requestid`."""
    return str(uuid.uuid4())
