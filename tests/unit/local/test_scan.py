"""The scan finds what scanners find, in every dress that a mail can put on it."""

from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mailroom.local.engine.scan import EICAR, GTUBE, found, infected


def wrapped(content: bytes, width: int, ending: bytes) -> bytes:
    encoded = base64.b64encode(content)
    return ending.join(encoded[at : at + width] for at in range(0, len(encoded), width))


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize(
    ("width", "ending"), [(76, b"\r\n"), (76, b"\n"), (61, b"\r\n"), (4, b"\r\n \t"), (9999, b"")]
)
def test_base64_hides_nothing(before: int, width: int, ending: bytes) -> None:
    """At any place in the file and with any length of line."""
    for needle, verdict in ((EICAR, (False, True)), (GTUBE, (True, False))):
        body = wrapped(b"x" * before + needle + b"tail", width, ending)
        assert found(b"Content-Transfer-Encoding: base64\r\n\r\n" + body) == verdict
    harmless = wrapped(
        b"x" * before + EICAR.replace(b"EICAR", b"eicar") + GTUBE.replace(b"GTUBE", b"gtube"), width, ending
    )
    assert found(harmless) == (False, False)


def soft(text: bytes, width: int) -> bytes:
    """Quoted-printable with every character encoded and a soft break after each few."""
    coded = [b"=%02X" % byte for byte in text]
    return b"=\r\n".join(b"".join(coded[at : at + width]) for at in range(0, len(coded), width))


@pytest.mark.parametrize(
    "encoded", [soft(GTUBE, 5), soft(GTUBE, 20), quopri.encodestring(b"\xc3\xa9 " * 30 + GTUBE)]
)
def test_quoted_printable_hides_nothing(encoded: bytes) -> None:
    """Encoded characters and soft line breaks in the middle are undone."""
    assert found(b"content-transfer-encoding: Quoted-Printable\r\n\r\n" + encoded) == (True, False)


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64"])
def test_a_mail_as_programs_write_it(encoding: str) -> None:
    """Both strings, in a body and in a file, as Python's own composer encodes them."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "x"
    mail.set_content(f"Hello\n{GTUBE.decode()}\n", cte=encoding)
    mail.add_attachment(b"prefix" + EICAR, maintype="application", subtype="octet-stream", filename="a.bin")
    assert found(mail.as_bytes()) == (True, True)


def test_a_mail_of_40_mb() -> None:
    """The largest mail that SES takes is looked through to its end."""
    body = wrapped(bytes(range(256)) * 117_000, 76, b"\r\n")
    mail = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + body
    assert len(mail) > 40_000_000
    assert found(mail) == (False, False)
    assert found(mail + b"\r\n" + EICAR) == (False, True)


def test_a_file_is_infected_where_it_holds_the_string() -> None:
    """As it is; nothing is decoded in a stored object."""
    assert infected(b"MZ" + EICAR)
    assert not infected(base64.b64encode(EICAR))
