"""Mail that a machine sent about other mail: it is never sent on, so that nothing goes round in circles.

What we send on carries LOOP_HEADER and Auto-Submitted: a list that names the receipt address ends here at the
second round.
"""

from email.utils import parseaddr

from lambda_src.inbound.mime.headers import Headers

LOOP_HEADER = "X-Mailroom-Loop"
_BULK = ("auto_reply", "bulk", "junk", "list")
_SENDERS = ("from", "sender", "return-path", "resent-from", "resent-sender")


def automatic(headers: Headers, sender: str) -> str | None:
    """Why this mail counts as automatic, in words that end a sentence; None when it does not.

    `sender` is the address that we send from. RFC 3834 5: everything but `Auto-Submitted: no` is automatic.
    """
    if headers.get(LOOP_HEADER.lower()):
        return "it has already been through Mailroom"
    if headers.get("auto-submitted").split(";")[0].strip().lower() not in ("", "no"):
        return "it says of itself that a machine wrote it (its Auto-Submitted header)"
    if headers.get("precedence").strip().lower() in _BULK or headers.get("list-id"):
        return "it comes from a mailing list or is an automatic answer (its Precedence or List-Id header)"
    if headers.get("return-path").strip() == "<>":
        return "it is a report about another mail (its return path is empty)"
    if sender and any(_address(headers, name) == sender.lower() for name in _SENDERS):
        return "it comes from the address that Mailroom itself sends from"
    return None


def _address(headers: Headers, name: str) -> str:
    return parseaddr(headers.get(name)[:2048])[1].lower()
