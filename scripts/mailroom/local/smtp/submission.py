"""The submission door: STARTTLS, AUTH, verified senders, as email-smtp.<region>.amazonaws.com on port 587."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

from ..engine.protocol.messages import ServiceError
from ..engine.ses import callers, own_headers, permissions, subscriptions
from ..engine.ses.addresses import default_configuration_set
from ..engine.ses.sending import Outgoing, accept
from ..engine.ses.state import Region, Ses
from . import replies
from .users import WRONG, Users, peer_of

log = logging.getLogger(__name__)

MAXIMUM_RCPT = 1000
"""So many recipients are listened to. SES refuses a message for more than 50, once it is there."""
# As SES answers EHLO, before STARTTLS and after it alike: AUTH early, and no SIZE since it takes 40 MB.
EXTENSIONS = (
    "250-email-smtp.amazonaws.com",
    "250-8BITMIME",
    "250-STARTTLS",
    "250-AUTH PLAIN LOGIN",
    "250 Ok",
)


@dataclass(frozen=True)
class Submitted:
    """A message as it came in: by whom (the name they logged in with), from where, and its envelope."""

    username: str
    peer: str
    sender: str
    recipients: list[str]
    message: bytes


class SubmissionDoor:
    """What aiosmtpd asks at each step, of all sessions. Talks to SES in one Region."""

    def __init__(self, ses: Ses, region: str, users: Users) -> None:
        self.ses = ses
        self.region = region
        self.users = users
        # Threads of its own: they wait for SES's lock, and whoever has that may wait for one of the loop's.
        self._workers = ThreadPoolExecutor(8, "mailroom-submission")

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """List what SES lists."""
        session.host_name = hostname
        return list(EXTENSIONS)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender; whether it is verified is asked of the whole message."""
        if "@" not in address:
            return replies.BAD_SENDER
        envelope.mail_from = address
        return "250 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        if "@" not in address:
            return replies.BAD_RECIPIENT
        if len(envelope.rcpt_tos) >= MAXIMUM_RCPT:
            return replies.TOO_MANY_RECIPIENTS
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the message, or say why not as SES does."""
        submitted = Submitted(
            username=str(session.auth_data),
            peer=peer_of(session),
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            message=bytes(envelope.original_content or b""),
        )
        work = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, self._take, submitted)

    async def handle_exception(self, error: Exception) -> str:
        """What went wrong inside is in the log; the client may try again."""
        log.error("a submission failed", exc_info=error)
        return replies.FAILURE

    def _take(self, submitted: Submitted) -> str:
        """Ask IAM, then SES. In a thread, with a copy of the session's context."""
        user = self.users.find(submitted.username, submitted.peer)
        if user is None:
            return WRONG
        callers.current.set(user.caller)
        region = self.ses.region(self.region)
        # What a raw send by the API would say: there is one list of what is needed.
        asked = {
            "Source": submitted.sender,
            "Destinations": submitted.recipients,
            "RawMessage": {"Data": submitted.message},
        }
        try:
            with self.ses.lock:
                for one in permissions.needed(region, "SendRawEmail", asked):
                    user.check(one.action, one.resource, one.context, one.policies)
                sent = accept(region, _outgoing(region, submitted))
        except ServiceError as refused:
            log.info("submission by %s is refused: %s", submitted.sender, refused.message)
            return replies.refusal(refused)
        return f"250 Ok {sent.id}"


def _outgoing(region: Region, submitted: Submitted) -> Outgoing:
    """What is to be sent: SES's own headers say what the API has parameters for. Raises ServiceError."""
    message, own = own_headers.taken_out(submitted.message)
    own_headers.check_named(region, own, submitted.sender, message)
    wanted, recipients = own.list_management, submitted.recipients
    return Outgoing(
        submitted.sender,
        recipients,
        subscriptions.with_links_raw(region, wanted, recipients, message),
        via="smtp",
        configuration_set=own.configuration_set or default_configuration_set(region, submitted.sender),
        tags=list(own.tags),
        unsubscribed=subscriptions.unsubscribed(region, wanted, recipients),
    )
