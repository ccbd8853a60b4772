"""Workers of the fold killed in the midst of their work: the table ends as if nothing had happened."""

import uuid
from collections.abc import Iterator

import pytest

from lambda_src.status.decode import decode
from lambda_src.status.keys import Key
from lambda_src.status.state import EMPTY, State, fold
from lambda_src.status.table import Table
from mailroom.bench import status_events
from mailroom.bench.kills import short_visibility
from mailroom.bench.strikes import wait_until_struck
from mailroom.demo.watch import until
from mailroom.local import faults
from mailroom.local.faults import Fault
from tests.integration.status.conftest import Status

MESSAGES, EACH = 10, 6
STRIKES = (
    Fault("kill-before", "dynamodb", "BatchGetItem"),
    Fault("kill-after", "dynamodb", "BatchGetItem"),
    Fault("kill-before", "dynamodb", "PutItem"),
    Fault("kill-after", "dynamodb", "PutItem"),
    Fault("kill-after", "dynamodb", "PutItem", skip=3),
    Fault("lost-answer", "dynamodb", "PutItem", skip=1),
    Fault("throttle", "dynamodb", "PutItem", times=5),
    Fault("kill-answer"),
)


@pytest.fixture
def impatient(status: Status) -> Iterator[Status]:
    """The queue gives up a dead worker's events after three seconds."""
    with short_visibility(status.environment, 3, "status_queue_url"):
        yield status
    faults.clear(status.cloud)


def expected(bodies: list[str]) -> dict[Key, State]:
    """What these events come to, in one quiet fold."""
    states: dict[Key, State] = {}
    for body in bodies:
        for decoded in decode(body):
            for event in decoded.events:
                key = Key(event.message_id, event.recipient)
                states[key] = fold(states.get(key, EMPTY), (event,))
    return states


def test_a_worker_killed_at_any_call_loses_and_doubles_nothing(impatient: Status) -> None:
    """Killed before its read, after it, between its writes, after the last and before its answer, a worker is
    succeeded: every item, opens and clicks counted, is that of the events folded in quiet. No letter is dead.
    """
    table = Table(impatient.client("dynamodb"), impatient.output("status_table"), 400)
    function = impatient.output("status_function_name")
    bodies: list[str] = []
    for strike in STRIKES:
        token = uuid.uuid4().hex[:8]
        faults.clear(impatient.cloud)
        faults.add(impatient.cloud, Fault(**{**vars(strike), "function": function}))
        # (The makers give the same ids to everybody.)
        mine = [body.replace("0100019a", token) for body in status_events.records(MESSAGES, EACH)]
        impatient.put_in_queue(*mine)
        wait_until_struck(impatient.cloud)
        bodies += mine
    faults.clear(impatient.cloud)
    wanted = expected(bodies)

    def different() -> list[Key]:
        found: dict[Key, State] = {}
        for start in range(0, len(wanted), 100):
            keys = list(wanted)[start : start + 100]
            found |= {key: stored.state for key, stored in table.read(keys).items()}
        return [key for key, state in wanted.items() if found.get(key) != state]

    until("every item to be whole", lambda: not different() or None, 60)
    impatient.quiet()
    assert different() == []
    named = {key.message_id for key in wanted}
    assert not [one for one in impatient.dead_letters() if any(name in one["Body"] for name in named)]
