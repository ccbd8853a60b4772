"""Search: what the words mean, and which mails they find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.local.inbox import search
from mailroom.local.inbox.index import text_of
from mailroom.local.inbox.search import Term, parse

Mail = Callable[..., bytes]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", ()),
        ("   ", ()),
        ("Invoice", (Term("", "invoice"),)),
        ("two words", (Term("", "two"), Term("", "words"))),
        ('"two words"', (Term("", "two words"),)),
        ('subject:"your files" x', (Term("subject", "your files"), Term("", "x"))),
        ('subject:"never closed', (Term("subject", "never closed"),)),
        ("TO:Anna@Far.Example", (Term("to", "anna@far.example"),)),
        ("-to:anna -x", (Term("to", "anna", True), Term("", "x", True))),
        ("http://far.example/", (Term("", "http://far.example/"),)),
        ("10:30", (Term("", "10:30"),)),
        ("Re: to: anna", (Term("", "re:"), Term("to", "anna"))),
        ("-is: bounced", (Term("is", "bounced", True),)),
        ("Straße", (Term("", "strasse"),)),
        ("-", (Term("", "-"),)),
        ("to:", (Term("", "to:"),)),
    ],
)
def test_words_become_terms(typed: str, terms: tuple[Term, ...]) -> None:
    """Fields, phrases, negation, case; what looks like a field and is none is a word."""
    assert parse(typed).terms == terms
    assert parse(typed).problems == ()


@pytest.mark.parametrize("typed", ["is:lost", "is:", "has:wings", "-is:LOST"])
def test_unknown_values_are_told(typed: str) -> None:
    """A sentence that says what there is."""
    problems = parse(typed).problems
    assert typed == "is:" or len(problems) == 1
    assert all("takes" in problem for problem in problems)


def test_long_searches_are_cut() -> None:
    """A bound for what a request can make us look for."""
    assert len(parse("x " * 5000).terms) == search.MAXIMUM_LENGTH // 2


@pytest.fixture
def ids(desk: Any, mail: Mail) -> dict[str, str]:
    """Four mails that differ in what search looks at, by short names."""
    found = {
        "invoice": desk.send(
            mail("Please pay 12 EUR.", Subject="=?utf-8?q?Rechnung_f=C3=BCr_M=C3=A4rz?=", From='"Billing Team" <pay@mail.example>'),
            sender="pay@mail.example", to=("anna@far.example", "bert@far.example"), configuration_set="transactional",
            tags=(("campaign", "march"),),
        ),
        "news": desk.send(
            mail("<style>p{hidden:1}</style><p>Big <b>sa</b>le &amp; more<!-- secret --></p>", Content_Type="text/html", Subject="News"),
            sender="news@mail.example", to=("anna@far.example",), configuration_set="newsletter",
        ),
        "file": desk.send(
            mail('--b\r\nContent-Type: text/plain\r\n\r\nattached\r\n--b\r\nContent-Type: application/pdf\r\n\r\nx\r\n--b--',
                 Subject="File", To="Carl Cat <carl@far.example>", Cc="dora@far.example", Content_Type="multipart/mixed; boundary=b"),
            to=("carl@far.example", "hidden@far.example"), configuration_set="",
        ),
        "plain": desk.send(mail("nothing to see"), to=("erik@far.example",), suppressed=("erik@far.example",)),
    }  # fmt: skip
    desk.tell(found["invoice"], "Delivery", recipients=["anna@far.example"])
    desk.tell(found["invoice"], "Bounce", bouncedRecipients=[{"emailAddress": "bert@far.example"}])
    desk.tell(found["news"], "Delivery", recipients=["anna@far.example"])
    desk.tell(found["news"], "Complaint", complainedRecipients=[{"emailAddress": "anna@far.example"}])
    desk.tell(found["news"], "Open")
    return found


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", "invoice news file plain"),
        ("rechnung", "invoice"),
        ("RECHNUNG märz", "invoice"),
        ("märz nonsense", ""),
        ("subject:für", "invoice"),
        ('"big sale & more"', "news"),
        ("sale", "news"),
        ("secret", ""),
        ("hidden:1", ""),
        ("text:pay", "invoice"),
        ("subject:pay", ""),
        ("to:anna", "invoice news"),
        ("to:cat", "file"),
        ("to:dora", "file"),
        ("to:hidden@", "file"),
        ("from:billing", "invoice"),
        ("from:news@", "news"),
        ("set:news", "news"),
        ("set:transactional to:bert", "invoice"),
        ("tag:campaign=march", "invoice"),
        ("march", "invoice"),
        ("is:bounced", "invoice"),
        ("is:delivered", "invoice news"),
        ("is:complained", "news"),
        ("is:opened", "news"),
        ("is:suppressed", "plain"),
        ("is:accepted", "file"),
        ("IS:Bounced", "invoice"),
        ("is:lost", ""),
        ("-is:delivered", "file plain"),
        ("has:attachment", "file"),
        ("-has:attachment to:anna", "invoice news"),
        ("-to:anna -file", "plain"),
    ],
)
def test_mails_are_found(desk: Any, ids: dict[str, str], typed: str, names: str) -> None:
    """Every term must hold; each field looks where it says."""
    found = [entry.sent.id for entry in search.found(desk.inbox.index, parse(typed))]
    assert found == [ids[name] for name in names.split()]


def test_a_mail_is_found_by_its_id(desk: Any, ids: dict[str, str]) -> None:
    """Whole, or the beginning of it; a short word is none, or "0" would find everything."""
    assert search.found(desk.inbox.index, parse("0102")) == []
    one = ids["news"]
    for typed in (one, one.upper(), one[:-8], f"id:{one}", f"id:{one[-24:]}"):
        assert [entry.sent.id for entry in search.found(desk.inbox.index, parse(typed))] == [one]


def test_events_that_come_later_are_found(desk: Any, ids: dict[str, str]) -> None:
    """What is known of a mail follows its events."""
    assert search.found(desk.inbox.index, parse("is:clicked")) == []
    desk.tell(ids["file"], "Click")
    assert [entry.sent.id for entry in search.found(desk.inbox.index, parse("is:clicked"))] == [ids["file"]]


def test_a_mail_is_read_once_and_only_when_it_matters(
    desk: Any, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The envelope answers most searches; a text is opened by the first search that needs it."""
    opened: list[str] = []
    raw = desk.inbox.mail.raw
    monkeypatch.setattr(desk.inbox.mail, "raw", lambda one: opened.append(one) or raw(one))
    for typed in ("is:bounced", "set:newsletter", "subject:news"):
        search.found(desk.inbox.index, parse(typed))
    assert opened == []
    for _ in range(2):
        search.found(desk.inbox.index, parse("nowhere"))
    assert sorted(opened) == sorted(ids.values())


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("a<b>b</b>c<br>d", "abc d"),
        ("&lt;b&gt; &amp;amp; &eacute;", "<b> &amp; é"),
        ("<script>x</script>a<style>y</style>b", "a b"),
        ("<head><title>t</title></head>a", "a"),
        ("a<!-- b <i> -->c", "a c"),
        ("a<!-- never closed", "a"),
        ("a<script>never closed", "a"),
        ("a < b", "a"),
        ("İİİİ<b>x</b>", "İİİİx"),
        ("<p title='>'>a", "'>a"),
        ("<" * 5 + "a>", ""),
    ],
)
def test_words_of_html(html: str, words: str) -> None:
    """Enough for a search and a line of the list: one pass, no parser."""
    assert " ".join(text_of(html).split()) == words


def test_broken_html_is_read_in_one_pass() -> None:
    """Half a million openings that never close end at the first."""
    for broken in ("<!--", "<script>", "<", "<style"):
        assert len(text_of(broken * 500_000)) < 10
