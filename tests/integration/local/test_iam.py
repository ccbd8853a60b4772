"""IAM is enforced, and a Lambda has what Lambda gives it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.integration


SEND = """
import boto3
def handle(event, context):
    raw = b"From: m@mail.example\\r\\nTo: a@far.example\\r\\n\\r\\nx"
    answer = boto3.client("sesv2").send_email(FromEmailAddress="m@mail.example",
        Destination={"ToAddresses": ["a@far.example"]}, Content={"Raw": {"Data": raw}})
    return answer["MessageId"]
"""


def test_a_role_that_may_send_email_may_not_send_raw(hands: Any) -> None:
    """ses:SendEmail does not let a function send raw by v2, as in AWS; ses:SendRawEmail does, once it is granted."""
    hands.client("ses").verify_domain_identity(Domain="mail.example")
    grant = {"Effect": "Allow", "Resource": "arn:aws:ses:eu-west-1:000000000000:identity/mail.example"}
    call = hands.function("sender", SEND, {**grant, "Action": "ses:SendEmail"})
    refused = call()
    assert "AccessDeniedException" in refused["errorMessage"]
    assert (
        "assumed-role/sender/sender is not authorized to perform: ses:SendRawEmail" in refused["errorMessage"]
    )
    hands.client("iam").put_role_policy(
        RoleName="sender",
        PolicyName="p",
        PolicyDocument=hands.document({**grant, "Action": "ses:SendRawEmail"}),
    )
    assert str(call()).startswith("0102")


def test_a_role_needs_the_key_as_well_as_the_object(hands: Any, bucket: str) -> None:
    """s3:GetObject alone does not open an encrypted object; with kms:Decrypt by way of S3 it does."""
    hands.client("s3").put_object(Bucket=bucket, Key="k", Body=b"hello")
    code = f"""
import boto3
def handle(event, context):
    return boto3.client("s3").get_object(Bucket="{bucket}", Key="k")["Body"].read().decode()
"""
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    call = hands.function("keyless", code, read)
    assert "not authorized to perform: kms:Decrypt" in call()["errorMessage"]
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    use = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": via}
    hands.client("iam").put_role_policy(
        RoleName="keyless", PolicyName="p", PolicyDocument=hands.document(read, use)
    )
    assert call() == "hello"


def test_a_batch_needs_the_action_of_one(hands: Any) -> None:
    """SQS has no actions for batches: who may send and delete one message may send and delete ten at once."""
    url, arn = hands.queue("batched")
    code = f"""
import boto3
def handle(event, context):
    sqs, url = boto3.client("sqs"), "{url}"
    sent = sqs.send_message_batch(QueueUrl=url, Entries=[{{"Id": "1", "MessageBody": "x"}}])
    return len(sent["Successful"])
