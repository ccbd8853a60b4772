"""Notices: what people are told about a mail that was not, or not quite, sent on."""

from collections.abc import Sequence

from lambda_src.inbound import bodies, markup
from lambda_src.inbound.bodies import plain_time
from lambda_src.inbound.decide import Decision
from lambda_src.inbound.linking import Linked
from lambda_src.inbound.message import Message
from lambda_src.inbound.ports import Mail, Notice
from lambda_src.inbound.reasons import BECAME


def notice(
    mail: Mail, message: Message, decision: Decision, links: Sequence[Linked] = (), text: str = ""
) -> Notice:
    """What happened, what became of the mail, and what can be done, each on a line of its own."""
    lines = [f"{decision.words} {BECAME[decision.outcome]}", f"What you can do: {decision.advice}"]
    if links:
        lines.append(f"It can be fetched until {plain_time(links[0].line.expires_at)}:")
    return Notice(
        reason=decision.reason,
        words="\n".join(lines),
        sender=message.headers.words("from"),
        title=message.headers.words("subject"),
        object_key=mail.key,
        links=tuple(link.url for link in links),
        text=text,
    )


def text_of(message: Message, marker: str) -> str:
    """The mail's text as a person reads it, without its list."""
    plain = bodies.without_list(message, marker)
    if plain.text is not None:
        return plain.text
    return markup.seen_text(plain.html or "")
