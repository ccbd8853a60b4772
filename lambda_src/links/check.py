"""Whether a link may be followed, and how its file is handed out."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from lambda_src.shared.links_table import TOKEN, Link, token_hash

# Types that a browser may show or run as a page: they are handed out as plain bytes.
_ACTIVE_TYPES = ("html", "xml", "svg", "javascript", "ecmascript", "xsl", "shockwave")
PLAIN_BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Answer:
    """Either `link` to follow, or `refusal` with the reason (and the link, where there is one)."""

    refusal: str
    link: Link | None


def check(token: str, find: Callable[[str], Link | None], now: int) -> Answer:
    """Look the token up by its hash. One that is malformed is as unknown as one that is guessed."""
    link = find(token_hash(token)) if TOKEN.fullmatch(token) else None
    if link is None:
        return Answer("unknown", None)
    if link.revoked_at is not None:
        return Answer("revoked", link)
    return Answer("expired" if link.expires_at <= now else "", link)


def disposition(name: str) -> str:
    """Content-Disposition that makes a browser save the file, whatever its name is (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_type(content_type: str) -> str:
    """The type as it was named, unless a browser could run what it stands for."""
    active = any(word in content_type for word in _ACTIVE_TYPES)
    return PLAIN_BYTES if active or content_type.count("/") != 1 else content_type
