"""The status API with its page on loopback, without AWS: the real handlers over messages kept in memory.

Only what stands behind the handlers is made up: the table's reads, CloudWatch's numbers, API Gateway's routes,
key and limit. `trouble` answers a route otherwise, `hold` lets it wait, `requests` remembers all.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambda_src.shared.logs import Log
from lambda_src.status import api, page, view
from lambda_src.status.event import Because, Event
from lambda_src.status.keys import Key
from lambda_src.status.rest import answers
from lambda_src.status.rest.lookup import Lookup, Page
from lambda_src.status.rest.routes import Desk
from lambda_src.status.state import EMPTY, State, fold
from lambda_src.status.table import to_item

STAGE = "/v1"
STUCK_HOURS = 24.0
ROUTES = ("/messages", "/messages/search", "/failures", "/rates", "/call", "/openapi.json")


@dataclass
class Heard:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Memory(Lookup):
    """The table's reads, of a dictionary."""

    def __init__(self, states: dict[Key, State]) -> None:
        super().__init__(None, "messages", None, STUCK_HOURS)  # type: ignore[arg-type]  # nothing reads AWS
        object.__setattr__(self, "states", states)

    def message(self, message_id: str, now: float) -> list[dict[str, Any]]:
        return view.read(
            {key: state for key, state in self.states.items() if key[0] == message_id}, now, STUCK_HOURS
        )

    def page(self, listing: Any, after: str, limit: int, now: float) -> Page:
        rows = []
        for key, state in self.states.items():
            item = to_item(key, state, 1, 30)
            partition, position = (
                item.get(name, {"S": ""})["S"] for name in (listing.index.hash, listing.index.range)
            )
            if partition in listing.partitions and position:
                rows.append((position, key))
        rows.sort(reverse=listing.newest_first)
        rows = [
            row
            for row in rows
            if (not listing.low or row[0] >= listing.low) and (not listing.high or row[0] <= listing.high)
        ]
        if after:
            rows = [row for row in rows if (row[0] < after if listing.newest_first else row[0] > after)]
        found = []
        for _, key in rows[:limit]:
            [item] = [
                one for one in self.message(key.message_id, now) if one["recipient"] == key.recipient
            ] or [None]
            if item and listing.keep(item):
                found.append(item)
        return Page(found, rows[limit - 1][0] if len(rows) > limit else "")


class Numbers:
    """CloudWatch, as far as it is asked: what each hour had, by its metric's id."""

    def __init__(self) -> None:
        self.hours: dict[datetime, Counter[str]] = {}

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        results = []
        for query in asked["MetricDataQueries"]:
            values = [
                (at, counts[query["Id"]]) for at, counts in sorted(self.hours.items()) if counts[query["Id"]]
            ]
            results.append(
                {
                    "Id": query["Id"],
                    "Timestamps": [at for at, _ in values],
                    "Values": [float(value) for _, value in values],
                }
            )
        return {"MetricDataResults": results}


@dataclass
class World:
    """All messages, and how the API is to behave."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    states: dict[Key, State] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    key: str = ""
    """Where it is set, nobody is let in without it."""
    api_url: str = ""
    """Where its page looks for the API; beside itself where this is empty."""
    page_origins: frozenset[str] = frozenset()
    trouble: dict[str, list[tuple[int, dict[str, str], str]]] = field(default_factory=dict)
    """By route: what is answered next instead."""
    hold: dict[str, threading.Event] = field(default_factory=dict)
    """By route: what it waits for."""
    requests: list[Heard] = field(default_factory=list)
    address: str = ""

    def tell(
        self, message_id: str, recipient: str, name: str, ago: float, text: str = "", **more: Any
    ) -> None:
        """An event, `ago` minutes before now. More: kind, sub, number, channel, facts, and the Event's own."""
        at = (self.now - timedelta(minutes=ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        channel = more.pop("channel", "email")
        source = more.pop("source", "sms" if channel == "sms" else "ses")
        because = Because(source, more.pop("kind", ""), more.pop("sub", ""), text, more.pop("number", ""))
        facts = {"event_type": channel, "aws_account_id": "111122223333", **more.pop("facts", {})}
        event = Event(message_id, recipient, channel, name, at, because, facts, **more)
        key = Key(message_id, recipient)
        self.states[key] = fold(self.states.get(key, EMPTY), (event,))

    def count(self, hours_ago: int, **counts: int) -> None:
        """What an hour had: email_send=5, sms_failure=1."""
        hour = self.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
        self.numbers.hours[hour] = Counter(counts)

    def questions(self) -> list[Heard]:
        """The requests that were not for the page's own files."""
        return [
            heard for heard in self.requests if "/assets/" not in heard.path and heard.path != f"{STAGE}/"
        ]

    def answer(self, heard: Heard) -> dict[str, Any]:
        """What API Gateway answers."""
        event = self.event(heard)
        route = event["resource"]
        if (gate := self.hold.get(route)) is not None:
            gate.wait(20)
        if self.trouble.get(route):
            status, headers, body = self.trouble[route].pop(0)
            return {
                "statusCode": status,
                "headers": {"content-type": "application/json", "x-amzn-requestid": "req-1", **headers},
                "body": body,
            }
        if route in ("/", "/assets/{file}"):
            return page.respond(event, page.Settings(self.api_url))
        given = self.let_in(event, heard)
        return answers.shared_with(heard.headers.get("origin", ""), self.page_origins, given)

    def let_in(self, event: dict[str, Any], heard: Heard) -> dict[str, Any]:
        """What the API answers, or why it is not asked; a browser's question before has no key."""
        open_to_all = event["resource"] == "/openapi.json" or heard.method == "OPTIONS"
        if self.key and heard.headers.get("x-api-key") != self.key and not open_to_all:
            headers = {"content-type": "application/json"}
            return {"statusCode": 403, "headers": headers, "body": '{"message":"Forbidden"}'}
        desk = Desk(Memory(self.states), lambda: self.numbers, "status", self.now.timestamp())
        return api.respond(event, desk, "request", Log("ERROR", {}))

    def event(self, heard: Heard) -> dict[str, Any]:
        """The request as a proxy event (1.0)."""
        split = urlsplit(heard.path)
        path = split.path.removeprefix(STAGE) or "/"
        resource, parameters = path, {}
        if path not in ROUTES and path.startswith("/messages/"):
            resource, parameters = "/messages/{message_id}", {"message_id": path.removeprefix("/messages/")}
        elif path.startswith("/assets/"):
            resource, parameters = "/assets/{file}", {"file": path.removeprefix("/assets/")}
        return {
            "httpMethod": heard.method,
            "resource": resource,
            "path": path,
            "pathParameters": parameters,
            "multiValueQueryStringParameters": parse_qs(split.query),
            "headers": heard.headers,
            "body": heard.body.decode(),
            "requestContext": {"path": split.path, "stage": "v1"},
        }


@contextmanager
def serving(world: World) -> Iterator[World]:
    """A world on loopback for as long as this lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", 0))
            heard = Heard(
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            world.requests.append(heard)
            given = world.answer(heard)
            body = given["body"].encode()
            self.send_response(given["statusCode"])
            for name, value in given["headers"].items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, format: str, *arguments: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    world.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield world
    finally:
        for gate in world.hold.values():
            gate.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
