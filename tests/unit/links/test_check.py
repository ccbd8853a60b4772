"""Whether a link may be followed: its token, its state, and GuardDuty's verdict on its file."""

import hashlib
from dataclasses import replace

import pytest

from lambda_src.links.check import PATIENCE_SECONDS, Verdict, check
from lambda_src.shared.links_table import Link, token

TOKEN = token(b"s" * 32, "a@b.example", 1)
HASH = hashlib.sha256(TOKEN.encode()).hexdigest()
NOW = 1_795_000_000
LINK = Link(
    HASH,
    "m#v",
    "a@b.example",
    "attachments/x/1",
    "ä.pdf",
    "application/pdf",
    5,
    "s",
    NOW,
    NOW + 7200,
    NOW + 9999,
)


class Table:
    """A links table that remembers what it was asked."""

    def __init__(self, *links: Link) -> None:
        self.links = {link.token_hash: link for link in links}
        self.asked: list[str] = []

    def find(self, token_hash: str) -> Link | None:
        self.asked.append(token_hash)
        return self.links.get(token_hash)


GUESSED = [
    ("another letter at the end", TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B")),
    ("another letter at the beginning", ("A" if TOKEN[0] != "A" else "B") + TOKEN[1:]),
    ("in other case", TOKEN.swapcase()),
    ("of another recipient", token(b"s" * 32, "b@b.example", 1)),
    ("of another attachment", token(b"s" * 32, "a@b.example", 2)),
    ("of another mail or environment", token(b"t" * 32, "a@b.example", 1)),
    ("a guess", "A" * 43),
]
MALFORMED = [
    "",
    TOKEN[:-1],
    TOKEN + "A",
    TOKEN[:-1] + "=",
    TOKEN[:-1] + "/",
    "ä" * 43,
    TOKEN + "\n",
    "../" + TOKEN,
]


@pytest.mark.parametrize("guess", [case[1] for case in GUESSED], ids=[case[0] for case in GUESSED])
def test_guessed_and_altered(guess: str) -> None:
    """A token that is guessed, altered or of elsewhere is unknown, after the one look that a good one takes."""
    table = Table(LINK)
    assert check(guess, table.find, NOW).refusal == "unknown"
    assert len(table.asked) == 1


@pytest.mark.parametrize("malformed", MALFORMED)
def test_malformed(malformed: str) -> None:
    """What cannot be a token is unknown without asking the table."""
    table = Table(LINK)
    assert check(malformed, table.find, NOW) == check("A" * 43, Table().find, NOW)
    assert table.asked == []


def test_the_hash_opens_nothing() -> None:
    """Whoever reads the table cannot follow a link by what is in it."""
    assert check(HASH, Table(LINK).find, NOW).refusal == "unknown"
    assert check(HASH[:43], Table(LINK).find, NOW).refusal == "unknown"


STATES = [
    ("fresh", LINK, 0, ""),
    ("last second", LINK, 7199, ""),
    ("expired", LINK, 7200, "expired"),
    ("revoked", replace(LINK, revoked_at=NOW), 0, "revoked"),
    ("revoked and expired", replace(LINK, revoked_at=NOW), 7200, "revoked"),
]


@pytest.mark.parametrize(
    ("link", "later", "refusal"), [case[1:] for case in STATES], ids=[case[0] for case in STATES]
)
def test_states(link: Link, later: int, refusal: str) -> None:
    """A link is followed until its last second, and not once it was revoked."""
    table = Table(link)
    answer = check(TOKEN, table.find, NOW + later)
    assert (answer.refusal, answer.link) == (refusal, link)
    assert table.asked == [HASH]


VERDICTS = [
    ("NO_THREATS_FOUND", 0, ""),
    ("THREATS_FOUND", 0, "infected"),
    ("", 0, "checking"),
    ("", PATIENCE_SECONDS - 1, "checking"),
    ("", PATIENCE_SECONDS, "unchecked"),
    *[
        (status, 0, "unchecked")
        for status in ("UNSUPPORTED", "ACCESS_DENIED", "FAILED", "no_threats_found", "NEW")
    ],
]


@pytest.mark.parametrize(("status", "age", "refusal"), VERDICTS)
def test_verdicts(status: str, age: int, refusal: str) -> None:
    """Only a file that was found clean opens; one without a verdict waits an hour, all others never open."""
    answer = check(TOKEN, Table(LINK).find, NOW + age, lambda key: Verdict(status, f"version of {key}"))
    assert (answer.refusal, answer.version) == (refusal, "version of attachments/x/1")


@pytest.mark.parametrize("link", [replace(LINK, revoked_at=NOW), replace(LINK, expires_at=NOW), None])
def test_no_verdict_for_a_dead_link(link: Link | None) -> None:
    """A link that does not open anyway costs no look at its file."""
    looked: list[str] = []
    check(TOKEN, Table(*filter(None, [link])).find, NOW, lambda key: looked.append(key) or Verdict("", ""))  # type: ignore[func-returns-value]
    assert looked == []
