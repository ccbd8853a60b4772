"""Our SES with a cloud that remembers, a clock that stands still, and boto3 clients that really speak to it."""

from __future__ import annotations

import asyncio
import secrets
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from mailroom.local.adapter.backend import LambdaWorker, Signed, SmtpUser
from mailroom.local.engine.guardduty import scanning
from mailroom.local.engine.guardduty.state import GuardDuty
from mailroom.local.engine.pinpoint.state import Region as PinpointRegion
from mailroom.local.engine.protocol.messages import ServiceError
from mailroom.local.engine.regions import Regions
from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.addresses import identity_for
from mailroom.local.engine.ses.callers import Caller
from mailroom.local.engine.ses.state import Missing, Refused, Region, Ses
from mailroom.local.engine.ses.store import MailStore
from mailroom.local.engine.sms.state import Region as SmsRegion
from mailroom.local.smtp.doors import open_doors
from mailroom.local.smtp.tls import server_context
from mailroom.local.smtp.users import Credentials, Users
from tests.unit.local.remembering import RememberingBuckets, RememberingStreams, RememberingTexts

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
REGION = "eu-west-1"


@dataclass
class RememberingCloud:
    """The rest of AWS: what SES wrote, published, called, put and counted, for whom (rules, roles), what it may not
    reach (names of buckets, ARNs) and which buckets there are not; data keys by what they are encrypted to."""

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
    missing: set[str] = field(default_factory=set)
    roles: list[str] = field(default_factory=list)
    data_keys: dict[bytes, tuple[bytes, str, dict[str, str]]] = field(default_factory=dict)

    def _did(self, source_arn: str, role_arn: str) -> None:
        self.sources.append(source_arn)
        self.roles.append(role_arn)

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
        role_arn: str = "",
    ) -> None:
        if bucket in self.missing:
            raise Missing(f"NoSuchBucket: {bucket}")
        if bucket in self.closed:
            raise Refused(f"the policy of bucket {bucket} does not let ses.amazonaws.com put {key}")
        self.objects[bucket, key] = body
        self.metadata[bucket, key] = dict(metadata or {})
        self._did(source_arn, role_arn)

    def generate_data_key(
        self, region: str, source_arn: str, key_arn: str, context: Mapping[str, str], role_arn: str = ""
    ) -> tuple[bytes, bytes]:
        self._check(key_arn)
        plain = secrets.token_bytes(32)
        wrapped = secrets.token_bytes(48)
        self.data_keys[wrapped] = (plain, key_arn, dict(context))
        self._did(source_arn, role_arn)
        return plain, wrapped

    def publish(
        self,
        region: str,
        source_arn: str,
        topic_arn: str,
        subject: str,
        message: str,
        role_arn: str = "",
    ) -> None:
        self._check(topic_arn)
        self.published.append((topic_arn, subject, message))
        self._did(source_arn, role_arn)

    def may_invoke(self, region: str, source_arn: str, function_arn: str) -> None:
        self._check(function_arn)

    def invoke(
        self, region: str, source_arn: str, function_arn: str, event: dict[str, Any], *, wait: bool
    ) -> Any:
        self._check(function_arn)
        self.invoked.append((function_arn, event, wait))
        self._did(source_arn, "")
        return self.answers.get(function_arn) if wait else None

    def try_stream(self, region: str, source_arn: str, role_arn: str, stream_arn: str) -> None:
        self._check(role_arn)
        self._check(stream_arn)

    def put_record(self, region: str, source_arn: str, role_arn: str, stream_arn: str, data: bytes) -> None:
        self._check(stream_arn)
        self.sources.append(source_arn)
        self.records.append((role_arn, stream_arn, data))

    def put_metric(self, region: str, name: str, dimensions: Mapping[str, str], when: datetime) -> None:
        self.metrics.append((name, dict(dimensions)))

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        self.events.append((detail_type, resources, detail))


