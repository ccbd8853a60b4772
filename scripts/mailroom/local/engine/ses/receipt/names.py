"""The names of rule sets, rules and filters."""

from __future__ import annotations

import re

from .checks import invalid

_LETTERS = re.compile(r"[a-zA-Z0-9_.-]+")
MAXIMUM_CHARACTERS = 64


def check_name(name: str, member: str, kind: str) -> None:
    """Letters, digits, `_`, `-` and `.`, at most 64, with a letter or digit at both ends (API reference,
    ReceiptRule). `member` is the name's path in the request, `kind` is ruleName or ruleSetName."""
    if not _LETTERS.fullmatch(name):
        rule = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_.-]+$"
        raise invalid(
            f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}",
            "ValidationError",
        )
    if not fits(name):
        raise invalid(f"Not a valid {kind}: {name}")


def check_filter_name(name: str) -> None:
    """The same rules; SES says of every break of them the same."""
    if not name:
        raise invalid("filterName must not be empty")
    if not _LETTERS.fullmatch(name) or not fits(name):
        raise invalid(f"Not a valid filterName: {name}")


def fits(name: str) -> bool:
    """Whether a name of the right letters is short enough and has a letter or digit at both ends."""
    return len(name) <= MAXIMUM_CHARACTERS and name[0].isalnum() and name[-1].isalnum()
