"""Receipt rules: kept by the API, obeyed by the inbound door."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.scan import EICAR, GTUBE
from mailroom.local.engine.ses import identities, receiving
from mailroom.local.engine.ses.state import Region

Client = Callable[..., Any]
S3 = {"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "incoming/"}}


@pytest.fixture
def rules(client: Client, region: Region) -> Any:
    """An SES v1 client with the active rule set `main` and the identity mail.example."""
    identities.new_identity(region, "mail.example")
    ses = client("ses")
    ses.create_receipt_rule_set(RuleSetName="main")
    ses.set_active_receipt_rule_set(RuleSetName="main")
    return ses


def add(ses: Any, name: str, *actions: dict[str, Any], after: str = "", **more: Any) -> None:
    where = {"After": after} if after else {}
    rule = {"Name": name, "Enabled": True, "Actions": list(actions), **more}
    ses.create_receipt_rule(RuleSetName="main", Rule=rule, **where)


def arrive(region: Region, *recipients: str, message: bytes = b"Subject: s\r\n\r\nhello\r\n") -> str:
    arrival = receiving.Arrival(
        "sensor@far.example", list(recipients), message, "192.0.2.9", "sensor", tls=True
    )
    return receiving.receive(region, arrival)


@pytest.mark.parametrize(
    ("pattern", "address", "wanted"),
    [
        ("in@mail.example", "in@mail.example", True),
        ("in@mail.example", "IN@MAIL.example", True),
        ("in@mail.example", "in+label@mail.example", True),
        ("in@mail.example", "other@mail.example", False),
        ("in+label@mail.example", "in@mail.example", False),
        ("mail.example", "any@mail.example", True),
        ("mail.example", "any@sub.mail.example", False),
        ("mail.example", "any@notmail.example", False),
        (".mail.example", "any@sub.mail.example", True),
        (".mail.example", "any@mail.example", False),
    ],
)
def test_a_recipient_entry_covers_what_ses_says_it_does(pattern: str, address: str, wanted: bool) -> None:
    """An address with its labels, a domain without its subdomains, or the subdomains alone."""
    assert receiving.wants(pattern, address) is wanted


def test_a_message_is_stored_whole_under_ses_s_own_headers(rules: Any, region: Region, cloud: Any) -> None:
    """The object is the message with SES's headers before it, written on behalf of the rule."""
    add(rules, "store", S3, Recipients=["in@mail.example"], ScanEnabled=True)
    original = b"From: a@far.example\r\nSubject: s\r\n\r\nbody \xff\r\n"
    message_id = arrive(region, "in@mail.example", message=original)
    stored = cloud.objects["raw", f"incoming/{message_id}"]
    assert stored.endswith(original)
    headers = message_from_bytes(stored)
    assert headers["Return-Path"] == "<sensor@far.example>"
    assert headers["X-SES-Spam-Verdict"] == headers["X-SES-Virus-Verdict"] == "PASS"
    assert "for in@mail.example" in headers["Received"]
    assert cloud.sources[-1] == "arn:aws:ses:eu-west-1:000000000000:receipt-rule-set/main:receipt-rule/store"


@pytest.mark.parametrize(
    ("body", "spam", "virus"), [(GTUBE, "FAIL", "PASS"), (EICAR, "PASS", "FAIL"), (b"hello", "PASS", "PASS")]
)
def test_the_scan_knows_the_two_test_strings(
    rules: Any, region: Region, cloud: Any, body: bytes, spam: str, virus: str
) -> None:
    """GTUBE is spam and EICAR a virus, so that both verdicts can be tried."""
    add(rules, "store", S3, ScanEnabled=True)
    message_id = arrive(region, "in@mail.example", message=b"Subject: s\r\n\r\n" + body)
    headers = message_from_bytes(cloud.objects["raw", f"incoming/{message_id}"])
    assert (headers["X-SES-Spam-Verdict"], headers["X-SES-Virus-Verdict"]) == (spam, virus)


def test_rules_run_in_their_order_until_one_stops(rules: Any, region: Region, cloud: Any) -> None:
    """A stop ends the set for the recipients of its rule, and for no others."""
    add(rules, "last", {"S3Action": {"BucketName": "last"}})
    add(
        rules,
        "first",
        {"S3Action": {"BucketName": "first"}},
        {"StopAction": {"Scope": "RuleSet"}},
        Recipients=["a@mail.example"],
    )
    cloud.objects.clear()
    arrive(region, "a@mail.example", "b@mail.example")
    assert [bucket for bucket, _ in cloud.objects] == ["first", "last"]
    assert b"for b@mail.example" in next(
        body for (bucket, _), body in cloud.objects.items() if bucket == "last"
    )


def test_an_added_header_is_in_what_is_stored_after_it(rules: Any, region: Region, cloud: Any) -> None:
    """AddHeader counts for the later actions of its rule."""
    add(rules, "store", {"AddHeaderAction": {"HeaderName": "X-Room", "HeaderValue": "7"}}, S3)
    message_id = arrive(region, "in@mail.example")
    assert message_from_bytes(cloud.objects["raw", f"incoming/{message_id}"])["X-Room"] == "7"


def test_a_bucket_that_says_no_later_means_try_again(rules: Any, region: Region, cloud: Any) -> None:
    """A message that cannot be stored now is not lost: the sender is told to come back."""
    add(rules, "store", S3)
    cloud.closed.add("raw")
    with pytest.raises(receiving.NotNow, match="bucket raw"):
        arrive(region, "in@mail.example")


