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
from .submission import Credentials, SubmissionDoor

IDENT = "ESMTP mailroom local SES"
IDLE_SECONDS = 600.0


class _Smtp(SMTP):
    """aiosmtpd with the prompts that SES and most servers use."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"


def _submission(ses: Ses, region: str, context: ssl.SSLContext, who: Credentials) -> Callable[[], SMTP]:
    return lambda: _Smtp(
        SubmissionDoor(ses, region),
        hostname=f"email-smtp.{region}.local",
        ident=IDENT,
        data_size_limit=MAXIMUM_BYTES_V2,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        auth_require_tls=True,
        authenticator=who,
        timeout=IDLE_SECONDS,
        loop=asyncio.get_running_loop(),
    )


def _inbound(ses: Ses, region: str, context: ssl.SSLContext) -> Callable[[], SMTP]:
    return lambda: _Smtp(
        InboundDoor(ses, region),
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
    who: Credentials,
    submission: socket.socket,
    inbound: socket.socket,
) -> list[asyncio.Server]:
    """Serve both doors on sockets that are bound already; they close with the answered servers."""
    loop = asyncio.get_running_loop()
    return [
        await loop.create_server(_submission(ses, region, context, who), sock=submission),
        await loop.create_server(_inbound(ses, region, context), sock=inbound),
    ]
