"""Receipt rules. Each is tried out when it is made or changed (receipt.checks)."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..receipt.checks import checked
from ..receipt.names import check_name
from ..state import Region
from .rule_sets import find_rule_set

MAXIMUM_RULES = 200


def _find(rules: list[dict[str, Any]], name: str) -> int:
    for index, rule in enumerate(rules):
        if rule["Name"] == name:
            return index
    raise ServiceError("RuleDoesNotExist", f"Rule does not exist: {name}")


def _place(rules: list[dict[str, Any]], after: str | None) -> int:
    return _find(rules, after) + 1 if after else 0


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateReceiptRule; without After it becomes the first."""
    name = params["Rule"]["Name"]
    check_name(name, "rule.name", "ruleName")
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    if any(rule["Name"] == name for rule in rules):
        raise ServiceError("AlreadyExists", f"Rule already exists: {name}")
    if len(rules) >= MAXIMUM_RULES:
        raise ServiceError("LimitExceeded", "Too many rules")
    at = _place(rules, params.get("After"))
    rules.insert(at, checked(region, params["RuleSetName"], params["Rule"]))


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateReceiptRule: the whole rule anew, where it stands."""
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    at = _find(rules, params["Rule"]["Name"])
    rules[at] = checked(region, params["RuleSetName"], params["Rule"])


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteReceiptRule; one that is not there is deleted already."""
    rule_set = find_rule_set(region, params["RuleSetName"])
    rule_set["Rules"] = [rule for rule in rule_set["Rules"] if rule["Name"] != params["RuleName"]]


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeReceiptRule."""
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    return {"Rule": rules[_find(rules, params["RuleName"])]}


def set_position(region: Region, params: dict[str, Any]) -> None:
    """SetReceiptRulePosition; a rule after itself stays."""
    rule_set = find_rule_set(region, params["RuleSetName"])
    rules, name, after = rule_set["Rules"], params["RuleName"], params.get("After")
    rule = rules[_find(rules, name)]
    if after != name:
        others = [other for other in rules if other is not rule]
        others.insert(_place(others, after), rule)
        rule_set["Rules"] = others


OPERATIONS: dict[str, Operation] = {
    "CreateReceiptRule": create,
    "UpdateReceiptRule": update,
    "DeleteReceiptRule": delete,
    "DescribeReceiptRule": describe,
    "SetReceiptRulePosition": set_position,
}
