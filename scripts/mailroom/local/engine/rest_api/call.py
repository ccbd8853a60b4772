"""One call of a REST API: what came in, and what is found out on the way."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

IDENTITY = (
    "accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
    "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "sourceIp", "user",
    "userAgent", "userArn",
)  # fmt: skip
"""What `requestContext.identity` always has, null where nothing is known of it (captured from AWS)."""


def _token(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


@dataclass
class Integration:
    """How the backend of a call did. `status` is what Lambda's own API answered, not the function."""

    status: int | None = None
    latency: int | None = None
    error: str | None = None


@dataclass
class Call:
    """A call as it came in. Paths and the query are as they were sent, percent-encoded; `path` is the part
    below the stage; `headers` are pairs with names in lower case; `at` is epoch seconds."""

    account: str
    region: str
    api: str
    stage: str
    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    at: float
    whole_path: str = ""
    """All of the path behind the host, as the caller sees it: where a client finds what is beside it."""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_request_id: str = field(default_factory=lambda: _token(11))
    trace: str = field(default_factory=lambda: secrets.token_hex(12))

    # Found out on the way.
    deployment: str = ""
    stage_variables: dict[str, str] | None = None
    resource_id: str = ""
    resource_path: str = ""
    path_parameters: dict[str, str] | None = None
    operation: str = ""
    identity: dict[str, Any] = field(default_factory=dict)
    authorizer: dict[str, Any] | None = None
    error_type: str = ""
    error_message: str | None = None
    fallback_status: int = 500
    """Of an error for which no gateway response names a status."""
    integration: Integration = field(default_factory=Integration)

    def __post_init__(self) -> None:
        self.whole_path = self.whole_path or f"/{self.stage}{self.path}"

    def header(self, name: str) -> str:
        """The last value of a header; "" where there is none."""
        return next((value for known, value in reversed(self.headers) if known == name), "")

    def known_identity(self) -> dict[str, Any]:
        """What is known of the caller, every member of it."""
        seen = {"sourceIp": self.source_ip, "userAgent": self.header("user-agent") or None}
        return {**dict.fromkeys(IDENTITY), **seen, **self.identity}

    def refuse(self, error_type: str, message: str | None) -> None:
        """Remember which gateway response it got, and with which words."""
        self.error_type, self.error_message = error_type, message
