"""The whole function, from the queue's records to what AWS was asked for (moto), and the click that follows."""

import json
import os
import re
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from lambda_src.inbound import handler
from lambda_src.links import handler as links_handler
from lambda_src.shared import clients

CONTEXT = SimpleNamespace(
    aws_request_id="r1", function_name="dev-inbound", get_remaining_time_in_millis=lambda: 60_000
)


def s3_event(key: str, version: str = "", bucket: str = "raw-bucket", name: str = "ObjectCreated:Put") -> str:
    stored = {"key": key, "size": 5} | ({"versionId": version} if version else {})
    return json.dumps(
        {"Records": [{"eventName": name, "s3": {"bucket": {"name": bucket}, "object": stored}}]}
    )


def batch(*bodies: str) -> dict[str, Any]:
    """A batch as Lambda gets it: the messages are sent to the queue and received from it."""
    sqs, url = boto3.client("sqs"), os.environ["INBOUND_QUEUE_URL"]
    records = []
    for number, body in enumerate(bodies):
        sqs.send_message(QueueUrl=url, MessageBody=body or "-")
        received = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"][
            0
        ]
        records.append(
            {
                "messageId": str(number),
                "body": body,
                "receiptHandle": received["ReceiptHandle"],
                "attributes": received["Attributes"],
            }
        )
    return {"Records": records}


def failed(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def _table(name: str, *keys: str) -> None:
    boto3.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
    )


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Both functions' environment and what they touch."""
    values = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "RAW_BUCKET": "raw-bucket",
        "ATTACHMENTS_BUCKET": "att-bucket",
        "LEDGER_TABLE": "ledger",
        "LINKS_TABLE": "links",
        "LINKS_URL": "https://l.example",
        "LINK_EXPIRY_HOURS": "36",
        "SENDER_ADDRESS": "mailroom@out.example",
        "CONFIGURATION_SET": "inbound",
        "RECIPIENTS_MARKER": ":Email_Rxers_Code:",
        "MAXIMUM_MESSAGE_BYTES": "1000000",
        "MAXIMUM_ATTACHMENTS": "100",
        "MAXIMUM_RECIPIENTS": "50",
        "SHOW_ALL_RECIPIENTS": "false",
        "SIGNED_URL_SECONDS": "60",
        "MALWARE_PROTECTION": "false",
        "LEDGER_RETENTION_DAYS": "90",
        "VERDICT_POLICY": "{}",
        "ALLOWED_RECIPIENT_DOMAINS": "",
        "SENDS_PER_SECOND": "0",
        "KEEP_FILES_BELOW_BYTES": "0",
        "KEEP_INLINE_IMAGES_BELOW_BYTES": "100000",
        "NOTICE_SHOWS_TEXT": "false",
        "RETRY_SECONDS": "1",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    cached = (handler._wired, links_handler._wired, clients.client, clients.signing_client)
    with mock_aws():
        for bucket in ("raw-bucket", "att-bucket"):
            boto3.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
        _table("ledger", "mail", "part")
        _table("links", "token_hash")
        queue = boto3.client("sqs").create_queue(
            QueueName="inbound", Attributes={"VisibilityTimeout": "1800"}
        )
        monkeypatch.setenv("INBOUND_QUEUE_URL", queue["QueueUrl"])
        monkeypatch.setenv("NOTICE_TOPIC_ARN", boto3.client("sns").create_topic(Name="n")["TopicArn"])
        sesv2 = boto3.client("sesv2")
        sesv2.create_email_identity(EmailIdentity="mailroom@out.example")
        sesv2.create_configuration_set(ConfigurationSetName="inbound")
        for wired in cached:
            wired.cache_clear()
        yield SimpleNamespace(sent=lambda: ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages)
    for wired in cached:
        wired.cache_clear()


