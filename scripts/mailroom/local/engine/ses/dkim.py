"""The keys that sign: those that SES makes (Easy DKIM) and those that customers bring (BYODKIM).

https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html
"""

from __future__ import annotations

import base64
import binascii
import threading

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from ..protocol.messages import ServiceError

BITS = {"RSA_1024_BIT": 1024, "RSA_2048_BIT": 2048}
AMAZON_BITS = 1024
"""The key of amazonses.com is that short, as receivers of SES's mail report."""

HOSTED_ZONE = "dkim.amazonses.com"
REGIONS_WITH_A_ZONE = frozenset(
    (
        "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1",
        "eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
    )
)  # fmt: skip
"""https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains"""

_made: dict[tuple[str, int], RSAPrivateKey] = {}
_making = threading.Lock()


def hosted_zone(region: str) -> str:
    """The DNS zone in which SES publishes the keys of Easy DKIM (SigningHostedZone)."""
    return f"dkim.{region}.amazonses.com" if region in REGIONS_WITH_A_ZONE else HOSTED_ZONE


def easy_key(selector: str, bits: int) -> RSAPrivateKey:
    """SES's own key behind a selector. Made when it is first asked for, by a signature or by DNS; the same as
    long as this process lives, as a selector is the same for the same identity."""
    with _making:
        if (selector, bits) not in _made:
            _made[selector, bits] = generate_private_key(65537, bits)
        return _made[selector, bits]


def own_key(text: str) -> RSAPrivateKey:
    """The private key of BYODKIM: base64 of its DER, PKCS #1 or PKCS #8, as a PEM file has it between its
    first and last line. Raises BadRequestException where it is no RSA key of 1024 to 2048 bits.

    AWS's guide names these bounds; AWS is known to take a wrong key and to find out later, in DNS.
    """
    try:
        key = load_der_private_key(base64.b64decode(text, validate=True), None)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        key = None
    if not isinstance(key, RSAPrivateKey) or not 1024 <= key.key_size <= 2048:
        raise ServiceError(
            "BadRequestException",
            "The DKIM private key must be an RSA key of 1024 to 2048 bits, in base64 without line breaks and "
            "without the first and last line of its PEM file.",
        )
    return key


def public_record(key: RSAPrivateKey) -> str:
    """What DNS tells of a key (RFC 6376 3.6.1), as SES writes it: the public key and no more."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"p={base64.b64encode(der).decode()}"
