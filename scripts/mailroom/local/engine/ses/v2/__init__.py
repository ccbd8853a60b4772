"""The operations of SES v2 that are built, by name."""

from __future__ import annotations

from ...protocol.messages import Operation
from . import (
    account,
    bulk,
    configuration_sets,
    contact_lists,
    contacts,
    dedicated_ips,
    elsewhere,
    event_destinations,
    identities,
    sending,
    suppression,
    tags,
    templates,
    verification_templates,
)

OPERATIONS: dict[str, Operation] = {
    **account.OPERATIONS,
    **bulk.OPERATIONS,
    **configuration_sets.OPERATIONS,
    **contact_lists.OPERATIONS,
    **contacts.OPERATIONS,
    **dedicated_ips.OPERATIONS,
    **elsewhere.OPERATIONS,
    **event_destinations.OPERATIONS,
    **identities.OPERATIONS,
    **sending.OPERATIONS,
    **suppression.OPERATIONS,
    **tags.OPERATIONS,
    **templates.OPERATIONS,
    **verification_templates.OPERATIONS,
}
