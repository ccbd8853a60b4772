"""Stored raw messages, as the operator names them."""

from dataclasses import dataclass
from typing import Any

from mailroom.errors import MailroomError

PREFIX = "incoming/"


@dataclass(frozen=True)
class StoredMessage:
    """One version of a raw object; `ledger_key` is what the ledger and the links table call it."""

    bucket: str
    key: str
    version: str
    size: int

    @property
    def ledger_key(self) -> str:
        """The object's key and version, as the function writes it."""
        return f"{self.key}#{self.version}"


def find(s3: Any, bucket: str, key: str) -> StoredMessage:
    """The newest version of a stored message; SES's message id alone will do as key. Raises MailroomError."""
    from botocore.exceptions import ClientError

    key = key if "/" in key else PREFIX + key
    try:
        answer = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        raise MailroomError(
            f"There is no stored message {key} in the bucket {bucket}: never received, or its days are over.",
            f"aws s3 ls s3://{bucket}/{PREFIX}",
        ) from None
    return StoredMessage(bucket, key, answer.get("VersionId") or "null", answer["ContentLength"])