"""
    grant = {"Effect": "Allow", "Resource": arn}
    call = hands.function("batcher", code, {**grant, "Action": "sqs:ReceiveMessage"})
    assert "is not authorized to perform: sqs:SendMessage" in call()["errorMessage"]
    send = hands.document({**grant, "Action": "sqs:SendMessage"})
    hands.client("iam").put_role_policy(RoleName="batcher", PolicyName="p", PolicyDocument=send)
    assert call() == 1


def test_a_wrong_secret_is_no_caller(hands: Any) -> None:
    """Signatures are checked by our SES as by the emulator."""
    iam = hands.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    everything = hands.document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=everything)
    assert (
        hands.client("sesv2", key["AccessKeyId"], key["SecretAccessKey"]).get_account()["SendingEnabled"]
        is True
    )
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        hands.client("sesv2", key["AccessKeyId"], "wrong").get_account()


def test_a_rule_fills_no_queue_that_lets_another_one_in(hands: Any) -> None:
    """EventBridge's deliveries are made in the name of the rule: the queue's policy decides."""
    bus, sqs = hands.client("events"), hands.client("sqs")
    url, arn = hands.queue("ears")
    rule = f"arn:aws:events:eu-west-1:{hands.account}:rule/known"
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Resource": arn}
    allow |= {"Action": "sqs:SendMessage", "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(allow)})
    for name in ("stranger", "known"):
        bus.put_rule(Name=name, EventPattern=json.dumps({"source": ["ours"]}))
        bus.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": arn, "Input": json.dumps(name)}])
    bus.put_events(Entries=[{"Source": "ours", "DetailType": "told", "Detail": "{}"}])

    def heard() -> list[str]:
        came = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in came]

    assert hands.until(heard) == ["known"]
    assert heard() == []


def test_nobody_speaks_as_ses(hands: Any) -> None:
    """A caller of PutEvents may not use a source of AWS's own."""
    entry = {"Source": "aws.ses", "DetailType": "Email Sent", "Detail": "{}"}
    answer = hands.client("events").put_events(Entries=[entry])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_a_lambda_sees_boto3_and_nothing_of_ours(hands: Any) -> None:
    """Neither the emulator's environment nor its PYTHONPATH reaches a Lambda; its files are below the state."""
    code = """
import os, sys, tempfile
def handle(event, context):
    return [os.environ.get("PYTHONPATH"), [p for p in sys.path if "mailroom" in p or "scripts" in p],
            tempfile.gettempdir(), os.environ.get("AWS_ENDPOINT_URL"), os.environ.get("AWS_REGION")]
"""
    path, leaked, temporary, endpoint, region = hands.function("looker", code)()
    assert (path, region) == (None, "eu-west-1")
    assert [one for one in leaked if "site-packages" not in one and "cloud-tests" not in one] == []
    assert "cloud-tests" in temporary
    assert endpoint.startswith("http://127.0.0.1:")


def test_a_lambda_that_lacks_a_package_fails(hands: Any) -> None:
    """An import that the zip does not bring fails here as in AWS."""
    refused = hands.function("lacking", "import not_in_the_zip\ndef handle(event, context): pass")()
    assert "not_in_the_zip" in json.dumps(refused)


@pytest.mark.parametrize(
    ("condition", "sends"),
    [
        ({"StringEquals": {"ses:FromAddress": "m@mail.example"}}, True),
        ({"StringEquals": {"ses:FromAddress": "other@mail.example"}}, False),
        ({"ForAllValues:StringLike": {"ses:Recipients": ["*@far.example"]}}, True),
        ({"ForAllValues:StringLike": {"ses:Recipients": ["*@near.example"]}}, False),
    ],
)
def test_conditions_on_sender_and_recipients_hold(hands: Any, condition: dict[str, Any], sends: bool) -> None:
    """ses:FromAddress and ses:Recipients in a policy decide as in AWS."""
    hands.client("ses").verify_domain_identity(Domain="mail.example")
    grant = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*", "Condition": condition}
    name = f"c-{abs(hash(json.dumps(condition))) % 10**8}"
    answer = hands.function(name, SEND, grant)()
    assert str(answer).startswith("0102") is sends


def test_a_rule_needs_the_function_s_word(hands: Any, door: Any) -> None:
    """SES calls a function only where its policy names SES; one that is not there is refused alike."""
    hands.function("shut", "def handle(event, context): return None")
    arn = hands.client("lambda").get_function(FunctionName="shut")["Configuration"]["FunctionArn"]
    for wrong in (arn, arn + "2"):
        with pytest.raises(ClientError, match="Could not invoke Lambda function") as caught:
            door.rule({"LambdaAction": {"FunctionArn": wrong}})
        assert caught.value.response["Error"]["Code"] == "InvalidLambdaFunction"
    door.let_ses_call("shut")
    door.rule({"LambdaAction": {"FunctionArn": arn}})


def test_a_role_takes_the_place_of_the_policies(hands: Any, door: Any) -> None:
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
    for action in (
        door.store(bucket),
        door.store(bucket, IamRoleArn=untrusted),
        door.store(bucket, IamRoleArn=role),
    ):
        with pytest.raises(ClientError, match="Could not write to bucket") as caught:
            door.rule(action)
        assert caught.value.response["Error"]["Code"] == "InvalidS3Configuration"
    iam.put_role_policy(RoleName="trusts-ses", PolicyName="p", PolicyDocument=hands.document(write))
    door.rule(door.store(bucket, IamRoleArn=role))
    door.send("Subject: by role\r\n\r\nhello\r\n")
    assert len(hands.keys(bucket)) == 1
