"""What came in of late: SendBounce answers a mail for 24 hours (API reference v1, SendBounce)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .mail import Mail

KEPT = timedelta(hours=24)
MAXIMUM_HEAD = 256 * 1024
"""Bytes of a mail's headers that are kept; a mail may be nothing but headers, 40 MB of them."""


class Received:
    """Mails by SES's id, of their messages the headers only. Safe between threads."""

    def __init__(self) -> None:
        self._mails: dict[str, Mail] = {}
        self._lock = threading.Lock()

    def keep(self, mail: Mail) -> None:
        """Remember a mail, and forget those that are too old."""
        head = mail.arrival.message[:MAXIMUM_HEAD].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        with self._lock:
            while self._mails and (oldest := next(iter(self._mails.values()))).time <= mail.time - KEPT:
                del self._mails[oldest.id]
            self._mails[mail.id] = replace(mail, arrival=replace(mail.arrival, message=head))

    def find(self, mail_id: str, now: datetime) -> Mail | None:
        """A mail of the last 24 hours."""
        with self._lock:
            mail = self._mails.get(mail_id)
        return mail if mail and mail.time > now - KEPT else None
