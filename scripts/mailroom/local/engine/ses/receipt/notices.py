"""What SES tells of a received mail: the `mail` and `receipt` objects of its notifications and Lambda events.

Source: SES developer guide, "Contents of notifications for Amazon SES email receiving", its examples, and
"Sample incoming email event".
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import getaddresses, quote
from typing import Any

from ..compose import headers_of
from ..events.outcomes import stamp
from ..header_text import decoded, unfolded
from ..state import Refused
from .mail import Run

log = logging.getLogger(__name__)

SUBJECT = "Amazon SES Email Receipt Notification"
MAXIMUM_HEADERS_BYTES = 10 * 1024
"""More than that of headers is left out, and `headersTruncated` is true."""
LISTS = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Bcc", "bcc"), ("Reply-To", "replyTo"))
_SPECIAL = re.compile(r'[][()<>@,:;".\\]')


def notice(run: Run, action: dict[str, Any], content: str | None = None) -> dict[str, Any]:
    """A notification; with the mail itself for an SNS action only."""
    told = {"notificationType": "Received", **told_of(run, action)}
    return told if content is None else {**told, "content": content}


def tell(run: Run, topic: str | None, action: dict[str, Any], role_arn: str = "") -> None:
    """Leave for later the notification that an action with a topic sends when it was done."""
    if not topic:
        return
    text = as_text(notice(run, {"type": action["type"], "topicArn": topic, **action}))

    def publish() -> None:
        try:
            run.region.cloud.publish(run.region.name, run.source_arn, topic, SUBJECT, text, role_arn=role_arn)
        except Refused as problem:
            log.error("rule %s could not tell %s: %s", run.rule["Name"], topic, problem)

    run.region.later(publish)


def as_text(told: dict[str, Any]) -> str:
    """A notification as SNS carries it."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def told_of(run: Run, action: dict[str, Any]) -> dict[str, Any]:
    """The `mail` and the `receipt` object. `action` is the latter's member of that name."""
    return {"mail": _mail(run), "receipt": _receipt(run, action)}


def _mail(run: Run) -> dict[str, Any]:
    mail = run.mail
    head = headers_of(run.head() + mail.arrival.message)
    listed, truncated = _headers(head)
    return {
        "timestamp": stamp(mail.time),
        "source": mail.arrival.sender,
        "messageId": mail.id,
        "destination": [one for _, one in getaddresses(_texts(head, "To", "Cc", "Bcc")) if "@" in one],
        "headersTruncated": truncated,
        "headers": listed,
        "commonHeaders": dict(_common(head)),
    }


def _headers(head: EmailMessage) -> tuple[list[dict[str, str]], bool]:
    listed: list[dict[str, str]] = []
    size = 0
    for name, value in head.items():
        text = unfolded(str(value))
        size += len(name) + len(text)
        if size > MAXIMUM_HEADERS_BYTES:
            return listed, True
        listed.append({"name": name, "value": text})
    return listed, False


def _common(head: EmailMessage) -> Iterator[tuple[str, Any]]:
    yield "returnPath", str(head["Return-Path"]).strip("<>")
    for header, member in LISTS:
        if shown := [_shown(*one) for one in getaddresses(_texts(head, header)) if one[1]]:
            yield member, shown
    for header, member in (
        ("Sender", "sender"),
        ("Date", "date"),
        ("Message-ID", "messageId"),
        ("Subject", "subject"),
    ):
        if head[header] is not None:
            yield member, decoded(unfolded(str(head[header])))


def _texts(head: EmailMessage, *names: str) -> list[str]:
    return [unfolded(str(value)) for name in names for value in head.get_all(name, [])]


def _shown(name: str, address: str) -> str:
    """An address with its name, in quotes where it needs them, as the examples have it."""
    name = decoded(name)
    if not name:
        return address
    return f'"{quote(name)}" <{address}>' if _SPECIAL.search(name) else f"{name} <{address}>"


def _receipt(run: Run, action: dict[str, Any]) -> dict[str, Any]:
    now = run.region.clock()
    found = run.verdicts
    receipt: dict[str, Any] = {
        "timestamp": stamp(now),
        "processingTimeMillis": int((now - run.mail.time).total_seconds() * 1000),
        "recipients": list(run.recipients),
    }
    for name in ("spam", "virus", "spf", "dkim", "dmarc"):
        receipt[f"{name}Verdict"] = {"status": getattr(found, name)}
    if found.dmarc == "FAIL":
        receipt["dmarcPolicy"] = found.dmarc_policy
    return {**receipt, "action": action}
