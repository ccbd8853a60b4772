"""One mail on its way through the rules, and one rule at work on it."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ..state import Region
from . import headers
from .arrival import Arrival
from .verdicts import Verdicts, judged


def new_id() -> str:
    """An id in the form that SES gives to received mail: 40 characters of base32 (0-9, a-v), of which the
    last byte is 1, as in every stored object that was looked at."""
    return base64.b32hexencode(secrets.token_bytes(24) + b"\x01").decode().lower()


@dataclass(frozen=True)
class Mail:
    """A mail that SES took, with its id and what SES thinks of it. `time` is when it came."""

    arrival: Arrival
    id: str
    time: datetime
    verdicts: Verdicts

    @classmethod
    def taken(cls, arrival: Arrival, time: datetime) -> Mail:
        """A mail as it comes in. Raises Rejected (see verdicts.judged)."""
        verdicts, message = judged(arrival.message)
        return cls(replace(arrival, message=message), new_id(), time, verdicts)


@dataclass
class Run:
    """A rule at work on a mail, for those recipients that it covers. `added` are the headers that its actions
    have put on so far."""

    region: Region
    rule_set: str
    rule: dict[str, Any]
    mail: Mail
    recipients: list[str]
    added: list[tuple[str, str]] = field(default_factory=list)

    @property
    def source_arn(self) -> str:
        """On whose behalf SES acts: the rule."""
        return self.region.rule_arn(self.rule_set, self.rule["Name"])

    @property
    def verdicts(self) -> Verdicts:
        """What this rule is told: nothing of spam and viruses where it does not scan."""
        return self.mail.verdicts if self.rule["ScanEnabled"] else self.mail.verdicts.unscanned()

    @cached_property
    def _ses_headers(self) -> bytes:
        arrival = self.mail.arrival.to(self.recipients)
        return headers.above(arrival, self.mail.id, self.mail.time, self.region.name, self.verdicts)

    def head(self) -> bytes:
        """The headers that SES and this rule have put above the mail so far."""
        return self._ses_headers + headers.lines(*(f"{name}: {value}" for name, value in self.added))

    def whole(self) -> bytes:
        """The mail as the actions of this rule pass it on. Nothing of the mail itself is touched."""
        return self.head() + self.mail.arrival.message
