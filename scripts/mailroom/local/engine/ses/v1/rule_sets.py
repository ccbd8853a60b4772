"""Receipt rule sets: one of them is active, once for the account and Region."""

from __future__ import annotations

import copy
from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..receipt.names import check_name
from ..state import Region

MAXIMUM_RULE_SETS = 40


def find_rule_set(region: Region, name: str) -> dict[str, Any]:
    """A rule set (its Rules in order); ServiceError where there is none."""
    if name not in region.rule_sets:
        raise ServiceError("RuleSetDoesNotExist", f"Rule set does not exist: {name}")
    return region.rule_sets[name]


def _check_new(region: Region, name: str) -> None:
    check_name(name, "ruleSetName", "ruleSetName")
    if name in region.rule_sets:
        raise ServiceError("AlreadyExists", f"Rule set already exists: {name}")
    if len(region.rule_sets) >= MAXIMUM_RULE_SETS:
        raise ServiceError("LimitExceeded", "Too many rule sets")


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateReceiptRuleSet."""
    _check_new(region, params["RuleSetName"])
    region.rule_sets[params["RuleSetName"]] = {"Created": region.clock(), "Rules": []}


def clone(region: Region, params: dict[str, Any]) -> None:
    """CloneReceiptRuleSet: a copy with a time of its own, which is not active."""
    _check_new(region, params["RuleSetName"])
    original = find_rule_set(region, params["OriginalRuleSetName"])
    copied = copy.deepcopy(original["Rules"])
    region.rule_sets[params["RuleSetName"]] = {"Created": region.clock(), "Rules": copied}


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteReceiptRuleSet; the active one stays, one that is not there is deleted already."""
    if params["RuleSetName"] == region.active_rule_set:
        raise ServiceError("CannotDelete", f"Cannot delete active rule set: {params['RuleSetName']}")
    region.rule_sets.pop(params["RuleSetName"], None)


def set_active(region: Region, params: dict[str, Any]) -> None:
    """SetActiveReceiptRuleSet; without a name none is active and no mail is received."""
    name = params.get("RuleSetName")
    if name:
        find_rule_set(region, name)
    region.active_rule_set = name or None


def _metadata(region: Region, name: str) -> dict[str, Any]:
    return {"Name": name, "CreatedTimestamp": region.rule_sets[name]["Created"]}


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeReceiptRuleSet."""
    name = params["RuleSetName"]
    return {"Rules": find_rule_set(region, name)["Rules"], "Metadata": _metadata(region, name)}


def describe_active(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeActiveReceiptRuleSet; empty where none is active."""
    return describe(region, {"RuleSetName": region.active_rule_set}) if region.active_rule_set else {}


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListReceiptRuleSets."""
    return {"RuleSets": [_metadata(region, name) for name in sorted(region.rule_sets)]}


def reorder(region: Region, params: dict[str, Any]) -> None:
    """ReorderReceiptRuleSet; all rules must be named once, and no other."""
    rule_set = find_rule_set(region, params["RuleSetName"])
    by_name = {rule["Name"]: rule for rule in rule_set["Rules"]}
    names = params["RuleNames"]
    for name in names:
        if names.count(name) > 1:
            raise ServiceError("InvalidParameterValue", f"Multiple positions found for rule: {name}")
    if absent := [name for name in by_name if name not in names]:
        raise ServiceError("InvalidParameterValue", f"Positions for rules not found: {', '.join(absent)}")
    for name in names:
        if name not in by_name:
            raise ServiceError("RuleDoesNotExist", f"Rule does not exist: {name}")
    rule_set["Rules"] = [by_name[name] for name in names]


OPERATIONS: dict[str, Operation] = {
    "CreateReceiptRuleSet": create,
    "CloneReceiptRuleSet": clone,
    "DeleteReceiptRuleSet": delete,
    "SetActiveReceiptRuleSet": set_active,
    "DescribeReceiptRuleSet": describe,
    "DescribeActiveReceiptRuleSet": describe_active,
    "ListReceiptRuleSets": list_all,
    "ReorderReceiptRuleSet": reorder,
}
