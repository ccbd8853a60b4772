"""Conditional updates of DynamoDB items, in the form that boto3 takes, and what their errors say."""

from typing import Any

from botocore.exceptions import ClientError

# Reserved words of DynamoDB among our attributes.
_NAMES = {"#state": "state", "#owner": "owner"}


def update(
    table: str, mail: str, part: str, change: str, condition: str, values: dict[str, Any]
) -> dict[str, Any]:
    """The request of one change of a ledger item; `values` by their place-holders (`:now`)."""
    return {
        "TableName": table,
        "Key": {"mail": {"S": mail}, "part": {"S": part}},
        "UpdateExpression": change,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {name: _value(value) for name, value in values.items()},
        **names(change + condition),
    }


def names(expressions: str) -> dict[str, Any]:
    """The aliases that these expressions use; DynamoDB refuses others, and an empty set of them."""
    used = {alias: name for alias, name in _NAMES.items() if alias in expressions}
    return {"ExpressionAttributeNames": used} if used else {}


def condition_failed(problem: ClientError) -> bool:
    """Whether a call, or a part of its transaction, was refused because its condition does not hold."""
    reasons = {reason.get("Code") for reason in problem.response.get("CancellationReasons", [])}
    code = problem.response["Error"]["Code"]
    return code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"B": value}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}
