"""The two doors, knocked at by smtplib."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.smtp.doors import open_doors
from mailroom.local.smtp.submission import Credentials, outgoing_from
from mailroom.local.smtp.tls import server_context

BODY = "From: me@mail.example\r\nTo: a@far.example\r\nSubject: s\r\n{more}\r\nhello\r\n"


@dataclass(frozen=True)
class Doors:
    """Ports of the running doors."""

    submission: int
    inbound: int

    def knock(self, port: int, *, tls: bool = True, login: tuple[str, str] | None = None) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", port, "sensor.example", 20)
        if tls:
            client.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made a moment ago
        if login:
            client.login(*login)
        return client


@pytest.fixture
def doors(ses: Ses, tmp_path: Path) -> Iterator[Doors]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    context = server_context(tmp_path)
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def start() -> list[asyncio.Server]:
        return await open_doors(ses, "eu-west-1", context, Credentials("mailroom", "word"), *sockets)

    def run() -> None:
        servers = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=5))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield Doors(*(sock.getsockname()[1] for sock in sockets))
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def receiving(client: Callable[..., Any], region: Region) -> None:
    """in@mail.example is received into the bucket raw, over TLS only."""
    identities.new_identity(region, "mail.example")
    ses = client("ses")
    ses.create_receipt_rule_set(RuleSetName="main")
    ses.set_active_receipt_rule_set(RuleSetName="main")
    action = {"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "in/"}}
    rule = {
        "Name": "r",
        "Enabled": True,
        "TlsPolicy": "Require",
        "Actions": [action],
        "Recipients": ["in@mail.example"],
    }
    ses.create_receipt_rule(RuleSetName="main", Rule=rule)


def stored(cloud: Any) -> list[bytes]:
    return [body for (_, key), body in cloud.objects.items() if not key.endswith("NOTIFICATION")]


def test_inbound_stores_what_it_takes(doors: Doors, receiving: None, cloud: Any) -> None:
    """A message over TLS to a covered address is stored with what SES knows of the session."""
    with doors.knock(doors.inbound) as client:
        client.sendmail("sensor@far.example", ["in@mail.example"], BODY.format(more=""))
    (message,) = stored(cloud)
    assert b"Received: from sensor.example (sensor.example [127.0.0.1])" in message
    assert b"with ESMTPS" in message
    assert message.endswith(b"\r\n\r\nhello\r\n")


@pytest.mark.parametrize(
    ("recipient", "tls", "code"), [("in@mail.example", False, 530), ("no@mail.example", True, 550)]
)
def test_inbound_refuses_at_the_recipient(
    doors: Doors, receiving: None, cloud: Any, recipient: str, tls: bool, code: int
) -> None:
    """Without TLS where it is required, or without a rule, the recipient is refused and nothing is stored."""
    with doors.knock(doors.inbound, tls=tls) as client:
        client.ehlo()
        client.mail("sensor@far.example")
        assert client.rcpt(recipient)[0] == code
    assert stored(cloud) == []


def test_inbound_says_try_again_when_the_bucket_is_closed(doors: Doors, receiving: None, cloud: Any) -> None:
    """A 4xx keeps the message at the sender, with the reason in the reply."""
    cloud.closed.add("raw")
    with doors.knock(doors.inbound) as client, pytest.raises(smtplib.SMTPDataError) as caught:
        client.sendmail("sensor@far.example", ["in@mail.example"], BODY.format(more=""))
    assert caught.value.smtp_code == 451
    assert b"bucket raw" in bytes(caught.value.smtp_error)


def test_inbound_asks_nobody_who_they_are(doors: Doors) -> None:
    """The inbound door offers STARTTLS and no AUTH, like an MX."""
    with doors.knock(doors.inbound, tls=False) as client:
        client.ehlo()
        assert client.has_extn("starttls")
    with doors.knock(doors.inbound) as client:
        client.ehlo()
        assert not client.has_extn("auth")


def test_submission_wants_tls_before_anything(doors: Doors) -> None:
    """No AUTH and no MAIL before STARTTLS."""
    with doors.knock(doors.submission, tls=False) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.mail("me@mail.example")[0] == 530


@pytest.mark.parametrize("login", [("mailroom", "wrong"), ("other", "word")])
def test_submission_knows_its_one_user(doors: Doors, login: tuple[str, str]) -> None:
    """Another name or password is refused."""
    with pytest.raises(smtplib.SMTPAuthenticationError):
        doors.knock(doors.submission, login=login)


def test_submission_wants_to_know_who_sends(doors: Doors) -> None:
    """Without AUTH nothing is taken."""
    with doors.knock(doors.submission) as client:
        client.ehlo()
        assert client.mail("me@mail.example")[0] == 530


@pytest.mark.parametrize("mechanism", ["auth_login", "auth_plain"])
def test_submission_takes_both_kinds_of_login(doors: Doors, region: Region, ses: Ses, mechanism: str) -> None:
    """LOGIN and PLAIN both work; the message is kept with the id that the reply names."""
    identities.new_identity(region, "mail.example")
    with doors.knock(doors.submission) as client:
        client.ehlo()
        client.user, client.password = "mailroom", "word"
        client.auth(mechanism.removeprefix("auth_").upper(), getattr(client, mechanism))
        client.mail("me@mail.example")
        client.rcpt("a@far.example")
        code, words = client.data(BODY.format(more=""))
    (sent,) = ses.mail.listing()
    assert (code, words.decode()) == (250, f"Ok {sent.id}")
    assert sent.via == "smtp"


def test_submission_refuses_senders_that_are_not_verified(doors: Doors, ses: Ses) -> None:
    """554 in SES's words, and nothing is kept."""
    with (
        doors.knock(doors.submission, login=("mailroom", "word")) as client,
        pytest.raises(smtplib.SMTPDataError) as caught,
    ):
        client.sendmail("me@mail.example", ["a@far.example"], BODY.format(more=""))
    assert caught.value.smtp_code == 554
    assert b"Email address is not verified" in bytes(caught.value.smtp_error)
    assert ses.mail.listing() == []


