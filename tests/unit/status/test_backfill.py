"""`mailroom status backfill` over an archive and a table made of moto."""

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from lambda_src.status.apply import apply
from lambda_src.status.decode import decode
from lambda_src.status.table import Table
from mailroom import cli
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.status import backfill
from mailroom.status.archive import Days, Place
from mailroom.status.backfill import Backfill

NOW = datetime.now(UTC).replace(microsecond=0)
KINDS = {"Send": "send", "Delivery": "delivery", "Bounce": "bounce"}
KEYS = ("message_id", "recipient")


def event(message: str, kind: str, at: datetime = NOW, **detail: Any) -> dict[str, Any]:
    """An event as SES publishes it."""
    time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    to = f"{message}@far.example"
    mail = {"timestamp": time, "messageId": message, "source": "m@mail.example", "destination": [to]}
    told = {"timestamp": time, "recipients": [to], **detail}
    if kind == "Bounce":
        told |= {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": to}], "feedbackId": "f"}
    return {"eventType": kind, "mail": mail, KINDS[kind]: told}


class OneAtATime:
    """A client whose calls do not overlap: moto's condition and write are two steps, DynamoDB's are one."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._locked(found) if callable(found) else found

    def _locked(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def locked(**asked: Any) -> Any:
            with self._lock:
                return call(**asked)

        return locked


class Applied:
    """Answers as mailroom.environment.Environment does; `calls` of Lambda are not moto's."""

    name = "test"

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder
        self.s3: Any = boto3.client("s3")
        self.dynamodb: Any = OneAtATime(boto3.client("dynamodb"))
        self.s3.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.empty_table()

    def empty_table(self) -> None:
        if self.dynamodb.list_tables()["TableNames"]:
            self.dynamodb.delete_table(TableName="status")
        self.dynamodb.create_table(
            TableName="status",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": n, "KeyType": k} for n, k in zip(KEYS, ("HASH", "RANGE"), strict=True)
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
        )

    def output(self, name: str) -> str:
        return {"status_function_name": "f", "account_id": "1", "region": "eu-west-1"}[name]

    def client(self, service: str, **_: Any) -> Any:
        return {"s3": self.s3, "dynamodb": self.dynamodb, "lambda": self}[service]

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        variables = {
            "STATUS_TABLE": "status",
            "STATUS_DEAD_LETTER_QUEUE_URL": "https://sqs.example/dead",
            "RETENTION_DAYS": "90",
        }
        return {"Environment": {"Variables": variables}}

    def put(self, key: str, *lines: Any) -> None:
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        self.s3.put_object(Bucket="archive", Key=key, Body=gzip.compress("\n".join(texts).encode()))

    def items(self) -> dict[str, Any]:
        """What the table holds, by message; how often an item was written does not count."""
        found = self.dynamodb.scan(TableName="status")["Items"]
        return {item["message_id"]["S"]: {**item, "version": None} for item in found}


@pytest.fixture
def applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Applied]:
    with mock_aws():
        made = Applied(tmp_path / "work")
        monkeypatch.setattr(Environment, "load", lambda *_: made)
        yield made


def run(applied: Any, prefix: str = "", watch: Callable[..., Any] = print, **options: Any) -> Backfill:
    made = Backfill(applied, Place("archive", prefix), Days(), **options)
    made.resume()
    made.run(watch)
    return made


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["status", "backfill", *arguments])


def filled(applied: Applied) -> list[dict[str, Any]]:
    """An archive of twelve objects with events of thirty messages, in no good order; answers the events."""
    events = [event(f"m{number}", kind) for kind in KINDS for number in range(30)]
    events.sort(key=lambda one: base64.b64encode(json.dumps(one).encode()))
    for number in range(12):
        applied.put(f"events/source=ses/day=2026-11-{10 + number}/x.gz", *events[number::12])
    return events


def test_the_table_is_what_the_function_would_have_made(applied: Any) -> None:
    """The items are those of the function's own fold of the same events, whatever object they lay in."""
    events = filled(applied)
    table = Table(applied.dynamodb, "status", 90)
    apply(table, [next(decode(one)).events for one in events], lambda _: None, lambda: 99.0)
    expected = applied.items()
    applied.empty_table()
    done = run(applied, "events/")
    assert applied.items() == expected
    assert (done.counts.objects, done.counts.events, done.counts.rejected) == (12, 90, 0)
    assert expected["m3"]["status"] == {"S": "hardbounce"}


def test_a_second_time_writes_nothing(applied: Any) -> None:
    """An event that the table knows changes nothing."""
    filled(applied)
    run(applied)
    before = applied.items()
    assert run(applied).counts.writes == 0
    assert applied.items() == before


def test_a_stopped_run_goes_on_where_it_was(applied: Any) -> None:
    """Ended midway it notes the last object done; the next run reads only what follows, and tells of all."""
    filled(applied)
    seen: list[str] = []

    def interrupted(counts: Any, stored: Any) -> None:
        seen.append(stored.key)
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(applied, "events/", interrupted)
    assert list(applied.data_dir.iterdir())
    again: list[str] = []
    done = run(applied, "events/", lambda _, stored: again.append(stored.key))
    assert seen + again == sorted(again + seen)
    assert len(seen + again) == 12
    assert (done.counts.objects, done.counts.events) == (12, 90)
    assert len(applied.items()) == 30
    assert not list(applied.data_dir.iterdir())


