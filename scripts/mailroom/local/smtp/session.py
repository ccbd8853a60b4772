"""A session at the submission door as SES holds one: aiosmtpd, with SES's words and limits."""

from __future__ import annotations

import secrets
from typing import Any

from aiosmtpd.smtp import SMTP

from . import replies

MAXIMUM_SESSIONS = 500
"""At one time. SES has a limit too, and does not say which."""


class SubmissionSession(SMTP):
    """One connection. `open_sessions` is shared by all of a door."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, handler: Any, open_sessions: set[int], most: int, **settings: Any) -> None:
        ident = f"ESMTP SimpleEmailService-d-LOCAL {secrets.token_hex(10)}"
        super().__init__(handler, hostname="email-smtp.amazonaws.com", ident=ident, **settings)
        self._open_sessions = open_sessions
        self._most = most
        self._working = False

    async def push(self, status: Any) -> None:
        """Say it in SES's words."""
        if isinstance(status, str):
            known = bool(self.envelope and self.envelope.mail_from)
            status = replies.in_ses_words(status, sender_known=known)
        await super().push(status)

    async def smtp_AUTH(self, arg: str) -> None:
        """Names of mechanisms may be in any letters (RFC 4954, section 4)."""
        mechanism, space, rest = (arg or "").partition(" ")
        await super().smtp_AUTH(mechanism.upper() + space + rest)

    async def smtp_STARTTLS(self, arg: str) -> None:
        """SES lists STARTTLS after it as well; TLS inside TLS there is not."""
        if self._tls_protocol:
            await self.push(replies.TLS_ALREADY)
        else:
            await super().smtp_STARTTLS(arg)

    async def _handle_client(self) -> None:
        if len(self._open_sessions) >= self._most:
            await self.push(replies.TOO_MANY_CONNECTIONS)
            self._writer.close()
            return
        self._open_sessions.add(id(self))
        try:
            await super()._handle_client()
        finally:
            self._open_sessions.discard(id(self))

    async def _call_handler_hook(self, command: str, *arguments: Any) -> Any:
        """While we work the client is not waited for."""
        self._working = True
        try:
            return await super()._call_handler_hook(command, *arguments)
        finally:
            self._working = False
            if self.transport is not None:
                self._reset_timeout()

    def data_received(self, data: bytes) -> None:
        """A client that still sends is not idle, however long its message."""
        self._reset_timeout()
        super().data_received(data)

    def _timeout_cb(self) -> None:
        if self.transport is None:
            return
        if self._working:
            self._reset_timeout()
            return
        self._writer.write(replies.TIMEOUT.encode() + b"\r\n")
        super()._timeout_cb()
