"""Whatever arrives, `decode` has an outcome for it, and never raises."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.status.decode import decode
from tests.unit.status.made import pinpoint, ses, sms

AT = "2026-11-24T10:05:00.000Z"
names = st.sampled_from(
    [
        "eventType",
        "notificationType",
        "event_type",
        "detail-type",
        "detail",
        "Records",
        "records",
        "body",
        "Message",
        "Type",
        "Sns",
        "kinesis",
        "data",
        "recordId",
        "rawData",
        "mail",
        "bounce",
        "open",
        "delivery",
        "complaint",
        "click",
        "failure",
        "deliveryDelay",
        "subscription",
        "reject",
        "send",
        "messageId",
        "destination",
        "source",
        "tags",
        "timestamp",
        "bouncedRecipients",
        "emailAddress",
        "recipients",
        "attributes",
        "facets",
        "email_channel",
        "mail_event",
        "message_id",
        "metrics",
        "client",
        "event_timestamp",
        "eventTimestamp",
        "isFinal",
        "context",
        "price_in_millicents_usd",
        "totalMessagePrice",
        "isBotEvent",
        "newTopicPreferences",
    ]
)
words = st.sampled_from(
    [
        "Open",
        "Bounce",
        "Send",
        "_email.open",
        "_SMS.SUCCESS",
        "TEXT_SENT",
        "m-1",
        "a@b.example",
        AT,
        "\ud800",
        "{}",
        "",
        "e30=",
    ]
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words, st.text(max_size=5)),
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(names, inside, max_size=5)),
    max_leaves=30,
)


@settings(deadline=None, max_examples=300)
@given(anything, st.booleans())
def test_anything(value: Any, as_text: bool) -> None:
    """Whatever comes, every value has at least one outcome, and nothing raises."""
    found = list(decode(json.dumps(value) if as_text else value))
    assert found
    assert all(one.outcome in ("applied", "ignored", "rejected") for one in found)
    assert all(bool(one.reason) != bool(one.events) for one in found)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(
        [
            ses("Open"),
            ses("Bounce"),
            ses("Delivery"),
            sms(),
            pinpoint("_email.open"),
            pinpoint("_SMS.SUCCESS"),
        ]
    ),
    st.data(),
)
def test_any_field_of_any_kind(value: dict[str, Any], data: Any) -> None:
    """Any field of a real event may be anything at all."""
    changed = json.loads(json.dumps(value))
    places = [(changed, name) for name in changed]
    for parent, name in places:
        if isinstance(parent[name], dict):
            places += [(parent[name], below) for below in parent[name]]
    parent, name = data.draw(st.sampled_from(places))
    parent[name] = data.draw(anything)
    assert list(decode(changed))
