"""The first API: names and words of its errors, receipt rule sets among them. None is ever made active."""

from contextlib import AbstractContextManager
from typing import Any

from mailroom.conformance.case import Answer, Case, said
from mailroom.conformance.desk import Desk, raw

_REFERENCE = "API reference v1, "


def _raw(desk: Desk, sender: str, headers: str = "") -> Answer:
    return said(desk.v1.send_raw_email, RawMessage={"Data": raw(sender, headers).encode()})


def _in_rule_set(desk: Desk, **rule: object) -> Answer:
    """CreateReceiptRule in a rule set of this run, which is not active."""
    with _rule_set(desk):
        return said(
            desk.v1.create_receipt_rule,
            RuleSetName=desk.name,
            Rule={"Name": "one", **{name: value for name, value in rule.items() if name != "After"}},
            **({"After": rule["After"]} if "After" in rule else {}),
        )


def _rule_set(desk: Desk) -> AbstractContextManager[Any]:
    return desk.made(
        f"receipt rule set {desk.name}",
        f"aws ses delete-receipt-rule-set --region {desk.region} --rule-set-name {desk.name}",
        lambda: desk.v1.create_receipt_rule_set(RuleSetName=desk.name),
        lambda: desk.v1.delete_receipt_rule_set(RuleSetName=desk.name),
    )


def _rule_set_twice(desk: Desk) -> Answer:
    with _rule_set(desk):
        return said(desk.v1.create_receipt_rule_set, RuleSetName=desk.name)


CASES = (
    Case(
        "a sender that is not verified",
        lambda desk: _raw(desk, f"a@{desk.stranger}"),
        Answer(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region {REGION}: "
            "a@{STRANGER}",
        ),
        "developer guide, Amazon SES email sending errors",
    ),
    Case(
        "a configuration set named in a header that is not there",
        lambda desk: _raw(desk, desk.sender, f"X-SES-CONFIGURATION-SET: {desk.name}\r\n"),
        Answer("ConfigurationSetDoesNotExist", "Configuration set <{NAME}> does not exist."),
        f"{_REFERENCE}SendRawEmail",
    ),
    Case(
        "a Subject that stands twice",
        lambda desk: _raw(desk, desk.sender, "Subject: first\r\n"),
        Answer("InvalidParameterValue", "Duplicate header 'Subject'."),
        "developer guide, Amazon SES header fields",
    ),
    Case(
        "a configuration set that is not there",
        lambda desk: said(desk.v1.describe_configuration_set, ConfigurationSetName=desk.name),
        Answer("ConfigurationSetDoesNotExist", "Configuration set <{NAME}> does not exist."),
        f"{_REFERENCE}DescribeConfigurationSet",
    ),
    Case(
        "a rule set that is not there",
        lambda desk: said(desk.v1.describe_receipt_rule_set, RuleSetName=desk.name),
        Answer("RuleSetDoesNotExist", "Rule set does not exist: {NAME}"),
        f"{_REFERENCE}DescribeReceiptRuleSet",
    ),
    Case(
        "deleting a rule set that is not there",
        lambda desk: said(desk.v1.delete_receipt_rule_set, RuleSetName=desk.name),
        Answer("ok"),
        f"{_REFERENCE}DeleteReceiptRuleSet (it names no such error)",
    ),
    Case(
        "a rule set made twice",
        _rule_set_twice,
        Answer("AlreadyExists", "Rule set already exists: {NAME}"),
        f"{_REFERENCE}CreateReceiptRuleSet",
    ),
    Case(
        "a rule after one that is not there",
        lambda desk: _in_rule_set(desk, After="none"),
        Answer("RuleDoesNotExist", "Rule does not exist: none"),
        f"{_REFERENCE}CreateReceiptRule",
    ),
    Case(
        "a rule that writes to a bucket that is not there",
        lambda desk: _in_rule_set(desk, Actions=[{"S3Action": {"BucketName": desk.name}}]),
        Answer("InvalidS3Configuration", "No such bucket: {NAME}"),
        f"{_REFERENCE}CreateReceiptRule",
    ),
)
