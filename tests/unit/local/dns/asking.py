"""Who asks the DNS server, by dnspython's own client, and dkimpy over it."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.parser import BytesParser

import dkim
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from dns.message import Message

SECONDS = 20
# What SES put into a message.
STAMPS = ("dkim-signature", "message-id", "date", "feedback-id", "x-ses-outgoing")


@dataclass(frozen=True)
class Asker:
    """A stub resolver for the server at this port."""

    port: int

    def ask(self, name: str, kind: str) -> Message:
        """The answer to a query by UDP, or by TCP where it was cut."""
        query = dns.message.make_query(name, kind, use_edns=0)
        return dns.query.udp_with_fallback(query, "127.0.0.1", SECONDS, self.port)[0]

    def texts(self, name: str, kind: str) -> list[str]:
        """The data of an answer; TXT strings put together."""
        found = [record for rrset in self.ask(name, kind).answer for record in rrset]
        wanted = [record for record in found if record.rdtype == dns.rdatatype.from_text(kind)]
        if kind == "TXT":
            return [b"".join(record.strings).decode() for record in wanted]
        return [record.to_text().lower() for record in wanted]

    def code(self, name: str, kind: str) -> str:
        """The code of an answer."""
        return dns.rcode.to_text(self.ask(name, kind).rcode())

    def verified(self, message: bytes) -> dict[str, bool]:
        """For each domain that signed a message whether its signature holds: dkimpy's word."""

        def txt(name: bytes, timeout: float = 5) -> bytes | None:
            return next((text.encode() for text in self.texts(name.decode(), "TXT")), None)

        found = {}
        for number in range(len(signatures(message))):
            verifier = dkim.DKIM(message)
            try:
                holds = verifier.verify(number, dnsfunc=txt)
            except dkim.ValidationError:
                holds = False
            found[verifier.domain.decode()] = bool(holds)
        return found


def signatures(message: bytes) -> list[dict[str, str]]:
    """The tags of each DKIM-Signature, in their order."""
    headers = BytesParser(policy=policy.compat32).parsebytes(message, headersonly=True)
    values = (str(value) for value in headers.get_all("DKIM-Signature", []))
    return [
        dict(part.strip().split("=", 1) for part in "".join(value.split()).split(";")) for value in values
    ]


def signed_names(message: bytes, number: int = 0) -> list[str]:
    """The fields that a signature covers, in lower case."""
    return signatures(message)[number]["h"].lower().split(":")


def unstamped(message: bytes) -> bytes:
    """A sent message without the fields that SES puts in."""
    head, _, body = message.partition(b"\r\n\r\n")
    kept: list[bytes] = []
    keep = True
    for line in head.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            keep = line.partition(b":")[0].decode().lower() not in STAMPS
        if keep:
            kept.append(line)
    return b"\r\n".join(kept) + b"\r\n\r\n" + body
