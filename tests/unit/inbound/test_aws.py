"""The adapters against a service that answers as AWS does (moto)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambda_src.inbound import dynamodb_links as dynamodb_module
from lambda_src.inbound import s3 as s3_module
from lambda_src.inbound.dynamodb_links import DynamoLinks
from lambda_src.inbound.ports import Mail
from lambda_src.inbound.s3 import PART_BYTES, S3Store
from lambda_src.shared.links_table import Link, from_item

MAIL = "incoming/m1#v1"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield


def table(name: str, *keys: str) -> Any:
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
    )
    return client


def test_links_keep_their_revocation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links written again are renewed, but a revoked one stays revoked."""
    client = table("links", "token_hash")
    monkeypatch.setattr(dynamodb_module, "_MOST_IN_A_TRANSACTION", 10)
    links = [
        Link(f"h{n}", MAIL, "a@x.example", f"attachments/x/{n}", "n", "a/b", n, "s", 1, 2, 3)
        for n in range(25)
    ]
    DynamoLinks(client, "links").write(links)
    client.update_item(
        TableName="links",
        Key={"token_hash": {"S": "h7"}},
        UpdateExpression="SET revoked_at = :now",
        ExpressionAttributeValues={":now": {"N": "5"}},
    )
    DynamoLinks(client, "links").write([replace(link, expires_at=9) for link in links])
    found = {link.token_hash: link for link in map(from_item, client.scan(TableName="links")["Items"])}
    assert len(found) == 25
    assert found["h7"] == replace(links[7], expires_at=9, revoked_at=5)
    assert found["h8"] == replace(links[8], expires_at=9)
    DynamoLinks(client, "links").write([])


class Counting:
    """A client that remembers which calls were made."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self.client, name)


@pytest.fixture
def store() -> tuple[S3Store, Counting]:
    client = boto3.client("s3")
    for bucket in ("raw", "attachments"):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    counting = Counting(client)
    return S3Store(counting, "attachments"), counting


def test_the_version_named_is_read(store: tuple[S3Store, Counting]) -> None:
    """A message is read in the version that the event names, not the newest."""
    client = store[1].client
    version = client.put_object(Bucket="raw", Key="incoming/a b", Body=b"first")["VersionId"]
    client.put_object(Bucket="raw", Key="incoming/a b", Body=b"second one")
    opened = store[0].open_raw(Mail("raw", "incoming/a b", version, 5))
    assert (opened.size, opened.read(3), opened.read(9), opened.read(9)) == (5, b"fir", b"st", b"")
    assert store[0].open_raw(Mail("raw", "incoming/a b", "null", 0)).read(99) == b"second one"


@pytest.mark.parametrize(
    ("size", "calls"),
    [
        (0, ["put_object"]),
        (PART_BYTES - 1, ["put_object"]),
        (PART_BYTES, ["create_multipart_upload", "upload_part", "complete_multipart_upload"]),
        (PART_BYTES * 2 + 5, ["create_multipart_upload", *["upload_part"] * 2, "complete_multipart_upload"]),
    ],
)
def test_small_in_one_call_large_in_parts(
    store: tuple[S3Store, Counting], size: int, calls: list[str]
) -> None:
    """An attachment is stored equal to the byte, in one call when it is small."""
    data = bytes(range(251)) * (size // 251 + 1)
    sink = store[0].open_attachment("attachments/k/1")
    for at in range(0, size, 1_000_003):
        sink.write(data[at : min(at + 1_000_003, size)])
    sink.close()
    assert store[1].calls == calls
    assert (
        store[1].client.get_object(Bucket="attachments", Key="attachments/k/1")["Body"].read() == data[:size]
    )


def test_an_aborted_upload_leaves_nothing(
    store: tuple[S3Store, Counting], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of an attachment that was not finished are dropped."""
    monkeypatch.setattr(s3_module, "PART_BYTES", 10)
    sink = store[0].open_attachment("attachments/k/1")
    sink.write(b"x" * 25)
    sink.abort()
    assert "Uploads" not in store[1].client.list_multipart_uploads(Bucket="attachments")
    assert "Contents" not in store[1].client.list_objects_v2(Bucket="attachments")
    store[0].open_attachment("attachments/k/2").abort()


def test_an_abort_that_fails_hides_nothing() -> None:
    """Where the parts cannot be dropped, what stopped the upload is still what is heard of."""

    class Gone:
        def create_multipart_upload(self, **request: Any) -> dict[str, str]:
            return {"UploadId": "u"}

        def upload_part(self, **request: Any) -> dict[str, str]:
            return {"ETag": "e"}

        def abort_multipart_upload(self, **request: Any) -> None:
            raise ClientError({"Error": {"Code": "NoSuchUpload"}}, "AbortMultipartUpload")

    sink = S3Store(Gone(), "attachments").open_attachment("k")
    sink.write(bytes(PART_BYTES))
    sink.abort()


def test_the_whole_is_copied(store: tuple[S3Store, Counting]) -> None:
    """The raw message lies beside the attachments in the version that was worked on, without being read."""
    s3_store, counting = store
    client = counting.client
    version = client.put_object(Bucket="raw", Key="incoming/a b+ä", Body=b"first")["VersionId"]
    client.put_object(Bucket="raw", Key="incoming/a b+ä", Body=b"second")
    for _ in range(2):
        s3_store.copy_raw(Mail("raw", "incoming/a b+ä", version, 5), "attachments/x/0")
    assert client.get_object(Bucket="attachments", Key="attachments/x/0")["Body"].read() == b"first"
    assert counting.calls == ["copy_object"] * 2
