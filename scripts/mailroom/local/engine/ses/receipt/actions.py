"""The actions of a receipt rule, one function each: it does the action and says how the mail goes on.

Source: SES developer guide, "Action options" and the page of each action.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from enum import Enum
from typing import Any

from ..state import Refused
from . import bounces, envelope, notices
from .arrival import NotNow
from .mail import Run

log = logging.getLogger(__name__)

MAXIMUM_CONTENT_BYTES = 150 * 1024
"""The largest mail, headers included, that an SNS action carries; a larger one bounces."""


class Flow(Enum):
    """Where a mail goes from an action. The names are the dispositions that a Lambda function answers."""

    CONTINUE = "the next action"
    STOP_RULE = "the next rule"
    STOP_RULE_SET = "nowhere: the set ends for the recipients of the rule"


def run_rule(run: Run) -> Flow:
    """Do a rule's actions in their order. Raises NotNow where one cannot be done."""
    for action in run.rule.get("Actions", []):
        ((kind, settings),) = action.items()
        try:
            flow = ACTIONS[kind](run, settings)
        except Refused as problem:
            log.error("%s of rule %s could not be done: %s", kind, run.rule["Name"], problem)
            raise NotNow(str(problem)) from problem
        if flow is not Flow.CONTINUE:
            return flow
    return Flow.CONTINUE


def object_key(settings: dict[str, Any], name: str) -> str:
    """The key of an object in the folder that a prefix names; a prefix without a slash at its end gets
    one."""
    prefix = settings.get("ObjectKeyPrefix", "")
    return f"{prefix}/{name}" if prefix and not prefix.endswith("/") else f"{prefix}{name}"


def _store(run: Run, settings: dict[str, Any]) -> Flow:
    """S3Action: the object is named as the mail's id. With IamRoleArn the role alone is asked, not the
    policies."""
    bucket, key = settings["BucketName"], object_key(settings, run.mail.id)
    role, body = settings.get("IamRoleArn", ""), run.whole()
    metadata: dict[str, str] = {}
    if settings.get("KmsKeyArn"):
        body, metadata = envelope.sealed(run, settings["KmsKeyArn"], body, role)
    region = run.region
    region.cloud.write_object(region.name, run.source_arn, bucket, key, body, metadata, role_arn=role)
    log.info("rule %s wrote s3://%s/%s (%d bytes)", run.rule["Name"], bucket, key, len(body))
    told = {"type": "S3", "bucketName": bucket, "objectKey": key}
    if settings.get("ObjectKeyPrefix"):
        told["objectKeyPrefix"] = settings["ObjectKeyPrefix"]
    notices.tell(run, settings.get("TopicArn"), told, role)
    return Flow.CONTINUE


def _publish(run: Run, settings: dict[str, Any]) -> Flow:
    """SNSAction: the whole mail in a notification; one that is too large bounces."""
    whole = run.whole()
    if len(whole) > MAXIMUM_CONTENT_BYTES:
        bounces.send_as_ses(run, bounces.TOO_LARGE)
        return Flow.CONTINUE
    encoded = settings.get("Encoding") == "Base64"
    content = base64.b64encode(whole).decode() if encoded else whole.decode("utf-8", "replace")
    topic = settings["TopicArn"]
    told = {"type": "SNS", "topicArn": topic, "encoding": "BASE64" if encoded else "UTF8"}
    text = notices.as_text(notices.notice(run, told, content))
    run.region.cloud.publish(run.region.name, run.source_arn, topic, notices.SUBJECT, text)
    return Flow.CONTINUE


def _call(run: Run, settings: dict[str, Any]) -> Flow:
    """LambdaAction. Only a function that is waited for decides where the mail goes; what it answers beside
    the dispositions is CONTINUE. Their case does not count: one of SES's own examples writes them small."""
    function, kind = settings["FunctionArn"], settings.get("InvocationType", "Event")
    told = {"type": "Lambda", "functionArn": function, "invocationType": kind}
    record = {"eventSource": "aws:ses", "eventVersion": "1.0", "ses": notices.told_of(run, told)}
    region = run.region
    answer = region.cloud.invoke(
        region.name, run.source_arn, function, {"Records": [record]}, wait=kind == "RequestResponse"
    )
    notices.tell(run, settings.get("TopicArn"), told)
    disposition = answer.get("disposition") if isinstance(answer, dict) else None
    return Flow.__members__.get(str(disposition).upper(), Flow.CONTINUE)


def _add_header(run: Run, settings: dict[str, Any]) -> Flow:
    """AddHeaderAction: for the actions of the rule that come after it."""
    run.added.append((settings["HeaderName"], settings["HeaderValue"]))
    return Flow.CONTINUE


def _bounce(run: Run, settings: dict[str, Any]) -> Flow:
    """BounceAction: a mail from its Sender to the sender of the mail."""
    code = settings["SmtpReplyCode"]
    status = settings.get("StatusCode") or f"{code[0]}.0.0"
    bounces.send(run, settings["Sender"], bounces.Reason(code, status, settings["Message"]))
    told = {
        "type": "Bounce",
        "smtpReplyCode": code,
        "statusCode": status,
        "message": settings["Message"],
        "sender": settings["Sender"],
    }
    notices.tell(run, settings.get("TopicArn"), told)
    return Flow.CONTINUE


def _stop(run: Run, settings: dict[str, Any]) -> Flow:
    """StopAction."""
    notices.tell(run, settings.get("TopicArn"), {"type": "Stop"})
    return Flow.STOP_RULE_SET


ACTIONS: dict[str, Callable[[Run, dict[str, Any]], Flow]] = {
    "S3Action": _store,
    "SNSAction": _publish,
    "LambdaAction": _call,
    "AddHeaderAction": _add_header,
    "BounceAction": _bounce,
    "StopAction": _stop,
}
NOT_HERE = {
    "WorkmailAction": "the local cloud has no Amazon WorkMail (which AWS ends on 2027-03-31); "
    "use an S3 or a Lambda action here",
    "ConnectAction": "the local cloud has no Amazon Connect; use an S3 or a Lambda action here",
}
"""Actions that AWS has and the local cloud refuses, and why."""
