"""A mail all the way through what Terraform made: in by SMTP, out to the inbox, the file by its link."""

import email
import email.policy
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest

from mailroom.demo import post
from mailroom.demo.mails import MARKER, Mail, big_html_report, sensor_report
from mailroom.demo.watch import Progress, Watch, until
from mailroom.environment import Environment
from mailroom.inbound.queues import put_in
from mailroom.inbound.replay import replay
from mailroom.inbound.stored import find
from mailroom.local.cloud import LocalCloud


class Thread:
    """Sends mails, each with a subject of its own, and looks at what came of them."""

    def __init__(self, cloud: LocalCloud, environment: Environment) -> None:
        self.cloud, self.environment, self.watch = cloud, environment, Watch(environment)
        self.receipt_address = environment.output("receipt_address")

    def send(self, mail: Mail) -> str:
        key = f"incoming/{post.send(self.cloud, self.receipt_address, mail).split()[-1]}"
        return f"{key}#{self.watch.raw(key)[0]}"

    def text(self, body: str) -> tuple[str, str]:
        """Send a short text with a fresh subject; answers the ledger's id and the subject."""
        message, subject = EmailMessage(), str(uuid.uuid4())
        message["From"], message["To"], message["Subject"] = "s@plant.example", self.receipt_address, subject
        message.set_content(body)
        message.add_attachment(
            b"\x00\x01", maintype="application", subtype="octet-stream", filename="two.bin"
        )
        return self.send(Mail(subject, message, {})), subject

    def sent(self, subject: str) -> list[dict[str, Any]]:
        return [sent for sent in post.inbox(self.cloud) if sent["subject"] == subject]

    def links(self, sent: dict[str, Any]) -> list[str]:
        message = email.message_from_bytes(post.raw(self.cloud, sent["id"]), policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        assert body is not None
        return post.links(self.environment.output("links_url"), body.get_content())

    def until_dead(self) -> None:
        until("a dead letter", lambda: self.watch.dead_letters() or None)

    def progress(self, mail: str) -> Progress:
        found = self.watch.progress(mail)
        assert found is not None
        return found


@pytest.fixture
def thread(cloud: LocalCloud, environment: Environment) -> Iterator[Thread]:
    made = Thread(cloud, environment)
    yield made
    sqs = environment.client("sqs")
    sqs.purge_queue(QueueUrl=environment.output("inbound_dead_letter_queue_url"))


@pytest.mark.parametrize("make", [sensor_report, big_html_report])
def test_every_recipient_gets_every_file(thread: Thread, make: Any) -> None:
    """Each recipient gets one mail, without attachments, whose own links bring every file equal to the byte."""
    mail = make(thread.receipt_address)
    del mail.message["Subject"]
    mail.message["Subject"] = str(uuid.uuid4())
    progress = thread.watch.finished(thread.send(mail))
    received = thread.sent(mail.message["Subject"])
    assert progress.state == "done"
    assert sorted(sent["recipients"][0] for sent in received) == sorted(progress.recipients)
    all_links: list[str] = []
    for sent in received:
        links = thread.links(sent)
        clicks = [post.click(link) for link in links]
        assert [click.sha256 for click in clicks] == list(mail.files.values())
        assert all(click.disposition.startswith("attachment") for click in clicks)
        assert sent["size"] < 5000
        all_links += links
    assert len(set(all_links)) == len(received) * len(mail.files)
    assert thread.watch.dead_letters() == 0


def test_a_second_delivery_sends_nothing_again(thread: Thread) -> None:
    """The same S3 event once more, with a new SQS message id, sends nothing twice."""
    mail, subject = thread.text(f"{MARKER}a@x.example{MARKER}")
    thread.watch.finished(mail)
    env = thread.environment
    stored = find(env.client("s3"), env.output("raw_bucket"), mail)
    put_in(env.client("sqs"), env.output("inbound_queue_url"), [stored.event()])
    again, other = thread.text(f"{MARKER}a@x.example{MARKER}")
    thread.watch.finished(again)  # came after the repeated one
    assert (len(thread.sent(subject)), len(thread.sent(other))) == (1, 1)


def test_a_mail_that_fails_comes_back_by_replay(thread: Thread) -> None:
    """While SES refuses, the mail is tried again and ends in the dead-letter queue; replay brings it to its people."""
    with paused(thread.environment):
        mail, subject = thread.text(f"{MARKER}a@x.example, b@x.example{MARKER}")
        thread.until_dead()
        assert thread.progress(mail).recipients == {"a@x.example": "pending", "b@x.example": "pending"}
        assert thread.sent(subject) == []
    assert list(replay(thread.environment, mail.partition("#")[0]))
    assert thread.watch.finished(mail).recipients == {"a@x.example": "sent", "b@x.example": "sent"}
    assert len(thread.sent(subject)) == 2
    assert thread.watch.dead_letters() == 0


@pytest.mark.parametrize(
    "action",
    ["ses:SendRawEmail", "s3:PutObject", "dynamodb:UpdateItem", "s3:GetObjectVersion", "kms:Decrypt"],
)
def test_one_action_less_and_the_function_fails(thread: Thread, action: str) -> None:
    """IAM is enforced: without one action of its policy the function fails, and with it back the mail goes on."""
    with without(thread.environment, action):
        mail, subject = thread.text(f"{MARKER}a@x.example{MARKER}")
        thread.until_dead()
        assert thread.sent(subject) == []
    assert list(replay(thread.environment, mail.partition("#")[0]))
    assert thread.watch.finished(mail).state == "done"
    assert len(thread.sent(subject)) == 1


def test_explain_says_what_the_function_does(thread: Thread, tmp_path: Any) -> None:
    """`explain` about the stored message names the recipients and files that the deployed function found."""
    from mailroom.inbound.explain import environment_settings, explain_file

    mail = sensor_report(thread.receipt_address)
    progress = thread.watch.finished(thread.send(mail))
    file = tmp_path / "mail.eml"
    file.write_bytes(mail.raw)
    answer = explain_file(file, environment_settings("local", thread.cloud.name), now=0)
    assert answer["outcome"] == "send"
    assert sorted(answer["recipients"]) == sorted(progress.recipients)
    assert {part["name"]: part["sha256"] for part in answer["attachments"]} == mail.files


@contextmanager
def paused(environment: Environment) -> Iterator[None]:
    sesv2, name = environment.client("sesv2"), environment.output("configuration_set")
    sesv2.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=False)
    try:
        yield
    finally:
        sesv2.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=True)


@contextmanager
def without(environment: Environment, action: str) -> Iterator[None]:
    """The role of `inbound`, for a while, without one action."""
    iam = environment.client("iam")
    place = {"RoleName": environment.output("inbound_function_name"), "PolicyName": "least-privilege"}
    document = iam.get_role_policy(**place)["PolicyDocument"]
    before = json.dumps(document)
    assert action in before
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [name for name in actions if name != action]
    document["Statement"] = [statement for statement in document["Statement"] if statement["Action"]]
    iam.put_role_policy(**place, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.put_role_policy(**place, PolicyDocument=before)
