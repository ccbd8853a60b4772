"""The inbound door and the actions of receipt rules, with strangers' tools and the rest of the cloud behind them."""

from __future__ import annotations

import base64
import email
import json
import shutil
import smtplib
import ssl
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailroom.local.cloud import LocalCloud

pytestmark = pytest.mark.integration

# Answers as one of AWS's own examples does: the set ends for spam, the rule for what has no X-Header.
DECIDES = """
def handle(event, context):
    (record,) = event["Records"]
    told = record["ses"]
    if told["receipt"]["spamVerdict"]["status"] == "FAIL":
        return {"disposition": "STOP_RULE_SET"}
    names = [header["name"] for header in told["mail"]["headers"]]
    if "X-Broken" in names:
        raise ValueError("this function is broken")
    return None if "X-Header" in names else {"disposition": "STOP_RULE"}
"""
# Puts what it is called with into a queue.
TELLS = """
import boto3, json, os

def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl="URL", MessageBody=json.dumps({"Message": json.dumps(event)}))
"""


@pytest.fixture
def ses(hands: Any) -> Iterator[Any]:
    """An SES client with an active rule set of its own, and mail.example to receive for."""
    client = hands.client("ses")
    client.verify_domain_identity(Domain="mail.example")
    client.create_receipt_rule_set(RuleSetName="door")
    client.set_active_receipt_rule_set(RuleSetName="door")
    yield client
    client.set_active_receipt_rule_set()
    client.delete_receipt_rule_set(RuleSetName="door")


def rule(ses: Any, *actions: dict[str, Any], name: str = "r", **more: Any) -> None:
    """A rule at the end of the set."""
    rules = ses.describe_receipt_rule_set(RuleSetName="door")["Rules"]
    after = {"After": rules[-1]["Name"]} if rules else {}
    made = {"Name": name, "Enabled": True, "ScanEnabled": True, "Actions": list(actions), **more}
    ses.create_receipt_rule(RuleSetName="door", Rule=made, **after)


def store(bucket: str, folder: str = "incoming", **more: str) -> dict[str, Any]:
    return {"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": folder, **more}}


def send(own: LocalCloud, message: str, to: str = "in@mail.example") -> None:
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as door:
        door.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made when the cloud started
        door.sendmail("sensor@far.example", [to], message)


def ear(hands: Any, topic: str) -> str:
    """A queue that hears a topic; its address."""
    url, arn = hands.queue(f"ear-{uuid.uuid4().hex}")
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(allow)})
    hands.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return str(url)


def next_heard(hands: Any, url: str) -> Any:
    """The next message of a queue, taken out of it."""
    sqs = hands.client("sqs")

    def one() -> Any:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return json.loads(message["Body"])
        return None

    return hands.until(one)


def let_ses_call(hands: Any, name: str) -> str:
    """Lambda's permission as the developer guide has it; the function's ARN."""
    functions = hands.client("lambda")
    functions.add_permission(
        FunctionName=name,
        StatementId="GiveSESPermissionToInvokeFunction",
        Action="lambda:InvokeFunction",
        Principal="ses.amazonaws.com",
        SourceAccount=hands.account,
    )
    arn: str = functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    return arn


@pytest.mark.skipif(shutil.which("swaks") is None, reason="swaks is not installed (apt-get install swaks)")
def test_swaks_delivers_and_is_refused(own: LocalCloud, hands: Any, ses: Any, bucket: str) -> None:
    """As an administrator tries a mail server: it goes through, and an unknown recipient has SES's reply."""
    rule(ses, store(bucket), Recipients=["in@mail.example"])
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
def test_a_typed_session_over_tls(own: LocalCloud, hands: Any, ses: Any, bucket: str) -> None:
    """By hand over STARTTLS, where a rule wants it; in the clear the recipient is refused in SES's words."""
    rule(ses, store(bucket), TlsPolicy="Require")
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as door:
        door.ehlo()
        door.mail("a@far.example")
        assert door.rcpt("in@mail.example") == (550, b"5.7.1 TLS required by recipient")
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


