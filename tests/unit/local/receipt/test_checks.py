"""What SES refuses when receipt rules, sets and filters are made, by boto3: the names and words of v1's errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

TOPIC = "arn:aws:sns:eu-west-1:000000000000:told"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:f"
KEY = "arn:aws:kms:eu-west-1:000000000000:key/k"
S3 = {"S3Action": {"BucketName": "raw"}}
STOP = {"StopAction": {"Scope": "RuleSet"}}
BOUNCE = {"Sender": "a@example.com", "SmtpReplyCode": "550", "Message": "m"}


@pytest.fixture
def ses(door: Any, client: Callable[..., Any]) -> Any:
    return client("ses")


def make(ses: Any, *actions: dict[str, Any], **more: Any) -> None:
    ses.create_receipt_rule(RuleSetName="main", Rule={"Name": "r", "Actions": list(actions), **more})


def header(name: str, value: str = "v") -> dict[str, Any]:
    return {"AddHeaderAction": {"HeaderName": name, "HeaderValue": value}}


def function(arn: str) -> dict[str, Any]:
    return {"LambdaAction": {"FunctionArn": arn}}


REFUSED = [
    ([header("bad header")], "InvalidParameterValue", "Invalid header name: bad header"),
    ([header("X" * 51)], "InvalidParameterValue", "Invalid header name"),
    ([header("X-A", "a\nb")], "InvalidParameterValue", "Invalid header value: a"),
    ([header("X-A", "a" * 2048)], "InvalidParameterValue", "Invalid header value"),
    ([header(f"X-{n}") for n in range(11)], "LimitExceeded", "Too many actions"),
    ([STOP, S3], "InvalidParameterValue", "Stop action, if any, must be placed at the end of the actions list"),
    ([{"S3Action": {"BucketName": ""}}], "InvalidParameterValue", "Bucket name must not be empty"),
    ([{"S3Action": {"BucketName": "gone"}}], "InvalidS3Configuration", "No such bucket: gone"),
    ([{"S3Action": {"BucketName": "closed"}}], "InvalidS3Configuration", "Could not write to bucket: closed"),
    ([{"S3Action": {"BucketName": "raw", "KmsKeyArn": KEY + "closed"}}], "InvalidS3Configuration", "Could not use KMS key"),
    ([{"S3Action": {"BucketName": "raw", "KmsKeyArn": KEY.replace("eu-west-1", "us-east-1")}}], "InvalidS3Configuration", "Invalid KMS key"),
    ([{"S3Action": {"BucketName": "raw", "KmsKeyArn": KEY.replace("key/k", "alias/mine")}}], "InvalidS3Configuration", "Invalid KMS key"),
    ([{"S3Action": {"BucketName": "raw", "TopicArn": TOPIC + "closed"}}], "InvalidSnsTopic", "Could not publish to SNS topic: " + TOPIC + "closed"),
    ([{"SNSAction": {"TopicArn": "topic"}}], "InvalidSnsTopic", "Invalid SNS topic: topic"),
    ([{"SNSAction": {"TopicArn": TOPIC.replace("eu-west-1", "us-east-1")}}], "InvalidSnsTopic", "Invalid SNS topic"),
    ([{"StopAction": {"Scope": "RuleSet", "TopicArn": ""}}], "InvalidSnsTopic", "Invalid SNS topic: "),
    ([function("")], "InvalidParameterValue", "Lambda function ARN must not be empty"),
    ([function("f")], "InvalidLambdaFunction", "Invalid Lambda function: f"),
    ([function(FUNCTION.replace("eu-west-1", "us-east-1"))], "InvalidLambdaFunction", "Invalid Lambda function"),
    ([function(FUNCTION + "closed")], "InvalidLambdaFunction", "Could not invoke Lambda function: " + FUNCTION + "closed"),
    ([{"BounceAction": {**BOUNCE, "Sender": "a@example.net"}}], "InvalidParameterValue", "Identity is not verified: a@example.net"),
    ([{"BounceAction": {**BOUNCE, "Message": ""}}], "InvalidParameterValue", "Invalid SMTP response message: "),
    ([{"BounceAction": {**BOUNCE, "SmtpReplyCode": "250"}}], "InvalidParameterValue", "Invalid SMTP reply code: 250"),
    ([{"BounceAction": {**BOUNCE, "StatusCode": "5.1"}}], "InvalidParameterValue", "Invalid SMTP status code: 5.1"),
    ([{"WorkmailAction": {"OrganizationArn": "arn:aws:workmail:eu-west-1:000000000000:organization/m-1"}}], "NotImplemented", "WorkmailAction: the local cloud has no Amazon WorkMail"),
    ([{"ConnectAction": {"InstanceARN": "arn:aws:connect:eu-west-1:000000000000:instance/" + "1234abcd-1234-1234-1234-1234567890ab", "IAMRoleARN": "arn:aws:iam::000000000000:role/r"}}], "NotImplemented", "ConnectAction: the local cloud has no Amazon Connect"),
    ([S3 | STOP], "ValidationError", "exactly one kind of action"),
]  # fmt: skip


@pytest.mark.parametrize(("actions", "code", "words"), REFUSED)
def test_an_action_that_would_not_work_is_refused(
    ses: Any, cloud: Any, actions: list[Any], code: str, words: str
) -> None:
    """When it is made and when it is changed, and the set is as it was."""
    make(ses, S3)
    before = ses.describe_receipt_rule_set(RuleSetName="main")["Rules"]
    cloud.missing.add("gone")
    cloud.closed |= {"closed", TOPIC + "closed", FUNCTION + "closed", KEY + "closed"}
    for call, name in ((ses.create_receipt_rule, "new"), (ses.update_receipt_rule, "r")):
        with pytest.raises(ClientError) as caught:
            call(RuleSetName="main", Rule={"Name": name, "Actions": actions})
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["Error"]["Message"].startswith(words) or words in str(caught.value)
    assert ses.describe_receipt_rule_set(RuleSetName="main")["Rules"] == before


def test_actions_that_work_are_kept_as_they_came(ses: Any) -> None:
    """What SES itself adds: UTF-8 for a topic's mail, Optional TLS."""
    actions = [
        {"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "in/", "KmsKeyArn": KEY, "TopicArn": TOPIC, "IamRoleArn": "arn:aws:iam::000000000000:role/r"}},
        {"S3Action": {"BucketName": "raw", "KmsKeyArn": "arn:aws:kms:eu-west-1:000000000000:alias/aws/ses"}},
        {"SNSAction": {"TopicArn": TOPIC}},
        {"LambdaAction": {"FunctionArn": FUNCTION, "InvocationType": "Event", "TopicArn": TOPIC}},
        header("X-A", ""),
        {"BounceAction": {**BOUNCE, "StatusCode": "5.1.1", "TopicArn": TOPIC}},
        {"StopAction": {"Scope": "RuleSet", "TopicArn": TOPIC}},
    ]  # fmt: skip
    make(ses, *actions)
    found = ses.describe_receipt_rule(RuleSetName="main", RuleName="r")["Rule"]
    actions[2]["SNSAction"]["Encoding"] = "UTF-8"
    assert found == {
        "Name": "r",
        "Enabled": False,
        "TlsPolicy": "Optional",
        "Recipients": [],
        "Actions": actions,
        "ScanEnabled": False,
    }


def test_a_new_rule_tells_its_topics_and_leaves_its_note(ses: Any, cloud: Any) -> None:
    """A message that is no mail goes to each topic, a note that is none lies in the folder of the bucket."""
    make(
        ses,
        {"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "in", "TopicArn": TOPIC}},
        function(FUNCTION),
    )
    assert list(cloud.objects) == [("raw", "in/AMAZON_SES_SETUP_NOTIFICATION")]
    ((topic, subject, _),) = cloud.published
    assert (topic, subject) == (TOPIC, "Amazon SES Email Receipt Subscription Notification")
    assert cloud.invoked == []


@pytest.mark.parametrize(
    ("call", "params", "code", "words"),
    [
        ("delete_receipt_rule_set", {"RuleSetName": "main"}, "CannotDelete", "Cannot delete active rule set: main"),
        ("create_receipt_rule_set", {"RuleSetName": "main"}, "AlreadyExists", "Rule set already exists: main"),
        ("create_receipt_rule_set", {"RuleSetName": "bad name!"}, "ValidationError", "1 validation error detected: Value at 'ruleSetName' failed"),
        ("create_receipt_rule_set", {"RuleSetName": "-abc"}, "InvalidParameterValue", "Not a valid ruleSetName: -abc"),
        ("create_receipt_rule_set", {"RuleSetName": "a" * 65}, "InvalidParameterValue", "Not a valid ruleSetName: aaa"),
        ("clone_receipt_rule_set", {"RuleSetName": "main", "OriginalRuleSetName": "no"}, "AlreadyExists", "Rule set already exists: main"),
        ("clone_receipt_rule_set", {"RuleSetName": "new", "OriginalRuleSetName": "no"}, "RuleSetDoesNotExist", "Rule set does not exist: no"),
        ("set_active_receipt_rule_set", {"RuleSetName": "no"}, "RuleSetDoesNotExist", "Rule set does not exist: no"),
        ("describe_receipt_rule_set", {"RuleSetName": "no"}, "RuleSetDoesNotExist", "Rule set does not exist: no"),
        ("describe_receipt_rule", {"RuleSetName": "main", "RuleName": "no"}, "RuleDoesNotExist", "Rule does not exist: no"),
        ("delete_receipt_rule", {"RuleSetName": "no", "RuleName": "no"}, "RuleSetDoesNotExist", "Rule set does not exist: no"),
        ("update_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "no"}}, "RuleDoesNotExist", "Rule does not exist: no"),
        ("create_receipt_rule", {"RuleSetName": "no", "Rule": {"Name": "r"}}, "RuleSetDoesNotExist", "Rule set does not exist: no"),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "a"}}, "AlreadyExists", "Rule already exists: a"),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "r"}, "After": "no"}, "RuleDoesNotExist", "Rule does not exist: no"),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "r s"}}, "ValidationError", "1 validation error detected: Value at 'rule.name' failed"),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "r."}}, "InvalidParameterValue", "Not a valid ruleName: r."),
        ("create_receipt_rule", {"RuleSetName": "main", "Rule": {"Name": "r", "Recipients": ["a@example.com"] * 101}}, "LimitExceeded", "Too many recipients"),
        ("set_receipt_rule_position", {"RuleSetName": "main", "RuleName": "a", "After": "no"}, "RuleDoesNotExist", "Rule does not exist: no"),
        ("reorder_receipt_rule_set", {"RuleSetName": "main", "RuleNames": ["b", "b"]}, "InvalidParameterValue", "Multiple positions found for rule: b"),
        ("reorder_receipt_rule_set", {"RuleSetName": "main", "RuleNames": ["b"]}, "InvalidParameterValue", "Positions for rules not found: a"),
        ("reorder_receipt_rule_set", {"RuleSetName": "main", "RuleNames": ["b", "c", "a"]}, "RuleDoesNotExist", "Rule does not exist: c"),
        ("create_receipt_filter", {"Filter": {"Name": "f", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}}}, "AlreadyExists", "Filter already exists: f"),
        ("create_receipt_filter", {"Filter": {"Name": "", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}}}, "InvalidParameterValue", "filterName must not be empty"),
        ("create_receipt_filter", {"Filter": {"Name": "a b", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}}}, "InvalidParameterValue", "Not a valid filterName: a b"),
        *[
            ("create_receipt_filter", {"Filter": {"Name": "g", "IpFilter": {"Policy": "Block", "Cidr": cidr}}}, "InvalidParameterValue", f"Invalid CIDR block: {cidr}")
            for cidr in ("nonsense", "", "192.0.2.0/33", "192.0.2.0/255.255.255.0", "2001:db8::/129", "::ffff:192.0.2.1", "fe80::1%eth0", "[2001:db8::1]")
        ],
    ],
)  # fmt: skip
def test_mistakes_have_their_names(
    ses: Any, call: str, params: dict[str, Any], code: str, words: str
) -> None:
    """Each refusal has the code and the words of SES; the set is as it was."""
    for name in ("b", "a"):
        ses.create_receipt_rule(RuleSetName="main", Rule={"Name": name})
    ses.create_receipt_filter(Filter={"Name": "f", "IpFilter": {"Policy": "Allow", "Cidr": "2001:db8::/32"}})
    with pytest.raises(ClientError) as caught:
        getattr(ses, call)(**params)
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["Error"]["Message"].startswith(words)
    assert [rule["Name"] for rule in ses.describe_active_receipt_rule_set()["Rules"]] == ["a", "b"]
    assert [one["Name"] for one in ses.list_receipt_filters()["Filters"]] == ["f"]


