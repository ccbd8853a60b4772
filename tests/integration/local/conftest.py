"""A cloud of each module's own, with nothing applied, and hands to work in it."""

from __future__ import annotations

import io
import json
import os
import smtplib
import ssl
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud

SES = {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A cloud of this module, with nothing applied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path_factory.mktemp("clouds")))
        patch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
        yield clouds.up("cloud-tests", owner=os.getpid())
        clouds.down("cloud-tests")


@dataclass(frozen=True)
class Hands:
    """What tests do in a cloud again and again."""

    cloud: LocalCloud

    @property
    def account(self) -> str:
        return self.cloud.account_id

    def client(self, service: str, key: str = "", secret: str = "") -> Any:
        return boto3.client(
            service,
            endpoint_url=self.cloud.aws,
            region_name=self.cloud.region,
            aws_access_key_id=key or self.cloud.root_key,
            aws_secret_access_key=secret or self.cloud.root_key,
            config=Config(
                signature_version="s3v4" if service == "s3" else None, retries={"total_max_attempts": 1}
            ),
        )

    @staticmethod
    def document(*statements: dict[str, Any]) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    @staticmethod
    def until(condition: Callable[[], Any], seconds: float = 15) -> Any:
        """What a condition answers once it is true."""
        patience = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < patience, "it did not happen"
            time.sleep(0.2)
        return found

    def keys(self, bucket: str) -> list[str]:
        listed = self.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        return [one["Key"] for one in listed if not one["Key"].endswith("AMAZON_SES_SETUP_NOTIFICATION")]

    def role_with(self, name: str, *statements: dict[str, Any]) -> str:
        iam = self.client("iam")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=self.document(trust))["Role"][
            "Arn"
        ]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=self.document(*statements))
        return arn

    def function(self, name: str, code: str, *statements: dict[str, Any]) -> Callable[[], Any]:
        """A Lambda from source with a role of its own; what calls it."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as writing:
            writing.writestr("code.py", code)
        functions = self.client("lambda")
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=self.role_with(name, *statements),
            Handler="code.handle",
            Code={"ZipFile": archive.getvalue()},
            Timeout=20,
        )

        def call() -> Any:
            return json.loads(functions.invoke(FunctionName=name)["Payload"].read())

        return call

    def queue(self, name: str, **attributes: str) -> tuple[str, str]:
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        return url, arn

    def heard(self, url: str) -> list[dict[str, Any]]:
        messages = (
            self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        )
        return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]


@pytest.fixture(scope="module")
def hands(own: LocalCloud) -> Hands:
    return Hands(own)


@pytest.fixture
def bucket(hands: Hands) -> str:
    """A versioned bucket with a customer key, TLS only, that lets SES write below incoming/."""
    name = f"raw-{uuid.uuid4().hex}"
    s3, kms = hands.client("s3"), hands.client("kms")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{hands.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    condition = {"StringEquals": {"aws:SourceAccount": hands.account}}
    use = {**SES, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*", "Condition": condition}
    key = kms.create_key(Policy=hands.document(root, use))["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    arn = f"arn:aws:s3:::{name}"
    write = {**SES, "Action": "s3:PutObject", "Resource": f"{arn}/incoming/*", "Condition": condition}
    plain = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    plain["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(Bucket=name, Policy=hands.document(write, plain))
    return name


@pytest.fixture
def receiving(hands: Hands, bucket: str) -> Iterator[str]:
    """in@mail.example is received into the bucket; its name."""
    ses = hands.client("ses")
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


@dataclass(frozen=True)
class Door:
    """The inbound door with an active rule set of its own, for mail.example; `ses` is a v1 client."""

    hands: Hands
    ses: Any

    def rule(self, *actions: dict[str, Any], name: str = "r", **more: Any) -> None:
        """A rule at the end of the set."""
        rules = self.ses.describe_receipt_rule_set(RuleSetName="door")["Rules"]
        after = {"After": rules[-1]["Name"]} if rules else {}
        rule = {"Name": name, "Enabled": True, "ScanEnabled": True, "Actions": list(actions), **more}
        self.ses.create_receipt_rule(RuleSetName="door", Rule=rule, **after)

    @staticmethod
    def store(bucket: str, folder: str = "incoming", **more: str) -> dict[str, Any]:
        """An S3 action."""
        return {"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": folder, **more}}

    def send(self, message: str, to: str = "in@mail.example") -> None:
        at = self.hands.cloud.inbound
        with smtplib.SMTP(at["host"], at["port"]) as door:
            door.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made when the cloud started
            door.sendmail("sensor@far.example", [to], message)

    def ear(self, topic: str) -> str:
        """A queue that hears a topic; its address."""
        url, arn = self.hands.queue(f"ear-{uuid.uuid4().hex}")
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
        }
        policy = self.hands.document({**allow, "Resource": arn})
        self.hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self.hands.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return url

    def next_heard(self, url: str) -> Any:
        """The next message of a queue, taken out of it."""
        sqs = self.hands.client("sqs")

        def one() -> Any:
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(message["Body"])
            return None

        return self.hands.until(one)

    def let_ses_call(self, name: str) -> str:
        """Lambda's permission as SES's developer guide has it; the function's ARN."""
        functions = self.hands.client("lambda")
        functions.add_permission(
            FunctionName=name,
            StatementId="GiveSESPermissionToInvokeFunction",
            Action="lambda:InvokeFunction",
            Principal="ses.amazonaws.com",
            SourceAccount=self.hands.account,
        )
        arn: str = functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        return arn


@pytest.fixture
def door(hands: Hands) -> Iterator[Door]:
    """See Door."""
    ses = hands.client("ses")
    ses.verify_domain_identity(Domain="mail.example")
    ses.create_receipt_rule_set(RuleSetName="door")
    ses.set_active_receipt_rule_set(RuleSetName="door")
    yield Door(hands, ses)
    ses.set_active_receipt_rule_set()
    ses.delete_receipt_rule_set(RuleSetName="door")
