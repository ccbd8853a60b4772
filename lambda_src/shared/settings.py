"""Helpers that read one setting each from a mapping of text values (a function's environment).

Every helper takes the mapping and the variable's name. A missing or wrong value raises SettingsError,
whose text names the variable, the form or range that is asked for, and the value found.
"""

import re
from collections.abc import Mapping


class SettingsError(ValueError):
    """A variable is missing or has a wrong value; the text says which and what it takes."""


def text(values: Mapping[str, str], name: str, form: str, pattern: str = r"(?s).+") -> str:
    """The value of `name`, which must match `pattern` as a whole; `form` says that pattern in words."""
    value = values.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set: it takes {form}")
    if not re.fullmatch(pattern, value):
        raise SettingsError(f"{name} is {value!r}: it takes {form}")
    return value


def whole_number(values: Mapping[str, str], name: str, low: int, high: int, unit: str) -> int:
    """The value of `name` as a whole number from `low` to `high` (both allowed), counted in `unit`."""
    form = f"a whole number of {unit} from {low} to {high}"
    number = int(text(values, name, form, r"[0-9]{1,15}"))
    if not low <= number <= high:
        raise SettingsError(f"{name} is {number}: it takes {form}")
    return number


def number(values: Mapping[str, str], name: str, low: float, high: float, unit: str) -> float:
    """The value of `name` as a number from `low` to `high` with decimals, or 0; counted in `unit`."""
    form = f"a number of {unit} from {low:g} to {high:g}, or 0"
    found = float(text(values, name, form, r"[0-9]{1,9}(\.[0-9]{1,9})?"))
    if found and not low <= found <= high:
        raise SettingsError(f"{name} is {values[name]}: it takes {form}")
    return found


def flag(values: Mapping[str, str], name: str) -> bool:
    """The value of `name`, which must be `true` or `false`."""
    return text(values, name, "true or false", "true|false") == "true"


def table_name(values: Mapping[str, str], name: str) -> str:
    """The value of `name` as the name of a DynamoDB table."""
    return text(values, name, "a table's name", r"[A-Za-z0-9_.-]{3,255}")


def log_level(values: Mapping[str, str]) -> str:
    """The value of LOG_LEVEL, in Lambda's own words; INFO when it is not set."""
    form = "DEBUG, INFO, WARN or ERROR"
    return text({"LOG_LEVEL": "INFO", **values}, "LOG_LEVEL", form, "DEBUG|INFO|WARN|ERROR")
