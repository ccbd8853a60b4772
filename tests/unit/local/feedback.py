"""Mails that are sent for the sake of what comes back."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mailroom.local.engine.ses import sending
from mailroom.local.engine.ses.sending import Outgoing
from mailroom.local.engine.ses.state import Region

Client = Callable[..., Any]
RAW = (
    b"From: Mailroom <m@mail.example>\r\nTo: a@far.example\r\nSubject: =?utf-8?q?T=C3=A4st?=\r\n"
    b"Message-ID: <own@mail.example>\r\n\r\nbody\r\n"
)
AWS = "simulator.amazonses.com"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:feedback"
IDENTITY = "arn:aws:ses:eu-west-1:000000000000:identity/mail.example"


def send(region: Region, *recipients: str, sender: str = "m@mail.example", **more: Any) -> str:
    return sending.accept(region, Outgoing(sender, list(recipients), RAW, "smtp", **more)).id


def came_back(region: Region) -> list[tuple[tuple[str, ...], EmailMessage]]:
    """The mails that SES wrote itself: to whom, and what."""
    listed = [sent for sent in region.mail.listing() if sent.via == "feedback"]
    return [
        (sent.recipients, message_from_bytes(region.mail.raw(sent.id) or b"", policy=policy.default))
        for sent in listed
    ]


def receive(region: Region, *patterns: str) -> None:
    """A rule of the active set stores what comes in for these."""
    rule = {
        "Name": "r",
        "Enabled": True,
        "TlsPolicy": "Require",
        "ScanEnabled": False,
        "Recipients": list(patterns),
    }
    region.rule_sets["main"] = {"Rules": [{**rule, "Actions": [{"S3Action": {"BucketName": "raw"}}]}]}
    region.active_rule_set = "main"
