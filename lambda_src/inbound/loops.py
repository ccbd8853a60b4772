"""Mail that a machine sent about other mail: it is never sent on, so that nothing goes round in circles."""

from email.utils import parseaddr

from lambda_src.inbound.mime.headers import Headers

LOOP_HEADER = "X-Mailroom-Loop"
_BULK = ("auto_reply", "bulk", "junk", "list")


def automatic(headers: Headers, sender: str) -> str | None:
    """Why this mail counts as automatic, in words that end a sentence; None when it does not.

    `sender` is the address that we send from. RFC 3834 5: everything but `Auto-Submitted: no` is automatic.
    """
    if headers.get(LOOP_HEADER.lower()):
        return "it has already been through a Mailroom"
    if headers.get("auto-submitted").split(";")[0].strip().lower() not in ("", "no"):
        return "its Auto-Submitted header says that a machine sent it"
    if headers.get("precedence").strip().lower() in _BULK or headers.get("list-id"):
        return "it comes from a mailing list or an automatic answer (Precedence, List-Id)"
    if headers.get("return-path").strip() == "<>":
        return "it is a delivery report (its return path is empty)"
    if sender and from_address(headers).lower() == sender.lower():
        return "it comes from the address that Mailroom itself sends from"
    return None


def from_address(headers: Headers) -> str:
    """The address in From, or an empty text."""
    return parseaddr(headers.get("from")[:2048])[1]
