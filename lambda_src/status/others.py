"""What comes on the same roads and tells of no sent message: named, so that its reason says what it is.

Shapes: Lambda developer guide (events of S3, DynamoDB and others), S3 user guide ("Notification content
structure": `s3:TestEvent`), CloudWatch user guide (alarms to SNS and to Lambda), CloudWatch Logs user guide
("Real-time processing of log data with subscriptions"), End User Messaging SMS user guide ("Two-way SMS"),
SNS developer guide ("CloudWatch metrics and logs for SMS deliveries").
"""

from typing import Any

from lambda_src.status.event import Ignored, Unreadable, kind_in_words

NO_EVENT = "no event of SES, Pinpoint or SMS, and no envelope of one"

# Lambda's records of these are envelopes: one that lacks its content is broken.
_OURS = ("aws:sqs", "aws:sns", "aws:kinesis", "aws:ses")
# Names that stand together in one thing alone -> what it is.
_KNOWN = (
    (("AlarmName", "NewStateValue"), "an alarm of CloudWatch"),
    (("alarmArn", "alarmData"), "an alarm of CloudWatch"),
    (("originationNumber", "inboundMessageId"), "a text that was received, not sent"),
    (("notification", "delivery", "status"), "SNS's own log of a text: no source of ours"),
)
_OF_LOGS = ("awslogs", "logEvents")


def other(value: dict[str, Any]) -> Ignored | Unreadable:
    """Why an object without an event is passed over, or refused where nobody knows what it is."""
    if any(name in value for name in _OF_LOGS):
        return Unreadable("lines of CloudWatch Logs: events come by EventBridge, SNS or Firehose")
    for names, reason in _KNOWN:
        if all(name in value for name in names):
            return Ignored(reason)
    kind = _named(value)
    return Ignored(f"no kind that we know: {kind_in_words(kind)}") if kind else Unreadable(NO_EVENT)


def _named(value: dict[str, Any]) -> str:
    """The name that a record of another service has of itself."""
    source = value.get("eventSource")
    if isinstance(source, str) and source.startswith("aws:") and source not in _OURS:
        return f"{source} {value.get('eventName') or ''}"
    if "Service" in value and isinstance(event := value.get("Event"), str):
        return event  # s3:TestEvent, autoscaling:EC2_INSTANCE_LAUNCH
    return "aws:s3" if isinstance(value.get("s3"), dict) else ""
