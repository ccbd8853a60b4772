"""The ledger in DynamoDB, and the writing side of the links table.

Ledger items: `mail` is the mail's id; `part` is "mail", or "recipient#<n>#<generation>" for a recipient.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from lambda_src.inbound.ports import DONE, OPEN, PENDING, Busy, Claim, Recipient
from lambda_src.shared.links_table import Link, to_item

KEPT_SECONDS = 90 * 86400
GENERATION = 1
_MOST_IN_A_TRANSACTION = 100
# Reserved words of DynamoDB among our attributes.
_NAMES = {"#state": "state", "#owner": "owner"}


class DynamoLedger:
    """Every change is one conditional call; recipients are planned in one transaction."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        """Take the mail when it is new, or open and nobody's. Raises Busy."""
        values = {
            ":owner": owner,
            ":until": until,
            ":now": now,
            ":open": OPEN,
            ":seed": secrets.token_bytes(32),
            ":removed": now + KEPT_SECONDS,
        }
        change = (
            "SET #owner = :owner, owned_until = :until, updated_at = :now, removed_at = :removed,"
            " #state = if_not_exists(#state, :open), seed = if_not_exists(seed, :seed)"
        )
        free = "attribute_not_exists(#state) OR (#state = :open AND owned_until < :now)"
        try:
            item = self._update(mail, "mail", change, free, values, ReturnValues="ALL_NEW")["Attributes"]
        except ClientError as problem:
            return self._claimed_before(mail, owner, problem)
        return self._claim_of(mail, item)

    def plan(self, mail: str, owner: str, addresses: Sequence[str], now: int) -> tuple[Recipient, ...]:
        """All recipients in one transaction with the mail's item, so that a run never finds half a list."""
        count = self._request(
            mail,
            "mail",
            "SET recipients = :count, updated_at = :now",
            "#owner = :owner AND attribute_not_exists(recipients)",
            {":count": len(addresses), ":now": now, ":owner": owner},
        )
        people = tuple(Recipient(number, address) for number, address in enumerate(addresses, 1))
        lines = [self._new_recipient(mail, person, now) for person in people]
        try:
            self._client.transact_write_items(TransactItems=[{"Update": item} for item in (count, *lines)])
        except ClientError as problem:
            reasons = problem.response.get("CancellationReasons", [])
            if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
                raise Busy("another worker took this mail over") from problem
            raise
        return people

    def move(
        self, mail: str, owner: str, recipient: Recipient, state: str, now: int, ses_message_id: str = ""
    ) -> bool:
        """Move from the old state. Ours in the new one already: boto3 has asked again after a lost answer."""
        values: dict[str, Any] = {":new": state, ":old": recipient.state, ":owner": owner, ":now": now}
        change = "SET #state = :new, #owner = :owner, updated_at = :now"
        if ses_message_id:
            values[":id"] = ses_message_id
            change += ", ses_message_id = :id"
        still = "#state = :old OR (#state = :new AND #owner = :owner)"
        try:
            self._update(mail, _part(recipient.number), change, still, values)
        except ClientError as problem:
            _only_failed_condition(problem)
            return False
        return True

    def finish(self, mail: str, owner: str, state: str, now: int, reason: str = "") -> None:
        """Close the mail. The seed goes when all is sent: nobody can make its links again."""
        values = {":state": state, ":now": now, ":reason": reason, ":owner": owner}
        change = "SET #state = :state, updated_at = :now, reason = :reason REMOVE #owner, owned_until"
        change += ", seed" if state == DONE else ""
        try:
            self._update(mail, "mail", change, "#owner = :owner", values)
        except ClientError as problem:
            _only_failed_condition(problem)
            raise Busy("another worker took this mail over") from problem

    def release(self, mail: str, owner: str, now: int) -> None:
        """End the lease now, where it is still ours."""
        values = {":ended": 0, ":now": now, ":owner": owner}
        change = "SET owned_until = :ended, updated_at = :now"
        try:
            self._update(mail, "mail", change, "#owner = :owner", values)
        except ClientError as problem:
            _only_failed_condition(problem)

    def _claimed_before(self, mail: str, owner: str, problem: ClientError) -> Claim:
        _only_failed_condition(problem)
        item = self._items(mail)[0]
        if item["state"]["S"] != OPEN:
            return Claim(item["state"]["S"])
        if item.get("owner", {}).get("S") == owner:
            return self._claim_of(mail, item)
        raise Busy("another worker has this mail") from problem

    def _claim_of(self, mail: str, item: dict[str, Any]) -> Claim:
        people = None
        if "recipients" in item:
            # "mail" sorts before "recipient#…", and those by their number.
            people = tuple(map(_recipient, self._items(mail)[1:]))
        return Claim(item["state"]["S"], item["seed"]["B"], people)

    def _items(self, mail: str) -> list[dict[str, Any]]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="mail = :mail",
            ExpressionAttributeValues={":mail": {"S": mail}},
            ConsistentRead=True,
        )
        return answer["Items"]

    def _new_recipient(self, mail: str, person: Recipient, now: int) -> dict[str, Any]:
        values = {
            ":address": person.address,
            ":pending": PENDING,
            ":now": now,
            ":removed": now + KEPT_SECONDS,
        }
        change = "SET address = :address, #state = :pending, updated_at = :now, removed_at = :removed"
        return self._request(mail, _part(person.number), change, "attribute_not_exists(#state)", values)

    def _request(
        self, mail: str, part: str, change: str, condition: str, values: dict[str, Any]
    ) -> dict[str, Any]:
        used = {alias: name for alias, name in _NAMES.items() if alias in change + condition}
        return {
            "TableName": self._table,
            "Key": {"mail": {"S": mail}, "part": {"S": part}},
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": used,
            "ExpressionAttributeValues": {name: _value(value) for name, value in values.items()},
        }

    def _update(
        self, mail: str, part: str, change: str, condition: str, values: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        return self._client.update_item(**self._request(mail, part, change, condition, values), **more)


class DynamoLinks:
    """Writes links, up to 100 in a call."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def write(self, links: Sequence[Link]) -> None:
        """Set every attribute but the revocation, which a run that is repeated must not undo."""
        for start in range(0, len(links), _MOST_IN_A_TRANSACTION):
            batch = [self._update(link) for link in links[start : start + _MOST_IN_A_TRANSACTION]]
            self._client.transact_write_items(TransactItems=[{"Update": item} for item in batch])

    def _update(self, link: Link) -> dict[str, Any]:
        item = to_item(link)
        key = {"token_hash": item.pop("token_hash")}
        return {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in item),
            "ExpressionAttributeNames": {f"#{name}": name for name in item},
            "ExpressionAttributeValues": {f":{name}": value for name, value in item.items()},
        }


def _part(number: int) -> str:
    return f"recipient#{number:03}#{GENERATION}"


def _recipient(item: dict[str, Any]) -> Recipient:
    return Recipient(int(item["part"]["S"].split("#")[1]), item["address"]["S"], item["state"]["S"])


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"B": value}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _only_failed_condition(problem: ClientError) -> None:
    """Raise the error again unless it is a condition that did not hold."""
    if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise problem
