"""The ledger as the operator's commands read and change it; the function's own side is in lambda_src/inbound.

One item for each mail (`part` = "mail") and one for each recipient and generation. Every change here is
conditional on what was read, so that two operators, or an operator and the function, never undo one another.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambda_src.inbound.ports import OPEN, SENDING
from mailroom.errors import MailroomError

UNKNOWN = "unknown"  # a mail that the ledger has not heard of

MOST_IN_A_BATCH = 100  # BatchGetItem's own bound
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


@dataclass(frozen=True)
class Person:
    """One recipient of a mail; `updated_at` in seconds since 1970."""

    mail: str
    number: int
    generation: int
    address: str
    state: str
    updated_at: int

    @property
    def part(self) -> str:
        """The range key of this recipient's item."""
        return f"recipient#{self.number:03}#{self.generation}"


@dataclass(frozen=True)
class Known:
    """What the ledger knows of a mail; state `unknown` where it knows nothing. Times: seconds since 1970."""

    mail: str
    state: str = UNKNOWN
    generation: int = 1
    reason: str = ""
    owned_until: int = 0
    resent_at: int = 0
    people: list[Person] = field(default_factory=list)


class Ledger:
    """An environment's ledger table."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def look(self, mail: str) -> Known:
        """The mail with the recipients of its current generation."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="mail = :mail",
            ExpressionAttributeValues={":mail": {"S": mail}},
            ConsistentRead=True,
        )
        items = [item for page in pages for item in page["Items"]]
        own = next((item for item in items if item["part"]["S"] == "mail"), None)
        known = _known(mail, own)
        people = [_person(item) for item in items if item is not own]
        known.people.extend(person for person in people if person.generation == known.generation)
        return known

    def look_at(self, mails: Sequence[str]) -> dict[str, Known]:
        """Many mails at once, without their recipients. Raises MailroomError where DynamoDB is too slow."""
        found = {mail: Known(mail) for mail in mails}
        unique = list(found)
        for start in range(0, len(unique), MOST_IN_A_BATCH):
            keys = [{"mail": {"S": mail}, "part": {"S": "mail"}} for mail in unique[start : start + 100]]
            for item in self._batch(keys):
                found[item["mail"]["S"]] = _known(item["mail"]["S"], item)
        return found

    def unsettled(self) -> Iterator[Person]:
        """Recipients that SES may have sent to, by the index of that name: doubtful or in `sending`."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="unsettled",
            KeyConditionExpression="unsettled = :yes",
            ExpressionAttributeValues={":yes": {"S": "yes"}},
        )
        for page in pages:
            yield from map(_person, page["Items"])

    def reopen(self, known: Known, now: int, *, release: bool = False) -> bool:
        """Open a mail that ended as a notice; False where somebody else changed it meanwhile.

        With `release` SES's verdicts do not hold it again.
        """
        change = "SET #state = :open, owned_until = :never, updated_at = :now"
        change += ", released = :now" if release else ""
        return self._change(known, "#state = :state", change, now)

    def new_generation(self, known: Known, now: int) -> bool:
        """Open a finished mail for a new generation of sends; False where somebody else did it before."""
        change = (
            "SET #state = :open, generation = :next, owned_until = :never, resent_at = :now,"
            " updated_at = :now REMOVE seed, recipients, reason"
        )
        same = "#state = :state AND (generation = :generation OR attribute_not_exists(generation))"
        return self._change(known, same, change, now, generation=known.generation)

    def settle(self, person: Person, state: str, now: int) -> bool:
        """Say whether a doubtful recipient's mail was sent (`state` sent) or not (pending).

        Also for one in `sending` whose mail's lease is over. False where it is no longer in doubt.
        """
        doubt = {
            **self._place(person.mail, person.part),
            "UpdateExpression": "SET #state = :new, updated_at = :now REMOVE unsettled",
            "ConditionExpression": "#state = :old",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": _values(new=state, old=person.state, now=now),
        }
        # Nobody holds the mail, or it is doubtful: then the one who held it has said that he does not know.
        lease = {
            **self._place(person.mail, "mail"),
            "ConditionExpression": "attribute_not_exists(owned_until) OR owned_until < :now",
            "ExpressionAttributeValues": _values(now=now),
        }
        checks = [{"ConditionCheck": lease}] if person.state == SENDING else []
        return self._condition_held(
            lambda: self._dynamodb.transact_write_items(TransactItems=[{"Update": doubt}, *checks])
        )

    def _change(self, known: Known, condition: str, change: str, now: int, **more: Any) -> bool:
        values = _values(state=known.state, open=OPEN, never=0, now=now, **more)
        if "generation" in more:
            values[":next"] = {"N": str(known.generation + 1)}
        return self._condition_held(
            lambda: self._dynamodb.update_item(
                **self._place(known.mail, "mail"),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=values,
            )
        )

    def _condition_held(self, call: Any) -> bool:
        from botocore.exceptions import ClientError

        try:
            call()
        except ClientError as problem:
            code = problem.response["Error"]["Code"]
            reasons = {reason.get("Code") for reason in problem.response.get("CancellationReasons", [])}
            if code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons:
                return False
            raise
        return True

    def _batch(self, keys: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for pause in PAUSES:
            asked = {self._table: {"Keys": keys, "ConsistentRead": True}}
            answer = self._dynamodb.batch_get_item(RequestItems=asked)
            yield from answer["Responses"].get(self._table, [])
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not keys:
                return
            time.sleep(pause)
        raise MailroomError(f"The ledger {self._table} does not answer fast enough.", "run it again")

    def _place(self, mail: str, part: str) -> dict[str, Any]:
        return {"TableName": self._table, "Key": {"mail": {"S": mail}, "part": {"S": part}}}


def _values(**values: Any) -> dict[str, dict[str, str]]:
    """DynamoDB's form of numbers and texts."""
    return {
        f":{name}": {"N" if isinstance(value, int) else "S": str(value)} for name, value in values.items()
    }


def _known(mail: str, item: dict[str, Any] | None) -> Known:
    if item is None:
        return Known(mail)

    def number(name: str, default: int = 0) -> int:
        return int(item.get(name, {}).get("N", default))

    return Known(
        mail=mail,
        state=item["state"]["S"],
        generation=number("generation", 1),
        reason=item.get("reason", {}).get("S", ""),
        owned_until=number("owned_until"),
        resent_at=number("resent_at"),
    )


def _person(item: dict[str, Any]) -> Person:
    _, number, generation = item["part"]["S"].split("#")
    return Person(
        mail=item["mail"]["S"],
        number=int(number),
        generation=int(generation),
        address=item.get("address", {}).get("S", ""),
        state=item["state"]["S"],
        updated_at=int(item.get("updated_at", {}).get("N", 0)),
    )