def test_a_rule_for_a_closed_bucket_is_not_made(rules: Any, region: Region, cloud: Any) -> None:
    """SES tries the bucket when the rule is made, and says which it was."""
    cloud.closed.add("raw")
    with pytest.raises(ClientError, match="Could not write to bucket: raw") as caught:
        add(rules, "store", S3)
    assert caught.value.response["Error"]["Code"] == "InvalidS3Configuration"
    assert rules.describe_receipt_rule_set(RuleSetName="main").get("Rules", []) == []


def test_a_new_rule_leaves_ses_s_note_in_the_bucket(rules: Any, cloud: Any) -> None:
    """The note that is no message lies under the rule's prefix, as in AWS."""
    add(rules, "store", S3)
    assert list(cloud.objects) == [("raw", "incoming/AMAZON_SES_SETUP_NOTIFICATION")]


@pytest.mark.parametrize(
    ("recipient", "tls", "code"),
    [
        ("in@mail.example", True, None),
        ("in@sub.mail.example", True, 550),
        ("in@mail.example", False, 530),
        ("other@mail.example", True, 550),
        ("in@unknown.example", True, 550),
    ],
)
def test_a_recipient_is_refused_for_the_right_reason(
    rules: Any, region: Region, recipient: str, tls: bool, code: int | None
) -> None:
    """No rule, no identity or no TLS where it is required: each has its SMTP reply."""
    add(rules, "store", S3, Recipients=["in@mail.example", "unknown.example"], TlsPolicy="Require")
    refused = receiving.refusal(region, recipient, "192.0.2.9", tls=tls)
    assert (refused.code if refused else None) == code


def test_nothing_is_received_without_an_active_rule_set(rules: Any, region: Region) -> None:
    """Rules of a set that is not active, and rules that are off, take nothing."""
    add(rules, "off", S3, Enabled=False)
    assert receiving.refusal(region, "in@mail.example", "192.0.2.9", tls=True) is not None
    add(rules, "on", S3)
    assert receiving.refusal(region, "in@mail.example", "192.0.2.9", tls=True) is None
    rules.set_active_receipt_rule_set()
    assert receiving.refusal(region, "in@mail.example", "192.0.2.9", tls=True) is not None


def test_the_narrowest_filter_decides(rules: Any, region: Region) -> None:
    """An allowed address inside a blocked network gets in."""
    add(rules, "store", S3)
    for name, policy, cidr in (("net", "Block", "192.0.2.0/24"), ("one", "Allow", "192.0.2.9/32")):
        rules.create_receipt_filter(Filter={"Name": name, "IpFilter": {"Policy": policy, "Cidr": cidr}})
    assert receiving.refusal(region, "in@mail.example", "192.0.2.8", tls=True) is not None
    assert receiving.refusal(region, "in@mail.example", "192.0.2.9", tls=True) is None
    assert receiving.refusal(region, "in@mail.example", "198.51.100.1", tls=True) is None


def test_rules_are_placed_moved_and_reordered(rules: Any) -> None:
    """After, SetReceiptRulePosition and ReorderReceiptRuleSet put rules where they say."""

    def order() -> list[str]:
        return [rule["Name"] for rule in rules.describe_active_receipt_rule_set()["Rules"]]

    add(rules, "b", S3)
    add(rules, "c", S3, after="b")
    add(rules, "a", S3)
    assert order() == ["a", "b", "c"]
    rules.set_receipt_rule_position(RuleSetName="main", RuleName="a", After="c")
    assert order() == ["b", "c", "a"]
    rules.reorder_receipt_rule_set(RuleSetName="main", RuleNames=["a", "b", "c"])
    assert order() == ["a", "b", "c"]
    with pytest.raises(ClientError, match="named once"):
        rules.reorder_receipt_rule_set(RuleSetName="main", RuleNames=["a", "b"])
    rules.clone_receipt_rule_set(RuleSetName="copy", OriginalRuleSetName="main")
    rules.delete_receipt_rule(RuleSetName="main", RuleName="a")
    assert len(rules.describe_receipt_rule_set(RuleSetName="copy")["Rules"]) == 3


@pytest.mark.parametrize(
    ("call", "params", "code"),
    [
        ("delete_receipt_rule_set", {"RuleSetName": "main"}, "CannotDelete"),
        ("create_receipt_rule_set", {"RuleSetName": "main"}, "AlreadyExists"),
        ("set_active_receipt_rule_set", {"RuleSetName": "no"}, "RuleSetDoesNotExist"),
        ("describe_receipt_rule", {"RuleSetName": "main", "RuleName": "no"}, "RuleDoesNotExist"),
        ("create_receipt_filter", {"Filter": {"Name": "f", "IpFilter": {"Policy": "Block", "Cidr": "nonsense"}}}, "InvalidParameterValue"),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "t", "Actions": [{"S3Action": {"BucketName": "b", "TopicArn": "arn:x"}}]}}, "NotImplemented"),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "l", "Actions": [{"LambdaAction": {"FunctionArn": "arn:x"}}]}}, "NotImplemented"),
    ],
)  # fmt: skip
def test_mistakes_with_rules_have_their_names(
    rules: Any, call: str, params: dict[str, Any], code: str
) -> None:
    """Each refusal has the code that AWS gives it."""
    with pytest.raises(ClientError) as caught:
        getattr(rules, call)(**params)
    assert caught.value.response["Error"]["Code"] == code
