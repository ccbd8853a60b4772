"""The headers that SES puts on top of what it received, as they are found in a stored object."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from .. import scan as scanner

if TYPE_CHECKING:
    from .receiving import Arrival


def verdicts(message: bytes, scan: bool) -> tuple[str, str]:
    """What the scan says of spam and of viruses; DISABLED where the rule does not scan."""
    if not scan:
        return "DISABLED", "DISABLED"
    spam, virus = scanner.found(message)
    return ("FAIL" if spam else "PASS"), ("FAIL" if virus else "PASS")


def stamped(
    arrival: Arrival,
    message_id: str,
    region: str,
    now: datetime,
    *,
    scan: bool,
    added: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The message with SES's headers before its own. Nothing of the message itself is touched."""
    spam, virus = verdicts(arrival.message, scan)
    receipt = base64.b64encode(hashlib.sha512(message_id.encode()).digest()).decode()
    protocol = "ESMTPS" if arrival.tls else "ESMTP"
    lines = [
        f"Return-Path: <{arrival.sender}>",
        f"Received: from {arrival.helo} ({arrival.helo} [{arrival.peer}])\r\n"
        f" by inbound-smtp.{region}.amazonaws.com with {protocol} id {message_id}\r\n"
        f" for {arrival.recipients[0]};\r\n {format_datetime(now)}",
        f"X-SES-Spam-Verdict: {spam}",
        f"X-SES-Virus-Verdict: {virus}",
        f"Received-SPF: none (spfCheck: {arrival.peer} is neither permitted nor denied)"
        f" client-ip={arrival.peer}; envelope-from={arrival.sender}; helo={arrival.helo};",
        "Authentication-Results: amazonses.com;\r\n"
        f" spf=none (spfCheck: no record in the local cloud) client-ip={arrival.peer};\r\n"
        " dkim=none;\r\n dmarc=none;",
        f"X-SES-RECEIPT: {receipt}",
        *(f"{name}: {value}" for name, value in added),
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n" + arrival.message
