"""Requests that are answered and requests that are refused, each with its sentence."""

import base64
import json
from typing import Any

import pytest

from lambda_src.status.rest.request import MOST_BODY_BYTES
from lambda_src.status.rest.routes import ROUTES
from lambda_src.status.view import RANKS
from tests.unit.status.api import description
from tests.unit.status.api.conftest import CURSORS, Api, at, event, proxied, read

ANN = "ann@example.org"

GOOD: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("GET", "/messages/m-1", None, {}),
    ("GET", "/messages", None, {"campaign_id": "spring"}),
    ("GET", "/messages", None, {"campaign_id": "Spring sale (2)"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "24h", "status": "send", "limit": "1"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "2026-11-27T09:00:00Z"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "2026-11-27t09:00:00.123456+01:00"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "2026-11-27T09:00:00 01:00"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "2026-11-27"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "2026-11-27T09:00"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "2016-12-31T23:59:60Z"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "0001-01-01T00:00:00+23:59"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "9999-12-31T23:59:59-23:59"}),
    ("GET", "/messages", None, {"campaign_id": "spring", "since": "0000-01-01T00:00:00Z"}),
    ("GET", "/messages", None, {"reference": "order@shop", "limit": "100"}),
    ("GET", "/messages", None, {"stuck": "true", "since": "30d"}),
    ("POST", "/messages/search", {"recipient": "Ann@Example.ORG"}, {}),
    ("POST", "/messages/search", {"recipient": "info@müller.example"}, {}),
    ("POST", "/messages/search", {"recipient": " +1 (206) 555-0101 "}, {}),
    ("POST", "/messages/search", {"recipient": ANN, "since": "7d", "status": "open", "limit": 3}, {}),
    ("POST", "/messages/search", {"recipient": ANN, "limit": 25.0}, {}),
    ("GET", "/failures", None, {}),
    ("GET", "/failures", None, {"since": "90m", "limit": "007"}),
    ("GET", "/rates", None, {}),
    ("GET", "/rates", None, {"hours": "720"}),
    ("GET", "/call", None, {"message_id": "m-1"}),
    ("GET", "/openapi.json", None, {}),
]

