"""What decoding and folding a batch of events costs, against opening the same records and doing nothing.

python -m mailroom.bench.status_folding
"""

import base64
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from lambda_src.status.apply import apply
from lambda_src.status.decode import decode
from lambda_src.status.event import Event
from lambda_src.status.keys import Key
from lambda_src.status.state import EMPTY, State, fold
from lambda_src.status.table import Table
from mailroom.bench import status_events
from mailroom.bench.rows import Row, at_most
from mailroom.bench.status_table import FakeDynamoDB

PAIRS, EACH = 50, 10
ROUNDS = 40
SIZE = f"{PAIRS * EACH} events, {PAIRS} items"


def rows() -> Iterator[Row]:
    """Times as ratios over base64 and json.loads of the same records; calls as they are counted."""
    for name, maker in (
        ("SES", status_events.ses),
        ("Pinpoint", status_events.pinpoint),
        ("SMS", status_events.sms),
    ):
        bodies = batch(maker)
        coded = [base64.b64encode(body.encode()) for body in bodies]
        opening, folding, stored, single = in_turns(
            partial(opened, coded),
            partial(folded, bodies),
            partial(in_table, bodies),
            partial(one_by_one, bodies),
        )
        beside = (
            f"{folding * 1e6 / len(bodies):.0f} µs an event, {opening * 1e6 / len(bodies):.0f} µs to open it"
        )
        yield Row(
            "status: decode and fold", f"{name}, {SIZE}", folding / opening, "times", at_most(2), beside
        )
        yield Row("status: and read and write", f"{name}, {SIZE}", stored / opening, "times")
        yield Row(
            "status: an update an event", f"{name}, {SIZE}", single / opening, "times", None, "no AWS in it"
        )
    yield from _calls(batch(status_events.ses))


def batch(maker: Callable[[status_events.Life, int], Iterator[str]]) -> list[str]:
    """Bodies of EACH events for each of PAIRS messages to one recipient."""
    bodies: list[str] = []
    number = 1
    while len(bodies) < PAIRS * EACH:
        life = status_events.Life(number, status_events.random.Random(number))
        made = list(maker(life, EACH))
        if len(life.people) == 1 and len(made) == EACH:
            bodies += made
        number += 1
    return bodies


def opened(coded: Sequence[bytes]) -> list[Any]:
    """What everybody has to do."""
    return [json.loads(base64.b64decode(one)) for one in coded]


def folded(bodies: Sequence[str]) -> dict[Key, State]:
    """What the handler does with a batch between its read and its writes."""
    events: dict[Key, list[Event]] = {}
    for body in bodies:
        for decoded in decode(body):
            for event in decoded.events:
                events.setdefault(Key(event.message_id, event.recipient), []).append(event)
    return {key: fold(EMPTY, several) for key, several in events.items()}


def in_table(bodies: Sequence[str], client: FakeDynamoDB | None = None) -> None:
    """All that the handler does, with a table in memory."""
    events = [[event for decoded in decode(body) for event in decoded.events] for body in bodies]
    apply(Table(client or FakeDynamoDB(), "status", 365), events, lambda seconds: None, lambda: 60.0)


def one_by_one(bodies: Sequence[str]) -> list[dict[str, Any]]:
    """The straightforward way, as the published samples go it: open, and one UpdateItem for each event."""
    updates = []
    for body in bodies:
        event = json.loads(body)
        event = event.get("detail", event)
        mail = event.get("mail") or event.get("facets", {}).get("email_channel", {}).get(
            "mail_event", {}
        ).get("mail")
        key = (mail or event).get("messageId") or (mail or event).get("message_id")
        updates.append(
            {
                "Key": {"message_id": {"S": key}},
                "UpdateExpression": "SET #event = :at",
                "ExpressionAttributeNames": {"#event": event.get("eventType") or event["event_type"]},
                "ExpressionAttributeValues": {":at": {"S": str(event.get("event_timestamp"))}},
            }
        )
    return updates


def in_turns(*ways: Callable[[], object]) -> list[float]:
    """The best time of each, in seconds; in turns, so that a busy machine is busy for all."""
    best = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for number, way in enumerate(ways):
            start = time.perf_counter()
            way()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def _calls(bodies: Sequence[str]) -> Iterator[Row]:
    client = FakeDynamoDB()
    in_table(bodies, client)
    yield Row("status: batch reads", SIZE, client.calls["BatchGetItem"], "calls", at_most(1))
    writes, single = client.calls["PutItem"], len(one_by_one(bodies))
    yield Row("status: writes", SIZE, writes, "calls", at_most(PAIRS), f"{single} with an update an event")
    items = dict(client.items)
    yield Row("status: writes of events seen before", SIZE, _again(bodies, items), "calls", at_most(0))


def _again(bodies: Sequence[str], items: dict[Any, Any]) -> int:
    client = FakeDynamoDB(items=items)
    in_table(bodies, client)
    return client.calls["PutItem"]


if __name__ == "__main__":
    from mailroom.bench import show

    show.table(list(rows()))
