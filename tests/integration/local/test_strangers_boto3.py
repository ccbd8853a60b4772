"""The local SES as a stranger's boto3 meets it: AWS's own examples of version 1, call by call.

They come with boto3 (botocore's `examples-1` of `ses`), requests and answers. Placeholders are exchanged for what is
there: a bucket name that S3 takes, a topic of this account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from mailroom.local.cloud import LocalCloud
from mailroom.local.reader import Reader

from .conftest import SES

EXAMPLES = {
    operation: examples[0]
    for operation, examples in Loader().load_service_model("ses", "examples-1")["examples"].items()
}
RULES = ("MyRule", "MyOtherRule", "RuleToReposition", "PutRuleAfterThisRule")
# What an example makes must not be there yet.
UNMADE: dict[str, Callable[[Any], Any]] = {
    "CloneReceiptRuleSet": lambda ses: ses.delete_receipt_rule_set(RuleSetName="RuleSetToCreate"),
    "CreateReceiptFilter": lambda ses: ses.delete_receipt_filter(FilterName="MyFilter"),
    "CreateReceiptRule": lambda ses: ses.delete_receipt_rule(RuleSetName="MyRuleSet", RuleName="MyRule"),
    "CreateReceiptRuleSet": lambda ses: (
        ses.set_active_receipt_rule_set(),
        ses.delete_receipt_rule_set(RuleSetName="MyRuleSet"),
    ),
    "DeleteReceiptRuleSet": lambda ses: ses.set_active_receipt_rule_set(),
}


Localized = Callable[[Any], Any]


@pytest.fixture(scope="module")
def localized(hands: Any) -> Localized:
    """A published request with the local names for its placeholders: a bucket and a topic, open to SES."""
    bucket, topic = f"mybucket-{hands.account}", open_topic(hands)
    s3 = hands.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    put = {**SES, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_bucket_policy(Bucket=bucket, Policy=hands.document(put))
    local = {
        "MyBucket": bucket,
        "arn:aws:sns:us-west-2:111122223333:MyTopic": topic,
        "EXAMPLE65304": hands.account,
        "123456789012": hands.account,
    }

    def exchange(request: Any) -> Any:
        text = json.dumps(request or {})
        for theirs, ours in local.items():
            text = text.replace(theirs, ours)
        return json.loads(text)

    return exchange


def open_topic(hands: Any) -> str:
    """The ARN of a topic to which SES may publish."""
    sns = hands.client("sns")
    topic: str = sns.create_topic(Name="MyTopic")["TopicArn"]
    publish = {**SES, "Action": "sns:Publish", "Resource": topic}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=hands.document(publish))
    return topic


@pytest.fixture
def ses(hands: Any, localized: Localized) -> Iterator[Any]:
    """A v1 client, and everything there that the examples speak of."""
    client = hands.client("ses")
    set_the_scene(client, localized)
    yield client
    clear(client)


def set_the_scene(ses: Any, localized: Localized) -> None:
    for name in ("example.com", "user@example.com", "user1@example.com", "user2@example.com"):
        if "@" in name:
            ses.verify_email_identity(EmailAddress=name)
        else:
            ses.verify_domain_identity(Domain=name)
    ses.set_identity_mail_from_domain(Identity="example.com", MailFromDomain="bounces.example.com")
    topic = localized(EXAMPLES["SetIdentityNotificationTopic"]["input"])
    for kind in ("Bounce", "Complaint", "Delivery"):
        ses.set_identity_notification_topic(**{**topic, "Identity": "example.com", "NotificationType": kind})
    ses.put_identity_policy(**localized(EXAMPLES["PutIdentityPolicy"]["input"]))
    ses.create_configuration_set(ConfigurationSet={"Name": "foo"})
    ses.create_receipt_filter(**EXAMPLES["CreateReceiptFilter"]["input"])
    for name in ("MyRuleSet", "RuleSetToClone", "RuleSetToActivate"):
        ses.create_receipt_rule_set(RuleSetName=name)
    rule = localized(EXAMPLES["CreateReceiptRule"]["input"])["Rule"]
    for name in RULES:
        ses.create_receipt_rule(RuleSetName="MyRuleSet", Rule={**rule, "Name": name})
    ses.set_active_receipt_rule_set(RuleSetName="MyRuleSet")
    ses.send_email(**EXAMPLES["SendEmail"]["input"])


def clear(ses: Any) -> None:
    ses.set_active_receipt_rule_set()
    for one in ses.list_receipt_rule_sets()["RuleSets"]:
        ses.delete_receipt_rule_set(RuleSetName=one["Name"])
    ses.delete_receipt_filter(FilterName="MyFilter")
    ses.delete_configuration_set(ConfigurationSetName="foo")
    for name in ses.list_identities()["Identities"]:
        ses.delete_identity(Identity=name)


def lacking(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """The members of AWS's answer that ours has not; an empty token is none."""
    if isinstance(theirs, dict):
        names = [name for name in theirs if theirs[name] != ""]
        return [
            missing
            for name in names
            for missing in (
                lacking(ours[name], theirs[name], f"{where}.{name}") if name in ours else [f"{where}.{name}"]
            )
        ]
    if isinstance(theirs, list) and theirs:
        return lacking(ours[0], theirs[0], f"{where}[]") if ours else [f"{where}[]"]
    return []


@pytest.mark.parametrize("operation", sorted(EXAMPLES))
def test_aws_s_example_of_the_call_works(ses: Any, localized: Localized, operation: str) -> None:
    """The request is taken as it is published, and the answer has every member of the published one."""
    request = localized(EXAMPLES[operation].get("input"))
    if operation == "SendRawEmail":  # published with backslashes where the lines end
        request["RawMessage"]["Data"] = request["RawMessage"]["Data"].replace("\\n", "\n")
    if operation == "ReorderReceiptRuleSet":  # published for a set of two rules
        request["RuleNames"] += RULES[2:]
    UNMADE.get(operation, lambda client: None)(ses)
    answer = getattr(ses, xform_name(operation))(**request)
    assert lacking(answer, EXAMPLES[operation].get("output") or {}) == []


def test_what_the_examples_sent_is_whole(ses: Any, own: LocalCloud) -> None:
    """The published raw message arrives with its attachment, the simple one with both its texts."""
    raw = EXAMPLES["SendRawEmail"]["input"]["RawMessage"]["Data"].replace("\\n", "\n")
    simple, sent = (
        ses.send_email(**EXAMPLES["SendEmail"]["input"])["MessageId"],
        ses.send_raw_email(RawMessage={"Data": raw})["MessageId"],
    )
    kept = {name: Reader(own.name).raw(name).decode() for name in (simple, sent)}
    assert 'filename="attachment.txt"' in kept[sent]
    assert "This is the text in the attachment." in kept[sent]
    assert "Cc: recipient3@example.com" in kept[simple]
    assert "This is the message body in text format." in kept[simple]
