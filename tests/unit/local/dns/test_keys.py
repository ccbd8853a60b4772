"""Whose domain signs a mail, and by which keys."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.sending import Outgoing, accept
from mailroom.local.engine.ses.state import Region, Ses
from tests.unit.local.dns.asking import Asker, signatures


def sent(region: Region, author: str = "m@mail.example", sender: str = "") -> bytes:
    """A mail of this author, as it left."""
    message = f"From: {author}\r\n\r\nhello\r\n".encode()
    found = accept(region, Outgoing(sender or author, ["a@far.example"], message, "api-v2"))
    return region.mail.raw(found.id) or b""


def signers(region: Region, author: str = "m@mail.example", sender: str = "") -> list[str]:
    """The domains that sign an author's mail."""
    return [signature["d"] for signature in signatures(sent(region, author, sender))]


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
    assert signers(region, "a@else.example", "m@mail.example") == ["else.example", "amazonses.com"]


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
        message = sent(region)
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
    message = sent(region)
    assert signatures(message)[0]["s"] == "hand1"
    assert asker.verified(message) == {"mail.example": True, "amazonses.com": True}
    assert text not in str(sesv2.get_email_identity(EmailIdentity="mail.example"))
    sesv2.put_email_identity_dkim_signing_attributes(
        EmailIdentity="mail.example", SigningAttributesOrigin="AWS_SES"
    )
    message = sent(region)
    assert signatures(message)[0]["s"] != "hand1"
    assert asker.verified(message)["mail.example"]
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


def test_an_address_has_no_keys_of_its_own(client: Callable[..., Any]) -> None:
    """Signing attributes are for domains, as the reference of CreateEmailIdentity says."""
    length = {"NextSigningKeyLength": "RSA_1024_BIT"}
    with pytest.raises(ClientError, match="a domain only") as caught:
        client("sesv2").create_email_identity(EmailIdentity="m@mail.example", DkimSigningAttributes=length)
    assert caught.value.response["Error"]["Code"] == "BadRequestException"


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
    assert asker.verified(sent(region))["mail.example"]
