"""Everything SES refuses a message for, by whichever door it comes ("Amazon SES email sending errors",
developer guide)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from typing import TYPE_CHECKING

from . import mailboxes, simulator
from .addresses import all_bare, identities_of, identity_for
from .compose import headers_of
from .refusals import Kind, Refusal

if TYPE_CHECKING:
    from .sending import Outgoing
    from .state import Region

MAXIMUM_RECIPIENTS = 50
TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
FEEDBACK_ID_TAGS = ("ses:feedback-id-a", "ses:feedback-id-b")
"""The two names with a colon: the sender's own words in Feedback-ID ("Amazon SES header fields")."""

# "Amazon SES header fields" (developer guide): these may stand in a message once. Feedback-ID is not in the
# list, and is refused all the same (aws-lambda-ses-forwarder #28). To, Cc and Bcc may come twice (boto3
# #4332).
ONCE = frozenset(
    (
        "accept-language", "acceptlanguage", "archived-at", "auto-submitted", "bounces-to", "comments",
        "content-alternative", "content-base", "content-class", "content-description", "content-disposition",
        "content-duration", "content-id", "content-language", "content-length", "content-location",
        "content-md5", "content-transfer-encoding", "content-type", "date", "delivered-to",
        "disposition-notification-options", "disposition-notification-to", "dkim-signature",
        "domainkey-signature", "errors-to", "feedback-id", "from", "importance", "in-reply-to", "keywords",
        "list-archive", "list-help", "list-id", "list-owner", "list-post", "list-subscribe",
        "list-unsubscribe", "message-context", "message-id", "mime-version", "organization", "original-from",
        "original-message-id", "original-recipient", "original-subject", "precedence", "priority",
        "references", "reply-to", "return-path", "return-receipt-to", "sender", "solicitation", "sensitivity",
        "subject", "thread-index", "thread-topic", "user-agent", "vbr-info",
    )
)  # fmt: skip
# Who writes one of these must be verified (the same page: "From", "Source", "Sender" or "Return-Path").
VERIFIED = ("From", "Sender", "Return-Path")


def check(region: Region, outgoing: Outgoing) -> None:
    """Refuse what SES refuses, the quota aside. Raises Refusal."""
    check_account(region)
    check_configuration_set(region, outgoing.configuration_set)
    _check_tags(outgoing)
    _check_recipients(outgoing)
    _check_size(outgoing)
    headers = headers_of(outgoing.message)
    _check_headers(headers)
    check_verified(region, _senders(outgoing, headers))
    if region.account.sandbox:
        check_verified(region, (one for one in outgoing.recipients if simulator.outcomes(one) is None))
    _check_mail_from(region, outgoing.sender)


def check_account(region: Region) -> None:
    """Refuse everything where the account is paused. Raises Refusal."""
    if not region.account.sending_enabled:
        raise Refusal(
            Kind.ACCOUNT_PAUSED,
            "Sending paused for this account. For more information, please check the inbox of the email "
            "address associated with your AWS account.",
        )


def check_configuration_set(region: Region, name: str) -> None:
    """Refuse a configuration set that is not there, or is paused; "" is none. Raises Refusal."""
    if not name:
        return
    if name not in region.configuration_sets:
        raise Refusal(Kind.NO_CONFIGURATION_SET, f"Configuration set <{name}> does not exist.")
    if not region.configuration_sets[name]["SendingOptions"].get("SendingEnabled", False):
        words = f"Sending is paused for configuration set <{name}>."
        raise Refusal(Kind.CONFIGURATION_SET_PAUSED, words)


def _check_tags(outgoing: Outgoing) -> None:
    """MessageTag (API reference); the words are those of a recorded answer (localstack #8639)."""
    for kind, texts in (("name", 0), ("value", 1)):
        for tag in outgoing.tags:
            if not TAG.fullmatch(tag[texts]) and tag[texts] not in FEEDBACK_ID_TAGS:
                words = "only alphanumeric ASCII characters, '_', and '-' are allowed."
                raise Refusal(Kind.BAD_REQUEST, f"Invalid tag {kind} <{tag[texts]}>: {words}")


def _check_recipients(outgoing: Outgoing) -> None:
    if not outgoing.recipients:
        raise Refusal(Kind.BAD_REQUEST, "Missing required header 'To'.")
    mailboxes.require(outgoing.recipients)
    if len(outgoing.recipients) > MAXIMUM_RECIPIENTS:
        raise Refusal(Kind.BAD_REQUEST, f"Recipient count exceeds {MAXIMUM_RECIPIENTS}.")


def _check_size(outgoing: Outgoing) -> None:
    size, most = len(outgoing.message), outgoing.maximum_bytes
    if size > most:
        raise Refusal(Kind.BAD_REQUEST, f"Message length is more than {most} bytes long: '{size}'.")


def _check_headers(headers: EmailMessage) -> None:
    # Not the mapping itself: a header may come twice, which is what is looked for.
    counted = Counter(name.lower() for name, _ in headers.items())
    for name, _ in headers.items():
        if counted[name.lower()] > 1 and name.lower() in ONCE:
            raise Refusal(Kind.BAD_REQUEST, f"Duplicate header '{name}'.")
    if not counted["from"]:
        raise Refusal(Kind.BAD_REQUEST, "Missing required header 'From'.")
    for name in ("From", "To"):
        if counted[name.lower()] and not str(headers[name]).strip():
            raise Refusal(Kind.BAD_REQUEST, f"Empty required header '{name}'.")


def _senders(outgoing: Outgoing, headers: EmailMessage) -> Iterator[str]:
    """Everybody who is named as the sender."""
    yield outgoing.sender
    if outgoing.feedback_to:
        yield outgoing.feedback_to
    yield from all_bare([str(value) for name in VERIFIED for value in headers.get_all(name, [])])


def check_verified(region: Region, addresses: Iterable[str]) -> None:
    """Refuse addresses of which no identity that covers them is verified. Raises Refusal."""
    failed = sorted({one for one in addresses if identity_for(region, one) is None})
    if failed:
        raise Refusal(
            Kind.REJECTED,
            "Email address is not verified. The following identities failed the check in region "
            f"{region.name.upper()}: {', '.join(failed)}",
        )


def _check_mail_from(region: Region, sender: str) -> None:
    """A custom MAIL FROM domain whose MX record SES does not find stops the message, where it is to."""
    for _, identity in identities_of(region, sender):
        attributes = identity["MailFromAttributes"]
        if not attributes.get("MailFromDomain"):
            continue
        rejects = attributes["BehaviorOnMxFailure"] == "REJECT_MESSAGE"
        if rejects and attributes.get("MailFromDomainStatus") != "SUCCESS":
            raise Refusal(
                Kind.MAIL_FROM,
                "The message could not be sent because Amazon SES could not read the MX record required to "
                "use the specified MAIL FROM domain.",
            )
        return