def test_a_topic_carries_the_mail_to_a_queue(own: LocalCloud, hands: Any, ses: Any) -> None:
    """SNS action, topic, subscription, queue: first SES's word that it will publish, then the mail itself."""
    topic = hands.client("sns").create_topic(Name="mail-in")["TopicArn"]
    url = ear(hands, topic)
    rule(ses, {"SNSAction": {"TopicArn": topic, "Encoding": "Base64"}}, Recipients=["in@mail.example"])
    assert next_heard(hands, url)["Subject"] == "Amazon SES Email Receipt Subscription Notification"
    send(own, "From: Me <me@far.example>\r\nTo: in@mail.example\r\nSubject: by topic\r\n\r\nhello\r\n")
    heard = next_heard(hands, url)
    assert heard["Subject"] == "Amazon SES Email Receipt Notification"
    told = json.loads(heard["Message"])
    assert told["notificationType"] == "Received"
    assert told["mail"]["commonHeaders"]["subject"] == "by topic"
    assert told["receipt"]["recipients"] == ["in@mail.example"]
    mail = email.message_from_bytes(base64.b64decode(told["content"]))
    assert mail["Subject"] == "by topic"
    assert told["mail"]["messageId"] in mail["Received"]


def test_a_function_decides_where_mail_goes(own: LocalCloud, hands: Any, ses: Any, bucket: str) -> None:
    """STOP_RULE, STOP_RULE_SET and going on, from a function that runs; one that fails has the sender try again."""
    hands.function("decides", DECIDES)
    arn = let_ses_call(hands, "decides")
    call = {"LambdaAction": {"FunctionArn": arn, "InvocationType": "RequestResponse"}}
    rule(ses, store(bucket, "incoming/first"), call, store(bucket, "incoming/second"))
    rule(ses, store(bucket, "incoming/next"), name="next")

    def folders(message: str) -> list[str]:
        before = set(hands.keys(bucket))
        send(own, message + "\r\n\r\nhello\r\n")
        return sorted(key.split("/")[1] for key in set(hands.keys(bucket)) - before)

    assert folders("X-Header: X-Value") == ["first", "next", "second"]
    assert folders("Subject: none") == ["first", "next"]
    assert folders("X-Mailroom-Verdicts: spam=FAIL\r\nX-Header: X-Value") == ["first"]
    with pytest.raises(smtplib.SMTPDataError, match="this function is broken") as caught:
        folders("X-Broken: yes")
    assert caught.value.smtp_code == 451


def test_a_function_is_told_without_being_waited_for(own: LocalCloud, hands: Any, ses: Any) -> None:
    """With Event it runs by itself, with the documented event, and its topic hears that it was called."""
    url, queue_arn = hands.queue("told")
    may = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn}
    hands.function("tells", TELLS.replace("URL", url), may)
    topic = hands.client("sns").create_topic(Name="called")["TopicArn"]
    alerts = ear(hands, topic)
    arn = let_ses_call(hands, "tells")
    rule(ses, {"LambdaAction": {"FunctionArn": arn, "InvocationType": "Event", "TopicArn": topic}})
    next_heard(hands, alerts)  # the subscription's own
    send(own, "From: me@far.example\r\nSubject: event\r\n\r\nhello\r\n")
    (record,) = json.loads(next_heard(hands, url)["Message"])["Records"]
    assert record["eventSource"] == "aws:ses"
    assert record["ses"]["mail"]["commonHeaders"]["subject"] == "event"
    assert record["ses"]["receipt"]["action"] == {
        "type": "Lambda",
        "functionArn": arn,
        "invocationType": "Event",
    }
    alert = json.loads(next_heard(hands, alerts)["Message"])
    assert alert["mail"]["messageId"] == record["ses"]["mail"]["messageId"]
    assert alert["receipt"]["action"] == {**record["ses"]["receipt"]["action"], "topicArn": topic}


