"""`mailroom status backfill` on the applied environment: the archive read again into the table."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom import cli
from mailroom.bench import status_events
from mailroom.demo.watch import until
from mailroom.status.drill_sources import pinpoint_event
from tests.integration.status.conftest import Status

SIMULATOR = "simulator.amazonses.com"
OBJECTS = 40


def items(status: Status) -> dict[tuple[str, str], Any]:
    """What the table holds; how often each item was written does not count."""
    pages = status.client("dynamodb").get_paginator("scan").paginate(TableName=status.output("status_table"))
    found = [item for page in pages for item in page["Items"]]
    return {(one["message_id"]["S"], one["recipient"]["S"]): {**one, "version": None} for one in found}


def empty(status: Status) -> None:
    """Take every item away."""
    dynamodb, table = status.client("dynamodb"), status.output("status_table")
    for message_id, recipient in items(status):
        key = {"message_id": {"S": message_id}, "recipient": {"S": recipient}}
        dynamodb.delete_item(TableName=table, Key=key)


def backfill(status: Status, place: str, *options: str) -> dict[str, Any]:
    """Run the command; what it tells as JSON, and its exit code."""
    arguments = ["status", "backfill", place, "--name", status.cloud.name, "--json", *options]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return {**json.loads(result.stdout), "exit_code": result.exit_code}


def test_the_archive_makes_the_same_table_again(status: Status) -> None:
    """Items whose events came by SES and by Pinpoint's stream are, after the table was emptied and the archive
    read again, the same to the last attribute; nothing is rejected."""
    mails = [status.mail(f"{name}@{SIMULATOR}") for name in ("success", "bounce", "complaint")]
    record = pinpoint_event(f"backfill-{uuid.uuid4().hex}", f"a@{SIMULATOR}", "000000000000", 1795766400000)
    status.put_in_stream("pinpoint", record)
    message = record["facets"]["email_channel"]["mail_event"]["mail"]["message_id"]
    for message_id, end in zip(
        [*mails, message], ("delivered", "hardbounce", "complaint", "delivered"), strict=True
    ):
        status.ends(message_id, end)
    status.quiet()
    until("all events in the archive", lambda: len(status.archived("events/", mails[2])) == 3 or None)
    until("the record in the archive", lambda: status.archived("events/", message) or None)
    before = {key: item for key, item in items(status).items() if key[0] in (*mails, message)}
    empty(status)
    told = backfill(status, f"s3://{status.output('status_archive_bucket')}/events/")
    assert (told["complete"], told["rejected"], told["exit_code"]) == (True, 0, 0)
    after = items(status)
    assert {key: after.get(key) for key in before} == before
    assert backfill(status, f"s3://{status.output('status_archive_bucket')}/events/")["writes"] == 0


@pytest.fixture
def elsewhere(status: Status) -> Iterator[tuple[str, set[str]]]:
    """A bucket with an archive of many objects, and the ids of the messages in it."""
    s3, bucket, token = status.client("s3"), f"thread-{uuid.uuid4().hex}", uuid.uuid4().hex[:8]
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    bodies = [body.replace("0100019a", token) for body in status_events.records(2 * OBJECTS, 6)]
    for number in range(OBJECTS):
        body = gzip.compress("\n".join(bodies[number::OBJECTS]).encode())
        s3.put_object(Bucket=bucket, Key=f"events/day=2026-11-2{number % 8}/{number:03}.gz", Body=body)
    yield (
        bucket,
        {status_events.Life(number, None).id.replace("0100019a", token) for number in range(2 * OBJECTS)},
    )  # type: ignore[arg-type]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])
    s3.delete_bucket(Bucket=bucket)


def test_a_killed_backfill_goes_on_where_it_was(status: Status, elsewhere: tuple[str, set[str]]) -> None:
    """kill -9 midway, then the same command: it reads what was not done, and the table has every message."""
    bucket, messages = elsewhere
    program = "from mailroom.cli import main; main()"
    arguments = ["status", "backfill", f"s3://{bucket}/events/", "--name", status.cloud.name, "--json"]
    command = [sys.executable, "-c", program, *arguments]
    notes = set(status.environment.data_dir.glob("backfill-*.json"))
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
    _until_noted(status.environment.data_dir, notes, first)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert "Going on after events/" in done.stderr
    assert (told["complete"], told["objects"], told["rejected"]) == (True, OBJECTS, 0)
    assert messages <= {message_id for message_id, _ in items(status)}
    assert set(status.environment.data_dir.glob("backfill-*.json")) == notes


def _until_noted(folder: Path, notes: set[Path], run: "subprocess.Popen[bytes]") -> None:
    while not set(folder.glob("backfill-*.json")) - notes:
        assert run.poll() is None, run.communicate()
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("place", "said", "hint"),
    [
        ("s3://thread-there-is-none/", "There is no bucket thread-there-is-none.", "aws s3 ls"),
        (
            "s3://{archive}/evnts/",
            "there is nothing. The bucket holds",
            "mailroom status backfill s3://{archive}/e",
        ),
    ],
)
def test_what_is_not_there_is_refused(status: Status, place: str, said: str, hint: str) -> None:
    """A bucket or prefix that is not there is named, with the next command to try."""
    status.ends(status.mail(f"success@{SIMULATOR}"), "delivered")
    archive = status.output("status_archive_bucket")
    until("an object in the archive", lambda: next(status.objects("events/"), None))
    arguments = ["status", "backfill", place.format(archive=archive), "--name", status.cloud.name]
    problem: Any = CliRunner().invoke(cli.app, arguments).exception
    assert said in problem.message
    assert problem.hint.startswith(hint.format(archive=archive))
