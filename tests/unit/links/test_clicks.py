"""`mailroom links clicks`: the function's own log lines, joined with the table."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambda_src.shared.links_table import Link, to_item
from mailroom.errors import MailroomError
from mailroom.links.clicks import read
from mailroom.links.table import Table
from mailroom.links.words import moment
from tests.unit.links.conftest import ANN, BOB, NOW, OLD, Environment

Line = tuple[str, int]


class Logs:
    """CloudWatch Logs as far as it is asked: pages of lines, an empty one among them; remembers the question."""

    def __init__(self, *lines: "Line") -> None:
        self.pages = [lines[:1], (), lines[1:]]
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "Logs":
        assert operation == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        self.asked.append(asked)
        return [
            {"events": [{"message": text, "timestamp": at * 1000} for text, at in page]}
            for page in self.pages
        ]


def line(link: Link, at: int, who: str = "person", answer: str = "open") -> Line:
    """A line as lambda_src/links/handler.py writes it, and when."""
    because = "" if who == "person" else "asks with HEAD"
    written = {
        "level": "INFO", "message": "link asked for", "request": "r", "answer": answer,
        "who": who, "because": because, "mail": link.mail, "object": link.object_key,
        "link": link.token_hash[:16],
    }  # fmt: skip
    return json.dumps(written), at


GUESS = json.dumps({"message": "link asked for", "answer": "unknown", "who": "person", "because": ""})


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Logs:
    """Ann clicked; a scanner came by Bob's link; Ann's expired one was tried; and lines that are not about links."""
    found = Logs(
        line(BOB, NOW - 50, "scanner"),
        line(ANN, NOW - 40),
        line(OLD, NOW - 30, answer="expired"),
        *((text, NOW) for text in (GUESS, "START RequestId: r", "[1, 2]")),
    )
    monkeypatch.setitem(Environment.clients, "logs", found)
    return found


def test_of_a_message(run: Callable[..., Any], logs: Logs) -> None:
    """Who clicked a message's links, when and which file; scanners apart; and who has not opened any yet."""
    found = run("clicks", "--json", "--message", "incoming/m1#v1")
    (click,) = found["people"]
    assert (click["recipient"], click["name"], click["answer"]) == ("ann@a.example", "a.pdf", "open")
    assert click["time"] == moment(NOW - 40)
    (scan,) = found["scanners"]
    assert (scan["recipient"], scan["because"]) == ("bob@b.example", "asks with HEAD")
    assert found["not_opened"] == ["bob@b.example"]
    (asked,) = logs.asked
    assert asked == {
        "logGroupName": "/aws/lambda/test-links",
        "startTime": ANN.created_at * 1000,
        "filterPattern": '"link asked for" "incoming/m1#v1"',
    }


def test_of_a_recipient(run: Callable[..., Any], logs: Logs) -> None:
    """All that came to a recipient's links, an expired one too."""
    found = run("clicks", "--json", "--recipient", "ANN@a.example")
    assert [(row["mail"], row["answer"]) for row in found["people"]] == [
        ("incoming/m1#v1", "open"),
        ("incoming/m2#v1", "expired"),
    ]
    assert (found["scanners"], found["not_opened"]) == ([], [])


def test_since(run: Callable[..., Any], logs: Logs, table: Any) -> None:
    """All clicks since a time; one whose link has left the table meanwhile is still told."""
    table.delete_item(TableName="links", Key={"token_hash": {"S": OLD.token_hash}})
    before = time.time()
    found = run("clicks", "--json", "--since", "2h")
    assert [row["recipient"] for row in found["people"]] == ["ann@a.example", None]
    assert len(found["scanners"]) == 1
    assert before - 7200 - 1 <= logs.asked[0]["startTime"] / 1000 <= time.time() - 7200 + 1


def test_words(run: Callable[..., Any], logs: Logs) -> None:
    """A person reads who it was, people first, scanners with the reason, and who is missing."""
    words = run("clicks", "--message", "incoming/m1#v1").splitlines()
    assert words[0] == "People: 1 request"
    assert words[1].endswith("ann@a.example  a.pdf  opened")
    assert words[2] == "Scanners, it seems: 1 request"
    assert words[3].endswith("bob@b.example  a.pdf  opened  (asks with HEAD)")
    assert words[4:] == ["not opened by a person yet: bob@b.example"]


BAD = [
    ([], "Say which clicks"),
    (["--since", "yesterday"], "this is no time"),
    (["--recipient", "nobody@a.example"], "is of that choice"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_nothing_to_look_for(run: Callable[..., Any], logs: Logs, arguments: list[str], words: str) -> None:
    """What names no clicks is said so, before the log is read."""
    with pytest.raises(MailroomError, match=words):
        run("clicks", *arguments)
    assert logs.asked == []


def test_a_strange_key_is_not_put_into_the_filter(table: Any, logs: Logs) -> None:
    """A mail's id that would change the filter's meaning is left to be sorted out here."""
    list(read(Table.load("test", ""), NOW, 'a" -"b'))
    assert logs.asked[0]["filterPattern"] == '"link asked for"'


def test_the_handler_writes_what_is_read(
    run: Callable[..., Any],
    logs: Logs,
    table: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A real line of the function is understood: the two agree on the names."""
    from tests.unit.links import test_handler

    link = replace(test_handler.LINK, mail="incoming/m9#v1")
    table.put_item(TableName="links", Item=to_item(link))
    test_handler.request(monkeypatch, link)
    logs.pages = [((capsys.readouterr().out.strip(), NOW),)]
    (click,) = run("clicks", "--json", "--message", "incoming/m9#v1")["people"]
    assert (click["recipient"], click["answer"]) == ("a@b.example", "open")
