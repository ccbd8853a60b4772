"""What the front needs of the cloud behind it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..engine.ses.callers import Caller

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Check(Protocol):
    """Asks IAM for one caller."""

    def __call__(
        self, action: str, resource: str, context: dict[str, Any], policies: Sequence[str] = ()
    ) -> None:
        """Whether they may do an action on a resource under condition keys, by their own policies and by the
        resource's `policies`; raises ServiceError."""


@dataclass(frozen=True)
class Signed:
    """A signed request: the Region it is for, who signed it, and what asks IAM for them.

    Who signed it is believed only once `check` was asked: that looks at the signature.
    """

    region: str
    caller: Caller
    check: Check


@dataclass(frozen=True)
class SmtpUser:
    """An IAM user behind an access key: the key's secret, who they are, and what asks IAM for them."""

    secret: str = field(repr=False)
    caller: Caller
    check: Check


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

    def caller(self, scope: Scope, body: bytes) -> Signed:
        """What a signed request says of itself. For the thread that answers it."""

    def smtp_user(self, access_key: str, region: str, source_ip: str) -> SmtpUser | None:
        """The IAM user who has this active access key now, for a session from an address; None where it is
        nobody's, temporary, or not ours to know."""

    def worker(self, access_key: str) -> LambdaWorker | None:
        """The Lambda worker whose session has this access key; None where it is nobody's or not known."""

    def watch_answers(self, loses: Callable[[str], bool]) -> None:
        """Ask `loses` with the function's name when a Lambda worker has finished: True kills the worker, and
        its answer does not count."""

    def watch_objects(self, created: Callable[[str, str, str | None], None]) -> None:
        """Call `created` with bucket, key and version of each S3 object that is written; it must be quick."""

    def watch_permissions(self, asked: Callable[[str, str, str, bool], None]) -> None:
        """Call `asked` with the caller's ARN, action, resource, and whether its policies allow it, each time
        IAM is asked; it must be quick."""

    def struck(self, scope: Scope, service: str, operation: str, kind: str, body: bytes) -> None:
        """Count in the service's metrics a call that was answered with an error before it came here; `kind`
        is throttle or error."""

    async def run(self) -> None:
        """What the cloud does by itself as time goes by; runs until it is cancelled."""
