"""One query of the wire, answered."""

from __future__ import annotations

import logging
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
from dns.message import Message

from .table import Table

log = logging.getLogger(__name__)

HEADER = 12
LARGEST_TCP = 65535
LARGEST_UDP = 1232
"""What an answer by UDP may hold, whatever the client says (the common bound of DNS flag day 2020)."""
WITHOUT_EDNS = 512
_ZONE_TRANSFERS = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)


class Answers:
    """Answers queries from the table that `look` makes, each from a new one: names change with every call of
    an API."""

    def __init__(self, look: Callable[[], Table]) -> None:
        self._look = look

    def to(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """The answer to a query; None for what is no query, since two servers must not answer each other."""
        if len(wire) < HEADER or wire[2] & 0x80:
            return None
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return wire[:2] + bytes((0x80, dns.rcode.FORMERR)) + bytes(8)
        # It is the whole world to those who ask it: nothing is left for another resolver.
        response = dns.message.make_response(query, recursion_available=True)
        response.flags |= dns.flags.AA
        self._fill(query, response)
        largest = LARGEST_TCP
        if not tcp:
            largest = min(LARGEST_UDP, max(query.payload, WITHOUT_EDNS)) if query.edns >= 0 else WITHOUT_EDNS
        return response.to_wire(max_size=largest, prefer_truncation=True)

    def _fill(self, query: Message, response: Message) -> None:
        refused = _refusal(query)
        if refused is not None:
            response.set_rcode(refused)
            return
        question = query.question[0]
        try:
            found = self._look().find(question.name, question.rdtype)
        except Exception:
            log.exception("%s was not looked up", question.to_text())
            response.set_rcode(dns.rcode.SERVFAIL)
            return
        response.set_rcode(found.code)
        response.answer.extend(found.answer)
        response.authority.extend(found.authority)


def _refusal(query: Message) -> dns.rcode.Rcode | None:
    """The code for what is not answered here; None for a plain query."""
    if query.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if len(query.question) != 1:
        return dns.rcode.FORMERR
    question = query.question[0]
    if question.rdclass != dns.rdataclass.IN or question.rdtype in _ZONE_TRANSFERS:
        return dns.rcode.REFUSED
    return None
