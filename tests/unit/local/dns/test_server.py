"""DNS as strangers find it: dnspython and dig against the server on loopback."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest

from mailroom.local.adapter.zones import zone_records
from mailroom.local.dns.answers import Answers
from mailroom.local.dns.table import Table
from mailroom.local.engine.records import Record, quoted
from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region
from tests.unit.local.dns.asking import Asker

ZONE = [
    Record("mail.example.", "SOA", "ns.mail.example. who.mail.example. 1 7200 900 1209600 86400", 900),
    Record("mail.example.", "MX", "10 in.mail.example"),
    Record("mail.example", "MX", "20 else.example."),
    Record("a.mail.example", "A", "192.0.2.1"),
    Record("a.mail.example", "A", "192.0.2.2"),
    Record("x.y.mail.example", "TXT", quoted("deep")),
    Record("*.w.mail.example", "A", "192.0.2.3"),
    Record("*.w.mail.example", "TXT", quoted("wild")),
    Record("there.w.mail.example", "TXT", quoted("there")),
    Record("alias.mail.example", "CNAME", "a.mail.example"),
    Record("out.mail.example", "CNAME", "nobody.far.example."),
    Record("round.mail.example", "CNAME", "trip.mail.example."),
    Record("trip.mail.example", "CNAME", "round.mail.example."),
    Record("wrong.mail.example", "A", "no address"),
    Record("bad..example", "A", "192.0.2.9"),
]


@pytest.mark.parametrize(
    ("name", "kind", "code", "data"),
    [
        ("MAIL.example", "MX", "NOERROR", ["10 in.mail.example.", "20 else.example."]),
        ("a.mail.example", "A", "NOERROR", ["192.0.2.1", "192.0.2.2"]),
        ("alias.mail.example", "A", "NOERROR", ["192.0.2.1", "192.0.2.2"]),
        ("any.w.mail.example", "A", "NOERROR", ["192.0.2.3"]),
        ("an.y.w.mail.example", "TXT", "NOERROR", ["wild"]),
        ("ma.ny.la.bels.w.mail.example", "A", "NOERROR", ["192.0.2.3"]),
        ("there.w.mail.example", "TXT", "NOERROR", ["there"]),
        ("a.mail.example", "TXT", "NOERROR", []),
        ("there.w.mail.example", "A", "NOERROR", []),  # a name that exists hides the wildcard
        ("any.w.mail.example", "AAAA", "NOERROR", []),
        ("y.mail.example", "TXT", "NOERROR", []),  # nothing there, but something below
        ("no.mail.example", "A", "NXDOMAIN", []),
        ("far.example", "A", "NXDOMAIN", []),
        ("out.mail.example", "A", "NXDOMAIN", []),
        ("round.mail.example", "A", "SERVFAIL", []),
        ("wrong.mail.example", "A", "SERVFAIL", []),
    ],
)  # fmt: skip
def test_names_of_a_zone(
    asker: Asker, zones: list[Record], name: str, kind: str, code: str, data: list[str]
) -> None:
    """Records, aliases, wildcards, empty names and names that are not there."""
    zones.extend(ZONE)
    assert (asker.code(name, kind), sorted(asker.texts(name, kind))) == (code, data)


@pytest.mark.parametrize(
    ("name", "apex"),
    [("no.mail.example", "mail.example."), ("a.mail.example", "mail.example."), ("far.example", ".")],
)
def test_what_is_not_there_is_said_by_its_zone(
    asker: Asker, zones: list[Record], name: str, apex: str
) -> None:
    """With the SOA by which it may be remembered (RFC 2308)."""
    zones.extend(ZONE)
    (soa,) = asker.ask(name, "TXT").authority
    assert soa.name.to_text() == apex


def test_a_zone_is_believed_before_what_ses_asks_for(
    asker: Asker, region: Region, zones: list[Record]
) -> None:
    """Without a record of the owner's the name is as SES wants it; with one it is the owner's."""
    token = identities.new_identity(region, "mail.example")["DkimAttributes"]["Tokens"][0]
    name = f"{token}._domainkey.mail.example"
    assert asker.texts(name, "CNAME") == [f"{token}.dkim.amazonses.com."]
    zones.append(Record(name, "CNAME", "typing.error.example."))
    assert asker.texts(name, "CNAME") == ["typing.error.example."]


def test_mail_from_and_ses_s_own_names(asker: Asker, region: Region) -> None:
    """A custom MAIL FROM has the MX and SPF that SES asks for; SES's hosts are this machine."""
    identity = identities.new_identity(region, "mail.example")
    identity["MailFromAttributes"] = {"MailFromDomain": "b.mail.example", "MailFromDomainStatus": "SUCCESS"}
    assert asker.texts("b.mail.example", "MX") == ["10 feedback-smtp.eu-west-1.amazonses.com."]
    assert asker.texts("b.mail.example", "TXT") == ["v=spf1 include:amazonses.com ~all"]
    assert asker.texts("amazonses.com", "TXT") == ["v=spf1 ip4:127.0.0.1 -all"]
    for host in ("inbound-smtp.eu-west-1.amazonaws.com", "feedback-smtp.eu-west-1.amazonses.com"):
        assert asker.texts(host, "A") == ["127.0.0.1"]
    assert asker.code("inbound-smtp.xx-nowhere-1.amazonaws.com", "A") == "NXDOMAIN"


