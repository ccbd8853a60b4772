"""`mailroom links list|revoke|restore`: which links are meant, and what is done to them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from lambda_src.shared.links_table import to_item
from mailroom.errors import MailroomError
from mailroom.links import changes
from mailroom.links import table as tables
from tests.unit.links.conftest import ANN, BOB, NOW, OLD, TOKEN, Environment

ALL = {ANN.token_hash, BOB.token_hash, OLD.token_hash}
LINK = f"https://l.example/x/{TOKEN}"
CHOICES = [
    ([LINK], {ANN.token_hash}),
    ([TOKEN], {ANN.token_hash}),
    ([f"https://l.example/{TOKEN}?a=b"], {ANN.token_hash}),
    (["--message", "incoming/m1#v1"], {ANN.token_hash, BOB.token_hash}),
    (["--message", "incoming/m1#v1", "--file", "a.pdf"], {ANN.token_hash, BOB.token_hash}),
    (["--attachment", "attachments/x/1"], {ANN.token_hash, BOB.token_hash}),
    (["--attachment", LINK], {ANN.token_hash, BOB.token_hash}),
    (["--recipient", "ann@A.example"], {ANN.token_hash, OLD.token_hash}),
    (["--message", "incoming/m1#v1", "--recipient", "ann@a.example"], {ANN.token_hash}),
    (["--attachment", "attachments/y/1", "--recipient", "ANN@a.example"], {OLD.token_hash}),
]
NOBODYS = [
    ["--recipient", "nobody@a.example"],
    ["--message", "incoming/m1#v1", "--file", "b.pdf"],
    ["--attachment", "attachments/z/9"],
    ["--attachment", "attachments/y/1", "--message", "incoming/m1#v1"],
]
BAD = [
    (["https://l.example/short"], "is no link of ours"),
    (["B" * 43], "test does not know this link"),
    (["--attachment", "a.pdf"], "is no link of ours"),
    ([TOKEN, "--message", "m"], "one LINK, or options"),
    (["--file", "a.pdf"], "needs the message"),
]


@pytest.mark.parametrize(("arguments", "hashes"), [*CHOICES, ([], ALL), *((each, set()) for each in NOBODYS)])
def test_list(run: Callable[..., Any], arguments: list[str], hashes: set[str]) -> None:
    """Links are found by link, message, file, recipient in any letters, by several of them, or all."""
    assert {row["token_hash"] for row in run("list", "--json", *arguments)} == hashes


@pytest.mark.parametrize(("arguments", "hashes"), CHOICES)
def test_no_full_scan(
    run: Callable[..., Any],
    table: Any,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    hashes: set[str],
) -> None:
    """Whatever was chosen is found by a key or an index: the table may be large."""
    monkeypatch.setattr(table, "scan", None)
    assert len(run("list", "--json", *arguments)) == len(hashes)


def test_list_by_stored_key(run: Callable[..., Any], table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is named by its object key; the newest version is meant."""
    s3 = boto3.client("s3")
    monkeypatch.setitem(Environment.clients, "s3", s3)
    s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="raw", Key="incoming/m3", Body=b"x")
    table.put_item(TableName="links", Item=to_item(replace(ANN, token_hash="h4", mail="incoming/m3#null")))
    assert [row["token_hash"] for row in run("list", "--json", "--message", "m3")] == ["h4"]
    with pytest.raises(MailroomError, match="no stored message incoming/nothing"):
        run("list", "--message", "nothing")


def test_list_says_the_state(run: Callable[..., Any]) -> None:
    """A person reads which links still open."""
    run("revoke", TOKEN)
    words = run("list")
    assert [words.count(f"{state:8} until") for state in ("revoked", "expired", "open")] == [1, 1, 1]


def test_list_obeys_no_name(run: Callable[..., Any], table: Any) -> None:
    """A file's name cannot steer the operator's terminal."""
    table.put_item(TableName="links", Item=to_item(replace(ANN, name="\x1b[2J\u202e.pdf")))
    assert "?[2J?.pdf" in run("list", TOKEN)


@pytest.mark.parametrize(("arguments", "hashes"), CHOICES)
def test_revoke_and_restore(
    run: Callable[..., Any], revoked: Callable[[], set[str]], arguments: list[str], hashes: set[str]
) -> None:
    """What was chosen is withdrawn once and given back once, except what has expired; each says how many."""
    many, expired = len(hashes), len(hashes & {OLD.token_hash})
    assert run("revoke", "--json", *arguments) == {"revoked": many, "revoked_before": 0, "dry_run": False}
    assert revoked() == hashes
    assert run("revoke", "--json", *arguments) == {"revoked": 0, "revoked_before": many, "dry_run": False}
    counts = {"restored": many - expired, "not_revoked": 0, "expired": expired, "dry_run": False}
    assert run("restore", "--json", *arguments) == counts
    assert revoked() == hashes & {OLD.token_hash}
    counts |= {"restored": 0, "not_revoked": many - expired}
    assert run("restore", "--json", *arguments) == counts


