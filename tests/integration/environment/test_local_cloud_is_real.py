"""What the local cloud must not forgive, since AWS does not."""

import io
import json
import time
import zipfile
from typing import Any

import pytest

from mailroom.demo.watch import until
from mailroom.environment import Environment

# A package that the emulator itself has, and Lambda's runtime does not.
NEEDS_YAML = "import yaml\ndef handle(event, context):\n    return yaml.__version__\n"


def test_a_package_that_the_zip_lacks_fails(environment: Environment) -> None:
    """A function that imports a package which its zip lacks fails, even where the emulator itself has it."""
    client = environment.client("lambda")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("handler.py", NEEDS_YAML)
    role = client.get_function_configuration(FunctionName=environment.output("links_function_name"))["Role"]
    client.create_function(
        FunctionName="needs-yaml", Runtime="python3.13", Role=role, Handler="handler.handle",
        Code={"ZipFile": zipped.getvalue()},
    )  # fmt: skip
    try:
        answer = client.invoke(FunctionName="needs-yaml")
        assert "FunctionError" in answer
        assert "No module named 'yaml'" in answer["Payload"].read().decode()
    finally:
        client.delete_function(FunctionName="needs-yaml")


def test_an_alarm_reaches_the_alarm_topic(environment: Environment) -> None:
    """Fifty dead letters raise the alarm `dead_letters`, whose notice reaches the alarm topic; emptied, it is OK."""
    sqs, queue = environment.client("sqs"), environment.output("inbound_dead_letter_queue_url")
    alarm = f"{environment.output('name_prefix')}-inbound-dead_letters"
    listener = listen(environment, environment.output("alarm_topic_arn"))
    for start in range(0, 50, 10):
        entries = [{"Id": str(number), "MessageBody": "x"} for number in range(start, start + 10)]
        sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    notice = until("the alarm's notice", lambda: about(sqs, listener, alarm, "ALARM"))
    assert notice["Trigger"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    ringing = environment.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    # Tests of faults share this cloud and make these functions fail on purpose: they may ring as well.
    broken = {f"{environment.output(f'{name}_function_name')}-errors" for name in ("inbound", "status")}
    assert {found["AlarmName"] for found in ringing} - broken == {alarm}
    sqs.purge_queue(QueueUrl=queue)
    # The alarm looks at the highest value of two minutes, so that is how long it takes to be OK again.
    until("the alarm to be OK again", lambda: about(sqs, listener, alarm, "OK"), seconds=200)


def listen(environment: Environment, topic: str) -> str:
    """A queue that is subscribed to this topic."""
    sqs = environment.client("sqs")
    url = sqs.create_queue(QueueName=f"listener-{time.monotonic_ns()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    environment.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def about(sqs: Any, url: str, alarm: str, state: str) -> dict[str, Any] | None:
    """The notice about this alarm in this state, if it has come."""
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get(
        "Messages", []
    ):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        notice = json.loads(json.loads(message["Body"])["Message"])
        if (notice["AlarmName"], notice["NewStateValue"]) == (alarm, state):
            return notice
    return None


@pytest.mark.parametrize("service", ["s3", "sqs"])
def test_a_stranger_is_refused(environment: Environment, service: str) -> None:
    """Keys that nobody gave out are refused."""
    import boto3
    from botocore.exceptions import ClientError

    client = boto3.client(
        service, endpoint_url=environment.variables["AWS_ENDPOINT_URL"], region_name="eu-west-1",
        aws_access_key_id="AKIASTRANGERSTRANGER", aws_secret_access_key="x",
    )  # fmt: skip
    with pytest.raises(ClientError, match=r"InvalidAccessKeyId|InvalidClientTokenId|not exist|invalid"):
        client.list_buckets() if service == "s3" else client.list_queues()
