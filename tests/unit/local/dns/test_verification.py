"""With `--checks-dns` a domain is verified when its records are in Route 53, as in AWS."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailroom.local.dns.world import verify
from mailroom.local.engine.records import Record, quoted
from mailroom.local.engine.ses import dkim
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.engine.ses.store import MailStore
from tests.unit.local.dns.asking import Asker, signatures

NAME = "mail.example"


@pytest.fixture
def ses(tmp_path: Path, cloud: Any) -> Ses:
    return Ses("000000000000", MailStore(tmp_path / "mail"), cloud, checks_dns=True)


@pytest.fixture
def sesv2(client: Callable[..., Any]) -> Any:
    return client("sesv2")


def look(ses: Ses, zones: list[Record]) -> None:
    """What the cloud does once a second."""
    verify(ses, lambda: zones)


def send(sesv2: Any) -> None:
    message = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
    to = {"ToAddresses": ["a@far.example"]}
    sesv2.send_email(FromEmailAddress=f"m@{NAME}", Destination=to, Content={"Simple": message})


def private(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """DkimSigningAttributes of a key of one's own."""
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"DomainSigningSelector": "hand", "DomainSigningPrivateKey": base64.b64encode(der).decode()}


def test_a_domain_waits_for_its_three_records(
    ses: Ses, zones: list[Record], sesv2: Any, client: Callable[..., Any], asker: Asker
) -> None:
    """Until the last of them is right it is pending, in both APIs, and may not send; then it is signed for."""
    made = sesv2.create_email_identity(EmailIdentity=NAME)
    assert (made["VerifiedForSendingStatus"], made["DkimAttributes"]["Status"]) == (False, "PENDING")
    tokens = made["DkimAttributes"]["Tokens"]
    names = [f"{token}._domainkey.{NAME}" for token in tokens]
    assert asker.code(names[0], "CNAME") == "NXDOMAIN"
    zones += [
        Record(name, "CNAME", f"{token}.dkim.amazonses.com")
        for name, token in zip(names, tokens, strict=True)
    ]
    right = zones.pop()
    zones.append(Record(right.name, "CNAME", "wrong.dkim.amazonses.com"))
    look(ses, zones)
    listed = client("ses").get_identity_verification_attributes(Identities=[NAME])["VerificationAttributes"]
    assert listed[NAME]["VerificationStatus"] == "Pending"
    with pytest.raises(ClientError, match="not verified"):
        send(sesv2)
    zones[-1] = right
    look(ses, zones)
    found = sesv2.get_email_identity(EmailIdentity=NAME)
    assert (found["VerificationStatus"], found["VerifiedForSendingStatus"]) == ("SUCCESS", True)
    assert found["DkimAttributes"]["Status"] == "SUCCESS"
    send(sesv2)
    (sent,) = ses.mail.listing()
    assert asker.verified(ses.mail.raw(sent.id) or b"") == {NAME: True, "amazonses.com": True}


@pytest.mark.parametrize("form", ["{key}", "v=DKIM1; k=rsa; {key}"])
def test_a_key_of_one_s_own_waits_for_its_record(
    ses: Ses, zones: list[Record], sesv2: Any, form: str
) -> None:
    """The public key must be the one of the private key; other tags beside it are the owner's."""
    key, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    sesv2.create_email_identity(EmailIdentity=NAME, DkimSigningAttributes=private(key))
    for published, status in ((other, "PENDING"), (key, "SUCCESS")):
        text = form.format(key=dkim.public_record(published))
        zones[:] = [Record(f"hand._domainkey.{NAME}", "TXT", quoted(text))]
        look(ses, zones)
        assert sesv2.get_email_identity(EmailIdentity=NAME)["DkimAttributes"]["Status"] == status


def test_a_verified_domain_signs_again_when_its_new_key_is_there(
    ses: Ses, zones: list[Record], sesv2: Any, region: Region
) -> None:
    """It goes on sending; meanwhile only SES signs."""
    tokens = sesv2.create_email_identity(EmailIdentity=NAME)["DkimAttributes"]["Tokens"]
    zones += [Record(f"{one}._domainkey.{NAME}", "CNAME", f"{one}.dkim.amazonses.com") for one in tokens]
    look(ses, zones)
    key = rsa.generate_private_key(65537, 2048)
    sesv2.put_email_identity_dkim_signing_attributes(
        EmailIdentity=NAME, SigningAttributesOrigin="EXTERNAL", SigningAttributes=private(key)
    )
    send(sesv2)
    zones.append(Record(f"hand._domainkey.{NAME}", "TXT", quoted(dkim.public_record(key))))
    look(ses, zones)
    send(sesv2)
    signed = [signatures(ses.mail.raw(sent.id) or b"")[0] for sent in ses.mail.listing()]
    assert [one["d"] for one in signed] == ["amazonses.com", NAME]


def test_mail_from_waits_for_its_mx(
    ses: Ses, zones: list[Record], sesv2: Any, client: Callable[..., Any]
) -> None:
    """One MX, and no other beside it; until then the envelope is SES's."""
    sesv2.create_email_identity(EmailIdentity=f"m@{NAME}")
    client("ses").set_identity_mail_from_domain(Identity=f"m@{NAME}", MailFromDomain=f"b.{NAME}")
    right = Record(f"b.{NAME}", "MX", "10 Feedback-SMTP.eu-west-1.amazonses.com.")
    zones += [right, Record(f"b.{NAME}", "MX", "20 else.example.")]
    for status in ("PENDING", "SUCCESS"):
        look(ses, zones)
        found = sesv2.get_email_identity(EmailIdentity=f"m@{NAME}")["MailFromAttributes"]
        assert found["MailFromDomainStatus"] == status
        send(sesv2)
        zones[:] = [right]
    first, second = ses.mail.listing()
    assert first.return_path.endswith("@eu-west-1.amazonses.com")
    assert second.return_path.endswith(f"@b.{NAME}")


def test_nothing_is_looked_up_where_nothing_waits(ses: Ses, sesv2: Any) -> None:
    """Route 53 is left in peace; an address is verified as it is made."""
    sesv2.create_email_identity(EmailIdentity=f"m@{NAME}")
    verify(ses, lambda: pytest.fail("Route 53 was asked"))
    send(sesv2)
