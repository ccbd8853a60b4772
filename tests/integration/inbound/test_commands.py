"""The operator's commands on the applied environment: replay, doubts settled, and the doctor with real troubles."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.demo import post
from mailroom.demo.mails import MARKER, Mail
from mailroom.demo.watch import Watch, until
from mailroom.environment import Environment
from mailroom.inbound import app
from mailroom.local import faults
from mailroom.local.cloud import LocalCloud
from mailroom.local.faults import Fault

ANN = "ann@x.example"


class Desk:
    """An operator's desk: sends a device's mail, runs commands, looks at what came of it."""

    def __init__(self, cloud: LocalCloud, environment: Environment) -> None:
        self.cloud, self.environment, self.watch = cloud, environment, Watch(environment)
        self.dead_letters = environment.output("inbound_dead_letter_queue_url")

    def mail(self, *people: str) -> tuple[str, str]:
        """Send a mail; answers the ledger's id and the subject."""
        message, subject = EmailMessage(), str(uuid.uuid4())
        address = self.environment.output("receipt_address")
        message["From"], message["To"], message["Subject"] = "s@plant.example", address, subject
        message.set_content(f"{MARKER}{', '.join(people)}{MARKER}")
        key = f"incoming/{post.send(self.cloud, address, Mail(subject, message, {})).split()[-1]}"
        return f"{key}#{self.watch.raw(key)[0]}", subject

    def sent(self, subject: str) -> int:
        return sum(sent["subject"] == subject for sent in post.inbox(self.cloud))

    def run(self, *arguments: str) -> Any:
        """What `mailroom inbound … --json` says."""
        result = CliRunner().invoke(app, [*arguments, "--json", "--name", self.cloud.name])
        assert not isinstance(result.exception, Exception), result.exception
        return json.loads(result.stdout)

    def doubtful(self, kind: str) -> tuple[str, str]:
        """Send a mail whose SendEmail meets this fault; answers as `mail` once it is in doubt."""
        faults.add(self.cloud, Fault(kind, service="sesv2", operation="SendEmail"))
        mail, subject = self.mail(ANN)
        until("the doubt", lambda: self.doubts(mail) == [(ANN, "doubtful")] or None)
        return mail, subject

    def until_dead(self, count: int = 1) -> None:
        until("dead letters", lambda: self.watch.dead_letters() >= count or None)

    def trouble(self, address: str) -> dict[str, str]:
        """The doctor's troubles, each with its words."""
        checks = self.run("doctor", address)["checks"]
        found = {check["name"]: check["says"] for check in checks if check["state"] != "ok"}
        # Other tests of the shared environment may leave these.
        return {name: says for name, says in found.items() if name not in ("dead letters", "sends in doubt")}

    def doubts(self, mail: str) -> list[tuple[str, str]]:
        """The mail's recipients that are in doubt, with their states."""
        rows = self.run("doubtful")
        return [(row["recipient"], row["state"]) for row in rows if row["mail"] == mail]


@pytest.fixture
def desk(cloud: LocalCloud, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # The very environment, and Terraform is not asked again for each command.
    monkeypatch.setattr(Environment, "load", lambda *_: environment)
    made = Desk(cloud, environment)
    yield made
    faults.clear(cloud)
    environment.client("sqs").purge_queue(QueueUrl=made.dead_letters)


@contextmanager
def during(begin: Callable[[], Any], end: Callable[[], Any]) -> Iterator[None]:
    begin()
    try:
        yield
    finally:
        end()


def blocked(environment: Environment) -> Any:
    ses, block = environment.client("ses"), {"Policy": "Block", "Cidr": "0.0.0.0/0"}
    return during(
        lambda: ses.create_receipt_filter(Filter={"Name": "all", "IpFilter": block}),
        lambda: ses.delete_receipt_filter(FilterName="all"),
    )


def stopped(environment: Environment) -> Any:
    client, name = environment.client("lambda"), environment.output("inbound_function_name")
    return during(
        lambda: client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0),
        lambda: client.delete_function_concurrency(FunctionName=name),
    )


def paused(environment: Environment) -> Any:
    sesv2, name = environment.client("sesv2"), environment.output("configuration_set")

    def put(enabled: bool) -> Any:
        return sesv2.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=enabled)

    return during(lambda: put(False), lambda: put(True))


