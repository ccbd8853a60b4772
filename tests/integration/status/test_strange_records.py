"""Records that are no events, and events of kinds that nobody knows, among good ones."""

import base64
import gzip
import json
import uuid
from typing import Any

import pytest

from mailroom.demo.watch import until
from mailroom.status.drill_sources import pinpoint_event
from tests.integration.status.conftest import Status


def delivered(status: Status, message_id: str) -> dict[str, Any]:
    """A Pinpoint event about a mail that arrived."""
    return pinpoint_event(message_id, "ann@far.example", status.cloud.account_id, 1795766400000)


def test_a_broken_record_is_a_dead_letter_alone(status: Status) -> None:
    """Among good events in one batch, what cannot be read comes to the dead-letter queue with its own body and
    the reason; the good ones are in the table, and nothing comes again."""
    token = uuid.uuid4().hex
    broken = {
        f'{{"eventType": "{token}", ': "no JSON",
        json.dumps({"eventType": "Send", "mail": {"x": token}}): "no message id",
    }
    good = [json.dumps(delivered(status, f"{token}-{number}")) for number in range(3)]
    status.put_in_queue(good[0], *broken, *good[1:])
    for number in range(3):
        status.ends(f"{token}-{number}", "delivered")
    status.quiet()
    letters = {letter["Body"]: letter for letter in status.dead_letters() if token in letter["Body"]}
    assert set(letters) == set(broken)
    for body, reason in broken.items():
        assert reason in letters[body]["MessageAttributes"]["reason"]["StringValue"]


@pytest.mark.parametrize(
    "unknown",
    [
        {
            "event_type": "_campaign.send",
            "event_timestamp": 1795766400000,
            "attributes": {"campaign_id": "c"},
        },
        {"event_type": "_session.start", "event_timestamp": 1795766400000, "client": {"client_id": "x"}},
        {"event_type": "shop.bought", "event_timestamp": 1795766400000},
    ],
)
def test_unknown_kinds_are_in_the_archive_and_nowhere_else(status: Status, unknown: dict[str, Any]) -> None:
    """An event of a kind that we do not know is archived as it came, and makes no item and no dead letter."""
    token = uuid.uuid4().hex
    event = {**unknown, "client": {"client_id": token}}
    beside = delivered(status, token)  # in the same call, so that we see when it has been through
    status.put_in_stream("pinpoint", event, beside)
    status.ends(token, "delivered")
    status.quiet()
    lines = until("the event in the archive", lambda: status.archived("events/source=pinpoint/", token))
    assert sorted(json.dumps(line, sort_keys=True) for line in lines) == sorted(
        json.dumps(line, sort_keys=True) for line in (event, beside)
    )
    assert not [letter for letter in status.dead_letters() if token in letter["Body"]]
    assert not status.archived("errors/", token)


def test_a_record_that_fails_in_the_transform_is_kept_below_errors(status: Status) -> None:
    """What is no event goes no further than Firehose, which keeps its very bytes below errors/; what came with
    it goes its way."""
    token = uuid.uuid4().hex
    broken = f"no event: {token}".encode()
    status.put_bytes("pinpoint", broken, json.dumps(delivered(status, token)).encode())
    status.ends(token, "delivered")
    (kept,) = until("the record below errors/", lambda: status.failed_records(token))
    assert base64.b64decode(kept["rawData"]) == broken
    assert kept["errorCode"]
    assert status.archived("events/source=pinpoint/", token)


def test_the_archive_is_gzip_by_source_and_day(status: Status) -> None:
    """An event of each source lies, gzip, one line each, below its source and the day of its arrival."""
    message_id = status.mail("success@simulator.amazonses.com")
    status.ends(message_id, "delivered")
    until(
        "both events in the archive",
        lambda: len(status.archived("events/source=ses/", message_id)) >= 2 or None,
    )
    for key, body in status.objects("events/source=ses/"):
        prefix, _, file = key.rpartition("/")
        assert prefix.startswith("events/source=ses/day=20")
        assert file.endswith(".gz")
        for line in gzip.decompress(body).splitlines():
            event = json.loads(line)
            assert (event["source"], prefix.endswith(event["time"][:10])) == ("aws.ses", True)
