"""Where the next page begins, as a caller hands it back.

A cursor is opaque: base64url of a position in an index and of a check sum over it and over what was asked. A
position (keys.status_key, keys.first_key) is a time and a hash: it holds no address, so a cursor may stand in
a URL. Nothing is secret: whoever may ask at all may begin anywhere.
"""

import base64
import re
from hashlib import sha256

from lambda_src.status.rest.refusals import bad, missing

POSITION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z#[0-9a-f]{16}")
_POSITION_BYTES = 41
_CHECK_BYTES = 10
# 51 bytes, so that base64 needs no padding and every text of this form is some bytes.
FORM = re.compile(r"[A-Za-z0-9_-]{68}")


def write(position: str, *asked: str) -> str:
    """The cursor for the page after `position`; `asked` are the words of the query that it belongs to."""
    return base64.urlsafe_b64encode(position.encode("ascii") + _check(position, asked)).decode()


def read(text: str, *asked: str) -> str:
    """The position that `write` put in. Raises Refused: 400 where it has not the form of a cursor.

    404 where it was never given out, or for another query: a list has no such page. As with messages, only
    the form is the caller's to know.
    """
    if not FORM.fullmatch(text):
        raise bad("cursor: this is none. It takes the cursor of the page before, as it was given.")
    raw = base64.urlsafe_b64decode(text)
    position = raw[:_POSITION_BYTES].decode("ascii", errors="replace")
    if raw[_POSITION_BYTES:] != _check(position, asked):
        raise missing(
            "cursor: this list has no such page. It takes the cursor of the page before, with the same"
            " parameters."
        )
    return position


def _check(position: str, asked: tuple[str, ...]) -> bytes:
    return sha256("\0".join((position, *asked)).encode()).digest()[:_CHECK_BYTES]
