"""One mail from the queue to its recipients, among fakes that remember."""

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest

from lambda_src.inbound import derive
from lambda_src.inbound.attachments import Keep
from lambda_src.inbound.ports import AddressRefused, Busy, NotAccepted, NotFinished, TooFast, Unknown

ANN, BOB = "ann@a.example", "bob@b.example"


def test_each_gets_one_mail_with_own_links(world: Any, report: bytes) -> None:
    """Each recipient gets one mail, alone in To, whose links are that recipient's and lead to the stored bytes."""
    mail = world.store_mail(report)
    world.work(mail)
    assert world.mailer.to() == [ANN, BOB]
    seen = []
    for recipient, raw in world.mailer.accepted:
        sent = message_from_bytes(raw, policy=policy.default)
        assert sent["To"] == recipient
        text = sent.get_content()
        assert "Email_Rxers" not in text
        assert "bob" not in text
        tokens = re.findall(r"https://l\.example/([\w-]{43})", text)
        links = [world.links.table[hashlib.sha256(token.encode()).hexdigest()] for token in tokens]
        assert [link.recipient for link in links] == [recipient] * 2
        assert [link.name for link in links] == ["a.bin", "b.csv"]
        assert [world.store.objects[link.object_key] for link in links] == [b"\0\1\2\3", b"1,2"]
        assert [link.sha256 for link in links] == [
            hashlib.sha256(b).hexdigest() for b in (b"\0\1\2\3", b"1,2")
        ]
        assert all(link.expires_at == int(world.now) + 36 * 3600 for link in links)
        seen += tokens
    assert len(set(seen)) == 4


def test_names_are_never_keys(world: Any, report: bytes) -> None:
    """Object keys hold nothing of the message's names, and cannot be guessed from the message."""
    world.work(world.store_mail(report))
    assert all(re.fullmatch(r"attachments/[a-z2-7]{26}/[12]", key) for key in world.store.objects)


def test_all_recipients_shown(world: Any, report: bytes) -> None:
    """With the setting, To names everybody, and still each mail goes to one address."""
    world.show_all = True
    world.work(world.store_mail(report))
    assert world.mailer.to() == [ANN, BOB]
    assert {message_from_bytes(raw)["To"] for _, raw in world.mailer.accepted} == {f"{ANN}, {BOB}"}


def test_second_delivery_sends_nothing(world: Any, report: bytes) -> None:
    """The same mail delivered again by the queue is a success without any send; the seed is gone."""
    mail = world.store_mail(report)
    world.work(mail)
    world.now += 1000
    world.work(mail)
    assert world.mailer.to() == [ANN, BOB]
    assert "seed" not in world.ledger.mails[mail.id]


def test_a_live_lease_is_respected(world: Any, report: bytes) -> None:
    """While another worker has the mail, it goes back to the queue untouched."""
    mail = world.store_mail(report)
    world.ledger.claim(mail.id, "other", int(world.now), int(world.now) + 60)
    with pytest.raises(Busy) as caught:
        world.work(mail)
    assert caught.value.again_at == int(world.now) + 61
    assert world.mailer.accepted == []
    world.now += 61
    world.work(mail)
    assert world.mailer.to() == [ANN, BOB]


@pytest.mark.parametrize("error", [NotAccepted("MessageRejected"), TooFast("TooManyRequestsException")])
def test_a_refusal_is_sent_again(world: Any, report: bytes, error: Exception) -> None:
    """A recipient that SES refused for now stays pending while the others are served, and gets it the next time."""
    mail = world.store_mail(report)
    world.mailer.answers[ANN] = [error] * 4
    with pytest.raises(NotFinished, match="1 of 2 recipients are still to be sent to"):
        world.work(mail)
    assert world.mailer.to() == [BOB]
    world.mailer.answers = {}
    world.work(mail)
    assert world.mailer.to() == [BOB, ANN]
    assert world.states(mail) == ["sent", "sent"]


def test_too_fast_waits_a_moment(world: Any, report: bytes) -> None:
    """Where SES says that we send too fast, the send is repeated after a pause in the same run."""
    world.mailer.answers[ANN] = [TooFast("TooManyRequestsException")]
    world.work(world.store_mail(report))
    assert world.mailer.to() == [ANN, BOB]
    assert world.slept == [0.3]


def test_a_lost_answer_is_never_sent_again(world: Any, report: bytes) -> None:
    """A recipient whose answer was lost is doubtful: the mail keeps coming back, but is not sent again by itself."""
    mail = world.store_mail(report)
    world.mailer.answers[ANN] = [Unknown("ReadTimeoutError")]
    for _ in range(3):
        with pytest.raises(NotFinished, match="1 of 2 recipients are doubtful"):
            world.work(mail)
    assert world.mailer.to() == [BOB]
    assert world.states(mail) == ["doubtful", "sent"]


def test_a_settled_doubt_ends_the_mail(world: Any, report: bytes) -> None:
    """Once the doubt is settled as sent, the next delivery is a success and sends nothing."""
    mail = world.store_mail(report)
    world.mailer.answers[ANN] = [Unknown("ReadTimeoutError")]
    with pytest.raises(NotFinished):
        world.work(mail)
    world.ledger.settle(mail.id, world.ledger.people(mail.id)[0], int(world.now), "ses-1")
    world.work(mail)
    assert world.mailer.to() == [BOB]
    assert world.ledger.mails[mail.id]["state"] == "done"


