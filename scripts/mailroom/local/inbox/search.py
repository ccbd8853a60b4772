"""What a reader may type into the search field, and which mails it finds.

words            mails that hold all of them, anywhere: subject, people, text, configuration set, tags;
                 or the beginning of a message id, eight characters or more
"two words"      these words in this order
to:  from:       a recipient, the sender; the address or the name
subject:  text:  only there
set:  id:  tag:  the configuration set, the message id, a tag (name=value)
is:bounced       how it went: accepted, delivered, bounced, complained, …
has:attachment   with a file
-word  -is:…     not that
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .index import Content, Entry, Index
from .outcome import KINDS

MAXIMUM_LENGTH = 500
"""Characters of a search that are read."""

SHORTEST_ID = 8
"""Characters from which on a word may be a message id: "2" is in most of them."""

Reads = Callable[[], Content]


@dataclass(frozen=True)
class Term:
    """One thing that must hold, or must not. `field` is "" for words anywhere; `words` are case-folded."""

    field: str
    words: str
    negative: bool = False


@dataclass(frozen=True)
class Search:
    """A search as typed, its terms, and what of it was not understood (sentences)."""

    typed: str = ""
    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = ()

    def finds(self, entry: Entry, read: Reads) -> bool:
        """Whether a mail is found. `read` opens it, and is called only where its content counts."""
        return all(_holds(term, entry, read) != term.negative for term in self.terms)


def parse(typed: str) -> Search:
    """Read a search. What looks like a field and is none is taken as words."""
    typed = " ".join(typed[:MAXIMUM_LENGTH].split())
    terms: list[Term] = []
    problems: list[str] = []
    for match in _WORD.finditer(typed):
        field = (match["field"] or "").lower()
        words = match["quoted"] if match["quoted"] is not None else match["bare"]
        if field == "is" and words.lower() not in KINDS:
            problems.append(f"is:{words} is unknown. is: takes {', '.join(KINDS)}.")
        if field == "has" and words.lower() != "attachment":
            problems.append(f"has:{words} is unknown. has: takes attachment.")
        terms.append(Term(field, words.casefold(), bool(match["not"])))
    return Search(typed, tuple(terms), tuple(problems))


def found(index: Index, search: Search) -> list[Entry]:
    """The mails that a search finds, oldest first."""
    entries = index.entries()
    if not search.terms:
        return entries

    def reader(entry: Entry) -> Reads:
        return lambda: index.content(entry.sent)

    return [entry for entry in entries if search.finds(entry, reader(entry))]


def _holds(term: Term, entry: Entry, read: Reads) -> bool:
    if term.field == "is":
        return term.words in entry.outcome.kinds
    if term.field == "has":
        return term.words == "attachment" and read().files > 0
    if not term.field and len(term.words) >= SHORTEST_ID and entry.sent.id.startswith(term.words):
        return True
    looks: Sequence[Look] = [FIELDS[term.field]] if term.field else _ANYWHERE
    return any(term.words in words.casefold() for look in looks for words in look(entry, read))


Look = Callable[[Entry, Reads], Sequence[str]]


def _none(entry: Entry, read: Reads) -> Sequence[str]:
    return ()


# Cheap ones first: words that the envelope holds open no mail.
FIELDS: dict[str, Look] = {
    "subject": lambda entry, read: (entry.sent.subject,),
    "to": lambda entry, read: (*entry.sent.recipients, read().to),
    "from": lambda entry, read: (entry.sent.sender, read().sender),
    "set": lambda entry, read: (entry.sent.configuration_set,),
    "id": lambda entry, read: (entry.sent.id,),
    "tag": lambda entry, read: tuple(f"{name}={value}" for name, value in entry.sent.tags),
    "text": lambda entry, read: (read().text,),
    "is": _none,
    "has": _none,
}
_WORD = re.compile(
    rf'(?P<not>-?)(?:(?P<field>{"|".join(FIELDS)}):\s*)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))', re.IGNORECASE
)
_ANYWHERE = [FIELDS[name] for name in ("subject", "set", "tag", "to", "from", "text")]
