"""Why a mail or an address was not served, in sentences for the people who own the sensors.

Codes are for programs (a notice's attribute, the ledger); what people read is here: what happened, and what
they can do about it. Whoever runs Mailroom is called "the operator".
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lambda_src.inbound.verdicts import VERDICTS

MOST_NAMES = 20

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "oversize": "The mail has {size} and is larger than the {limit} that may be sent on.",
        "virus": "A virus was found in the mail.",
        "spam": "The mail was taken for spam.",
        "dmarc": "The mail may be forged: it failed the check of the address in its From line (DMARC).",
        "spf": "The machine that sent the mail may not send for its sender's domain (SPF).",
        "dkim": "The mail's signature does not fit what arrived: it was changed on its way (DKIM).",
        "unscanned": "The mail was not checked for viruses and spam, or the check came to no result.",
        "automatic": "The mail counts as automatic, since {why}.",
        "too_many_attachments": "The mail has {count} attachments; at most {limit} may be sent on.",
        "encrypted": "The mail is encrypted, so that its list of recipients cannot be read.",
        "long_text": "The mail's text is too long to be read to its end for a list of recipients.",
        "no_list": "There is no list of recipients between two copies of {marker} in the mail's text.",
        "no_recipients": "The list between the two copies of {marker} holds no valid address{named}.",
        "no_allowed_recipients": "None of the addresses in the list may get mail from here: {names}.",
        "too_many_recipients": "The list names {count} recipients; at most {limit} are allowed.",
        "invalid_recipients": "Some entries in the list are no valid addresses and got nothing: {names}.",
        "not_allowed_recipients": "Some addresses may not get mail from here and got nothing: {names}.",
        "refused_recipients": "The mail service refuses some addresses, which got nothing: {names}.",
    }
)
_RAISE = "or ask the operator to raise the limit and to work this mail again."
_WHOLE = "whole addresses, like ann@example.com, separated by commas (not semicolons), without names."
_DOMAINS = "Correct the list, or ask the operator to allow their domains."
ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "oversize": f"Send less in one mail, {_RAISE}",
        "virus": "Do not open its files. Look at the device or the account that sent it.",
        "spam": "If it is none, ask the operator to send it on, and let the device write a plainer mail.",
        "dmarc": "If it is from your device, let the device send through its domain's own mail server.",
        "spf": "If it is from your device, let the device send through its domain's own mail server.",
        "dkim": "If it is from your device, ask whoever runs its mail server to look at its signatures.",
        "unscanned": "If you expected it, ask the operator to send it on.",
        # What fits the cause goes before it (loops.py).
        "automatic": "Nothing, if it is an answer or a report about other mail.",
        "too_many_attachments": f"Send fewer, {_RAISE}",
        "encrypted": "Read it at the link below with your key, or let the device send without encryption.",
        "long_text": "Write the list at the beginning of the text, or put the long part into an attachment.",
        "no_list": f"Let the device write the list between two such markers: {_WHOLE}",
        "no_recipients": f"Correct the list: {_WHOLE}",
        "no_allowed_recipients": _DOMAINS,
        "too_many_recipients": f"Shorten the list, {_RAISE}",
        "invalid_recipients": f"Correct them in the device's list: {_WHOLE}",
        "not_allowed_recipients": _DOMAINS,
        "refused_recipients": "Look for typing errors in them.",
    }
)
# What became of the mail, by the decision's outcome.
BECAME: Mapping[str, str] = MappingProxyType(
    {
        "notice": "It was not sent on; it is kept.",
        "junk": "It was not sent on; it is kept as junk.",
        "drop": "It was dropped and not sent on.",
        "partly": "The others in the list have their mail.",
        "nobody": "Nobody in the list got the mail.",
    }
)
# Told of mail that was sent on: to work it again would do nothing.
SENT_ON = frozenset(("invalid_recipients", "not_allowed_recipients", "refused_recipients"))


def operators_line(reason: str, object_key: str) -> str:
    """How the operator has the mail worked again; nothing where that is of no use."""
    if reason in SENT_ON:
        return ""
    command = f"mailroom inbound replay {object_key}"
    if reason in VERDICTS:
        # Without it SES's verdict, which stands in the stored mail, would hold the mail again.
        return f"For the operator, to send it on all the same: {command} --release"
    return f"For the operator, to work it again after the cause is gone: {command}"


def naming(names: Sequence[str]) -> str:
    """Some addresses or entries in a row; of many, how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
