"""E-mail addresses as RFC 5321 writes them and SES takes them: ASCII, no quoted local part, a real domain."""

import re
from collections.abc import Sequence

# RFC 5321 4.1.2 (Dot-string, sub-domain), lengths by 4.5.3.1.1, 4.5.3.1.2 and RFC 1035 2.3.4 (label: 63).
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# RFC 5321 allows it, but every reader of a header takes it for an encoded word (RFC 2047).
_WORD = re.compile(r"=\?[^?]*\?[bBqQ]\?")
MAXIMUM_LENGTH = 254


def is_address(value: str) -> bool:
    """Whether `value` is one address that mail can be sent to: local@domain, nothing around it."""
    local, _, domain = value.rpartition("@")
    if len(value) > MAXIMUM_LENGTH or len(local) > 64 or not _LOCAL.fullmatch(local):
        return False
    if _WORD.search(value):
        return False
    labels = domain.split(".")
    return len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def is_domain(value: str) -> bool:
    """Whether `value` can stand in a list of domains: example.com, or .example.com for all below it."""
    return is_address(f"a@{value.removeprefix('.')}")


def in_domains(address: str, domains: Sequence[str]) -> bool:
    """Whether an address belongs to one of `domains`, whatever the letters' case; to no list belong all."""
    domain = address.rpartition("@")[2].lower()
    wanted = [entry.lower() for entry in domains]
    return not wanted or any(
        domain.endswith(entry) if entry.startswith(".") else domain == entry for entry in wanted
    )
