"""`mailroom inbound doctor`: each known trouble is found, said in words, and followed by what to do."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from mailroom.errors import MailroomError
from mailroom.inbound import app
from mailroom.inbound.doctor import examine
from mailroom.inbound.doctor.dns import Route53Dns
from mailroom.inbound.doctor.patient import Patient, Result
from mailroom.inbound.doctor.receiving import catches

ADDRESS, RECIPIENT = "reports@in.mail.example", "ann@x.example"
OUTPUTS = {
    "region": "eu-west-1",
    "account_id": "111111111111",
    "receipt_address": ADDRESS,
    "sender_address": "mailroom@mail.example",
    "configuration_set": "m-inbound",
    "rule_set_name": "m",
    "raw_bucket": "m-raw",
    "ledger_table": "m-ledger",
    "inbound_queue_url": "https://sqs/1/m-inbound",
    "inbound_dead_letter_queue_url": "https://sqs/1/m-inbound-dead-letters",
    "inbound_sends_queue_url": "https://sqs/1/m-inbound-sends",
    "inbound_function_name": "m-inbound",
}
OUR_RULE = {
    "Name": "m-inbound",
    "Enabled": True,
    "TlsPolicy": "Require",
    "Recipients": [ADDRESS],
    "Actions": [{"S3Action": {"BucketName": "m-raw", "ObjectKeyPrefix": "incoming/"}}],
}
POLICY = {
    "Effect": "Allow",
    "Principal": {"Service": "ses.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::m-raw/incoming/*",
    "Condition": {
        "StringEquals": {
            "aws:SourceAccount": "111111111111",
            "aws:SourceArn": "arn:aws:ses:eu-west-1:111111111111:receipt-rule-set/m:receipt-rule/m-inbound",
        }
    },
}
HEALTHY: dict[str, Any] = {
    "ses.describe_active_receipt_rule_set": {"Metadata": {"Name": "m"}, "Rules": [OUR_RULE]},
    "sesv2.get_email_identity": {
        "mail.example": {
            "VerifiedForSendingStatus": True,
            "VerificationStatus": "SUCCESS",
            "DkimAttributes": {"Status": "SUCCESS", "SigningEnabled": True},
            "MailFromAttributes": {"MailFromDomain": "bounce.mail.example", "MailFromDomainStatus": "SUCCESS"},
        }
    },
    "sesv2.get_account": {
        "SendingEnabled": True,
        "ProductionAccessEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 200.0, "SentLast24Hours": 3.0, "MaxSendRate": 14.0},
    },
    "sesv2.get_configuration_set": {"SendingOptions": {"SendingEnabled": True}},
    "sesv2.get_suppressed_destination": {},
    "s3.get_bucket_policy": {"Policy": json.dumps({"Statement": [POLICY]})},
    "s3.get_bucket_notification_configuration": {
        "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:eu-west-1:1:m-inbound", "Events": ["s3:ObjectCreated:*"]}]
    },
    "s3.list_objects_v2": {"Contents": [{"Key": "incoming/1"}]},
    "s3.head_object": {"ContentLength": 1},
    "sqs.get_queue_attributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
    "lambda.list_event_source_mappings": {
        "EventSourceMappings": [{"EventSourceArn": "arn:aws:sqs:eu-west-1:1:m-inbound", "State": "Enabled", "UUID": "u"}]
    },
    "lambda.get_function_configuration": {"Environment": {"Variables": {"ALLOWED_RECIPIENT_DOMAINS": ""}}},
    "dynamodb.query": {"Items": []},
    "events.describe_rule": {"State": "ENABLED"},
}  # fmt: skip


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said AWS"}}, operation)


class FakeClient:
    """Answers from the world; what is looked up by a name is not found unless the world has it."""

    def __init__(self, service: str, world: dict[str, Any]) -> None:
        self._service, self._world = service, world

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            answer = self._world[f"{self._service}.{operation}"]
            if isinstance(answer, Exception):
                raise answer
            if operation in ("get_email_identity", "get_suppressed_destination"):
                name = request.get("EmailIdentity") or request.get("EmailAddress")
                if name not in answer:
                    raise refused("NotFoundException", operation)
                return answer[name]
            return answer

        return call

    def get_paginator(self, operation: str) -> Any:
        client = self

        class Pages:
            def paginate(self, **request: Any) -> list[Any]:
                return [getattr(client, operation)(**request)]

        return Pages()


class FakeDns:
    def __init__(self, world: dict[str, Any]) -> None:
        self._world = world

    def mx(self, domain: str) -> list[tuple[int, str]]:
        found = self._world["dns"]
        if isinstance(found, Exception):
            raise found
        return found.get(domain, [])

    def exists(self, host: str) -> bool:
        return host in self._world["hosts"]


class FakeEnvironment:
    name = "dev"

    def __init__(self, world: dict[str, Any]) -> None:
        self.outputs, self._world = world["outputs"], world

    def output(self, name: str) -> Any:
        if name not in self.outputs:
            raise MailroomError(f"dev has no {name}: the capability is switched off.")
        return self.outputs[name]

    def client(self, service: str) -> FakeClient:
        return FakeClient(service, self._world)


@pytest.fixture
def world() -> dict[str, Any]:
    """A healthy environment, to be broken in one place."""
    host = "inbound-smtp.eu-west-1.amazonaws.com"
    more = {"outputs": OUTPUTS, "dns": {"in.mail.example": [(10, host)]}, "hosts": [host], "former": {}}
    return copy.deepcopy({**HEALTHY, **more})


def look(world: dict[str, Any], address: str = ADDRESS) -> dict[str, Result]:
    patient = Patient(FakeEnvironment(world), address, world["former"])  # type: ignore[arg-type]
    patient.__dict__["dns"] = FakeDns(world)
    return {result.name: result for result in examine(patient)}


def put(world: dict[str, Any], path: str, value: Any) -> None:
    """Set a place such as `sesv2.get_account/SendingEnabled`, or with None take it away."""
    *way, last = path.split("/")
    for name in way:
        world = world[int(name) if isinstance(world, list) else name]
    if value is None:
        del world[last]
    else:
        world[last] = value


ACTIVE = "ses.describe_active_receipt_rule_set"
IDENTITY = "sesv2.get_email_identity/mail.example"
BEFORE = {"Name": "theirs", "Enabled": True, "Recipients": [], "Actions": []}


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
         "MX record", "1 mx.other.example, 10 inbound-smtp", "dns_records"),
        (IDENTITY, None, "domain known to SES", "neither in.mail.example nor", "make apply"),
        (f"{IDENTITY}/VerifiedForSendingStatus", False, "domain known to SES", "is not verified", "dns_records"),
        (ACTIVE, {}, "rule set active", "no rule set is active", "set-active-receipt-rule-set --rule-set-name m"),
        (f"{ACTIVE}/Metadata/Name", "b", "rule set active", "another rule set is active: b, not m", 'join = "b"'),
        (f"{ACTIVE}/Rules", [BEFORE], "our rule", "no rule of the active rule set", "make apply"),
        (f"{ACTIVE}/Rules/0/Enabled", False, "our rule", "m-inbound is switched off", "make apply"),
        (f"{ACTIVE}/Rules/0/Recipients", ["x@in.mail.example"], "our rule", "does not take", "typing error"),
        (f"{ACTIVE}/Rules", [{**BEFORE, "Actions": [{"StopAction": {"Scope": "RuleSet"}}]}, OUR_RULE],
         "rules before ours", "theirs comes first, takes this address and stops", "set-receipt-rule-position"),
        (f"{ACTIVE}/Rules", [{**BEFORE, "Actions": [{"BounceAction": {}}]}, OUR_RULE],
         "rules before ours", "answers with a bounce", "take the address out"),
        (f"{ACTIVE}/Rules/0/TlsPolicy", "Optional", "TLS", "in the clear", "make apply"),
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
        (f"{IDENTITY}/DkimAttributes/Status", "PENDING", "DKIM", "PENDING", "dns_records"),
        (f"{IDENTITY}/DkimAttributes/SigningEnabled", False, "DKIM", "signing is switched off", "dig"),
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
        look({**HEALTHY, **{name: world[name] for name in ("outputs", "dns", "hosts", "former")}})
    )


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


def test_route53_in_place_of_dns() -> None:
    """In the local cloud the hosted zones answer: the MX records of a name, the preferred first, or none."""
    world = {
        "route53.list_hosted_zones": {"HostedZones": [{"Name": "other.example.", "Id": "0"}, {"Name": "mail.example.", "Id": "1"}]},
        "route53.list_resource_record_sets": {"ResourceRecordSets": [
            {"Name": "in.mail.example.", "Type": "TXT", "ResourceRecords": [{"Value": "x"}]},
            {"Name": "in.mail.example.", "Type": "MX", "ResourceRecords": [{"Value": "20 B.example."}, {"Value": "10 a.example"}]},
        ]},
    }  # fmt: skip
    dns = Route53Dns(FakeClient("route53", world))
    assert dns.mx("in.mail.example") == [(10, "a.example"), (20, "b.example")]
    assert dns.mx("mail.example") == []
    assert dns.mx("notmail.example") == []


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
