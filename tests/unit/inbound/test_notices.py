"""What people are told: the words, the attributes, the links of encrypted mail, and the mail's text if asked."""

import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from lambda_src.inbound.ports import Mail, NotFinished, Notice
from lambda_src.inbound.sns import SnsNotices

P7M = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nAAEC\n"
PGP = b"From: a@b.example\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n"
SIGNED = (
    b"From: a@b.example\nContent-Type: multipart/signed; boundary=B; protocol=application/pkcs7-signature\n\n"
    b"--B\n\n:Email_Rxers_Code:ann@a.example,bob@b.example:Email_Rxers_Code: text\n"
    b"--B\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nsig\n--B--\n"
)


class Topic:
    """Remembers what was published."""

    def publish(self, **request: Any) -> None:
        self.request = request

    @property
    def message(self) -> str:
        return str(self.request["Message"])

    def attributes(self) -> dict[str, str]:
        return {name: value["StringValue"] for name, value in self.request["MessageAttributes"].items()}


def told(notice: Notice) -> Topic:
    topic = Topic()
    SnsNotices(topic, "arn").publish(notice)
    return topic


def test_a_notice_for_people_and_programs() -> None:
    """A notice says in words what happened to which mail, and carries the same as attributes that SNS takes."""
    topic = told(
        Notice("no_list", "There is no list.\nWrite one.", "", "T\ud800\n" + "x" * 900, "incoming/m1")
    )
    attributes = topic.attributes()
    assert attributes["sender"] == "(none)"
    assert attributes["title"].startswith("Tx")
    assert len(attributes["title"]) == 500
    assert (attributes["reason"], attributes["object_key"]) == ("no_list", "incoming/m1")
    assert topic.message.startswith("There is no list.\nWrite one.\n\nSender: (none)\nTitle: Tx")
    assert topic.message.endswith("after the cause is gone: mailroom inbound replay incoming/m1")
    assert "no_list" not in topic.message
    assert topic.request["Subject"].isascii()
    assert len(topic.request["Subject"]) < 100


def test_the_largest_notice_fits() -> None:
    """Whatever a mail holds, SNS takes its notice: 256 KiB with the attributes."""
    long = "\N{PILE OF POO}" * 300_000
    links = tuple(f"https://l.example/{'x' * 600}" for _ in range(10))
    topic = told(Notice("virus", long, long, long, "k" * 190, links, long))
    attributes = "".join(topic.attributes().values())
    assert len((topic.message + attributes).encode()) < 256 * 1024
    assert "The beginning of its text:" in topic.message
    assert all(link in topic.message for link in links)


def test_text_only_where_it_is_asked_for(world: Any, report: bytes) -> None:
    """Nothing of the body is in a notice, unless the setting says so; the list is in none."""
    raw = b"Auto-Submitted: auto-replied\n" + report
    world.work(world.store_mail(raw, "incoming/m1"))
    world.notice_shows_text = True
    world.work(world.store_mail(raw, "incoming/m2"))
    quiet, loud = world.notices.told
    assert quiet.text == ""
    assert "All well" in loud.text
    assert "ann@a.example" not in loud.text
    assert "Its text:\n\n" in told(loud).message
    assert "All well" not in told(quiet).message


def test_html_is_told_as_text(world: Any) -> None:
    """A mail that has only HTML is shown as a reader sees it."""
    world.notice_shows_text = True
    world.work(world.store_mail(b"Content-Type: text/html\n\n<p>Hot &amp; loud</p>"))
    assert world.notices.told[0].text.strip() == "Hot & loud"


def test_words_for_the_owner(world: Any, report: bytes) -> None:
    """A notice says what happened, what became of the mail, and what to do."""
    world.rules = replace(world.rules, maximum_message_bytes=100)
    world.work(world.store_mail(report))
    [notice] = world.notices.told
    first, second = notice.words.split("\n")
    assert first.startswith("The mail has ")
    assert first.endswith("It was not sent on; it is kept.")
    assert second.startswith("What you can do: Send less in one mail")


@pytest.mark.parametrize(("policy", "words"), [("junk", "it is kept as junk"), ("drop", "It was dropped")])
def test_junk_and_drop_are_told(world: Any, report: bytes, policy: str, words: str) -> None:
    """Mail that is kept as junk or dropped ends with that outcome, and is told like any other."""
    world.rules = replace(world.rules, policy={"virus": policy})
    assert world.work(world.store_mail(b"X-SES-Virus-Verdict: FAIL\n" + report)) == policy
    [notice] = world.notices.told
    assert notice.reason == "virus"
    assert words in notice.words


