"""What can become of a message, and how an event describes it.

The members are those of "Contents of event data that Amazon SES publishes to Amazon SNS" (SES developer
guide); tests/unit/local compares each with AWS's published example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

TRIES_FOR = timedelta(minutes=840)
"""How long SES tries again: "unable to deliver in 840 minutes" is what its bounces say."""
REMOTE = "127.0.0.1"
"""The address of every recipient's server, and of ours: all of it is this machine."""


def stamp(time: datetime) -> str:
    """A time as events have it: UTC, to the millisecond."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Moment:
    """When something became of a message, how long after SES took it, and the id that the event gets."""

    time: datetime
    accepted: datetime
    region: str
    feedback_id: str

    @property
    def mta(self) -> str:
        """The SES server that did it, named as SES's are; us-east-1 is not named in them."""
        place = "" if self.region == "us-east-1" else f"{self.region}."
        return f"a1-1.smtp-out.{place}amazonses.com"


class Outcome(Protocol):
    """One thing that became of a message for some of its recipients."""

    kind: ClassVar[str]
    """A name of KINDS."""

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """The member of the event that describes it."""


@dataclass(frozen=True)
class Send:
    """SES took the message."""

    kind: ClassVar[str] = "SEND"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {}


@dataclass(frozen=True)
class Reject:
    """SES found a virus in what it had taken; this is the only reason there is."""

    kind: ClassVar[str] = "REJECT"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {"reason": "Bad content"}


@dataclass(frozen=True)
class Delivery:
    """The recipient's server took the message with this reply."""

    response: str = "250 2.6.0 Message received"
    kind: ClassVar[str] = "DELIVERY"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {
            "timestamp": stamp(moment.time),
            "processingTimeMillis": (moment.time - moment.accepted) // timedelta(milliseconds=1),
            "recipients": list(recipients),
            "smtpResponse": self.response,
            "remoteMtaIp": REMOTE,
            "reportingMTA": moment.mta,
        }


@dataclass(frozen=True)
class Bounce:
    """The message came back. `status` and `diagnostic` are a delivery report's (RFC 3464), "" where there was
    none; `by_ses` where SES did not even try; `reporter` is who reported where the message came back after it
    had been delivered; `answer` where what came back is an automatic answer (RFC 3834), which SES tells of as
    a bounce."""

    type: str
    sub_type: str
    status: str = ""
    diagnostic: str = ""
    by_ses: bool = False
    reporter: str = ""
    answer: bool = False
    kind: ClassVar[str] = "BOUNCE"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail. `remoteMtaIp` is there where SES itself was refused, `reportingMTA` where
        somebody reported."""
        found: dict[str, Any] = {
            "feedbackId": moment.feedback_id,
            "bounceType": self.type,
            "bounceSubType": self.sub_type,
            "bouncedRecipients": [self._recipient(one) for one in recipients],
            "timestamp": stamp(moment.time),
        }
        if self.by_ses:
            found["reportingMTA"] = "dns; amazonses.com"
        elif self.reporter:
            found["reportingMTA"] = self.reporter
        elif self.status:
            found.update(remoteMtaIp=REMOTE, reportingMTA=f"dns; {moment.mta}")
        return found

    def _recipient(self, address: str) -> dict[str, str]:
        if not self.status:
            return {"emailAddress": address}
        return {
            "emailAddress": address,
            "action": "failed",
            "status": self.status,
            "diagnosticCode": self.diagnostic,
        }


@dataclass(frozen=True)
class Complaint:
    """The recipient called the message spam. `sub_type` is OnAccountSuppressionList where SES did not send
    it, and then there is no report of a provider."""

    feedback_type: str = "abuse"
    user_agent: str = "Amazon SES Mailbox Simulator"
    sub_type: str | None = None
    kind: ClassVar[str] = "COMPLAINT"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        found: dict[str, Any] = {
            "feedbackId": moment.feedback_id,
            "complaintSubType": self.sub_type,
            "complainedRecipients": [{"emailAddress": one} for one in recipients],
            "timestamp": stamp(moment.time),
        }
        if self.sub_type is None:
            found.update(
                userAgent=self.user_agent,
                complaintFeedbackType=self.feedback_type,
                arrivalDate=stamp(moment.time),
            )
        return found


@dataclass(frozen=True)
class DeliveryDelay:
    """The recipient's server could not take the message now; SES tries again until `expirationTime`."""

    type: str
    status: str
    diagnostic: str
    kind: ClassVar[str] = "DELIVERY_DELAY"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {
            "timestamp": stamp(moment.time),
            "delayType": self.type,
            "expirationTime": stamp(moment.accepted + TRIES_FOR),
            "reportingMTA": moment.mta,
            "delayedRecipients": [
                {"emailAddress": one, "status": self.status, "diagnosticCode": self.diagnostic}
                for one in recipients
            ],
        }


@dataclass(frozen=True)
class RenderingFailure:
    """A template could not be filled with what the call gave, so nothing was sent."""

    template: str
    message: str
    kind: ClassVar[str] = "RENDERING_FAILURE"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {"errorMessage": self.message, "templateName": self.template}


@dataclass(frozen=True)
class Open:
    """The recipient's program loaded the tracking image."""

    user_agent: str
    ip_address: str = REMOTE
    kind: ClassVar[str] = "OPEN"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {
            "ipAddress": self.ip_address,
            "timestamp": stamp(moment.time),
            "userAgent": self.user_agent,
        }


@dataclass(frozen=True)
class Click:
    """The recipient followed a link; `tags` are those of the link's `ses:tags`."""

    user_agent: str
    link: str
    tags: tuple[tuple[str, str], ...] = ()
    ip_address: str = REMOTE
    kind: ClassVar[str] = "CLICK"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail. A link without tags has `linkTags` null."""
        tags: dict[str, list[str]] = {}
        for name, value in self.tags:
            tags.setdefault(name, []).append(value)
        return {
            "ipAddress": self.ip_address,
            "timestamp": stamp(moment.time),
            "userAgent": self.user_agent,
            "link": self.link,
            "linkTags": tags or None,
        }


@dataclass(frozen=True)
class Preferences:
    """What a contact wants of a list: nothing at all, or each topic (name, OptIn or OptOut)."""

    unsubscribe_all: bool
    topics: tuple[tuple[str, str], ...] = ()

    def published(self) -> dict[str, Any]:
        """As events have it."""
        return {
            "unsubscribeAll": self.unsubscribe_all,
            "topicSubscriptionStatus": [
                {"topicName": name, "subscriptionStatus": status} for name, status in self.topics
            ],
        }


@dataclass(frozen=True)
class Subscription:
    """The recipient changed what they want of a contact list, by the header's or the footer's link."""

    contact_list: str
    new: Preferences = field(default_factory=lambda: Preferences(unsubscribe_all=True))
    old: Preferences = field(default_factory=lambda: Preferences(unsubscribe_all=False))
    source: str = "UnsubscribeHeader"
    kind: ClassVar[str] = "SUBSCRIPTION"

    def detail(self, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
        """See Outcome.detail."""
        return {
            "contactList": self.contact_list,
            "timestamp": stamp(moment.time),
            "source": self.source,
            "newTopicPreferences": self.new.published(),
            "oldTopicPreferences": self.old.published(),
        }
