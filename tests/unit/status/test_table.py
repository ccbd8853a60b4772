"""The table: what stands in it, how it is read, and that no write overwrites what it has not read."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_src.status import keys
from lambda_src.status.keys import BY_RECIPIENT, INDEXES, SHARDS, Index, Key
from lambda_src.status.table import Busy, Conflict, Stored, Table, from_item, to_item
from mailroom.bench.status_table import FakeDynamoDB, Faults
from tests.unit.status.made import ANN, ID, at, event, state

KEY = Key(ID, ANN)
DIGEST = keys.digest(*KEY)
SENT = state(event("send", 1, facts={"campaign_id": "c1", "reference": "order-7"}))
BOUNCED = state(event("send", 1), event("hardbounce", 2))


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Values without DynamoDB's types."""
    return {name: next(iter(value.values())) for name, value in item.items()}


def test_item() -> None:
    """Beside its attributes an item has its state, version and expiry, and its places in the indexes."""
    found = plain(to_item(KEY, SENT, 3, 30))
    shard = keys.shard(DIGEST)
    assert {name: value for name, value in found.items() if name != "state"} == {
        "message_id": ID, "recipient": ANN, "destination": ANN, "event_type": "email", "send": at(1),
        "campaign_id": "c1", "reference": "order-7", "status": "send", "status_at": at(1), "source": "ses",
        "version": "3", "first_at": at(1), "expires_at": "1798113601",
        "status_key": f"{at(1)}#{DIGEST[:16]}", "first_key": f"{at(1)}#{DIGEST[:16]}",
        "campaign_shard": f"c1#{shard}", "unfinished_shard": f"unfinished#{shard}",
    }  # fmt: skip


def test_failures_and_finished() -> None:
    """A failure stands in its index until it is none any more; a finished message leaves that of unfinished."""
    bounced = plain(to_item(KEY, state(event("softbounce", 2)), 1, 30))
    assert bounced["failure_shard"] == f"failed#{keys.shard(DIGEST)}"
    assert "unfinished_shard" not in bounced
    assert "failure_shard" not in plain(
        to_item(KEY, state(event("softbounce", 2), event("delivered", 3)), 2, 30)
    )


def test_only_bots_stand_in_no_index_of_statuses() -> None:
    """What has no status has no place where statuses are looked for."""
    found = to_item(KEY, state(event("open", 1, bot=True, mark="a" * 8)), 1, 30)
    assert not {"status", "status_key", "failure_shard"} & set(found)


def test_types() -> None:
    """Texts, numbers and lists have DynamoDB's types; nothing is NA or empty."""
    several = (event("open", 1, mark="a" * 8, own=False), event("delivered", 1, number="7.5"))
    found = to_item(KEY, state(*several), 1, 30)
    assert found["opens"] == {"N": "1"}
    assert found["processing_ms"] == {"N": "7.5"}
    assert found["shared"] == {"L": [{"S": "open"}]}
    assert not any(value in ({"S": "NA"}, {"S": ""}) for value in found.values())


def test_there_and_back() -> None:
    """What is written comes back as it was."""
    assert from_item(to_item(KEY, BOUNCED, 7, 30)) == (KEY, Stored(BOUNCED, 7))


def test_shards() -> None:
    """Messages are spread over all shards."""
    assert {keys.shard(keys.digest(str(number), ANN)) for number in range(500)} == set(range(SHARDS))


def no_sleep(seconds: float) -> None:
    assert seconds < 30


def fake(faults: Faults, seed: int = 1) -> tuple[FakeDynamoDB, Table]:
    client = FakeDynamoDB(faults, seed)
    return client, Table(client, "status", 30, no_sleep)


def test_reads_a_hundred_at_a_time_and_what_is_left_again() -> None:
    """Every key is read, once each, however many DynamoDB leaves unread at first."""
    client, table = fake(Faults(unread=0.6))
    wanted = [Key(f"m{number}", ANN) for number in range(250)]
    for key in wanted[::2]:
        client.items[key] = to_item(key, SENT, 1, 30)
    assert set(table.read([*wanted, *wanted])) == set(wanted[::2])
    assert client.calls["BatchGetItem"] > 3


