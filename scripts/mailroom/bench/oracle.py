"""What the standard library takes for a message's attachments: another's eyes, not a measure of right."""

import email
import hashlib
from collections import Counter
from email import policy
from email.message import Message
from typing import Any


def digests(raw: bytes) -> Counter[str] | None:
    """SHA-256 of each leaf that is no plain text and no nested message; None where stdlib gives up.

    Leaves below a nested message are the nested message's own.
    """
    try:
        return Counter(_leaves(email.message_from_bytes(raw, policy=policy.compat32)))
    except Exception:  # whatever it stumbles over: there is nothing to compare then
        return None


def _leaves(part: Message) -> list[str]:
    if part.get_content_maintype() == "message":
        return []
    payload: Any = part.get_payload()
    if part.is_multipart():
        return [digest for child in payload for digest in _leaves(child)]
    if part.get_content_type() in ("text/plain", "text/html") and not part.get_filename():
        return []
    content = part.get_payload(decode=True)
    return [hashlib.sha256(content).hexdigest()] if isinstance(content, bytes) else []


def sent_on(raw: bytes, links_url: str) -> tuple[list[str], list[str]]:
    """A mail of ours: the links in it, and the digests of what was kept in it."""
    from mailroom.demo import post

    message = email.message_from_bytes(raw, policy=policy.default)
    texts, kept = [], []
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.get_filename():
            texts.append(str(part.get_payload(decode=True), "utf-8", "replace"))  # type: ignore[arg-type]  # bytes
        elif not part.is_multipart() or part.get_content_maintype() == "message":
            kept.append(hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest())  # type: ignore[arg-type]
    return post.links(links_url, "\n".join(texts)), kept
