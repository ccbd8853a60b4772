"""`mailroom inbound doctor`: one cause is one trouble, and what cannot be seen is said so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from mailroom.errors import MailroomError
from mailroom.inbound.doctor.receiving import catches
from tests.unit.inbound.commands.sickroom import (
    ACTIVE,
    ADDRESS,
    BEFORE,
    HEALTHY,
    OUR_RULE,
    look,
    put,
    refused,
)


@pytest.mark.parametrize(
    "problem", [refused("AccessDenied", "GetAccount"), EndpointConnectionError(endpoint_url="x")]
)
def test_a_check_that_cannot_be_made(world: dict[str, Any], problem: Exception) -> None:
    """What AWS refuses to tell is said as not looked at, and ends no other check."""
    world["sesv2.get_account"] = problem
    results = look(world)
    unknown = {name for name, result in results.items() if result.state == "unknown"}
    assert unknown == {"account may send", "quota", "sandbox"}
    assert all(results[name].do for name in unknown)
    assert len(results) == len(
        look({**HEALTHY, **{name: world[name] for name in ("outputs", "dns", "hosts", "former", "failed")}})
    )


@pytest.mark.parametrize("active", [{}, {"Metadata": {"Name": "b"}, "Rules": [BEFORE]}])
def test_an_inactive_rule_set_is_one_trouble(world: dict[str, Any], active: dict[str, Any]) -> None:
    """Where no rule set or another one is active, ours is judged by itself: the cause is named once, with no alarm after it."""
    world[ACTIVE] = active
    results = look(world)
    assert [name for name, result in results.items() if result.state != "ok"] == ["rule set active"]
    assert results["our rule"].says == "m-inbound of m takes this address"
    world["ses.describe_receipt_rule_set"]["Rules"][0]["Enabled"] = False
    assert "switched off" in look(world)["our rule"].says


def test_a_rule_set_that_is_gone(world: dict[str, Any]) -> None:
    """Where our rule set is not there, that is the one trouble; what depends on it is not seen."""
    world[ACTIVE] = {}
    world["ses.describe_receipt_rule_set"] = refused("RuleSetDoesNotExist", "DescribeReceiptRuleSet")
    found = {name: result.state for name, result in look(world).items() if result.state != "ok"}
    unseen = dict.fromkeys(("our rule", "rules before ours", "TLS"), "unknown")
    assert found == {"rule set active": "trouble", **unseen}
    assert "there is no rule set m" in look(world)["rule set active"].says


def test_our_rule_by_its_name(world: dict[str, Any]) -> None:
    """Another environment's rule that writes to our bucket first is not taken for ours."""
    world[ACTIVE]["Rules"].insert(0, {**OUR_RULE, "Name": "other", "Recipients": ["x@y.example"]})
    assert look(world)["our rule"].says == "m-inbound of m takes this address"


def test_a_block_that_may_be_meant(world: dict[str, Any]) -> None:
    """A narrower block, or one with exceptions, is named: whether the device is in it cannot be seen."""
    rows = [("Block", "0.0.0.0/0", "all"), ("Allow", "192.0.2.1/32", "plant")]
    filters = [{"Name": name, "IpFilter": {"Policy": policy, "Cidr": cidr}} for policy, cidr, name in rows]
    for found, words in (
        (filters, "allowed: 192.0.2.1/32 (plant)"),
        ([{**filters[1], "IpFilter": {"Policy": "Block", "Cidr": "10.0.0.0/8"}}], "10.0.0.0/8 (plant)"),
    ):
        world["ses.list_receipt_filters"]["Filters"] = found
        result = look(world)["IP filters"]
        assert (result.state, words in result.says) == ("unknown", True)


def test_functions_that_may_not_be_called(world: dict[str, Any]) -> None:
    """Without the right to invoke, whether the functions answer is not seen."""
    world["failed"] = refused("AccessDeniedException", "Invoke")
    assert look(world)["functions answer"].state == "unknown"


def test_dns_and_missing_outputs_end_only_their_check(world: dict[str, Any]) -> None:
    """A resolver that does not answer, or an output that is not there, is one check's trouble to look."""
    world["dns"] = MailroomError(
        "DNS does not answer for in.mail.example MX: Timeout.", "dig MX in.mail.example"
    )
    del world["outputs"]["ledger_table"]
    unknown = {name: result for name, result in look(world).items() if result.state == "unknown"}
    assert set(unknown) == {"MX record", "sends in doubt"}
    assert unknown["MX record"].do == "dig MX in.mail.example"


def test_former_addresses(world: dict[str, Any]) -> None:
    """A former address says until when it works; after that day it is a trouble; the new one names those that work."""
    today = datetime.now(UTC).date()
    old, older = "old@in.mail.example", "older@in.mail.example"
    world["former"] = {old: today.isoformat(), older: (today - timedelta(days=1)).isoformat()}
    put(world, f"{ACTIVE}/Rules/0/Recipients", [ADDRESS, old])
    assert f"works until {today}; now it is {ADDRESS}" in look(world, old)["former addresses"].says
    assert look(world, older)["former addresses"].state == "trouble"
    assert look(world)["former addresses"].says == f"taken as well: {old} until {today}"


def test_only_the_set_up_object(world: dict[str, Any]) -> None:
    """Where SES's set-up object lies in the bucket and no mail does, the MX record is named."""
    world["s3.list_objects_v2"] = {"Contents": [{"Key": "incoming/AMAZON_SES_SETUP_NOTIFICATION"}]}
    result = look(world)["SES's set-up object"]
    assert (result.state, "look at the MX record" in result.says) == ("ok", True)


@pytest.mark.parametrize(
    ("recipients", "address", "expected"),
    [
        ([], "a@x.example", True),
        (["x.example"], "a@x.example", True),
        (["x.example"], "a@y.x.example", False),
        ([".x.example"], "a@y.x.example", True),
        ([".x.example"], "a@x.example", False),
        (["A@X.example"], "a@x.example", True),
        (["a@x.example"], "a+label@x.example", True),
        (["a@x.example"], "b@x.example", False),
    ],
)
def test_what_a_rule_catches(recipients: list[str], address: str, expected: bool) -> None:
    """A receipt rule takes everything, a domain, what is below it, or an address with any label, as SES does."""
    assert catches({"Recipients": recipients}, address) is expected
