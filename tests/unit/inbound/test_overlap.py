"""Two workers at one mail: one stands still longer than its lease, another takes over, then the first goes on."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from lambda_src.inbound.derive import ledger_place
from lambda_src.inbound.ports import Busy, NotAccepted, NotFinished, Recipient, Unknown

ANN, BOB = "ann@a.example", "bob@b.example"
MOST_CALLS = 30
LEASE_SECONDS = 16
NOTICE = b"From: a@b.example\n\nno list\n"


def stalled(world: Any, raw: bytes, at: int, after: bool, meanwhile: Callable[[Any], Any]) -> Any:
    """The mail after a run whose worker stood still at its n-th call, and all the runs that followed."""
    mail = world.store_mail(raw)

    def stand_still() -> None:
        world.strikes.at = -1
        world.now += LEASE_SECONDS
        meanwhile(mail)

    world.strikes.at, world.strikes.after, world.strikes.stall = at, after, stand_still
    with suppress(NotFinished):
        world.work(mail)
    world.finished = world.work_until_done(mail)
    return mail


def each_stall(new_world: Any) -> list[tuple[Any, int, bool]]:
    return [(new_world(), at, after) for after in (False, True) for at in range(MOST_CALLS)]


def test_a_late_worker_doubles_nothing(new_world: Any, report: bytes) -> None:
    """Wherever the first worker stands still and goes on, everybody gets exactly one mail, and the ledger knows."""
    met = set()
    for world, at, after in each_stall(new_world):

        def take_over(mail: Any, world: Any = world) -> None:
            with suppress(NotFinished):
                world.work(mail)

        mail = stalled(world, report, at, after, take_over)
        met.update(world.strikes.calls[at : at + 1])
        assert sorted(world.mailer.to()) == [ANN, BOB], (at, after, world.strikes.calls)
        assert world.states(mail) == ["sent", "sent"], (at, after)
        assert world.finished
        assert world.ledger.mails[mail.id]["state"] == "done"
    assert {"claim", "plan", "links", "move to sending", "send", "move to sent", "finish"} <= met


def test_a_late_worker_that_was_refused_frees_nothing(new_world: Any, report: bytes) -> None:
    """A first worker that comes back with a refusal, of a mail that another has settled, has no say any more."""
    for world, at, after in each_stall(new_world):

        def take_over(mail: Any, world: Any = world) -> None:
            with suppress(NotFinished):
                world.work(mail)
            # What the first worker hears when it goes on.
            world.mailer.answers = {ANN: [NotAccepted("x")], BOB: [NotAccepted("x")]}

        mail = stalled(world, report, at, after, take_over)
        to = world.mailer.to()
        assert len(to) == len(set(to)), (at, after)
        for address, state in zip((ANN, BOB), world.states(mail), strict=True):
            assert (state == "sent") == (address in to), (at, after)


def test_killed_again_and_again(new_world: Any, report: bytes, errors: Any) -> None:
    """A second worker that dies while the first stands still doubles nothing, whatever each of them had done."""
    for at, after, second in itertools.product(range(MOST_CALLS), (False, True), range(0, 12, 3)):
        world = new_world()

        def take_over(mail: Any, world: Any = world, second: int = second) -> None:
            world.strikes.at, world.strikes.stall = world.strikes.count + second, None
            with suppress(errors[0], NotFinished):
                world.work(mail)
            world.strikes.at = -1

        stalled(world, report, at, after, take_over)
        to = world.mailer.to()
        assert len(to) == len(set(to)), (at, after, second)


def test_events_settle_every_doubt(new_world: Any, report: bytes, errors: Any) -> None:
    """With SES's Send events everybody gets exactly one mail, and no doubt is left once SES had taken it."""
    for kind in errors:
        for world, at, after in each_stall(new_world):
            mail = world.store_mail(report)
            accept = world.mailer._accept

            def accepted(raw: bytes, to: str, tags: Any, world: Any = world, accept: Any = accept) -> None:
                accept(raw, to, tags)
                name, number, generation = ledger_place(tags)
                world.ledger.settle(name, Recipient(number, to, "", generation), int(world.now), "ses-1")

            world.mailer._accept = accepted
            world.strikes.at, world.strikes.after, world.strikes.error = at, after, kind
            world.finished = world.work_until_done(mail)
            to = world.mailer.to()
            assert len(to) == len(set(to))
            for address, state in zip((ANN, BOB), world.states(mail), strict=True):
                assert state == ("sent" if address in to else "doubtful"), (at, after)
            assert world.finished == (sorted(to) == [ANN, BOB])


