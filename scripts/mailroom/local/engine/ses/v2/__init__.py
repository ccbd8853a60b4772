"""The operations of SES v2 that are built, by name."""

from __future__ import annotations

from ...protocol.messages import Operation
from . import account, configuration_sets, event_destinations, identities, sending, suppression, tags

OPERATIONS: dict[str, Operation] = {
    **account.OPERATIONS,
    **configuration_sets.OPERATIONS,
    **event_destinations.OPERATIONS,
    **identities.OPERATIONS,
    **sending.OPERATIONS,
    **suppression.OPERATIONS,
    **tags.OPERATIONS,
}
