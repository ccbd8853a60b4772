"""Where the next page begins, as a caller hands it back.

A cursor is opaque: base64url of a position in an index, of what was asked, and of a check sum over both.
A position (keys.status_key, keys.first_key) is a time and a hash: it holds no address, so a cursor may stand
in a URL. Nothing is secret: whoever may ask at all may begin anywhere.
"""

import base64
import re
from hashlib import sha256

from lambda_src.status.rest.refusals import bad, missing

POSITION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z#[0-9a-f]{16}")
_POSITION_BYTES = 41
_HASH_BYTES = 5
# 51 bytes, so that base64 needs no padding and every text of this form is some bytes.
FORM = re.compile(r"[A-Za-z0-9_-]{68}")


def write(position: str, *asked: str) -> str:
    """The cursor for the page after `position`; `asked` are the words of the query that it belongs to."""
    body = position.encode("ascii") + _hash(*asked)
    return base64.urlsafe_b64encode(body + _hash(body.hex())).decode()


def read(text: str, *asked: str) -> str:
    """The position that `write` put in. Raises Refused where it is none, unknown, or of another query."""
    if not FORM.fullmatch(text):
        raise bad("cursor: this is none. It takes the cursor of the page before, as it was given.")
    raw = base64.urlsafe_b64decode(text)
    body, check = raw[:-_HASH_BYTES], raw[-_HASH_BYTES:]
    if _hash(body.hex()) != check:
        raise missing("cursor: there is no such page. It takes the cursor of the page before, unchanged.")
    if body[_POSITION_BYTES:] != _hash(*asked):
        raise bad("cursor: it belongs to another query. Ask with the parameters of the page before.")
    return body[:_POSITION_BYTES].decode("ascii")


def _hash(*words: str) -> bytes:
    return sha256("\0".join(words).encode()).digest()[:_HASH_BYTES]
