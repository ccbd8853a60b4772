"""Subscription management: mail to a contact list carries a link to unsubscribe, and who has unsubscribed
gets none.

("Using subscription management", SES developer guide.) The link is written, but nobody answers it here: its
host is reserved (RFC 6761, .invalid).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from .refusals import Kind, Refusal
from .state import Region
from .templates import UNSUBSCRIBE_URL

PLACEHOLDER = f"{{{{{UNSUBSCRIBE_URL}}}}}"
MAXIMUM_LINKS = 2
"""More placeholders than that stay as they are."""
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
_OWN_HEADERS = re.compile(
    rb"^List-Unsubscribe(?:-Post)?:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE
)


def find_list(region: Region, name: str) -> dict[str, Any]:
    """A contact list's record. Raises Refusal where there is none."""
    if name not in region.contact_lists:
        raise Refusal(Kind.NO_LIST, f"List with name: {name} doesn't exist.")
    return region.contact_lists[name]


def check_topics(contact_list: dict[str, Any], names: Sequence[str]) -> None:
    """Refuse a topic that the list has not. Raises Refusal."""
    known = {topic["TopicName"] for topic in contact_list["Topics"]}
    for name in names:
        if name not in known:
            words = f"List: {contact_list['ContactListName']} doesn't contain Topic: {name}"
            raise Refusal(Kind.BAD_REQUEST, words)


def new_contact(region: Region, address: str) -> dict[str, Any]:
    """A contact who has chosen nothing yet."""
    now = region.clock()
    return {
        "EmailAddress": address,
        "TopicPreferences": [],
        "UnsubscribeAll": False,
        "CreatedTimestamp": now,
        "LastUpdatedTimestamp": now,
    }


def status(contact_list: dict[str, Any], contact: dict[str, Any], topic: str, *, default: bool) -> str | None:
    """OPT_IN or OPT_OUT of a contact for a topic; without a choice the topic's own where `default`, else
    None."""
    if contact["UnsubscribeAll"]:
        return "OPT_OUT"
    chosen = {one["TopicName"]: one["SubscriptionStatus"] for one in contact["TopicPreferences"]}
    defaults = {one["TopicName"]: one["DefaultSubscriptionStatus"] for one in contact_list["Topics"]}
    return chosen.get(topic) or (defaults.get(topic) if default else None)


def unsubscribed(
    region: Region, options: dict[str, Any] | None, recipients: Sequence[str]
) -> tuple[str, ...]:
    """The recipients who get nothing of this list or topic. Who is no contact yet becomes one.

    `options` are SESv2's ListManagementOptions. Raises Refusal.
    """
    if not options:
        return ()
    contact_list, topic = find_list(region, options["ContactListName"]), options.get("TopicName")
    check_topics(contact_list, [topic] if topic else [])
    out = []
    for address in recipients:
        contact = contact_list["Contacts"].setdefault(address, new_contact(region, address))
        if contact["UnsubscribeAll"] or (
            topic and status(contact_list, contact, topic, default=True) == "OPT_OUT"
        ):
            out.append(address)
    return tuple(out)


def with_links(
    region: Region, options: dict[str, Any] | None, recipients: Sequence[str], simple: dict[str, Any]
) -> dict[str, Any]:
    """SESv2's Message with the two headers and the link, where it goes to one recipient only."""
    if not options or len(recipients) != 1:
        return simple
    url = _url(region, options, recipients[0])
    body = {
        part: {**content, "Data": content["Data"].replace(PLACEHOLDER, url, MAXIMUM_LINKS)}
        for part, content in simple["Body"].items()
    }
    kept = [one for one in simple.get("Headers", []) if one["Name"].title() not in HEADERS]
    headers = [{"Name": name, "Value": value} for name, value in _headers(url)]
    return {**simple, "Body": body, "Headers": headers + kept}


def with_links_raw(
    region: Region, options: dict[str, Any] | None, recipients: Sequence[str], message: bytes
) -> bytes:
    """The same for a raw message; in a part that is base64 a placeholder is not seen."""
    if not options or len(recipients) != 1:
        return message
    url = _url(region, options, recipients[0])
    head, blank, body = message.partition(b"\r\n\r\n" if b"\r\n\r\n" in message else b"\n\n")
    end = b"\r\n" if blank.startswith(b"\r") else b"\n"
    lines = "".join(f"{name}: {value}{end.decode()}" for name, value in _headers(url)).encode()
    kept = _OWN_HEADERS.sub(b"", head + end)
    return (
        lines
        + kept.removesuffix(end)
        + blank
        + body.replace(PLACEHOLDER.encode(), url.encode(), MAXIMUM_LINKS)
    )


def _headers(url: str) -> list[tuple[str, str]]:
    """One-click unsubscribing, RFC 8058."""
    return list(zip(HEADERS, (f"<{url}>", "List-Unsubscribe=One-Click"), strict=True))


def _url(region: Region, options: dict[str, Any], address: str) -> str:
    query = {"address": address, **({"topic": options["TopicName"]} if options.get("TopicName") else {})}
    host = f"unsubscribe.{region.name}.amazonses.invalid"
    return f"https://{host}/{quote(options['ContactListName'])}?{urlencode(query)}"
