"""The sensor's side and the reader's side: send by SMTP, look into the inbox, click a link."""

import hashlib
import json
import re
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from mailroom.demo.mails import SENSOR, Mail
from mailroom.local.cloud import LocalCloud

CLICK_SECONDS = 60


def send(cloud: LocalCloud, receipt_address: str, mail: Mail) -> str:
    """Send a mail to the receipt address by the inbound door, with TLS as the receipt rule demands.

    Answers what SES said on accepting it. Raises smtplib.SMTPException where it did not.
    """
    context = ssl.create_default_context()
    context.check_hostname = False  # the local door's certificate is its own
    context.verify_mode = ssl.CERT_NONE
    door = cloud.inbound
    with smtplib.SMTP(door["host"], door["port"], local_hostname="plant.example") as smtp:
        smtp.starttls(context=context)
        smtp.ehlo()
        smtp.mail(SENSOR)
        smtp.rcpt(receipt_address)
        code, answer = smtp.data(mail.raw)
        if code != 250:
            raise smtplib.SMTPDataError(code, answer)
    return answer.decode()


def inbox(cloud: LocalCloud) -> list[dict[str, Any]]:
    """What was sent, newest last, as `mailroom local inbox --json` lists it."""
    with urllib.request.urlopen(f"{cloud.aws}/_mailroom/inbox.json", timeout=CLICK_SECONDS) as answer:
        return json.load(answer)


def raw(cloud: LocalCloud, message_id: str) -> bytes:
    """A sent message as SES took it."""
    with urllib.request.urlopen(
        f"{cloud.aws}/_mailroom/inbox/{message_id}/raw", timeout=CLICK_SECONDS
    ) as answer:
        return answer.read()


def links(links_url: str, text: str) -> list[str]:
    """The links to attachments in a text, each once, in their order."""
    return list(dict.fromkeys(re.findall(re.escape(links_url.rstrip("/")) + r"/[A-Za-z0-9_-]{43}", text)))


@dataclass(frozen=True)
class Click:
    """What a click brought: the status at the end, the file's name, its SHA-256 and size, or the page."""

    status: int
    disposition: str
    sha256: str
    size: int
    page: str


def click(url: str) -> Click:
    """Open a link as a browser does, redirects followed."""
    try:
        with urllib.request.urlopen(url, timeout=CLICK_SECONDS) as answer:
            content = answer.read()
            headers, status = answer.headers, answer.status
    except urllib.error.HTTPError as refusal:
        content, headers, status = refusal.read(), refusal.headers, refusal.code
    return Click(
        status=status,
        disposition=headers.get("Content-Disposition", ""),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        page=content.decode("utf-8", "replace") if "html" in headers.get("Content-Type", "") else "",
    )
