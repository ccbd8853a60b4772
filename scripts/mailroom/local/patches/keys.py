"""A caller needs the key as well as the thing: kms:Decrypt to read an encrypted object, and so on.

The emulator asks IAM for the action itself only. A role without its key would work here and fail in AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .patch import Patch

WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
READ = ("kms:Decrypt",)
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
CODES = {"s3": "AccessDenied", "sqs": "KMS.AccessDeniedException", "sns": "KMSAccessDenied"}


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


USES: dict[str, tuple[Callable[[str, bool], Use | None], bool]] = {
    "s3:GetObject": (_object, False),
    "s3:GetObjectVersion": (_object, False),
    "s3:PutObject": (_object, True),
    "sqs:SendMessage": (_queue, True),
    "sqs:ReceiveMessage": (_queue, False),
    "sns:Publish": (_topic, True),
}
"""IAM action: how its key is found, and whether it writes."""


def _enforce(original: Callable[..., Any]) -> Callable[..., Any]:
    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        denied = original(access_key_id, iam_action, service, region, resource_arn, service_context)
        if denied is not None or iam_action not in USES or not access_key_id:
            return denied
        find, write = USES[iam_action]
        use = find(resource_arn, write)
        return _key_refusal(original, access_key_id, service, region, use) if use else None

    return enforce


def _key_refusal(enforce: Callable[..., Any], caller: str, service: str, region: str, use: Use) -> Any:
    """The refusal of the first action on the key that the caller may not do, in AWS's words; else None."""
    from ministack.core.iam_evaluator import AuthError
    from ministack.core.responses import get_account_id
    from ministack.services import kms

    record = kms._resolve_key(use.key)
    if record is None:
        return None  # one of AWS's own keys: everybody in the account may use it through its service
    context = {
        "kms:viaservice": f"{service}.{region}.amazonaws.com",
        "kms:calleraccount": get_account_id(),
        **use.context,
    }
    for action in use.actions:
        denied = enforce(caller, action, "kms", region, record["Arn"], context)
        if denied is not None and not isinstance(denied, AuthError):
            asked = f"{action} on resource: {record['Arn']}"
            words = f"User: {denied.principal_arn} is not authorized to perform: {asked}"
            return AuthError(CODES[service], f"{words} because no policy allows the {action} action")
    return None


PATCHES = (
    Patch(
        "ministack.core.iam_evaluator:enforce",
        "the keys of things were not asked",
        "cf64b1ee5b099c8f705e919a43bd7b354e4772f150edb89f8218c930b8550c8c",
        _enforce,
    ),
)
