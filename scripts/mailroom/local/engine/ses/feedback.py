"""Feedback by mail: bounces, complaints and automatic answers come to who sent the message.

Source: "Receiving Amazon SES notifications through email" (SES developer guide).
"""

from __future__ import annotations

from collections.abc import Sequence

from . import inward, report_mail, reports
from .addresses import bare
from .compose import headers_of
from .events.destinations import CARRY_FEEDBACK, taking
from .events.mail import Told
from .events.outcomes import Bounce, Complaint, Outcome
from .events.publishing import Published
from .events.topics import TYPES

VIA = "feedback"
"""How a mail that SES wrote itself came about, as the inbox lists it (`via`)."""


def return_address(*named: str, raw: bytes = b"") -> str:
    """Where bounces and complaints of a call of the API go by mail: the first address that the call names,
    else the Return-Path header of a raw message, else "", which is the sender ("Email feedback forwarding
    destination")."""
    found = [bare(one) for one in named]
    if raw:
        found.append(bare(str(headers_of(raw).get("Return-Path", ""))))
    return next(filter(None, found), "")


def forward(
    told: Told, outcome: Outcome, recipients: Sequence[str], published: Published, message: bytes
) -> None:
    """Write to the sender what came back, if that is wanted; and always, that a topic could not be told."""
    to = told.sent.feedback_to or told.sent.sender
    moment = published.moment
    if published.lost_topic:
        kind = TYPES[outcome.kind]
        lost = reports.topic_lost(to, published.lost_topic, kind, told.identity, moment)
        _post(told, report_mail.daemon(told.region.name), to, lost)
    if not wanted(told, outcome.kind):
        return
    headers = headers_of(message) if message else told.headers
    if isinstance(outcome, Bounce) and outcome.answer:
        for one in recipients:
            _post(told, one, to, reports.answered(to, one, moment, headers))
    elif isinstance(outcome, Bounce):
        report = reports.bounced(to, outcome, recipients, moment, headers)
        _post(told, report_mail.daemon(told.region.name), to, report)
    elif isinstance(outcome, Complaint) and outcome.sub_type is None:
        _post(told, reports.COMPLAINTS, to, reports.complained(to, outcome, recipients, moment, headers))


def wanted(told: Told, kind: str) -> bool:
    """Whether bounces or complaints of a message come by mail: where the identity's forwarding is on, and
    where nobody else would be told of them, forwarding or not."""
    if kind not in ("BOUNCE", "COMPLAINT"):
        return False
    region = told.region
    if region.identities.get(told.identity, {}).get("FeedbackForwardingStatus", True):
        return True
    if region.notifications.get(told.identity, {}).get(TYPES[kind]):
        return False
    return not any(CARRY_FEEDBACK & destination.keys() for destination in taking(told, kind).values())


def _post(told: Told, sender: str, to: str, message: bytes) -> None:
    """Keep a mail that SES wrote, and bring it in where it is for ourselves, with an empty return path."""
    report_mail.keep(told.region, sender, to, VIA, message)
    if inward.comes_in(told.region, to):
        inward.bring_in(told.region, "", [to], message)
