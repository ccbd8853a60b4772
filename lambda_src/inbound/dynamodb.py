"""The ledger in DynamoDB.

Its items: `mail` is the mail's id; `part` is "mail", or "recipient#<n>#<generation>" for a recipient.
boto3 repeats a call whose answer was lost, so each change holds where its own worker has made it already.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from lambda_src.inbound.ports import DONE, DOUBTFUL, OPEN, PENDING, SENDING, SENT, Busy, Claim, Recipient
from lambda_src.inbound.updates import condition_failed, update

DAY = 86400
_MAIL = "mail"
# The index of this name holds what SES may have sent: only there is the attribute.
_UNSETTLED = (SENDING, DOUBTFUL)


class DynamoLedger:
    """Every change is one conditional call; recipients are planned in one transaction."""

    def __init__(self, client: Any, table: str, retention_days: int = 90) -> None:
        self._client = client
        self._table = table
        self._kept_seconds = retention_days * DAY

    def claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        """Take the mail when it is new, or open and nobody's. Raises Busy."""
        values = {
            ":owner": owner,
            ":until": until,
            ":now": now,
            ":open": OPEN,
            ":seed": secrets.token_bytes(32),
            ":removed": now + self._kept_seconds,
        }
        change = (
            "SET #owner = :owner, owned_until = :until, updated_at = :now, removed_at = :removed,"
            " #state = if_not_exists(#state, :open), seed = if_not_exists(seed, :seed)"
        )
        free = "attribute_not_exists(#state) OR (#state = :open AND owned_until < :now)"
        try:
            item = self._update(mail, _MAIL, change, free, values, ReturnValues="ALL_NEW")["Attributes"]
        except ClientError as problem:
            return self._claimed_before(mail, owner, problem)
        return self._claim_of(mail, item)

    def renew(self, mail: str, owner: str, now: int, until: int) -> bool:
        """Keep the mail until `until`; False when it is not this worker's any more."""
        values = {":owner": owner, ":until": until, ":now": now}
        return self._changed(
            mail, _MAIL, "SET owned_until = :until, updated_at = :now", "#owner = :owner", values
        )

    def plan(
        self, mail: str, owner: str, addresses: Sequence[str], generation: int, now: int
    ) -> tuple[Recipient, ...]:
        """All recipients in one transaction with the mail's item, so that a run never finds half a list."""
        people = tuple(
            Recipient(number, address, generation=generation) for number, address in enumerate(addresses, 1)
        )
        values = {":count": len(people), ":now": now, ":owner": owner}
        change = "SET recipients = :count, updated_at = :now"
        ours = "#owner = :owner AND attribute_not_exists(recipients)"
        count = update(self._table, mail, _MAIL, change, ours, values)
        lines = [self._new_recipient(mail, person, now) for person in people]
        try:
            self._client.transact_write_items(TransactItems=[{"Update": item} for item in (count, *lines)])
        except ClientError as problem:
            return self._planned_before(mail, owner, people, problem)
        return people

    def move(
        self, mail: str, owner: str, recipient: Recipient, state: str, now: int, ses_message_id: str = ""
    ) -> bool:
        """Move on from the recipient's state. Out of `sending` only its own worker moves, but for two cases:
        who takes the mail over may say `doubtful`, and who knows `sent` may always say so.
        """
        values: dict[str, Any] = {":new": state, ":owner": owner, ":now": now}
        change = "SET #state = :new, #owner = :owner, updated_at = :now"
        if ses_message_id:
            values[":id"] = ses_message_id
            change += ", ses_message_id = :id"
        if state == SENT:
            still = "attribute_exists(#state)"
        else:
            values[":old"] = recipient.state
            sender_only = recipient.state == SENDING and state != DOUBTFUL
            old = "#state = :old AND #owner = :owner" if sender_only else "#state = :old"
            still = f"({old}) OR (#state = :new AND #owner = :owner)"
        return self._changed(mail, _part(recipient), _unsettled(change, state, values), still, values)

    def state_of(self, mail: str, recipient: Recipient) -> str:
        """The state that the recipient is in now; its own where the ledger has lost it."""
        found = [item for item in self._items(mail) if item["part"]["S"] == _part(recipient)]
        return found[0]["state"]["S"] if found else recipient.state

    def settle(self, mail: str, recipient: Recipient, now: int, ses_message_id: str) -> bool:
        """SES says that it sent this: `sent`, whatever stood there. False when there was nothing to do."""
        values: dict[str, Any] = {":sent": SENT, ":now": now, ":id": ses_message_id}
        change = "SET #state = :sent, updated_at = :now, ses_message_id = :id REMOVE unsettled"
        return self._changed(
            mail, _part(recipient), change, "attribute_exists(#state) AND #state <> :sent", values
        )

    def finish(self, mail: str, owner: str, state: str, now: int, reason: str = "") -> None:
        """Close the mail. The seed goes when all is sent: nobody can make its links again."""
        values = {":state": state, ":now": now, ":reason": reason, ":owner": owner}
        change = "SET #state = :state, updated_at = :now, reason = :reason REMOVE #owner, owned_until, turn"
        change += ", seed" if state == DONE else ""
        if self._changed(mail, _MAIL, change, "#owner = :owner", values):
            return
        if self._items(mail)[0]["state"]["S"] != state:
            raise Busy("another worker took this mail over")

    def release(self, mail: str, owner: str, now: int, turn: int = 0) -> None:
        """End the lease now, where it is still ours."""
        values = {":ended": 0, ":now": now, ":owner": owner}
        change = "SET owned_until = :ended, updated_at = :now"
        if turn:
            values[":turn"] = turn
        change += ", turn = :turn" if turn else " REMOVE turn"
        self._changed(mail, _MAIL, change, "#owner = :owner", values)

    def _claimed_before(self, mail: str, owner: str, problem: ClientError) -> Claim:
        if not condition_failed(problem):
            raise problem
        item = self._items(mail)[0]
        if item["state"]["S"] != OPEN:
            return Claim(item["state"]["S"])
        if item.get("owner", {}).get("S") == owner:
            return self._claim_of(mail, item)
        until = int(item.get("owned_until", {}).get("N", 0))
        raise Busy("another worker has this mail", until + 1) from problem

    def _claim_of(self, mail: str, item: dict[str, Any]) -> Claim:
        generation = _number(item, "generation", 1)
        people = None
        if "recipients" in item:
            # Those of one generation sort by their number.
            found = [_recipient(line) for line in self._items(mail) if line["part"]["S"] != _MAIL]
            people = tuple(person for person in found if person.generation == generation)
            if len(people) != _number(item, "recipients"):
                raise RuntimeError(f"the ledger knows {len(people)} of the mail's recipients, and not all")
        return Claim(
            state=item["state"]["S"],
            seed=item["seed"]["B"],
            recipients=people,
            generation=generation,
            turn=_number(item, "turn"),
            released="released" in item,
        )

    def _planned_before(
        self, mail: str, owner: str, people: tuple[Recipient, ...], problem: ClientError
    ) -> tuple[Recipient, ...]:
        """The plan was ours, and its answer lost; else another worker has the mail."""
        if not condition_failed(problem):
            raise problem
        item = self._items(mail)[0]
        if item.get("owner", {}).get("S") == owner and self._claim_of(mail, item).recipients == people:
            return people
        raise Busy("another worker took this mail over") from problem

    def _items(self, mail: str) -> list[dict[str, Any]]:
        """The mail's own item, which sorts before its recipients, and those of all generations."""
        ask: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "mail = :mail",
            "ExpressionAttributeValues": {":mail": {"S": mail}},
            "ConsistentRead": True,
        }
        answer = self._client.query(**ask)
        items = answer["Items"]
        while "LastEvaluatedKey" in answer:
            answer = self._client.query(**ask, ExclusiveStartKey=answer["LastEvaluatedKey"])
            items += answer["Items"]
        return items

    def _new_recipient(self, mail: str, person: Recipient, now: int) -> dict[str, Any]:
        values = {
            ":address": person.address,
            ":pending": PENDING,
            ":now": now,
            ":removed": now + self._kept_seconds,
        }
        change = "SET address = :address, #state = :pending, updated_at = :now, removed_at = :removed"
        return update(self._table, mail, _part(person), change, "attribute_not_exists(#state)", values)

    def _changed(self, mail: str, part: str, change: str, condition: str, values: dict[str, Any]) -> bool:
        try:
            self._update(mail, part, change, condition, values)
        except ClientError as problem:
            if not condition_failed(problem):
                raise
            return False
        return True

    def _update(
        self, mail: str, part: str, change: str, condition: str, values: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        return self._client.update_item(**update(self._table, mail, part, change, condition, values), **more)


def _part(person: Recipient) -> str:
    return f"recipient#{person.number:03}#{person.generation}"


def _recipient(item: dict[str, Any]) -> Recipient:
    _, number, generation = item["part"]["S"].split("#")
    return Recipient(int(number), item["address"]["S"], item["state"]["S"], int(generation))


def _number(item: dict[str, Any], name: str, default: int = 0) -> int:
    return int(item.get(name, {}).get("N", default))


def _unsettled(change: str, state: str, values: dict[str, Any]) -> str:
    """The change, with the mark of what is in doubt set or taken away."""
    if state not in _UNSETTLED:
        return f"{change} REMOVE unsettled"
    values[":yes"] = "yes"
    return f"{change}, unsettled = :yes"
