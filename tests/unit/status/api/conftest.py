"""The query API over a table that answers as DynamoDB does (moto), with indexes as Terraform makes them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from moto import mock_aws

from lambda_src.shared.logs import Log
from lambda_src.status import api
from lambda_src.status.event import Because, Event
from lambda_src.status.keys import BY_CAMPAIGN, FAILURES, INDEXES, Key
from lambda_src.status.rest import cursor
from lambda_src.status.rest.lookup import Lookup
from lambda_src.status.rest.routes import Desk
from lambda_src.status.state import EMPTY, fold
from lambda_src.status.table import Table

TABLE = "test-status"
STUCK_HOURS = 24.0
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()
# Cursors that were given out, by what was asked.
CURSORS = {
    "failures": cursor.write("2026-11-27T09:00:00.120Z#0123456789abcdef", "failures", ""),
    "bob": cursor.write("2026-11-27T09:00:00.120Z#0123456789abcdef", "recipient", "bob@example.org", "", ""),
}
PROJECTED = {BY_CAMPAIGN: ["status"], FAILURES: ["status"]}


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A DynamoDB client with the table: made once a file, since moto is slow."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        client = boto3.client("dynamodb", region_name="eu-west-1")
        make_table(client)
        yield client


def make_table(client: Any) -> None:
    keys = {"message_id", "recipient"} | {name for index in INDEXES for name in (index.hash, index.range)}
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in sorted(keys)],
        KeySchema=_schema("message_id", "recipient"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index.name,
                "KeySchema": _schema(index.hash, index.range),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": PROJECTED[index]}
                if index in PROJECTED
                else {"ProjectionType": "KEYS_ONLY"},
            }
            for index in INDEXES
        ],
    )


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def at(minutes: float) -> str:
    """A time so many minutes before NOW, as events have it."""
    moment = datetime.fromtimestamp(NOW - minutes * 60, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def event(message_id: str, recipient: str, name: str, when: str, **more: Any) -> Event:
    """One event; an SMS where the recipient is a number. `more` are facts, and Event's or Because's own fields."""
    channel = "sms" if recipient.startswith("+") else "email"
    own = {part: more.pop(part) for part in ("final", "own", "bot", "mark") if part in more}
    because = Because(
        **{"source": "sms" if channel == "sms" else "ses"}
        | {part: more.pop(part) for part in Because._fields if part in more}
    )
    return Event(message_id, recipient, channel, name, when, because, {"event_type": channel, **more}, **own)


class Counting:
    """A DynamoDB client that remembers which operations were called, and can fail them.

    `stale`: keys that its indexes still have and its table has not any more.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, Exception] = {}
        self.stale: list[tuple[str, str]] = []

    @property
    def exceptions(self) -> Any:
        return self.client.exceptions

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append((operation, request))
            if operation in self.failing:
                raise self.failing[operation]
            answer = getattr(self.client, operation)(**request)
            for items in answer.get("Responses", {}).values():
                items[:] = [item for item in items if self._key(item) not in self.stale]
            return answer

        return call

    def _key(self, item: dict[str, Any]) -> tuple[str, str]:
        return item["message_id"]["S"], item["recipient"]["S"]


@dataclass
class Api:
    """Asks the function as API Gateway would, past its doors; `now` is the time that it believes."""

    dynamodb: Counting
    now: float = NOW
    cloudwatch: Any = None
    log: Log = field(default_factory=lambda: Log("INFO", {}))

    def put(self, *events: Event) -> None:
        """Fold the events into the table, as the function `status` does."""
        table = Table(self.dynamodb.client, TABLE, 400)
        by_key: dict[Key, list[Event]] = {}
        for one in events:
            by_key.setdefault(Key(one.message_id, one.recipient), []).append(one)
        known = table.read(by_key)
        for key, several in by_key.items():
            state, version = known.get(key, (EMPTY, 0))
            table.write(key, fold(state, several), version)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        """The answer to a request by its path; its body read, where it is JSON."""
        answer = self.respond(proxied(method, path, query, body))
        return {**answer, "said": read(answer)}

    def respond(self, given: dict[str, Any]) -> dict[str, Any]:
        """The answer to an event as API Gateway's Lambda proxy makes it."""
        return api.respond(given, self.desk, "request-1", self.log)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self.ask("GET", path, **query)

    def search(self, **body: Any) -> dict[str, Any]:
        return self.ask("POST", "/messages/search", body)

    def pages(self, ask: Callable[..., dict[str, Any]], **query: Any) -> list[list[dict[str, Any]]]:
        """All pages of a list, by its cursors."""
        found: list[list[dict[str, Any]]] = []
        while True:
            answer = ask(**query)
            assert answer["statusCode"] == 200, answer["body"]
            found.append(answer["said"]["items"])
            if answer["said"]["cursor"] is None:
                return found
            assert answer["said"]["cursor"] != query.get("cursor"), "this page leads to itself"
            query["cursor"] = answer["said"]["cursor"]

    @property
    def desk(self) -> Desk:
        table = Table(self.dynamodb, TABLE, 0, sleep=lambda seconds: None)
        lookup = Lookup(self.dynamodb, TABLE, table, STUCK_HOURS)
        return Desk(lookup, lambda: self.cloudwatch, "test-status", self.now)


def read(answer: dict[str, Any]) -> Any:
    """The body of an answer, as its Content-Type has it."""
    kind = answer["headers"].get("content-type", "")
    return json.loads(answer["body"]) if kind.startswith("application/json") else answer["body"]


def proxied(
    method: str, path: str, query: dict[str, Any], body: Any = None, **headers: str
) -> dict[str, Any]:
    """The event of a REST API's Lambda proxy. A message's id in the path is what follows /messages/."""
    resource, parameters = path, None
    if path.startswith("/messages/") and path != "/messages/search":
        resource = "/messages/{message_id}"
        parameters = {"message_id": quote(path.removeprefix("/messages/"), safe="")}
    several = {name: value if isinstance(value, list) else [str(value)] for name, value in query.items()}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers or None,
        "queryStringParameters": {name: values[-1] for name, values in several.items()} or None,
        "multiValueQueryStringParameters": several or None,
        "pathParameters": parameters,
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
        "requestContext": {"resourcePath": resource, "httpMethod": method, "stage": "v1"},
    }


@pytest.fixture
def no_table() -> Api:
    """An API for requests that never come as far as the table."""
    return Api(Counting(None))


@pytest.fixture
def query_api(dynamodb: Any) -> Iterator[Api]:
    """An API over an empty table."""
    yield Api(Counting(dynamodb))
    _empty(dynamodb)


def _empty(client: Any) -> None:
    for page in client.get_paginator("scan").paginate(TableName=TABLE):
        for item in page["Items"]:
            client.delete_item(
                TableName=TABLE, Key={name: item[name] for name in ("message_id", "recipient")}
            )


def ids(items: Sequence[dict[str, Any]]) -> list[str]:
    return [item["message_id"] for item in items]
