"""`mailroom inbound doctor`: each known trouble is found, said in words, and followed by what to do."""

import json
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.errors import MailroomError
from mailroom.inbound import app
from mailroom.inbound.doctor.patient import Patient
from tests.unit.inbound.commands.sickroom import (
    ACTIVE,
    ADDRESS,
    BEFORE,
    IDENTITY,
    OUR_RULE,
    POLICY,
    RECIPIENT,
    FakeDns,
    FakeEnvironment,
    look,
    put,
    refused,
)


def test_a_healthy_receipt_address(world: dict[str, Any]) -> None:
    """Where all is well, every check of the way in and out is ok, in the order in which mail meets them."""
    results = look(world)
    assert {name for name, result in results.items() if result.state != "ok"} == set()
    assert list(results)[:4] == ["Region receives", "domain known to SES", "MX record", "rule set active"]
    assert "recipient suppressed" not in results


def test_a_healthy_recipient(world: dict[str, Any]) -> None:
    """For a recipient's address the way to them is looked at, and not the receipt rules."""
    results = look(world, RECIPIENT)
    assert {name for name, result in results.items() if result.state != "ok"} == set()
    assert {"recipient suppressed", "recipient in the sandbox", "sender verified"} <= set(results)
    assert "MX record" not in results


@pytest.mark.parametrize(
    ("path", "value", "check", "says", "do"),
    [
        ("hosts", [], "Region receives", "SES receives no mail in eu-west-1", "choose a Region"),
        ("dns", {}, "MX record", "in.mail.example has no MX record", "10 inbound-smtp.eu-west-1.amazonaws.com"),
        ("dns", {"in.mail.example": [(1, "mx.other.example"), (10, "inbound-smtp.eu-west-1.amazonaws.com")]},
         "MX record", "1 mx.other.example, 10 inbound-smtp", "sending records"),
        (IDENTITY, None, "domain known to SES", "neither in.mail.example nor", "make apply"),
        (f"{IDENTITY}/VerifiedForSendingStatus", False, "domain known to SES", "is not verified", "sending records"),
        (ACTIVE, {}, "rule set active", "no rule set is active", "set-active-receipt-rule-set --rule-set-name m"),
        (f"{ACTIVE}/Metadata/Name", "b", "rule set active", "another rule set is active: b, not m", 'join = "b"'),
        (f"{ACTIVE}/Rules", [BEFORE], "our rule", "no rule of the rule set m", "make apply"),
        (f"{ACTIVE}/Rules/0/Enabled", False, "our rule", "m-inbound is switched off", "make apply"),
        (f"{ACTIVE}/Rules/0/Recipients", ["x@in.mail.example"], "our rule", "does not take", "typing error"),
        (f"{ACTIVE}/Rules", [{**BEFORE, "Actions": [{"StopAction": {"Scope": "RuleSet"}}]}, OUR_RULE],
         "rules before ours", "theirs comes first, takes this address and stops", "set-receipt-rule-position"),
        (f"{ACTIVE}/Rules", [{**BEFORE, "Actions": [{"BounceAction": {}}]}, OUR_RULE],
         "rules before ours", "answers with a bounce", "take the address out"),
        (f"{ACTIVE}/Rules/0/TlsPolicy", "Optional", "TLS", "in the clear", "make apply"),
        ("ses.list_receipt_filters/Filters", [{"Name": "all", "IpFilter": {"Policy": "Block", "Cidr": "0.0.0.0/0"}}],
         "IP filters", "0.0.0.0/0 (all); allowed: none: SES refuses all mail", "delete-receipt-filter"),
        ("lambda.get_function_concurrency/ReservedConcurrentExecutions", 0,
         "function may run", "m-inbound has a reserved concurrency of 0", "delete-function-concurrency"),
        ("failed", {"m-links": "ImportError: no module x"},
         "functions answer", "m-links: ImportError: no module x", "aws logs tail /aws/lambda/m-links"),
        ("s3.get_bucket_policy", refused("NoSuchBucketPolicy", "GetBucketPolicy"),
         "bucket lets SES write", "does not let SES write", "make apply"),
        ("s3.get_bucket_policy/Policy", json.dumps({"Statement": {**POLICY, "Action": "s3:GetObject"}}),
         "bucket lets SES write", "does not let SES write", "make apply"),
        ("s3.get_bucket_policy/Policy", json.dumps({"Statement": [{**POLICY, "Principal": "*"}]}),
         "bucket lets SES write", "does not let SES write", "make apply"),
        (f"{ACTIVE}/Rules/0/Name", "renamed", "bucket lets SES write", "for our rule", "make apply"),
        ("s3.get_bucket_notification_configuration", {}, "bucket tells the queue", "nobody hears", "--since"),
        ("lambda.list_event_source_mappings", {"EventSourceMappings": []},
         "queue feeds the function", "nothing brings m-inbound", "make apply"),
        ("lambda.list_event_source_mappings/EventSourceMappings/0/State", "Disabled",
         "queue feeds the function", "Disabled: mail waits", "--enabled --uuid u"),
        ("sqs.get_queue_attributes/Attributes/ApproximateNumberOfMessages", "4",
         "dead letters", "4 in the dead-letter queue", "replay --failed --env dev"),
        ("dynamodb.query/Items", [{"mail": {"S": "k#v"}, "part": {"S": "recipient#001#1"}, "state": {"S": "doubtful"}}],
         "sends in doubt", "1 recipients", "mailroom inbound doubtful --env dev"),
        ("events.describe_rule/State", "DISABLED", "SES's Send events", "is disabled", "enable-rule --name m-inbound-sends"),
        ("events.describe_rule", refused("ResourceNotFoundException", "DescribeRule"),
         "SES's Send events", "no rule m-inbound-sends", "make apply"),
        (f"{IDENTITY}/VerifiedForSendingStatus", False, "sender verified",
         "554 Message rejected: Email address is not verified", "DKIM records"),
        (f"{IDENTITY}/DkimAttributes/Status", "PENDING", "DKIM", "PENDING", "sending records"),
        (f"{IDENTITY}/DkimAttributes/SigningEnabled", False, "DKIM", "signing is switched off", "sending records --check"),
        (f"{IDENTITY}/MailFromAttributes/MailFromDomainStatus", "FAILED", "MAIL FROM",
         "bounce.mail.example is FAILED", "MX and TXT records"),
        ("sesv2.get_account/SendingEnabled", False, "account may send", "sending is paused", "--sending-enabled"),
        ("sesv2.get_account/EnforcementStatus", "PROBATION", "account may send", "PROBATION", "answer it"),
        ("sesv2.get_account/SendQuota/SentLast24Hours", 200.0, "quota", "used up: 200 of 200", "ask for more"),
        ("sesv2.get_account/ProductionAccessEnabled", False, "sandbox", "only verified", "production access"),
        ("sesv2.get_configuration_set/SendingOptions/SendingEnabled", False, "configuration set sends",
         "m-inbound is paused", "put-configuration-set-sending-options --configuration-set-name m-inbound"),
        ("sesv2.get_configuration_set", refused("NotFoundException", "GetConfigurationSet"),
         "configuration set sends", "there is no configuration set m-inbound", "make apply"),
    ],
)  # fmt: skip
def test_each_trouble(world: dict[str, Any], path: str, value: Any, check: str, says: str, do: str) -> None:
    """One thing broken is found by its check, in words, with the next step."""
    put(world, path, value)
    result = look(world)[check]
    assert result.state == "trouble"
    assert says in result.says
    assert do in result.do


