"""The workers of a Lambda function: few, shared, and never waiting for themselves; and SES, which calls them."""

from __future__ import annotations

import json
import smtplib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mailroom.local.cloud import LocalCloud
from mailroom.local.patches.lambda_pool import DEFAULT_WORKERS
from mailroom.local.reader import Reader

pytestmark = pytest.mark.integration

WHO = """
import os, time
def handle(event, context):
    print("a line of the log")
    time.sleep(0.02)
    return os.getpid()
"""
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
import boto3, json

def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl="URL", MessageBody=json.dumps({"Message": json.dumps(event)}))
"""
# Bounces what it is called for, as the functions of many do that receive mail by SES.
BOUNCES = """
import boto3

def handle(event, context):
    (record,) = event["Records"]
    told = record["ses"]
    to = told["receipt"]["recipients"]
    boto3.client("ses").send_bounce(
        OriginalMessageId=told["mail"]["messageId"],
        BounceSender="mailer-daemon@mail.example",
        Explanation="Nobody reads this.",
        BouncedRecipientInfoList=[{"Recipient": one, "BounceType": "DoesNotExist"} for one in to],
    )
    return {"disposition": "STOP_RULE_SET"}
"""
CALLS_ITSELF = """
import json, time
import boto3
functions = boto3.client("lambda")
def handle(event, context):
    if event.get("inner"):
        return 1
    time.sleep(1)
    answer = functions.invoke(FunctionName="nested", Payload=json.dumps({"inner": True}))
    return 1 + json.loads(answer["Payload"].read())
"""


def test_many_calls_at_once_share_a_few_workers(hands: Any) -> None:
    """A hundred calls at once: all are answered, by at most so many processes."""
    call = hands.function("who", WHO)
    with ThreadPoolExecutor(100) as many:
        pids = list(many.map(lambda _: call(), range(100)))
    assert all(isinstance(pid, int) for pid in pids), [pid for pid in pids if not isinstance(pid, int)][:1]
    assert len(set(pids)) <= DEFAULT_WORKERS


def test_a_function_that_calls_itself_is_not_waited_for(hands: Any) -> None:
    """All workers busy with calls that each need another one: they get it."""
    everything = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    call = hands.function("nested", CALLS_ITSELF, everything)
    with ThreadPoolExecutor(DEFAULT_WORKERS) as many:
        assert list(many.map(lambda _: call(), range(DEFAULT_WORKERS))) == [2] * DEFAULT_WORKERS


def test_a_reserved_concurrency_still_throttles(hands: Any) -> None:
    """Where a function has a concurrency of its own, calls beyond it are refused, as in AWS, not queued."""
    hands.function("reserved", WHO.replace("0.02", "2"))
    functions = hands.client("lambda")
    functions.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=1)

    def attempt(_: int) -> str:
        try:
            return type(json.loads(functions.invoke(FunctionName="reserved")["Payload"].read())).__name__
        except functions.exceptions.TooManyRequestsException:
            return "throttled"

    with ThreadPoolExecutor(3) as many:
        assert sorted(many.map(attempt, range(3))) == ["int", "throttled", "throttled"]


def test_a_function_decides_where_mail_goes(hands: Any, door: Any, bucket: str) -> None:
    """STOP_RULE, STOP_RULE_SET and going on, from a function that runs; one that fails has the sender try again."""
    hands.function("decides", DECIDES)
    arn = door.let_ses_call("decides")
    call = {"LambdaAction": {"FunctionArn": arn, "InvocationType": "RequestResponse"}}
    door.rule(door.store(bucket, "incoming/first"), call, door.store(bucket, "incoming/second"))
    door.rule(door.store(bucket, "incoming/next"), name="next")

    def folders(message: str) -> list[str]:
        before = set(hands.keys(bucket))
        door.send(message + "\r\n\r\nhello\r\n")
        return sorted(key.split("/")[1] for key in set(hands.keys(bucket)) - before)

    assert folders("X-Header: X-Value") == ["first", "next", "second"]
    assert folders("Subject: none") == ["first", "next"]
    assert folders("X-Mailroom-Verdicts: spam=FAIL\r\nX-Header: X-Value") == ["first"]
    with pytest.raises(smtplib.SMTPDataError, match="this function is broken") as caught:
        folders("X-Broken: yes")
    assert caught.value.smtp_code == 451


def test_a_function_is_told_without_being_waited_for(hands: Any, door: Any) -> None:
    """With Event it runs by itself, with the documented event, and its topic hears that it was called."""
    url, queue_arn = hands.queue("told")
    may = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn}
    hands.function("tells", TELLS.replace("URL", url), may)
    topic = hands.client("sns").create_topic(Name="called")["TopicArn"]
    alerts = door.ear(topic)
    arn = door.let_ses_call("tells")
    door.rule({"LambdaAction": {"FunctionArn": arn, "InvocationType": "Event", "TopicArn": topic}})
    door.next_heard(alerts)  # the subscription's own
    door.send("From: me@far.example\r\nSubject: event\r\n\r\nhello\r\n")
    (record,) = json.loads(door.next_heard(url)["Message"])["Records"]
    assert record["eventSource"] == "aws:ses"
    assert record["ses"]["mail"]["commonHeaders"]["subject"] == "event"
    assert record["ses"]["receipt"]["action"] == {
        "type": "Lambda",
        "functionArn": arn,
        "invocationType": "Event",
    }
    alert = json.loads(door.next_heard(alerts)["Message"])
    assert alert["mail"]["messageId"] == record["ses"]["mail"]["messageId"]
    assert alert["receipt"]["action"] == {**record["ses"]["receipt"]["action"], "topicArn": topic}


def test_a_function_bounces_the_mail_that_it_was_called_for(own: LocalCloud, hands: Any, door: Any) -> None:
    """SendBounce by a function's role, while the sender still waits at the door: the report is in the inbox."""
    identity = f"arn:aws:ses:{own.region}:{hands.account}:identity/mail.example"
    hands.function("bounces", BOUNCES, {"Effect": "Allow", "Action": "ses:SendBounce", "Resource": identity})
    arn = door.let_ses_call("bounces")
    door.rule({"LambdaAction": {"FunctionArn": arn, "InvocationType": "RequestResponse"}})
    door.send("Subject: anybody\r\nMessage-ID: <one@far.example>\r\n\r\nhello\r\n")
    inbox = Reader(own.name)
    (sent,) = (one for one in inbox.listing() if one["from"] == "mailer-daemon@mail.example")
    report = inbox.raw(sent["id"]).decode()
    assert sent["recipients"] == ["sensor@far.example"]
    for line in (
        "In-Reply-To: <one@far.example>",
        "Final-Recipient: rfc822; in@mail.example",
        "Status: 5.1.1",
    ):
        assert f"{line}\r\n" in report
    assert "Nobody reads this." in report
