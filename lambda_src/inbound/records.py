"""What the queue brings: SQS records whose bodies are S3 events."""

import json
from typing import Any
from urllib.parse import unquote_plus

from lambda_src.inbound.derive import LONGEST_MAIL_ID
from lambda_src.inbound.ports import Mail

NO_VERSION = "null"


class UnknownRecord(ValueError):
    """A body that is no S3 event of ours; the text says what is wrong."""


def mails(body: str) -> list[Mail]:
    """The stored messages that one SQS body names. Raises UnknownRecord.

    S3's own test event names none, and a key that ends in "/" (a folder made in the console) is none.
    """
    try:
        event = json.loads(body)
        if event.get("Event") == "s3:TestEvent":
            return []
        found = [_mail(record) for record in event["Records"]]
        return [mail for mail in found if not mail.key.endswith("/")]
    except UnknownRecord:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise UnknownRecord(f"no S3 event: {type(problem).__name__} {problem}"[:200]) from problem


def _mail(record: dict[str, Any]) -> Mail:
    name = record.get("eventName", "ObjectCreated")
    if not str(name).removeprefix("s3:").startswith("ObjectCreated"):
        raise UnknownRecord(f"an S3 event of another kind: {name!r}"[:200])
    found = record["s3"]["object"]
    mail = Mail(
        bucket=str(record["s3"]["bucket"]["name"]),
        key=unquote_plus(str(found["key"])),
        version=str(found.get("versionId") or NO_VERSION),
        size=int(found.get("size", 0)),
    )
    if len(mail.id.encode()) > LONGEST_MAIL_ID:
        raise UnknownRecord(f"a key and version of over {LONGEST_MAIL_ID} bytes: no tag of SES's takes them")
    return mail