def test_a_refused_address_is_told(world: Any, report: bytes) -> None:
    """An address that SES never takes ends as refused with a notice; the others get their mail."""
    mail = world.store_mail(report)
    world.mailer.answers[ANN] = [AddressRefused("BadRequestException")]
    world.work(mail)
    assert world.states(mail) == ["refused", "sent"]
    assert [notice.reason for notice in world.notices.told] == ["refused_recipients"]


def test_invalid_addresses_are_named(world: Any) -> None:
    """The valid addresses get the mail; the invalid ones are named in the notice."""
    raw = b"From: a@b.example\nSubject: S\n\n:Email_Rxers_Code:ann@a.example,nobody,x@y:Email_Rxers_Code:\n"
    world.work(world.store_mail(raw))
    assert world.mailer.to() == [ANN]
    [notice] = world.notices.told
    assert notice.reason == "invalid_recipients"
    assert "nobody, x@y" in notice.words
    assert (notice.sender, notice.title, notice.object_key) == ("a@b.example", "S", "incoming/m1")


def test_the_setup_object_is_no_mail(world: Any) -> None:
    """SES's set-up object ends as a success without claim, notice or send."""
    world.work(world.store_mail(b"From: aws\n\nhello", "incoming/AMAZON_SES_SETUP_NOTIFICATION"))
    assert world.strikes.calls == []


def test_nothing_is_stored_for_a_mail_that_will_not_go(world: Any, report: bytes) -> None:
    """Attachments of a mail whose headers already decide against it are not stored."""
    world.work(world.store_mail(b"Auto-Submitted: auto-replied\n" + report))
    assert world.store.objects == {}
    assert [notice.reason for notice in world.notices.told] == ["automatic"]


def test_without_time_the_rest_waits(world: Any, report: bytes) -> None:
    """A run that is almost out of time plans, sends nothing, and says so."""
    mail = world.store_mail(report)
    with pytest.raises(NotFinished, match="2 of 2"):
        world.work(mail, seconds=4)
    world.work(mail)
    assert world.mailer.to() == [ANN, BOB]


def test_a_resumed_run_stores_what_is_linked_now(world: Any, report: bytes) -> None:
    """Files that stayed in the mail at first, and are linked by the settings of the next run, are stored then."""
    mail = world.store_mail(report)
    world.rules = replace(world.rules, keep=Keep(files_below=1000), maximum_attachments=2)
    world.mailer.answers[ANN] = [NotAccepted("AccountSuspendedException")]
    with pytest.raises(NotFinished):
        world.work(mail)
    assert world.store.objects == {}
    world.rules = replace(world.rules, keep=Keep(), maximum_attachments=1)
    world.work(mail)
    links = [link for link in world.links.table.values() if link.recipient == ANN]
    assert sorted(world.store.objects[link.object_key] for link in links) == [b"\0\1\2\3", b"1,2"]


def test_nothing_is_stored_when_all_have_it(world: Any, report: bytes) -> None:
    """A run that only has to finish stores no attachment again."""
    mail = world.store_mail(report)
    world.strikes.at = 13  # the end, before the mail is finished
    for _ in range(2):
        with suppress(BaseException):
            world.work(mail)
        world.now += 20
    assert world.states(mail) == ["sent", "sent"]
    assert world.strikes.calls.count("put") == 2


def test_rules_that_changed_do_not_stop_a_planned_mail(world: Any, report: bytes) -> None:
    """Once recipients are planned they get their mail, whatever limits were set since."""
    mail = world.store_mail(report)
    world.mailer.answers[ANN] = [NotAccepted("AccountSuspendedException")]
    with pytest.raises(NotFinished):
        world.work(mail)
    world.rules = replace(world.rules, maximum_recipients=1)
    world.work(mail)
    assert world.mailer.to() == [BOB, ANN]
    assert world.notices.told == []


def test_tags_lead_back_to_the_ledger(world: Any, report: bytes) -> None:
    """Every send carries the ledger's place of its recipient, for the event that settles doubts."""
    mail = world.store_mail(report)
    world.work(mail)
    assert [derive.ledger_place(tags) for tags in world.mailer.tags] == [(mail.id, 1, 1), (mail.id, 2, 1)]


def test_a_broken_read_leaves_no_half_object(world: Any, report: bytes) -> None:
    """When the raw message stops in the middle, the attachment under way is aborted and the lease given back."""
    mail = world.store_mail(report)

    class Broken:
        size = len(report)

        def __init__(self) -> None:
            self.blocks = [report[: report.index(b"1,2") + 2]]

        def read(self, size: int) -> bytes:
            if not self.blocks:
                raise OSError("connection lost")
            return self.blocks.pop()

    world.store.open_raw = lambda mail: Broken()
    with pytest.raises(OSError, match="connection lost"):
        world.work(mail)
    assert world.mailer.accepted == []
    assert len(world.store.aborted) == 1
    assert world.ledger.mails[mail.id]["until"] == -1
