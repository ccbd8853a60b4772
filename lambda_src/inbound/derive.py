"""What is derived from a mail's random seed, so that a second run finds what the first one made, and the tags
by which SES's events find their line in the ledger again.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping

# A tag's value takes 256 characters of A-Z a-z 0-9 _ - (SESv2, MessageTag); base64 makes 254 of 190 bytes.
LONGEST_MAIL_ID = 190
MAIL_TAG, RECIPIENT_TAG = "mailroom-mail", "mailroom-recipient"
_PLACE = re.compile(r"([1-9][0-9]{0,2})-([1-9][0-9]{0,5})")


def attachment_key(seed: bytes, number: int) -> str:
    """The object key of attachment `number`: nobody can guess it, and no name from the mail is in it."""
    digest = hmac.digest(seed, b"prefix", "sha256")
    return f"attachments/{base64.b32encode(digest).decode()[:26].lower()}/{number}"


def tags(mail_id: str, number: int, generation: int) -> dict[str, str]:
    """The tags of a send: SES's events carry them, which tells whether a doubtful send was accepted."""
    name = base64.urlsafe_b64encode(mail_id.encode()).rstrip(b"=").decode()
    return {MAIL_TAG: name, RECIPIENT_TAG: f"{number}-{generation}"}


def ledger_place(tags: Mapping[str, str]) -> tuple[str, int, int]:
    """Mail id, recipient's number and generation of a send with these tags. Raises ValueError."""
    place = _PLACE.fullmatch(tags.get(RECIPIENT_TAG, ""))
    name = tags.get(MAIL_TAG, "")
    if place is None or not name:
        raise ValueError("the tags name no recipient of a mail")
    try:
        mail_id = base64.b64decode(name + "=" * (-len(name) % 4), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise ValueError("the tag of the mail is no base64 of an id") from problem
    return mail_id, int(place[1]), int(place[2])
