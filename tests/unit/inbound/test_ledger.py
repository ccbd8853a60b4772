"""The ledger: what the real one (against moto) and the fake of the other tests both hold."""

from dataclasses import replace
from typing import Any

import pytest

from lambda_src.inbound.dynamodb import DynamoLedger
from lambda_src.inbound.ports import Busy, Claim, Recipient
from tests.unit.inbound.fakes import FakeLedger

MAIL = "incoming/m1#v1"
ANN = "ann@a.example"


def key(part: str) -> dict[str, dict[str, str]]:
    return {"mail": {"S": MAIL}, "part": {"S": part}}


class RealLedger(DynamoLedger):
    """With what a person does to it by the operator's commands."""

    def resend(self, mail: str) -> None:
        self._client.update_item(
            TableName="ledger",
            Key=key("mail"),
            UpdateExpression="SET #s = :open, generation = :two, owned_until = :no REMOVE seed, recipients, reason",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":open": {"S": "open"}, ":two": {"N": "2"}, ":no": {"N": "0"}},
        )

    def say_not_sent(self, mail: str, number: int) -> None:
        self._client.update_item(
            TableName="ledger",
            Key=key(f"recipient#{number:03}#1"),
            UpdateExpression="SET #s = :pending REMOVE unsettled",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":pending": {"S": "pending"}},
        )


@pytest.fixture
def real(ledger_table: Any) -> RealLedger:
    return RealLedger(ledger_table, "ledger", 7)


@pytest.fixture(params=["real", "fake"])
def ledger(request: pytest.FixtureRequest) -> Any:
    return FakeLedger() if request.param == "fake" else request.getfixturevalue("real")


def planned(ledger: Any, *addresses: str) -> tuple[Recipient, ...]:
    ledger.claim(MAIL, "one", now=100, until=115)
    return ledger.plan(MAIL, "one", addresses or [ANN], 1, now=101)


def test_one_worker_at_a_time(ledger: Any) -> None:
    """A claim holds until its lease ends, and says when that is; the seed stays the same for whoever comes next."""
    first = ledger.claim(MAIL, "one", now=100, until=115)
    assert (first.state, first.recipients, len(first.seed)) == ("open", None, 32)
    for now in (100, 115):
        with pytest.raises(Busy) as caught:
            ledger.claim(MAIL, "two", now=now, until=500)
        assert caught.value.again_at == 116
    assert ledger.claim(MAIL, "two", now=116, until=500) == first


def test_a_claim_asked_twice_is_ours(ledger: Any) -> None:
    """When boto3 repeats a claim whose answer was lost, the second answer says that it is ours."""
    first = ledger.claim(MAIL, "one", now=100, until=115)
    assert ledger.claim(MAIL, "one", now=100, until=115) == first


def test_a_lease_is_renewed_by_its_owner(ledger: Any) -> None:
    """A renewed lease holds longer; who has lost it is told so."""
    ledger.claim(MAIL, "one", now=100, until=115)
    assert ledger.renew(MAIL, "one", now=106, until=121)
    with pytest.raises(Busy):
        ledger.claim(MAIL, "two", now=121, until=140)
    ledger.claim(MAIL, "two", now=122, until=140)
    assert not ledger.renew(MAIL, "one", now=123, until=138)


def test_a_released_claim_is_free(ledger: Any) -> None:
    """A lease that was given back can be taken at once, with its turn; only its owner can give it back."""
    ledger.claim(MAIL, "one", now=100, until=115)
    ledger.release(MAIL, "two", now=101)
    with pytest.raises(Busy):
        ledger.claim(MAIL, "two", now=101, until=500)
    ledger.release(MAIL, "one", now=101, turn=123_456)
    assert ledger.claim(MAIL, "two", now=101, until=500).turn == 123_456
    ledger.release(MAIL, "two", now=102)
    assert ledger.claim(MAIL, "three", now=103, until=500).turn == 0


def test_recipients_are_planned_once(ledger: Any) -> None:
    """All recipients are written together, by the owner alone, once; the next claim finds them in order."""
    addresses = [f"a{number}@x.example" for number in range(1, 51)]
    ledger.claim(MAIL, "one", now=100, until=115)
    with pytest.raises(Busy):
        ledger.plan(MAIL, "two", addresses, 1, now=101)
    people = ledger.plan(MAIL, "one", addresses, 1, now=101)
    assert [person.address for person in people] == addresses
    with pytest.raises(Busy):
        ledger.plan(MAIL, "one", ["z@x.example"], 1, now=102)
    assert ledger.claim(MAIL, "two", now=116, until=500).recipients == people


# Who moves a recipient from which state (its own view) to which, what stands there and whose it is; allowed?
MOVES = [
    ("pending", "", "sending", True),
    ("pending", "other", "sending", True),
    *[("sending", "me", state, True) for state in ("pending", "sent", "refused", "doubtful")],
    ("sending", "other", "doubtful", True),
    ("sending", "other", "pending", False),
    ("sending", "other", "refused", False),
    ("sending", "other", "sent", True),
]


