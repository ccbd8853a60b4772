"""`mailroom status page`: what it passes on, signed or with the key, and whom it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import Credentials

from mailroom.errors import MailroomError
from mailroom.status.asking import Answer, Api, NotReached
from mailroom.status.page_server import MOST_BODY_BYTES, Page, address, listen
from tests.unit.status.page.fake import STAGE, World, serving

HOST = {"host": "127.0.0.1:8080"}
JSON = {**HOST, "content-type": "application/json"}
OPERATOR = SimpleNamespace(get_credentials=lambda: Credentials("AKIDEXAMPLE", "secret", "token"))
NOBODY = SimpleNamespace(get_credentials=lambda: None)


@pytest.fixture
def world() -> Iterator[World]:
    """The API that stands behind."""
    with serving(World()) as made:
        made.tell("m-1", "ann@far.example", "send", 1)
        yield made


@pytest.fixture
def page(world: World) -> Page:
    """The page of an operator who has AWS credentials."""
    return Page.of(Api(world.address + STAGE, "eu-west-1", OPERATOR))


def ask(
    page: Page, path: str, method: str = "GET", headers: dict[str, str] = HOST, body: bytes = b""
) -> Answer:
    return page.answer(method, page.prefix + path, headers, body)


def test_the_page_is_the_deployed_one(page: Page, world: World) -> None:
    """The same files with the same policy; nothing is asked of the API."""
    shown = ask(page, "/")
    assert shown.status == 200
    assert 'src="./assets/app.js"' in shown.body.decode()
    assert "script-src 'self'" in shown.headers["content-security-policy"]
    assert "strict-transport-security" not in shown.headers
    assert ask(page, "/assets/app.js").status == 200
    assert ask(page, "/assets/..%2fpage.py").status == 404
    assert (
        ask(
            page,
            "/assets/app.js",
            headers={**HOST, "if-none-match": ask(page, "/assets/app.js").headers["etag"]},
        ).status
        == 304
    )
    assert world.requests == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/messages/m-1", 200),
        ("/messages/unknown", 404),
        ("/messages?campaign_id=spring%202026&limit=5", 200),
        ("/messages?reference=a+b", 200),
        ("/failures?since=24h", 200),
        ("/rates?hours=24", 200),
        ("/openapi.json", 200),
        ("/messages", 400),
    ],
)
def test_questions_are_signed_and_passed_on(page: Page, world: World, path: str, status: int) -> None:
    """By the operator's credentials, for this API; the answer comes back as it is."""
    given = ask(page, path)
    assert given.status == status
    assert given.headers["content-type"].startswith("application/json")
    assert given.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in given.headers
    [heard] = world.requests
    assert heard.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-west-1/execute-api/aws4_request" in heard.headers["authorization"]
    assert heard.headers["x-amz-security-token"] == "token"
    assert "x-api-key" not in heard.headers


def test_a_signature_is_over_what_is_sent(page: Page, world: World) -> None:
    """A space is %20 in both, whatever the browser wrote: + is another text in a signature."""
    ask(page, "/messages?reference=a+b%2Bc&limit=5")
    assert world.requests[0].path == f"{STAGE}/messages?reference=a%20b%2Bc&limit=5"


def test_a_search_keeps_its_body(page: Page, world: World) -> None:
    """The recipient is in the body, and nowhere in an address."""
    body = json.dumps({"recipient": "Ann@Far.example"}).encode()
    given = ask(
        page, "/messages/search", "POST", {**JSON, "content-type": "application/json; charset=utf-8"}, body
    )
    assert [item["message_id"] for item in json.loads(given.body)["items"]] == ["m-1"]
    assert world.requests[0].body == body


def test_a_key_stands_in_for_a_signature(world: World) -> None:
    """That of the environment; a key typed into the page goes before it. Then nothing is signed."""
    world.key = "k-1"
    page = Page.of(Api(world.address + STAGE, "eu-west-1", NOBODY, "k-1"))
    assert ask(page, "/messages/m-1").status == 200
    assert ask(page, "/messages/m-1", headers={**HOST, "x-api-key": "other"}).status == 403
    assert all("authorization" not in heard.headers for heard in world.requests)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:8080"}, 421),
        ({"host": "127.0.0.1.evil.example"}, 421),
        ({}, 421),
        ({**HOST, "origin": "http://evil.example"}, 403),
        ({**HOST, "origin": "http://127.0.0.1:9999"}, 403),
        ({**HOST, "origin": "https://127.0.0.1:8080"}, 403),
        ({**HOST, "origin": "null"}, 403),
        ({**HOST, "sec-fetch-site": "cross-site"}, 403),
        ({**HOST, "sec-fetch-site": "same-site"}, 403),
        ({**HOST, "origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}, 200),
        ({"host": "localhost:8080", "origin": "http://localhost:8080"}, 200),
        ({"host": "[::1]:8080"}, 200),
    ],
)
def test_only_our_own_page_may_ask(page: Page, world: World, headers: dict[str, str], status: int) -> None:
    """Another name of this machine (DNS rebinding), another page, another port: refused before anything is signed."""
    assert ask(page, "/messages/m-1", headers=headers).status == status
    assert len(world.requests) == (status == 200)


