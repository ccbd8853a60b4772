"""Faults: which call is met, by what, how often; and that boto3 believes what it gets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from mailroom.errors import MailroomError
from mailroom.local import faults
from mailroom.local.adapter.backend import LambdaWorker
from mailroom.local.cloud import LocalCloud
from mailroom.local.engine.ses.state import Ses
from mailroom.local.faults import Fault
from mailroom.local.faults.calls import Call
from mailroom.local.faults.table import Table

Client = Callable[..., Any]
SEND = {
    "FromEmailAddress": "m@mail.example",
    "Destination": {"ToAddresses": ["a@far.example"]},
    "Content": {"Raw": {"Data": b"From: m@mail.example\r\nTo: a@far.example\r\n\r\nAction=GetAccount\r\n"}},
}


@pytest.fixture
def running(address: str) -> LocalCloud:
    """The served front, as a cloud that faults can be armed in."""
    return LocalCloud(address, "eu-west-1", "000000000000", {}, {}, {}, "", "", 0, "unit")


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("sqs", "send_message", {"QueueUrl": "http://127.0.0.1/0/q", "MessageBody": "Action=Purge"}),
    ("sqs", "change_message_visibility", {"QueueUrl": "q", "ReceiptHandle": "r", "VisibilityTimeout": 1}),
    ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:t", "Message": "Action=x"}),
    ("dynamodb", "update_item", {"TableName": "t", "Key": {"a": {"S": "x"}}}),
    ("dynamodbstreams", "list_streams", {}),
    ("sesv2", "send_email", SEND),
    ("sesv2", "get_configuration_set", {"ConfigurationSetName": "a"}),
    ("ses", "send_raw_email", {"RawMessage": {"Data": b"x"}}),
    ("s3", "put_object", {"Bucket": "b", "Key": "a/b c/ü", "Body": b"Action=List"}),
    ("s3", "get_object", {"Bucket": "b", "Key": "a/b"}),
    ("s3", "head_object", {"Bucket": "b", "Key": "a/"}),
    ("s3", "create_multipart_upload", {"Bucket": "b", "Key": "a"}),
    ("s3", "upload_part", {"Bucket": "b", "Key": "a", "UploadId": "u", "PartNumber": 1, "Body": b"x"}),
    ("s3", "complete_multipart_upload", {"Bucket": "b", "Key": "a", "UploadId": "u"}),
    ("s3", "abort_multipart_upload", {"Bucket": "b", "Key": "a", "UploadId": "u"}),
    ("s3", "copy_object", {"Bucket": "b", "Key": "a", "CopySource": "c/d"}),
    ("s3", "put_object_tagging", {"Bucket": "b", "Key": "a", "Tagging": {"TagSet": []}}),
    ("s3", "delete_objects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}]}}),
    ("s3", "list_objects_v2", {"Bucket": "b"}),
    ("s3", "list_object_versions", {"Bucket": "b"}),
    ("kms", "generate_data_key", {"KeyId": "k"}),
    ("events", "put_events", {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}"}]}),
    ("cloudwatch", "put_metric_data", {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1}]}),
    ("lambda", "invoke", {"FunctionName": "f", "Payload": b"{}"}),
    ("sts", "get_caller_identity", {}),
]


@pytest.mark.parametrize(
    ("service", "method", "params"), CALLS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_call_is_known_by_its_own_name(
    service: str, method: str, params: dict[str, Any], client: Client, running: LocalCloud
) -> None:
    """A call is met by the fault that names its service and operation, and by no other operation's."""
    made = client(service)
    operation = made.meta.method_to_api_mapping[method]
    faults.add(running, Fault("throttle", service, "Other*"))
    faults.add(running, Fault("throttle", service, operation))
    with pytest.raises(ClientError):
        getattr(made, method)(**params)
    assert [(one["matched"], one["struck"]) for one in faults.listing(running)] == [(0, 0), (1, 1)]


@pytest.mark.parametrize("kind", ["throttle", "error"])
def test_what_is_struck_with_an_error_is_told_to_the_cloud_behind(
    kind: str, client: Client, running: LocalCloud, backend: Any
) -> None:
    """With its body, so that metrics can be of the table that it named."""
    faults.add(running, Fault(kind, "dynamodb", "DescribeTable"))
    with pytest.raises(ClientError):
        client("dynamodb").describe_table(TableName="table")
    ((service, operation, told, body),) = backend.told_of
    assert (service, operation, told) == ("dynamodb", "DescribeTable", kind)
    assert json.loads(body) == {"TableName": "table"}


THROTTLES = [
    ("sesv2", "TooManyRequestsException", 429),
    ("s3", "SlowDown", 503),
    ("dynamodb", "ProvisionedThroughputExceededException", 400),
    ("sqs", "RequestThrottled", 403),
    ("sns", "Throttled", 429),
    ("ses", "Throttling", 400),
    ("kms", "ThrottlingException", 400),
    ("cloudwatch", "ThrottlingException", 400),
    ("lambda", "TooManyRequestsException", 429),
]


@pytest.mark.parametrize(("service", "code", "status"), THROTTLES)
def test_boto3_reads_a_throttle_as_that_service_s(
    service: str, code: str, status: int, client: Client, running: LocalCloud
) -> None:
    """Code and status are what the SDK decides by."""
    _, method, params = next(call for call in CALLS if call[0] == service)
    faults.add(running, Fault("throttle", service))
    with pytest.raises(ClientError) as caught:
        getattr(client(service), method)(**params)
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


