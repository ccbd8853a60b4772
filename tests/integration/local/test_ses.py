"""SES with the rest of the cloud: both doors into a real bucket, as AWS's policies allow."""

from __future__ import annotations

import base64
import os
import shutil
import smtplib
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud

ACCOUNT = "000000000000"

pytestmark = pytest.mark.integration


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_published_openssl_session_works_as_typed(own: LocalCloud, hands: Any, receiving: str) -> None:
    """The session from the published design, line by line, against the submission door."""
    door = own.submission
    lines = [
        "EHLO example.com",
        "AUTH LOGIN",
        base64.b64encode(door["username"].encode()).decode(),
        base64.b64encode(door["password"].encode()).decode(),
        "MAIL FROM:<sensor@mail.example>",
        "RCPT TO:<in@mail.example>",
        "DATA",
        "From: sensor@mail.example\nTo: in@mail.example\nSubject: typed\n\nhello\n.",
        "QUIT",
    ]
    address = f"{door['host']}:{door['port']}"
    session = subprocess.Popen(
        ["openssl", "s_client", "-crlf", "-quiet", "-starttls", "smtp", "-connect", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert session.stdin is not None
    for line in lines:
        time.sleep(0.3)
        session.stdin.write(line + "\n")
        session.stdin.flush()
    output, _ = session.communicate(timeout=20)
    assert "235" in output
    assert "250 Ok 0102" in output
    assert "221" in output
    hands.until(lambda: hands.keys(receiving))


def test_mail_in_is_stored_as_ses_and_announced(own: LocalCloud, hands: Any, receiving: str) -> None:
    """By the inbound door into the encrypted, versioned bucket; S3 tells the queue."""
    sqs = hands.client("sqs")
    url = sqs.create_queue(QueueName=f"q-{receiving}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(allow)})
    hands.client("s3").put_bucket_notification_configuration(
        Bucket=receiving,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as door:
        door.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made when the cloud started
        door.sendmail("a@far.example", ["in@mail.example"], "Subject: s\r\n\r\nhello\r\n")
    (key,) = hands.keys(receiving)
    stored = hands.client("s3").get_object(Bucket=receiving, Key=key)
    assert stored["ServerSideEncryption"] == "aws:kms"
    assert stored["VersionId"]
    bodies = [
        message["Body"] for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    ]
    assert any(key in body for body in bodies)
    signed = hands.client("s3").generate_presigned_url("get_object", Params={"Bucket": receiving, "Key": key})
    with urllib.request.urlopen(signed, timeout=10) as answer:
        assert answer.read().endswith(b"hello\r\n")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(signed[:-4] + "0000", timeout=10)


@pytest.mark.parametrize("lacking", ["bucket", "key"])
def test_a_rule_needs_the_bucket_s_policy_and_the_key_s(hands: Any, bucket: str, lacking: str) -> None:
    """SES may write only where both policies name it: else the rule is not made, as in AWS."""
    ses, s3 = hands.client("ses"), hands.client("s3")
    if lacking == "bucket":
        s3.delete_bucket_policy(Bucket=bucket)
    else:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        key = rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
        root = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        hands.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=hands.document(root))
    ses.create_receipt_rule_set(RuleSetName=f"set-{lacking}")
    rule = {"Name": "r", "Actions": [{"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": "incoming/"}}]}
    with pytest.raises(ClientError, match=lacking) as caught:
        ses.create_receipt_rule(RuleSetName=f"set-{lacking}", Rule=rule)
    assert caught.value.response["Error"]["Code"] == "InvalidS3Configuration"


def test_somebody_else_s_localstack_can_stand_behind(
    own: LocalCloud, hands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOCALSTACK_HOST puts our SES in front of a cloud that runs already; an AWS_ENDPOINT_URL selects nothing."""
    monkeypatch.setenv("LOCALSTACK_HOST", own.aws.replace("http://127.0.0.1", "localhost"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    hands.client("s3").create_bucket(
        Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    front = clouds.up("in-front", owner=os.getpid())
    try:
        s3, sesv2, sms, pinpoint = (
            boto3.client(
                service,
                endpoint_url=front.aws,
                region_name="eu-west-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            for service in ("s3", "sesv2", "pinpoint-sms-voice-v2", "pinpoint")
        )
        assert "theirs" in [one["Name"] for one in s3.list_buckets()["Buckets"]]
        sesv2.create_email_identity(EmailIdentity="only.here.example")
        with pytest.raises(ClientError, match="NotFound"):
            hands.client("sesv2").get_email_identity(EmailIdentity="only.here.example")
        sms.create_opt_out_list(OptOutListName="only-here")
        app = pinpoint.create_app(CreateApplicationRequest={"Name": "only-here"})["ApplicationResponse"]["Id"]
        with pytest.raises(ClientError, match="NotFound"):
            hands.client("pinpoint").get_app(ApplicationId=app)
    finally:
        clouds.down("in-front")
