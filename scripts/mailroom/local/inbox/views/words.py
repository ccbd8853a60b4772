"""Text, times and sizes as people read them, safe to stand in a page."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from html import escape

_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}[^\s<>\"'.,;:!?)\]]")
# Characters that turn the reading order round, so that "exe.pdf" may be a program: shown by their number.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """Text with its control characters and turns of direction made visible; line ends and tabs stay."""
    return _UNSEEN.sub(_number, text.replace("\r\n", "\n"))


def _number(match: re.Match[str]) -> str:
    character = match.group()
    if character in _TURNING or unicodedata.category(character) == "Cs":
        return f"[U+{ord(character):04X}]"
    return chr(0x2400 + ord(character)) if character < " " else "\ufffd"


def safe(text: str) -> str:
    """Text for a page, attributes included."""
    return escape(shown(text))


def apart(text: str) -> str:
    """Text from outside whose direction of writing does not reach what stands beside it."""
    return f"<bdi>{safe(text)}</bdi>"


def linked(text: str) -> str:
    """Text with its web addresses as links that open outside."""
    pieces, at = [], 0
    for match in _LINK.finditer(text):
        address = safe(match.group())
        pieces.append(safe(text[at : match.start()]))
        pieces.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>')
        at = match.end()
    return "".join(pieces) + safe(text[at:])


def size(amount: int) -> str:
    """A size in bytes as people read it."""
    number, unit = float(amount), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1024 or unit == "GB":
            break
        number /= 1024
    return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"


def count(number: int, thing: str, things: str = "") -> str:
    """1 mail, 2 mails."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def ago(seconds: float) -> str:
    """How long ago something was. The script of the pages says it in the same words."""
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return "just now" if seconds < 10 else f"{int(seconds)} s ago"


def moment(iso: str, now: datetime) -> str:
    """A time in this machine's zone, as long as it must be to be plain, with the whole of it as its title. A
    browser in another zone changes it into its own."""
    try:
        when = datetime.fromisoformat(iso).astimezone()
    except (ValueError, OverflowError):
        return safe(iso)
    here = now.astimezone()
    form = "%H:%M:%S" if when.date() == here.date() else "%-d %b %H:%M"
    form = form if when.year == here.year else "%-d %b %Y"
    return f'<time datetime="{safe(iso)}" title="{when:%A %-d %B %Y, %H:%M:%S %Z}">{when:{form}}</time>'


def since(iso: str, now: datetime) -> str:
    """How long ago that was; the script keeps it up to date."""
    try:
        passed = (now - datetime.fromisoformat(iso)).total_seconds()
    except (ValueError, TypeError):
        return ""
    return f'<span class="ago" data-ago="{safe(iso)}">{ago(passed)}</span>'
