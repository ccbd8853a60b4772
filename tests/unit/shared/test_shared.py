"""What both functions use: addresses, links, logs."""

import json
import re
import time
from typing import Any

import pytest

from lambda_src.shared.addresses import in_domains, is_address, is_domain
from lambda_src.shared.links_table import TOKEN, Link, from_item, to_item, token, token_hash
from lambda_src.shared.logs import Log

GOOD = [
    "a@b.example",
    "a.b+c_d@sub.example.com",
    "o'hara@x-y.example",
    "A!#$%&'*+/=?^_`{|}~-@b.example",
    "x@" + "a" * 63 + ".example",
    "l" * 64 + "@b.example",
    "a@xn--bcher-kva.example",
    "1@2.example",
]
BAD = [
    "",
    "a",
    "@b.example",
    "a@",
    "a@b",
    "a@@b.example",
    "a b@c.example",
    ".a@b.example",
    "a.@b.example",
    "a..b@c.example",
    '"a b"@c.example',
    "a@-b.example",
    "a@b-.example",
    "a@b..example",
    "a@b.example.",
    "a@[192.0.2.1]",
    "a@192.0.2.1",
    "ä@b.example",
    "=?utf-8?q?a?=@b.example",
    "a@bücher.example",
    "a@b.example\n",
    "a@b.example>",
    "l" * 65 + "@b.example",
    "x@" + "a" * 64 + ".example",
    "x@" + "a." * 125 + "example",
]


@pytest.mark.parametrize("value", GOOD)
def test_good_addresses(value: str) -> None:
    """Addresses that RFC 5321 allows and SES takes are addresses."""
    assert is_address(value)


@pytest.mark.parametrize("value", BAD)
def test_bad_addresses(value: str) -> None:
    """What nobody can send to is none."""
    assert not is_address(value)


LINK = Link("h", "m#v", "a@b.example", "attachments/x/1", "ä.pdf", "a/b", 5, "s", 1, 2, 3)


@pytest.mark.parametrize("revoked_at", [None, 7])
def test_link_there_and_back(revoked_at: int | None) -> None:
    """A link that was written is read as it was; one that was never revoked has no such attribute."""
    link = Link(**{**LINK.__dict__, "revoked_at": revoked_at})
    assert from_item(to_item(link)) == link
    assert ("revoked_at" in to_item(link)) == (revoked_at is not None)


def test_tokens() -> None:
    """A token is the same for the same seed, recipient and number, and another one for any other."""
    seed = bytes(32)
    first = token(seed, "a@b.example", 1)
    assert TOKEN.fullmatch(first)
    assert first == token(seed, "a@b.example", 1)
    others = {
        token(seed, "a@b.example", 11),
        token(seed, "b@b.example", 1),
        token(b"\1" * 32, "a@b.example", 1),
    }
    assert len(others | {first}) == 4
    assert len(token_hash(first)) == 64


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_logs(capsys: pytest.CaptureFixture[str]) -> None:
    """A line is one JSON object with the fields of its log; what is below the level is not written."""
    log = Log("WARN", {"request": "r1"}).about(mail="m")
    log.info("quiet")
    log.warning("look", why="x")
    log.error("broken")
    found = lines(capsys)
    # Lambda's filter believes the level only of lines with a time in this form.
    for line in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("timestamp"))
    assert found == [
        {"level": "WARN", "message": "look", "request": "r1", "mail": "m", "why": "x"},
        {"level": "ERROR", "message": "broken", "request": "r1", "mail": "m"},
    ]


@pytest.mark.parametrize("level", Log.LEVELS)
def test_counts(capsys: pytest.CaptureFixture[str], level: str) -> None:
    """A count is a line in CloudWatch's embedded metric format, which the level of the log never hides."""
    Log(level, {"mail": "m"}).count("junk", "dev-inbound")
    [line] = lines(capsys)
    assert (line["level"], line["mail"], line["mails"]) == (level, "m", 1)
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert metric == {
        "Namespace": "Mailroom",
        "Dimensions": [["function", "outcome"]],
        "Metrics": [{"Name": "mails", "Unit": "Count"}],
    }
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60
    assert [line[name] for name in metric["Dimensions"][0]] == ["dev-inbound", "junk"]


@pytest.mark.parametrize(
    ("value", "good"),
    [("b.example", True), (".b.example", True), ("B.Example", True), ("b", False), ("*.b.example", False)]
    + [(value, False) for value in ("", ".", "..b.example", "a@b.example", "b.example,", "-b.example")],
)
def test_domains(value: str, good: bool) -> None:
    """A domain, or a dot and a domain for what is below it."""
    assert is_domain(value) == good


def test_addresses_in_domains() -> None:
    """An address belongs to its own domain and to those above it, by whole labels."""
    assert in_domains("a@B.example", ["b.example"])
    assert not in_domains("a@s.b.example", ["b.example"])
    assert in_domains("a@s.b.example", [".B.example"])
    assert not in_domains("a@b.example", [".b.example"])
    assert not in_domains("a@ab.example", ["b.example", ".b.example"])
    assert in_domains("a@anything.example", [])
