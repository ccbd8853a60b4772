"""Both doors on their listening sockets, in the loop of the cloud."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from aiosmtpd.smtp import SMTP

from ..engine.ses.sending import MAXIMUM_BYTES_V2
from ..engine.ses.state import Ses
from .inbound import InboundDoor
from .session import MAXIMUM_SESSIONS, SubmissionSession
from .submission import SubmissionDoor
from .users import Users

IDENT = "ESMTP mailroom local SES"
IDLE_SECONDS = 600.0
# "The connection automatically closes after about 10 seconds of inactivity" (SES developer guide, "Testing
# your connection"): a client that keeps connections for later learns it here.
SUBMISSION_IDLE_SECONDS = 10.0


def _submission(
    ses: Ses, region: str, context: ssl.SSLContext, users: Users, idle: float, most: int
) -> Callable[[], SMTP]:
    door, open_sessions = SubmissionDoor(ses, region, users), set[int]()
    return lambda: SubmissionSession(
        door,
        open_sessions,
        most,
        data_size_limit=MAXIMUM_BYTES_V2,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        auth_require_tls=True,
        authenticator=users.authenticate,
        timeout=idle,
        loop=asyncio.get_running_loop(),
    )


def _inbound(ses: Ses, region: str, context: ssl.SSLContext) -> Callable[[], SMTP]:
    door = InboundDoor(ses, region)
    return lambda: SMTP(
        door,
        hostname=f"inbound-smtp.{region}.local",
        ident=IDENT,
        data_size_limit=MAXIMUM_BYTES_V2,
        tls_context=context,
        auth_exclude_mechanism=["LOGIN", "PLAIN"],
        timeout=IDLE_SECONDS,
        loop=asyncio.get_running_loop(),
    )


async def open_doors(
    ses: Ses,
    region: str,
    context: ssl.SSLContext,
    users: Users,
    submission: socket.socket,
    inbound: socket.socket,
    *,
    idle: float = SUBMISSION_IDLE_SECONDS,
    most: int = MAXIMUM_SESSIONS,
) -> list[asyncio.Server]:
    """Serve both doors on sockets that are bound already; they close with the answered servers.

    The submission door closes sessions that are `idle` for so many seconds, and holds so many at `most`.
    """
    loop = asyncio.get_running_loop()
    door = _submission(ses, region, context, users, idle, most)
    return [
        await loop.create_server(door, sock=submission),
        await loop.create_server(_inbound(ses, region, context), sock=inbound),
    ]
