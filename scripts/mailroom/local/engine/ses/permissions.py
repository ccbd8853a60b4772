"""Which IAM action and resource an operation needs, as the service authorization reference for SES has
them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .addresses import bare, identity_for
from .state import Region
from .v2.sending import from_raw, recipients_of


@dataclass(frozen=True)
class Needed:
    """One check: the caller must be allowed this action on this resource, under these condition keys."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)


def needed(region: Region, operation: str, params: dict[str, Any]) -> Iterator[Needed]:
    """All checks of a call. A raw send by v2 is checked as ses:SendRawEmail, as in AWS."""
    if operation in ("SendEmail", "SendRawEmail"):
        yield from _send(region, params)
    elif "ResourceArn" in params:
        yield Needed(f"ses:{operation}", params["ResourceArn"])
    elif isinstance(params.get("EmailIdentity"), str):
        yield Needed(f"ses:{operation}", region.arn("identity", params["EmailIdentity"]))
    elif isinstance(params.get("ConfigurationSetName"), str):
        yield Needed(f"ses:{operation}", region.arn("configuration-set", params["ConfigurationSetName"]))
    else:
        yield Needed(f"ses:{operation}", "*")


def _send(region: Region, params: dict[str, Any]) -> Iterator[Needed]:
    raw = params.get("RawMessage") or params.get("Content", {}).get("Raw")
    destination = params.get("Destination", {})
    sender = bare(params.get("FromEmailAddress") or params.get("Source") or "")
    recipients = recipients_of(destination) or params.get("Destinations", [])
    if raw:
        named_sender, named = from_raw(raw["Data"])
        sender, recipients = sender or named_sender, recipients or named
    action = "ses:SendRawEmail" if raw else "ses:SendEmail"
    context = {"ses:FromAddress": sender, "ses:Recipients": list(recipients)}
    # The identity that is used: the address where it is one, else its domain; unverified ones are named too.
    identity = identity_for(region, sender) or sender
    yield Needed(action, region.arn("identity", identity), context)
    if params.get("ConfigurationSetName"):
        yield Needed(action, region.arn("configuration-set", params["ConfigurationSetName"]), context)