BAD: list[tuple[str, str, Any, dict[str, Any], str]] = [
    (
        "GET",
        "/messages/m-1",
        None,
        {"verbose": "1"},
        '"verbose": there is no such parameter; this route takes none',
    ),
    ("GET", "/messages/m 1", None, {}, "message_id is"),
    ("GET", "/messages/" + "m" * 257, None, {}, "1 to 256 printable"),
    ("GET", "/messages/ü", None, {}, "printable ASCII"),
    ("GET", "/messages/a\nb", None, {}, "message_id is"),
    ("GET", "/messages/a/b", None, {}, "message_id is"),
    ("GET", "/messages/ann@example.org", None, {}, "message_id is an address"),
    ("GET", "/messages", None, {}, "one of campaign_id=…, reference=… or stuck=true"),
    ("GET", "/messages", None, {"since": "24h"}, "Say which messages"),
    ("GET", "/messages", None, {"campaign_id": "a", "reference": "b"}, "Say which messages"),
    ("GET", "/messages", None, {"campaign_id": "a", "stuck": "true"}, "Say which messages"),
    ("GET", "/messages", None, {"campaign_id": ""}, "campaign_id is"),
    ("GET", "/messages", None, {"campaign_id": " a"}, "campaign_id is"),
    ("GET", "/messages", None, {"campaign_id": "a" * 257}, "campaign_id is"),
    (
        "GET",
        "/messages",
        None,
        {"campaign_id": ["a", "b"]},
        "campaign_id: it may stand in the query string only once",
    ),
    ("GET", "/messages", None, {"reference": ANN}, "reference is an address, which has no place in a URL"),
    ("GET", "/messages", None, {"stuck": "yes"}, "it takes true"),
    ("GET", "/messages", None, {"stuck": "true", "status": "send"}, "leave it out"),
    (
        "GET",
        "/messages",
        None,
        {"campaign_id": "a", "status": "bounced"},
        'status is "bounced": it takes one of',
    ),
    (
        "GET",
        "/messages",
        None,
        {"campaign_id": "a", "recipient": ANN},
        '"recipient": there is no such parameter',
    ),
    ("GET", "/messages", None, {"campaign_id": "a", "limit": "0"}, "whole number from 1 to 100"),
    ("GET", "/messages", None, {"campaign_id": "a", "limit": "101"}, 'limit is "101"'),
    ("GET", "/messages", None, {"campaign_id": "a", "limit": "-1"}, 'limit is "-1"'),
    ("GET", "/messages", None, {"campaign_id": "a", "limit": "1.0"}, 'limit is "1.0"'),
    ("GET", "/messages", None, {"campaign_id": "a", "limit": "٣"}, "whole number"),
    ("GET", "/messages", None, {"campaign_id": "a", "limit": ""}, "limit is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "yesterday"}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "0h"}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "1w"}, "30m, 24h, 7d"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "2026-02-30"}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "2026-11-27T25:00:00Z"}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "20261127"}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": "1764240000"}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "since": ""}, "since is"),
    ("GET", "/messages", None, {"campaign_id": "a", "cursor": "x"}, "cursor: this is none"),
    ("GET", "/failures", None, {"cursor": ""}, "cursor: this is none"),
    (
        "GET",
        "/failures",
        None,
        {"status": "send"},
        '"status": there is no such parameter; this route takes cursor',
    ),
    ("GET", "/rates", None, {"hours": "0"}, "hours is"),
    ("GET", "/rates", None, {"hours": "721"}, "from 1 to 720"),
    ("GET", "/rates", None, {"days": "1"}, "there is no such parameter"),
    ("POST", "/messages/search", None, {}, "The body is no JSON"),
    ("POST", "/messages/search", "{", {}, "The body is no JSON"),
    ("POST", "/messages/search", "[" * 5000, {}, "The body is no JSON"),
    ("POST", "/messages/search", [ANN], {}, "takes a JSON object"),
    ("POST", "/messages/search", "null", {}, "takes a JSON object"),
    ("POST", "/messages/search", {}, {}, "recipient is missing"),
    ("POST", "/messages/search", {"recipient": None}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": 12065550101}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": [ANN]}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": "ann"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": "a@b@c"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": f"Ann <{ANN}>"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": "a<b@example.org"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": f"{ANN},bob@example.org"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": "12065550101"}, {}, "with its country's code"),
    ("POST", "/messages/search", {"recipient": "+0123456789"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": "*"}, {}, "recipient: it takes"),
    ("POST", "/messages/search", {"recipient": ANN, "limit": "5x"}, {}, "limit is"),
    ("POST", "/messages/search", {"recipient": ANN, "limit": True}, {}, "limit is"),
    ("POST", "/messages/search", {"recipient": ANN, "limit": 2.5}, {}, "limit is"),
    ("POST", "/messages/search", {"recipient": ANN, "limit": None}, {}, "limit is"),
    ("POST", "/messages/search", {"recipient": ANN, "status": ["send"]}, {}, "status is"),
    ("POST", "/messages/search", {"recipient": ANN, "since": 24}, {}, "since is"),
    ("POST", "/messages/search", {"recipient": ANN, "cursor": 1}, {}, "cursor: this is none"),
    (
        "POST",
        "/messages/search",
        {"recipient": ANN, "campaign_id": "a"},
        {},
        '"campaign_id": there is no such field',
    ),
    ("POST", "/messages/search", {"recipient": ANN}, {"limit": "5"}, '"limit": there is no such parameter'),
    ("GET", "/openapi.json", None, {"v": "1"}, "there is no such parameter"),
]


@pytest.mark.parametrize(("method", "path", "body", "query"), GOOD)
def test_good_requests_are_answered(
    query_api: Api, method: str, path: str, body: Any, query: dict[str, Any]
) -> None:
    """200, whatever the table holds."""
    query_api.cloudwatch = NoCounts()
    query_api.put(event("m-1", ANN, "send", at(60)))
    answer = query_api.ask(method, path, body, **query)
    assert answer["statusCode"] == 200, answer["body"]


@pytest.mark.parametrize(("method", "path", "body", "query", "says"), BAD)
def test_bad_requests_are_refused_with_their_reason(
    no_table: Api, method: str, path: str, body: Any, query: dict[str, Any], says: str
) -> None:
    """400, a code, and a sentence that names what is wrong; the table is not even asked."""
    answer = no_table.ask(method, path, body, **query)
    assert answer["statusCode"] == 400, answer["body"]
    assert answer["said"]["error"] == "bad_request"
    assert says in answer["said"]["message"]
    assert not no_table.dynamodb.calls
    assert ANN not in answer["body"]


@pytest.mark.parametrize(
    ("method", "path", "body", "query"),
    [
        ("GET", "/messages", None, {"campaign_id": "a", "cursor": CURSORS["failures"]}),
        ("GET", "/failures", None, {"since": "24h", "cursor": CURSORS["failures"]}),
        ("GET", "/failures", None, {"cursor": "A" * 68}),
        ("POST", "/messages/search", {"recipient": ANN, "cursor": CURSORS["bob"]}, {}),
    ],
)
def test_a_page_that_a_list_has_not_is_unknown(
    no_table: Api, method: str, path: str, body: Any, query: dict[str, Any]
) -> None:
    """404 for a cursor of another query, and for one that was made up."""
    answer = no_table.ask(method, path, body, **query)
    assert answer["statusCode"] == 404, answer["body"]
    assert answer["said"]["error"] == "not_found"
    assert "this list has no such page" in answer["said"]["message"]
    description.check(method, path, answer, answer["said"])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({}, "message_id is missing"),
        ({"id": "m-1"}, '"id": there is no such parameter'),
        ({"message_id": ["m-1", "m-2"]}, "only once"),
        ({"message_id": "m 1"}, "message_id is"),
    ],
)
def test_the_published_call_refuses_in_plain_text(no_table: Api, query: dict[str, Any], says: str) -> None:
    """`Invalid request parameters`, as its users know it, and the reason behind it."""
    answer = no_table.get("/call", **query)
    assert answer["statusCode"] == 400
    assert answer["headers"]["content-type"].startswith("text/plain")
    assert answer["body"].startswith("Invalid request parameters: ")
    assert says in answer["body"]