def deaf(environment: Environment) -> Any:
    """While SES's Send events reach nobody."""
    events = environment.client("events")
    rule = environment.output("inbound_sends_queue_url").rpartition("/")[2]
    return during(lambda: events.disable_rule(Name=rule), lambda: events.enable_rule(Name=rule))


# --- replay ---------------------------------------------------------------------------------------------


def test_failed_mail_comes_back(desk: Desk) -> None:
    """replay --failed brings every dead mail to its people, once; a foreign dead letter stays and is named."""
    with paused(desk.environment):
        mails = [desk.mail(ANN, "bob@x.example") for _ in range(3)]
        desk.until_dead(3)
    desk.environment.client("sqs").send_message(QueueUrl=desk.dead_letters, MessageBody="hello")
    dry = desk.run("replay", "--failed", "--dry-run")
    assert (dry["changed"], dry["counts"]) == (False, {"leave": 1, "queue": 3})
    done = desk.run("replay", "--failed")
    assert done["dead_letters_removed"] == 3
    for mail, subject in mails:
        assert desk.watch.finished(mail).state == "done"
        assert desk.sent(subject) == 2
    assert desk.watch.dead_letters() == 1


def test_mail_that_no_queue_holds(desk: Desk) -> None:
    """replay --since finds a mail that is open and in no queue; one that is done gets nothing twice."""
    finished, known = desk.mail(ANN)
    desk.watch.finished(finished)
    with paused(desk.environment):
        mail, subject = desk.mail(ANN)
        desk.until_dead()
        desk.environment.client("sqs").purge_queue(QueueUrl=desk.dead_letters)
    rows = {row["mail"]: row["action"] for row in desk.run("replay", "--since", "1h")["rows"]}
    assert (rows[mail], rows[finished]) == ("queue", "leave")
    assert desk.watch.finished(mail).state == "done"
    assert (desk.sent(subject), desk.sent(known)) == (1, 1)


def test_a_new_generation(desk: Desk) -> None:
    """replay --resend says first what it would send; with --yes everybody gets the mail again, once a day."""
    mail, subject = desk.mail(ANN, "bob@x.example")
    desk.watch.finished(mail)
    key = mail.partition("#")[0]
    dry = desk.run("replay", key, "--resend", "--show")
    assert (dry["changed"], dry["rows"][0]["addresses"]) == (False, [ANN, "bob@x.example"])
    assert desk.sent(subject) == 2
    for _ in range(2):
        desk.run("replay", key, "--resend", "--yes")
    desk.watch.finished(mail)
    until("the second mails", lambda: desk.sent(subject) == 4 or None)
    assert desk.watch.dead_letters() == 0


def test_a_done_mail_is_not_queued(desk: Desk) -> None:
    """A mail that is done is not queued by its KEY, and its dead letter goes, by KEY and by --failed."""
    mail, subject = desk.mail(ANN)
    desk.watch.finished(mail)
    key, _, version = mail.partition("#")
    stored = {
        "bucket": {"name": desk.environment.output("raw_bucket")},
        "object": {"key": key, "versionId": version},
    }
    for arguments in (("replay", key), ("replay", "--failed")):
        body = json.dumps({"Records": [{"s3": stored}]})
        desk.environment.client("sqs").send_message(QueueUrl=desk.dead_letters, MessageBody=body)
        done = desk.run(*arguments)
        assert (done["counts"], done["dead_letters_removed"]) == ({"finished": 1}, 1)
    assert desk.sent(subject) == 1


# --- doubts ---------------------------------------------------------------------------------------------


def test_the_send_event_settles_a_doubt(desk: Desk) -> None:
    """SES's answer is lost: its Send event settles the doubt, the mail is done, and was sent once."""
    faults.add(desk.cloud, Fault("lost-answer", service="sesv2", operation="SendEmail"))
    mail, subject = desk.mail(ANN)
    assert desk.watch.finished(mail).recipients == {ANN: "sent"}
    assert desk.sent(subject) == 1
    assert desk.doubts(mail) == []


