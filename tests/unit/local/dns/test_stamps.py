"""What SES changes in a message's headers, and whose domain signs it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.sending import Outgoing, accept
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.engine.ses.store import Sent
from tests.unit.local.dns.asking import Asker, signatures

HEAD = b"From: m@mail.example\r\nTo: a@far.example\r\n"


def send(region: Region, head: bytes = HEAD, sender: str = "m@mail.example", **more: Any) -> tuple[Sent, str]:
    """A message's entry, and its headers below the signatures."""
    found = accept(region, Outgoing(sender, ["a@far.example"], head + b"\r\nhello\r\n", "api-v2", **more))
    message = (region.mail.raw(found.id) or b"").decode()
    return found, message[message.index("\r\nFrom:") + 2 : message.index("\r\n\r\n") + 2]


def signers(region: Region, sender: str = "m@mail.example") -> list[str]:
    """The domains that sign a sender's mail."""
    found, _ = send(region, f"From: {sender}\r\n".encode(), sender)
    return [signature["d"] for signature in signatures(region.mail.raw(found.id) or b"")]


@pytest.fixture
def domain(region: Region) -> Region:
    """mail.example may send."""
    identities.new_identity(region, "mail.example")
    return region


def test_ses_adds_its_own_fields_at_the_end(domain: Region) -> None:
    """In the order and form of mail that SES sent: see docs/local.md."""
    found, headers = send(domain)
    account = headers.partition(":1.eu-west-1.")[2].partition(":Amazon")[0]
    assert headers == (
        "From: m@mail.example\r\n"
        "To: a@far.example\r\n"
        f"Message-ID: <{found.id}@eu-west-1.amazonses.com>\r\n"
        "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
        f"Feedback-ID: ::1.eu-west-1.{account}:AmazonSES\r\n"
        "X-SES-Outgoing: 2026.11.24-127.0.0.1\r\n"
    )
    assert len(base64.b64decode(account)) == 32


def test_the_day_of_a_date_has_no_zero_before_it(ses: Ses) -> None:
    """As SES writes it, in UTC."""
    ses.clock = lambda: datetime(2026, 12, 2, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    region = ses.region("eu-west-1")
    identities.new_identity(region, "mail.example")
    assert "Date: Tue, 1 Dec 2026 23:30:00 +0000\r\n" in send(region)[1]


def test_message_id_and_date_are_ses_s_where_the_sender_had_them(domain: Region) -> None:
    """Overridden in place, under the name as it was written."""
    found, headers = send(
        domain, HEAD + b"Message-Id: <mine@x>\r\nX-A: 1\r\ndate: yesterday\r\n at noon\r\nX-B: 2\r\n"
    )
    assert headers.split("\r\n")[2:6] == [
        f"Message-Id: <{found.id}@eu-west-1.amazonses.com>",
        "X-A: 1",
        "date: Tue, 24 Nov 2026 12:00:00 +0000",
        "X-B: 2",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Bcc", "Return-Path", "Feedback-ID", "X-SES-Outgoing", "X-SES-CONFIGURATION-SET", "X-SES-MESSAGE-TAGS",
        "X-SES-SOURCE-ARN", "X-SES-FROM-ARN", "X-SES-RETURN-PATH-ARN", "X-SES-LIST-MANAGEMENT-OPTIONS",
    ],
)  # fmt: skip
def test_what_is_for_ses_alone_is_taken_out(domain: Region, name: str) -> None:
    """No recipient sees it, folded or not, in whatever case."""
    _, headers = send(
        domain, HEAD + f"{name.lower()}: secret\r\n and more secret\r\n{name}-not: kept\r\n".encode()
    )
    assert "secret" not in headers
    assert f"{name}-not: kept" in headers


def test_a_signature_of_the_sender_s_own_stays(domain: Region) -> None:
    """Mail signed by hand is signed by SES as well, and keeps its own signature below."""
    found, headers = send(domain, HEAD + b"DKIM-Signature: v=1; d=hand.example; s=a\r\n")
    assert "DKIM-Signature: v=1; d=hand.example; s=a\r\n" in headers
    listed = [one["d"] for one in signatures(domain.mail.raw(found.id) or b"")]
    assert listed == ["mail.example", "amazonses.com", "hand.example"]


def test_feedback_id_has_two_words_of_the_sender(domain: Region) -> None:
    """By the message tags that SES names for it."""
    _, headers = send(
        domain, tags=[("ses:feedback-id-a", "spring"), ("ses:feedback-id-b", "news"), ("c", "d")]
    )
    assert "Feedback-ID: spring:news:1.eu-west-1." in headers


