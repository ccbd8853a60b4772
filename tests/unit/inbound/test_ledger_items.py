"""The ledger's items in DynamoDB (moto): what they hold, and what happens when an answer or an item is lost."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.inbound.dynamodb import DynamoLedger
from lambda_src.inbound.ports import Recipient

MAIL = "incoming/m1#v1"
ANN = "ann@a.example"


class RealLedger(DynamoLedger):
    """With a look at its items."""

    def item(self, part: str) -> dict[str, Any]:
        return self._client.get_item(TableName="ledger", Key=key(part)).get("Item", {})


def key(part: str) -> dict[str, dict[str, str]]:
    return {"mail": {"S": MAIL}, "part": {"S": part}}


@pytest.fixture
def real(ledger_table: Any) -> RealLedger:
    return RealLedger(ledger_table, "ledger", 7)


def planned(ledger: DynamoLedger, *addresses: str) -> tuple[Recipient, ...]:
    ledger.claim(MAIL, "one", now=100, until=115)
    return ledger.plan(MAIL, "one", addresses or [ANN], 1, now=101)


def test_what_the_items_hold(real: RealLedger) -> None:
    """Doubts are marked for the index, items have their last day, and the seed is gone once all is sent."""
    [person] = planned(real)
    assert real.item("mail")["removed_at"]["N"] == str(100 + 7 * 86400)
    assert real.item("recipient#001#1")["removed_at"]["N"] == str(101 + 7 * 86400)
    marks = []
    for old, new in [("pending", "sending"), ("sending", "doubtful"), ("doubtful", "sent")]:
        real.move(MAIL, "one", replace(person, state=old), new, 102, "ses-1" if new == "sent" else "")
        marks.append(real.item("recipient#001#1").get("unsettled"))
    assert marks == [{"S": "yes"}, {"S": "yes"}, None]
    assert real.item("recipient#001#1")["ses_message_id"]["S"] == "ses-1"
    real.finish(MAIL, "one", "done", now=103)
    assert not {"seed", "owner", "owned_until", "turn"} & real.item("mail").keys()


def test_the_seed_stays_with_a_notice(real: RealLedger) -> None:
    """A mail that ended as a notice keeps its seed and its reason."""
    real.claim(MAIL, "one", now=100, until=115)
    real.finish(MAIL, "one", "noticed", now=101, reason="no_list")
    assert real.item("mail")["reason"]["S"] == "no_list"
    assert "seed" in real.item("mail")


def test_a_plan_whose_answer_was_lost(real: RealLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that boto3 repeats is found to be our own, whether or not AWS remembers the first request."""
    client, write = real._client, real._client.transact_write_items
    monkeypatch.setattr(
        client, "transact_write_items", lambda **request: (write(**request), write(**request))[1]
    )
    [person] = planned(real)
    assert person.address == ANN


def test_lost_lines_stop_the_mail(real: RealLedger) -> None:
    """A ledger that has lost a recipient is said to, rather than taken for all of the list."""
    planned(real, ANN, "bob@b.example")
    real._client.delete_item(TableName="ledger", Key=key("recipient#002#1"))
    with pytest.raises(RuntimeError, match="1 of the mail's recipients, and not all"):
        real.claim(MAIL, "two", now=116, until=130)


def test_other_errors_are_not_hidden(real: RealLedger) -> None:
    """What is no failed condition is raised as it came."""
    real._table = "nothing"
    calls = [
        lambda: real.claim(MAIL, "one", 1, 2),
        lambda: real.plan(MAIL, "one", [ANN], 1, 2),
        lambda: real.renew(MAIL, "one", 1, 2),
        lambda: real.finish(MAIL, "one", "done", 1),
    ]
    for call in calls:
        with pytest.raises(ClientError, match="ResourceNotFound"):
            call()
