"""What a call of either API says of a message, and the message that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..handlebars import RenderError, TemplateError
from . import mailboxes, own_headers, subscriptions, templates
from .addresses import all_bare, bare, default_configuration_set
from .compose import compose, headers_of
from .feedback import return_address
from .own_headers import OwnHeaders
from .sending import MAXIMUM_BYTES_V2, Outgoing, accept, accept_unrendered
from .state import Region
from .store import Sent


@dataclass(frozen=True)
class Draft:
    """A message as a call describes it; addresses as they were given, with their display names.

    `destination` and `list_management` are SESv2's Destination and ListManagementOptions; `arns` are those of
    the identities that the call names; `operation` is how events call the way that it came.
    """

    source: str
    destination: dict[str, Any]
    via: str
    reply_to: list[str] = field(default_factory=list)
    return_path: str = ""
    configuration_set: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)
    list_management: dict[str, Any] | None = None
    maximum_bytes: int = MAXIMUM_BYTES_V2
    operation: str = "SendEmail"
    arns: OwnHeaders = field(default_factory=OwnHeaders)

    @property
    def recipients(self) -> list[str]:
        """The bare addresses of the destination."""
        return recipients_of(self.destination)

    def check_addresses(self) -> None:
        """Refuse addresses that are not written right, in SES's order. Raises Refusal."""
        listed = (self.destination.get(f"{kind}Addresses", []) for kind in ("To", "Cc", "Bcc"))
        given = [self.source, *(one for addresses in listed for one in addresses)]
        mailboxes.require([*given, *filter(None, (self.return_path,)), *self.reply_to])

    def outgoing(self, region: Region, message: bytes, feedback_to: str = "") -> Outgoing:
        """The message as the engine takes it. Raises ServiceError for an ARN that is not for its address."""
        sender = bare(self.source)
        own_headers.check_named(region, self.arns, sender, message, bare(self.return_path))
        return Outgoing(
            sender,
            self.recipients,
            message,
            self.via,
            self.configuration_set or default_configuration_set(region, sender),
            self.maximum_bytes,
            self.tags,
            operation=self.operation,
            feedback_to=feedback_to or bare(self.return_path),
            unsubscribed=subscriptions.unsubscribed(region, self.list_management, self.recipients),
        )


def recipients_of(destination: dict[str, Any]) -> list[str]:
    """The bare addresses of a Destination; what is no address stays as it is, to be refused by name."""
    lists = (destination.get(f"{kind}Addresses", []) for kind in ("To", "Cc", "Bcc"))
    return [bare(address) or address for addresses in lists for address in addresses]


def from_raw(message: bytes) -> tuple[str, list[str]]:
    """Sender and recipients as the headers of a raw message name them."""
    headers = headers_of(message)
    listed = [str(value) for name in ("To", "Cc", "Bcc") for value in headers.get_all(name, [])]
    return bare(str(headers.get("From", ""))), all_bare(listed)


def send_simple(region: Region, draft: Draft, simple: dict[str, Any]) -> Sent:
    """Send SESv2's Message. Raises Refusal."""
    draft.check_addresses()
    simple = subscriptions.with_links(region, draft.list_management, draft.recipients, simple)
    message = compose(draft.source, draft.destination, simple, draft.reply_to)
    return accept(region, draft.outgoing(region, message))


def send_raw(region: Region, draft: Draft, message: bytes) -> Sent:
    """Send a raw message; what the call does not say is read from its headers. Raises Refusal."""
    message, own = own_headers.taken_out(message)
    feedback_to = return_address(draft.return_path, draft.source, raw=message)
    named_sender, named = from_raw(message)
    draft = replace(
        draft,
        source=draft.source or named_sender,
        destination=draft.destination if draft.recipients else {"ToAddresses": named},
        configuration_set=draft.configuration_set or own.configuration_set,
        tags=draft.tags or list(own.tags),
        list_management=draft.list_management or own.list_management,
        operation="SendRawEmail",
        arns=OwnHeaders(
            source_arn=draft.arns.source_arn or own.source_arn,
            from_arn=draft.arns.from_arn or own.from_arn,
            return_path_arn=draft.arns.return_path_arn or own.return_path_arn,
        ),
    )
    if draft.source:  # else the checks miss the header
        draft.check_addresses()
        if headers_of(message)["From"] is None:
            message = f"From: {draft.source}\r\n".encode() + message
    message = subscriptions.with_links_raw(region, draft.list_management, draft.recipients, message)
    return accept(region, draft.outgoing(region, message, feedback_to))


@dataclass(frozen=True)
class Filling:
    """A template and what fills it in: its name (as events show it), SESv2's EmailTemplateContent, the data,
    and SESv2's further members of a Template (Headers, Attachments)."""

    name: str
    content: dict[str, Any]
    data: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)


def send_template(region: Region, draft: Draft, filling: Filling) -> Sent:
    """Send a template. One that cannot be filled in is taken, not sent, and told of by an event. Raises
    Refusal."""
    draft.check_addresses()
    try:
        filled = templates.fill_in(filling.content, filling.data)
    except (RenderError, TemplateError) as problem:
        skeleton = {"Subject": {"Data": ""}, "Body": {}, "Headers": filling.more.get("Headers", [])}
        message = compose(draft.source, draft.destination, skeleton, draft.reply_to)
        return accept_unrendered(region, draft.outgoing(region, message), filling.name, str(problem))
    return send_simple(region, draft, {**filled, **filling.more})
