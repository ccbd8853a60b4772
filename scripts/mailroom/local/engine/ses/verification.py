"""Whether the owner of a domain has published what SES asked for: then it is verified.

https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html#verify-domain-procedure
What is verified once stays so here; AWS looks again from time to time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..records import Record
from .dns_records import asked_for
from .state import Region

Look = Callable[[str, str], list[str]]
"""Asks DNS for a name and a type: the data, as zone files have it."""


def waits(region: Region) -> bool:
    """Whether any domain still waits for its records."""
    return any(_pending(identity) for identity in list(region.identities.values()))


def look(region: Region, texts: Look) -> None:
    """Verify the domains whose DKIM records are there, and the MAIL FROM domains whose MX is."""
    wanted = list(asked_for(region))
    for name, identity in region.identities.items():
        if identity["DkimAttributes"]["Status"] == "PENDING":
            below = f"._domainkey.{name}"
            keys = [record for record in wanted if record.name.endswith(below)]
            if all(_is_there(record, texts) for record in keys):
                identity["DkimAttributes"]["Status"] = "SUCCESS"
                identity.update(VerificationStatus="SUCCESS", VerifiedForSendingStatus=True)
        mail_from = identity["MailFromAttributes"]
        if mail_from.get("MailFromDomainStatus") == "PENDING":
            mx = next(one for one in wanted if (one.name, one.kind) == (mail_from["MailFromDomain"], "MX"))
            if _is_there(mx, texts):
                mail_from["MailFromDomainStatus"] = "SUCCESS"


def _is_there(record: Record, texts: Look) -> bool:
    """Whether DNS has a record, and nothing else under its name; of a key only the key must be the same."""
    plain = _key if record.kind == "TXT" else str.lower
    return {plain(text) for text in texts(record.name, record.kind)} == {plain(record.text())}


def _key(text: str) -> str:
    """The tag p= of a DKIM record, its strings put together (RFC 6376 3.6.1)."""
    tags = text.strip('"').replace('" "', "").replace(" ", "").split(";")
    return next((tag for tag in tags if tag.startswith("p=")), "")


def _pending(identity: dict[str, Any]) -> bool:
    return "PENDING" in (
        identity["DkimAttributes"]["Status"],
        identity["MailFromAttributes"].get("MailFromDomainStatus"),
    )
