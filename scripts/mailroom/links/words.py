"""Links and clicks as they are shown, to programs and to people."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambda_src.shared.links_table import Link


def counted(number: int, thing: str) -> str:
    """`1 link`, `2,000 links`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def moment(seconds: int) -> str:
    """A time in UTC, from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(link: "Link") -> dict[str, Any]:
    """A link for programs; `state` is open, revoked or expired."""
    state = "revoked" if link.revoked_at else "expired" if link.expires_at <= time.time() else "open"
    return {
        "state": state,
        "name": link.name,
        "content_type": link.content_type,
        "size": link.size,
        "sha256": link.sha256,
        "recipient": link.recipient,
        "mail": link.mail,
        "object_key": link.object_key,
        "token_hash": link.token_hash,
        "created": moment(link.created_at),
        "expires": moment(link.expires_at),
        "revoked": moment(link.revoked_at) if link.revoked_at else None,
    }


def line(found: dict[str, Any]) -> str:
    """A row for a person. A file may be called anything, so what a terminal would obey is taken out."""
    shown = {**found, "name": printable(found["name"])}
    return "{state:8} until {expires}  {name} ({size} bytes)  to {recipient}  {mail}".format(**shown)


def printable(text: str) -> str:
    """The text without what a terminal would obey or hide."""
    return "".join(character if character.isprintable() else "?" for character in text)


def clicks_in_words(found: dict[str, Any]) -> Iterator[str]:
    """What `report` found, for a person."""
    for who, title in (("people", "People"), ("scanners", "Scanners, it seems")):
        yield f"{title}: {counted(len(found[who]), 'request')}"
        for visit in found[who]:
            yield _visit(visit)
    for address in found["not_opened"]:
        yield f"not opened by a person yet: {address}"


def _visit(visit: dict[str, Any]) -> str:
    answer = "opened" if visit["answer"] == "open" else visit["answer"]
    why = f"  ({visit['because']})" if visit["because"] else ""
    who = visit["recipient"] or f"link {visit['link']} (no longer in the table)"
    name = printable(visit["name"] or visit["object_key"])
    return f"  {visit['time']}  {who}  {name}  {answer}{why}"
