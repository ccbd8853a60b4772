"""What is sent is signed: by every door, whatever the message, as dkimpy finds by the keys that DNS serves."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailroom.local.engine.protocol.messages import ServiceError
from mailroom.local.engine.ses.sending import Outgoing, accept
from mailroom.local.engine.ses.state import Region, Ses
from tests.unit.local.dns.asking import Asker, signatures, signed_names, unstamped

BOTH = {"mail.example": True, "amazonses.com": True}
HEAD = b"From: Mailroom <m@mail.example>\r\nTo: a@far.example\r\nSubject: s\r\n"


def sent(region: Region, message: bytes, sender: str = "m@mail.example", **more: Any) -> bytes:
    """A message as it left, taken by the engine as a raw send of v2 is."""
    found = accept(region, Outgoing(sender, ["a@far.example"], message, "api-v2", **more))
    return region.mail.raw(found.id) or b""


def by_v1(client: Any, raw: bytes) -> None:
    client("ses").send_raw_email(RawMessage={"Data": raw})


def by_v1_simple(client: Any, raw: bytes) -> None:
    client("ses").send_email(
        Source="m@mail.example",
        Destination={"ToAddresses": ["a@far.example"]},
        Message={"Subject": {"Data": "ü"}, "Body": {"Html": {"Data": "<p>ü</p>"}}},
    )


def by_v2(client: Any, raw: bytes) -> None:
    client("sesv2").send_email(Content={"Raw": {"Data": raw}})


def by_v2_simple(client: Any, raw: bytes) -> None:
    client("sesv2").send_email(
        FromEmailAddress="Grüße <m@mail.example>",
        Destination={"ToAddresses": ["a@far.example"]},
        Content={
            "Simple": {
                "Subject": {"Data": "ü" * 100},
                "Body": {"Text": {"Data": "ü\n" * 500}, "Html": {"Data": "<p>ü</p>"}},
                "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://mail.example/u>"}],
                "Attachments": [{"RawContent": bytes(range(256)) * 40, "FileName": "a.bin"}],
            }
        },
    )


@pytest.mark.parametrize("send", [by_v1, by_v1_simple, by_v2, by_v2_simple])
def test_both_signatures_of_an_api_send_hold(
    asker: Asker, domain: Region, ses: Ses, client: Callable[..., Any], send: Callable[[Any, bytes], None]
) -> None:
    """By either API, from parts or raw: the sender's domain signs first, then SES, and both hold."""
    send(client, HEAD + b"\r\nhello\r\n")
    (listed,) = ses.mail.listing()
    message = ses.mail.raw(listed.id) or b""
    assert [signature["d"] for signature in signatures(message)] == ["mail.example", "amazonses.com"]
    assert asker.verified(message) == BOTH


def test_both_signatures_of_a_submitted_message_hold(
    asker: Asker, domain: Region, doors: Any, ses: Ses
) -> None:
    """By SMTP too, dots and all."""
    with doors.knock(doors.submission, login=("mailroom", "word")) as session:
        session.sendmail("m@mail.example", ["a@far.example"], HEAD + b"\r\n.\r\n..hello\r\n\r\n")
    (listed,) = ses.mail.listing()
    message = ses.mail.raw(listed.id) or b""
    assert unstamped(message) == HEAD + b"\r\n.\r\n..hello\r\n\r\n"
    assert asker.verified(message) == BOTH


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\r\n", b"\r\n\r\n\r\n", b"x", b"x\r\n", b"x\r\n\r\n\r\n", b"\r\n\r\nx  \r\n \r\n\r\n", b"a\nb\nc", b"a\rb\r\r",
        b"\xff\xfe\x00\xfc\r\n", b"long" * 240 + b"\r\n", b".\r\n..\r\n", b"From here\r\n", b"\t \r\n", b"\n" * 70000, b"a" + b"\r\n" * 70000,
    ],
)  # fmt: skip
def test_any_body_holds(asker: Asker, domain: Region, body: bytes) -> None:
    """Empty bodies, empty lines at the end, eight bits, long lines and every kind of line end."""
    assert asker.verified(sent(domain, HEAD + b"\r\n" + body)) == BOTH


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        HEAD.replace(b"\r\n", b"\n"),
        HEAD.replace(b"\r\n", b"\r"),
        HEAD + b"References: <a@b>\r\n\t<c@d>\r\n   <e@f>  \r\n \r\n",
        HEAD + b"Reply-To:\r\n \t a@b.example \t\r\n",
        HEAD + b"reply-TO:   a@b.example\r\nList-ID:x\r\n",
        HEAD + b"X-Note: a\r\nX-Note: b\r\nResent-To: one@x\r\nresent-to: two@x\r\nResent-To: three@x\r\n",
        HEAD + b"Cc: \xc3\xbc <u@x>\r\nIn-Reply-To:\r\n",
        b" at the beginning\r\n" + HEAD,
        b"From m@mail.example Tue Nov 24 12:00:00 2026\r\n" + HEAD,
        HEAD + b": no name\r\n of a field\r\nList-Help: <x>\r\n",
        HEAD + b"no header at all\r\nTo: b@x\r\n",
        HEAD + b"".join(b"Resent-To: %d\r\n" % number for number in range(300)),
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\r\nhello\r\n", b""])
def test_any_header_holds(asker: Asker, domain: Region, head: bytes, end: bytes) -> None:
    """Folds, odd spaces, names in any case or twice, and lines that are no header."""
    assert asker.verified(sent(domain, head + end)) == BOTH


