"""The links table in DynamoDB as it is read, what GuardDuty says of a file, and the signing of S3 URLs."""

from typing import Any

from lambda_src.links.check import NOT_YET, VERDICT_TAG, Verdict
from lambda_src.links.names import disposition, safe_type
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


class Files:
    """The attachments bucket: what is known of a file, and a URL for it that lives for some seconds."""

    def __init__(self, client: Any, bucket: str, seconds: int) -> None:
        self._client = client
        self._bucket = bucket
        self._seconds = seconds

    def scanned(self, object_key: str) -> Verdict:
        """GuardDuty's verdict on the newest version, and which version that is."""
        answer = self._client.get_object_tagging(Bucket=self._bucket, Key=object_key)
        tags = {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
        return Verdict(tags.get(VERDICT_TAG, NOT_YET), answer.get("VersionId", ""))

    def sign(self, link: Link, version: str = "") -> str:
        """A URL for this object; the browser saves the file. No call is made.

        Signed at the click, since a URL signed earlier would die with the credentials that signed it (FACTS).
        With `version` it is for the version that was looked at: one written since has its own verdict.
        """
        place = {
            "Bucket": self._bucket,
            "Key": link.object_key,
            "ResponseContentDisposition": disposition(link.name),
            "ResponseContentType": safe_type(link.content_type),
            "ResponseCacheControl": "no-store",
        } | ({"VersionId": version} if version else {})
        return self._client.generate_presigned_url("get_object", Params=place, ExpiresIn=self._seconds)
