"""The headers of a raw message that are meant for SES: read, obeyed, and not passed on.

SES developer guide, "Specifying a configuration set when you send email", "Sending emails for the identity
owner", "Using list management". They hold for SMTP and for raw sends by the API; of several the first counts,
and what a call names by a parameter wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..protocol.messages import ServiceError
from .addresses import all_bare, configuration_set_for, covers, verified
from .compose import headers_of
from .state import Region

if TYPE_CHECKING:
    from .sending import Outgoing

_NAMES = (
    rb"configuration-set|message-tags|source-arn|from-arn|return-path-arn|list-management-options"  # X-SES-…
)
_LINES = re.compile(
    rb"^x-ses-(?:" + _NAMES + rb"):[^\n]*(?:\n(?:[ \t][^\n]*(?:\n|\Z))*|\Z)", re.IGNORECASE | re.MULTILINE
)
_BLANK = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class OwnHeaders:
    """What they say; "" and nothing where they are not there."""

    configuration_set: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    source_arn: str = ""
    from_arn: str = ""
    return_path_arn: str = ""


def read(message: bytes) -> OwnHeaders:
    """SES's own headers of a raw message."""
    headers = headers_of(message)

    def value(name: str) -> str:
        return " ".join(str(headers.get(f"X-SES-{name}", "")).split())

    tags = (tag.partition("=") for tag in value("MESSAGE-TAGS").split(","))
    return OwnHeaders(
        value("CONFIGURATION-SET"),
        tuple((name.strip(), said.strip()) for name, _, said in tags if said.strip()),
        value("SOURCE-ARN"),
        value("FROM-ARN"),
        value("RETURN-PATH-ARN"),
    )


def without(message: bytes) -> bytes:
    """The message without them; the body is left alone."""
    blank = _BLANK.search(message)
    # The first line end of the blank line belongs to the last header.
    end = message.find(b"\n", blank.start()) + 1 if blank else len(message)
    return _LINES.sub(b"", message[:end]) + message[end:]


def obeyed(region: Region, outgoing: Outgoing) -> Outgoing:
    """What is to be sent, with what its headers say, and with its identity's default configuration set where
    nothing names one.

    Raises ServiceError (MessageRejected) where a named identity (ARN) is not the address's.
    """
    own = read(outgoing.message)
    _check_named(region, outgoing, own)
    return replace(
        outgoing,
        message=without(outgoing.message),
        configuration_set=configuration_set_for(
            region, outgoing.configuration_set or own.configuration_set, outgoing.sender
        ),
        tags=outgoing.tags or list(own.tags),
    )


def _check_named(region: Region, outgoing: Outgoing, own: OwnHeaders) -> None:
    """An ARN must be a verified identity of this account and Region, and cover the address it is named for.
    The source's holds for the From address where that has none of its own."""
    headers = headers_of(outgoing.message)
    authors = all_bare([str(value) for value in headers.get_all("From", [])])
    back = all_bare([str(value) for value in headers.get_all("Return-Path", [])]) or [outgoing.sender]
    named = [(own.source_arn, outgoing.sender)]
    named += [(own.from_arn or own.source_arn, author) for author in authors]
    named += [(own.return_path_arn, address) for address in back]
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
