"""What the local cloud promises, asked by boto3: IAM, SES to S3, alarms, and what was corrected in the emulator."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import smtplib
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud

pytestmark = pytest.mark.integration

ACCOUNT = "000000000000"
ROOT = "test"
SES = {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A cloud of this module, with nothing applied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path_factory.mktemp("clouds")))
        patch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
        yield clouds.up("cloud-tests", owner=os.getpid())
        clouds.down("cloud-tests")


Make = Callable[..., Any]


@pytest.fixture
def client(own: LocalCloud) -> Make:
    def make(service: str, key: str = ROOT, secret: str = ROOT) -> Any:
        return boto3.client(
            service,
            endpoint_url=own.aws,
            region_name=own.region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                signature_version="s3v4" if service == "s3" else None, retries={"total_max_attempts": 1}
            ),
        )

    return make


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def until(condition: Callable[[], Any], seconds: float = 15) -> Any:
    """What a condition answers once it is true."""
    patience = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.2)
    return found


@pytest.fixture
def bucket(client: Make, request: pytest.FixtureRequest) -> str:
    """A versioned bucket with a customer key, TLS only, that lets SES write below incoming/."""
    name = f"raw-{abs(hash(request.node.name)) % 10**8}"
    s3, kms = client("s3"), client("kms")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    use = {**SES, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*", "Condition": condition}
    key = kms.create_key(Policy=document(root, use))["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    arn = f"arn:aws:s3:::{name}"
    write = {**SES, "Action": "s3:PutObject", "Resource": f"{arn}/incoming/*", "Condition": condition}
    plain = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    plain["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(Bucket=name, Policy=document(write, plain))
    return name


@pytest.fixture
def receiving(client: Make, bucket: str) -> Iterator[str]:
    """in@mail.example is received into the bucket; its name."""
    ses = client("ses")
    ses.verify_domain_identity(Domain="mail.example")
    ses.create_receipt_rule_set(RuleSetName="main")
    action = {"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": "incoming/"}}
    rule = {
        "Name": "store",
        "Enabled": True,
        "TlsPolicy": "Require",
        "Recipients": ["in@mail.example"],
        "Actions": [action],
    }
    ses.create_receipt_rule(RuleSetName="main", Rule=rule)
    ses.set_active_receipt_rule_set(RuleSetName="main")
    yield bucket
    ses.set_active_receipt_rule_set()
    ses.delete_receipt_rule_set(RuleSetName="main")


def keys(client: Make, bucket: str) -> list[str]:
    listed = client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return [one["Key"] for one in listed if not one["Key"].endswith("AMAZON_SES_SETUP_NOTIFICATION")]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_published_openssl_session_works_as_typed(own: LocalCloud, client: Make, receiving: str) -> None:
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
    until(lambda: keys(client, receiving))


def test_mail_in_is_stored_as_ses_and_announced(own: LocalCloud, client: Make, receiving: str) -> None:
    """By the inbound door into the encrypted, versioned bucket; S3 tells the queue."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=f"q-{receiving}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(allow)})
    client("s3").put_bucket_notification_configuration(
        Bucket=receiving,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    with smtplib.SMTP(own.inbound["host"], own.inbound["port"]) as door:
        door.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made when the cloud started
        door.sendmail("a@far.example", ["in@mail.example"], "Subject: s\r\n\r\nhello\r\n")
    (key,) = keys(client, receiving)
    stored = client("s3").get_object(Bucket=receiving, Key=key)
    assert stored["ServerSideEncryption"] == "aws:kms"
    assert stored["VersionId"]
    bodies = [
        message["Body"] for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    ]
    assert any(key in body for body in bodies)
    signed = client("s3").generate_presigned_url("get_object", Params={"Bucket": receiving, "Key": key})
    with urllib.request.urlopen(signed, timeout=10) as answer:
        assert answer.read().endswith(b"hello\r\n")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(signed[:-4] + "0000", timeout=10)


@pytest.mark.parametrize("lacking", ["bucket", "key"])
def test_a_rule_needs_the_bucket_s_policy_and_the_key_s(client: Make, bucket: str, lacking: str) -> None:
    """SES may write only where both policies name it: else the rule is not made, as in AWS."""
    ses, s3 = client("ses"), client("s3")
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
        client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=document(root))
    ses.create_receipt_rule_set(RuleSetName=f"set-{lacking}")
    rule = {"Name": "r", "Actions": [{"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": "incoming/"}}]}
    with pytest.raises(ClientError, match=lacking) as caught:
        ses.create_receipt_rule(RuleSetName=f"set-{lacking}", Rule=rule)
    assert caught.value.response["Error"]["Code"] == "InvalidS3Configuration"


def role_with(client: Make, name: str, *statements: dict[str, Any]) -> str:
    iam = client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    return arn