def test_a_rule_needs_what_its_actions_need(hands: Any, ses: Any) -> None:
    """No permission on the function, none on the topic, no such bucket: AWS's own errors."""
    hands.function("shut", "def handle(event, context): return None")
    arn = hands.client("lambda").get_function(FunctionName="shut")["Configuration"]["FunctionArn"]
    topic = hands.client("sns").create_topic(Name="shut")["TopicArn"]
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    hands.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=hands.document(nobody)
    )
    for action, code, words in (
        ({"LambdaAction": {"FunctionArn": arn}}, "InvalidLambdaFunction", "Could not invoke Lambda function"),
        (
            {"LambdaAction": {"FunctionArn": arn + "2"}},
            "InvalidLambdaFunction",
            "Could not invoke Lambda function",
        ),
        ({"SNSAction": {"TopicArn": topic}}, "InvalidSnsTopic", "Could not publish to SNS topic"),
        ({"SNSAction": {"TopicArn": topic + "2"}}, "InvalidSnsTopic", "Could not publish to SNS topic"),
        (store("nowhere"), "InvalidS3Configuration", "No such bucket: nowhere"),
    ):
        with pytest.raises(ClientError, match=words) as caught:
            rule(ses, action)
        assert caught.value.response["Error"]["Code"] == code
    let_ses_call(hands, "shut")
    rule(ses, {"LambdaAction": {"FunctionArn": arn}})


@pytest.mark.parametrize("whose", ["customer", "aws/ses"])
def test_encrypted_mail_is_read_by_who_may_use_the_key(
    own: LocalCloud, hands: Any, ses: Any, bucket: str, whose: str
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
            rule(ses, store(bucket, KmsKeyArn=key))
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=hands.document(root, use))
    rule(ses, store(bucket, KmsKeyArn=key))
    send(own, "Subject: secret\r\n\r\nhello\r\n")
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


def test_a_role_takes_the_place_of_the_policies(own: LocalCloud, hands: Any, ses: Any) -> None:
    """With IamRoleArn the role must trust SES and may write where no policy lets SES in."""
    bucket = f"bare-{uuid.uuid4().hex}"
    hands.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    iam = hands.client("iam")
    write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    untrusted = hands.role_with("trusts-lambda", write)
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": hands.account}},
    }
    role = iam.create_role(RoleName="trusts-ses", AssumeRolePolicyDocument=hands.document(trust))["Role"][
        "Arn"
    ]
    for action in (store(bucket), store(bucket, IamRoleArn=untrusted), store(bucket, IamRoleArn=role)):
        with pytest.raises(ClientError, match="Could not write to bucket") as caught:
            rule(ses, action)
        assert caught.value.response["Error"]["Code"] == "InvalidS3Configuration"
    iam.put_role_policy(RoleName="trusts-ses", PolicyName="p", PolicyDocument=hands.document(write))
    rule(ses, store(bucket, IamRoleArn=role))
    send(own, "Subject: by role\r\n\r\nhello\r\n")
    assert len(hands.keys(bucket)) == 1


def test_a_bounce_is_in_the_inbox(own: LocalCloud, ses: Any) -> None:
    """The rule's Sender writes to the sender of the mail, and the inbox lists it."""
    reply = {
        "Sender": "postmaster@mail.example",
        "SmtpReplyCode": "550",
        "StatusCode": "5.1.1",
        "Message": "Nobody here",
    }
    rule(ses, {"BounceAction": reply})
    send(own, "Subject: anybody\r\n\r\nhello\r\n")
    with urllib.request.urlopen(own.inbox, timeout=10) as page:
        text = page.read().decode()
    assert "sensor@far.example" in text
    assert "Delivery Status Notification (Failure)" in text


def test_each_region_has_rules_of_its_own(own: LocalCloud, ses: Any, bucket: str) -> None:
    """What is set in another Region does nothing at this door."""
    rule(ses, store(bucket), Recipients=["in@mail.example"])
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
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as door:
        door.ehlo()
        door.mail("a@far.example")
        assert door.rcpt("in@elsewhere.example")[0] == 550
        assert door.rcpt("in@mail.example")[0] == 250
