"""Whom a receipt rule covers, by its recipient conditions.

Source: SES developer guide, "Creating receipt rules" (the table of recipient conditions), and API reference,
ReceiptRule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..addresses import domain_of, receives_for
from ..state import Region


def wants(condition: str, address: str) -> bool:
    """Whether a recipient condition of a rule covers an address. Upper and lower case are the same.

    `a@example.com` is that address, with any +label; `a+label@example.com` that label alone; `example.com`
    the domain without what is below it; `.example.com` what is below it, at any depth. Nothing else is a
    pattern: `*` is a letter like any other.
    """
    condition, address = condition.lower(), address.lower()
    local, _, domain = address.rpartition("@")
    if "@" in condition:
        return condition in (address, f"{local.partition('+')[0]}@{domain}")
    return domain.endswith(condition) if condition.startswith(".") else domain == condition


def covers(rule: dict[str, Any], address: str) -> bool:
    """Whether a rule is on and covers an address; a rule without conditions covers every one."""
    conditions = rule.get("Recipients") or []
    return rule["Enabled"] and (not conditions or any(wants(one, address) for one in conditions))


def active_rules(region: Region) -> list[dict[str, Any]]:
    """The rules of the active set, in their order; none where no set is active."""
    active = region.rule_sets.get(region.active_rule_set or "")
    return list(active["Rules"]) if active else []


def rules_for(region: Region, address: str) -> Iterator[dict[str, Any]]:
    """The rules of the active set that cover an address, in their order."""
    return (rule for rule in active_rules(region) if covers(rule, address))


def is_ours(region: Region, address: str) -> bool:
    """Whether mail to this address comes in here: its domain, or one above it, is verified in this Region and
    an active rule covers it ("Concepts: email-receiving process")."""
    return receives_for(region, domain_of(address)) and any(True for _ in rules_for(region, address))