def function(client: Make, name: str, code: str, *statements: dict[str, Any]) -> Callable[[], Any]:
    """A Lambda from source with a role of its own; what calls it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("code.py", code)
    functions = client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role_with(client, name, *statements),
        Handler="code.handle",
        Code={"ZipFile": archive.getvalue()},
        Timeout=20,
    )

    def call() -> Any:
        return json.loads(functions.invoke(FunctionName=name)["Payload"].read())

    return call


SEND = """
import boto3
def handle(event, context):
    raw = b"From: m@mail.example\\r\\nTo: a@far.example\\r\\n\\r\\nx"
    answer = boto3.client("sesv2").send_email(FromEmailAddress="m@mail.example",
        Destination={"ToAddresses": ["a@far.example"]}, Content={"Raw": {"Data": raw}})
    return answer["MessageId"]
"""


def test_a_role_that_may_send_email_may_not_send_raw(client: Make) -> None:
    """ses:SendEmail does not let a function send raw by v2, as in AWS; ses:SendRawEmail does, once it is granted."""
    client("ses").verify_domain_identity(Domain="mail.example")
    grant = {"Effect": "Allow", "Resource": "arn:aws:ses:eu-west-1:000000000000:identity/mail.example"}
    call = function(client, "sender", SEND, {**grant, "Action": "ses:SendEmail"})
    refused = call()
    assert "AccessDeniedException" in refused["errorMessage"]
    assert (
        "assumed-role/sender/sender is not authorized to perform: ses:SendRawEmail" in refused["errorMessage"]
    )
    client("iam").put_role_policy(
        RoleName="sender", PolicyName="p", PolicyDocument=document({**grant, "Action": "ses:SendRawEmail"})
    )
    assert str(call()).startswith("0102")


def test_a_role_needs_the_key_as_well_as_the_object(client: Make, bucket: str) -> None:
    """s3:GetObject alone does not open an encrypted object; with kms:Decrypt by way of S3 it does."""
    client("s3").put_object(Bucket=bucket, Key="k", Body=b"hello")
    code = f"""
import boto3
def handle(event, context):
    return boto3.client("s3").get_object(Bucket="{bucket}", Key="k")["Body"].read().decode()
"""
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    call = function(client, "keyless", code, read)
    assert "not authorized to perform: kms:Decrypt" in call()["errorMessage"]
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    use = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": via}
    client("iam").put_role_policy(RoleName="keyless", PolicyName="p", PolicyDocument=document(read, use))
    assert call() == "hello"


def test_a_wrong_secret_is_no_caller(client: Make) -> None:
    """Signatures are checked by our SES as by the emulator."""
    iam = client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    everything = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=everything)
    assert client("sesv2", key["AccessKeyId"], key["SecretAccessKey"]).get_account()["SendingEnabled"] is True
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client("sesv2", key["AccessKeyId"], "wrong").get_account()


def test_a_lambda_sees_boto3_and_nothing_of_ours(client: Make) -> None:
    """Neither the emulator's environment nor its PYTHONPATH reaches a Lambda; its files are below the state."""
    code = """
import os, sys, tempfile
def handle(event, context):
    return [os.environ.get("PYTHONPATH"), [p for p in sys.path if "mailroom" in p or "scripts" in p],
            tempfile.gettempdir(), os.environ.get("AWS_ENDPOINT_URL"), os.environ.get("AWS_REGION")]
"""
    path, leaked, temporary, endpoint, region = function(client, "looker", code)()
    assert (path, region) == (None, "eu-west-1")
    assert [one for one in leaked if "site-packages" not in one and "cloud-tests" not in one] == []
    assert "cloud-tests" in temporary
    assert endpoint.startswith("http://127.0.0.1:")


def test_a_lambda_that_lacks_a_package_fails(client: Make) -> None:
    """An import that the zip does not bring fails here as in AWS."""
    refused = function(client, "lacking", "import not_in_the_zip\ndef handle(event, context): pass")()
    assert "not_in_the_zip" in json.dumps(refused)


def queue(client: Make, name: str, **attributes: str) -> tuple[str, str]:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def heard(client: Make, url: str) -> list[dict[str, Any]]:
    messages = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]


def test_an_alarm_is_about_its_own_queue_and_comes_and_goes(client: Make) -> None:
    """The depth of one queue trips its own alarm, not its neighbour's; the topic hears; it is OK again by itself."""
    sqs, sns, watch = client("sqs"), client("sns"), client("cloudwatch")
    full, _ = queue(client, "full")
    queue(client, "empty")
    ears, ears_arn = queue(client, "ears")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    publish["Principal"] = {"Service": "cloudwatch.amazonaws.com"}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document(publish))
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": ears_arn,
    }
    sqs.set_queue_attributes(QueueUrl=ears, Attributes={"Policy": document(allow)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ears_arn)
    for name in ("full", "empty"):
        watch.put_metric_alarm(
            AlarmName=f"depth-{name}",
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": name}],
            Statistic="Maximum",
            Period=10,
            EvaluationPeriods=1,
            Threshold=3,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[topic],
        )
    for number in range(3):
        sqs.send_message(QueueUrl=full, MessageBody=str(number))

    def states() -> dict[str, str]:
        return {one["AlarmName"]: one["StateValue"] for one in watch.describe_alarms()["MetricAlarms"]}

    until(lambda: states()["depth-full"] == "ALARM")
    assert states()["depth-empty"] == "OK"
    (notice,) = until(lambda: heard(client, ears))
    assert (notice["AlarmName"], notice["NewStateValue"]) == ("depth-full", "ALARM")
    sqs.purge_queue(QueueUrl=full)
    until(lambda: states()["depth-full"] == "OK", 25)


def test_an_alarm_that_the_topic_does_not_let_in_is_not_heard(client: Make) -> None:
    """A topic policy without CloudWatch loses the notice here too."""
    sns, sqs, watch = client("sns"), client("sqs"), client("cloudwatch")
    ears, ears_arn = queue(client, "deaf-ears")
    topic = sns.create_topic(Name="deaf")["TopicArn"]
    nobody = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sns:Subscribe", "Resource": topic}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document(nobody))
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": ears_arn,
    }
    sqs.set_queue_attributes(QueueUrl=ears, Attributes={"Policy": document(allow)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ears_arn)
    watch.put_metric_alarm(
        AlarmName="unheard",
        Namespace="Own",
        MetricName="m",
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
    watch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "m", "Value": 5}])
    until(lambda: watch.describe_alarms(AlarmNames=["unheard"])["MetricAlarms"][0]["StateValue"] == "ALARM")
    assert heard(client, ears) == []


