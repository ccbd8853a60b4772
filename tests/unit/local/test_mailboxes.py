"""Addresses: what SES takes, and its words for what it does not take."""

from __future__ import annotations

import pytest

from mailroom.local.engine.ses.mailboxes import require, violation
from mailroom.local.engine.ses.refusals import Refusal


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "Karen Chan <karen@x.example>",
        '"Karen, Chan" <karen@x.example>',
        '"Karen \\" < Chan" <karen@x.example>',
        "Jörg (hi, there) <a@b.example>",
        "=?utf-8?q?J=C3=B6rg?= <a@b.example>",
        "a@b.example (a comment)",
        '"a b"@x.example',
        '"a@b"@x.example',
        "a+b=c/d@x.example",
        "a@xn--bcher-kva.example",
        "a@[192.0.2.1]",
    ],
)
def test_addresses_that_pass(address: str) -> None:
    """Names, quotes and comments around an address, and odd but legal local parts, are fine."""
    assert violation(address) == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("Karen, Chan <karen@x.example>", "Illegal address"),
        ("a@b.example, c@d.example", "Illegal address"),
        ("Name <a@b.example", "Illegal address"),
        ("Karen Chan <karen @x.example>", "Local address contains control or whitespace"),
        ("jörg@x.example", "Local address contains control or whitespace"),
        ("a\r\nBcc: b@c.example", "Local address contains control or whitespace"),
        ("a@x.ex\1ample", "Local address contains control or whitespace"),
        ("a\0b@x.example", "Local address contains control or whitespace"),
        ("github:haiodo", "Local address contains illegal character"),
        ('"open@x.example', "Local address contains illegal character"),
        ("nobody", "Missing final '@domain'"),
        ('"nobody"', "Missing final '@domain'"),
        ("@x.example", "Missing local name"),
        (".a@x.example", "Local address starts with dot"),
        ("a..b@x.example", "Local address contains dot-dot"),
        ("a.@x.example", "Local address ends with dot"),
        ("a@", "Missing domain"),
        ("a@.x.example", "Domain starts with dot"),
        ("a@x..example", "Domain contains dot-dot"),
        ("a@x.example.", "Domain ends with dot"),
        ("a@bücher.example", "Domain contains control or whitespace"),
        ("a@b c", "Domain contains control or whitespace"),
        ("a@@b", "Domain contains illegal character"),
        ("a@gmail.com%!", "Domain contains illegal character"),
        ("", "Invalid email address ."),
    ],
)
def test_addresses_that_do_not(address: str, words: str) -> None:
    """Each fault has the words that people met in AWS's answers."""
    assert violation(address) == words


def test_an_address_has_at_most_320_characters() -> None:
    """With its name; at the limit it passes."""
    require(["a" * (320 - len("@x.example")) + "@x.example"])
    with pytest.raises(Refusal, match="Address length is more than 320 characters long"):
        require(["a" * 320 + "@x.example"])
