"""Stored raw messages, as the operator names them, and the S3 event that brings one to the function."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from mailroom.errors import MailroomError

PREFIX = "incoming/"
# SES writes it when a rule is made; it is no message.
SETUP_NOTIFICATION = PREFIX + "AMAZON_SES_SETUP_NOTIFICATION"
# What S3 says where there is no such object, version, or form of a version.
_NOT_THERE = ("404", "400", "NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed", "405")


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

    def event(self) -> str:
        """The body that S3 would write for this object."""
        stored = {"key": quote_plus(self.key, safe="/"), "size": self.size, "versionId": self.version}
        record = {
            "eventName": "ObjectCreated:Replay",
            "s3": {"bucket": {"name": self.bucket}, "object": stored},
        }
        return json.dumps({"Records": [record]})


def find(s3: Any, bucket: str, key: str) -> StoredMessage:
    """A stored message: the newest version, or the one that `key#version` names. Raises MailroomError.

    SES's message id alone will do as key.
    """
    found = look(s3, bucket, key)
    if found is None:
        raise MailroomError(
            f"There is no stored message {full_key(key)} in the bucket {bucket}: "
            "never received, or its days are over.",
            f"aws s3 ls s3://{bucket}/{PREFIX}",
        )
    return found


def look(s3: Any, bucket: str, key: str) -> StoredMessage | None:
    """As `find`, but None where it is not stored (any more)."""
    from botocore.exceptions import ClientError

    name, _, version = full_key(key).partition("#")
    asked = {"VersionId": version} if version not in ("", "null") else {}
    try:
        answer = s3.head_object(Bucket=bucket, Key=name, **asked)
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in _NOT_THERE:
            raise
        return None
    return StoredMessage(bucket, name, answer.get("VersionId") or "null", answer["ContentLength"])


def since(s3: Any, bucket: str, time: datetime) -> Iterator[StoredMessage]:
    """Every raw message that was stored at or after `time` (with a time zone), each version by itself."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=PREFIX):
        for found in page.get("Versions", []):
            if found["LastModified"] >= time and found["Key"] != SETUP_NOTIFICATION:
                yield StoredMessage(bucket, found["Key"], found.get("VersionId") or "null", found["Size"])


def full_key(key: str) -> str:
    """The object key: SES's message id alone means one below the prefix."""
    return key if "/" in key else PREFIX + key