def test_submission_to_ourselves_comes_in(doors: Doors, receiving: None, cloud: Any, ses: Ses) -> None:
    """What is submitted for an address that we receive for is sent, and received."""
    with doors.knock(doors.submission, login=("mailroom", "word")) as client:
        client.sendmail("me@mail.example", ["in@mail.example"], BODY.format(more=""))
    assert len(ses.mail.listing()) == 1
    assert len(stored(cloud)) == 1


def test_submission_reads_ses_s_own_headers_and_takes_them_out() -> None:
    """Configuration set and tags come from headers that no recipient sees."""
    more = "X-SES-CONFIGURATION-SET: inbound\r\nX-SES-MESSAGE-TAGS: a=1,\r\n b=2\r\n"
    message = BODY.format(more=more).encode() + b"X-SES-CONFIGURATION-SET: in the body\r\n"
    outgoing = outgoing_from("me@mail.example", ["a@far.example"], message)
    assert outgoing.configuration_set == "inbound"
    assert outgoing.tags == [("a", "1"), ("b", "2")]
    assert outgoing.message == BODY.format(more="").encode() + b"X-SES-CONFIGURATION-SET: in the body\r\n"


def test_both_doors_say_how_much_they_take(doors: Doors) -> None:
    """SIZE is 40 MB, and a message that says it is larger is refused before it is sent."""
    for port in (doors.submission, doors.inbound):
        with doors.knock(port, login=("mailroom", "word") if port == doors.submission else None) as client:
            client.ehlo()
            assert int(client.esmtp_features["size"]) == 40 * 1024 * 1024
            assert client.mail("me@mail.example", ["size=50000000"])[0] == 552
