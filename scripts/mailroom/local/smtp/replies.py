"""SES's replies at the submission door, word for word.

From "SMTP response codes returned by Amazon SES" (developer guide); where that is silent, as sessions with
email-smtp.<region>.amazonaws.com show them in public logs.
"""

from __future__ import annotations

from ..engine.protocol.messages import ServiceError
from ..engine.ses.permissions import quoted

TOO_MANY_CONNECTIONS = "421 Too many concurrent SMTP connections"
TIMEOUT = "451 4.4.2 Timeout waiting for data from client."
FAILURE = "451 Temporary service failure"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients"
TLS_ALREADY = "454 TLS not available due to temporary reason: TLS already active"
BAD_SENDER = "501 Invalid MAIL FROM address provided"
BAD_RECIPIENT = "501 Invalid RCPT TO address provided"
TOO_LONG = "552 Message is too long."

# aiosmtpd's words (their beginnings) for what SES says otherwise.
_OTHERWISE = {
    "250 OK": "250 Ok",
    "501 Syntax: MAIL FROM": BAD_SENDER,
    "501 Syntax: RCPT TO": BAD_RECIPIENT,
    "530 5.7.0 Authentication required": "530 Authentication required",
    "552 Error:": TOO_LONG,
}
# What an address that cannot be read, or is not ASCII, is refused with: which address it is, the state says.
_BAD_ADDRESS = ("553 5.1.3 Error: malformed address", "500 Error: strict ASCII mode")

# SES's errors by the names of v2, and what the door says before their message.
_REFUSED = {
    "MessageRejected": "554 Message rejected: ",
    "SendingPausedException": "554 Message rejected: ",
    "MailFromDomainNotVerifiedException": "554 MAIL FROM domain not verified: ",
    "TooManyRequestsException": "454 Throttling failure: ",
    "LimitExceededException": "454 Throttling failure: ",
    "ThrottlingException": "454 Throttling failure: ",
}


def in_ses_words(reply: str, *, sender_known: bool) -> str:
    """A reply of aiosmtpd as SES gives it; the same where SES is not known to say otherwise."""
    if reply in _BAD_ADDRESS:
        return BAD_RECIPIENT if sender_known else BAD_SENDER
    return next((words for start, words in _OTHERWISE.items() if reply.startswith(start)), reply)


def refusal(error: ServiceError) -> str:
    """The reply to a message that SES does not take. On one line, whatever the message holds."""
    if error.code == "AccessDeniedException":
        reply = f"554 Access denied: {quoted(error.message)}"
    elif error.status == 403:  # the key itself: it was switched off or deleted since the login
        reply = "535 Authentication Credentials Invalid"
    elif error.code == "NotFoundException" and error.message.startswith("Configuration set"):
        reply = f"554 Configuration Set does not exist: {error.message}"
    else:
        reply = _REFUSED.get(error.code, "554 Transaction failed: ") + error.message
    return " ".join(reply.encode("ascii", "replace").decode().split())
