"""The two harmless strings that every scanner calls spam and a virus, found wherever a mail may hold them.

A scanner decodes the parts of a mail. Here the mail is searched as it is and in what its encodings make of
it, without taking its MIME apart: a broken mail is scanned as well as a sound one, and 40 MB take well under
a second.
"""

from __future__ import annotations

import base64
import binascii
import re

# Split, so that no scanner finds them here.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*" + b"GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

_WHITE = b" \t\r\n"
_QUOTED = re.compile(rb"quoted-printable", re.IGNORECASE)


def _in_base64(needle: bytes) -> tuple[bytes, ...]:
    """What base64 makes of a string at each of the three places where it can begin; its ends, which depend
    on what is around it, are left out."""
    return tuple(base64.b64encode(needle[skip:][: (len(needle) - skip) // 3 * 3]) for skip in range(3))


_ENCODED = {needle: _in_base64(needle) for needle in (GTUBE, EICAR)}


def _present(needle: bytes, views: list[bytes], packed: bytes) -> bool:
    return any(needle in view for view in views) or any(one in packed for one in _ENCODED[needle])


def found(message: bytes) -> tuple[bool, bool]:
    """Whether a mail holds the spam string (GTUBE), and the virus string (EICAR): as it is, in base64 at any
    alignment and line length, or in quoted-printable with any characters encoded and soft line breaks."""
    packed = message.translate(None, _WHITE)
    views = [message]
    if _QUOTED.search(message):
        views.append(binascii.a2b_qp(message))
    return _present(GTUBE, views, packed), _present(EICAR, views, packed)


def infected(content: bytes) -> bool:
    """Whether a file holds the virus string."""
    return EICAR in content
