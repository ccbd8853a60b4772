"""Which objects of a table are in which partition, by partition projection or by folders `key=value`.

"Set up partition projection" and "Supported types for partition projection", Athena user guide: what is not
in a projected range is not there, whatever objects there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

UNITS = {"DAYS": 86400, "HOURS": 3600, "MINUTES": 60, "SECONDS": 1, "WEEKS": 7 * 86400}
FORMATS = {
    "yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S",
}  # fmt: skip
NOW = re.compile(r"NOW(?:\s*([+-])\s*(\d+)\s*([A-Z]+?)S?)?")
_FORMAT = re.compile("|".join(FORMATS))
_FIELD = re.compile(r"\$\{(\w+)\}")


class BadProjection(Exception):
    """Properties of a table that Athena could not project by."""


def placed(
    keys: Iterable[str], prefix: str, names: Sequence[str], properties: Mapping[str, str], now: float
) -> dict[str, dict[str, str]]:
    """The objects below a table's place (`prefix`, a key that ends with a slash) that are in a partition of
    its own, each with the values of the partition's `names`. Raises BadProjection."""
    projected = properties.get("projection.enabled", "").lower() == "true"
    template = properties.get("storage.location.template", "") if projected else ""
    pattern = _pattern(template, prefix, names) if template else None
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        values = _matched(pattern, key) if pattern else _folders(key[len(prefix) :], names)
        if values is not None and (not projected or _projected(values, properties, now)):
            found[key] = values
    return found


def _pattern(template: str, prefix: str, names: Sequence[str]) -> re.Pattern[str]:
    """What an object's key is like, where a template says how partitions lie in a bucket."""
    lacking = [name for name in names if "${" + name + "}" not in template]
    if lacking:
        raise BadProjection(f"storage.location.template lacks the partition key {lacking[0]}")
    path = re.sub(r"^s3a?://[^/]+/", "", template).rstrip("/") + "/"
    parts = _FIELD.split(path)
    return re.compile(
        "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>[^/]+)" for at, part in enumerate(parts))
    )


def _matched(pattern: re.Pattern[str], key: str) -> dict[str, str] | None:
    match = pattern.match(key)
    return match.groupdict() if match else None


def _folders(below: str, names: Sequence[str]) -> dict[str, str] | None:
    """Values from folders `name=value`, as Hive has them; a table without partitions has them all."""
    folders = dict(part.split("=", 1) for part in below.split("/")[:-1] if "=" in part)
    return {name: folders[name] for name in names} if set(names) <= set(folders) else None


def _projected(values: Mapping[str, str], properties: Mapping[str, str], now: float) -> bool:
    """Whether a projection makes a partition of these values."""
    for name, value in values.items():
        about = {
            key.removeprefix(f"projection.{name}."): text
            for key, text in properties.items()
            if key.startswith(f"projection.{name}.")
        }
        kind = about.get("type", "").lower()
        if kind == "enum":
            good = value in [one.strip() for one in about.get("values", "").split(",")]
        elif kind == "integer":
            good = _in_numbers(value, about)
        elif kind == "date":
            good = _in_dates(value, about, now)
        elif kind == "injected":
            good = True
        else:
            raise BadProjection(f"projection.{name}.type is {kind or 'missing'}")
        if not good:
            return False
    return True


def _in_numbers(value: str, about: Mapping[str, str]) -> bool:
    first, last = (int(one) for one in about["range"].split(","))
    digits = int(about.get("digits", "0"))
    if not value.lstrip("-").isdecimal() or value != str(int(value)).zfill(digits):
        return False
    return first <= int(value) <= last and (int(value) - first) % int(about.get("interval", "1")) == 0


def _in_dates(value: str, about: Mapping[str, str], now: float) -> bool:
    form = _FORMAT.sub(lambda match: FORMATS[match[0]], about.get("format", ""))
    try:
        at = datetime.strptime(value, form).replace(tzinfo=UTC)
        first, last = (_moment(one.strip(), form, now) for one in about.get("range", "").split(","))
    except (ValueError, KeyError):
        return False
    # A day is in the range from its beginning on: NOW-7DAYS is the day of that moment.
    first = datetime.strptime(first.strftime(form), form).replace(tzinfo=UTC)
    return first <= at <= last


def _moment(text: str, form: str, now: float) -> datetime:
    """An end of a range: a date, or NOW and what is between. Months and years by the calendar."""
    match = NOW.fullmatch(text)
    present = datetime.fromtimestamp(now, UTC)
    if match is None:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    if match[1] is None:
        return present
    count, unit = int(match[2]) * (-1 if match[1] == "-" else 1), match[3]
    if unit in ("MONTH", "YEAR"):
        months = present.year * 12 + present.month - 1 + count * (12 if unit == "YEAR" else 1)
        return present.replace(year=months // 12, month=months % 12 + 1, day=min(present.day, 28))
    return present + timedelta(seconds=count * UNITS[f"{unit}S"])
