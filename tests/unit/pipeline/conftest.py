"""A GitHub on loopback that remembers, and an S3 that holds objects in a dictionary."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from mailroom.pipeline.github import GitHub

RUN = "https://github.example/o/r/actions/runs/1"


@dataclass
class FakeGitHub:
    """Comments of the pull request 7 and issues of the repository o/r, as GitHub's API has them."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    refuses: int = 0

    def answer(self, method: str, target: str, document: Any) -> tuple[int, Any]:
        url = urlparse(target)
        path, query = url.path.removeprefix("/repos/o/r/"), parse_qs(url.query)
        if self.refuses:
            return self.refuses, {"message": "Resource not accessible by integration"}
        match method, path.split("/"):
            case "GET", ["issues"]:
                return 200, _page([one for one in self.issues if one["state"] == query["state"][0]], query)
            case "GET", ["issues", "7", "comments"]:
                return 200, _page(self.comments, query)
            case "POST", ["issues"]:
                return 201, _added(self.issues, document)
            case "POST", ["issues", _, "comments"]:
                return 201, _added(self.comments, document)
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number) - 1].update(document)
            case "PATCH", ["issues", number]:
                self.issues[int(number) - 1].update(document)
            case _:
                return 404, {"message": "Not Found"}
        return 200, {}


def _added(items: list[dict[str, Any]], document: dict[str, Any]) -> dict[str, Any]:
    number = len(items) + 1
    items.append({"id": number, "number": number, "user": {"type": "Bot"}, "state": "open", **document})
    return items[-1]


def _page(items: list[Any], query: dict[str, list[str]]) -> list[Any]:
    size, page = int(query["per_page"][0]), int(query["page"][0])
    return items[size * (page - 1) : size * page]


@pytest.fixture
def fake() -> FakeGitHub:
    return FakeGitHub()


@pytest.fixture
def github(fake: FakeGitHub) -> Iterator[GitHub]:
    """The fake one, served on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            assert self.headers["Authorization"] == "Bearer token"
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = fake.answer(self.command, self.path, json.loads(body) if body else None)
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve

        def log_message(self, *_: Any) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield GitHub("o/r", "token", RUN, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


class FakeS3:
    """The few calls of S3 that a shelf makes; each object is a minute younger than the one before."""

    class exceptions:
        class NoSuchKey(Exception):
            pass

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: dict[str, datetime] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
        assert Bucket == "state"
        self.objects[Key] = Body
        self.written[Key] = datetime(2026, 11, 27, tzinfo=UTC) + timedelta(minutes=len(self.written))

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise self.exceptions.NoSuchKey(Key)
        return {"Body": BytesIO(self.objects[Key])}

    def get_paginator(self, name: str) -> FakeS3:
        assert name == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        """One object a page, as S3 may."""
        yield {}
        for key, when in self.written.items():
            if key.startswith(Prefix):
                yield {"Contents": [{"Key": key, "LastModified": when}]}


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()
