"""A large answer that the AWS SDK for Go lost is given again, when it tries the same call again.

web.WholeAnswers saves the answers that fit into what that SDK reads at once. A larger one may still be lost
when its call was done: a table of many indexes then "already exists". AWS does not give an answer again, nor
has it to: its answers take longer than that race. So this is for that SDK alone, and never for an answer that
a fault takes away.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from typing import Any

from .adapter.backend import ASGIApp, Receive, Scope, Send
from .faults.gate import drain

FITS, LARGEST = 3072, 65_536
"""A body that fits into one read of 4096 bytes with its head; and more than is said of what is made."""
KEPT = 256
"""So many answers are kept: a call is tried again within seconds."""
LOSES = b"aws-sdk-go-v2/"
"""In the User-Agent of the SDK, so of Terraform's provider."""

log = logging.getLogger(__name__)


class Again:
    """The large answers that were given last, by the call's number, which an SDK keeps from try to try."""

    def __init__(self) -> None:
        self._given: OrderedDict[bytes, list[Any]] = OrderedDict()

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let `app` answer a request, unless it answered the same call before."""
        call, attempt = _call(scope)
        given = self._given.get(call) if attempt > 1 else None
        if given:
            log.info("the answer to %s %s was lost: it is given again", scope["method"], scope["path"])
            await drain(receive)
            for message in given:
                await send(message)
            return
        answer: list[Any] = []

        async def keeping(message: Any) -> None:
            answer.append(message)
            if _may_be_lost(answer):
                self._given[call] = answer
                if len(self._given) > KEPT:
                    self._given.popitem(last=False)
            await send(message)

        keeping.__wrapped__ = send  # type: ignore[attr-defined]  # who looks for the connection finds it
        await app(scope, receive, keeping if call else send)


def _call(scope: Scope) -> tuple[bytes, int]:
    """The number of a call and which attempt at it a request is; b"" where it is not of the SDK for Go.

    Source: aws-sdk-go-v2, aws/retry/middleware.go (amz-sdk-request), aws/middleware (amz-sdk-invocation-id).
    """
    headers = {name.lower(): value for name, value in scope["headers"]}
    attempt = re.match(rb"attempt=(\d+)", headers.get(b"amz-sdk-request", b""))
    if not attempt or LOSES not in headers.get(b"user-agent", b""):
        return b"", 1
    return headers.get(b"amz-sdk-invocation-id", b""), int(attempt[1])


def _may_be_lost(answer: list[Any]) -> bool:
    """Whether this is the whole answer to a call that was done, in a body of one part that is large."""
    return (
        len(answer) == 2
        and 200 <= answer[0].get("status", 0) < 300
        and not answer[1].get("more_body")
        and FITS < len(answer[1].get("body", b"")) <= LARGEST
    )
