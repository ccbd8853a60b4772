"""The writing side of the links table in DynamoDB."""

from collections.abc import Sequence
from typing import Any

from lambda_src.shared.links_table import Link, to_item

_MOST_IN_A_TRANSACTION = 100


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