@pytest.mark.parametrize(("old", "owner", "new", "allowed"), MOVES)
def test_moves(ledger: Any, old: str, owner: str, new: str, allowed: bool) -> None:
    """Out of `sending` only its own worker moves, but for a successor's doubt and for who knows that it was sent."""
    [person] = planned(ledger)
    if old == "sending":
        assert ledger.move(MAIL, owner, person, "sending", 102)
        person = replace(person, state="sending")
    assert ledger.move(MAIL, "me", person, new, 103, "ses-1" if new == "sent" else "") == allowed
    assert ledger.state_of(MAIL, person) == (new if allowed else old)
    # Asked again, as boto3 does after a lost answer, it says the same.
    assert ledger.move(MAIL, "me", person, new, 103) == allowed


def test_only_one_worker_sends(ledger: Any) -> None:
    """Of two workers who want to send to one recipient only the first may."""
    [person] = planned(ledger)
    assert ledger.move(MAIL, "one", person, "sending", 102)
    assert not ledger.move(MAIL, "two", person, "sending", 102)


def test_who_knows_may_say_sent(ledger: Any) -> None:
    """`sent` is written over a successor's doubt, and over what a person took for not sent."""
    ann, bob = planned(ledger, ANN, "bob@b.example")
    for person in (ann, bob):
        ledger.move(MAIL, "one", person, "sending", 102)
        ledger.move(MAIL, "two", replace(person, state="sending"), "doubtful", 120)
    ledger.say_not_sent(MAIL, 2)
    for person in (ann, bob):
        assert ledger.move(MAIL, "one", replace(person, state="sending"), "sent", 121, "ses-1")
        assert not ledger.move(MAIL, "two", person, "sending", 122)


def test_a_late_refusal_frees_nothing(ledger: Any) -> None:
    """A worker whose recipient is in another one's hands by now cannot give it back to be sent again."""
    [person] = planned(ledger)
    ledger.move(MAIL, "one", person, "sending", 102)
    sending = replace(person, state="sending")
    ledger.move(MAIL, "two", sending, "doubtful", 120)
    ledger.say_not_sent(MAIL, 1)
    assert ledger.move(MAIL, "two", person, "sending", 121)
    assert not ledger.move(MAIL, "one", sending, "pending", 122)
    assert ledger.state_of(MAIL, person) == "sending"


@pytest.mark.parametrize("before", ["pending", "sending", "doubtful", "sent"])
def test_the_send_event_settles(ledger: Any, before: str) -> None:
    """SES's event says `sent` whatever stood there, once, and only of a recipient that exists."""
    [person] = planned(ledger)
    state = person
    for step in ("sending", before) if before != "pending" else ():
        if state.state != step:
            assert ledger.move(MAIL, "one", state, step, 102)
            state = replace(state, state=step)
    assert ledger.settle(MAIL, person, 110, "ses-9") == (before != "sent")
    assert ledger.state_of(MAIL, person) == "sent"
    assert not ledger.settle(MAIL, person, 111, "ses-9")
    assert not ledger.settle(MAIL, replace(person, generation=2), 111, "ses-9")


def test_a_finished_mail(ledger: Any) -> None:
    """A finished mail cannot be claimed; only its owner finishes it; asked again it is finished all the same."""
    for state in ("done", "noticed"):
        mail = f"{MAIL}-{state}"
        ledger.claim(mail, "one", now=100, until=115)
        with pytest.raises(Busy):
            ledger.finish(mail, "two", state, now=101)
        for _ in range(2):
            ledger.finish(mail, "one", state, now=101, reason="why")
        assert ledger.claim(mail, "three", now=999, until=1000) == Claim(state)


def test_a_new_generation(ledger: Any) -> None:
    """A mail that is sent anew has other recipients' items, and another seed; those from before do not count."""
    [person] = planned(ledger)
    ledger.move(MAIL, "one", person, "sending", 102)
    ledger.move(MAIL, "one", replace(person, state="sending"), "sent", 103, "ses-1")
    seed = ledger.claim(MAIL, "one", now=116, until=120).seed
    ledger.finish(MAIL, "one", "done", now=117)
    ledger.resend(MAIL)
    again = ledger.claim(MAIL, "two", now=200, until=215)
    assert (again.recipients, again.generation) == (None, 2)
    assert again.seed != seed
    people = ledger.plan(MAIL, "two", [ANN, "bob@b.example"], 2, now=201)
    assert [(one.number, one.state, one.generation) for one in people] == [
        (1, "pending", 2),
        (2, "pending", 2),
    ]
    assert ledger.claim(MAIL, "three", now=216, until=230).recipients == people
