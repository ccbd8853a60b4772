"""The kinds of events, and what each is called in the five places where it appears.

Sources: "Contents of event data that Amazon SES publishes to Amazon SNS", "Monitoring SES events using Amazon
EventBridge" (SES developer guide), and EventType of both APIs. CloudWatch's names are those of the events
without a blank.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: its name in v2 and in v1 ("" where v1 has none), its `eventType`, the member of the event
    that describes it, and the detail-type on EventBridge."""

    v2: str
    v1: str
    event_type: str
    member: str
    detail_type: str

    @property
    def metric(self) -> str:
        """Its metric in CloudWatch's namespace AWS/SES."""
        return self.event_type.replace(" ", "")


KINDS = {
    kind.v2: kind
    for kind in (
        Kind("SEND", "send", "Send", "send", "Email Sent"),
        Kind("REJECT", "reject", "Reject", "reject", "Email Rejected"),
        Kind("BOUNCE", "bounce", "Bounce", "bounce", "Email Bounced"),
        Kind("COMPLAINT", "complaint", "Complaint", "complaint", "Email Complaint Received"),
        Kind("DELIVERY", "delivery", "Delivery", "delivery", "Email Delivered"),
        Kind("OPEN", "open", "Open", "open", "Email Opened"),
        Kind("CLICK", "click", "Click", "click", "Email Clicked"),
        Kind(
            "RENDERING_FAILURE", "renderingFailure", "Rendering Failure", "failure", "Email Rendering Failed"
        ),
        Kind("DELIVERY_DELAY", "", "DeliveryDelay", "deliveryDelay", "Email Delivery Delayed"),
        Kind("SUBSCRIPTION", "", "Subscription", "subscription", "Email Subscribed"),
    )
}
"""All kinds, by their name in v2."""
FROM_V1 = {kind.v1: kind.v2 for kind in KINDS.values() if kind.v1}
