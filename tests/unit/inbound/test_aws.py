"""The adapters against a service that answers as AWS does (moto)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_src.inbound import dynamodb as dynamodb_module
from lambda_src.inbound import s3 as s3_module
from lambda_src.inbound.dynamodb import DynamoLedger, DynamoLinks
from lambda_src.inbound.ports import Busy, Claim, Mail, Notice, Recipient
from lambda_src.inbound.s3 import PART_BYTES, S3Store
from lambda_src.inbound.sns import SnsNotices
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


@pytest.fixture
def ledger() -> DynamoLedger:
    return DynamoLedger(table("ledger", "mail", "part"), "ledger")


def test_one_worker_at_a_time(ledger: DynamoLedger) -> None:
    """A claim holds until its lease ends; the seed stays the same for whoever comes next."""
    first = ledger.claim(MAIL, "one", now=100, until=160)
    assert (first.state, first.recipients, len(first.seed)) == ("open", None, 32)
    for now in (100, 160):
        with pytest.raises(Busy):
            ledger.claim(MAIL, "two", now=now, until=500)
    assert ledger.claim(MAIL, "two", now=161, until=500) == first


def test_a_claim_asked_twice_is_ours(ledger: DynamoLedger) -> None:
    """When boto3 repeats a claim whose answer was lost, the second answer says that it is ours."""
    first = ledger.claim(MAIL, "one", now=100, until=160)
    assert ledger.claim(MAIL, "one", now=100, until=160) == first


def test_a_released_claim_is_free(ledger: DynamoLedger) -> None:
    """A lease that was given back can be taken at once; only its owner can give it back."""
    ledger.claim(MAIL, "one", now=100, until=160)
    ledger.release(MAIL, "two", now=101)
    with pytest.raises(Busy):
        ledger.claim(MAIL, "two", now=101, until=500)
    ledger.release(MAIL, "one", now=101)
    ledger.claim(MAIL, "two", now=101, until=500)


def test_recipients_are_planned_once(ledger: DynamoLedger) -> None:
    """All recipients are written together, by the owner alone, once; the next claim finds them in order."""
    addresses = [f"a{number}@x.example" for number in range(1, 51)]
    ledger.claim(MAIL, "one", now=100, until=160)
    with pytest.raises(Busy):
        ledger.plan(MAIL, "two", addresses, now=101)
    people = ledger.plan(MAIL, "one", addresses, now=101)
    assert [person.address for person in people] == addresses
    with pytest.raises(Busy):
        ledger.plan(MAIL, "one", ["z@x.example"], now=102)
    assert ledger.claim(MAIL, "two", now=161, until=500).recipients == people


def test_recipients_move_on_condition(ledger: DynamoLedger) -> None:
    """Only one worker moves a recipient out of a state; asking again for one's own move is a success."""
    ledger.claim(MAIL, "one", now=100, until=160)
    [person] = ledger.plan(MAIL, "one", ["a@x.example"], now=101)
    assert ledger.move(MAIL, "one", person, "sending", 102)
    assert ledger.move(MAIL, "one", person, "sending", 102)
    assert not ledger.move(MAIL, "two", person, "sending", 103)
    assert ledger.move(MAIL, "one", replace(person, state="sending"), "sent", 104, "ses-1")
    assert ledger.claim(MAIL, "two", now=161, until=500).recipients == (Recipient(1, "a@x.example", "sent"),)


def test_a_finished_mail(ledger: DynamoLedger) -> None:
    """A finished mail cannot be claimed; its seed is gone when all was sent, and kept after a notice."""
    for state, kept in (("done", False), ("noticed", True)):
        mail = f"{MAIL}-{state}"
        ledger.claim(mail, "one", now=100, until=160)
        with pytest.raises(Busy):
            ledger.finish(mail, "two", state, now=101)
        ledger.finish(mail, "one", state, now=101, reason="why")
        assert ledger.claim(mail, "three", now=999, until=1000) == Claim(state)
        item = ledger._client.get_item(TableName="ledger", Key={"mail": {"S": mail}, "part": {"S": "mail"}})[
            "Item"
        ]
        assert ("seed" in item) == kept
        assert item["reason"]["S"] == "why"
        assert "owner" not in item


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


def test_a_notice_for_people_and_programs() -> None:
    """A notice says in words what happened to which mail, and carries the same as attributes that SNS takes."""

    class Topic:
        def publish(self, **request: Any) -> None:
            self.request = request

    topic = Topic()
    SnsNotices(topic, "arn").publish(
        Notice("no_list", "There is no list.", "", "T\ud800\n" + "x" * 900, "incoming/m1")
    )
    attributes = {name: value["StringValue"] for name, value in topic.request["MessageAttributes"].items()}
    assert attributes["sender"] == "(none)"
    assert attributes["title"].startswith("Tx")
    assert len(attributes["title"]) == 500
    assert (attributes["reason"], attributes["object_key"]) == ("no_list", "incoming/m1")
    assert topic.request["Message"].startswith("There is no list.\n\nSender: (none)\nTitle: Tx")
    assert topic.request["Message"].endswith("mailroom inbound replay incoming/m1")
