"""Rules of EventBridge and topics of SNS put into Firehose streams, each by the role that it was given.

The emulator took such targets and subscriptions, and delivered nothing. Sources: "Amazon Data Firehose" as an
EventBridge target, "Fanout to Firehose delivery streams" (SNS developer guide). EventBridge was seen to ask
for firehose:PutRecord and SNS for firehose:PutRecordBatch; neither adds anything to what it puts, but for a
line feed after SNS's own envelope.
"""

from __future__ import annotations

import contextvars
import json
import logging
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

from ..adapter import counts, roles
from ..adapter.role_clients import RoleClients
from ..engine.refused import Refused
from .patch import Patch

log = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str], bytes]
EVENTS = "events.amazonaws.com"
SNS = "sns.amazonaws.com"
AT_ONCE = 8
ROLE = "SubscriptionRoleArn"
ENVELOPE = (
    "Type",
    "MessageId",
    "TopicArn",
    "Subject",
    "Message",
    "Timestamp",
    "UnsubscribeURL",
    "MessageAttributes",
)
"""What of SNS's envelope Firehose gets: no signature."""
_STREAM = re.compile(r"arn:aws[a-z-]*:firehose:([a-z0-9-]+):(\d{12}):deliverystream/([a-zA-Z0-9_.-]{1,64})")


@cache
def _workers() -> ThreadPoolExecutor:
    """Puts are calls of the API: the loop that answers them must not wait for them."""
    return ThreadPoolExecutor(AT_ONCE, "mailroom-targets")


@cache
def _clients(service: str, session: str) -> RoleClients:
    """Clients of a service that has sessions of a name."""

    def assume(service: str, role: str, source_arn: str) -> dict[str, str]:
        account = source_arn.split(":")[4]
        if not roles.trusts(account, service, role, source_arn):
            raise Refused(f"role {role} does not trust {service} on behalf of {source_arn}")
        return roles.open_session(account, role, session)

    return RoleClients(f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}", service, assume)


def _later(work: Callable[[], None]) -> None:
    """Do some work in a thread, in this account and Region."""
    _workers().submit(contextvars.copy_context().run, _logged, work)


