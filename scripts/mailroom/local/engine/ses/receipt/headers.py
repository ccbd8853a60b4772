"""The headers that SES puts above what it received, as they are found in stored objects of SES.

Form and order: "Concepts: email-receiving authentication and malware scanning" and the sample event of the
Lambda action; what these leave open is as in objects that people have published. The words about SPF are
those of Apache jSPF, which SES shows in them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime, getaddresses

from ..addresses import domain_of
from ..compose import headers_of
from . import signature
from .arrival import Arrival
from .verdicts import Verdicts

RESULTS = {"PASS": "pass", "FAIL": "fail", "GRAY": "none", "PROCESSING_FAILED": "temperror"}
SPF_COMMENTS = {
    "PASS": "domain of {domain} designates {ip} as permitted sender",
    "FAIL": "domain of {domain} does not designate {ip} as permitted sender",
    "GRAY": "{ip} is neither permitted nor denied by domain of {domain}",
    "PROCESSING_FAILED": "Error in retrieving data from DNS",
}


def above(arrival: Arrival, message_id: str, time: datetime, region: str, verdicts: Verdicts) -> bytes:
    """SES's headers for a mail, each with its line end."""
    head = lines(
        f"Return-Path: <{arrival.sender}>",
        f"Received: from {arrival.helo} ({arrival.helo} [{arrival.peer}])\r\n"
        f" by inbound-smtp.{region}.amazonaws.com with SMTP id {message_id}\r\n"
        f" for {arrival.recipients[0]};\r\n {format_datetime(time)} (UTC)",
        *_scanned(verdicts),
        *_authenticated(arrival, verdicts),
        f"X-SES-RECEIPT: {_receipt(message_id)}",
    )
    return head + lines(f"X-SES-DKIM-SIGNATURE: {signature.of(head, arrival.message, time, region)}")


def lines(*headers: str) -> bytes:
    """Headers as they stand in a mail."""
    return "".join(f"{one}\r\n" for one in headers).encode("utf-8", "surrogateescape")


def _scanned(verdicts: Verdicts) -> Iterator[str]:
    """Left out where nothing was scanned, as in objects of rules without scanning."""
    for name, status in (("Spam", verdicts.spam), ("Virus", verdicts.virus)):
        if status != "DISABLED":
            yield f"X-SES-{name}-Verdict: {status}"


def _authenticated(arrival: Arrival, verdicts: Verdicts) -> Iterator[str]:
    sender = arrival.sender or f"postmaster@{arrival.helo}"
    comment = SPF_COMMENTS[verdicts.spf].format(domain=domain_of(sender), ip=arrival.peer)
    spf = (
        f"{RESULTS[verdicts.spf]} (spfCheck: {comment})"
        f" client-ip={arrival.peer}; envelope-from={sender}; helo={arrival.helo};"
    )
    yield f"Received-SPF: {spf}"
    results = [f"spf={spf}"]
    domain = from_domain(arrival.message)
    if verdicts.dkim != "GRAY":  # a mail that nobody signed has no line
        results.append(f"dkim={RESULTS[verdicts.dkim]}{domain and f' header.i=@{domain}'};")
    results.append(f"dmarc={RESULTS[verdicts.dmarc]}{domain and f' header.from={domain}'};")
    yield "Authentication-Results: amazonses.com;\r\n " + "\r\n ".join(results)


def from_domain(message: bytes) -> str:
    """The domain of the From header; "" where there is none."""
    named = getaddresses([str(value) for value in headers_of(message).get_all("From", [])])
    return domain_of(named[0][1]) if named and "@" in named[0][1] else ""


def _receipt(message_id: str) -> str:
    """SES's own proof that it received this mail: base64 in base64, of which only SES knows the inside."""
    inside = bytes(7) + b"\x01" + hashlib.shake_256(message_id.encode()).digest(181)
    return base64.b64encode(b"\0" + base64.b64encode(inside)).decode()