@pytest.mark.parametrize("options", [("--since", "2026-11-12"), ("--restart",), ("--dry-run",)])
def test_another_run_is_not_that_run(applied: Any, options: tuple[str, ...]) -> None:
    """Other days, a restart and a dry run begin at their first object, though a run was stopped midway."""
    filled(applied)

    def interrupted(counts: Any, stored: Any) -> None:
        if counts.objects == 11:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(applied, "events/", interrupted)
    told = command("s3://archive/events/", "--json", *options)
    assert json.loads(told.stdout)["objects"] >= 10
    assert "Going on" not in told.stderr


def test_what_is_no_event_is_named(applied: Any) -> None:
    """A broken line, a torn object and a record that Firehose could not process are told by key and line; the
    others count, and the exit code is 1."""
    failed = {"attemptsMade": 1, "errorCode": "x", "rawData": base64.b64encode(b"broken").decode()}
    kept = {**failed, "rawData": base64.b64encode(json.dumps(event("m2", "Send")).encode()).decode()}
    applied.put(
        "events/day=2026-11-26/a.gz", event("m1", "Send"), "{broken", {"eventType": "Future", "mail": {}}
    )
    applied.put("errors/day=2026-11-26/b.gz", failed, kept)
    torn = gzip.compress(json.dumps(event("m3", "Send")).encode() + b"\n" + bytes(range(256)))
    applied.s3.put_object(Bucket="archive", Key="events/day=2026-11-26/c.gz", Body=torn[:-8])
    told = command("s3://archive", "--json")
    found = json.loads(told.stdout)
    assert told.exit_code == 1
    assert (found["complete"], found["objects"], found["events"], found["ignored"]) == (True, 3, 3, 1)
    named = [(one["key"], one["line"]) for one in found["rejections"]]
    assert ("errors/day=2026-11-26/b.gz", 1) in named
    assert ("events/day=2026-11-26/a.gz", 2) in named
    assert named[-1][0] == "events/day=2026-11-26/c.gz"
    assert set(applied.items()) == {"m1", "m2", "m3"}
    words = command("s3://archive").stdout
    assert "rejected: s3://archive/events/day=2026-11-26/a.gz line 2: no JSON" in words
    assert "3 objects: 3 events, 1 of other kinds" in words


def test_a_dry_run_writes_nothing(applied: Any) -> None:
    """It reads all, says what it would do, and leaves table and notes alone."""
    filled(applied)
    told = command("s3://archive/events/", "--dry-run")
    assert told.exit_code == 0
    assert "90 events" in told.stdout
    assert "would write items" in told.stdout
    assert applied.items() == {}
    assert not applied.data_dir.exists()


def test_what_is_past_its_days_stays_out(applied: Any) -> None:
    """An item that is long past its days is not written; an old event of one whose last event is young is."""
    sent = NOW - timedelta(days=100)
    long_ago = event("gone", "Send", NOW - timedelta(days=130))
    applied.put("events/day=2026-08-01/a.gz", long_ago, event("kept", "Send", sent))
    applied.put("events/day=2026-11-01/b.gz", event("kept", "Delivery", NOW - timedelta(days=5)))
    done = run(applied)
    assert set(applied.items()) == {"kept"}
    assert applied.items()["kept"]["send"]["S"].startswith(sent.strftime("%Y-%m-%d"))
    assert applied.items()["kept"]["status"] == {"S": "delivered"}
    assert done.counts.expired == 1


def test_a_table_that_refuses_ends_the_run(applied: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done is noted; the error names the object, and the same command goes on."""
    filled(applied)

    def refuses(*_: Any) -> None:
        raise PermissionError("no")

    with monkeypatch.context() as patched:
        patched.setattr(backfill.Table, "write", refuses)
        with pytest.raises(MailroomError, match=r"did not take all of events/source=ses/day=2026-11-10/x.gz"):
            run(applied, "events/")
    assert run(applied, "events/").counts.objects == 12
    assert len(applied.items()) == 30


def test_an_object_that_goes_meanwhile_is_none(applied: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bucket's rules may take an object away between the list and the read."""
    filled(applied)
    listed = list(backfill.objects(applied.s3, Place("archive", ""), Days()))
    monkeypatch.setattr(backfill, "objects", lambda *_: iter(listed))
    applied.s3.delete_object(Bucket="archive", Key=listed[3].key)
    assert run(applied).counts.events < 90


def test_days_that_exclude_each_other_are_refused(applied: Any) -> None:
    """--since after --until is a mistake, and said before anything is read."""
    told = command("s3://archive", "--since", "2026-11-02", "--until", "2026-11-01")
    assert isinstance(told.exception, MailroomError)
    assert "is after --until 2026-11-01" in told.exception.message