def test_an_event_before_the_lost_answer(world: Any, report: bytes) -> None:
    """A worker whose answer is lost believes the event that came before it."""
    mail = world.store_mail(report)

    def lost(raw: bytes, recipient: str, tags: Any) -> str:
        world.mailer._accept(raw, recipient, tags)
        name, number, generation = ledger_place(tags)
        world.ledger.settle(name, Recipient(number, recipient, "", generation), int(world.now), "ses-1")
        raise Unknown("ReadTimeoutError")

    world.mailer.send = lost
    assert world.work(mail) == "sent"
    assert world.mailer.to() == [ANN, BOB]


def test_a_late_worker_finds_a_notice(new_world: Any) -> None:
    """A mail that ends as a notice is told at least once and at most by both of two workers."""
    for world, at, after in each_stall(new_world):
        mail = stalled(world, NOTICE, at, after, lambda mail, world=world: world.work(mail))
        assert 1 <= len(world.notices.told) <= 2
        assert world.finished
        assert world.ledger.mails[mail.id]["state"] == "noticed"


def test_a_late_worker_after_a_new_generation(new_world: Any, report: bytes) -> None:
    """Who stood still while the mail was finished and opened anew takes no part in the new generation."""
    for world, at, after in each_stall(new_world):

        def anew(mail: Any, world: Any = world) -> None:
            with suppress(NotFinished):
                world.work(mail)
            if world.ledger.mails[mail.id]["state"] == "done":
                world.ledger.resend(mail.id)
                world.resent = True

        world.resent = False
        mail = stalled(world, report, at, after, anew)
        world.strikes.at = -1
        assert world.work_until_done(mail)  # the message that the operator's command queued
        expected = [ANN, ANN, BOB, BOB] if world.resent else [ANN, BOB]
        assert sorted(world.mailer.to()) == expected, (at, after, world.strikes.calls)


def test_a_lost_lease_is_noticed_while_reading(world: Any, report: bytes) -> None:
    """A worker that stood still while it read the mail stops before it plans anything, when another took over."""
    mail = world.store_mail(report)

    def stand_still() -> None:
        world.store.while_reading = None
        world.now += LEASE_SECONDS
        world.ledger.claim(mail.id, "other", int(world.now), int(world.now) + 15)

    world.store.while_reading = stand_still
    with pytest.raises(Busy, match="took this mail over"):
        world.work(mail)
    assert "plan" not in world.strikes.calls
    assert world.mailer.accepted == []


def test_a_slow_worker_keeps_its_mail(world: Any, report: bytes) -> None:
    """A worker that is slow and goes on all the same renews its lease, and nobody else gets the mail meanwhile."""
    mail = world.store_mail(report)

    def slow() -> None:
        world.now += 6
        with pytest.raises(Busy):
            world.ledger._claim(mail.id, "other", int(world.now), int(world.now) + 15)

    world.store.while_reading = slow
    world.work(mail, seconds=300)
    assert world.mailer.to() == [ANN, BOB]
    assert "renew" in world.strikes.calls


def test_a_quick_mail_costs_no_renewal(world: Any, report: bytes) -> None:
    """A mail that is done within seconds costs two writes and a send for each recipient, and two for itself."""
    world.work(world.store_mail(report))
    assert "renew" not in world.strikes.calls
    assert len(world.strikes.calls) == len(["claim", "open_raw", "put", "put", "plan", "finish"]) + 2 * 4
