"""A bucket that streams write into, and roles for services that put into streams."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.local.conftest import Hands

FIREHOSE = "firehose.amazonaws.com"
ERRORS = "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"


def embedded_only() -> None:
    """Skip what is about our own streams: a LocalStack has its own Firehose, and its IAM cannot be asked."""
    if os.environ.get("LOCALSTACK_HOST"):
        pytest.skip("about what we corrected in the embedded emulator's streams, and about its IAM")


@dataclass(frozen=True)
class Archive:
    """A bucket with a customer key, a role that may write to it, and streams between."""

    hands: Hands
    bucket: str
    role: str

    def stream(self, **config: Any) -> str:
        """A stream to the bucket; its name."""
        name = f"stream-{uuid.uuid4().hex[:12]}"
        self.hands.client("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            ExtendedS3DestinationConfiguration={
                "RoleARN": self.role, "BucketARN": f"arn:aws:s3:::{self.bucket}",
                "Prefix": f"{name}/!{{timestamp:yyyy/MM/dd}}/", "ErrorOutputPrefix": f"{name}-{ERRORS}",
                "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60}, **config,
            },
        )  # fmt: skip
        return name

    def put(self, name: str, *documents: Any) -> None:
        records = [{"Data": json.dumps(one).encode() + b"\n"} for one in documents]
        answer = self.hands.client("firehose").put_record_batch(DeliveryStreamName=name, Records=records)
        assert answer["FailedPutCount"] == 0

    def keys(self, prefix: str) -> list[str]:
        listed = (
            self.hands.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        )
        return [one["Key"] for one in listed]

    def wait(self, prefix: str, count: int = 1) -> list[str]:
        """The keys below a prefix once there are so many."""
        return self.hands.until(lambda: len(found := self.keys(prefix)) >= count and found)

    def read(self, key: str) -> tuple[bytes, dict[str, Any]]:
        answer = self.hands.client("s3").get_object(Bucket=self.bucket, Key=key)
        return answer["Body"].read(), answer


def trusting(
    hands: Hands, service: str, *statements: dict[str, Any], condition: dict[str, Any] | None = None
) -> str:
    """A role that a service may assume, with a policy."""
    iam, name = hands.client("iam"), f"role-{uuid.uuid4().hex[:12]}"
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust |= {"Condition": condition} if condition else {}
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=hands.document(trust))["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=hands.document(*statements))
    return arn


def allow(action: str | list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def make_archive(hands: Hands) -> Archive:
    """A new bucket, and a role that may call functions whose names begin with `change`, too."""
    embedded_only()
    bucket = f"archive-{uuid.uuid4().hex}"
    s3, kms = hands.client("s3"), hands.client("kms")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    key = kms.create_key()["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    role = trusting(
        hands, FIREHOSE,
        allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"), allow("kms:GenerateDataKey", key),
        allow("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{hands.account}:function:change*"),
        condition={"StringEquals": {"sts:ExternalId": hands.account}},
    )  # fmt: skip
    return Archive(hands, bucket, role)