def test_a_person_settles_a_doubt(desk: Desk) -> None:
    """Without a Send event a person settles: told the truth, one mail; two only when --not-sent was wrong."""
    cases = [("lost-answer", "--sent", 1), ("reset", "--not-sent", 1), ("lost-answer", "--not-sent", 2)]
    with deaf(desk.environment):
        mails = [desk.doubtful(kind) for kind, _, _ in cases]
        desk.until_dead(3)
        left = desk.run("replay", "--failed")
        assert (left["counts"], left["dead_letters_removed"]) == ({"leave": 3}, 0)
        for (mail, subject), (_, flag, count) in zip(mails, cases, strict=True):
            done = desk.run("doubtful", "settle", mail, flag, "--yes")
            assert (done["settled"], done["dead_letters_removed"]) == ([ANN], 1)
            assert desk.watch.finished(mail).recipients == {ANN: "sent"}
            assert desk.sent(subject) == count
            assert desk.doubts(mail) == []
    assert desk.watch.dead_letters() == 0


# --- doctor ---------------------------------------------------------------------------------------------


def test_a_healthy_environment(desk: Desk) -> None:
    """A fresh apply is healthy from end to end, for the receipt address and for a recipient."""
    assert desk.trouble(desk.environment.output("receipt_address")) == {}
    assert desk.trouble(ANN) == {}


def mx_gone(environment: Environment) -> Any:
    route53 = environment.client("route53")
    [zone] = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    domain = environment.output("receipt_address").partition("@")[2]
    [record] = [found for found in records if found["Type"] == "MX" and found["Name"] == f"{domain}."]

    def change(action: str) -> Any:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        return route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=batch)

    return during(lambda: change("DELETE"), lambda: change("CREATE"))


def inactive(environment: Environment) -> Any:
    ses, name = environment.client("ses"), environment.output("rule_set_name")
    return during(
        lambda: ses.set_active_receipt_rule_set(),
        lambda: ses.set_active_receipt_rule_set(RuleSetName=name),
    )


def rule_before(environment: Environment) -> Any:
    ses, name = environment.client("ses"), environment.output("rule_set_name")
    rule = {"Name": "first", "Enabled": True, "Actions": [{"StopAction": {"Scope": "RuleSet"}}]}
    return during(
        lambda: ses.create_receipt_rule(RuleSetName=name, Rule=rule),
        lambda: ses.delete_receipt_rule(RuleSetName=name, RuleName="first"),
    )


def account_paused(environment: Environment) -> Any:
    sesv2 = environment.client("sesv2")
    return during(
        lambda: sesv2.put_account_sending_attributes(SendingEnabled=False),
        lambda: sesv2.put_account_sending_attributes(SendingEnabled=True),
    )


def bucket_closed(environment: Environment) -> Any:
    s3, bucket = environment.client("s3"), environment.output("raw_bucket")
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    closed = policy.replace("ses.amazonaws.com", "sns.amazonaws.com")
    return during(
        lambda: s3.put_bucket_policy(Bucket=bucket, Policy=closed),
        lambda: s3.put_bucket_policy(Bucket=bucket, Policy=policy),
    )


@pytest.mark.parametrize(
    ("break_it", "check", "words"),
    [
        (mx_gone, "MX record", "has no MX record"),
        (inactive, "rule set active", "no rule set is active"),
        (rule_before, "rules before ours", "first comes first, takes this address and stops"),
        (bucket_closed, "bucket lets SES write", "does not let SES write"),
        (paused, "configuration set sends", "is paused"),
        (account_paused, "account may send", "sending is paused"),
        (deaf, "SES's Send events", "is disabled"),
        (blocked, "IP filters", "SES refuses all mail"),
        (stopped, "function may run", "a reserved concurrency of 0"),
    ],
)
def test_a_trouble_is_found(desk: Desk, break_it: Any, check: str, words: str) -> None:
    """One thing broken in the cloud is what the doctor names; put right again, all is well."""
    address = desk.environment.output("receipt_address")
    with break_it(desk.environment):
        found = desk.trouble(address)
    assert words in found[check]
    if break_it not in (paused, account_paused, stopped):  # one cause, one trouble
        assert list(found) == [check]
    assert desk.trouble(address) == {}


def test_a_suppressed_recipient(desk: Desk) -> None:
    """The doctor says that a recipient is suppressed, why and since when."""
    sesv2 = desk.environment.client("sesv2")
    address = f"{uuid.uuid4()}@x.example"
    sesv2.put_suppressed_destination(EmailAddress=address, Reason="COMPLAINT")
    found = desk.trouble(address)
    assert set(found) == {"recipient suppressed"}
    assert "COMPLAINT, its reader marked a mail as spam" in found["recipient suppressed"]
    sesv2.delete_suppressed_destination(EmailAddress=address)
    assert desk.trouble(address) == {}
