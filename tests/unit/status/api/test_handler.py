"""The function itself: settings, headers, other origins, trouble, and what it logs."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lambda_src.shared.settings import SettingsError
from lambda_src.status import api
from lambda_src.status.rest.settings import Settings
from tests.unit.status.api import description
from tests.unit.status.api.conftest import NOW, TABLE, Api, at, event, proxied, read

ENVIRONMENT = {
    "STATUS_TABLE": TABLE,
    "STATUS_FUNCTION": "test-status",
    "STUCK_HOURS": "24",
    "PAGE_ORIGINS": "https://status.example.com,http://127.0.0.1:8080",
    "LOG_LEVEL": "INFO",
}
PAGE = "https://status.example.com"
ANN = "ann@example.org"


class Context:
    """What Lambda hands over beside the event."""

    aws_request_id = "7f1c2e9a"


@pytest.fixture
def wired(query_api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The handler with its settings from the environment and the table of `query_api`."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(api, "client", lambda service, attempts: query_api.dynamodb)
    monkeypatch.setattr(api.time, "time", lambda: NOW)
    api._wired.cache_clear()
    return query_api


def handled(method: str, path: str, body: Any = None, origin: str = "", **query: Any) -> dict[str, Any]:
    given = proxied(method, path, query, body)
    given["headers"] = {"Origin": origin} if origin else None
    return api.handle(given, Context())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/messages/m-1", 200),
        ("GET", "/messages/m-2", 404),
        ("GET", "/messages", 400),
        ("PUT", "/call", 405),
    ],
)
def test_no_answer_is_kept_or_guessed_at(wired: Api, method: str, path: str, status: int) -> None:
    """Headers of every answer, refusals too."""
    wired.put(event("m-1", ANN, "send", at(5)))
    answer = handled(method, path)
    assert answer["statusCode"] == status
    headers = answer["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("origin", [PAGE, "http://127.0.0.1:8080"])
def test_the_pages_own_origins_may_read(wired: Api, origin: str) -> None:
    """The configured ones by name, and caches are told that the answer depends on it."""
    for answer in (handled("GET", "/failures", origin=origin), handled("GET", "/messages", origin=origin)):
        assert answer["headers"]["access-control-allow-origin"] == origin
        assert answer["headers"]["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["", "https://evil.example", "https://status.example.com.evil.example", "null"]
)
def test_no_other_origin_may_read(wired: Api, origin: str) -> None:
    """No header that would let it, neither for the question nor for the browser's question before it."""
    for method in ("GET", "OPTIONS"):
        headers = handled(method, "/failures", origin=origin)["headers"]
        assert "access-control-allow-origin" not in headers
        assert headers["vary"] == "Origin"


@pytest.mark.parametrize(
    ("path", "methods"), [("/failures", "GET, OPTIONS"), ("/messages/search", "POST, OPTIONS")]
)
def test_a_browser_may_ask_before(wired: Api, path: str, methods: str) -> None:
    """The preflight names the route's methods and the headers of a key and of a signature; nothing is read."""
    answer = handled("OPTIONS", path, origin=PAGE)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert answer["headers"]["access-control-allow-origin"] == PAGE
    assert answer["headers"]["access-control-allow-methods"] == methods
    assert {"x-api-key", "authorization", "content-type"} <= set(
        answer["headers"]["access-control-allow-headers"].split(", ")
    )
    assert not wired.dynamodb.calls


