"""A header's value as people read it. What cannot be read stays as it came, and breaks nobody who tells of
it."""

from __future__ import annotations

import re
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header

MAXIMUM_DECODED = 10_000
"""Characters in which encoded words are looked for: Python's decoder takes quadratic time for words that have
no end."""
_FOLD = re.compile(r"\r?\n[ \t]+")


def unfolded(raw: str) -> str:
    """A value on one line, without white space at its ends (RFC 5322 2.2.3)."""
    return _FOLD.sub(" ", raw).strip()


def decoded(value: str) -> str:
    """A value with its encoded words read (RFC 2047), as it is where they cannot be: base64 that is none, a
    charset that nobody knows. What no UTF-8 can carry becomes a question mark."""
    if "=?" in value and len(value) <= MAXIMUM_DECODED:
        with suppress(HeaderParseError, LookupError, ValueError):
            value = str(make_header(decode_header(value)))
    return value.encode("utf-8", "replace").decode()
