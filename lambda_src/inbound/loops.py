"""Mail that a machine sent about other mail: it is never sent on, so that nothing goes round in circles.

What we send on carries LOOP_HEADER and Auto-Submitted: a list that names the receipt address ends here at the
second round.
"""

from dataclasses import dataclass
from email.utils import parseaddr

from lambda_src.inbound.mime.headers import Headers

LOOP_HEADER = "X-Mailroom-Loop"


@dataclass(frozen=True)
class Cause:
    """Why a mail counts as automatic: `why` ends a sentence, `advice` says what can be done about it."""

    why: str
    advice: str


_ABOUT_MAIL = "Nothing, if it is an answer or a report about other mail."
BEEN_HERE = Cause(
    "it has already been through Mailroom",
    "Take the address that Mailroom receives at out of the device's list of recipients.",
)
SAYS_SO = Cause(
    "it says of itself that a machine wrote it (its Auto-Submitted header)",
    f"{_ABOUT_MAIL} If it is a device's report, let the device send it without its Auto-Submitted header.",
)
BULK = Cause(
    "it comes from a mailing list or is an automatic answer (its Precedence or List-Id header)",
    "Nothing, if it is an answer or a list's mail. If it is a device's report, let the device send it to"
    " Mailroom directly, and without a Precedence header.",
)
NO_RETURN = Cause(
    "it is a report about another mail (its return path is empty)",
    f"{_ABOUT_MAIL} If it is a device's report, let the device name a sender (the envelope's, MAIL FROM).",
)
REPORT = Cause(
    "it is a delivery report",
    f"{_ABOUT_MAIL} It says which mail did not arrive, and why: it is stored as said below.",
)
OURSELVES = Cause(
    "it comes from the address that Mailroom itself sends from",
    "Let the device send from an address of its own.",
)
_PRECEDENCES = ("auto_reply", "bulk", "junk", "list")
_SENDERS = ("from", "sender", "return-path", "resent-from", "resent-sender")


def automatic(headers: Headers, sender: str) -> Cause | None:
    """Why this mail counts as automatic; None when it does not.

    `sender` is the address that we send from. RFC 3834 5: everything but `Auto-Submitted: no` is automatic.
    """
    if headers.get(LOOP_HEADER.lower()):
        return BEEN_HERE
    if headers.get("auto-submitted").split(";")[0].strip().lower() not in ("", "no"):
        return SAYS_SO
    if headers.get("precedence").strip().lower() in _PRECEDENCES or headers.get("list-id"):
        return BULK
    if headers.get("return-path").strip() == "<>":
        return NO_RETURN
    if sender and any(_address(headers, name) == sender.lower() for name in _SENDERS):
        return OURSELVES
    return None


def _address(headers: Headers, name: str) -> str:
    return parseaddr(headers.get(name)[:2048])[1].lower()
