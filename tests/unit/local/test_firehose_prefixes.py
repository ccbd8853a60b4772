"""The prefixes of a Firehose stream's objects."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from mailroom.local.engine.firehose import prefixes

AT = datetime(2018, 7, 6, 23, 5, 9, 120000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("prefix", "keys", "expected"),
    [
        ("", {}, "2018/07/06/23/"),
        ("mine", {}, "mine2018/07/06/23/"),
        ("y=!{timestamp:yyyy}/m=!{timestamp:MM}/d=!{timestamp:dd}/h=!{timestamp:HH}/", {}, "y=2018/m=07/d=06/h=23/"),
        ("!{timestamp:'year='yyyy'/month='MM}/", {}, "year=2018/month=07/"),
        ("!{timestamp:yy-M-d MMM MMMM EEE DDD hh a mm ss SSS}", {}, "18-7-6 Jul July Fri 187 11 PM 05 09 120"),
        ("day=!{partitionKeyFromLambda:day}/", {"day": "2018-07-06"}, "day=2018-07-06/"),
        ("a!{timestamp:''yyyy''}", {}, "a'2018'"),
    ],
)  # fmt: skip
def test_a_prefix_is_evaluated_at_the_time_of_the_oldest_record(
    prefix: str, keys: dict[str, str], expected: str
) -> None:
    """Java's patterns, partition keys, and a date where there is no expression at all."""
    assert prefixes.evaluated(prefix, AT, keys) == expected


def test_every_random_string_is_another() -> None:
    """Eleven characters, drawn anew each time the expression appears."""
    drawn = re.fullmatch(
        r"(\w{11})/(\w{11})",
        prefixes.evaluated("!{firehose:random-string}/!{firehose:random-string}", AT, {}),
    )
    assert drawn is not None
    assert drawn[1] != drawn[2]


@pytest.mark.parametrize(
    ("prefix", "error", "expected"),
    [
        ("", "failures/!{firehose:error-output-type}/", "failures/processing-failed/"),
        ("in/", "", "in/processing-failed/2018/07/06/23/"),
        ("in/!{timestamp:yyyy}/", "e/!{timestamp:yyyy}/!{firehose:error-output-type}-", "e/2018/processing-failed-"),
        ("in/", "e/", "e/2018/07/06/23/"),
    ],
)  # fmt: skip
def test_failed_records_have_a_prefix_of_their_own(prefix: str, error: str, expected: str) -> None:
    """The error prefix, or one below the prefix of the good ones."""
    assert prefixes.error_prefix(prefix, error, AT, "processing-failed") == expected


@pytest.mark.parametrize(
    ("prefix", "error", "said"),
    [
        ("in/", "", ""),
        ("in/!{timestamp:yyyy}/", "e/!{firehose:error-output-type}/", ""),
        ("in/!{timestamp:yyyy}/", "e/", ""),
        ("in/!{timestamp:yyyy}/", "", "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions"),
        ("in/", "e/!{timestamp:yyyy}/", "ErrorOutputPrefix must contain at least one occurrence of"),
        ("!{firehose:error-output-type}/", "e/", "Prefix cannot contain the expression !{firehose:error-output-type}"),
        ("!{day}/", "e/", "Prefix may have the sequence !{ in expressions"),
        ("!{who:knows}/", "e/", "Prefix cannot contain the expression !{who:knows}"),
        ("in/", "!{firehose:error-output-type}!{partitionKeyFromLambda:a}", "ErrorOutputPrefix cannot contain"),
        ("!{timestamp:yyyy}" * 129, "e/", "Prefix cannot be longer than 512 characters"),
    ],
)  # fmt: skip
def test_prefixes_that_mean_nothing_are_refused(prefix: str, error: str, said: str) -> None:
    """The rules of the developer guide, in Firehose's words where they are known."""
    found = prefixes.complaint(prefix, error, AT)
    assert (said in found) if said else not found