@dataclass
class StubBackend:
    """What stands behind the front: it answers 418 to everything, and refuses the actions it is told to.

    `secrets` are the secret keys of IAM users by access key: the user is called as the key, in small letters."""

    denied: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    workers: dict[str, LambdaWorker] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    policies: list[tuple[str, ...]] = field(default_factory=list)
    who: Caller = field(default_factory=Caller)
    told_of: list[tuple[str, str, str, bytes]] = field(default_factory=list)

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

    def caller(self, scope: Any, body: bytes) -> Signed:
        return Signed(REGION, self.who, self._check)

    def smtp_user(self, access_key: str, region: str, source_ip: str) -> SmtpUser | None:
        secret = self.secrets.get(access_key)
        return secret and SmtpUser(secret, Caller(access_key.lower(), source_ip), self._check)

    def _check(
        self, action: str, resource: str, context: dict[str, Any], policies: Sequence[str] = ()
    ) -> None:
        self.asked.append((action, resource, context))
        self.policies.append(tuple(policies))
        if action in self.denied or resource in self.denied:
            raise ServiceError(
                "AccessDeniedException",
                f"User: arn:aws:iam::000000000000:user/u is not authorized to perform: {action} on resource: "
                f"{resource} because no identity-based policy allows the {action} action",
                403,
            )

    def worker(self, access_key: str) -> LambdaWorker | None:
        return self.workers.get(access_key)

    def watch_answers(self, loses: Callable[[str], bool]) -> None:
        self.loses = loses

    def watch_objects(self, created: Callable[[str, str, str | None], None]) -> None:
        self.created = created

    def watch_permissions(self, asked: Callable[[str, str, str, bool], None]) -> None:
        self.hears = asked

    def struck(self, scope: Any, service: str, operation: str, kind: str, body: bytes) -> None:
        self.told_of.append((service, operation, kind, body))

    async def run(self) -> None:
        return None


@pytest.fixture
def buckets() -> RememberingBuckets:
    return RememberingBuckets()


@pytest.fixture
def guardduty(buckets: RememberingBuckets) -> GuardDuty:
    return GuardDuty("000000000000", buckets, later=lambda work: work())


@pytest.fixture
def texts() -> RememberingTexts:
    return RememberingTexts()


@pytest.fixture
def sms(texts: RememberingTexts) -> Regions[SmsRegion]:
    return Regions(lambda name: SmsRegion(name, "000000000000", texts, lambda: NOW, lambda work: work()))


@pytest.fixture
def event_streams() -> RememberingStreams:
    return RememberingStreams()


@pytest.fixture
def pinpoint(ses: Ses, event_streams: RememberingStreams) -> Regions[PinpointRegion]:
    def make(name: str) -> PinpointRegion:
        def verified(address: str) -> bool:
            return identity_for(ses.region(name), address) is not None

        return PinpointRegion(name, "000000000000", event_streams, lambda: NOW, lambda work: work(), verified)

    return Regions(make)


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
def domain(region: Region) -> Region:
    """mail.example may send."""
    identities.new_identity(region, "mail.example")
    return region


@pytest.fixture
def backend() -> StubBackend:
    return StubBackend()


@pytest.fixture
def address(
    ses: Ses,
    guardduty: GuardDuty,
    pinpoint: Regions[PinpointRegion],
    sms: Regions[SmsRegion],
    backend: StubBackend,
) -> Iterator[str]:
    """The front, served on loopback: its address."""
    from mailroom.local import web
    from mailroom.local.front import Front
    from mailroom.local.fronted import engines

    backend.watch_objects(partial(scanning.created, guardduty))
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    sock.setblocking(False)
    port, handle = sock.getsockname()[1], sock.detach()
    over = threading.Event()

    async def run() -> None:
        async def wait() -> None:
            while not over.is_set():
                await asyncio.sleep(0.01)

        await web.serve(Front(backend, ses, engines(guardduty, pinpoint, sms)), handle, wait, grace=0.1)

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


@pytest.fixture
def sesv2(client: Callable[..., Any], domain: Region) -> Any:
    """A client; mail.example may send."""
    return client("sesv2")


@dataclass(frozen=True)
class Doors:
    """Ports of the running doors."""

    submission: int
    inbound: int

    def knock(self, port: int, *, tls: bool = True, login: tuple[str, str] | None = None) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", port, "sensor.example", 20)
        if tls:
            client.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made a moment ago
        if login:
            client.login(*login)
        return client


@pytest.fixture
def door_limits() -> dict[str, Any]:
    """How long a session may be idle, and how many there may be; a test module may have others."""
    return {}


@pytest.fixture
def doors(ses: Ses, backend: StubBackend, tmp_path: Path, door_limits: dict[str, Any]) -> Iterator[Doors]:
    """Both doors, open; the built-in user of the submission door is mailroom, its password word."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    context = server_context(tmp_path)
    users = Users(Credentials("mailroom", "word"), backend, REGION)
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def start() -> list[asyncio.Server]:
        return await open_doors(ses, REGION, context, users, *sockets, **door_limits)

    def run() -> None:
        servers = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=5))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield Doors(*(sock.getsockname()[1] for sock in sockets))
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
