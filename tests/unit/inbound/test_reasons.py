"""The words that people read: reasons, advice, names and sizes."""

import pytest

from lambda_src.inbound.decide import plain_size
from lambda_src.inbound.reasons import ADVICE, BECAME, REASONS, naming, operators_line


def test_reasons_are_sentences() -> None:
    """Every reason has a sentence that says what happened and one that says what can be done."""
    assert REASONS.keys() == ADVICE.keys()
    for words in (*REASONS.values(), *ADVICE.values(), *BECAME.values()):
        assert words[0].isupper()
        assert words.endswith((".", "again."))


OPERATORS = [
    ("virus", "to send it on all the same: mailroom inbound replay in/k --release"),
    ("unscanned", "to send it on all the same: mailroom inbound replay in/k --release"),
    ("no_list", "to work it again after the cause is gone: mailroom inbound replay in/k"),
    ("oversize", "to work it again after the cause is gone: mailroom inbound replay in/k"),
    ("invalid_recipients", ""),
    ("not_allowed_recipients", ""),
    ("refused_recipients", ""),
]


@pytest.mark.parametrize(("reason", "words"), OPERATORS)
def test_what_the_operator_can_do(reason: str, words: str) -> None:
    """Each notice names the command that helps, and none where none does: the mail was sent on."""
    assert operators_line(reason, "in/k") == (f"For the operator, {words}" if words else "")


def test_many_names_are_cut() -> None:
    """Of many names some are given, and how many more there are."""
    assert naming(["a", "b"]) == "a, b"
    assert naming([str(number) for number in range(25)]).endswith(", 18, 19 and 5 more")


SIZES = [
    (0, "0 bytes"),
    (1, "1 byte"),
    (999, "999 bytes"),
    (1000, "1.0 kB"),
    (9949, "9.9 kB"),
    (12345, "12 kB"),
    (999_499, "999 kB"),
    (999_500, "1.0 MB"),
    (38_000_000, "38 MB"),
]


@pytest.mark.parametrize(("size", "words"), SIZES)
def test_plain_sizes(size: int, words: str) -> None:
    """Sizes are said in the unit that people use."""
    assert plain_size(size) == words