def _logged(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("a put into a stream failed")


def put_by_rule(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any) -> None:
    """Put an event into the stream that is a rule's target; into the target's dead-letter queue where it may
    not.

    The stream is the one of the target's name in the rule's own Region.
    """
    _later(partial(_put_event, target, rule, payload(target, event, rule, view)))


def _put_event(target: dict[str, Any], rule: dict[str, Any], record: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    arn, region = rule["Arn"], rule["Arn"].split(":")[3]
    name = target["Arn"].rpartition("/")[2]

    def put(client: Any) -> None:
        client.put_record(DeliveryStreamName=name, Record={"Data": record.encode()})

    try:
        _clients(EVENTS, "AWSEvents").call("firehose", region, target.get("RoleArn", ""), arn, put)
    except (BotoCoreError, ClientError, Refused) as problem:
        dead_letter(target, rule, record, str(problem))


def dead_letter(target: dict[str, Any], rule: dict[str, Any], body: str, problem: str) -> None:
    """What becomes of an event that a target may not get: its dead-letter queue, if that takes it, and a line
    in the log (EventBridge user guide, "Using dead-letter queues")."""
    from ministack.core.arn import parse_arn
    from ministack.core.responses import get_account_id
    from ministack.services import eventbridge, sqs

    counts.here("AWS/Events", "FailedInvocations", {"RuleName": rule.get("Name", "")}, 1.0)
    log.warning("rule %s could not deliver to %s: %s", rule.get("Name"), target.get("Arn"), problem)
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return
    if not sqs.queue_policy_allows(arn, EVENTS, rule.get("Arn", ""), get_account_id()):
        log.warning("rule %s may not write to its dead-letter queue %s", rule.get("Name"), arn)
        return
    eventbridge._dispatch_to_sqs(parse_arn(arn), body)
    said = {
        "RULE_ARN": rule.get("Arn", ""),
        "TARGET_ARN": target.get("Arn", ""),
        "ERROR_CODE": "NO_PERMISSIONS",
        "ERROR_MESSAGE": problem,
    }
    queue = sqs._queue_by_arn(arn)
    queue["messages"][-1]["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in said.items() if value
    }


def payload(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any) -> str:
    """What a target gets of an event: the whole, a part, something fixed, or what a template makes of it."""
    from ministack.services import eventbridge

    view = view or eventbridge._pattern_event_view(event)
    if target.get("InputTransformer"):
        return str(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    if target.get("Input"):
        return str(target["Input"])
    found = view.event_with_detail()
    for part in filter(None, target.get("InputPath", "").strip("$.").split(".")):
        if not isinstance(found, dict) or part not in found:
            return json.dumps(view.event_with_detail())
        found = found[part]
    return json.dumps(found)


def _fan_out(original: Callable[..., None]) -> Callable[..., None]:
    def _fanout(
        topic_arn: str,
        msg_id: str,
        message: str,
        subject: str,
        message_structure: str = "",
        message_attributes: dict[str, Any] | None = None,
        *more: Any,
        **named: Any,
    ) -> None:
        from ministack.services import sns

        original(topic_arn, msg_id, message, subject, message_structure, message_attributes, *more, **named)
        attributes = message_attributes or {}
        for one in (sns._topic_by_arn_any_scope(topic_arn) or {}).get("subscriptions", []):
            if one.get("protocol") != "firehose":
                continue
            text = sns._resolve_message_for_protocol(message, message_structure, "firehose")
            if sns._matches_filter_policy(one, attributes, text):
                raw = one["attributes"].get("RawMessageDelivery") == "true"
                whole = sns._build_envelope(topic_arn, msg_id, text, subject, attributes, raw)
                _later(partial(_put_notification, topic_arn, one, whole if raw else _line(whole)))

    return _fanout


def _line(envelope: str) -> str:
    found = json.loads(envelope)
    return json.dumps({name: found[name] for name in ENVELOPE if name in found}) + "\n"


def _put_notification(topic_arn: str, subscription: dict[str, Any], record: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    arn, role = subscription["endpoint"], subscription["attributes"].get(ROLE, "")
    named = {"DeliveryStreamName": arn.rpartition("/")[2], "Records": [{"Data": record.encode()}]}
    region = arn.split(":")[3]
    try:
        answer = _clients(SNS, "AWS-SNS").call(
            "firehose", region, role, topic_arn, lambda client: client.put_record_batch(**named)
        )
    except (BotoCoreError, ClientError, Refused) as problem:
        log.warning("topic %s could not deliver to %s: %s", topic_arn, arn, problem)
        return
    if answer["FailedPutCount"]:
        log.warning("topic %s could not deliver to %s: %s", topic_arn, arn, answer["RequestResponses"])


def _subscribe(original: Callable[..., Answer]) -> Callable[..., Answer]:
    """A stream needs a role that SNS may assume, and no FIFO topic."""

    def _subscribe_with_a_role(params: dict[str, Any]) -> Answer:
        from ministack.services import sns

        said = _complaint(sns._p, params) if sns._p(params, "Protocol") == "firehose" else ""
        if said:
            return sns._error("InvalidParameter", f"Invalid parameter: {said}", 400)
        return original(params)

    return _subscribe_with_a_role


def _complaint(value: Callable[[Any, str], str], params: dict[str, Any]) -> str:
    """What SNS has against a subscription of a stream; "" for nothing."""
    topic = value(params, "TopicArn")
    if topic.endswith(".fifo"):
        return "Invalid protocol type: firehose"
    if not _STREAM.fullmatch(value(params, "Endpoint")):
        return "Firehose endpoint ARN"
    role, number = "", 1
    while value(params, f"Attributes.entry.{number}.key"):
        if value(params, f"Attributes.entry.{number}.key") == ROLE:
            role = value(params, f"Attributes.entry.{number}.value")
        number += 1
    if not role:
        return f"Attributes Reason: {ROLE}: is required for protocol firehose"
    if not roles.trusts(topic.split(":")[4], SNS, role, topic):
        return f"Attributes Reason: {ROLE}: SNS may not assume {role}"
    return ""


def _validate(original: Callable[..., Answer | None]) -> Callable[..., Answer | None]:
    def _validate_target_arn(target: dict[str, Any]) -> Answer | None:
        from ministack.core.responses import error_response_json

        arn = target.get("Arn", "")
        if ":firehose:" in arn and not target.get("RoleArn"):
            refused: Answer = error_response_json(
                "ValidationException", f"RoleArn is required for target {arn}.", 400
            )
            return refused
        return original(target)

    return _validate_target_arn


_SNS = "ministack.services.sns:"
PATCHES = (
    Patch(
        "ministack.services.eventbridge:_validate_target_arn",
        "a stream could be a target without a role",
        "103834fd5c3bfc7abef057e1bc6984f10767405a62187cbe6c313400577d460d",
        _validate,
    ),
    Patch(
        _SNS + "_fanout",
        "streams that subscribe to a topic got nothing",
        "984cdd91d64aa056a4049ec5df248bfee3e5bebcabbc65269f737ba40bf6bb86",
        _fan_out,
    ),
    Patch(
        _SNS + "_subscribe",
        "a stream could subscribe without a role",
        "db260c543268f95325430f30a65e3702434d897d7fc2f4d7b7faaa8962257bc1",
        _subscribe,
    ),
)
