"""Addresses as SES wants them written.

SES quotes JavaMail's words for what is wrong with one (InternetAddress, strict): seen in public reports, such
as openstax/accounts #253 ("Illegal address", "Local address contains control or whitespace"), anymail #281
("Missing final '@domain'"), aws-lambda-ses-forwarder #103 ("Missing local name"), and probed by
floci-io/floci.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .refusals import Kind, Refusal

MAXIMUM_LENGTH = 320
_CONTROL = re.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]")
ILLEGAL_IN_LOCAL = '()<>,;:\\"[]'


def require(addresses: Iterable[str]) -> None:
    """Refuse an address that is not written right. Each may have a display name. Raises Refusal."""
    for address in addresses:
        words = violation(address)
        if words:
            raise Refusal(Kind.BAD_REQUEST, words)
        if len(address) > MAXIMUM_LENGTH:
            words = f"Address length is more than {MAXIMUM_LENGTH} characters long: '{address}'."
            raise Refusal(Kind.BAD_REQUEST, words)


def violation(address: str) -> str:
    """What is wrong with an address, in SES's words; "" for nothing.

    The local part is 7-bit (no SMTPUTF8), a domain with other letters is to be in Punycode (API reference,
    Destination).
    """
    if not address.strip():
        return f"Invalid email address {address}."
    if _CONTROL.search(address):
        return "Local address contains control or whitespace"
    spec = _without_name(address)
    if spec is None:
        return "Illegal address"
    local, at, domain = _parted(spec)
    return _wrong_in_local(local, at) or _wrong_in_domain(domain)


def _without_name(address: str) -> str | None:
    """The address without display name and comments; None where there are two addresses, or half of one."""
    text = address.strip()
    mask = _mask(text)
    if "," in mask or mask.count("<") != mask.count(">") or mask.count("<") > 1:
        return None
    text = "".join(letter for letter, kind in zip(text, mask, strict=True) if kind != COMMENT).strip()
    mask = _mask(text)
    return text[mask.index("<") + 1 : -1].strip() if mask.endswith(">") else text


QUOTED, COMMENT = "\0", "\1"


def _mask(text: str) -> str:
    """The text with QUOTED for each letter between quotes, and COMMENT for each of a comment."""
    result, quoted, depth, escaped = "", False, 0, False
    for letter in text:
        kind = QUOTED if quoted else COMMENT if depth or letter == "(" else letter
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif letter == '"' and not depth:
            quoted, kind = not quoted, letter
        elif not quoted and letter in "()":
            depth = max(0, depth + (1 if letter == "(" else -1))
        result += kind
    return result


def _parted(spec: str) -> tuple[str, bool, str]:
    """Local part, whether there is an @, and the domain; an @ in quotes is part of the local part."""
    at = _mask(spec).find("@")
    return (spec, False, "") if at < 0 else (spec[:at], True, spec[at + 1 :])


def _wrong_in_local(local: str, at: bool) -> str:
    if local.startswith('"') and local.endswith('"') and len(local) > 1:
        return "" if at else "Missing final '@domain'"
    for letter in local:
        if letter <= " " or letter >= "\x7f":
            return "Local address contains control or whitespace"
        if letter in ILLEGAL_IN_LOCAL:
            return "Local address contains illegal character"
    if not at:
        return "Missing final '@domain'"
    if not local:
        return "Missing local name"
    if local.startswith("."):
        return "Local address starts with dot"
    if ".." in local:
        return "Local address contains dot-dot"
    return "Local address ends with dot" if local.endswith(".") else ""


def _wrong_in_domain(domain: str) -> str:
    if not domain:
        return "Missing domain"
    if domain.startswith("."):
        return "Domain starts with dot"
    for letter in domain:
        if letter <= " " or letter >= "\x7f":
            return "Domain contains control or whitespace"
        if not (letter.isalnum() or letter in "-." or domain.startswith("[")):
            return "Domain contains illegal character"
    if ".." in domain:
        return "Domain contains dot-dot"
    return "Domain ends with dot" if domain.endswith(".") else ""
