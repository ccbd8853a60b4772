"""The inbox page of a real local cloud: what is sent by API and SMTP is there at once, for people and for programs."""

from __future__ import annotations

import json
import smtplib
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage
from typing import Any

import pytest


def test_what_is_sent_appears(chromium: Any, own: Any, hands: Any) -> None:
    """By API and by SMTP, while the page is open, without a reload."""
    chromium.get(own.inbox)
    subjects = "return [...document.querySelectorAll('.subject')].map(one => one.textContent)"
    before = chromium.execute_script(subjects)
    ses = hands.client("sesv2")
    ses.create_email_identity(EmailIdentity="mail.example")
    body = {"Text": {"Data": "World"}, "Html": {"Data": "<p>World<script>document.title='ran'</script>"}}
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": body}}
    sent = ses.send_email(
        FromEmailAddress="hello@mail.example",
        Destination={"ToAddresses": ["you@far.example"]},
        Content=content,
    )["MessageId"]
    message = EmailMessage()
    message["From"] = "hello@mail.example"
    message["To"] = "me@far.example"
    message["Subject"] = "By SMTP"
    message.set_content("Hello.")
    with smtplib.SMTP(own.submission["host"], own.submission["port"], timeout=20) as door:
        door.starttls(context=ssl._create_unverified_context())  # noqa: S323 - a certificate of this cloud's own
        door.login(own.submission["username"], own.submission["password"])
        door.send_message(message)
    hands.until(lambda: chromium.execute_script(subjects) == ["By SMTP", "Hello", *before])
    chromium.get(f"{own.inbox}/{sent}")
    assert chromium.title == "Hello · Mailroom"
    chromium.switch_to.frame(0)
    assert chromium.execute_script("return document.body.innerText") == "World"
    chromium.switch_to.default_content()


def test_programs_read_the_same(own: Any, hands: Any) -> None:
    """The command, with events; the JSON, searched; nobody under another name of this machine."""
    ses = hands.client("sesv2")
    ses.create_email_identity(EmailIdentity="other.example")
    content = {"Simple": {"Subject": {"Data": "For programs"}, "Body": {"Text": {"Data": "x"}}}}
    sent = ses.send_email(
        FromEmailAddress="a@other.example", Destination={"ToAddresses": ["b@far.example"]}, Content=content
    )["MessageId"]
    with urllib.request.urlopen(f"{own.inbox}.json?q=subject%3Aprograms", timeout=10) as answer:
        assert [entry["id"] for entry in json.load(answer)] == [sent]
    command = [sys.executable, "-m", "mailroom.local", "inbox", sent, "--json", "--name", own.name]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert shown["subject"] == "For programs"
    with urllib.request.urlopen(f"{own.inbox}/{sent}/events.json", timeout=10) as answer:
        assert shown["events"] == json.load(answer)
    request = urllib.request.Request(own.inbox, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="421"):
        urllib.request.urlopen(request, timeout=10)