@pytest.mark.parametrize(
    ("name", "message_id", "envelope"),
    [
        ("eu-west-1", "eu-west-1.amazonses.com", "eu-west-1.amazonses.com"),
        ("us-east-1", "email.amazonses.com", "amazonses.com"),
    ],
)
def test_the_first_region_has_names_of_its_own(ses: Ses, name: str, message_id: str, envelope: str) -> None:
    """us-east-1 is older than Regions: neither Message-ID nor envelope names it."""
    region = ses.region(name)
    identities.new_identity(region, "mail.example")
    found, headers = send(region)
    assert f"<{found.id}@{message_id}>" in headers
    assert found.return_path == f"{found.id}@{envelope}"


def test_the_envelope_is_below_a_custom_mail_from(domain: Region, client: Callable[..., Any]) -> None:
    """Where the identity has a MAIL FROM domain receivers see it, for every sender below that identity."""
    client("sesv2").put_email_identity_mail_from_attributes(
        EmailIdentity="mail.example", MailFromDomain="bounce.mail.example"
    )
    found, headers = send(domain, b"From: x@below.mail.example\r\n", "x@below.mail.example")
    assert found.return_path == f"{found.id}@bounce.mail.example"
    assert f"{found.id}@eu-west-1.amazonses.com" in headers  # the Message-ID stays SES's


def test_the_identity_s_domain_signs_for_what_is_below_it(region: Region) -> None:
    """The nearest identity: the domain itself, else one above."""
    identities.new_identity(region, "Mail.Example")
    assert signers(region, "a@deep.below.mail.example") == ["mail.example", "amazonses.com"]
    identities.new_identity(region, "below.mail.example")
    assert signers(region, "a@deep.below.mail.example") == ["below.mail.example", "amazonses.com"]


def test_the_author_decides_not_the_envelope(region: Region) -> None:
    """DMARC goes by From, and so does DKIM."""
    for name in ("mail.example", "else.example"):
        identities.new_identity(region, name)
    found, _ = send(region, b"From: Me <a@else.example>\r\n", "m@mail.example")
    assert signatures(region.mail.raw(found.id) or b"")[0]["d"] == "else.example"


def test_an_address_is_signed_with_its_domain_s_keys(region: Region, client: Callable[..., Any]) -> None:
    """An address alone has none; with its domain it has the domain's, unless they are put off for the address."""
    sesv2 = client("sesv2")
    sesv2.create_email_identity(EmailIdentity="m@mail.example")
    assert sesv2.get_email_identity(EmailIdentity="m@mail.example")["DkimAttributes"] == {
        "SigningEnabled": False, "Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES",
    }  # fmt: skip
    assert signers(region) == ["amazonses.com"]
    tokens = sesv2.create_email_identity(EmailIdentity="mail.example")["DkimAttributes"]["Tokens"]
    inherited = sesv2.get_email_identity(EmailIdentity="m@mail.example")["DkimAttributes"]
    assert (inherited["SigningEnabled"], inherited["Status"], inherited["Tokens"]) == (
        True,
        "SUCCESS",
        tokens,
    )
    assert client("ses").get_identity_dkim_attributes(Identities=["m@mail.example"])["DkimAttributes"] == {
        "m@mail.example": {"DkimEnabled": True, "DkimVerificationStatus": "Success", "DkimTokens": tokens}
    }
    assert signers(region) == ["mail.example", "amazonses.com"]
    sesv2.put_email_identity_dkim_attributes(EmailIdentity="m@mail.example", SigningEnabled=False)
    assert signers(region) == ["amazonses.com"]
    assert signers(region, "other@mail.example") == ["mail.example", "amazonses.com"]


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_domain_that_is_switched_off_does_not_sign(
    domain: Region, client: Callable[..., Any], api: str
) -> None:
    """By either API; SES itself signs all the same."""
    if api == "v1":
        client("ses").set_identity_dkim_enabled(Identity="mail.example", DkimEnabled=False)
    else:
        client("sesv2").put_email_identity_dkim_attributes(EmailIdentity="mail.example", SigningEnabled=False)
    assert signers(domain) == ["amazonses.com"]


@pytest.mark.parametrize(("length", "size"), [("RSA_1024_BIT", 128), ("RSA_2048_BIT", 256)])
def test_the_length_of_ses_s_keys_can_be_chosen(
    asker: Asker, region: Region, client: Callable[..., Any], length: str, size: int
) -> None:
    """At the beginning and later; what is signed holds either way."""
    sesv2 = client("sesv2")
    sesv2.create_email_identity(
        EmailIdentity="mail.example", DkimSigningAttributes={"NextSigningKeyLength": length}
    )
    for _ in range(2):
        found, _ = send(region)
        message = region.mail.raw(found.id) or b""
        assert len(base64.b64decode(signatures(message)[0]["b"])) == size
        assert asker.verified(message) == {"mail.example": True, "amazonses.com": True}
        answer = sesv2.put_email_identity_dkim_signing_attributes(
            EmailIdentity="mail.example",
            SigningAttributesOrigin="AWS_SES",
            SigningAttributes={"NextSigningKeyLength": length},
        )
        assert answer["SigningHostedZone"] == "dkim.amazonses.com"


