"""The table of links: written by `inbound`, read by `links`, so the format stands here once.

A link's token is derived from the mail's random seed (see the ledger), so that a second run makes the same
token; the table keeps only its hash, so that nobody who reads the table can open a file.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import asdict, dataclass
from typing import Any

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
DAYS_KEPT_AFTER_EXPIRY = 30
_NUMBERS = ("size", "created_at", "expires_at", "removed_at")


@dataclass(frozen=True)
class Link:
    """One recipient's link to one attachment. Times are seconds since 1970; `size` is in bytes.

    The table has an index by `mail`, by `recipient` and by `object_key`, each with the attribute's name.
    """

    token_hash: str
    mail: str
    recipient: str
    object_key: str
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: int
    expires_at: int
    removed_at: int
    revoked_at: int | None = None


def token(seed: bytes, recipient: str, number: int) -> str:
    """The token of this recipient's link to attachment `number`: 43 characters, 256 bits."""
    message = b"\0".join((b"link", recipient.encode(), str(number).encode()))
    return base64.urlsafe_b64encode(hmac.digest(seed, message, "sha256")).rstrip(b"=").decode()


def token_hash(value: str) -> str:
    """The table's key for a token: its SHA-256 in hex."""
    return hashlib.sha256(value.encode()).hexdigest()


def logged_hash(value: str) -> str:
    """What stands in the log for the link with this hash: enough to find it by, and no key to anything."""
    return value[:16]


def to_item(link: Link) -> dict[str, Any]:
    """The link as DynamoDB writes it; what is None is left out.

    The recipient is in lower case: the table's index finds links by it, and people write it as they like.
    """
    values = asdict(link) | {"recipient": link.recipient.lower()}
    return {
        name: {"N" if isinstance(value, int) else "S": str(value)}
        for name, value in values.items()
        if value is not None
    }


def from_item(item: dict[str, Any]) -> Link:
    """The link that DynamoDB answered with. A KeyError means that the item is not one of ours."""
    texts = ("token_hash", "mail", "recipient", "object_key", "name", "content_type", "sha256")
    values: dict[str, Any] = {name: item[name]["S"] for name in texts}
    values.update((name, int(item[name]["N"])) for name in (*_NUMBERS, "revoked_at") if name in item)
    return Link(**values)
