"""Our SES with a cloud that remembers, a clock that stands still, and boto3 clients that really speak to it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from mailroom.local.adapter.backend import LambdaWorker
from mailroom.local.engine.guardduty.state import GuardDuty
from mailroom.local.engine.protocol.messages import ServiceError
from mailroom.local.engine.ses.state import Refused, Region, Ses
from mailroom.local.engine.ses.store import MailStore

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
REGION = "eu-west-1"


@dataclass
class RememberingCloud:
    """The rest of AWS: what SES wrote, published, called, put and counted, and what it may not reach (names of
    buckets, ARNs)."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    events: list[tuple[str, list[str], dict[str, Any]]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    metadata: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    published: list[tuple[str, str, str]] = field(default_factory=list)
    invoked: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    records: list[tuple[str, str, bytes]] = field(default_factory=list)
    metrics: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def _check(self, name: str) -> None:
        if name in self.closed:
            raise Refused(f"the policy of {name} does not let ses.amazonaws.com in")

    def write_object(
        self,
        region: str,
        source_arn: str,
        bucket: str,
        key: str,
        body: bytes,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        if bucket in self.closed:
            raise Refused(f"the policy of bucket {bucket} does not let ses.amazonaws.com put {key}")
        self.objects[bucket, key] = body
        self.metadata[bucket, key] = dict(metadata or {})
        self.sources.append(source_arn)

    def publish(self, region: str, source_arn: str, topic_arn: str, subject: str, message: str) -> None:
        self._check(topic_arn)
        self.published.append((topic_arn, subject, message))
        self.sources.append(source_arn)

    def invoke(
        self, region: str, source_arn: str, function_arn: str, event: dict[str, Any], *, wait: bool
    ) -> Any:
        self._check(function_arn)
        self.invoked.append((function_arn, event, wait))
        self.sources.append(source_arn)
        return self.answers.get(function_arn) if wait else None

    def put_record(self, region: str, role_arn: str, stream_arn: str, data: bytes) -> None:
        self._check(stream_arn)
        self.records.append((role_arn, stream_arn, data))

    def put_metric(self, region: str, name: str, dimensions: Mapping[str, str], when: datetime) -> None:
        self.metrics.append((name, dict(dimensions)))

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        self.events.append((detail_type, resources, detail))


@dataclass
class StubBackend:
    """What stands behind the front: it answers 418 to everything, and refuses the actions it is told to."""

    denied: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    workers: dict[str, LambdaWorker] = field(default_factory=dict)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        self.seen.append(dict(scope))
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b"the backend"})

    def caller(self, scope: Any, body: bytes) -> tuple[str, Callable[[str, str, dict[str, Any]], None]]:
        def check(action: str, resource: str, context: dict[str, Any]) -> None:
            self.asked.append((action, resource, context))
            if action in self.denied:
                raise ServiceError(
                    "AccessDeniedException",
                    f"User: arn:aws:iam::000000000000:user/u is not authorized to perform: {action} on resource: "
                    f"{resource} because no identity-based policy allows the {action} action",
                    403,
                )

        return REGION, check

    def worker(self, access_key: str) -> LambdaWorker | None:
        return self.workers.get(access_key)

    def watch_answers(self, loses: Callable[[str], bool]) -> None:
        self.loses = loses

    def watch_objects(self, created: Callable[[str, str, str | None], None]) -> None:
        self.created = created

    async def run(self) -> None:
        return None


@dataclass
class RememberingBuckets:
    """Objects that GuardDuty reads and tags by a role; it is refused what it is told to."""

    objects: dict[str, list[bytes]] = field(default_factory=dict)
    tags: dict[tuple[str, str | None], tuple[str, str]] = field(default_factory=dict)
    roles: set[str] = field(default_factory=lambda: {"arn:aws:iam::000000000000:role/scan"})
    closed: set[str] = field(default_factory=set)

    def may_assume(self, role: str) -> bool:
        return role in self.roles

    @contextmanager
    def read_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None
    ) -> Iterator[Iterable[bytes]]:
        if "read" in self.closed:
            raise Refused("AccessDenied")
        yield self.objects[key]

    def tag_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None, tag: tuple[str, str]
    ) -> None:
        if "tag" in self.closed:
            raise Refused("AccessDenied")
        self.tags[key, version] = tag


@pytest.fixture
def buckets() -> RememberingBuckets:
    return RememberingBuckets()


@pytest.fixture
def guardduty(buckets: RememberingBuckets) -> GuardDuty:
    return GuardDuty("000000000000", buckets, later=lambda work: work())


@pytest.fixture
def cloud() -> RememberingCloud:
    return RememberingCloud()


@pytest.fixture
def ses(tmp_path: Path, cloud: RememberingCloud) -> Ses:
    return Ses("000000000000", MailStore(tmp_path / "mail"), cloud, clock=lambda: NOW)


@pytest.fixture
def region(ses: Ses) -> Region:
    return ses.region(REGION)


@pytest.fixture
def backend() -> StubBackend:
    return StubBackend()


@pytest.fixture
def address(ses: Ses, guardduty: GuardDuty, backend: StubBackend) -> Iterator[str]:
    """The front, served on loopback: its address."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config as HypercornConfig

    from mailroom.local.front import Front

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    sock.setblocking(False)
    port, handle = sock.getsockname()[1], sock.detach()  # hypercorn closes it: nobody else may
    over = threading.Event()

    async def run() -> None:
        async def wait() -> None:
            while not over.is_set():
                await asyncio.sleep(0.01)

        config = HypercornConfig()
        config.bind = [f"fd://{handle}"]
        config.loglevel = "ERROR"
        config.graceful_timeout = 0.1
        await serve(Front(backend, ses, guardduty), config, shutdown_trigger=wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    over.set()
    thread.join(10)


@pytest.fixture
def client(address: str) -> Callable[..., Any]:
    """Makes a boto3 client for the served front."""

    def make(service: str, **config: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=address,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    return make