def test_a_body_may_come_in_base64(query_api: Api) -> None:
    """API Gateway encodes a body whose type is one of its binary ones."""
    query_api.put(event("m-1", ANN, "send", at(60)))
    given = proxied("POST", "/messages/search", {})
    for text, status in (
        (base64.b64encode(json.dumps({"recipient": ANN}).encode()).decode(), 200),
        ("%", 400),
    ):
        answer = query_api.respond({**given, "body": text, "isBase64Encoded": True})
        assert answer["statusCode"] == status


def test_a_body_has_a_bound(no_table: Api) -> None:
    """Nobody needs more than an address."""
    answer = no_table.ask("POST", "/messages/search", '"' + "x" * MOST_BODY_BYTES)
    assert f"{MOST_BODY_BYTES} at most" in answer["said"]["message"]


def test_queries_are_read_without_their_lists_too(no_table: Api) -> None:
    """A test event of the console has queryStringParameters only."""
    given = proxied("GET", "/failures", {"limit": "0"})
    del given["multiValueQueryStringParameters"]
    assert "limit is" in read(no_table.respond(given))["message"]


@pytest.mark.parametrize(
    "header", ["<0100abc-7c1e-000000@email.amazonses.com>", "0100abc-7c1e-000000@eu-west-1.amazonses.com"]
)
def test_an_id_may_be_given_as_the_mails_header_has_it(query_api: Api, header: str) -> None:
    """People copy Message-ID from a mail: SES puts its id there, and a host behind it."""
    query_api.put(event("0100abc-7c1e-000000", ANN, "send", at(60)))
    assert query_api.get(f"/messages/{header}")["said"]["message_id"] == "0100abc-7c1e-000000"
    assert query_api.get("/call", message_id=header)["said"]["message_id"] == "0100abc-7c1e-000000"


@pytest.mark.parametrize("status", RANKS)
def test_every_status_can_be_asked_for(query_api: Api, status: str) -> None:
    """All words of the design."""
    assert query_api.get("/messages", campaign_id="spring", status=status)["statusCode"] == 200


@pytest.mark.parametrize("resource", [*ROUTES, "/elsewhere", "/messages/m-1/events"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "TRACE"])
def test_other_methods_and_routes_are_refused(no_table: Api, resource: str, method: str) -> None:
    """405 with what the route takes, 404 for a route that is none."""
    given = {**proxied(method, resource, {}), "resource": resource}
    answer = no_table.respond(given)
    if resource in ROUTES:
        assert answer["statusCode"] == 405
        assert answer["headers"]["allow"] == ", ".join([*ROUTES[resource], "OPTIONS"])
    else:
        assert answer["statusCode"] == 404


class NoCounts:
    """CloudWatch where nothing was counted."""

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        return {"MetricDataResults": []}