@pytest.mark.parametrize(
    ("kind", "limit", "words"),
    [
        ("rules", 200, "Too many rules"),
        ("rule_sets", 40, "Too many rule sets"),
        ("filters", 100, "Too many filters"),
    ],
)
def test_the_service_s_limits_hold(ses: Any, door: Any, kind: str, limit: int, words: str) -> None:
    """ "Service quotas in Amazon SES": the one after the last is LimitExceeded."""
    region = door.region
    names = [f"n{number}" for number in range(limit)]
    if kind == "rules":
        region.rule_sets["main"]["Rules"] = [{"Name": name} for name in names]
        call = lambda: ses.create_receipt_rule(RuleSetName="main", Rule={"Name": "new"})  # noqa: E731
    elif kind == "rule_sets":
        region.rule_sets.update({name: {"Created": region.clock(), "Rules": []} for name in names[1:]})
        call = lambda: ses.create_receipt_rule_set(RuleSetName="new")  # noqa: E731
    else:
        region.filters.update({name: {"Name": name} for name in names})
        entry = {"Name": "new", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}}
        call = lambda: ses.create_receipt_filter(Filter=entry)  # noqa: E731
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"] == {"Type": "Sender", "Code": "LimitExceeded", "Message": words}


def test_what_is_gone_is_deleted_already(ses: Any) -> None:
    """Rules, sets and filters that are not there, as in AWS; the rule set of a rule must be there."""
    ses.delete_receipt_rule(RuleSetName="main", RuleName="no")
    ses.delete_receipt_rule_set(RuleSetName="no")
    ses.delete_receipt_filter(FilterName="no")


