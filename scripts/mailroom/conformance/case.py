"""One case of the contract: what is asked of SES, and what the local SES promises as the answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailroom.conformance.desk import Desk

SAME, WORDS, DIFFERENT, BROKEN = "same", "words differ", "different", "could not be asked"


@dataclass(frozen=True)
class Answer:
    """What SES said: a name (an error's, an SMTP code, `ok`, or events in their order) and its words."""

    name: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.words}" if self.words else self.name


@dataclass(frozen=True)
class Case:
    """`source` is where AWS says so. In `words`, `{NAME}` stands for what this run made up (Desk.names), and
    a `*` for any text; "" says nothing about the words. `mails` is how many it sends at most."""

    name: str
    ask: "Callable[[Desk], Answer]"
    expected: Answer
    source: str
    mails: int = 0


@dataclass(frozen=True)
class Row:
    """How a case went: `state` is same, words differ (the name is the same), different, or could not be
    asked; both answers with this run's names put back into their `{NAME}`."""

    door: str
    case: str
    state: str
    expected: str
    said: str
    source: str = field(repr=False, default="")


def said(call: Callable[..., Any], /, **parameters: Any) -> Answer:
    """The answer to an API call: `ok`, or the error's name and words."""
    from botocore.exceptions import ClientError

    try:
        call(**parameters)
    except ClientError as problem:
        error = problem.response["Error"]
        return Answer(error["Code"], error.get("Message", ""))
    return Answer("ok")


def compared(door: str, case: Case, answer: Answer, names: dict[str, str]) -> Row:
    """The row of an answer."""
    state = DIFFERENT
    if answer.name == case.expected.name:
        state = SAME if _same(case.expected.words, answer.words, names) else WORDS
    told = Answer(answer.name, _unnamed(answer.words, names))
    return Row(door, case.name, state, str(case.expected), str(told), case.source)


def _same(expected: str, words: str, names: dict[str, str]) -> bool:
    if not expected:
        return True
    for name, value in names.items():
        expected = expected.replace(f"{{{name}}}", value)
    pattern = ".*".join(re.escape(part) for part in expected.split("*"))
    return re.fullmatch(pattern, words, re.DOTALL) is not None


def _unnamed(words: str, names: dict[str, str]) -> str:
    """The words as they would be in every run; the longest names first, since one may hold another."""
    for name, value in sorted(names.items(), key=lambda pair: -len(pair[1])):
        words = words.replace(value, f"{{{name}}}")
    return words