def private(key: Any, form: str = "PKCS8") -> str:
    """A private key as BYODKIM takes it."""
    raw = key.private_bytes(
        serialization.Encoding.DER,
        getattr(serialization.PrivateFormat, form),
        serialization.NoEncryption(),
    )
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
def test_a_key_of_one_s_own_signs(
    asker: Asker, region: Region, client: Callable[..., Any], form: str
) -> None:
    """BYODKIM: the selector and the key that were given, in both forms of DER; the key is in no answer; SES's
    own keys come back when they are wanted again."""
    sesv2, key = client("sesv2"), rsa.generate_private_key(65537, 1536)  # noqa: S505 - AWS takes it
    text = private(key, form)
    own = {"DomainSigningSelector": "hand1", "DomainSigningPrivateKey": text}
    made = sesv2.create_email_identity(EmailIdentity="mail.example", DkimSigningAttributes=own)
    assert made["DkimAttributes"] == {
        "SigningEnabled": True, "Status": "SUCCESS", "Tokens": ["hand1"], "SigningAttributesOrigin": "EXTERNAL",
    }  # fmt: skip
    found, _ = send(region)
    message = region.mail.raw(found.id) or b""
    assert signatures(message)[0]["s"] == "hand1"
    assert asker.verified(message) == {"mail.example": True, "amazonses.com": True}
    assert text not in str(sesv2.get_email_identity(EmailIdentity="mail.example"))
    sesv2.put_email_identity_dkim_signing_attributes(
        EmailIdentity="mail.example", SigningAttributesOrigin="AWS_SES"
    )
    found, _ = send(region)
    assert signatures(region.mail.raw(found.id) or b"")[0]["s"] != "hand1"
    assert asker.verified(region.mail.raw(found.id) or b"")["mail.example"]
    sesv2.put_email_identity_dkim_signing_attributes(
        EmailIdentity="mail.example", SigningAttributesOrigin="EXTERNAL", SigningAttributes=own
    )
    sesv2.delete_email_identity(EmailIdentity="mail.example")
    assert not region.private_keys


GOOD = private(rsa.generate_private_key(65537, 1024))  # noqa: S505 - AWS takes it
PEM = base64.b64encode(
    b"-----BEGIN PRIVATE KEY-----\n" + GOOD.encode() + b"\n-----END PRIVATE KEY-----\n"
).decode()


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": "bm8ga2V5"}, "must be an RSA key"),
        ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": "odd"}, "must be an RSA key"),
        ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": PEM}, "first and last line"),
        ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": private(ec.generate_private_key(ec.SECP256R1()))}, "RSA"),
        ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": private(rsa.generate_private_key(65537, 3072))}, "1024 to 2048"),
        ({"DomainSigningSelector": "s"}, "must both be given"),
        ({"DomainSigningPrivateKey": GOOD}, "must both be given"),
        ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": GOOD, "NextSigningKeyLength": "RSA_2048_BIT"}, "Easy DKIM"),
    ],
)  # fmt: skip
def test_a_key_that_is_none_is_refused(client: Callable[..., Any], own: dict[str, str], words: str) -> None:
    """Nothing is created with it, and nothing is changed."""
    sesv2 = client("sesv2")
    with pytest.raises(ClientError, match=words) as caught:
        sesv2.create_email_identity(EmailIdentity="mail.example", DkimSigningAttributes=own)
    assert caught.value.response["Error"]["Code"] == "BadRequestException"
    assert own.get("DomainSigningPrivateKey", "-----") not in str(caught.value)
    assert not sesv2.list_email_identities()["EmailIdentities"]
    before = sesv2.create_email_identity(EmailIdentity="mail.example")["DkimAttributes"]
    with pytest.raises(ClientError):
        sesv2.put_email_identity_dkim_signing_attributes(
            EmailIdentity="mail.example", SigningAttributesOrigin="EXTERNAL", SigningAttributes=own
        )
    assert sesv2.get_email_identity(EmailIdentity="mail.example")["DkimAttributes"] == before


@pytest.mark.parametrize(
    ("name", "zone"), [("eu-west-1", "dkim.amazonses.com"), ("eu-south-1", "dkim.eu-south-1.amazonses.com")]
)
def test_some_regions_have_a_zone_of_their_own(asker: Asker, ses: Ses, name: str, zone: str) -> None:
    """The records lead to where SES says that the keys are."""
    region = ses.region(name)
    record = identities.new_identity(region, "mail.example")["DkimAttributes"]
    token = record["Tokens"][0]
    assert record["SigningHostedZone"] == zone
    assert asker.texts(f"{token}._domainkey.mail.example", "CNAME") == [f"{token}.{zone}."]
    found, _ = send(region)
    assert asker.verified(region.mail.raw(found.id) or b"")["mail.example"]
