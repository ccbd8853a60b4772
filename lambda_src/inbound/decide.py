"""What is done with a message, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lambda_src.inbound import loops, recipients, verdicts
from lambda_src.inbound.attachments import Keep
from lambda_src.inbound.message import Message
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.reasons import ADVICE, REASONS, naming
from lambda_src.inbound.recipients import Recipients
from lambda_src.shared.addresses import in_domains

OUTCOMES = MappingProxyType({"notify": "notice", "junk": "junk", "drop": "drop"})


@dataclass(frozen=True)
class Rules:
    """What decides over a message: the part of the settings that `explain` needs too. Sizes in bytes.

    `allowed_domains`: who may get mail (see in_domains); `policy`: an action for each verdict (verdicts.py).
    """

    marker: str = ":Email_Rxers_Code:"
    maximum_message_bytes: int = 40 * 1024 * 1024
    maximum_attachments: int = 100
    maximum_recipients: int = 50
    sender: str = ""
    allowed_domains: tuple[str, ...] = ()
    keep: Keep = field(default_factory=Keep)
    policy: Mapping[str, str] = field(default_factory=lambda: verdicts.DEFAULT_POLICY)
    trust_verdicts: bool = True


@dataclass(frozen=True)
class Decision:
    """`outcome` is send, notice, junk or drop; `reason` a code of REASONS, `words` its sentence, `advice`
    what can be done.

    What is told about mail that was sent on has the outcome partly, or nobody.
    """

    outcome: str
    reason: str = ""
    words: str = ""
    advice: str = ""


def because(reason: str, outcome: str = "notice", **values: object) -> Decision:
    """A decision not to send, with its sentence and the advice."""
    return Decision(outcome, reason, REASONS[reason].format(**values), ADVICE[reason])


def _automatic(cause: loops.Cause) -> Decision:
    return replace(because("automatic", why=cause.why), advice=cause.advice)


def before_content(headers: Headers, size: int, rules: Rules) -> Decision | None:
    """What can be decided from the headers and the size alone: with it, no attachment needs to be stored."""
    if size > rules.maximum_message_bytes:
        return because("oversize", **_two_sizes(size, rules.maximum_message_bytes))
    if rules.trust_verdicts and (found := verdicts.action(headers, rules.policy)):
        return because(found[0], OUTCOMES[found[1]])
    if cause := loops.automatic(headers, rules.sender):
        return _automatic(cause)
    return None


def decide(message: Message, size: int, rules: Rules) -> tuple[Decision, Recipients]:
    """The decision about a message that was read, and the recipients in it (read whatever the outcome)."""
    people = _split_allowed(recipients.read(message.bodies, rules.marker), rules)
    decision = before_content(message.headers, size, rules)
    return decision or _by_content(message, people, rules), people


def _split_allowed(people: Recipients, rules: Rules) -> Recipients:
    """The same list, with those apart who may not get mail."""
    allowed: dict[bool, list[str]] = {True: [], False: []}
    for address in people.valid:
        allowed[in_domains(address, rules.allowed_domains)].append(address)
    return replace(people, valid=tuple(allowed[True]), not_allowed=tuple(allowed[False]))


def _by_content(message: Message, people: Recipients, rules: Rules) -> Decision:
    if message.report:
        return _automatic(loops.REPORT)
    if len(message.attachments) > rules.maximum_attachments:
        count = len(message.attachments)
        return because("too_many_attachments", count=count, limit=rules.maximum_attachments)
    if message.uncut or not people.found:
        return _without_list(message, rules)
    if people.not_allowed and not people.valid:
        return because("no_allowed_recipients", names=naming(people.not_allowed))
    if not people.valid:
        named = f" ({naming(people.invalid)})" if people.invalid else ""
        return because("no_recipients", marker=rules.marker, named=named)
    if len(people.valid) > rules.maximum_recipients:
        return because("too_many_recipients", count=len(people.valid), limit=rules.maximum_recipients)
    return Decision("send")


def _without_list(message: Message, rules: Rules) -> Decision:
    if message.encrypted:
        return because("encrypted")
    return because("long_text") if message.long_text else because("no_list", marker=rules.marker)


def _two_sizes(size: int, limit: int) -> dict[str, str]:
    """Both in words; to the byte where the words would be the same."""
    words = {"size": plain_size(size), "limit": plain_size(limit)}
    exact = {"size": f"{size:,} bytes", "limit": f"{limit:,} bytes"}
    return exact if words["size"] == words["limit"] else words


def plain_size(size: int) -> str:
    """A size in bytes as people say it: 1 byte, 999 bytes, 1.2 kB, 38 MB (decimal units)."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, unit = size / 1000, "kB"
    if amount >= 999.5:
        amount, unit = amount / 1000, "MB"
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
