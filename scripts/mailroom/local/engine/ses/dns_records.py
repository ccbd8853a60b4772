"""What DNS has because of SES: its own names, and what it asks the owners of identities to publish."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from .. import records
from ..records import Record
from . import dkim
from .signers import AMAZON, amazon_signer, public_record
from .state import Region

HERE = "127.0.0.1"
SPF = f"v=spf1 ip4:{HERE} -all"
INCLUDED_SPF = f"v=spf1 include:{AMAZON} ~all"


def published(region: Region) -> Iterator[Record]:
    """The names of SES itself in a Region: keys, hosts and SPF. Every host is this machine."""
    signer = amazon_signer(region.name)
    yield _txt(f"{signer.selector}._domainkey.{AMAZON}", dkim.public_record(signer.key))
    for domain, keys in _domains(region):
        if "SigningHostedZone" in keys:
            for token in keys["Tokens"]:
                text = partial(_key_text, region, domain, token)
                yield Record(f"{token}.{keys['SigningHostedZone']}", "TXT", text)
    for host in (
        f"inbound-smtp.{region.name}.amazonaws.com",
        f"email-smtp.{region.name}.amazonaws.com",
        f"feedback-smtp.{region.name}.{AMAZON}",
    ):
        yield Record(host, "A", HERE)
    yield _txt(AMAZON, SPF)
    yield _txt(f"{region.name}.{AMAZON}", SPF)


def asked_for(region: Region) -> Iterator[Record]:
    """What the owners of identities are asked to publish: DKIM, and a custom MAIL FROM's MX and SPF."""
    for domain, keys in _domains(region):
        for selector in keys["Tokens"]:
            name = f"{selector}._domainkey.{domain}"
            if "SigningHostedZone" in keys:
                yield Record(name, "CNAME", f"{selector}.{keys['SigningHostedZone']}.")
            else:
                yield Record(name, "TXT", partial(_key_text, region, domain, selector))
    for identity in list(region.identities.values()):
        mail_from = identity["MailFromAttributes"].get("MailFromDomain")
        if mail_from:
            yield Record(mail_from, "MX", f"10 feedback-smtp.{region.name}.{AMAZON}.")
            yield _txt(mail_from, INCLUDED_SPF)


def _domains(region: Region) -> Iterator[tuple[str, dict[str, Any]]]:
    """The domains and their DKIM attributes; those with SES's keys have a SigningHostedZone."""
    for name, identity in list(region.identities.items()):
        if "@" not in name:
            yield name, identity["DkimAttributes"]


def _key_text(region: Region, domain: str, selector: str) -> str:
    return records.quoted(public_record(region, domain, selector))


def _txt(name: str, text: str) -> Record:
    return Record(name, "TXT", records.quoted(text))
