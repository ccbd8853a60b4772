"""The operations of SES v1 that are built, by name. Receipt rules exist here only."""

from __future__ import annotations

from ...protocol.messages import Operation
from . import (
    account,
    bounces,
    configuration_sets,
    event_destinations,
    identities,
    notifications,
    receipt_filters,
    receipt_rules,
    rule_sets,
    sending,
    templates,
    verification_templates,
)

OPERATIONS: dict[str, Operation] = {
    **account.OPERATIONS,
    **bounces.OPERATIONS,
    **configuration_sets.OPERATIONS,
    **event_destinations.OPERATIONS,
    **identities.OPERATIONS,
    **notifications.OPERATIONS,
    **receipt_filters.OPERATIONS,
    **receipt_rules.OPERATIONS,
    **rule_sets.OPERATIONS,
    **sending.OPERATIONS,
    **templates.OPERATIONS,
    **verification_templates.OPERATIONS,
}