def test_a_batch(deployed: Any, report: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """In a batch only what failed comes back; a good mail is sent, and its links lead to the stored bytes."""
    s3 = boto3.client("s3")
    s3.put_object(Bucket="raw-bucket", Key="incoming/a b", Body=report)
    event = batch(
        s3_event("incoming/a+b"),
        s3_event("incoming/missing"),
        json.dumps({"Event": "s3:TestEvent", "Bucket": "x"}),
        "no json",
        s3_event("incoming/a+b", bucket="another"),
        s3_event("incoming/AMAZON_SES_SETUP_NOTIFICATION"),
    )
    assert failed(handler.handle(event, CONTEXT)) == ["1", "3", "4"]
    assert [set(message.destinations) for message in deployed.sent()] == [
        {"ann@a.example"},
        {"bob@b.example"},
    ]
    token = re.findall(r"https://l\.example/([\w-]{43})", deployed.sent()[0].raw_data)[0]
    answer = links_handler.handle({"pathParameters": {"token": token}}, CONTEXT)
    assert answer["statusCode"] == 302
    assert "/att-bucket/attachments/" in answer["headers"]["location"]
    printed = capsys.readouterr().out
    assert all("message" in json.loads(line) for line in printed.splitlines())
    for secret in ("ann@a.example", "pump7", "All well", token):
        assert secret not in printed


def test_without_time_nothing_is_begun(deployed: Any, report: bytes) -> None:
    """With little time left, mails go back to the queue untouched."""
    boto3.client("s3").put_object(Bucket="raw-bucket", Key="incoming/m", Body=report)
    late = SimpleNamespace(aws_request_id="r1", get_remaining_time_in_millis=lambda: 3_000)
    assert failed(handler.handle(batch(s3_event("incoming/m")), late)) == ["0"]
    assert boto3.client("dynamodb").scan(TableName="ledger")["Items"] == []


def test_a_failed_mail_comes_back_after_its_pause(deployed: Any) -> None:
    """What failed is hidden for the retry's pause, not for the queue's long time-out; a lost receipt does no harm."""
    sqs, url = boto3.client("sqs"), os.environ["INBOUND_QUEUE_URL"]
    event = batch(s3_event("incoming/missing"))
    assert failed(handler.handle(event, CONTEXT)) == ["0"]
    again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert again[0]["Body"] == event["Records"][0]["body"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again[0]["ReceiptHandle"])
    assert failed(handler.handle(event, CONTEXT)) == ["0"]


def test_a_wrong_setting_stops_the_first_call(deployed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing setting fails the call with the variable's name, so that no mail is lost by it."""
    monkeypatch.delenv("LINKS_URL")
    with pytest.raises(ValueError, match="LINKS_URL is not set"):
        handler.handle(batch(s3_event("incoming/m")), CONTEXT)


def key_record(*keys: str) -> str:
    """One SQS body that names several mails."""
    return json.dumps({"Records": [json.loads(s3_event(key))["Records"][0] for key in keys]})


def test_several_mails_in_one_record(deployed: Any, report: bytes) -> None:
    """Where one of several mails fails, the record comes back, and those that are done are not sent again."""
    for key in ("incoming/m1", "incoming/m3"):
        boto3.client("s3").put_object(Bucket="raw-bucket", Key=key, Body=report)
    body = key_record("incoming/m1", "incoming/m2", "incoming/m3")
    assert failed(handler.handle(batch(body), CONTEXT)) == ["0"]
    assert len(deployed.sent()) == 4
    boto3.client("s3").put_object(Bucket="raw-bucket", Key="incoming/m2", Body=report)
    assert failed(handler.handle(batch(body), CONTEXT)) == []
    assert len(deployed.sent()) == 6


def test_finished_mails_are_counted(deployed: Any, report: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Each finished mail is one line that CloudWatch makes a metric of, by function and outcome, just once."""
    for key, raw in {"m1": report, "m2": b"X-SES-Spam-Verdict: FAIL\n" + report, "m3": b"\nno list"}.items():
        boto3.client("s3").put_object(Bucket="raw-bucket", Key=f"incoming/{key}", Body=raw)
    bodies = [s3_event(f"incoming/{key}") for key in ("m1", "m2", "m3", "m1", "missing")]
    handler.handle(batch(*bodies), CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [(line["function"], line["outcome"], line["mails"]) for line in lines if "_aws" in line]
    assert counted == [("dev-inbound", outcome, 1) for outcome in ("sent", "junk", "notice")]


ODD: list[dict[str, Any]] = [
    {"messageId": "1"},
    {"messageId": "1", "body": None},
    {"messageId": "1", "body": "{}", "attributes": {}},
    {"messageId": "1", "body": "{}", "attributes": {"ApproximateReceiveCount": "x"}, "receiptHandle": "y"},
    {"messageId": "1", "body": "{}", "attributes": {"ApproximateReceiveCount": "1"}, "receiptHandle": "y"},
]


@pytest.mark.parametrize("record", ODD)
def test_odd_records(deployed: Any, record: dict[str, Any]) -> None:
    """A record without what every record has comes back, and does no harm to the others."""
    assert failed(handler.handle({"Records": [record]}, CONTEXT)) == ["1"]


def test_a_record_without_a_name_fails_the_batch(deployed: Any) -> None:
    """What cannot be named fails the whole batch (an empty name), so that nothing is lost; no records are none."""
    assert failed(handler.handle({"Records": [{"body": "{}"}]}, CONTEXT)) == [""]
    assert failed(handler.handle({}, CONTEXT)) == []


def test_a_busy_mail_comes_back_when_its_lease_ends(deployed: Any, report: bytes) -> None:
    """A mail that another worker has is hidden until that worker's lease ends."""
    pauses = []
    queue = handler._wired().retries._client

    class Queue:
        def change_message_visibility(self, **request: Any) -> None:
            pauses.append(request["VisibilityTimeout"])

    object.__setattr__(handler._wired().retries, "_client", Queue())
    handler._wired().process.ledger.claim("incoming/m#null", "other", int(time.time()), int(time.time()) + 15)
    assert failed(handler.handle(batch(s3_event("incoming/m")), CONTEXT)) == ["0"]
    object.__setattr__(handler._wired().retries, "_client", queue)
    assert pauses[0] in (15, 16)


def test_a_lost_connection_fails_its_mail_alone(deployed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3's lost connections, which carry no answer, are told like any failure; the mail comes back."""
    from botocore.exceptions import ConnectionClosedError

    def broken(*_: Any) -> None:
        raise ConnectionClosedError(endpoint_url="http://127.0.0.1:9", response=None)

    monkeypatch.setattr(handler._wired().process.__class__, "work", broken)
    assert failed(handler.handle(batch(s3_event("incoming/m")), CONTEXT)) == ["0"]