@pytest.mark.parametrize("command", ["revoke", "restore"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [*BAD, ([], "Say which links"), *((each, "is of that choice") for each in NOBODYS)],
)
def test_nothing_chosen(
    run: Callable[..., Any], revoked: Callable[[], set[str]], command: str, arguments: list[str], words: str
) -> None:
    """What names no link is said so, and changes nothing."""
    with pytest.raises(MailroomError, match=words):
        run(command, *arguments)
    assert revoked() == set()


def test_words(run: Callable[..., Any]) -> None:
    """A person reads how many, and what could not be done."""
    assert run("revoke", "--recipient", "ann@a.example") == "revoked: 2\n"
    assert run("revoke", "--attachment", "attachments/x/1") == "revoked: 1\nrevoked before: 1\n"
    assert run("revoke", TOKEN) == "revoked: 0\nrevoked before: 1\n"
    restored = run("restore", "--recipient", "ann@a.example")
    assert restored.startswith("restored: 1\nexpired, so they stay closed: 1 (mailroom inbound replay KEY")


def test_dry_run(run: Callable[..., Any], revoked: Callable[[], set[str]]) -> None:
    """A dry run says what would be done, and does nothing."""
    words = run("revoke", "--dry-run", "--message", "incoming/m1#v1")
    assert words.startswith(
        "It would revoke 2 links (found 2 of 1 message to 2 recipients). Nothing was changed."
    )
    counts = run("revoke", "--dry-run", "--json", "--recipient", "ann@a.example")
    assert counts == {"revoked": 2, "revoked_before": 0, "dry_run": True}
    assert revoked() == set()


@pytest.mark.parametrize(
    ("answer", "options", "at_terminal", "done"),
    [("y", [], True, True), ("n", [], True, False), ("", ["--yes"], True, True), ("", [], False, True)],
)
def test_many_are_asked_about(
    run: Callable[..., Any],
    revoked: Callable[[], set[str]],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    options: list[str],
    at_terminal: bool,
    done: bool,
) -> None:
    """At a terminal many links are asked about first; a script is not asked, since restore takes it back."""
    monkeypatch.setattr(changes, "MANY", 1)
    monkeypatch.setattr(
        changes, "sys", type("Sys", (), {"stdin": type("Stdin", (), {"isatty": lambda: at_terminal})})
    )
    arguments = ("revoke", "--message", "incoming/m1#v1", *options)
    if done:
        run(*arguments, answer=answer)
    else:
        with pytest.raises(AssertionError, match="Aborted"):
            run(*arguments, answer=answer)
    assert bool(revoked()) == done


class Killed(RuntimeError):
    """Stands for a run that ends in the middle."""


def test_thousands_and_a_kill(
    run: Callable[..., Any], revoked: Callable[[], set[str]], table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run over many links that was killed is run again, and together they have done each once."""
    for number in range(60):
        link = replace(ANN, token_hash=f"many{number}", mail="incoming/many#v1")
        table.put_item(TableName="links", Item=to_item(link))
    monkeypatch.setattr(changes, "_AT_ONCE", 10)
    original, calls = tables.Table.revoke, []

    def killed(self: tables.Table, link: Any) -> bool:
        calls.append(link)
        if len(calls) > 25:
            raise Killed
        return original(self, link)

    monkeypatch.setattr(tables.Table, "revoke", killed)
    with pytest.raises(AssertionError, match="Killed"):
        run("revoke", "--message", "incoming/many#v1")
    monkeypatch.setattr(tables.Table, "revoke", original)
    assert run("revoke", "--json", "--message", "incoming/many#v1") == {
        "revoked": 35, "revoked_before": 25, "dry_run": False,
    }  # fmt: skip
    assert len(revoked()) == 60


def test_what_comes_meanwhile_is_revoked_too(
    run: Callable[..., Any], revoked: Callable[[], set[str]], table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that is written while its mail's links are being withdrawn does not slip through."""
    late, original = replace(ANN, token_hash="late"), tables.Table.revoke

    def writes(self: tables.Table, link: Any) -> bool:
        table.put_item(TableName="links", Item=to_item(late)) if link.token_hash != "late" else None
        return original(self, link)

    monkeypatch.setattr(tables.Table, "revoke", writes)
    assert run("revoke", "--json", "--message", "incoming/m1#v1")["revoked"] == 3
    assert "late" in revoked()


def test_restored_by_another_meanwhile(
    run: Callable[..., Any], table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two runs at once, one does each link and the other says that it was done before."""
    table.put_item(TableName="links", Item=to_item(replace(BOB, revoked_at=NOW)))
    original = tables.Table.restore
    monkeypatch.setattr(
        tables.Table, "restore", lambda self, link: original(self, link) and original(self, link)
    )
    assert run("restore", "--json", "--recipient", "bob@b.example")["not_revoked"] == 1
