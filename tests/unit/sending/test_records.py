"""The records that the domains need: which are whose, as a table, as JSON, and beside what DNS has."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from dns import rdata
from typer.testing import CliRunner

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.sending import app, check
from mailroom.sending.records import Record, of_domain, read
from mailroom.sending.zone_file import data

KEY = "p=" + "Ab1+" * 98
OUTPUT = [
    {"name": name, "type": kind, "ttl": 1800, "value": value, "why": "why", "made": made}
    for name, kind, value, made in (
        ("example.com", "NS", "ns-1.example.net.", False),
        ("t1._domainkey.mail.example.com", "CNAME", "t1.dkim.amazonses.com", True),
        ("_dmarc.mail.example.com", "TXT", "v=DMARC1; p=reject", True),
        ("own._domainkey.mail.example.com", "TXT", KEY, True),
        ("bounce.mail.example.com", "MX", "10 feedback-smtp.eu-west-1.amazonses.com", True),
        ("mail.example.com._report._dmarc.reports.example", "TXT", "v=DMARC1;", False),
        ("_dmarc.notmail.example.com", "TXT", "v=DMARC1; p=none", False),
    )
]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `mailroom sending …` in an environment that has these outputs."""
    environment = SimpleNamespace(dns=None, output=lambda name: {"dns_records": OUTPUT}[name])
    monkeypatch.setattr(Environment, "load", classmethod(lambda _, env, name="default": environment))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["records", *arguments])

    return run


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("mail.example.com", ["t1", "_dmarc", "own", "bounce", "mail"]),
        ("MAIL.example.com.", ["t1", "_dmarc", "own", "bounce", "mail"]),
        ("example.com", ["example", "t1", "_dmarc", "own", "bounce", "mail", "_dmarc"]),
        ("reports.example", ["mail"]),  # it stands there
        ("", ["example", "t1", "_dmarc", "own", "bounce", "mail", "_dmarc"]),
    ],
)
def test_a_domain_has_its_own_records_and_those_below_it(domain: str, names: list[str]) -> None:
    """Another domain that ends with the same letters has none of them; leave to report belongs to both sides."""
    found = of_domain(read(OUTPUT), domain)
    assert [record.name.partition(".")[0] for record in found] == names


def test_a_domain_without_records_is_told_which_have_some() -> None:
    """The error names the domains that there are."""
    with pytest.raises(
        MailroomError, match=r"no record of else\.example .* mail\.example\.com, notmail"
    ) as none:
        of_domain(read(OUTPUT), "else.example", "prod")
    assert none.value.hint == "mailroom sending records mail.example.com --env prod"
    with pytest.raises(MailroomError, match="sending is switched off"):
        of_domain([], "")


def test_the_table_has_every_value_whole(ask: Any) -> None:
    """Nothing is cut: a key of 2048 bits is there to the last letter, folded where it must be."""
    shown = ask().stdout
    assert "Route 53" in shown
    assert "to paste" in shown
    assert "…" not in shown
    assert KEY in "".join(shown.replace("Route 53", "").replace("why", "").split())


def test_json_is_what_terraform_says(ask: Any) -> None:
    """For programs: the records as they are in the output."""
    assert json.loads(ask("mail.example.com", "--json").stdout)[0] == OUTPUT[1]


def test_a_zone_file_is_by_itself(ask: Any) -> None:
    """Beside JSON or a check it would be two answers at once."""
    assert isinstance(ask("--zone-file", "--json").exception, MailroomError)


################################################################################
# Beside what DNS has
################################################################################


class FakeDns:
    """A DNS that has these records: (name, type) -> as a zone file says them."""

    def __init__(self, records: dict[tuple[str, str], list[str]]) -> None:
        self.records = records

    def answers(self, name: str, kind: str) -> list[Any]:
        return [rdata.from_text("IN", kind, text) for text in self.records.get((name, kind), [])]


def published() -> dict[tuple[str, str], list[str]]:
    """All of OUTPUT, as it should be."""
    return {(record.name, record.type): [data(record)] for record in read(OUTPUT)}


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([], check.MISSING),
        (['"v=DMARC1; p=reject"'], check.OK),
        (['"v=DMARC1; " "p=reject"'], check.OK),  # the same text, in other pieces
        (['"v=DMARC1; p=none"'], check.DIFFERS),
        (['"v=DMARC1; P=REJECT"'], check.DIFFERS),  # a text is not a name: its letters count
        (['"v=spf1 -all"', '"v=DMARC1; p=reject"'], check.OK),  # others may stand beside it
    ],
)
def test_a_text_is_compared_as_it_is_read(found: list[str], state: str) -> None:
    """Pieces do not matter, other texts of the name do not matter, letters do."""
    record = Record("_dmarc.mail.example.com", "TXT", 60, "v=DMARC1; p=reject", "why", True)
    assert check.look(record, FakeDns({(record.name, "TXT"): found})).state == state


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (["10 FEEDBACK-SMTP.eu-west-1.amazonses.com."], check.OK),
        (["20 feedback-smtp.eu-west-1.amazonses.com."], check.DIFFERS),
        (["10 feedback-smtp.us-east-1.amazonses.com."], check.DIFFERS),  # another Region's
    ],
)
def test_a_host_is_compared_as_a_name(found: list[str], state: str) -> None:
    """Capitals do not matter in names; the preference and the Region do."""
    record = Record(
        "bounce.mail.example.com", "MX", 60, "10 feedback-smtp.eu-west-1.amazonses.com", "why", True
    )
    assert check.look(record, FakeDns({(record.name, "MX"): found})).state == state


def test_a_server_that_does_not_answer_is_no_missing_record() -> None:
    """It is told apart, and the others are looked at all the same."""

    class Deaf(FakeDns):
        def answers(self, name: str, kind: str) -> list[Any]:
            if kind == "MX":
                raise MailroomError("DNS does not answer for this: Timeout.")
            return super().answers(name, kind)

    states = [finding.state for finding in check.look_at_all(read(OUTPUT), Deaf(published()))]
    assert states == ["ok", "ok", "ok", "ok", "no answer", "ok", "ok"]


def test_check_says_what_is_missing_and_what_is_there_instead(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 with the value that DNS has; 0 when all are there."""
    world = published()
    monkeypatch.setattr("mailroom.inbound.doctor.dns.RealDns", lambda server: FakeDns(world))
    fine = ask("--check", "--json")
    assert fine.exit_code == 0
    assert {row["state"] for row in json.loads(fine.stdout)} == {"ok"}

    world["_dmarc.mail.example.com", "TXT"] = ['"v=DMARC1; p=none"']
    del world["bounce.mail.example.com", "MX"]
    told = ask("--check")
    assert told.exit_code == 1
    assert '_dmarc.mail.example.com TXT: DNS has "v=DMARC1; p=none"' in told.stdout
    assert "missing" in told.stdout
    assert "5 of 7 records are there" in told.stderr
