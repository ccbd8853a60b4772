"""Who is on the account's suppression list, and whether that counts for a message."""

from __future__ import annotations

from collections.abc import Sequence

from .state import Region


def suppressed(region: Region, configuration_set: str, recipients: Sequence[str]) -> list[str]:
    """The recipients to whom SES takes a message but does not deliver it.

    Those on the account's list for a reason that is suppressed: by the configuration set where it says which
    (an empty list is none), else by the account (SES developer guide, "Overriding your account-level
    suppression list").
    """
    options = region.configuration_sets.get(configuration_set, {}).get("SuppressionOptions")
    reasons = region.account.suppressed_reasons if options is None else options.get("SuppressedReasons", [])
    return [one for one in recipients if region.suppressed.get(one.lower(), {}).get("Reason") in reasons]