def test_queue_metrics_are_those_of_aws(client: Make) -> None:
    """Sent, received and deleted messages are counted under AWS's names, by QueueName."""
    sqs, watch = client("sqs"), client("cloudwatch")
    url, _ = queue(client, "counted")
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])

    def total(name: str) -> float:
        now = time.time()
        answer = watch.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName=name,
            Dimensions=[{"Name": "QueueName", "Value": "counted"}],
            StartTime=now - 600,
            EndTime=now + 60,
            Period=3600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"])

    names = ("NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted")
    until(lambda: [total(name) for name in names] == [3.0, 2.0, 1.0])


def test_dead_letters_go_back_where_they_came_from(client: Make) -> None:
    """StartMessageMoveTask brings a dead letter back to its source, with a receive count of its own again."""
    sqs = client("sqs")
    dead, dead_arn = queue(client, "dead")
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    source, source_arn = queue(client, "source", RedrivePolicy=redrive, VisibilityTimeout="0")
    sqs.send_message(QueueUrl=source, MessageBody="poison")
    sqs.receive_message(QueueUrl=source)
    until(lambda: not sqs.receive_message(QueueUrl=source).get("Messages"))
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [source]
    sqs.start_message_move_task(SourceArn=dead_arn)
    (task,) = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    (back,) = sqs.receive_message(QueueUrl=source, AttributeNames=["All"])["Messages"]
    assert (back["Body"], back["Attributes"]["ApproximateReceiveCount"]) == ("poison", "1")
    with pytest.raises(ClientError, match="Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=source_arn)
    with pytest.raises(ClientError):
        sqs.cancel_message_move_task(TaskHandle="no")


def test_an_http_api_has_an_address_that_resolves(own: LocalCloud, client: Make) -> None:
    """ApiEndpoint is on 127.0.0.1; path, query and headers reach the function."""
    code = """
def handle(event, context):
    return [event["rawPath"], event["rawQueryString"], event["headers"].get("x-one")]
"""
    function(client, "api", code)
    gateway, functions = client("apigatewayv2"), client("lambda")
    arn = functions.get_function(FunctionName="api")["Configuration"]["FunctionArn"]
    api = gateway.create_api(Name="a", ProtocolType="HTTP")
    assert api["ApiEndpoint"] == f"{own.aws}/_mailroom/http-api/{api['ApiId']}"
    assert gateway.get_api(ApiId=api["ApiId"])["ApiEndpoint"] == api["ApiEndpoint"]
    integration = gateway.create_integration(
        ApiId=api["ApiId"], IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    gateway.create_route(ApiId=api["ApiId"], RouteKey="GET /{token}", Target=target)
    gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
    functions.add_permission(
        FunctionName="api",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    request = urllib.request.Request(f"{api['ApiEndpoint']}/to-ken_1?a=b%20c", headers={"x-one": "1"})
    with urllib.request.urlopen(request, timeout=15) as answer:
        assert json.loads(answer.read()) == ["/to-ken_1", "a=b%20c", "1"]


def test_somebody_else_s_localstack_can_stand_behind(
    own: LocalCloud, client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOCALSTACK_HOST puts our SES in front of a cloud that runs already; an AWS_ENDPOINT_URL selects nothing."""
    monkeypatch.setenv("LOCALSTACK_HOST", own.aws.replace("http://127.0.0.1", "localhost"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    client("s3").create_bucket(Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    front = clouds.up("in-front", owner=os.getpid())
    try:
        s3, sesv2 = (
            boto3.client(
                service,
                endpoint_url=front.aws,
                region_name="eu-west-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            for service in ("s3", "sesv2")
        )
        assert "theirs" in [one["Name"] for one in s3.list_buckets()["Buckets"]]
        sesv2.create_email_identity(EmailIdentity="only.here.example")
        with pytest.raises(ClientError, match="NotFound"):
            client("sesv2").get_email_identity(EmailIdentity="only.here.example")
    finally:
        clouds.down("in-front")
