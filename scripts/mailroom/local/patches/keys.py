"""A caller needs the key as well as the thing: kms:Decrypt to read an encrypted object, and so on.

The emulator asks IAM for the action itself only. A role without its key would work here and fail in AWS.
Asked by `enforcement`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
READ = ("kms:Decrypt",)
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
ITEMS = (
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem",
)  # fmt: skip
CODES = {
    "dynamodb": "AccessDeniedException",
    "s3": "AccessDenied",
    "sqs": "KMS.AccessDeniedException",
    "sns": "KMSAccessDenied",
}


@dataclass(frozen=True)
class Use:
    """What an action does with a key, as the service would on the caller's behalf."""

    key: str
    actions: tuple[str, ...]
    context: dict[str, str]


def _object(resource: str, write: bool) -> Use | None:
    """S3: a write uses the bucket's default key, a read the object's own."""
    from ministack.services import s3

    bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
    if write:
        found = s3._bucket_default_sse_headers(bucket)
        actions = ("kms:GenerateDataKey",)
    else:
        found = ((s3._buckets.get(bucket) or {}).get("objects", {}).get(key) or {}).get(
            "preserved_headers", {}
        )
        actions = READ
    context = {"kms:encryptioncontext:aws:s3:arn": f"arn:aws:s3:::{bucket}"}
    return Use(found[_KEY_HEADER], actions, context) if found.get(_KEY_HEADER) else None


def _queue(resource: str, write: bool) -> Use | None:
    from ministack.services import sqs

    queue = sqs._queue_by_arn(resource)
    key = queue["attributes"].get("KmsMasterKeyId") if queue else None
    return Use(key, WRITE if write else READ, {}) if key else None


def _topic(resource: str, write: bool) -> Use | None:
    from ministack.services import sns

    topic = sns._topic_by_arn_any_scope(resource)
    key = topic.get("attributes", {}).get("KmsMasterKeyId") if topic else None
    return Use(key, WRITE, {}) if key else None


def _table(resource: str, write: bool) -> Use | None:
    """DynamoDB: who reads or writes a table's items decrypts the table's key ("DynamoDB encryption at rest
    usage notes", developer guide)."""
    from ministack.services import dynamodb

    table = dynamodb._tables.get(resource.partition(":table/")[2].partition("/")[0]) or {}
    key = (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    return Use(key, READ, {}) if key else None


USES: dict[str, tuple[Callable[[str, bool], Use | None], bool]] = {
    "s3:GetObject": (_object, False),
    "s3:GetObjectVersion": (_object, False),
    "s3:PutObject": (_object, True),
    "sqs:SendMessage": (_queue, True),
    "sqs:ReceiveMessage": (_queue, False),
    "sns:Publish": (_topic, True),
    **{f"dynamodb:{action}": (_table, False) for action in ITEMS},
}
"""IAM action: how its key is found, and whether it writes."""


def refusal(
    enforce: Callable[..., Any], caller: str, action: str, service: str, region: str, resource: str
) -> Any:
    """The refusal, in AWS's words, of the first use of a key that an allowed action needs and the caller may
    not have; else None. `enforce` puts a question to IAM."""
    from ministack.core.iam_evaluator import AuthError
    from ministack.core.responses import get_account_id
    from ministack.services import kms

    if action not in USES:
        return None
    find, write = USES[action]
    use = find(resource, write)
    record = kms._resolve_key(use.key) if use else None
    if use is None or record is None:
        return None  # one of AWS's own keys: everybody in the account may use it through its service
    context = {
        "kms:viaservice": f"{service}.{region}.amazonaws.com",
        "kms:calleraccount": get_account_id(),
        **use.context,
    }
    for needed in use.actions:
        denied = enforce(caller, needed, "kms", region, record["Arn"], context)
        if denied is not None and not isinstance(denied, AuthError):
            asked = f"{needed} on resource: {record['Arn']}"
            words = f"User: {denied.principal_arn} is not authorized to perform: {asked}"
            return AuthError(CODES[service], f"{words} because no policy allows the {needed} action")
    return None
