"""What the front needs of the cloud behind it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Check = Callable[[str, str, dict[str, Any]], None]
"""Asks whether the caller may do an action on a resource under condition keys; raises ServiceError."""


@dataclass(frozen=True)
class LambdaWorker:
    """A process that runs a Lambda function: the function's name and the process's id."""

    function: str
    pid: int

    def kill(self) -> None:
        """End it as a crash would: SIGKILL. One that is gone already is fine."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Backend(Protocol):
    """A cloud that answers AWS's APIs, SES aside."""

    app: ASGIApp
    """Serves every request that is not ours, and the lifespan."""

    def caller(self, scope: Scope, body: bytes) -> tuple[str, Check]:
        """Region of a signed request, and what asks IAM for its caller. For the thread that answers it."""

    def worker(self, access_key: str) -> LambdaWorker | None:
        """The Lambda worker whose session has this access key; None where it is nobody's or not known."""

    def watch_answers(self, loses: Callable[[str], bool]) -> None:
        """Ask `loses` with the function's name when a Lambda worker has finished: True kills the worker, and
        its answer does not count."""

    def watch_objects(self, created: Callable[[str, str, str | None], None]) -> None:
        """Call `created` with bucket, key and version of each S3 object that is written; it must be quick."""

    async def run(self) -> None:
        """What the cloud does by itself as time goes by; runs until it is cancelled."""
