"""All names there are, and what DNS answers for one: the algorithm of RFC 1034 4.3.2 for a world that is one
table."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from ..engine.records import Record

log = logging.getLogger(__name__)

LONGEST_CHAIN = 8
ROOT_SOA = "localhost. nobody.invalid. 1 3600 600 86400 60"
"""Whoever looks for a name that no zone holds is told so by the root, which is here."""

_WILDCARD = b"*"


@dataclass(frozen=True)
class Found:
    """An answer: its code, the records, and the SOA that says so where there are none."""

    code: dns.rcode.Rcode
    answer: tuple[RRset, ...] = ()
    authority: tuple[RRset, ...] = ()


class Table:
    """The names of `records`, and of `implied` where `records` do not have the name."""

    def __init__(self, records: Iterable[Record], implied: Iterable[Record] = ()) -> None:
        self._nodes: dict[Name, dict[RdataType, list[Record]]] = {}
        self._names: set[Name] = {dns.name.root}
        self._add(Record(".", "SOA", ROOT_SOA), dns.name.root)
        for record in records:
            self._add(record, _name(record))
        taken = set(self._nodes)
        for record in implied:
            name = _name(record)
            if name not in taken:
                self._add(record, name)

    def _add(self, record: Record, name: Name | None) -> None:
        if name is None:
            return
        kind = dns.rdatatype.from_text(record.kind)
        self._nodes.setdefault(name, {}).setdefault(kind, []).append(record)
        while name not in self._names:  # what is above a name exists, too (RFC 8020)
            self._names.add(name)
            name = name.parent()

    def find(self, name: Name, kind: RdataType) -> Found:
        """What DNS answers: CNAMEs are followed within the table. Raises dns.exception.DNSException where a
        record is written wrongly."""
        chain: list[RRset] = []
        for _ in range(LONGEST_CHAIN):
            node = self._node(name)
            if node is None:
                return Found(dns.rcode.NXDOMAIN, tuple(chain), (self._soa(name),))
            if kind == RdataType.ANY and node:
                return Found(dns.rcode.NOERROR, (*chain, *(_rrset(name, one, node[one]) for one in node)))
            if kind in node:
                return Found(dns.rcode.NOERROR, (*chain, _rrset(name, kind, node[kind])))
            if RdataType.CNAME not in node:
                return Found(dns.rcode.NOERROR, tuple(chain), (self._soa(name),))
            chain.append(_rrset(name, RdataType.CNAME, node[RdataType.CNAME][:1]))
            name = chain[-1][0].target
        return Found(dns.rcode.SERVFAIL)

    def texts(self, name: str, kind: str) -> list[str]:
        """The data of a name, as zone files have it; [] where there is none."""
        asked = dns.rdatatype.from_text(kind)
        found = self.find(dns.name.from_text(name), asked).answer
        return [data.to_text() for rrset in found if rrset.rdtype == asked for data in rrset]

    def _node(self, name: Name) -> dict[RdataType, list[Record]] | None:
        """What is at a name, by a wildcard above it if need be (RFC 4592); None where nothing is."""
        if name in self._names:
            return self._nodes.get(name, {})
        encloser = name.parent()
        while encloser not in self._names:
            encloser = encloser.parent()
        return self._nodes.get(dns.name.Name((_WILDCARD, *encloser.labels)))

    def _soa(self, name: Name) -> RRset:
        """The SOA of the zone that a name is in."""
        while RdataType.SOA not in self._nodes.get(name, {}):
            name = name.parent()
        return _rrset(name, RdataType.SOA, self._nodes[name][RdataType.SOA])


def _name(record: Record) -> Name | None:
    """A record's name; None for one that DNS cannot have, which is left out."""
    try:
        return dns.name.from_text(record.name)
    except dns.exception.DNSException as problem:
        log.warning("%s has no place in DNS: %s", record.name, problem)
        return None


def _rrset(name: Name, kind: RdataType, records: list[Record]) -> RRset:
    texts = dict.fromkeys(record.text() for record in records)
    # Names in the data are whole, with or without the dot at the end: Route 53 takes both.
    data = (
        dns.rdata.from_text(dns.rdataclass.IN, kind, text, dns.name.root, relativize=False) for text in texts
    )
    return dns.rrset.from_rdata_list(name, min(record.ttl for record in records), list(data))
