"""Clients with a session of a role, for services that work by the roles that they are given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from . import clients
from .roles import Assume

SESSION_OVER = (
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "ExpiredTokenException",
)
"""Codes of a session that is not known any more: it was open for too long, or the cloud behind was reset."""


class RoleClients:
    """Clients of the cloud behind, as one service principal that assumes roles. A session is used until it is
    over, as in AWS: whoever is no longer trusted notices then. Unchecked ones send what botocore would
    not."""

    def __init__(
        self,
        endpoint: str,
        service: str,
        assume: Assume,
        function_seconds: int = clients.FUNCTION_SECONDS,
        *,
        checked: bool = True,
    ) -> None:
        self.endpoint = endpoint
        self.service = service
        self._assume = assume
        self._function_seconds = function_seconds
        self._checked = checked
        self._kept: dict[tuple[str, str, str, str], Any] = {}
        self._lock = threading.Lock()

    def call(self, name: str, region: str, role: str, source_arn: str, work: Callable[[Any], Any]) -> Any:
        """What some work answers that is given a client of the service `name`; the role is assumed on behalf
        of `source_arn`. Raises what boto3 raises, and Refused where the role may not be assumed."""
        from botocore.exceptions import ClientError

        key = (name, region, role, source_arn)
        with self._lock:
            client = self._kept.get(key)
        if client is not None:
            try:
                return work(client)
            except ClientError as problem:
                if problem.response["Error"]["Code"] not in SESSION_OVER:
                    raise
        return work(self._open(key))

    def _open(self, key: tuple[str, str, str, str]) -> Any:
        name, region, role, source_arn = key
        credentials = self._assume(self.service, role, source_arn)
        client = clients.make(self.endpoint, name, region, credentials, self._function_seconds, self._checked)
        with self._lock:
            self._kept[key] = client
        return client
