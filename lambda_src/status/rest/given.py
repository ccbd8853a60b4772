"""The values that callers give, checked and brought into the table's form.

Each function takes the text and raises Refused with the form that is asked for. `openapi.json` says the same
in patterns; a test holds the two together.
"""

import re
from datetime import UTC, datetime
from typing import Any

from lambda_src.shared.addresses import is_address
from lambda_src.status import values
from lambda_src.status.rest.refusals import Refused, bad
from lambda_src.status.rest.request import shown
from lambda_src.status.view import RANKS

STATUSES = tuple(sorted(RANKS))
LEAST_LIMIT, DEFAULT_LIMIT, MOST_LIMIT = 1, 25, 100
LEAST_HOURS, DEFAULT_HOURS, MOST_HOURS = 1, 24, 720

# Printable ASCII without @ and /: SES, Pinpoint and End User Messaging use letters, digits, - and . only.
MESSAGE_ID = re.compile(r"[!-.0-?A-~]{1,256}")
# What the header Message-ID of a mail that SES sent looks like; people copy it from there.
HEADER_ID = re.compile(r"<?[A-Za-z0-9-]{1,200}@(?:[a-z0-9-]{1,40}\.)?amazonses\.com>?")
NAME = re.compile(r"[!-~]([ -~]{0,254}[!-~])?")
# A domain may be in its own letters (Latin, Cyrillic, Chinese, Korean); the table has it as DNS does.
# No < and > and comma, by which a name or a second address would be told apart.
ADDRESS = re.compile(
    r"[!-+\--;=?A-~]{1,64}@[!-+\--;=?A-~\u00c0-\u024f\u0400-\u04ff\u4e00-\u9fff\uac00-\ud7a3]{1,255}"
)
NUMBER = re.compile(r"\+[1-9]([ ().-]{0,2}[0-9]){6,14}")
DURATION = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
# A + that nobody wrote as %2B is a space by the time that it arrives.
_LOST_PLUS = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?[0-9]{2}$)")
EARLIEST, LATEST = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"


def message_id(text: str) -> str:
    """A message's id; that of a mail also as its header has it, `<id@email.amazonses.com>`."""
    if HEADER_ID.fullmatch(text):
        return text.strip("<>").partition("@")[0]
    if not MESSAGE_ID.fullmatch(text):
        raise bad(
            f"message_id is {shown_id(text)}: it takes 1 to 256 printable ASCII characters without @ and /."
            " A recipient is asked for by POST /messages/search."
        )
    return text


def shown_id(text: str) -> str:
    """An id as an answer repeats it: an address that was given for one is not."""
    return "an address" if "@" in text else shown(text)


def name(parameter: str, text: str) -> str:
    """A campaign's id or an own reference."""
    if not NAME.fullmatch(text):
        raise bad(f"{parameter} is {shown(text)}: it takes 1 to 256 printable ASCII characters.")
    if is_address(text):
        raise bad(f"{parameter} is an address, which has no place in a URL: POST /messages/search takes it.")
    return text


def recipient(value: Any) -> str:
    """An address or a number as the table has it; a refusal never repeats what was given."""
    text = value.strip() if isinstance(value, str) else ""
    found = values.recipient(text) if ADDRESS.fullmatch(text) or NUMBER.fullmatch(text) else ""
    if found:
        return found
    raise bad("recipient: it takes an e-mail address or a number with its country's code (+12065550100).")


def status(value: Any) -> str:
    """One of the words that `status` can be."""
    if value in STATUSES:
        return str(value)
    raise bad(f"status is {shown(str(value))}: it takes one of {', '.join(STATUSES)}.")


def yes(parameter: str, text: str) -> bool:
    """The one value that a switch takes."""
    if text != "true":
        raise bad(f"{parameter} is {shown(text)}: it takes true, or is left out.")
    return True


def whole(parameter: str, value: Any, low: int, high: int) -> int:
    """A whole number from `low` to `high`: a query string's text, or a JSON number (of which 25.0 is one)."""
    number = value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value):
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
        raise _no_number(parameter, value, low, high)
    if number != int(number):
        raise _no_number(parameter, value, low, high)
    return int(number)


def since(value: Any, now: float) -> str:
    """A time of the past or a duration back from `now` (seconds since 1970), in the form of our times."""
    text = value if isinstance(value, str) else ""
    if ago := DURATION.fullmatch(text):
        return values.moment(now - int(ago[1]) * _UNITS[ago[2]])
    try:
        return _utc(text)
    except ValueError:
        raise _no_time(value) from None


def _utc(text: str) -> str:
    """An ISO 8601 time or day, UTC where it names no zone. Raises ValueError."""
    plain = _LOST_PLUS.sub("+", text) if "T" in text.upper() else text
    # RFC 3339 section 5.6: t and z may be in lower case; 5.7: a leap second is the 60th.
    plain = re.sub(r"(:[0-9]{2}):60", r"\1:59", plain.upper())
    if plain.startswith("0000-"):
        return EARLIEST
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", plain):  # Python reads basic and week forms as well
        raise ValueError(text)
    at = datetime.fromisoformat(plain)
    try:
        utc = at.astimezone(UTC) if at.tzinfo else at
    except OverflowError:  # a zone that leads out of the years 1 to 9999
        return EARLIEST if at.year == 1 else LATEST
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _no_number(parameter: str, value: Any, low: int, high: int) -> Refused:
    return bad(f"{parameter} is {shown(str(value))}: it takes a whole number from {low} to {high}.")


def _no_time(value: Any) -> Refused:
    return bad(
        f"since is {shown(str(value))}: it takes 30m, 24h, 7d, or a time as 2026-11-27T18:00:00Z"
        " (UTC where no zone is named)."
    )
