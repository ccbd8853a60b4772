"""What is tried at the submission door: smuggling, injection, leaving in the middle."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator

import pytest

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region, Ses
from tests.unit.local.conftest import Doors

MESSAGE = "From: me@mail.example\r\n\r\nhello\r\n"
ENVELOPE = ("me@mail.example", "a@far.example")
LOGIN = ("mailroom", "word")


@pytest.fixture
def session(doors: Doors, region: Region) -> Iterator[smtplib.SMTP]:
    """Somebody who has logged in; mail.example may send."""
    identities.new_identity(region, "mail.example")
    with doors.knock(doors.submission, login=LOGIN) as client:
        yield client


def begin(session: smtplib.SMTP) -> None:
    """Go as far as DATA."""
    session.mail(ENVELOPE[0])
    session.rcpt(ENVELOPE[1])
    assert session.docmd("DATA")[0] == 354


@pytest.mark.parametrize("end", ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\r\n\0.\r\n"])
def test_only_crlf_dot_crlf_ends_a_message(session: smtplib.SMTP, ses: Ses, end: str) -> None:
    """SMTP smuggling: what another server might take for the end is part of the message, and so is what follows."""
    smuggled = f"{end}MAIL FROM:<evil@mail.example>\r\nRCPT TO:<b@far.example>\r\nDATA\r\nFrom: evil@mail.example\r\n\r\nx"
    begin(session)
    session.send((MESSAGE + smuggled + "\r\n.\r\n").encode())
    assert session.getreply()[0] == 250
    (sent,) = ses.mail.listing()
    assert b"evil@mail.example" in (ses.mail.raw(sent.id) or b"")


def test_what_was_said_before_tls_is_forgotten(doors: Doors) -> None:
    """Commands that were put behind STARTTLS in the clear are thrown away (RFC 3207, section 4.2)."""
    with socket.create_connection(("127.0.0.1", doors.submission), 20) as plain:
        said = plain.makefile("rb")
        plain.sendall(b"EHLO x\r\n")
        while said.readline() != b"250 Ok\r\n":
            pass
        plain.sendall(b"STARTTLS\r\nNOOP\r\n")
        assert said.readline() == b"220 Ready to start TLS\r\n"
        context = ssl._create_unverified_context()  # noqa: S323 - its certificate was made a moment ago
        with context.wrap_socket(plain) as wrapped:
            wrapped.sendall(b"QUIT\r\n")
            assert wrapped.recv(1000) == b"221 Bye\r\n"


@pytest.mark.parametrize(
    "last", ["From: me@mail.example\r\n\r\nhalf a mess", "From: me@mail.example\r\n\r\nx\r\n."]
)
def test_a_client_that_leaves_in_the_middle(doors: Doors, session: smtplib.SMTP, ses: Ses, last: str) -> None:
    """What had no end is not kept."""
    begin(session)
    session.send(last.encode())
    session.close()
    with doors.knock(doors.submission, login=LOGIN) as other:  # the door goes on
        other.sendmail(*ENVELOPE, MESSAGE)
    assert len(ses.mail.listing()) == 1
