"""Values as events have them, made into ours: texts with a bound, times, addresses, numbers.

Publishers differ, and so do their versions: times are ISO 8601 or Unix time, numbers may be texts, one
address may stand where a list does. What cannot be understood is an empty text here, never an error.
"""

import re
import time
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 256  # characters of an id, a code, a name; SES allows as many in a tag's value
LONGEST_TEXT = 500  # characters of an answer or a reason
LONGEST_ADDRESS = 320  # RFC 5321 4.5.3.1: 64 for the local part, 255 for the domain, and the @
MILLICENTS = 100_000  # of a US dollar

_ANGLE = re.compile(r"<([^<>]*)>")
_SPACED_OFFSET = re.compile(r"\s+([+-]\d\d:?\d\d|Z|UTC|GMT)$")
_FORMATTING = re.compile(r"[\s().\-\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_NUMBER = re.compile(r"[+-]?\d{1,17}(\.\d{1,17})?")
# From these on, a Unix time must be one of ms, µs or ns: as seconds it would lie thousands of years ahead.
_SCALES = ((10**17, 10**6), (10**14, 10**3), (10**11, 1))
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
            return value if value.isascii() else ""
        return _from_text(value.strip()[:64])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(Decimal(str(value)))
    return ""


def decimal(value: Any) -> Decimal | None:
    """A finite number, given as number or text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value).strip()[:40])
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**15 else None


def number(value: Any, times: int = 1) -> str:
    """A number that is not negative, multiplied exactly, as decimal text; empty where it is none."""
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


def addresses(value: Any) -> list[str]:
    """Every mail address in a text, a list of texts, or a list of objects with `emailAddress`; each once."""
    if isinstance(value, list):
        return list(dict.fromkeys(one for part in value for one in addresses(part)))
    if isinstance(value, dict):
        return addresses(value.get("emailAddress") or value.get("email_address"))
    if type(value) is not str:
        return []
    parts = _ANGLE.findall(value) if "<" in value else value.split(",")
    return list(dict.fromkeys(one for part in parts if (one := _plain(part))))


def phone(value: Any) -> str:
    """A phone number without what people write between its digits; another identity as it is."""
    plain = text(value, LONGEST_ADDRESS)
    bare = _FORMATTING.sub("", plain)
    return bare if bare.lstrip("+").isdigit() else plain


def recipient(value: str) -> str:
    """What a person asks for, as the table has it: an address or a phone number."""
    return address(value) if "@" in value else phone(value)


def _plain(part: str) -> str:
    found = part.strip().lower()
    if not found or len(found) > LONGEST_ADDRESS or not found.isprintable():
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
        return utc.strftime("%Y-%m-%dT%H:%M:%S").zfill(19) + f".{utc.microsecond // 1000:03}Z"
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
    scale = next((scale for least, scale in _SCALES if value >= least), 0)
    milliseconds = int(value / scale) if scale else int(value * 1000)
    if not 0 < milliseconds <= _LAST_MS:
        return ""
    moment = time.gmtime(milliseconds // 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", moment) + f".{milliseconds % 1000:03}Z"
