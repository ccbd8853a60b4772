"""What SES tells of a message that it took, through its configuration set, on EventBridge's default bus.

The form is that of "Contents of event data that SES publishes" (SES developer guide) and of the event
reference of EventBridge: source aws.ses, detail-types "Email Sent" and "Email Bounced".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from typing import Any

from .addresses import all_bare, domain_of, identity_for
from .state import Refused, Region
from .store import Sent

log = logging.getLogger(__name__)

DETAIL_TYPES = {"SEND": "Email Sent", "BOUNCE": "Email Bounced"}
MAXIMUM_HEADERS_BYTES = 10_000
"""More than that of headers is left out of an event, and `headersTruncated` is true."""
SUPPRESSED = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your "
    "account. For more information about removing addresses from the suppression list, see the Amazon SES "
    "Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html"
)


def publish(region: Region, sent: Sent, headers: Callable[[], EmailMessage]) -> None:
    """Leave for later what is to be told: a Send event, and a Bounce event for who is suppressed."""
    wanted = _wanted(region, sent.configuration_set)
    if not wanted:
        return
    mail = _mail(region, sent, headers())
    details: list[tuple[str, dict[str, Any]]] = [("SEND", {"eventType": "Send", "mail": mail, "send": {}})]
    if sent.suppressed:
        details.append(("BOUNCE", {"eventType": "Bounce", "mail": mail, "bounce": _bounce(sent)}))
    resource = region.arn("configuration-set", sent.configuration_set)
    for kind, detail in details:
        if kind in wanted:
            _tell(region, DETAIL_TYPES[kind], resource, detail)


def _tell(region: Region, detail_type: str, resource: str, detail: dict[str, Any]) -> None:
    def tell() -> None:
        try:
            region.cloud.put_event(region.name, detail_type, [resource], detail)
        except Refused as problem:
            log.error("%s of %s was not told: %s", detail_type, detail["mail"]["messageId"], problem)

    region.later(tell)


def _wanted(region: Region, configuration_set: str) -> set[str]:
    """The kinds of events that an enabled destination of a configuration set takes to the default bus."""
    return {
        kind
        for destination in region.event_destinations.get(configuration_set, {}).values()
        if destination["Enabled"] and "EventBridgeDestination" in destination
        for kind in destination["MatchingEventTypes"]
    }


def _mail(region: Region, sent: Sent, headers: EmailMessage) -> dict[str, Any]:
    listed, truncated = _headers(headers)
    identity = identity_for(region, sent.sender) or sent.sender
    return {
        "timestamp": _time(sent.time),
        "source": sent.sender,
        "sourceArn": region.arn("identity", identity),
        "sendingAccountId": region.account_id,
        "messageId": sent.id,
        "destination": list(sent.recipients),
        "headersTruncated": truncated,
        "headers": listed,
        "commonHeaders": dict(_common(headers, sent)),
        "tags": _tags(sent),
    }


def _headers(headers: EmailMessage) -> tuple[list[dict[str, str]], bool]:
    listed: list[dict[str, str]] = []
    size = 0
    for name, value in headers.items():
        size += len(name) + len(str(value))
        if size > MAXIMUM_HEADERS_BYTES:
            return listed, True
        listed.append({"name": name, "value": str(value)})
    return listed, False


def _common(headers: EmailMessage, sent: Sent) -> Iterator[tuple[str, Any]]:
    for header, member in (("From", "from"), ("Reply-To", "replyTo"), ("To", "to"), ("Cc", "cc")):
        values = all_bare([str(value) for value in headers.get_all(header, [])])
        if values:
            yield member, values
    if headers["Date"]:
        yield "date", str(headers["Date"])
    yield "messageId", sent.id
    if headers["Subject"]:
        yield "subject", sent.subject


def _tags(sent: Sent) -> dict[str, list[str]]:
    """SES's own tags and the caller's; each is a list. Here everybody's identity is the account's root."""
    own = {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:configuration-set": [sent.configuration_set],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [domain_of(sent.sender)],
        "ses:caller-identity": ["root"],
    }
    for name, value in sent.tags:
        own.setdefault(name, []).append(value)
    return own


def _bounce(sent: Sent) -> dict[str, Any]:
    return {
        "feedbackId": f"{sent.id}-bounce",
        "bounceType": "Permanent",
        "bounceSubType": "OnAccountSuppressionList",
        "bouncedRecipients": _bounced(sent.suppressed),
        "timestamp": _time(sent.time),
        "reportingMTA": "dns; amazonses.com",
    }


def _bounced(addresses: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"emailAddress": one, "action": "failed", "status": "5.1.1", "diagnosticCode": SUPPRESSED}
        for one in addresses
    ]


def _time(iso: str) -> str:
    """A stored time (UTC, to the millisecond) as events have it."""
    return iso.replace("+00:00", "Z")
