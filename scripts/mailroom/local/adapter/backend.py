"""What the front needs of the cloud behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Check = Callable[[str, str, dict[str, Any]], None]
"""Asks whether the caller may do an action on a resource under condition keys; raises ServiceError."""


class Backend(Protocol):
    """A cloud that answers AWS's APIs, SES aside."""

    app: ASGIApp
    """Serves every request that is not ours, and the lifespan."""

    def caller(self, scope: Scope, body: bytes) -> tuple[str, Check]:
        """Region of a signed request, and what asks IAM for its caller. For the thread that answers it."""

    async def run(self) -> None:
        """What the cloud does by itself as time goes by; runs until it is cancelled."""
