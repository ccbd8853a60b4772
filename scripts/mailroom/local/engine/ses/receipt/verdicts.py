"""What SES thinks of a mail: spam, virus, SPF, DKIM, DMARC.

GTUBE is spam and EICAR a virus. Nothing is looked up in any DNS, so SPF, DKIM and DMARC are GRAY, as for a
sender that has none of the three. A test sets any of the five by a header of its mail, which the door takes
out:

    X-Mailroom-Verdicts: spam=FAIL, dmarc=FAIL, dmarc-policy=reject
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ... import scan
from .arrival import Rejected

HEADER = "X-Mailroom-Verdicts"
STATUSES = ("PASS", "FAIL", "GRAY", "PROCESSING_FAILED")
"""Of SPF, DKIM and DMARC ("Contents of notifications for Amazon SES email receiving")."""
SCANNED = (*STATUSES, "DISABLED")
POLICIES = ("none", "quarantine", "reject")
ALLOWED = {
    "spam": SCANNED,
    "virus": SCANNED,
    "spf": STATUSES,
    "dkim": STATUSES,
    "dmarc": STATUSES,
    "dmarc_policy": POLICIES,
}
_LINE = re.compile(rb"^" + HEADER.encode() + rb":([^\n]*\n(?:[ \t][^\n]*\n)*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Verdicts:
    """One of STATUSES each; spam and virus also DISABLED. `dmarc_policy` is what the sender's domain asks for
    a mail that fails DMARC."""

    spam: str = "PASS"
    virus: str = "PASS"
    spf: str = "GRAY"
    dkim: str = "GRAY"
    dmarc: str = "GRAY"
    dmarc_policy: str = "none"

    def unscanned(self) -> Verdicts:
        """As a rule sees them that does not scan."""
        return replace(self, spam="DISABLED", virus="DISABLED")


def judged(message: bytes) -> tuple[Verdicts, bytes]:
    """The verdicts on a mail, and the mail without the header that sets them.

    Raises Rejected where that header says something that SES never says.
    """
    end = message.find(b"\r\n\r\n") + 2
    head, body = (message[:end], message[end:]) if end >= 2 else (message, b"")
    settings = {}
    for found in _LINE.findall(head):
        settings.update(_settings(found.decode("ascii", "replace")))
    spam, virus = scan.found(message)
    scanned = Verdicts(spam="FAIL" if spam else "PASS", virus="FAIL" if virus else "PASS")
    return replace(scanned, **settings), (_LINE.sub(b"", head) + body if settings else message)


def _settings(text: str) -> dict[str, str]:
    """The fields of Verdicts that a header's value names."""
    settings = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, value = (word.strip() for word in part.partition("="))
        field = name.lower().replace("-", "_")
        if value not in ALLOWED.get(field, ()):
            names = ", ".join(one.replace("_", "-") for one in ALLOWED)
            values = ", ".join(ALLOWED.get(field, SCANNED))
            raise Rejected(f"{HEADER}: {part!r} is none of {names} with one of {values}")
        settings[field] = value
    return settings
