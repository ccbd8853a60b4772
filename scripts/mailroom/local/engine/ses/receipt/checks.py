"""What SES checks when a receipt rule is made or changed: its form, and whether each action would work.

Sources: API reference, CreateReceiptRule and the data types of the actions; developer guide, "Action
options", "Giving permissions to Amazon SES for email receiving" and "Service quotas". Where these give no
words, they are those that floci (github.com/hectorvent/floci) notes it got from SES itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ...protocol.messages import ServiceError
from ..addresses import identity_for
from ..state import Missing, Refused, Region
from .actions import ACTIONS, NOT_HERE, object_key
from .envelope import SES_KEY, context_of

MAXIMUM_ACTIONS = 10
MAXIMUM_RECIPIENTS = 100
SETUP_NAME = "AMAZON_SES_SETUP_NOTIFICATION"
SETUP_MESSAGE = (
    b"From: Amazon Web Services <no-reply-aws@amazon.com>\r\n"
    b"To: customer <customer@example.com>\r\n"
    b"Subject: Amazon SES Setup Notification\r\n"
    b"\r\n"
    b"You received this message because you attempted to set up Amazon SES to deliver emails to this\r\n"
    b"S3 bucket.\r\n"
    b"\r\n"
    b"Please note that in order to receive emails to your Amazon S3 bucket, you must have an active\r\n"
    b"receipt rule set and an MX record that points to Amazon SES.\r\n"
)
SUBSCRIBED_SUBJECT = "Amazon SES Email Receipt Subscription Notification"
SUBSCRIBED = "You received this message because you attempted to set up Amazon SES to publish to this topic."
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,50}")
_REPLY_CODE = re.compile(r"[45]\d\d")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def invalid(message: str, code: str = "InvalidParameterValue") -> ServiceError:
    """An error of v1 that is the caller's."""
    return ServiceError(code, message)


def checked(region: Region, rule_set: str, rule: dict[str, Any]) -> dict[str, Any]:
    """The rule as SES keeps it, after each of its actions was tried out.

    Raises ServiceError (InvalidParameterValue, InvalidS3Configuration, InvalidSnsTopic,
    InvalidLambdaFunction, LimitExceeded; NotImplemented where the action is not in the local cloud).
    """
    rule = {"TlsPolicy": "Optional", "Recipients": [], "Actions": [], **rule}
    rule.setdefault("Enabled", False)
    rule.setdefault("ScanEnabled", False)
    if len(rule["Recipients"]) > MAXIMUM_RECIPIENTS:
        raise invalid("Too many recipients", "LimitExceeded")
    if len(rule["Actions"]) > MAXIMUM_ACTIONS:
        raise invalid("Too many actions", "LimitExceeded")
    if any("StopAction" in action for action in rule["Actions"][:-1]):
        raise invalid("Stop action, if any, must be placed at the end of the actions list")
    rule["Actions"] = [_with_defaults(action) for action in rule["Actions"]]
    source_arn = region.rule_arn(rule_set, rule["Name"])
    for action in rule["Actions"]:
        ((kind, settings),) = action.items()
        if kind in CHECKS:
            CHECKS[kind](region, source_arn, rule["Name"], settings)
        _try_topic(region, source_arn, settings)
    return rule


def _with_defaults(action: dict[str, Any]) -> dict[str, Any]:
    if len(action) != 1:
        raise invalid("An action of a rule is exactly one kind of action.", "ValidationError")
    ((kind, settings),) = action.items()
    if kind not in ACTIONS:
        raise ServiceError(
            "NotImplemented", f"{kind}: {NOT_HERE.get(kind, 'not in the local SES')}. It works in AWS.", 501
        )
    return {kind: {"Encoding": "UTF-8", **settings}} if kind == "SNSAction" else action


def _try_topic(region: Region, source_arn: str, settings: dict[str, Any]) -> None:
    """A topic must be in the Region, and take SES's word that it will be told of mail."""
    topic = settings.get("TopicArn")
    if topic is None:
        return
    if not topic.startswith(f"arn:aws:sns:{region.name}:"):
        raise invalid(f"Invalid SNS topic: {topic}", "InvalidSnsTopic")
    try:
        region.cloud.publish(
            region.name,
            source_arn,
            topic,
            SUBSCRIBED_SUBJECT,
            SUBSCRIBED,
            role_arn=settings.get("IamRoleArn", ""),
        )
    except Refused as problem:
        raise invalid(f"Could not publish to SNS topic: {topic} ({problem})", "InvalidSnsTopic") from problem


