"""The submission door: STARTTLS, AUTH, verified senders, as email-smtp.<region>.amazonaws.com on port 587."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from ..engine.protocol.messages import ServiceError
from ..engine.ses.compose import headers_of
from ..engine.ses.sending import Outgoing, accept
from ..engine.ses.state import Ses

log = logging.getLogger(__name__)

# SES takes these two from the message and does not pass them on (developer guide, "SMTP: custom headers").
CONFIGURATION_SET_HEADER = "X-SES-CONFIGURATION-SET"
TAGS_HEADER = "X-SES-MESSAGE-TAGS"
_OWN_HEADERS = re.compile(
    rb"^(?:x-ses-configuration-set|x-ses-message-tags):[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Credentials:
    """The one user of the door."""

    username: str
    password: str

    def __call__(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """aiosmtpd's authenticator: LOGIN and PLAIN."""
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        good = hmac.compare_digest(data.login, self.username.encode()) & hmac.compare_digest(
            data.password, self.password.encode()
        )
        return AuthResult(success=good, handled=False)


class SubmissionDoor:
    """What aiosmtpd asks once a message is there. Talks to SES in one Region."""

    def __init__(self, ses: Ses, region: str) -> None:
        self.ses = ses
        self.region = region

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the message, or say why not (554) as SES does."""
        outgoing = outgoing_from(
            envelope.mail_from or "", list(envelope.rcpt_tos), bytes(envelope.original_content or b"")
        )
        try:
            region = self.ses.region(self.region)
            sent = await asyncio.get_running_loop().run_in_executor(None, accept, region, outgoing)
        except ServiceError as refused:
            log.info("submission by %s is refused: %s", outgoing.sender, refused.message)
            return f"554 Message rejected: {refused.message}"
        return f"250 Ok {sent.id}"


def outgoing_from(sender: str, recipients: list[str], message: bytes) -> Outgoing:
    """A submitted message as the engine wants it: SES's own headers are read and taken out."""
    headers = headers_of(message)
    end = message.find(b"\r\n\r\n")
    head, body = (message[: end + 2], message[end + 2 :]) if end >= 0 else (message, b"")
    tags = str(headers.get(TAGS_HEADER, "")).split(",")
    return Outgoing(
        sender=sender,
        recipients=recipients,
        message=_OWN_HEADERS.sub(b"", head) + body,
        via="smtp",
        configuration_set=str(headers.get(CONFIGURATION_SET_HEADER, "")).strip(),
        tags=[
            (name.strip(), value.strip()) for name, _, value in (tag.partition("=") for tag in tags) if value
        ],
    )
