"""The inbound door: no AUTH, TLS offered; the active receipt rule set decides."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import SMTP, Envelope, Session

from ..engine.ses import receiving
from ..engine.ses.state import Ses

log = logging.getLogger(__name__)


class InboundDoor:
    """What aiosmtpd asks at each step, of all sessions. Talks to SES in one Region."""

    def __init__(self, ses: Ses, region: str) -> None:
        self.ses = ses
        self.region = region
        # Threads of its own: a rule may wait for a function, whose calls the loop's threads answer.
        self._workers = ThreadPoolExecutor(16, "mailroom-inbound")

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer no AUTH: aiosmtpd names it even where it has no mechanism."""
        session.host_name = hostname
        return [line for line in responses if not line[4:].startswith("AUTH")]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient that a rule of the active set covers."""
        peer = session.peer[0] if session.peer else "127.0.0.1"
        refused = receiving.refusal(self.ses.region(self.region), address, peer, tls=session.ssl is not None)
        if refused is not None:
            log.info("inbound mail for %s is refused: %s", address, refused)
            return str(refused)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Do what the rules say; the sender is told to try again where that cannot be done now."""
        arrival = receiving.Arrival(
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            message=bytes(envelope.original_content or b""),
            peer=session.peer[0] if session.peer else "127.0.0.1",
            helo=session.host_name or "unknown",
            tls=session.ssl is not None,
        )
        try:
            region = self.ses.region(self.region)
            message_id = await asyncio.get_running_loop().run_in_executor(
                self._workers, receiving.receive, region, arrival
            )
        except receiving.NotNow as problem:
            return f"451 4.3.0 Temporary failure, try again later ({_one_line(str(problem))})"
        except receiving.Rejected as problem:
            return f"554 5.6.0 {_one_line(str(problem))}"
        return f"250 2.0.0 OK {message_id}"

    async def handle_exception(self, error: Exception) -> str:
        """What went wrong inside is in the log; the sender may try again."""
        log.error("mail could not be taken", exc_info=error)
        return "451 4.3.0 Temporary failure, try again later"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
