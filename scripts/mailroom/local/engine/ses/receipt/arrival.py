"""A mail as it reaches SES, and the two ways in which it may not be taken."""

from __future__ import annotations

from dataclasses import dataclass, replace


class NotNow(Exception):
    """The mail cannot be taken at the moment: the SMTP client is told to try again (4xx)."""


class Rejected(Exception):
    """The mail cannot be taken at all (5xx); the message says why."""


@dataclass(frozen=True)
class Refusal:
    """Why a recipient is refused for good: an SMTP reply."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@dataclass(frozen=True)
class Arrival:
    """A mail as the inbound door got it. `sender` is the envelope's, "" for a bounce; `peer` is an IP
    address."""

    sender: str
    recipients: list[str]
    message: bytes
    peer: str
    helo: str
    tls: bool

    def to(self, recipients: list[str]) -> Arrival:
        """The same mail for some of its recipients."""
        return replace(self, recipients=recipients)
