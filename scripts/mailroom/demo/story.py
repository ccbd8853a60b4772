"""What the demo tells, a function for each step: it does the real thing and looks at what came of it."""

import email
import email.policy
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailroom.demo import mails, post
from mailroom.demo.mails import Mail
from mailroom.demo.screen import Screen
from mailroom.demo.watch import Watch, until
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.inbound.explain import environment_settings
from mailroom.local import faults
from mailroom.local.cloud import LocalCloud
from mailroom.local.faults import Fault
from mailroom.status.questions import Questions

PAUSED_SECONDS = 60


@dataclass
class Story:
    """The demo's stage: where it plays, what it sees, and what it has sent so far."""

    cloud: LocalCloud
    environment: Environment
    screen: Screen
    watch: Watch
    links: list[str] = field(default_factory=list)
    questions: Questions | None = None
    """The status API, once there is a key for it."""

    def send(self, mail: Mail) -> str:
        """Send a mail by SMTP; answers its id in the ledger, `<key>#<version>`."""
        receipt_address = self.environment.output("receipt_address")
        answer = post.send(self.cloud, receipt_address, mail)
        key = f"incoming/{answer.split()[-1]}"
        version, size = self.watch.raw(key)
        self.screen.say(f"sent by SMTP to {receipt_address}, accepted, stored as {key} ({_size(size)})")
        return f"{key}#{version}"

    def arrived(self, subject: str, people: int) -> list[dict[str, Any]]:
        """The mails with this subject in the inbox, once everyone has theirs."""

        def look() -> list[dict[str, Any]] | None:
            found = [sent for sent in post.inbox(self.cloud) if sent["subject"] == subject]
            return found if len(found) >= people else None

        return until(f"{people} mails with the subject {subject!r}", look)

    def command(self, *arguments: str) -> str:
        """Run the command `mailroom` as an operator would, and show it."""
        self.screen.say(f"$ mailroom {' '.join(arguments)}")
        command = [str(Path(sys.executable).with_name("mailroom")), *arguments, "--name", self.cloud.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MailroomError(f"mailroom {' '.join(arguments)} failed:\n{done.stderr}")
        for line in done.stdout.splitlines():
            self.screen.say(f"  {line}")
        return done.stdout

    def open_links(self, mail: Mail, sent: dict[str, Any]) -> list[str]:
        """Click every link of a sent mail, and compare each file with what the sensor attached."""
        message = email.message_from_bytes(post.raw(self.cloud, sent["id"]), policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        if body is None:
            raise MailroomError(f"The mail {sent['id']} has no text.")
        links = post.links(self.environment.output("links_url"), body.get_content())
        if len(links) != len(mail.files):
            raise MailroomError(f"{len(mail.files)} files were sent, {len(links)} links came.")
        for link, (name, sha256) in zip(links, mail.files.items(), strict=True):
            click = post.click(link)
            if (click.status, click.sha256) != (200, sha256):
                raise MailroomError(f"{name} came back wrong: {click.status}, SHA-256 {click.sha256}")
            self.screen.say(
                f"clicked: {name}, {_size(click.size)}, equal to the byte (SHA-256 {sha256[:12]}…)"
            )
        return links


def sensor_report(story: Story) -> None:
    """A plain text report reaches two people, each with links of their own."""
    mail = mails.sensor_report(story.environment.output("receipt_address"))
    story.watch.finished(story.send(mail))
    received = story.arrived(mail.message["Subject"], people=2)
    for sent in received:
        story.screen.say(
            f"in the inbox of {sent['recipients'][0]}: {_size(sent['size'])} with links, no attachments"
        )
    first = story.open_links(mail, received[0])
    second = story.open_links(mail, received[1])
    if set(first) & set(second):
        raise MailroomError("Two people were sent the same link.")
    story.links += first


def big_html(story: Story) -> None:
    """An HTML mail with a 20 MB file: the mail sent on is small, the file comes by its link."""
    mail = mails.big_html_report(story.environment.output("receipt_address"))
    story.watch.finished(story.send(mail))
    (sent,) = story.arrived(mail.message["Subject"], people=1)
    story.screen.say(f"in the inbox of {sent['recipients'][0]}: {_size(sent['size'])}")
    story.open_links(mail, sent)


def nobody_named(story: Story) -> None:
    """A mail without a recipients list ends as a notice, and stays stored."""
    _told(story, mails.without_recipients(story.environment.output("receipt_address")))


def too_large(story: Story) -> None:
    """A mail over the limit is told, and stays stored."""
    limit = environment_settings(story.environment.name, story.cloud.name).rules.maximum_message_bytes
    _told(story, mails.larger_than(story.environment.output("receipt_address"), limit))


def virus(story: Story) -> None:
    """A mail in which SES's scan found a virus is told, and goes to nobody."""
    _told(story, mails.with_virus(story.environment.output("receipt_address")))


def answer_lost(story: Story) -> None:
    """SES takes a mail and its answer is lost: its Send event settles the doubt, and nobody gets it twice."""
    faults.add(story.cloud, Fault("lost-answer", service="sesv2", operation="SendEmail"))
    mail = mails.whose_answer_is_lost(story.environment.output("receipt_address"))
    mail_id = story.send(mail)
    progress = story.watch.finished(mail_id)
    (fault,) = faults.listing(story.cloud)
    faults.clear(story.cloud)
    story.screen.say(f"SES took it and the connection broke before its answer ({fault['struck']} time)")
    story.screen.say("nobody knew whether it had gone out; SES's Send event told the ledger that it had")
    (person,) = progress.recipients.values()
    sent = story.arrived(mail.message["Subject"], people=1)
    if (person, len(sent)) != ("sent", 1):
        raise MailroomError(f"The recipient is {person}, and {len(sent)} mails were sent.")
    story.screen.say(f"ledger: {progress.state}, recipient {person}; in the inbox: {len(sent)} mail")
    story.command("inbound", "doubtful")


def asked(story: Story) -> None:
    """The doctor goes through the known troubles of the receipt address."""
    story.command("inbound", "doctor", story.environment.output("receipt_address"))


def _told(story: Story, mail: Mail) -> None:
    """Send a mail that ends as a notice, and show the notice."""
    progress = story.watch.finished(story.send(mail))
    notice = story.watch.notice()
    if progress.recipients:
        raise MailroomError(f"It went to {', '.join(progress.recipients)}, and should have gone to nobody.")
    story.screen.say(f"ledger: {progress.state}, {progress.reason}; nothing was sent, the raw mail stays")
    story.screen.say("the notice topic was told:")
    for line in notice["Message"].splitlines():
        story.screen.say(f"  | {line}")


def paused_and_replayed(story: Story) -> None:
    """A mail that SES refuses is tried again, ends in the dead-letter queue, and comes back by replay."""
    sesv2 = story.environment.client("sesv2")
    pause = {"ConfigurationSetName": story.environment.output("configuration_set")}
    sesv2.put_configuration_set_sending_options(**pause, SendingEnabled=False)
    story.screen.say("sending is paused, as an operator does when something is wrong")
    mail = mails.while_sending_is_paused(story.environment.output("receipt_address"))
    mail_id = story.send(mail)
    until(
        "the dead-letter queue to hold the mail", lambda: story.watch.dead_letters() or None, PAUSED_SECONDS
    )
    story.screen.say("SES refused it at every try: it lies in the dead-letter queue, nothing is lost")
    sesv2.put_configuration_set_sending_options(**pause, SendingEnabled=True)
    story.screen.say("sending is allowed again")
    story.command("inbound", "replay", mail_id.partition("#")[0])
    progress = story.watch.finished(mail_id)
    if story.watch.dead_letters():
        raise MailroomError("The replayed mail is still in the dead-letter queue.")
    story.screen.say(f"ledger: {progress.state}; the dead-letter queue is empty")
    (sent,) = story.arrived(mail.message["Subject"], people=1)
    story.open_links(mail, sent)


def revoked(story: Story) -> None:
    """A link that is revoked is dead at the next click."""
    link = story.links[0]
    story.command("links", "revoke", link)
    click = post.click(link)
    if click.status != 410:
        raise MailroomError(f"A revoked link answered {click.status}.")
    title = re.search(r"<h1>(.*?)</h1>", click.page, flags=re.DOTALL)
    story.screen.say(f"the next click: {click.status}, “{title[1].strip() if title else click.page[:80]}”")


def stored(story: Story) -> None:
    """What lies where now."""
    for place, count, size in story.watch.stored():
        story.screen.say(f"{place}: {count}{f', {_size(size)}' if size else ' items'}")
    inbox = post.inbox(story.cloud)
    story.screen.say(f"sent: {len(inbox)} mails, {_size(sum(sent['size'] for sent in inbox))}")


def _size(count: int) -> str:
    """A number of bytes for people."""
    for unit, factor in (("MB", 1_000_000), ("KB", 1_000)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} bytes"


FIRST = {
    "A sensor's report: plain text, two attachments, two people": sensor_report,
    "An HTML mail with a 20 MB file": big_html,
}
STEPS = {
    "A mail that names nobody": nobody_named,
    "A mail that is too large": too_large,
    "A mail with a virus": virus,
    "A mail whose answer is lost": answer_lost,
    "A mail that fails, and comes back by replay": paused_and_replayed,
    "A link is revoked": revoked,
    "The doctor looks at the receipt address": asked,
}
END = {"What is stored where": stored}
