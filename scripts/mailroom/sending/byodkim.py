"""A DKIM key of one's own (BYODKIM): read from a file, compared with what DNS is to say, handed to SES.

Terraform knows the public half alone, since what it knows stays in its state. SES takes RSA keys of 1024 to
2048 bits, as base64 of their DER form, PKCS #1 or #8 (SES Developer Guide, "Bring your own DKIM").
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.errors import MailroomError
from mailroom.sending.records import Record

BITS = range(1024, 2049)
_OWN = re.compile(r"(?P<selector>[a-z0-9-]+)\._domainkey\.(?P<domain>.+)")


@dataclass(frozen=True)
class Key:
    """A key pair, each half as base64 of its DER form. Printing it shows the public half alone."""

    public: str
    private: str

    def __repr__(self) -> str:
        return f"Key(public={self.public!r})"


def read_key(file: Path) -> Key:
    """The RSA key in a PEM file. Raises MailroomError where there is none, or one that SES refuses."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    make = f"openssl genrsa -out {file} 2048"
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as problem:
        raise MailroomError(f"{file} cannot be read: {problem.strerror}.", make) from None
    except (ValueError, TypeError):  # TypeError: it wants a password
        raise MailroomError(f"{file} holds no private key in PEM form without a password.", make) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size not in BITS:
        raise MailroomError(f"{file}: SES takes RSA keys of 1024 to 2048 bits.", make)
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Key(base64.b64encode(public).decode(), base64.b64encode(private).decode())


def selector_of(domain: str, key: Key, records: Iterable[Record], file: str) -> str:
    """The selector under which the domain's records show this key; `file` is the environment's.

    Raises MailroomError, with the lines for the file, where they show another key or none.
    """
    for record in records:
        found = _OWN.fullmatch(record.name)
        if found is None or found["domain"] != domain or record.type != "TXT":
            continue
        if f"p={key.public}" in record.value.replace(" ", "").split(";"):
            return found["selector"]
        raise MailroomError(
            f"{record.name} shows another public key than this one: nobody could check what it signs. "
            f"In {file}:\n  {lines(found['selector'], key)}",
            "change the line, make apply, then this again",
        )
    raise MailroomError(
        f"{file} names no key of its own for {domain}. For this one, say there:\n  {lines('SELECTOR', key)}\n"
        "with a selector of your choice, such as the year; for one of sending.domains among its members.",
        "write the line, make apply, then this again",
    )


def lines(selector: str, key: Key) -> str:
    """What the environment's file says of a key."""
    return f'dkim = {{ selector = "{selector}", public_key = "{key.public}" }}'


def hand_over(ses: Any, domain: str, selector: str, key: Key) -> str:
    """Give SES (v2) the private key; answers SES's word on DKIM (PENDING until it finds the record)."""
    answer = ses.put_email_identity_dkim_signing_attributes(
        EmailIdentity=domain,
        SigningAttributesOrigin="EXTERNAL",
        SigningAttributes={"DomainSigningSelector": selector, "DomainSigningPrivateKey": key.private},
    )
    return str(answer["DkimStatus"])
