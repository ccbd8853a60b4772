"""The prefixes of a stream's objects, and the expressions in them.

Source: "Understand custom prefixes for Amazon S3 objects" (Firehose developer guide). Its rule that a date is
appended where no *timestamp* is named is not what its own examples show, nor what AWS was seen to do: it is
appended where there is no expression at all (floci #1857).
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Mapping
from datetime import datetime

DEFAULT_TIME = "yyyy/MM/dd/HH/"
ERROR_TYPE = "!{firehose:error-output-type}"
MAXIMUM_LENGTH = 512
"""Characters that a prefix may have once it is evaluated."""
CONSTRAINT = "Ths supplied prefix(es) do not satisfy the following constraint: "
"""As Firehose spells it (terraform-provider-aws #13416)."""
_EXPRESSION = re.compile(r"!\{([A-Za-z]+):([^}]*)\}")
_TIME_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
_RANDOM = string.ascii_letters + string.digits
_RANDOM_LENGTH = 11
_DYNAMIC = ("partitionKeyFromQuery", "partitionKeyFromLambda")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Unnamed(Exception):
    """A prefix names something that a record has not: a partition key."""


def evaluated(prefix: str, time: datetime, keys: Mapping[str, str], error_type: str = "") -> str:
    """A prefix at a time. `keys` are a record's partition keys; raises Unnamed where one is missing."""

    def value(found: re.Match[str]) -> str:
        namespace, name = found.groups()
        if namespace == "timestamp":
            return java_time(name, time)
        if (namespace, name) == ("firehose", "random-string"):
            return "".join(secrets.choice(_RANDOM) for _ in range(_RANDOM_LENGTH))
        if (namespace, name) == ("firehose", "error-output-type"):
            return error_type
        if not keys.get(name):
            raise Unnamed(name)
        return keys[name]

    if "!{" not in prefix:
        return prefix + java_time(DEFAULT_TIME, time)
    return _EXPRESSION.sub(value, prefix)


def error_prefix(prefix: str, named: str, time: datetime, error_type: str) -> str:
    """Where failed records go: the prefix that is `named` for them, else one below the good records'
    prefix."""
    return evaluated(named or f"{prefix}{error_type}/", time, {}, error_type)


def complaint(prefix: str, error: str, time: datetime) -> str:
    """What Firehose has against a pair of prefixes when a stream is made; "" for nothing."""
    for name, one, own in (("Prefix", prefix, False), ("ErrorOutputPrefix", error, True)):
        said = _complaint_about(name, one, own)
        if said:
            return CONSTRAINT + said
    if "!{" in prefix and not error:
        return CONSTRAINT + "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions"
    if "!{" in error and ERROR_TYPE not in error:
        return CONSTRAINT + f"ErrorOutputPrefix must contain at least one occurrence of {ERROR_TYPE}"
    if len(_EXPRESSION.sub(lambda found: _shortest(found, time), prefix)) > MAXIMUM_LENGTH:
        return CONSTRAINT + f"Prefix cannot be longer than {MAXIMUM_LENGTH} characters after it is evaluated"
    return ""


def _complaint_about(name: str, prefix: str, of_errors: bool) -> str:
    if prefix.count("!{") != len(_EXPRESSION.findall(prefix)):
        return f"{name} may have the sequence !{{ in expressions !{{namespace:value}} only"
    for namespace, value in _EXPRESSION.findall(prefix):
        dynamic = namespace in _DYNAMIC and not of_errors and value
        own = (namespace, value) == ("firehose", "error-output-type") and of_errors
        plain = namespace == "timestamp" or (namespace, value) == ("firehose", "random-string")
        if not (dynamic or own or plain):
            return f"{name} cannot contain the expression !{{{namespace}:{value}}}"
    return ""


def _shortest(found: re.Match[str], time: datetime) -> str:
    return java_time(found[2], time) if found[1] == "timestamp" else ""


def java_time(pattern: str, time: datetime) -> str:
    """A time by a pattern of Java's DateTimeFormatter: y u M L d H h m s S a E D z and quoted text. Other
    letters stand for themselves here."""
    return "".join(_token(found, time) for found in _TIME_TOKEN.finditer(pattern))


def _token(found: re.Match[str], time: datetime) -> str:
    if found[1] is not None:
        return "'" if found[0] == "''" else found[1].replace("''", "'")
    if not found[2]:
        return found[0]
    letter, width = found[2], len(found[0])
    number = _number(letter, time)
    if letter in "yu" and width == 2:
        return f"{time.year % 100:02d}"
    if letter in "ML" and width > 2:
        return _name(_MONTHS[time.month - 1], width)
    if letter == "E":
        return _name(_DAYS[time.weekday()], 4 if width == 4 else 3)
    if letter == "S":
        return f"{time.microsecond:06d}000"[:width]
    if letter == "a":
        return "AM" if time.hour < 12 else "PM"
    if letter == "z":
        return time.tzname() or ""
    return found[0] if number is None else str(number).zfill(width)


def _name(full: str, width: int) -> str:
    return {3: full[:3], 4: full}.get(width, full[:1])


def _number(letter: str, time: datetime) -> int | None:
    numbers = {
        "y": time.year, "u": time.year, "M": time.month, "L": time.month, "d": time.day, "H": time.hour,
        "h": (time.hour - 1) % 12 + 1, "m": time.minute, "s": time.second, "D": time.timetuple().tm_yday,
    }  # fmt: skip
    return numbers.get(letter)
