"""SES's own headers in a raw message: they say what the call did not, and are not passed on.

("Specifying a configuration set when you send email", "Sending emails for the identity owner" and "Using list
management", SES developer guide. By SMTP they are the only way to say it. Of several the first counts.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..protocol.messages import ServiceError
from .addresses import all_bare, covers, verified
from .compose import headers_of
from .state import Region

_OWN = re.compile(
    rb"^X-SES-(?:CONFIGURATION-SET|MESSAGE-TAGS|LIST-MANAGEMENT-OPTIONS|SOURCE-ARN|FROM-ARN|RETURN-PATH-ARN)"
    rb":[^\n]*(?:\n(?:[ \t][^\n]*(?:\n|\Z))*|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class OwnHeaders:
    """What the headers said: a configuration set ("" for none), tags, SESv2's ListManagementOptions, and the
    ARNs of the identities of the envelope's sender, the From address and the Return-Path ("" for none)."""

    configuration_set: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    list_management: dict[str, Any] | None = None
    source_arn: str = ""
    from_arn: str = ""
    return_path_arn: str = ""


def read(message: bytes) -> OwnHeaders:
    """What SES's own headers of a raw message say."""
    headers = headers_of(message)

    def value(name: str) -> str:
        return " ".join(str(headers.get(f"X-SES-{name}", "")).split())

    tags = (tag.partition("=") for tag in value("MESSAGE-TAGS").split(","))
    return OwnHeaders(
        value("CONFIGURATION-SET"),
        tuple((name.strip(), said.strip()) for name, _, said in tags if said.strip()),
        _list_management(value("LIST-MANAGEMENT-OPTIONS")),
        value("SOURCE-ARN"),
        value("FROM-ARN"),
        value("RETURN-PATH-ARN"),
    )


def taken_out(message: bytes) -> tuple[bytes, OwnHeaders]:
    """A raw message without SES's own headers, and what they said. The body is left alone."""
    blank = _BLANK.search(message)
    # The first line end of the blank line belongs to the last header.
    end = message.find(b"\n", blank.start()) + 1 if blank else len(message)
    return _OWN.sub(b"", message[:end]) + message[end:], read(message)


def check_named(region: Region, own: OwnHeaders, sender: str, message: bytes, return_path: str = "") -> None:
    """Refuse an ARN that is not a verified identity of this account and Region, or that does not cover the
    address it is named for. The source's holds for the From address where that has none of its own.

    `sender` is the envelope's, `return_path` the address that a call of the API names for what comes back.
    Raises ServiceError (MessageRejected).
    """
    headers = headers_of(message)
    authors = all_bare([str(value) for value in headers.get_all("From", [])])
    back = all_bare([return_path or str(value) for value in headers.get_all("Return-Path", [return_path])])
    named = [(own.source_arn, sender)]
    named += [(own.from_arn or own.source_arn, author) for author in authors]
    named += [(own.return_path_arn, address) for address in back or [sender]]
    failed = [address for arn, address in named if arn and not _stands_for(region, arn, address)]
    if failed:
        raise ServiceError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{region.name.upper()}: {', '.join(dict.fromkeys(failed))}",
        )


def _stands_for(region: Region, arn: str, address: str) -> bool:
    name = arn.partition(":identity/")[2]
    return arn == region.arn("identity", name) and verified(region, name) and covers(name, address)


def _list_management(value: str) -> dict[str, Any] | None:
    """`{contactListName}; topic={topicName}`."""
    name, _, rest = value.partition(";")
    if not name.strip():
        return None
    topic = rest.strip().removeprefix("topic=").strip()
    return {"ContactListName": name.strip(), **({"TopicName": topic} if topic else {})}
