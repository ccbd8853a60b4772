"""Events in the worst order, against the ordered run; and that the comparison would see what is lost."""

from typing import Any

import pytest

from mailroom.bench import status_events
from mailroom.bench.status_storm import STORM, Bodies, different, ordered, run, stormy
from mailroom.bench.status_table import FakeDynamoDB

MESSAGES, EACH, EVENTS = 200, 13, 2000


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    """2,000 events of 200 messages."""
    return list(status_events.records(MESSAGES, EACH + 1))[:EVENTS]


@pytest.fixture(scope="module")
def calm(bodies: Bodies) -> FakeDynamoDB:
    """The table of the ordered run."""
    return ordered(bodies).client


def test_what_the_storm_is_made_of(bodies: Bodies, calm: FakeDynamoDB) -> None:
    """The events are of all sources, and end in many statuses and for several recipients."""
    assert len(bodies) == EVENTS
    items = calm.items.values()
    assert {item["source"]["S"] for item in items} == {"ses", "pinpoint", "sms"}
    assert {item["status"]["S"] for item in items} >= {
        *("click", "hardbounce", "complaint", "rejected", "success", "failure"),
    }
    assert len({message for message, _ in calm.items}) < len(calm.items)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_table(bodies: Bodies, calm: FakeDynamoDB, seed: int) -> None:
    """2,000 events of 200 messages, shuffled, doubled, in concurrent batches with throttling, conflicts, lost
    answers and kills: the table is that of the ordered run, nothing is lost, and no letter is dead."""
    storm = stormy(bodies, threads=4, faults=STORM, seed=seed)
    assert different(calm, storm.client) == 0
    assert storm.letters == []
    assert storm.again > 0


class Between(FakeDynamoDB):
    """Another batch comes between the first read and its writes."""

    other: Bodies = ()
    careless = False  # whether what was written since the read is overwritten

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        answer = super().batch_get_item(RequestItems)
        if other := self.other:
            self.other = ()
            run(other, 1, self)
        return answer

    def put_item(self, Item: Any, **condition: Any) -> dict[str, Any]:
        if not self.careless:
            return super().put_item(Item=Item, **condition)
        self.items[Item["message_id"]["S"], Item["recipient"]["S"]] = Item
        return {}


@pytest.mark.parametrize("careless", [False, True])
def test_a_batch_between(bodies: Bodies, calm: FakeDynamoDB, careless: bool) -> None:
    """A batch between another's read and writes costs nothing; a table without conditions would lose it, and
    the comparison would see that."""
    client = Between()
    client.other, client.careless = bodies[1::2], careless
    run(bodies[::2], 1, client, batch=len(bodies))
    assert (different(calm, client) > 0) == careless


def test_the_comparison(calm: FakeDynamoDB) -> None:
    """One item that is missing, or has one other value, is one that differs."""
    (key, item), *_ = calm.items.items()
    rest = {other: value for other, value in calm.items.items() if other != key}
    assert different(calm, FakeDynamoDB(items=rest)) == 1
    assert different(calm, FakeDynamoDB(items={**rest, key: {**item, "opens": {"N": "999"}}})) == 1
    assert different(calm, FakeDynamoDB(items={**rest, key: {**item, "version": {"N": "999"}}})) == 0