def _try_bucket(region: Region, source_arn: str, rule: str, settings: dict[str, Any]) -> None:
    """SES leaves a note in the bucket, and asks for a data key where mail is to be encrypted."""
    bucket, role = settings["BucketName"], settings.get("IamRoleArn", "")
    if not bucket:
        raise invalid("Bucket name must not be empty")
    key_arn = settings.get("KmsKeyArn")
    try:
        if key_arn:
            _try_key(region, source_arn, rule, key_arn, role)
        key = object_key(settings, SETUP_NAME)
        region.cloud.write_object(region.name, source_arn, bucket, key, SETUP_MESSAGE, role_arn=role)
    except Missing as problem:
        raise invalid(f"No such bucket: {bucket}", "InvalidS3Configuration") from problem
    except Refused as problem:
        raise invalid(
            f"Could not write to bucket: {bucket} ({problem})", "InvalidS3Configuration"
        ) from problem


def _try_key(region: Region, source_arn: str, rule: str, key_arn: str, role: str) -> None:
    """A key must be in the Region, and named by its own ARN: an alias only where it is SES's."""
    named = re.fullmatch(rf"arn:aws:kms:{region.name}:\d{{12}}:(key/.+|{SES_KEY})", key_arn)
    if named is None:
        raise invalid(f"Invalid KMS key: {key_arn}", "InvalidS3Configuration")
    context = context_of(region.account_id, rule, SETUP_NAME, key_arn)
    try:
        region.cloud.generate_data_key(region.name, source_arn, key_arn, context, role_arn=role)
    except Refused as problem:
        raise invalid(f"Could not use KMS key: {key_arn} ({problem})", "InvalidS3Configuration") from problem


def _try_function(region: Region, source_arn: str, rule: str, settings: dict[str, Any]) -> None:
    """A function must be in the Region, and let SES call it."""
    function = settings["FunctionArn"]
    if not function:
        raise invalid("Lambda function ARN must not be empty")
    if not function.startswith(f"arn:aws:lambda:{region.name}:"):
        raise invalid(f"Invalid Lambda function: {function}", "InvalidLambdaFunction")
    try:
        region.cloud.may_invoke(region.name, source_arn, function)
    except Refused as problem:
        raise invalid(
            f"Could not invoke Lambda function: {function} ({problem})", "InvalidLambdaFunction"
        ) from problem


def _check_header(region: Region, source_arn: str, rule: str, settings: dict[str, Any]) -> None:
    """ "Add header action": 1 to 50 letters, digits and dashes; less than 2048 characters on one line."""
    name, value = settings["HeaderName"], settings["HeaderValue"]
    if not _HEADER_NAME.fullmatch(name):
        raise invalid(f"Invalid header name: {name}")
    if len(value) >= 2048 or "\r" in value or "\n" in value:
        raise invalid(f"Invalid header value: {value[:200]}")


def _check_bounce(region: Region, source_arn: str, rule: str, settings: dict[str, Any]) -> None:
    """ "Return bounce response action": codes of RFC 5321 and RFC 3463, and a verified sender."""
    code, status, sender = settings["SmtpReplyCode"], settings.get("StatusCode"), settings["Sender"]
    if not _REPLY_CODE.fullmatch(code):
        raise invalid(f"Invalid SMTP reply code: {code}")
    if status and not _STATUS.fullmatch(status):
        raise invalid(f"Invalid SMTP status code: {status}")
    if not settings["Message"]:
        raise invalid("Invalid SMTP response message: ")
    if identity_for(region, sender) is None:
        raise invalid(f"Identity is not verified: {sender}")


CHECKS: dict[str, Callable[[Region, str, str, dict[str, Any]], None]] = {
    "S3Action": _try_bucket,
    "LambdaAction": _try_function,
    "AddHeaderAction": _check_header,
    "BounceAction": _check_bounce,
}
