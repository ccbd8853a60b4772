"""What is derived from a mail's random seed, so that a second run finds what the first one made."""

import base64
import hashlib
import hmac


def attachment_key(seed: bytes, number: int) -> str:
    """The object key of attachment `number`: nobody can guess it, and no name from the mail is in it."""
    digest = hmac.digest(seed, b"prefix", "sha256")
    return f"attachments/{base64.b32encode(digest).decode()[:26].lower()}/{number}"


def tags(mail_id: str, number: int) -> dict[str, str]:
    """The tags of a send: SES's events carry them, which tells whether a doubtful send was accepted."""
    return {
        "mailroom-mail": hashlib.sha256(mail_id.encode()).hexdigest()[:32],
        "mailroom-recipient": str(number),
    }