def test_a_copy_is_its_own(ses: Any) -> None:
    """A cloned set is not active, and changes without its original."""
    make(ses, S3)
    ses.clone_receipt_rule_set(RuleSetName="copy", OriginalRuleSetName="main")
    ses.update_receipt_rule(RuleSetName="copy", Rule={"Name": "r", "Enabled": True, "Actions": []})
    assert ses.describe_receipt_rule(RuleSetName="main", RuleName="r")["Rule"]["Actions"] == [S3]
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == "main"
    assert [one["Name"] for one in ses.list_receipt_rule_sets()["RuleSets"]] == ["copy", "main"]
    ses.set_active_receipt_rule_set()
    assert "Metadata" not in ses.describe_active_receipt_rule_set()


def test_rules_are_placed_moved_and_reordered(ses: Any) -> None:
    """Without After a rule is the first; SetReceiptRulePosition and ReorderReceiptRuleSet put rules where they say."""

    def order() -> str:
        return "".join(rule["Name"] for rule in ses.describe_active_receipt_rule_set()["Rules"])

    for name, after in (("b", {}), ("c", {"After": "b"}), ("a", {})):
        ses.create_receipt_rule(RuleSetName="main", Rule={"Name": name}, **after)
    assert order() == "abc"
    ses.set_receipt_rule_position(RuleSetName="main", RuleName="a", After="c")
    assert order() == "bca"
    ses.set_receipt_rule_position(RuleSetName="main", RuleName="c")
    assert order() == "cba"
    ses.set_receipt_rule_position(RuleSetName="main", RuleName="b", After="b")
    assert order() == "cba"
    ses.reorder_receipt_rule_set(RuleSetName="main", RuleNames=["a", "b", "c"])
    assert order() == "abc"
    ses.delete_receipt_rule(RuleSetName="main", RuleName="b")
    assert order() == "ac"