def test_released_mail_is_sent_on(world: Any, report: bytes) -> None:
    """What an operator releases goes on whatever SES's verdict is, with its files; the notice names the command."""
    mail = world.store_mail(b"X-SES-Virus-Verdict: FAIL\n" + report)
    assert world.work(mail) == "notice"
    assert f"mailroom inbound replay {mail.key} --release" in told(world.notices.told[0]).message
    world.ledger.mails[mail.id].update(state="open", until=-1, released=1)
    assert world.work(mail) == "sent"
    assert len(world.store.objects) == 2
    assert len(world.mailer.to()) == 2


def fetched(world: Any, url: str) -> bytes:
    link = world.links.table[hashlib.sha256(url.rpartition("/")[2].encode()).hexdigest()]
    assert link.recipient == "(notice reader)"
    return world.store.objects[link.object_key]


def test_encrypted_mail_can_be_fetched(world: Any) -> None:
    """The notice of encrypted mail has a link to it, and says until when."""
    assert world.work(world.store_mail(b"From: a@b.example\n" + P7M)) == "notice"
    [notice] = world.notices.told
    assert notice.reason == "encrypted"
    assert re.search(r"It can be fetched until \d+ \w+ 2026, ", notice.words)
    assert [fetched(world, url) for url in notice.links] == [b"\0\1\2"]
    assert notice.links[0] in told(notice).message


def test_encrypted_text_is_fetched_as_a_whole(world: Any) -> None:
    """Where the encrypted part is no file of its own, the link leads to the whole mail."""
    world.work(world.store_mail(PGP))
    [notice] = world.notices.told
    assert [fetched(world, url) for url in notice.links] == [PGP]
    assert [link.name for link in world.links.table.values()] == ["encrypted-original.eml"]


def test_encrypted_mail_after_a_crash(new_world: Any, errors: Any) -> None:
    """However often a worker dies, the notice's links are the same, and lead to what is stored."""
    for raw in (b"From: a@b.example\n" + P7M, PGP):
        for at in range(8):
            world = new_world()
            world.strikes.at, world.strikes.after = at, True
            assert world.work_until_done(world.store_mail(raw))
            links = {notice.links for notice in world.notices.told}
            assert len(links) == 1
            assert fetched(world, links.pop()[0]) in (b"\0\1\2", PGP)
            assert len(world.links.table) == len(world.store.objects) == 1


def sent_text(world: Any) -> str:
    return world.mailer.accepted[0][1].decode()


def test_the_signed_whole_is_linked_where_all_are_shown(world: Any) -> None:
    """Signed mail whose readers see each other anyway has a link to the whole, signature, list and all."""
    world.show_all = True
    world.work(world.store_mail(SIGNED))
    wholes = [link for link in world.links.table.values() if link.name == "signed-original.eml"]
    assert [link.recipient for link in wholes] == ["ann@a.example", "bob@b.example"]
    assert {link.content_type for link in wholes} == {"message/rfc822"}
    assert [world.store.objects[link.object_key] for link in wholes] == [SIGNED] * 2
    assert world.strikes.calls.count("copy") == 1
    assert sent_text(world).count("https://l.example/") == 2


def test_the_signed_whole_stays_where_none_is_shown(world: Any) -> None:
    """Signed mail that names one reader alone has no link to the whole, which holds the list."""
    world.work(world.store_mail(SIGNED))
    assert "copy" not in world.strikes.calls
    assert sent_text(world).count("https://l.example/") == 1
    assert SIGNED not in world.store.objects.values()


def test_addresses_outside_the_domains_are_named(world: Any, report: bytes) -> None:
    """Who may not get mail is named in a notice of its own; the others have theirs."""
    world.rules = replace(world.rules, allowed_domains=("a.example",))
    assert world.work(world.store_mail(report)) == "sent"
    assert world.mailer.to() == ["ann@a.example"]
    [notice] = world.notices.told
    assert notice.reason == "not_allowed_recipients"
    assert "bob@b.example" in notice.words
    assert "The others in the list have their mail." in notice.words


def test_domains_that_changed_meanwhile(world: Any, report: bytes) -> None:
    """Who was planned gets the mail and is in no notice; who was not is named, whatever is allowed by now."""
    world.rules = replace(world.rules, allowed_domains=("a.example",))
    mail: Mail = world.store_mail(report)
    with pytest.raises(NotFinished):
        world.work(mail, seconds=4)
    world.rules = replace(world.rules, allowed_domains=("b.example",))
    world.work(mail)
    assert world.mailer.to() == ["ann@a.example"]
    [notice] = world.notices.told
    assert "bob@b.example" in notice.words
    assert "ann@a.example" not in notice.words
