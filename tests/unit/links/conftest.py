"""An environment whose links table answers as DynamoDB does (moto), with three links of two mails."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from lambda_src.shared.links_table import Link, from_item, to_item, token_hash
from mailroom.errors import MailroomError
from mailroom.links import app

TOKEN = "A" * 43
NOW = int(time.time())
ANN = Link(
    token_hash(TOKEN), "incoming/m1#v1", "Ann@a.example", "attachments/x/1", "a.pdf", "a/b", 5, "s",
    NOW - 3600, NOW + 86400, NOW + 90000,
)  # fmt: skip
BOB = replace(ANN, token_hash="h2" * 32, recipient="bob@b.example")
OLD = replace(
    ANN,
    token_hash="h3" * 32,
    mail="incoming/m2#v1",
    object_key="attachments/y/1",
    name="b.pdf",
    expires_at=NOW - 1,
)


class Environment:
    """Answers as mailroom.environment.Environment does, with the clients that a test has put in."""

    name = "test"
    clients: ClassVar[dict[str, Any]] = {}

    @classmethod
    def load(cls, env: str, name: str = "default") -> "Environment":
        return cls()

    def output(self, name: str) -> str:
        return {"links_table": "links", "raw_bucket": "raw", "links_function_name": "test-links"}[name]

    def client(self, service: str) -> Any:
        return self.clients[service]


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A DynamoDB client, and the table as terraform/modules/links makes it: made once a file, since moto is slow."""
    indexes = ("mail", "object_key", "recipient")
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="links",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "token_hash", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("token_hash", *indexes)
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": name,
                    "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
                for name in indexes
            ],
        )
        yield client


@pytest.fixture
def table(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client, with the three links in the table and nothing else, and the commands led to it."""
    monkeypatch.setattr("mailroom.links.table.Environment", Environment)
    monkeypatch.setitem(Environment.clients, "dynamodb", dynamodb)
    for item in dynamodb.scan(TableName="links")["Items"]:
        dynamodb.delete_item(TableName="links", Key={"token_hash": item["token_hash"]})
    for link in (ANN, BOB, OLD):
        dynamodb.put_item(TableName="links", Item=to_item(link))
    return dynamodb


@pytest.fixture
def run(table: Any) -> Callable[..., Any]:
    """Runs `mailroom links …`; what it prints, read where `--json` is given. Raises MailroomError as it does."""

    def run_it(*arguments: str, answer: str = "") -> Any:
        result = CliRunner().invoke(app, list(arguments), input=answer)
        if isinstance(result.exception, MailroomError):
            raise result.exception
        assert result.exit_code == 0, (result.output, result.exception)
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return run_it


@pytest.fixture
def revoked(table: Any) -> Callable[[], set[str]]:
    """The hashes of the links that are revoked."""

    def of_table() -> set[str]:
        links = map(from_item, table.scan(TableName="links")["Items"])
        return {link.token_hash for link in links if link.revoked_at}

    return of_table
