"""Who asks: set around a call or an SMTP session, read where a message is taken."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Somebody who sends: the IAM name that events show (SES's tag ses:caller-identity), and the address."""

    name: str = "root"
    source_ip: str = "127.0.0.1"


current: ContextVar[Caller] = ContextVar("caller", default=Caller())  # noqa: B039 - it is frozen
