"""The links table in DynamoDB as it is read, and the signing of S3 URLs."""

from typing import Any

from lambda_src.links.check import disposition, safe_type
from lambda_src.shared.links_table import Link, from_item


class LinksTable:
    """Reads links by their hash, consistently: a revocation counts from the next click on."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, token_hash: str) -> Link | None:
        """The link with this hash, or None."""
        key = {"token_hash": {"S": token_hash}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return from_item(item) if item else None


class Signer:
    """Signs at the click: a URL signed earlier would die with the credentials that signed it (FACTS)."""

    def __init__(self, client: Any, bucket: str, seconds: int) -> None:
        self._client = client
        self._bucket = bucket
        self._seconds = seconds

    def sign(self, link: Link) -> str:
        """A URL for this object that lives for some seconds. The browser saves the file; no call is made."""
        place = {
            "Bucket": self._bucket,
            "Key": link.object_key,
            "ResponseContentDisposition": disposition(link.name),
            "ResponseContentType": safe_type(link.content_type),
            "ResponseCacheControl": "no-store",
        }
        return self._client.generate_presigned_url("get_object", Params=place, ExpiresIn=self._seconds)
