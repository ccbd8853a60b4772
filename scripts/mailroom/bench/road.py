"""The whole road of a mail through `inbound`, AWS apart: opened, decided, cut, linked, built anew."""

from dataclasses import dataclass
from io import BytesIO

from lambda_src.inbound import bodies, decide, outgoing
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.decide import Decision, Rules
from lambda_src.inbound.message import Counted, Message, open_message
from lambda_src.inbound.recipients import Recipients

RULES = Rules(sender="mailroom@out.example")
LINK = "https://links.example/" + "A" * 43
UNTIL = 1_795_700_000


@dataclass(frozen=True)
class Road:
    """What came of a mail at each step; `sent` is as one recipient would get it, whatever was decided."""

    message: Message
    decision: Decision
    people: Recipients
    bodies: Bodies
    sent: bytes


def through(raw: bytes, rules: Rules = RULES) -> Road:
    """Take a mail all the way. Raises nothing for what is in it."""
    message = open_message(
        BytesIO(raw).read, lambda number, headers: Counted(), keep=rules.keep, marker=rules.marker
    )
    decision, people = decide.decide(message, len(raw), rules)
    files = message.linked
    found = bodies.with_links(
        bodies.without_list(message, rules.marker), files, [LINK] * len(files), UNTIL, message.signed
    )
    to = [*people.valid, "nobody@customer.example"][:1]
    sent = outgoing.build(message.headers, rules.sender, to, found, message.kept)
    return Road(message, decision, people, found, sent)
