"""What events come in, opened until the event itself: each may lie in any other, to a bounded depth.

SNS notifications, EventBridge events, the records that Lambda gets of SQS, SNS and Kinesis, what SQS and
Kinesis answer, the records of Firehose's transform and of its HTTP requests, and the objects that Firehose
writes where a record failed (`rawData`).
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from lambda_src.status.event import Around, Ignored, Unreadable, kind_in_words
from lambda_src.status.others import other
from lambda_src.status.reading import GZIP, NOTHING, Broken, texts, values
from lambda_src.status.ses import BRIDGED
from lambda_src.status.values import text

DEEPEST = 16  # objects, lists and texts on the way: four envelopes or more
MOST_BYTES = 4 * 1024 * 1024  # of a record, unzipped: four times what SQS takes, and a function's memory too
Opened = tuple[dict[str, Any], Around]
NOTHING_AROUND = Around()

_SNS_HANDSHAKES = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
# SES writes this plain sentence to a topic once, when an event destination is made.
_SES_HELLO = "successfully validated sns topic"
# What holds base64 -> its time of arrival.
_CODED = {
    "data": "approximateArrivalTimestamp",  # Lambda's records of Kinesis, and Firehose's
    "Data": "ApproximateArrivalTimestamp",  # what `aws kinesis get-records` prints
    "rawData": "arrivalTimestamp",
}


def events(value: Any, around: Around = NOTHING_AROUND, depth: int = 0) -> Iterator[Opened | ValueError]:
    """Every event in a value, with what its envelopes say; an Unreadable or Ignored for what holds none."""
    if isinstance(value, dict):
        if "eventType" in value or "event_type" in value or "notificationType" in value:
            yield value, around
            return
        if depth < DEEPEST:
            yield from _open(value, around, depth + 1)
            return
    if isinstance(value, Broken):
        hello = value.raw.lower().startswith(_SES_HELLO)
        yield Ignored("SES tells that it can write to a topic") if hello else Unreadable(value.reason)
    elif depth >= DEEPEST:
        yield Unreadable("too many envelopes, one in another")
    elif isinstance(value, list):
        if not value:  # a record is told of, whatever is in it
            yield Unreadable(NOTHING)
        for part in value:
            yield from events(part, around, depth + 1)
    elif isinstance(value, str):
        yield from _in_text(value, around, depth)
    else:
        yield Unreadable("no object")


def _open(value: dict[str, Any], around: Around, depth: int) -> Iterator[Opened | ValueError]:
    """What is in an object that is not itself an event with its name on it."""
    get = value.get
    if "detail-type" in value or "DetailType" in value:
        yield from _bridged(value, around, depth)
    elif isinstance(get("Records"), list):
        yield from events(get("Records"), around, depth)
    elif isinstance(get("records"), list):  # Firehose's transform, and its HTTP requests, which have a time
        yield from events(get("records"), around._replace(time=get("timestamp") or around.time), depth)
    elif isinstance(get("Messages"), list):  # what `aws sqs receive-message` prints
        yield from events(get("Messages"), around, depth)
    elif isinstance(get("Sns"), dict):
        yield from events(get("Sns"), around, depth)
    elif isinstance(get("kinesis"), dict):
        yield from _coded("data", value["kinesis"], around, depth)
    elif "Message" in value or get("Type") in _SNS_HANDSHAKES:
        yield from _notified(value, around, depth)
    elif "body" in value or "Body" in value:
        body = value["body"] if "body" in value else value["Body"]
        coded = get("isBase64Encoded") is True
        yield from _in_base64(body, around, depth) if coded else events(body, around, depth)
    elif isinstance(get("ses"), dict):
        yield from events(get("ses"), around, depth)
    elif "mail" in value:
        yield value, around
    elif name := next((name for name in _CODED if name in value), ""):
        yield from _coded(name, value, around, depth)
    else:
        yield other(value)


def _bridged(value: dict[str, Any], around: Around, depth: int) -> Iterator[Opened | ValueError]:
    """EventBridge; the second spelling is that of PutEvents."""
    detail = value["detail"] if "detail" in value else value.get("Detail")
    kind = value.get("detail-type") or value.get("DetailType")
    found = Around(
        value.get("time") or value.get("Time") or around.time, text(value.get("account")) or around.account
    )
    if isinstance(detail, dict):
        if "eventType" in detail:  # as SES and SMS have it
            yield detail, found
            return
        if "mail" in detail and isinstance(kind, str) and kind in BRIDGED:
            yield {**detail, "eventType": BRIDGED[kind]}, found
            return
    inside = list(events(detail, found, depth)) if detail else []
    if any(isinstance(one, tuple) for one in inside):
        yield from inside
    elif isinstance(kind, str) and kind in _TOLD_OF_MESSAGES:
        yield Unreadable("no event in it (detail)")
    else:  # an event of something else
        yield Ignored(f"no kind that we know: {kind_in_words(kind)}")


_TOLD_OF_MESSAGES = (*BRIDGED, "Text Message Delivery Status Updated")


def _notified(value: dict[str, Any], around: Around, depth: int) -> Iterator[Opened | ValueError]:
    """SNS."""
    if value.get("Type") in _SNS_HANDSHAKES:
        yield Ignored(f"SNS tells of a subscription: {value['Type']}")
    else:
        yield from events(
            value.get("Message"), around._replace(time=value.get("Timestamp") or around.time), depth
        )


def _coded(name: str, value: dict[str, Any], around: Around, depth: int) -> Iterator[Opened | ValueError]:
    """What a record holds as base64; some tools show it already read."""
    found = around._replace(time=value.get(_CODED[name]) or around.time)
    data = value.get(name)
    yield from events(data, found, depth) if isinstance(data, dict) else _in_base64(data, found, depth)


def _in_text(value: str, around: Around, depth: int) -> Iterator[Opened | ValueError]:
    try:
        inside = json.loads(value)
    except RecursionError:
        yield Unreadable("nested too deeply")
    except ValueError:
        coded = _from_base64(value) or b""
        read = coded.lstrip().startswith((b"{", b"[", GZIP))
        yield from _several(_opened(coded) if read else texts(value), around, depth)
    else:
        yield from events(inside, around, depth + 1)


def _in_base64(value: Any, around: Around, depth: int) -> Iterator[Opened | ValueError]:
    content = _from_base64(value) if isinstance(value, str) else None
    if content is None:
        yield Unreadable("data that is not base64")
    else:
        yield from _several(_opened(content), around, depth)


def _several(found: Iterator[Any], around: Around, depth: int) -> Iterator[Opened | ValueError]:
    for value in found:
        yield from events(value, around, depth + 1)


def _opened(content: bytes) -> Iterator[Any]:
    return values(content, MOST_BYTES)


def _from_base64(value: str) -> bytes | None:
    try:
        return b64decode(value.strip(), validate=True)
    except ValueError:
        return None
