"""The zone file, read back by dnspython: what it says is what was meant."""

from typing import Any

import pytest
from dns import zone
from hypothesis import given
from hypothesis import strategies as st

from mailroom.sending.records import Record
from mailroom.sending.zone_file import line, zone_file

DOMAIN = "mail.example.com"
# A zone has these two itself; a provider's import brings its own.
OWN = "@ 60 IN SOA ns.example.net. hostmaster.example.net. 1 60 60 60 60\n@ 60 IN NS ns.example.net.\n"


def record(name: str, kind: str, value: str) -> Record:
    return Record(name, kind, 1800, value, "why it is needed", False)


def loaded(records: list[Record]) -> Any:
    """The zone that a provider has after the import."""
    text = f"$ORIGIN {DOMAIN}.\n{OWN}{zone_file(records, DOMAIN, 'title')}"
    return zone.from_text(text, origin=f"{DOMAIN}.", relativize=False)


@pytest.mark.parametrize(
    ("name", "kind", "value", "read"),
    [
        (f"tok._domainkey.{DOMAIN}", "CNAME", "tok.dkim.amazonses.com", "tok.dkim.amazonses.com."),
        (f"bounce.{DOMAIN}", "MX", "10 feedback-smtp.eu-west-1.amazonses.com",
         "10 feedback-smtp.eu-west-1.amazonses.com."),
        (DOMAIN, "MX", "0 .", "0 ."),  # null MX: the root itself
        (f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=reject", '"v=DMARC1; p=reject"'),
        (f"sub.{DOMAIN}", "NS", "ns-1.awsdns-1.com.", "ns-1.awsdns-1.com."),  # a dot that is there stays one
        (f"x.{DOMAIN}", "TXT", 'a "quoted" \\ text', '"a \\"quoted\\" \\\\ text"'),
    ],
)  # fmt: skip
def test_each_type_is_read_back(name: str, kind: str, value: str, read: str) -> None:
    """Names in full, hosts with a dot at their end, texts in quotes."""
    found = loaded([record(name, kind, value)]).get_rdataset(f"{name}.", kind)
    assert found.ttl == 1800
    assert read in [one.to_text() for one in found]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=1000))
def test_a_text_of_any_length_comes_back(value: str) -> None:
    """There and back again: in pieces of 255 octets at most, which together are the text."""
    (found,) = loaded([record(f"x.{DOMAIN}", "TXT", value)]).get_rdataset(f"x.{DOMAIN}.", "TXT")
    assert b"".join(found.strings) == value.encode()
    assert all(len(piece) <= 255 for piece in found.strings)
    assert len(found.strings) == max(1, -(-len(value.encode()) // 255))


def test_what_stands_in_another_zone_is_a_comment() -> None:
    """Leave to report stands where the reports go, a delegation in the zone above: here both would be wrong."""
    elsewhere = record(f"{DOMAIN}._report._dmarc.reports.example", "TXT", "v=DMARC1;")
    delegation = record(DOMAIN, "NS", "ns-1.awsdns-1.com")
    text = zone_file([elsewhere, delegation, record(f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1")], DOMAIN, "title")
    assert f"; {line(elsewhere)}" in text.splitlines()
    assert f"; {line(delegation)}" in text.splitlines()
    assert len(loaded([elsewhere, delegation]).nodes) == 1  # the apex that it has itself


def test_without_a_domain_all_are_lines() -> None:
    """For somebody who picks from it by hand."""
    elsewhere = record(f"{DOMAIN}._report._dmarc.reports.example", "TXT", "v=DMARC1;")
    assert line(elsewhere) in zone_file([elsewhere], "", "title").splitlines()
