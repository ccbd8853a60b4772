"""The operations of SES v1 that are built, by name. Receipt rules exist here only."""

from __future__ import annotations

from ...protocol.messages import Operation
from . import (
    account,
    configuration_sets,
    event_destinations,
    identities,
    notifications,
    receipt_filters,
    receipt_rules,
    rule_sets,
    sending,
)

OPERATIONS: dict[str, Operation] = {
    **account.OPERATIONS,
    **configuration_sets.OPERATIONS,
    **event_destinations.OPERATIONS,
    **identities.OPERATIONS,
    **notifications.OPERATIONS,
    **receipt_filters.OPERATIONS,
    **receipt_rules.OPERATIONS,
    **rule_sets.OPERATIONS,
    **sending.OPERATIONS,
}
