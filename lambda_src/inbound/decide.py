"""What is done with a message, and why. Codes for programs, sentences for people, in one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lambda_src.inbound import loops, recipients, verdicts
from lambda_src.inbound.message import Message
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.recipients import Recipients

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "oversize": "The mail has {size} and is larger than the {limit} that may be sent on.",
        "virus": "A virus was found in the mail.",
        "spam": "The mail was taken for spam.",
        "dmarc": "The mail failed DMARC: whoever sent it may not use the address in its From line.",
        "spf": "The mail failed SPF: the machine that sent it may not send for its sender's domain.",
        "dkim": "The mail failed DKIM: its signature does not fit what arrived.",
        "automatic": "The mail was not sent on, since {why}.",
        "too_many_attachments": "The mail has {count} attachments; at most {limit} may be sent on.",
        "encrypted": "The mail is encrypted, so that its list of recipients cannot be read.",
        "no_list": "There is no list of recipients between two copies of {marker} in the mail's text.",
        "no_recipients": "The list of recipients between the two copies of {marker} holds no valid address.",
        "too_many_recipients": "The list names {count} recipients; at most {limit} are allowed.",
        "invalid_recipients": "The mail was sent on, but these are no valid addresses: {names}.",
        "refused_recipients": "The mail was sent on, but SES refuses {count} of the addresses in its list.",
    }
)
OUTCOMES = MappingProxyType({"notify": "notice", "junk": "junk", "drop": "drop"})


@dataclass(frozen=True)
class Rules:
    """What decides over a message: the part of the settings that `explain` needs too. Sizes in bytes."""

    marker: str = ":Email_Rxers_Code:"
    maximum_message_bytes: int = 40 * 1024 * 1024
    maximum_attachments: int = 100
    maximum_recipients: int = 50
    sender: str = ""
    policy: Mapping[str, str] = field(default_factory=lambda: verdicts.DEFAULT_POLICY)
    trust_verdicts: bool = True


@dataclass(frozen=True)
class Decision:
    """`outcome` is send, notice, junk or drop; `reason` a code of REASONS, `words` its sentence."""

    outcome: str
    reason: str = ""
    words: str = ""


def because(reason: str, outcome: str = "notice", **values: object) -> Decision:
    """A decision not to send, with its sentence."""
    return Decision(outcome, reason, REASONS[reason].format(**values))


def before_content(headers: Headers, size: int, rules: Rules) -> Decision | None:
    """What can be decided from the headers and the size alone: with it, no attachment needs to be stored."""
    if size > rules.maximum_message_bytes:
        return because("oversize", size=plain_size(size), limit=plain_size(rules.maximum_message_bytes))
    if rules.trust_verdicts and (found := verdicts.action(headers, rules.policy)):
        return because(found[0], OUTCOMES[found[1]])
    if why := loops.automatic(headers, rules.sender):
        return because("automatic", why=why)
    return None


def decide(message: Message, size: int, rules: Rules) -> tuple[Decision, Recipients]:
    """The decision about a message that was read, and the recipients in it (read whatever the outcome)."""
    people = recipients.read(message.bodies, rules.marker)
    decision = before_content(message.headers, size, rules)
    return decision or _by_content(message, people, rules), people


def _by_content(message: Message, people: Recipients, rules: Rules) -> Decision:
    if message.report:
        return because("automatic", why="it is a delivery report")
    if len(message.attachments) > rules.maximum_attachments:
        count = len(message.attachments)
        return because("too_many_attachments", count=count, limit=rules.maximum_attachments)
    if not people.found:
        return because("encrypted") if message.encrypted else because("no_list", marker=rules.marker)
    if not people.valid:
        return because("no_recipients", marker=rules.marker)
    if len(people.valid) > rules.maximum_recipients:
        return because("too_many_recipients", count=len(people.valid), limit=rules.maximum_recipients)
    return Decision("send")


def plain_size(size: int) -> str:
    """A size in bytes as people say it: 1 byte, 999 bytes, 1.2 kB, 38 MB (decimal units)."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, unit = size / 1000, "kB"
    if amount >= 999.5:
        amount, unit = amount / 1000, "MB"
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
