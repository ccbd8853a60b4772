"""`mailroom links list|revoke` on a table that answers as DynamoDB does (moto)."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from lambda_src.shared.links_table import Link, from_item, to_item, token_hash
from mailroom import environment
from mailroom.errors import MailroomError
from mailroom.links import app

TOKEN = "A" * 43
NOW = int(time.time())
ANN = Link(
    token_hash(TOKEN),
    "incoming/m1#v1",
    "Ann@a.example",
    "attachments/x/1",
    "a.pdf",
    "a/b",
    5,
    "s",
    1,
    NOW + 86400,
    3,
)
LINKS = [
    ANN,
    replace(ANN, token_hash="h2", recipient="bob@b.example"),
    replace(ANN, token_hash="h3", mail="incoming/m2#v1", expires_at=NOW - 1),
]


class Environment:
    """Answers as mailroom.environment.Environment does."""

    name = "test"

    @classmethod
    def load(cls, env: str, name: str = "default") -> "Environment":
        return cls()

    def output(self, name: str) -> str:
        return {"links_table": "links", "raw_bucket": "raw"}[name]

    def client(self, service: str) -> Any:
        return boto3.client(service)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setattr(environment, "Environment", Environment)
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="links",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "token_hash", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("token_hash", "mail")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "mail",
                    "KeySchema": [{"AttributeName": "mail", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        for link in LINKS:
            client.put_item(TableName="links", Item=to_item(link))
        yield


def run(*arguments: str) -> Any:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=True)
    if isinstance(result.exception, MailroomError):
        raise result.exception
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout) if "--json" in arguments else result.stdout


def revoked() -> set[str]:
    links = map(from_item, boto3.client("dynamodb").scan(TableName="links")["Items"])
    return {link.token_hash for link in links if link.revoked_at}


LISTED = [
    ([], {ANN.token_hash, "h2", "h3"}),
    (["--message", "incoming/m1#v1"], {ANN.token_hash, "h2"}),
    (["--recipient", "ann@A.example"], {ANN.token_hash, "h3"}),
    (["--message", "incoming/m1#v1", "--recipient", "ann@a.example"], {ANN.token_hash}),
    (["--recipient", "nobody@a.example"], set()),
]


@pytest.mark.parametrize(("arguments", "hashes"), LISTED)
def test_list(arguments: list[str], hashes: set[str]) -> None:
    """Links are found by message, by recipient in any letters, by both, or all."""
    assert {row["token_hash"] for row in run("list", "--json", *arguments)} == hashes


def test_list_by_stored_key() -> None:
    """A message is named by its object key; the newest version is meant."""
    boto3.client("s3").create_bucket(
        Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    boto3.client("s3").put_object(Bucket="raw", Key="incoming/m3", Body=b"x")
    link = replace(ANN, token_hash="h4", mail="incoming/m3#null")
    boto3.client("dynamodb").put_item(TableName="links", Item=to_item(link))
    assert [row["token_hash"] for row in run("list", "--json", "--message", "m3")] == ["h4"]
    with pytest.raises(MailroomError, match="no stored message incoming/nothing"):
        run("list", "--message", "nothing")


def test_list_says_the_state() -> None:
    """A person reads which links still open."""
    run("revoke", TOKEN)
    words = run("list")
    assert (
        words.count("revoked  until") == words.count("expired  until") == words.count("open     until") == 1
    )


@pytest.mark.parametrize("name", [TOKEN, f"https://l.example/x/{TOKEN}", f"https://l.example/{TOKEN}?a=b"])
def test_revoke_one(name: str) -> None:
    """A link is withdrawn by its URL or token, once; a second time changes nothing and says so."""
    assert run("revoke", "--json", name) == {"revoked": 1, "revoked_before": 0}
    assert revoked() == {ANN.token_hash}
    assert run("revoke", "--json", name) == {"revoked": 0, "revoked_before": 1}


def test_revoke_many() -> None:
    """All links of a message, or of a recipient, are withdrawn at once."""
    assert run("revoke", "--json", "--message", "incoming/m1#v1") == {"revoked": 2, "revoked_before": 0}
    assert run("revoke", "--recipient", "ann@a.example") == "revoked: 1 (and 1 that were revoked before)\n"
    assert revoked() == {ANN.token_hash, "h2", "h3"}


BAD = [
    ([], "Say which links"),
    ([TOKEN, "--message", "m"], "Say which links"),
    (["https://l.example/short"], "is no link of ours"),
    (["B" * 43], "test does not know this link"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_revoke_nothing(arguments: list[str], words: str) -> None:
    """What names no link, or several ways at once, is said so and changes nothing."""
    with pytest.raises(MailroomError, match=words):
        run("revoke", *arguments)
    assert revoked() == set()
