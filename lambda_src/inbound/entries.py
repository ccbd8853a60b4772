"""The entries of a list: addresses, and what is none."""

import re
from dataclasses import dataclass

from lambda_src.inbound import marks
from lambda_src.shared.addresses import is_address

_BREAK = r"<br\s{0,9}/?>"
# White space of any kind, the marks of no width that HTML editors leave, and <br> written in plain text.
_IGNORED = re.compile(rf"(?i){_BREAK}|[\s{marks.WIDTHLESS}]")
_SPACES = re.compile(rf"(?i)(?:{_BREAK}|\s)+")
_OPENING, _CLOSING = "[({<", "])}>"
_BRACKETS = _OPENING + _CLOSING
LONGEST_LIST = 64 * 1024
LONGEST_DOMAIN = 253
MOST_INVALID = 100


@dataclass(frozen=True)
class Recipients:
    """What a list holds: addresses, each once, and entries that are none. `found`: there was a list.

    `not_allowed` are good addresses that the rules leave out (decide.py).
    """

    found: bool
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    not_allowed: tuple[str, ...] = ()


def parse(text: str) -> Recipients:
    """The addresses of a list: separated by commas; white space and the brackets around them are ignored.

    What is no address is given as it was written, white space aside.
    """
    valid: dict[str, str] = {}
    invalid: dict[str, None] = {}
    if len(text) > LONGEST_LIST:
        return Recipients(True, (), (f"(a list of {len(text)} characters)",))
    for entry in _without_around(marks.without_widthless(text)).split(","):
        address = _ascii(_IGNORED.sub("", entry).strip(_BRACKETS))
        if is_address(address):
            valid.setdefault(address.lower(), address)
        elif address and len(invalid) < MOST_INVALID:
            invalid[_without_around(entry)[:254]] = None
    return Recipients(True, tuple(valid.values()), tuple(invalid))


def _ascii(address: str) -> str:
    """The address with its domain as mail programs send it: münchen.example is xn--mnchen-3ya.example.

    Only where that is the same domain again on the way back: straße.example is not strasse.example.
    """
    local, at, domain = address.rpartition("@")
    if address.isascii() or not at or len(domain) > LONGEST_DOMAIN:
        return address
    try:
        encoded = domain.encode("idna")
        back = encoded.decode("idna")
    except UnicodeError:
        return address
    return f"{local}@{encoded.decode('ascii')}" if back == domain.lower() else address


def _without_around(text: str) -> str:
    """The text with single spaces, without the brackets that are around all of it or have no partner."""
    words = _SPACES.sub(" ", text)
    partners = _partners(words)
    first, end = 0, len(words)
    while first < end:
        if words[first] == " ":
            first += 1
        elif words[end - 1] == " ":
            end -= 1
        elif words[first] in _BRACKETS and partners.get(first) is None:
            first += 1
        elif words[end - 1] in _BRACKETS and partners.get(end - 1) is None:
            end -= 1
        elif first < end - 1 and partners.get(first) == end - 1:
            first, end = first + 1, end - 1
        else:
            break
    return words[first:end]


def _partners(text: str) -> dict[int, int]:
    """For each bracket that has a partner, where that is."""
    waiting: dict[str, list[int]] = {opening: [] for opening in _OPENING}
    partners: dict[int, int] = {}
    for place, character in enumerate(text):
        if character in waiting:
            waiting[character].append(place)
        elif character in _CLOSING and waiting[_OPENING[_CLOSING.index(character)]]:
            other = waiting[_OPENING[_CLOSING.index(character)]].pop()
            partners[other], partners[place] = place, other
    return partners
