"""Sends per second, over all workers: the row of places, and how a mail waits for its own."""

import itertools
from typing import Any

import pytest

from lambda_src.inbound.ports import NotAccepted, NotFinished, NotItsTurn
from lambda_src.inbound.rate import DynamoTurns
from tests.unit.inbound.fakes import FakeTurns, Strikes

FAR = 10**15
NOW = 1_795_000_000_000


@pytest.fixture(params=["real", "fake"])
def workers(request: pytest.FixtureRequest) -> list[Any]:
    """Two workers at one row, two sends a second."""
    if request.param == "fake":
        return [FakeTurns(Strikes(), 500)] * 2
    found = request.getfixturevalue("ledger_table")
    return [DynamoTurns(found, "ledger", 2) for _ in range(2)]


def test_places_never_overlap(workers: list[Any]) -> None:
    """Whoever asks, and whenever: each gets the next places of the row, and never one in the past."""
    one, two = workers
    assert one.reserve(3, NOW, FAR) == NOW
    assert two.reserve(1, NOW, FAR) == NOW + 1500
    assert two.reserve(2, NOW + 1600, FAR) == NOW + 2000
    assert one.reserve(1, NOW + 1600, FAR) == NOW + 3000
    assert two.reserve(1, NOW + 9000, FAR) == NOW + 9000
    assert one.reserve(1, NOW + 9000, FAR) == NOW + 9500


def test_no_place_is_taken_that_is_too_far(workers: list[Any]) -> None:
    """A place after the latest time is not reserved, so that it stays free for others."""
    one, two = workers
    one.reserve(10, NOW, FAR)
    assert two.reserve(1, NOW, NOW + 4999) is None
    assert two.reserve(1, NOW, NOW + 5000) == NOW + 5000


def test_one_call_for_a_mail(ledger_table: Any) -> None:
    """A place costs one call where nobody else sends, and one where this worker knows that others do."""

    class Counting:
        calls = 0

        def update_item(self, **request: Any) -> Any:
            self.calls += 1
            return ledger_table.update_item(**request)

    counting = Counting()
    turns = DynamoTurns(counting, "ledger", 0.5)
    for calls in (1, 2, 3):
        turns.reserve(2, NOW, FAR)
        assert counting.calls == calls


def mails(world: Any, report: bytes, count: int) -> list[Any]:
    return [world.store_mail(report, f"incoming/m{number}") for number in range(count)]


def spacing(world: Any) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in itertools.pairwise(world.mailer.times)]


def test_the_rate_holds_within_and_across_mails(new_world: Any, report: bytes) -> None:
    """Two recipients a mail, three mails, one send in two seconds: each send has its place."""
    world = new_world(per_second=0.5)
    for mail in mails(world, report, 3):
        world.work(mail, seconds=300)
    assert spacing(world) == [2.0] * 5
    assert world.strikes.calls.count("reserve") == 3


def test_without_a_rate_nothing_is_reserved(world: Any, report: bytes) -> None:
    """No rate, no call and no wait."""
    world.work(world.store_mail(report))
    assert ("reserve" in world.strikes.calls, world.slept) == (False, [])


def test_a_place_far_away_is_kept(new_world: Any, report: bytes) -> None:
    """A mail whose place is minutes away goes back at once, and is sent in that place when it comes back in time."""
    world = new_world(per_second=0.5)
    start = world.now
    world.turns.next_at = (start + 200) * 1000
    [mail] = mails(world, report, 1)
    with pytest.raises(NotItsTurn, match="2 recipients wait for their turn") as caught:
        world.work(mail, seconds=300)
    assert caught.value.again_at == start + 195
    assert world.slept == []
    world.now = caught.value.again_at + 1
    assert world.work(mail, seconds=300) == "sent"
    assert world.mailer.times == [start + 200, start + 202]
    assert world.strikes.calls.count("reserve") == 1


def test_more_recipients_than_fit_into_a_run(new_world: Any, report: bytes) -> None:
    """What does not fit into the function's time comes back for the next of its own places."""
    world = new_world(per_second=0.025)  # one in 40 seconds
    [mail] = mails(world, report, 1)
    with pytest.raises(NotItsTurn, match="1 recipients wait") as caught:
        world.work(mail, seconds=30)
    world.now = caught.value.again_at
    world.work(mail, seconds=30)
    assert spacing(world) == [40.0]
    assert world.strikes.calls.count("reserve") == 1


def test_a_missed_place(new_world: Any, report: bytes) -> None:
    """A mail that comes back too late takes a new place where one is near; else it has waited long enough."""
    for others, waits in ((0, 0), (30, 30), (600, 0)):
        world = new_world(per_second=0.5)
        world.turns.next_at = (world.now + 200) * 1000
        [mail] = mails(world, report, 1)
        with pytest.raises(NotItsTurn):
            world.work(mail, seconds=300)
        world.now += 300
        late = world.now
        world.turns.next_at = (late + others) * 1000
        world.work(mail, seconds=300)
        assert world.mailer.times == [late + waits, late + waits + 2]


def test_no_end_in_sight(new_world: Any, report: bytes) -> None:
    """Where more mails wait than SQS can hide one for, the mail comes back in an hour and has reserved nothing."""
    world = new_world(per_second=0.5)
    far = world.turns.next_at = (world.now + 12 * 3600) * 1000
    [mail] = mails(world, report, 1)
    with pytest.raises(NotItsTurn) as caught:
        world.work(mail)
    assert (world.turns.next_at, caught.value.again_at) == (far, world.now + 3600)


def test_a_refusal_is_no_turn(new_world: Any, report: bytes) -> None:
    """A recipient whom SES refused for now comes back after the growing pause, and takes a new place."""
    world = new_world(per_second=0.5)
    [mail] = mails(world, report, 1)
    world.mailer.answers["ann@a.example"] = [NotAccepted("AccountSuspendedException")]
    with pytest.raises(NotFinished) as caught:
        world.work(mail, seconds=300)
    assert (type(caught.value), caught.value.again_at) == (NotFinished, 0)
    world.work(mail, seconds=300)
    assert world.strikes.calls.count("reserve") == 2


def test_waiting_keeps_the_lease(new_world: Any, report: bytes) -> None:
    """Who waits for a place renews the lease meanwhile, in steps shorter than it."""
    world = new_world(per_second=0.025)
    world.work(*mails(world, report, 1), seconds=300)
    assert spacing(world) == [40.0]
    assert max(world.slept) <= 5
    assert world.strikes.calls.count("renew") >= 8
