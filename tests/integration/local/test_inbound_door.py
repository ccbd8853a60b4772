"""The inbound door and the actions of receipt rules, with strangers' tools and the rest of the cloud behind them."""

from __future__ import annotations

import base64
import email
import json
import shutil
import smtplib
import subprocess
import time
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailroom.local.cloud import LocalCloud

pytestmark = pytest.mark.integration


@pytest.mark.skipif(shutil.which("swaks") is None, reason="swaks is not installed (apt-get install swaks)")
def test_swaks_delivers_and_is_refused(own: LocalCloud, hands: Any, door: Any, bucket: str) -> None:
    """As an administrator tries a mail server: it goes through, and an unknown recipient has SES's reply."""
    door.rule(door.store(bucket), Recipients=["in@mail.example"])
    base = [
        "swaks",
        "--server",
        own.inbound["host"],
        "--port",
        str(own.inbound["port"]),
        "--from",
        "a@far.example",
    ]
    mail = ["--header", "Subject: by swaks", "--body", "hello from swaks"]
    done = subprocess.run(
        [*base, "--to", "in+label@mail.example", *mail], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stdout
    assert " 250 2.0.0 OK " in done.stdout
    assert "AUTH" not in done.stdout
    (key,) = hands.keys(bucket)
    stored = hands.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert b"Subject: by swaks\r\n" in stored
    assert key.removeprefix("incoming/") in done.stdout
    refused = subprocess.run(
        [*base, "--to", "no@mail.example", *mail], capture_output=True, text=True, timeout=30
    )
    assert refused.returncode == 24  # swaks: an error at the recipient
    assert "550 5.1.1 Requested action not taken: mailbox unavailable" in refused.stdout


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_typed_session_over_tls(own: LocalCloud, hands: Any, door: Any, bucket: str) -> None:
    """By hand over STARTTLS, where a rule wants it; in the clear the recipient is refused in SES's words."""
    door.rule(door.store(bucket), TlsPolicy="Require")
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as client:
        client.ehlo()
        client.mail("a@far.example")
        assert client.rcpt("in@mail.example") == (550, b"5.7.1 TLS required by recipient")
    address = f"{own.inbound['host']}:{own.inbound['port']}"
    session = subprocess.Popen(
        ["openssl", "s_client", "-crlf", "-quiet", "-starttls", "smtp", "-connect", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert session.stdin is not None
    lines = [
        "EHLO far.example",
        "MAIL FROM:<a@far.example>",
        "RCPT TO:<in@mail.example>",
        "DATA",
        "Subject: typed\n\nhello\n.",
        "QUIT",
    ]
    for line in lines:
        time.sleep(0.3)  # s_client sends what it has: a person types no faster
        session.stdin.write(line + "\n")
        session.stdin.flush()
    output, _ = session.communicate(timeout=20)
    assert "250 2.0.0 OK " in output
    assert "221" in output
    (key,) = hands.keys(bucket)
    assert hands.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().endswith(b"\r\n\r\nhello\r\n")


def test_a_topic_carries_the_mail_to_a_queue(own: LocalCloud, hands: Any, door: Any) -> None:
    """SNS action, topic, subscription, queue: first SES's word that it will publish, then the mail itself."""
    topic = hands.client("sns").create_topic(Name="mail-in")["TopicArn"]
    url = door.ear(topic)
    door.rule({"SNSAction": {"TopicArn": topic, "Encoding": "Base64"}}, Recipients=["in@mail.example"])
    assert door.next_heard(url)["Subject"] == "Amazon SES Email Receipt Subscription Notification"
    door.send("From: Me <me@far.example>\r\nTo: in@mail.example\r\nSubject: by topic\r\n\r\nhello\r\n")
    heard = door.next_heard(url)
    assert heard["Subject"] == "Amazon SES Email Receipt Notification"
    told = json.loads(heard["Message"])
    assert told["notificationType"] == "Received"
    assert told["mail"]["commonHeaders"]["subject"] == "by topic"
    assert told["receipt"]["recipients"] == ["in@mail.example"]
    mail = email.message_from_bytes(base64.b64decode(told["content"]))
    assert mail["Subject"] == "by topic"
    assert told["mail"]["messageId"] in mail["Received"]


def test_a_rule_needs_what_its_actions_need(hands: Any, door: Any) -> None:
    """A topic that does not let SES publish, none, and no such bucket: AWS's own errors."""
    topic = hands.client("sns").create_topic(Name="shut")["TopicArn"]
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    hands.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=hands.document(nobody)
    )
    for action, code, words in (
        ({"SNSAction": {"TopicArn": topic}}, "InvalidSnsTopic", "Could not publish to SNS topic"),
        ({"SNSAction": {"TopicArn": topic + "2"}}, "InvalidSnsTopic", "Could not publish to SNS topic"),
        (door.store("nowhere"), "InvalidS3Configuration", "No such bucket: nowhere"),
    ):
        with pytest.raises(ClientError, match=words) as caught:
            door.rule(action)
        assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("whose", ["customer", "aws/ses"])
def test_encrypted_mail_is_read_by_who_may_use_the_key(
    own: LocalCloud, hands: Any, door: Any, bucket: str, whose: str
) -> None:
    """Opened as the S3 encryption client does it: KMS gives the data key for the metadata's context, for no other."""
    kms = hands.client("kms")
    key = f"arn:aws:kms:eu-west-1:{hands.account}:alias/aws/ses"
    if whose == "customer":
        root = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{hands.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        # The statement of "How Amazon SES uses AWS KMS".
        use = {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": ["kms:Encrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {
                "Null": {
                    "kms:EncryptionContext:aws:ses:rule-name": "false",
                    "kms:EncryptionContext:aws:ses:message-id": "false",
                },
                "StringEquals": {"kms:EncryptionContext:aws:ses:source-account": hands.account},
            },
        }
        key = kms.create_key(Policy=hands.document(root))["KeyMetadata"]["Arn"]
        with pytest.raises(ClientError, match="InvalidS3Configuration"):
            door.rule(door.store(bucket, KmsKeyArn=key))
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=hands.document(root, use))
    door.rule(door.store(bucket, KmsKeyArn=key))
    door.send("Subject: secret\r\n\r\nhello\r\n")
    (name,) = hands.keys(bucket)
    stored = hands.client("s3").get_object(Bucket=bucket, Key=name)
    body, metadata = stored["Body"].read(), stored["Metadata"]
    assert b"secret" not in body
    context = json.loads(metadata["x-amz-matdesc"])
    wrapped = base64.b64decode(metadata["x-amz-key-v2"])
    plain = kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=context)["Plaintext"]
    opened = AESGCM(plain).decrypt(base64.b64decode(metadata["x-amz-iv"]), body, None)
    assert opened.endswith(b"Subject: secret\r\n\r\nhello\r\n")
    assert len(opened) == int(metadata["x-amz-unencrypted-content-length"])
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        kms.decrypt(CiphertextBlob=wrapped, EncryptionContext={**context, "aws:ses:rule-name": "another"})


def test_a_bounce_is_in_the_inbox(own: LocalCloud, door: Any) -> None:
    """The rule's Sender writes to the sender of the mail, and the inbox lists it."""
    reply = {
        "Sender": "postmaster@mail.example",
        "SmtpReplyCode": "550",
        "StatusCode": "5.1.1",
        "Message": "Nobody here",
    }
    door.rule({"BounceAction": reply})
    door.send("Subject: anybody\r\n\r\nhello\r\n")
    with urllib.request.urlopen(own.inbox, timeout=10) as page:
        text = page.read().decode()
    assert "sensor@far.example" in text
    assert "Delivery Status Notification (Failure)" in text


def test_each_region_has_rules_of_its_own(own: LocalCloud, door: Any, bucket: str) -> None:
    """What is set in another Region does nothing at this door."""
    door.rule(door.store(bucket), Recipients=["in@mail.example"])
    elsewhere = boto3.client(
        "ses",
        endpoint_url=own.aws,
        region_name="us-east-1",
        aws_access_key_id=own.root_key,
        aws_secret_access_key=own.root_key,
    )
    elsewhere.verify_domain_identity(Domain="elsewhere.example")
    elsewhere.create_receipt_rule_set(RuleSetName="door")
    elsewhere.create_receipt_rule(RuleSetName="door", Rule={"Name": "r", "Enabled": True})
    elsewhere.set_active_receipt_rule_set(RuleSetName="door")
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as client:
        client.ehlo()
        client.mail("a@far.example")
        assert client.rcpt("in@elsewhere.example")[0] == 550
        assert client.rcpt("in@mail.example")[0] == 250
