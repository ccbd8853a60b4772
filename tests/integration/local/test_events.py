"""Events of SES, from the send to an encrypted queue behind a rule."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from mailroom.local import faults
from mailroom.local.cloud import LocalCloud
from mailroom.local.faults import Fault

PATTERN = {
    "source": ["aws.ses"],
    "detail-type": ["Email Sent", "Email Bounced"],
    "detail": {
        "eventType": ["Send", "Bounce"],
        "mail": {"tags": {"mailroom-mail": [{"exists": True}], "ses:configuration-set": ["told"]}},
    },
}

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def ears(hands: Any) -> str:
    """A queue with a customer key that only the rule `sends` may fill; its address."""
    events = f"arn:aws:events:eu-west-1:{hands.account}"
    kms, sqs, bus, ses = (hands.client(name) for name in ("kms", "sqs", "events", "sesv2"))
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{hands.account}:root"}}
    service = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    from_rule = {"ArnEquals": {"aws:SourceArn": f"{events}:rule/sends"}}
    use = {**service, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*"}
    policy = hands.document({**root, "Action": "kms:*", "Resource": "*"}, {**use, "Condition": from_rule})
    key = kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
    url, arn = hands.queue("ears", KmsMasterKeyId=key)
    plain = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": arn}
    plain["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    fill = {**service, "Action": "sqs:SendMessage", "Resource": arn, "Condition": from_rule}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(plain, fill)})
    bus.put_rule(Name="sends", EventPattern=json.dumps(PATTERN))
    bus.put_targets(Rule="sends", Targets=[{"Id": "q", "Arn": arn}])
    hands.client("ses").verify_domain_identity(Domain="mail.example")
    ses.create_configuration_set(ConfigurationSetName="told")
    ses.create_configuration_set_event_destination(
        ConfigurationSetName="told",
        EventDestinationName="bus",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND", "BOUNCE"],
            "EventBridgeDestination": {"EventBusArn": f"{events}:event-bus/default"},
        },
    )
    return str(url)


@pytest.fixture(autouse=True)
def _no_fault_left(own: LocalCloud) -> Iterator[None]:
    yield
    faults.clear(own)


def send(hands: Any, to: str, *tags: tuple[str, str]) -> str:
    answer = hands.client("sesv2").send_email(
        FromEmailAddress="m@mail.example",
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": b"From: m@mail.example\r\nSubject: x\r\n\r\nx\r\n"}},
        ConfigurationSetName="told",
        EmailTags=[{"Name": name, "Value": value} for name, value in tags],
    )
    return str(answer["MessageId"])


def heard(hands: Any, url: str) -> list[dict[str, Any]]:
    """The events in a queue; they are deleted."""
    sqs = hands.client("sqs")
    events = []
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        events.append(json.loads(message["Body"]))
    return events


def test_a_send_reaches_the_queue_of_the_rule_that_may_fill_it(hands: Any, ears: str) -> None:
    """Once, by the rule that policy and key name. No tag: no match."""
    send(hands, "a@far.example")
    message_id = send(hands, "a@far.example", ("mailroom-mail", "aW4"), ("mailroom-recipient", "1-1"))
    (event,) = hands.until(lambda: heard(hands, ears))
    assert (event["source"], event["detail-type"]) == ("aws.ses", "Email Sent")
    assert event["account"] == hands.account
    assert (event["region"], event["version"]) == ("eu-west-1", "0")
    mail = event["detail"]["mail"]
    assert mail["messageId"] == message_id
    assert mail["tags"]["mailroom-recipient"] == ["1-1"]
    assert heard(hands, ears) == []


def test_a_send_whose_answer_is_lost_is_told_all_the_same(own: LocalCloud, hands: Any, ears: str) -> None:
    """The event is how a doubtful send is settled."""
    faults.add(own, Fault("lost-answer", "sesv2", "SendEmail"))
    with pytest.raises(ConnectionClosedError):
        send(hands, "a@far.example", ("mailroom-mail", "ZG91YnQ"))
    (event,) = hands.until(lambda: heard(hands, ears))
    assert event["detail"]["mail"]["tags"]["mailroom-mail"] == ["ZG91YnQ"]


def test_a_suppressed_recipient_is_told_as_a_bounce(own: LocalCloud, hands: Any, ears: str) -> None:
    """Accepted, sent, bounced; the inbox says that nothing was delivered."""
    hands.client("sesv2").put_suppressed_destination(EmailAddress="gone@far.example", Reason="BOUNCE")
    message_id = send(hands, "gone@far.example", ("mailroom-mail", "Z29uZQ"))
    found: list[dict[str, Any]] = []
    hands.until(lambda: found.extend(heard(hands, ears)) or len(found) == 2)
    bounce = next(one for one in found if one["detail-type"] == "Email Bounced")["detail"]["bounce"]
    assert bounce["bounceSubType"] == "OnAccountSuppressionList"
    with urllib.request.urlopen(f"{own.inbox}.json", timeout=10) as answer:
        listed = {sent["id"]: sent for sent in json.loads(answer.read())}
    assert listed[message_id]["suppressed"] == ["gone@far.example"]