def test_without_origins_nothing_is_shared(wired: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page beside the API needs none."""
    monkeypatch.setenv("PAGE_ORIGINS", "-")
    api._wired.cache_clear()
    headers = handled("GET", "/failures", origin=PAGE)["headers"]
    assert not [name for name in headers if name.startswith("access-control-allow-origin") or name == "vary"]


THROTTLED = ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")


@pytest.mark.parametrize("code", THROTTLED)
@pytest.mark.parametrize("path", ["/messages/m-1", "/failures"])
def test_a_table_without_capacity_asks_for_patience(wired: Api, code: str, path: str) -> None:
    """429 and after how many seconds: that is what a caller can act on."""
    wired.dynamodb.failing["query"] = ClientError(
        {"Error": {"Code": code, "Message": f"no more {ANN}"}}, "Query"
    )
    answer = handled("GET", path)
    assert answer["statusCode"] == 429
    assert answer["headers"]["retry-after"] == "2"
    assert read(answer)["error"] == "too_many_requests"


def test_a_batch_that_stays_unread_asks_for_patience_too(
    query_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB may leave keys unread without an error."""
    query_api.put(event("m-1", ANN, "hardbounce", at(5)))

    def unread(**request: Any) -> dict[str, Any]:
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    monkeypatch.setattr(query_api.dynamodb, "batch_get_item", unread, raising=False)
    assert query_api.get("/failures")["statusCode"] == 429


@pytest.mark.parametrize(
    "problem",
    [
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": f"no right for {ANN}"}}, "Query"),
        EndpointConnectionError(endpoint_url="https://dynamodb.example"),
        KeyError(ANN),
    ],
)
def test_trouble_has_an_id_and_no_detail(
    wired: Api, capsys: pytest.CaptureFixture[str], problem: Exception
) -> None:
    """500; the log has the id too, the kind and the place, and of the texts nothing, which may quote a caller."""
    wired.dynamodb.failing["query"] = problem
    answer = handled("POST", "/messages/search", {"recipient": ANN})
    assert answer["statusCode"] == 500
    assert read(answer) == {
        "error": "internal_error",
        "message": "Something went wrong here. The operator finds the reason in the log under 7f1c2e9a.",
        "id": "7f1c2e9a",
    }
    description.check("POST", "/messages/search", answer, read(answer))
    out = capsys.readouterr().out
    failed = json.loads(out.splitlines()[0])
    assert (failed["level"], failed["request"], failed["kind"]) == (
        "ERROR",
        "7f1c2e9a",
        type(problem).__name__,
    )
    assert any("lookup.py" in place for place in failed["where"])
    assert ANN not in out


def test_the_log_says_what_was_asked_and_not_about_whom(
    wired: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a request: route, method, answer, time; no id, no address, no reference, no cursor."""
    wired.put(event("m-1", ANN, "send", at(5), reference="order-1", campaign_id="spring"))
    handled("GET", "/messages/m-1")
    handled("GET", f"/messages/{ANN}")
    handled("POST", "/messages/search", {"recipient": ANN})
    handled("GET", "/messages", reference="order-1")
    handled("GET", "/messages", reference=ANN)
    lines = capsys.readouterr().out.splitlines()
    assert not re.search(r"m-1|ann|order|example", " ".join(lines))
    assert [(line["route"], line["answer"]) for line in map(json.loads, lines)] == [
        ("/messages/{message_id}", 200),
        ("/messages/{message_id}", 400),
        ("/messages/search", 200),
        ("/messages", 200),
        ("/messages", 400),
    ]


def test_what_is_made_once_is_made_once(wired: Api) -> None:
    """Settings and clients are not made again for the next request."""
    handled("GET", "/failures")
    first = api._wired()
    handled("GET", "/failures")
    assert api._wired() is first


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("STATUS_TABLE", "", "STATUS_TABLE is not set"),
        ("STATUS_FUNCTION", "", "STATUS_FUNCTION is not set"),
        ("STATUS_FUNCTION", "a:b", "STATUS_FUNCTION is 'a:b': it takes a function's name"),
        ("STUCK_HOURS", "a day", "STUCK_HOURS is 'a day'"),
        ("PAGE_ORIGINS", "", "PAGE_ORIGINS is not set: it takes -, or origins"),
        ("PAGE_ORIGINS", "*", "PAGE_ORIGINS is '\\*'"),
        ("PAGE_ORIGINS", "https://a.example/", "PAGE_ORIGINS is"),
        ("PAGE_ORIGINS", "https://a.example, https://b.example", "PAGE_ORIGINS is"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD'"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, says: str) -> None:
    """At the first call, with the form that it takes."""
    with pytest.raises(SettingsError, match=says):
        Settings.from_env({**ENVIRONMENT, name: value})
