"""One template to many: each entry is a message of its own, and answers for itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from . import mailboxes, templates
from .addresses import bare, default_configuration_set
from .checks import check_account, check_configuration_set, check_verified
from .drafts import Draft, Filling, send_template
from .own_headers import check_named
from .refusals import Kind, Refusal
from .state import Region
from .store import Sent

MAXIMUM_ENTRIES = 50


@dataclass(frozen=True)
class Entry:
    """Whom an entry is for (SESv2's Destination), its own data ("" and "{}" mean the default's, all of it),
    and what it has instead of the default headers and tags of these names."""

    destination: dict[str, Any]
    data: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)


Result = Sent | Refusal


def send_bulk(region: Region, draft: Draft, default: Filling, entries: list[Entry]) -> list[Result]:
    """Send to each entry: what became of each, in order.

    Raises Refusal for what is wrong with the call as a whole: a pause, the configuration set, the sender, too
    many entries.
    """
    check_account(region)
    for address in filter(None, (draft.source, draft.return_path)):
        if mailboxes.violation(address):
            raise Refusal(Kind.BAD_REQUEST, f"Invalid email address<{address}>.")
    sender = bare(draft.source)
    check_configuration_set(region, draft.configuration_set or default_configuration_set(region, sender))
    if len(entries) > MAXIMUM_ENTRIES:
        words = f"Number of destinations ({len(entries)}) exceeds the maximum of {MAXIMUM_ENTRIES}."
        raise Refusal(Kind.REJECTED, words)
    check_verified(region, [sender, *filter(None, (bare(draft.return_path),))])
    check_named(region, draft.arns, sender, b"", bare(draft.return_path))
    return [_send(region, draft, default, entry) for entry in entries]


def _send(region: Region, draft: Draft, default: Filling, entry: Entry) -> Result:
    tags = list({**dict(draft.tags), **dict(entry.tags)}.items())
    own = replace(draft, destination=entry.destination, tags=tags)
    try:
        data = templates.read_data(entry.data) or default.data
        headers = merged(default.more.get("Headers", []), entry.headers)
        more = {**default.more, "Headers": headers} if headers else default.more
        return send_template(region, own, Filling(default.name, default.content, data, more))
    except Refusal as refused:
        return refused


def merged(headers: Iterable[dict[str, str]], instead: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Headers with those of the same name replaced."""
    by_name = {one["Name"].lower(): one for one in headers}
    by_name.update({one["Name"].lower(): one for one in instead})
    return list(by_name.values())
