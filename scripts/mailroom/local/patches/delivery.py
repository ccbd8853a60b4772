"""A service that delivers to an encrypted queue or topic needs its key too, as in AWS.

The emulator asks the queue's and the topic's policy, not the key's, and for EventBridge neither: a policy
without the service would work here and lose every message in AWS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ..adapter import counts
from ..adapter.policies import allows
from . import stream_targets
from .patch import Patch

log = logging.getLogger(__name__)

EVENTS = "events.amazonaws.com"
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
Allows = Callable[[str, str, str, str], bool]


def key_allows(attributes: dict[str, Any], service: str, source_arn: str, account: str) -> bool:
    """Whether the key of a queue or topic, if it has a customer's one, lets a service use it."""
    from ministack.core.responses import get_region
    from ministack.services import kms

    named = attributes.get("KmsMasterKeyId")
    if not named:
        return True
    record = kms._resolve_key(named)
    if record is None:  # alias/aws/sqs and the like: AWS's own keys let no other service in
        return False
    lacking = [
        action
        for action in KEY_ACTIONS
        if not allows(record.get("Policy"), service, action, record["Arn"], source_arn, account, get_region())
    ]
    if lacking:
        log.warning("%s may not use the key %s for %s: %s", service, named, source_arn, ", ".join(lacking))
    return not lacking


def _may(resource: dict[str, Any], service: str, action: str, arn: str, source: str, account: str) -> bool:
    """Whether policy and key of a queue or topic let a service in.

    Not by the emulator's own check: outside of a request (an alarm, a notification) it finds no TLS, and our
    policies refuse that.
    """
    attributes, region = resource.get("attributes", {}), arn.split(":")[3]
    policy = attributes.get("Policy")
    return allows(policy, service, action, arn, source, account, region) and key_allows(
        attributes, service, source, account
    )


def _queue(original: Allows) -> Allows:
    def queue_policy_allows(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        from ministack.services import sqs

        queue = sqs._queue_by_arn(queue_arn) or {}
        return _may(queue, service, "sqs:SendMessage", queue_arn, source_arn, source_account)

    return queue_policy_allows


def _topic(original: Allows) -> Allows:
    def topic_policy_allows(topic_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        from ministack.services import sns

        topic = sns._topic_by_arn_any_scope(topic_arn) or {}
        return _may(topic, service, "sns:Publish", topic_arn, source_arn, source_account)

    return topic_policy_allows


def _target(original: Callable[..., None]) -> Callable[..., None]:
    """A rule's target: the emulator asked neither policy nor key of the queue or topic that gets an event,
    and put nothing into streams."""

    def _invoke_target(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        from ministack.core.responses import get_account_id
        from ministack.services import sns, sqs

        arn, account = target.get("Arn", ""), get_account_id()
        counts.here("AWS/Events", "Invocations", {"RuleName": rule.get("Name", "")}, 1.0)
        service = arn.split(":")[2] if arn.count(":") > 2 else ""
        if service == "sqs":
            found, action = sqs._queue_by_arn(arn), "sqs:SendMessage"
        elif service == "sns":
            found, action = sns._topic_by_arn_any_scope(arn), "sns:Publish"
        else:
            found, action = None, ""
        if found and not _may(found, EVENTS, action, arn, rule.get("Arn", ""), account):
            refused = "its policy or its key's says no"
            stream_targets.dead_letter(
                target, rule, stream_targets.payload(target, event, rule, view), refused
            )
        elif service == "firehose":
            stream_targets.put_by_rule(target, event, rule, view)
        else:
            original(target, event, rule, view)

    return _invoke_target


PATCHES = (
    Patch(
        "ministack.services.eventbridge:_invoke_target",
        "neither policy nor key of an EventBridge target was asked, and streams got nothing",
        "550e304af08095637ed4de07798e4acc1b1f89316f91ab60d4d865f9f46c58f2",
        _target,
    ),
    Patch(
        "ministack.services.sqs:queue_policy_allows",
        "the queue's key was not asked, and aws:SecureTransport was false",
        "5de01aa09a4ceb84c588cffaa2b54c4e34cca7277b10b5b21bc1c37f0cd837ea",
        _queue,
    ),
    Patch(
        "ministack.services.sns:topic_policy_allows",
        "the topic's key was not asked, and aws:SecureTransport was false",
        "2c5001e5af7ece8ff7524a3367b60702f275e8936139a08bdde891954fc70ee2",
        _topic,
    ),
)
