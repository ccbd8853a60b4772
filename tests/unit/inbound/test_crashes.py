"""What a run leaves behind when it ends in the middle: nothing lost, nothing doubled."""

from typing import Any

import pytest

MOST_CALLS = 40


def crashed(world: Any, raw: bytes, at: int, after: bool, error: type[BaseException]) -> Any:
    """The mail after a run that was struck at its n-th call and all the runs that followed."""
    mail = world.store_mail(raw)
    world.strikes.at, world.strikes.after, world.strikes.error = at, after, error
    world.finished = world.work_until_done(mail)
    return mail


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", [0, 1], ids=["death", "failure"])
def test_struck_at_any_call(new_world: Any, report: bytes, errors: Any, after: bool, kind: int) -> None:
    """Whatever call a worker dies or fails at, each recipient gets one mail, or none and is doubtful."""
    struck = set()
    for at in range(MOST_CALLS):
        world = new_world()
        mail = crashed(world, report, at, after, errors[kind])
        if at < len(world.strikes.calls):
            struck.add(world.strikes.calls[at])
        to = world.mailer.to()
        assert len(to) == len(set(to)), (at, world.strikes.calls)
        states = world.states(mail)
        for address, state in zip(["ann@a.example", "bob@b.example"], states, strict=True):
            assert state in ("sent", "doubtful")
            assert state == "doubtful" or address in to, (at, world.strikes.calls)
        # The queue lets go of the mail only when nothing about it is open.
        assert world.finished == (world.ledger.mails[mail.id]["state"] == "done") == (states == ["sent"] * 2)
        assert world.finished != ("doubtful" in states)
    assert {
        "claim",
        "open_raw",
        "put",
        "plan",
        "links",
        "move to sending",
        "send",
        "move to sent",
        "finish",
    } <= struck


def test_doubt_only_around_the_send(new_world: Any, report: bytes, errors: Any) -> None:
    """A recipient is doubtful only when the strike fell between the entry `sending` and the entry `sent`."""
    for after in (False, True):
        for at in range(MOST_CALLS):
            world = new_world()
            mail = crashed(world, report, at, after, errors[0])
            call = world.strikes.calls[at] if at < len(world.strikes.calls) else ""
            near = (
                (call == "move to sending" and after)
                or call == "send"
                or (call == "move to sent" and not after)
            )
            assert ("doubtful" in world.states(mail)) == near, (at, after, call)


def test_same_objects_and_links_again(new_world: Any, report: bytes, errors: Any) -> None:
    """A run that is repeated writes the same objects and the same links: nothing is orphaned."""
    calm = new_world()
    crashed(calm, report, -1, False, errors[0])
    for at in range(MOST_CALLS):
        world = new_world()
        crashed(world, report, at, True, errors[0])
        assert world.store.objects == calm.store.objects
        assert set(world.links.table) <= set(calm.links.table)


def test_notice_at_least_once(new_world: Any, errors: Any) -> None:
    """A mail without a list is told however often a worker dies, and nothing is sent."""
    for after in (False, True):
        for at in range(6):
            world = new_world()
            mail = crashed(world, b"From: a@b.example\n\nno list\n", at, after, errors[0])
            assert world.finished
            assert world.notices.told[0].reason == "no_list"
            assert len(world.notices.told) <= 2
            assert world.mailer.accepted == []
            assert world.ledger.mails[mail.id]["state"] == "noticed"


def test_invalid_addresses_told_after_a_crash(new_world: Any, errors: Any) -> None:
    """The notice that names invalid addresses is not lost when the worker dies after the last send."""
    raw = b"From: a@b.example\n\n:Email_Rxers_Code:ann@a.example,nobody:Email_Rxers_Code:\n"
    for after in (False, True):
        for at in range(12):
            world = new_world()
            crashed(world, raw, at, after, errors[0])
            if world.finished:
                assert "nobody" in world.notices.told[0].words