# dkimpy strips a form feed and a vertical tab where RFC 6376 means spaces and tabs: such headers are not made here.
_texts = st.text(alphabet=string.printable.strip() + " \t\r\nüß€", max_size=60).map(
    lambda text: text.encode()
)
_names = st.sampled_from(
    [b"To", b"Cc", b"SUBJECT", b"Reply-To", b"List-Unsubscribe", b"List-Unsubscribe-Post", b"References", b"X-Any", b"Bcc", b"Date", b"message-id", b"Content-Type", b"Resent-To"]
)  # fmt: skip
_ends = st.sampled_from([b"\r\n", b"\n", b"\r"])
_heads = st.lists(st.tuples(_names, _texts, _ends), max_size=8).map(
    lambda fields: b"".join(name + b": " + text + end for name, text, end in fields)
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=_heads, end=_ends, body=st.binary(max_size=400))
def test_whatever_is_taken_is_signed_so_that_it_holds(
    asker: Asker, domain: Region, head: bytes, end: bytes, body: bytes
) -> None:
    """No message that SES takes goes out with a signature that fails."""
    try:
        message = sent(domain, b"From: m@mail.example" + end + head + end + body)
    except ServiceError:
        return  # a header twice, or another sender: not taken
    assert asker.verified(message) == BOTH


def test_a_changed_message_does_not_hold(asker: Asker, domain: Region) -> None:
    """One letter of the body fails both; a signed header too; what nobody signed may change."""
    message = sent(domain, HEAD + b"X-Mailer: hand\r\n\r\nhello\r\n")
    assert asker.verified(message.replace(b"hello", b"hallo")) == dict.fromkeys(BOTH, False)
    assert asker.verified(message.replace(b"Subject: s", b"Subject: t")) == dict.fromkeys(BOTH, False)
    assert asker.verified(message.replace(b"X-Mailer: hand", b"X-Mailer: foot")) == BOTH
    only_amazon = message.replace(b":AmazonSES", b":Else")
    assert asker.verified(only_amazon) == {"mail.example": True, "amazonses.com": False}


def test_list_headers_are_signed(asker: Asker, domain: Region) -> None:
    """RFC 8058 demands both unsubscribe headers under a signature; the other list headers are there, too."""
    names = ("Id", "Help", "Unsubscribe", "Unsubscribe-Post", "Subscribe", "Post", "Owner", "Archive")
    listed = b"".join(f"List-{name}: <https://mail.example/{name}>\r\n".encode() for name in names)
    message = sent(domain, HEAD + listed + b"X-Mailer: hand\r\nUser-Agent: hand\r\n\r\nhello\r\n")
    own, amazon = signed_names(message), signed_names(message, 1)
    assert own == ["from", "to", "subject", *(f"list-{name.lower()}" for name in names), "message-id", "date"]
    assert amazon == [*own, "feedback-id"]
    changed = message.replace(b"<https://mail.example/Unsubscribe>", b"<https://evil.example>")
    assert asker.verified(changed) == dict.fromkeys(BOTH, False)


def test_the_text_of_the_sender_is_not_touched(domain: Region) -> None:
    """Beside SES's own fields the message is the one that was given, byte for byte."""
    given = HEAD + b"X-Odd:  a\r\n\t b \r\nMIME-Version: 1.0\r\n\r\n\xff body \r\n\r\n"
    assert unstamped(sent(domain, given)) == given