@pytest.mark.parametrize(
    ("path", "value", "check", "says", "do"),
    [
        ("sesv2.get_suppressed_destination",
         {RECIPIENT: {"SuppressedDestination": {"Reason": "BOUNCE", "LastUpdateTime": datetime(2026, 11, 1, 9, 30)}}},
         "recipient suppressed", "since 2026-11-01 09:30: BOUNCE, its server said",
         f"delete-suppressed-destination --email-address {RECIPIENT}"),
        ("sesv2.get_account/ProductionAccessEnabled", False, "recipient in the sandbox",
         f"{RECIPIENT} is not verified", f"create-email-identity --email-identity {RECIPIENT}"),
        ("lambda.get_function_configuration/Environment/Variables/ALLOWED_RECIPIENT_DOMAINS", "y.example, .x.example",
         "recipient allowed", "x.example is not among", "allowed_recipient_domains"),
    ],
)  # fmt: skip
def test_troubles_of_a_recipient(
    world: dict[str, Any], path: str, value: Any, check: str, says: str, do: str
) -> None:
    """What keeps mail from one recipient is found, with why, since when, and how to end it."""
    put(world, path, value)
    result = look(world, RECIPIENT)[check]
    assert result.state == "trouble"
    assert says in result.says
    assert do in result.do


def test_a_verified_recipient_in_the_sandbox(world: dict[str, Any]) -> None:
    """In the sandbox a recipient whose domain is verified gets mail."""
    put(world, "sesv2.get_account/ProductionAccessEnabled", False)
    put(world, "sesv2.get_email_identity/x.example", {"VerifiedForSendingStatus": True})
    assert look(world, RECIPIENT)["recipient in the sandbox"].state == "ok"


def test_the_command(world: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 and the way out on the terminal with trouble, 0 without; --json has every check."""
    monkeypatch.setattr("mailroom.environment.Environment.load", lambda *_: FakeEnvironment(world))
    monkeypatch.setattr(Patient, "dns", property(lambda _: FakeDns(world)))
    healthy = CliRunner().invoke(app, ["doctor", ADDRESS, "--json"])
    assert (healthy.exit_code, json.loads(healthy.stdout)["trouble"]) == (0, 0)
    world["dns"] = {}
    sick = CliRunner().invoke(app, ["doctor", ADDRESS])
    assert sick.exit_code == 1
    assert "TROUBLE  MX record" in sick.stdout
    assert "do: 10 inbound-smtp.eu-west-1.amazonaws.com" in sick.stdout
    assert "1 trouble in 2" in sick.stdout


def test_no_address(world: dict[str, Any]) -> None:
    """What is no address is refused."""
    result = CliRunner().invoke(app, ["doctor", "nonsense"])
    assert isinstance(result.exception, MailroomError)
