"""Values as events have them, made into ours: texts with a bound, times, addresses, numbers.

Publishers differ, and so do their versions: times are ISO 8601 or Unix time, numbers may be texts, one
address may stand where a list does. What cannot be understood is an empty text here, never an error.
"""

import re
import time
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

LONGEST = 256  # characters of an id, a code, a name; SES allows as many in a tag's value
LONGEST_TEXT = 500  # characters of an answer or a reason
LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3; as UTF-8 it fits into a sort key of DynamoDB (1,024 bytes)
LONGEST_LIST = 32_000  # characters of one text with addresses: a hundred of the longest
MILLICENTS = 100_000  # of a US dollar

UNREADABLE = "\ufffd"  # what bytes become that are of another encoding

_ANGLE = re.compile(r"<([^<>]*)>")
_SPACED_OFFSET = re.compile(r"\s+([+-]\d\d:?\d\d|Z|UTC|GMT)$")
_FORMATTING = re.compile(r"[\s().\-\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_NUMBER = re.compile(r"[+-]?\d{1,17}(\.\d{1,17})?")
# From these on, a Unix time must be one of ms, µs or ns: as seconds it would lie thousands of years ahead.
_MS, _US, _NS = 10**11, 10**14, 10**17
_ZERO = "1970-01-01T00:00:00.000Z"  # of a clock that was not set, or of a sample: no event's time
_LAST_MS = 253_402_300_799_999  # the end of the year 9999


def text(value: Any, longest: int = LONGEST) -> str:
    """The value as printable text of at most `longest` characters; empty for objects, lists and nothing."""
    if type(value) is not str:
        if value is None or isinstance(value, dict | list):
            return ""
        value = str(value)
    value = value.strip()
    if not value.isprintable():  # controls, and halves of surrogate pairs, which no encoding takes
        value = " ".join("".join(c if c.isprintable() else " " for c in value[: 4 * longest]).split())
    return value if len(value) <= longest else value[: longest - 1] + "…"


def identity(value: Any, longest: int = LONGEST) -> str:
    """A text or a whole number that is a key: all of it, or nothing where it is longer than any can be."""
    if isinstance(value, bool | float):
        return ""
    whole = text(value, longest + 1)
    return whole if len(whole) <= longest else ""


def is_named(value: Any) -> bool:
    """Whether somebody is named in what `addresses` takes, even if it cannot be read."""
    if isinstance(value, list):
        return any(map(is_named, value))
    if isinstance(value, dict):
        return is_named(value.get("emailAddress") or value.get("email_address"))
    return isinstance(value, str) and bool(value.strip())


def first(value: Any) -> Any:
    """The first of a list; another value as it is. SES gives each tag's values as a list."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def moment(value: Any) -> str:
    """A time as `YYYY-MM-DDTHH:MM:SS.mmmZ`; empty where it is none.

    Takes ISO 8601 with or without fraction and offset (without: UTC), RFC 822's form, and Unix time in
    seconds, milliseconds or finer. Finer parts than milliseconds are cut off.
    """
    if type(value) is str:
        if len(value) == 24 and value[10] == "T" and value[19] == "." and value[23] == "Z":
            try:
                datetime.fromisoformat(value)
            except ValueError:
                return ""
            return value if value.isascii() and value > _ZERO else ""
        return _from_text(value.strip()[:64])
    if type(value) is int:
        return _from_milliseconds(value) if value >= _MS else _from_milliseconds(value * 1000)
    return _from_number(Decimal(str(value))) if type(value) is float else ""


def decimal(value: str) -> Decimal | None:
    """A finite number, not beyond what anything here can be."""
    try:
        found = Decimal(value.strip()[:40])
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**15 else None


def number(value: Any, times: int = 1) -> str:
    """A number that is not negative, multiplied exactly, as decimal text; empty where it is none."""
    return _multiplied(str(value), times) if isinstance(value, int | float | str) else ""


@lru_cache(maxsize=256)  # the price of a message part is the same for a whole country
def _multiplied(value: str, times: int) -> str:
    found = decimal(value)
    if found is None or found < 0:
        return ""
    product = round(found * times, 6).normalize()
    return format(product, "f") if product else "0"


def address(value: Any) -> str:
    """The mail address in a text, in lower case, the domain as DNS has it; empty where there is none.

    Takes `Name <a@b>`. People type a domain's own letters, SES has the form of DNS (RFC 5891): one item has
    one key, so both end in the same form.
    """
    found = addresses(value)
    return found[0] if found else ""


def addresses(value: Any) -> tuple[str, ...]:
    """Every mail address in a text, a list of texts, or a list of objects with `emailAddress`; each once."""
    if type(value) is str:
        return _addresses(value) if len(value) <= LONGEST_LIST else ()
    if isinstance(value, list):
        if len(value) == 1:
            return addresses(value[0])
        return tuple(dict.fromkeys(one for part in value for one in addresses(part)))
    if isinstance(value, dict):
        return addresses(value.get("emailAddress") or value.get("email_address"))
    return ()


@lru_cache(maxsize=2048)  # one message has many events, and one sender many messages
def _addresses(value: str) -> tuple[str, ...]:
    parts = _ANGLE.findall(value) if "<" in value else value.split(",")
    return tuple(dict.fromkeys(one for part in parts if (one := _plain(part))))


def phone(value: Any) -> str:
    """A phone number without what people write between its digits; another identity as it is."""
    if type(value) is str and value[:1] == "+" and value[1:].isdigit() and len(value) < 20:
        return value
    plain = identity(value, LONGEST_ADDRESS)
    bare = _FORMATTING.sub("", plain)
    return bare if bare.lstrip("+").isdigit() else plain


def recipient(value: str) -> str:
    """What a person asks for, as the table has it: an address or a phone number."""
    return address(value) if "@" in value else phone(value)


def _plain(part: str) -> str:
    found = part.strip().lower()
    if " " in found and found[0] != '"':  # a comment beside it, as in `a@b (Name)`
        found = next((word for word in found.split() if "@" in word), "")
    if not found or len(found) > LONGEST_ADDRESS or not found.isprintable() or UNREADABLE in found:
        return ""
    local, at, domain = found.rpartition("@")
    if at and not domain.isascii():
        try:
            found = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:  # no domain that DNS could have: kept as it is written
            return found
    return found


def _from_text(value: str) -> str:
    if _NUMBER.fullmatch(value):
        return _from_number(Decimal(value))
    for read in (datetime.fromisoformat, _from_odd_iso, _from_mail_header):
        try:
            found = read(value)
            utc = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        found_at = utc.strftime("%Y-%m-%dT%H:%M:%S").zfill(19) + f".{utc.microsecond // 1000:03}Z"
        return found_at if found_at > _ZERO else ""
    return ""


def _from_odd_iso(value: str) -> datetime:
    """`2018-10-08T14:05:45 +0000`, as a page of AWS has it, and ` UTC` behind a time."""
    return datetime.fromisoformat(_SPACED_OFFSET.sub(lambda m: "Z" if m[1].isalpha() else m[1], value))


def _from_mail_header(value: str) -> datetime:
    from email.utils import parsedate_to_datetime  # costs a cold start 20 ms, and hardly anybody needs it

    return parsedate_to_datetime(value)


def _from_number(value: Decimal) -> str:
    if not value.is_finite() or value < 0:
        return ""
    return _from_milliseconds(int(value if value >= _MS else value * 1000))


def _from_milliseconds(value: int) -> str:
    if value >= _US:
        value //= 10**6 if value >= _NS else 10**3
    if not 0 < value <= _LAST_MS:
        return ""
    days, rest = divmod(value, 86_400_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{_day(days)}T{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}Z"


@lru_cache(maxsize=64)  # events of a batch are mostly of one day
def _day(number: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(number * 86_400))
