"""Malware protection for S3: objects are really scanned, by the plan's role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailroom.local.cloud import LocalCloud

ACCOUNT = "000000000000"
TAG = "GuardDutyMalwareScanStatus"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def files(hands: Any) -> str:
    """A versioned bucket with a customer key and a plan; what its role may do, each test says."""
    s3, kms, iam = (hands.client(name) for name in ("s3", "kms", "iam"))
    s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
    key = kms.create_key()["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="files", ServerSideEncryptionConfiguration={"Rules": [rule]})
    principal = {"Service": "malware-protection-plan.guardduty.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="scan", AssumeRolePolicyDocument=hands.document(trust))["Role"]["Arn"]
    hands.client("guardduty").create_malware_protection_plan(
        Role=role,
        ProtectedResource={"S3Bucket": {"BucketName": "files", "ObjectPrefixes": ["in/"]}},
        Actions={"Tagging": {"Status": "ENABLED"}},
    )
    return "files"


def may(hands: Any, *actions: str) -> None:
    grant = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    hands.client("iam").put_role_policy(RoleName="scan", PolicyName="p", PolicyDocument=hands.document(grant))


def tags(hands: Any, key: str) -> dict[str, str]:
    listed = hands.client("s3").get_object_tagging(Bucket="files", Key=key)["TagSet"]
    return {one["Key"]: one["Value"] for one in listed}


def test_objects_are_tagged_shortly_after_they_were_written(hands: Any, files: str) -> None:
    """A put, a multipart upload and a copy; what a tag was there stays, and other prefixes are left alone."""
    may(hands, "s3:GetObject*", "s3:PutObject*Tagging", "kms:Decrypt")
    s3 = hands.client("s3")
    s3.put_object(Bucket=files, Key="in/clean", Body=b"hello", Tagging="a=b")
    s3.put_object(Bucket=files, Key="out/virus", Body=EICAR)
    s3.copy_object(Bucket=files, Key="in/virus", CopySource={"Bucket": files, "Key": "out/virus"})
    upload = s3.create_multipart_upload(Bucket=files, Key="in/parts")["UploadId"]
    parts = []
    for number, body in ((1, b"x" * 5 * 1024 * 1024), (2, b"y" + EICAR)):
        part = s3.upload_part(Bucket=files, Key="in/parts", UploadId=upload, PartNumber=number, Body=body)
        parts.append({"ETag": part["ETag"], "PartNumber": number})
    s3.complete_multipart_upload(
        Bucket=files, Key="in/parts", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    hands.until(lambda: all(TAG in tags(hands, f"in/{name}") for name in ("clean", "virus", "parts")))
    assert tags(hands, "in/clean") == {"a": "b", TAG: "NO_THREATS_FOUND"}
    assert tags(hands, "in/virus")[TAG] == "THREATS_FOUND"
    assert tags(hands, "in/parts")[TAG] == "THREATS_FOUND"
    assert tags(hands, "out/virus") == {}


def test_the_role_is_asked(own: LocalCloud, hands: Any, files: str) -> None:
    """Without the key it cannot read (ACCESS_DENIED); without the permission to tag the log says so."""
    s3 = hands.client("s3")
    may(hands, "s3:GetObject*", "s3:PutObject*Tagging")
    s3.put_object(Bucket=files, Key="in/keyless", Body=b"x")
    hands.until(lambda: tags(hands, "in/keyless").get(TAG) == "ACCESS_DENIED")
    may(hands, "s3:GetObject*", "kms:Decrypt")
    s3.put_object(Bucket=files, Key="in/untagged", Body=b"x")
    log = Path(own.state) / "log"
    hands.until(lambda: "in/untagged was scanned (NO_THREATS_FOUND) but not tagged" in log.read_text())
    assert tags(hands, "in/untagged") == {}