def test_a_large_answer_is_cut_by_udp_and_whole_by_tcp(asker: Asker, zones: list[Record]) -> None:
    """The client is told (TC), and gets all of it by the other way."""
    zones.extend(Record("big.example", "TXT", quoted(f"{number:03}" + "x" * 300)) for number in range(30))
    query = dns.message.make_query("big.example", "TXT", use_edns=False)
    cut = dns.query.udp(query, "127.0.0.1", 20, asker.port)
    assert cut.flags & dns.flags.TC
    assert len(cut.to_wire()) <= 512
    assert len(asker.texts("big.example", "TXT")) == 30


def test_dnspython_s_resolver_is_content(asker: Asker, zones: list[Record]) -> None:
    """A resolver that is pointed here answers as one of the world would."""
    zones.extend(ZONE)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], asker.port
    assert sorted(one.address for one in resolver.resolve("alias.mail.example", "A")) == [
        "192.0.2.1",
        "192.0.2.2",
    ]
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("no.mail.example", "A")
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("mail.example", "A")


@pytest.mark.skipif(shutil.which("dig") is None, reason="dig is not installed")
def test_dig_is_content(asker: Asker, region: Region, zones: list[Record]) -> None:
    """The line that `mailroom local up` prints, as typed: a 2048-bit key in its two strings, a zone's record."""
    zones.extend(ZONE)
    token = identities.new_identity(region, "sign.example")["DkimAttributes"]["Tokens"][0]

    def dig(*words: str) -> str:
        command = ["dig", "@127.0.0.1", "-p", str(asker.port), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    for way in ("+notcp", "+tcp"):
        target, key = dig("+short", way, f"{token}._domainkey.sign.example", "TXT").splitlines()
        assert target == f"{token}.dkim.amazonses.com."
        assert key.startswith('"p=MIIBIjANBg')
        assert len(key.replace('" "', "").strip('"')) == 394
    assert sorted(dig("+short", "mail.example", "MX").splitlines()) == [
        "10 in.mail.example.",
        "20 else.example.",
    ]
    assert "status: NXDOMAIN" in dig("no.mail.example", "A")
    assert "WARNING" not in dig("a.mail.example", "A")


def odd(wire: bytes, port: int) -> dns.message.Message:
    """The answer to bytes that no client would send."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(20)
        asking.sendto(wire, ("127.0.0.1", port))
        return dns.message.from_wire(asking.recv(4096), ignore_trailing=True)


def query(name: str = "mail.example", kind: str = "A", **more: Any) -> dns.message.Message:
    return dns.message.make_query(name, kind, **more)


def notify() -> dns.message.Message:
    message = query()
    message.set_opcode(dns.opcode.NOTIFY)
    return message


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (query(kind="AXFR").to_wire(), "REFUSED"),
        (query("version.bind", "TXT", rdclass="CH").to_wire(), "REFUSED"),
        (notify().to_wire(), "NOTIMP"),
        (b"\x12\x34\x01\x00" + b"\x00" * 8, "FORMERR"),
        (query().to_wire()[:-3], "FORMERR"),
    ],
    ids=["zone transfer", "class CH", "NOTIFY", "no question", "cut"],
)
def test_what_is_not_answered_is_refused_by_name(asker: Asker, wire: bytes, code: str) -> None:
    """Never in silence."""
    answer = odd(wire, asker.port)
    assert dns.rcode.to_text(answer.rcode()) == code
    assert answer.id == int.from_bytes(wire[:2], "big")


def test_what_is_no_query_ends_nothing(asker: Asker, zones: list[Record]) -> None:
    """An answer is not answered, bytes are not choked on; the next query is, on a connection that breaks off too."""
    zones.extend(ZONE)
    answer = dns.message.make_response(query()).to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for wire in (b"", b"\x00", answer):
            asking.sendto(wire, ("127.0.0.1", asker.port))
    for wire in (struct.pack("!H", len(answer)) + answer, struct.pack("!H", 500) + b"short"):
        with socket.create_connection(("127.0.0.1", asker.port), 20) as connection:
            connection.sendall(wire)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    assert asker.code("mail.example", "MX") == "NOERROR"


def test_two_servers_do_not_talk_for_ever() -> None:
    """What says that it is an answer gets none, nor what is too short to be anything."""
    answers = Answers(lambda: Table(ZONE))
    asked = query(kind="MX").to_wire()
    answer = answers.to(asked, tcp=False)
    assert answer is not None
    assert answers.to(answer, tcp=False) is answers.to(asked[:11], tcp=True) is None


def test_a_route_53_that_fails_is_no_name_that_is_missing(
    asker: Asker, zones: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SERVFAIL, which is asked again, and not NXDOMAIN, which is believed."""

    def fail(self: Any) -> str:
        raise RuntimeError("throttled")

    zones.extend(ZONE)
    monkeypatch.setattr(Record, "text", fail)
    assert asker.code("mail.example", "MX") == "SERVFAIL"


class FakeRoute53:
    """Two zones, the records of one on two pages."""

    def get_paginator(self, operation: str) -> Any:
        return self if operation == "list_hosted_zones" else _Records()

    def paginate(self) -> list[dict[str, Any]]:
        private = {"Id": "1", "Config": {"PrivateZone": True}}
        return [{"HostedZones": [private]}, {"HostedZones": [{"Id": "2"}]}]


class _Records:
    def paginate(self, *, HostedZoneId: str) -> list[dict[str, Any]]:
        assert HostedZoneId == "2"
        wild = {
            "Name": "\\052.example.",
            "Type": "TXT",
            "TTL": 5,
            "ResourceRecords": [{"Value": '"a\\040b"'}],
        }
        alias = {"Name": "example.", "Type": "A", "AliasTarget": {"DNSName": "d1.cloudfront.net."}}
        return [{"ResourceRecordSets": [wild]}, {"ResourceRecordSets": [alias]}]


def test_route_53_s_own_way_of_writing_is_read(asker: Asker, zones: list[Record]) -> None:
    """Octal codes become what they stand for; private zones and aliases are left out."""
    zones.extend(zone_records(FakeRoute53()))
    assert zones == [Record("\\042.example.", "TXT", '"a\\032b"', 5)]
    assert asker.texts("any.example", "TXT") == ["a b"]