def test_nobody_gets_in_without_the_path(page: Page, world: World) -> None:
    """Each start has one of its own; other people of this machine do not know it."""
    for target in (
        "/",
        "/messages/m-1",
        page.prefix,
        f"{page.prefix}x/",
        f"/x{page.prefix}/rates",
        "",
        "*",
        "http://127.0.0.1/",
    ):
        assert page.answer("GET", target, HOST, b"").status == 404
    assert Page.of(page.api).prefix != page.prefix
    assert len(page.prefix) > 20
    assert world.requests == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/messages/../../other"), ("GET", "/messages/.."), ("GET", "/messages/%2e%2e"), ("GET", "/messages/."), ("GET", "/messages/a/b"),
        ("GET", "//evil.example/"), ("GET", "/@evil.example/"), ("GET", "/http://evil.example/"), ("GET", "/restapis"), ("GET", "/messages/a b"),
        ("GET", "/messages/a\r\nx: y"), ("GET", "/rates?hours=1#x"), ("GET", "/rates?a=\r\nx: y"), ("GET", "/messages/%zz"),
        ("POST", "/messages"), ("POST", "/failures"), ("PUT", "/messages/a"), ("DELETE", "/messages/a"), ("OPTIONS", "/messages"), ("HEAD", "/rates"), ("CONNECT", "/rates"),
    ],
)  # fmt: skip
def test_it_is_no_open_proxy(page: Page, world: World, method: str, path: str) -> None:
    """Only the API's routes, each with its method."""
    assert ask(page, path, method, JSON).status == 404
    assert world.requests == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_form_of_another_page_is_not_passed_on(page: Page, world: World, kind: str) -> None:
    """What a browser sends without asking first is not taken."""
    assert ask(page, "/messages/search", "POST", {**HOST, "content-type": kind}, b"{}").status == 415
    assert world.requests == []


def test_it_says_why_nothing_is_answered(world: World) -> None:
    """Nobody listens, or there are no credentials: in the form of the API's errors."""
    nowhere = Api("http://127.0.0.1:9", "eu-west-1", OPERATOR)
    given = json.loads(ask(Page.of(nowhere), "/rates").body)
    assert given["error"] == "not_reached"
    assert "http://127.0.0.1:9" in given["message"]
    stranger = ask(Page.of(Api(world.address, "eu-west-1", NOBODY)), "/rates")
    assert stranger.status == 502
    assert "aws sso login" in json.loads(stranger.body)["message"]
    with pytest.raises(NotReached, match="was not reached"):
        nowhere.ask("GET", "/rates")


@pytest.fixture
def served(page: Page) -> Iterator[str]:
    """The page on a port of this machine."""
    server = listen(page, 0)
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    yield address(page, server)
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_over_a_real_connection(served: str) -> None:
    """Address, headers, HEAD, a body that is too large; and loopback alone listens."""
    import http.client

    assert served.startswith("http://127.0.0.1:")
    host, _, rest = served.removeprefix("http://").partition("/")

    def asked(method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.request(method, f"/{rest}{path}", body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    assert asked("GET", "")[0] == 200
    assert asked("HEAD", "assets/app.js") == (200, b"")
    assert asked("GET", "messages/m-1")[0] == 200
    assert asked("POST", "messages/search", b"x" * (MOST_BODY_BYTES + 1))[0] == 413
    assert (
        asked("POST", "messages/search", b"5\r\nhello\r\n0\r\n\r\n", **{"Transfer-Encoding": "chunked"})[0]
        == 413
    )
    assert asked("GET", "rates", Host="evil.example")[0] == 421


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: Any, world: World) -> None:
    """It prints the address, opens it unless told not to, and ends at Ctrl-C."""
    import webbrowser
    from http.server import ThreadingHTTPServer

    from typer.testing import CliRunner

    from mailroom.environment import Environment
    from mailroom.status import app

    outputs = {"status_api_url": f"{world.address}{STAGE}/", "region": "eu-west-1"}
    environment = SimpleNamespace(output=outputs.__getitem__, session=OPERATOR)
    monkeypatch.setattr(Environment, "load", lambda env, name: environment)
    monkeypatch.setenv("MAILROOM_STATUS_KEY", "k-1")
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    def interrupted(server: ThreadingHTTPServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", interrupted)
    ran = CliRunner().invoke(app, ["page"])
    assert ran.exit_code == 0
    assert opened[0] in ran.output
    assert "Ctrl-C" in ran.output
    ran = CliRunner().invoke(app, ["page", "--no-open", "--json"])
    said = json.loads(ran.stdout.splitlines()[0])
    assert said["api"] == f"{world.address}{STAGE}"
    assert len(opened) == 1
    assert Api.of(environment).key == "k-1"  # type: ignore[arg-type]


def test_a_port_that_is_taken(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """It is told, with what to do."""
    from typer.testing import CliRunner

    from mailroom.environment import Environment
    from mailroom.status import app

    outputs = {"status_api_url": world.address, "region": "eu-west-1"}
    monkeypatch.setattr(
        Environment, "load", lambda env, name: SimpleNamespace(output=outputs.__getitem__, session=OPERATOR)
    )
    port = world.address.rpartition(":")[2]
    ran = CliRunner().invoke(app, ["page", "--no-open", "--port", port])
    assert isinstance(ran.exception, MailroomError)
    assert port in ran.exception.message
    assert ran.exception.hint == "mailroom status page --port 0"
