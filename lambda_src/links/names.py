"""File names and types as a browser gets them: whatever a mail said, neither can do harm."""

import re
import unicodedata
from urllib.parse import quote

NO_NAME = "file"
# Most file systems take 255 bytes; a browser may add " (1)" and its own ending while it loads.
LONGEST_BYTES = 200
_LONGEST_ENDING_BYTES = 20
# Parts of a path, of a drive or stream, of a shell's variable (%USERNAME%), or refused by Windows.
_UNSAFE = str.maketrans(dict.fromkeys('/\\:*?"<>|%', "_"))
# Look like a space and are none: they push the ending out of sight.
_BLANK = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))
# Devices on Windows, whatever the ending: learn.microsoft.com, "Naming Files, Paths, and Namespaces".
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)

PLAIN_BYTES = "application/octet-stream"
# Shown as what they are, since none of them can run in a page; SVG can, and is no such type.
_MEDIA = re.compile(r"(?:audio|image|video)/(?!svg)[a-z0-9][a-z0-9.-]{0,60}")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_DOCUMENTS = frozenset(
    {
        "application/gzip", "application/json", "application/msword", "application/pdf", "application/rtf",
        "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/zip",
        f"{_OFFICE}presentationml.presentation", f"{_OFFICE}spreadsheetml.sheet",
        f"{_OFFICE}wordprocessingml.document",
        f"{_OPEN}presentation", f"{_OPEN}spreadsheet", f"{_OPEN}text", "text/csv", "text/plain",
    }
)  # fmt: skip


def safe_name(name: str) -> str:
    """A name for one file in any folder of any system; letters of every script stay.

    What cannot be seen goes (U+202E turns "txt.exe" round), and so does what a path, a device or a shell
    could read; at most LONGEST_BYTES in UTF-8, the ending kept.
    """
    seen = "".join(_visible(character) for character in name.translate(_BLANK))
    plain = _trimmed(_shortened(_trimmed(seen.translate(_UNSAFE))))
    return f"_{plain}" if _DEVICE.match(plain) else plain or NO_NAME


def disposition(name: str) -> str:
    """Content-Disposition that makes a browser save the file, whatever its name is (RFC 6266, RFC 8187)."""
    safe = safe_name(name)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-()") else "_" for c in safe)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def safe_type(content_type: str) -> str:
    """The type as the mail named it where it is known to be harmless, else plain bytes."""
    kind = content_type.lower()
    return kind if kind in _DOCUMENTS or _MEDIA.fullmatch(kind) else PLAIN_BYTES


def _visible(character: str) -> str:
    """The character; a space for what breaks or fills a line, nothing for what has no width."""
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category in ("Cf", "Cs") else character


def _trimmed(name: str) -> str:
    """Without dots at the front (hidden files) and dots or spaces at the end (Windows drops them)."""
    return " ".join(name.split()).lstrip(". ").rstrip(". ")


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _LONGEST_ENDING_BYTES:
        stem, dot, ending = name, "", ""
    room = LONGEST_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + ending