@pytest.mark.parametrize("service", sorted({call[0] for call in CALLS}))
def test_an_error_is_one_that_the_sdk_tries_again(service: str, client: Client, running: LocalCloud) -> None:
    """An internal error is HTTP 500 with a code that boto3 reads, in each protocol."""
    _, method, params = next(call for call in CALLS if call[0] == service)
    faults.add(running, Fault("error", service))
    with pytest.raises(ClientError) as caught:
        getattr(client(service), method)(**params)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert answer["Error"]["Code"].startswith(("Internal", "Service", "KMSInternal"))


@pytest.mark.parametrize(("kind", "sent"), [("reset", 0), ("lost-answer", 1)])
def test_a_connection_is_closed_before_or_after_the_call(
    kind: str, sent: int, sesv2: Any, ses: Ses, running: LocalCloud
) -> None:
    """Both look the same to the caller; only the lost answer's call was done. The next call is answered."""
    faults.add(running, Fault(kind, "sesv2", "SendEmail"))
    with pytest.raises(ConnectionClosedError):
        sesv2.send_email(**SEND)
    assert len(ses.mail.listing()) == sent
    assert sesv2.send_email(**SEND)["MessageId"]


def test_a_delay_delays_and_then_lets_the_call_be_done(sesv2: Any, running: LocalCloud) -> None:
    """The answer comes, so many seconds later."""
    faults.add(running, Fault("delay", "sesv2", seconds=0.4))
    begun = time.monotonic()
    assert sesv2.send_email(**SEND)["MessageId"]
    assert time.monotonic() - begun >= 0.4


@pytest.mark.parametrize(("kind", "sent"), [("kill-before", 0), ("kill-after", 1)])
def test_the_worker_that_asks_is_killed_and_no_other(
    kind: str, sent: int, sesv2: Any, ses: Ses, running: LocalCloud, backend: Any
) -> None:
    """The process whose access key signed the call gets SIGKILL, before or after the call is done."""
    asking, other = (subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in "ab")
    backend.workers.update(test=LambdaWorker("f", asking.pid), else_=LambdaWorker("f", other.pid))
    faults.add(running, Fault(kind, "sesv2", "SendEmail", function="f"))
    with pytest.raises(ConnectionClosedError):
        sesv2.send_email(**SEND)
    try:
        assert asking.wait(10) == -9
        assert other.poll() is None
        assert len(ses.mail.listing()) == sent
    finally:
        other.kill()
        other.wait()


def test_only_the_named_function_s_calls_are_met(sesv2: Any, running: LocalCloud, backend: Any) -> None:
    """Somebody else's call, or another function's, passes; a kill never meets who is no Lambda worker."""
    faults.add(running, Fault("throttle", "sesv2", function="f"))
    faults.add(running, Fault("kill-before", "sesv2"))
    assert sesv2.send_email(**SEND)["MessageId"]
    assert [one["matched"] for one in faults.listing(running)] == [0, 0]


def test_skip_times_and_share() -> None:
    """So many calls pass, so many are struck, the rest passes; a share strikes by the draw."""
    call = Call("s3", "PutObject", "rest-xml")
    table = Table()
    table.add(Fault("reset", "s3", "Put*", skip=2, times=3))
    assert [bool(table.meets(call)[1]) for _ in range(7)] == [False, False, True, True, True, False, False]
    draws = iter([0.1, 0.6, 0.4])
    shared = Table(draw=lambda: next(draws))
    shared.add(Fault("reset", share=0.5, times=0))
    assert [bool(shared.meets(call)[1]) for _ in range(3)] == [True, False, True]


def test_delays_add_up_and_the_first_other_fault_strikes() -> None:
    """A fault behind the one that strikes does not see the call."""
    table = Table()
    for fault in (Fault("delay", seconds=2), Fault("delay", seconds=1), Fault("error"), Fault("reset")):
        table.add(fault)
    seconds, fault = table.meets(Call("s3", "GetObject", "rest-xml"))
    assert (seconds, fault and fault.kind) == (3.0, "error")
    assert [one["matched"] for one in table.listing()] == [1, 1, 1, 0]


def test_kill_answer_asks_for_the_end_of_an_invocation(
    backend: Any, address: str, running: LocalCloud
) -> None:
    """No call is met by it; the end of the function's invocation is, as often as it says."""
    faults.add(running, Fault("kill-answer", function="f", skip=1))
    assert [backend.loses(name) for name in ("g", "f", "f", "f")] == [False, False, True, False]


def test_cleared_faults_are_gone(sesv2: Any, running: LocalCloud) -> None:
    """Nothing strikes after a clear."""
    faults.add(running, Fault("throttle", times=0))
    faults.clear(running)
    assert faults.listing(running) == []
    assert sesv2.send_email(**SEND)["MessageId"]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"kind": "explode"}, "no kind of fault"),
        ({"kind": "throttle", "share": 0.0}, "share"),
        ({"kind": "throttle", "share": 1.1}, "share"),
        ({"kind": "throttle", "times": -1}, "times"),
        ({"kind": "throttle", "seconds": 1.0}, "seconds are for the kind delay"),
        ({"kind": "delay"}, "seconds are for the kind delay"),
        ({"kind": "delay", "seconds": 1000.0}, "seconds are 0 to 900"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(members: dict[str, Any], words: str) -> None:
    """The reason is in the error."""
    with pytest.raises(ValueError, match=words):
        Fault(**members)


def test_the_cloud_refuses_what_it_does_not_know(
    running: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer client's fault is refused by name, not ignored."""
    monkeypatch.setattr(faults, "asdict", lambda fault: {"kind": "throttle", "colour": "red"})
    with pytest.raises(MailroomError, match="colour"):
        faults.add(running, Fault("throttle"))