def test_gives_up_in_the_end() -> None:
    """Where DynamoDB leaves everything unread, reading ends with an error."""
    client, table = fake(Faults(unread=1))
    with pytest.raises(Busy, match="1 items unread after 8 tries"):
        table.read([KEY])
    assert client.calls["BatchGetItem"] == 8


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        client = boto3.client("dynamodb", region_name="eu-west-1")
        names = {"message_id", "recipient"} | {
            name for index in INDEXES for name in (index.hash, index.range)
        }
        client.create_table(
            TableName="status",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=schema("message_id", "recipient"),
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index.name,
                    "KeySchema": schema(index.hash, index.range),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
                for index in INDEXES
            ],
        )
        yield client


def schema(first: str, second: str) -> list[dict[str, str]]:
    return [{"AttributeName": first, "KeyType": "HASH"}, {"AttributeName": second, "KeyType": "RANGE"}]


@pytest.fixture
def table(dynamodb: Any) -> Table:
    """An empty table as Terraform makes it."""
    for item in dynamodb.scan(TableName="status")["Items"]:
        dynamodb.delete_item(
            TableName="status", Key={name: item[name] for name in ("message_id", "recipient")}
        )
    return Table(dynamodb, "status", 30, no_sleep)


def test_versions(table: Table) -> None:
    """A write holds only on what was read: a first one on nothing, a later one on the version before."""
    table.write(KEY, SENT, 0)
    assert table.read([KEY, Key("other", ANN)]) == {KEY: Stored(SENT, 1)}
    with pytest.raises(Conflict):
        table.write(KEY, BOUNCED, 0)
    table.write(KEY, BOUNCED, 1)
    with pytest.raises(Conflict):
        table.write(KEY, SENT, 1)
    assert table.read([KEY]) == {KEY: Stored(BOUNCED, 2)}


def test_of_message(table: Table) -> None:
    """All recipients of a message are found by its id alone."""
    for recipient in (ANN, "bob@example.com", "*"):
        table.write(Key(ID, recipient), SENT, 0)
    table.write(Key("other", ANN), SENT, 0)
    assert set(table.of_message(ID)) == {Key(ID, ANN), Key(ID, "bob@example.com"), Key(ID, "*")}


SHARD = keys.shard(DIGEST)


@pytest.mark.parametrize(
    ("index", "value", "found"),
    list(
        zip(
            INDEXES,
            (
                ANN,
                keys.campaign_shard("c1", SHARD),
                "order-7",
                keys.failure_shard(SHARD),
                keys.unfinished_shard(SHARD),
            ),
            (True, True, True, False, True),
            strict=True,
        )
    ),
    ids=lambda value: value.name if isinstance(value, Index) else "",
)
def test_indexes(table: Table, dynamodb: Any, index: Index, value: str, found: bool) -> None:
    """An item is found by each index that it belongs to."""
    table.write(KEY, SENT, 0)
    answer = dynamodb.query(
        TableName="status",
        IndexName=index.name,
        KeyConditionExpression="#hash = :value",
        ExpressionAttributeNames={"#hash": index.hash},
        ExpressionAttributeValues={":value": {"S": value}},
    )
    assert len(answer["Items"]) == found


def test_longest_keys(table: Table, dynamodb: Any) -> None:
    """The longest ids and addresses that are read fit into DynamoDB's keys (2,048 and 1,024 bytes)."""
    from lambda_src.status.values import LONGEST, LONGEST_ADDRESS

    key = Key("€" * LONGEST, "€" * LONGEST_ADDRESS)
    facts = {"campaign_id": "€" * LONGEST, "reference": "€" * LONGEST}
    item = to_item(key, state(event("send", 1, facts=facts)), 1, 30)
    for name in ("message_id", *(index.hash for index in INDEXES)):
        if name in item and name != BY_RECIPIENT.hash:
            assert len(item[name]["S"].encode()) <= 2048, name
    for name in ("recipient", *(index.range for index in INDEXES)):
        assert len(item[name]["S"].encode()) <= 1024, name
