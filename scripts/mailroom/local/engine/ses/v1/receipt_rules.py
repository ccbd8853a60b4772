"""Receipt rules. A rule with an S3 action is tried out when it is made: SES writes to the bucket, or
refuses."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ...protocol.model import not_built
from ..receiving import ACTIONS_BUILT
from ..state import Refused, Region
from .rule_sets import find_rule_set

SETUP_KEY = "AMAZON_SES_SETUP_NOTIFICATION"
SETUP_MESSAGE = (
    b"From: Amazon Web Services <no-reply-aws@amazon.com>\r\n"
    b"To: customer <customer@example.com>\r\n"
    b"Subject: Amazon SES Setup Notification\r\n"
    b"\r\n"
    b"You received this message because you attempted to set up Amazon SES to deliver emails to this\r\n"
    b"S3 bucket.\r\n"
    b"\r\n"
    b"Please note that in order to receive emails to your Amazon S3 bucket, you must have an active\r\n"
    b"receipt rule set and an MX record that points to Amazon SES.\r\n"
)
MAXIMUM_RULES = 200
MEMBERS_NOT_BUILT = ("TopicArn", "KmsKeyArn", "IamRoleArn")


def _find(rules: list[dict[str, Any]], name: str) -> int:
    for index, rule in enumerate(rules):
        if rule["Name"] == name:
            return index
    raise ServiceError("RuleDoesNotExist", f"Rule does not exist: {name}")


def _place(rules: list[dict[str, Any]], after: str | None) -> int:
    return _find(rules, after) + 1 if after else 0


def _checked(region: Region, rule_set: str, rule: dict[str, Any]) -> dict[str, Any]:
    """The rule as SES keeps it, after it was tried out."""
    rule = {"TlsPolicy": "Optional", "Recipients": [], "Actions": [], **rule}
    rule.setdefault("Enabled", False)
    rule.setdefault("ScanEnabled", False)
    for action in rule["Actions"]:
        if len(action) != 1:
            raise ServiceError("ValidationError", "An action of a rule is exactly one kind of action.")
        kind = next(iter(action))
        if kind not in ACTIONS_BUILT:
            raise not_built("ses", f"a receipt rule with {kind}")
        for member in MEMBERS_NOT_BUILT:
            if member in action[kind]:
                raise not_built("ses", f"{kind} with {member}")
        if kind == "S3Action":
            _try_out(region, rule_set, rule["Name"], action[kind])
    return rule


def _try_out(region: Region, rule_set: str, rule: str, action: dict[str, Any]) -> None:
    key = action.get("ObjectKeyPrefix", "") + SETUP_KEY
    try:
        region.cloud.write_object(
            region.name, region.rule_arn(rule_set, rule), action["BucketName"], key, SETUP_MESSAGE
        )
    except Refused as problem:
        raise ServiceError(
            "InvalidS3Configuration", f"Could not write to bucket: {action['BucketName']} ({problem})"
        ) from problem


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateReceiptRule; without After it becomes the first."""
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    name = params["Rule"]["Name"]
    if any(rule["Name"] == name for rule in rules):
        raise ServiceError("AlreadyExists", f"Rule already exists: {name}")
    if len(rules) >= MAXIMUM_RULES:
        raise ServiceError("LimitExceeded", f"a rule set has at most {MAXIMUM_RULES} rules")
    at = _place(rules, params.get("After"))
    rules.insert(at, _checked(region, params["RuleSetName"], params["Rule"]))


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateReceiptRule."""
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    at = _find(rules, params["Rule"]["Name"])
    rules[at] = _checked(region, params["RuleSetName"], params["Rule"])


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteReceiptRule; one that is not there is deleted already."""
    rule_set = find_rule_set(region, params["RuleSetName"])
    rule_set["Rules"] = [rule for rule in rule_set["Rules"] if rule["Name"] != params["RuleName"]]


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeReceiptRule."""
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    return {"Rule": rules[_find(rules, params["RuleName"])]}


def set_position(region: Region, params: dict[str, Any]) -> None:
    """SetReceiptRulePosition."""
    rules = find_rule_set(region, params["RuleSetName"])["Rules"]
    rule = rules[_find(rules, params["RuleName"])]
    others = [other for other in rules if other is not rule]
    others.insert(_place(others, params.get("After")), rule)
    find_rule_set(region, params["RuleSetName"])["Rules"] = others


OPERATIONS: dict[str, Operation] = {
    "CreateReceiptRule": create,
    "UpdateReceiptRule": update,
    "DeleteReceiptRule": delete,
    "DescribeReceiptRule": describe,
    "SetReceiptRulePosition": set_position,
}
