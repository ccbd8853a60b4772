"""Who clicked when: the lines of the function's log, joined with the links table.

The log has no addresses and the table no clicks: only whoever may read both learns who clicked.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mailroom.errors import MailroomError
from mailroom.links.words import moment
from mailroom.times import start_of

if TYPE_CHECKING:
    from lambda_src.shared.links_table import Link
    from mailroom.links.choice import Choice
    from mailroom.links.table import Table

# A mail's id that can stand in a filter as it is (docs.aws.amazon.com, filter pattern syntax).
_PLAIN = re.compile(r"[A-Za-z0-9/#._-]+")


@dataclass(frozen=True)
class Visit:
    """One request for a link that the table knew at that time; `at` in seconds since 1970."""

    at: int
    who: str
    because: str
    answer: str
    mail: str
    object_key: str
    link: str


def report(table: "Table", choice: "Choice", since: str) -> dict[str, Any]:
    """The visits of `people` and of `scanners`, oldest first; who of those chosen has `not_opened` any yet.

    Raises MailroomError where nothing was chosen, or no link is of that choice.
    """
    links = list(table.chosen(choice)) if choice else []
    if choice and not links:
        raise MailroomError(f"No link in {table.environment.name} is of that choice.", "mailroom links list")
    known = {_logged(link): link for link in links}
    mails = {link.mail for link in links}
    visits = list(read(table, _start(since, links), mails.pop() if len(mails) == 1 else ""))
    if choice:
        visits = [visit for visit in visits if visit.link in known]
    else:
        for mail in dict.fromkeys(visit.mail for visit in visits):
            known |= {_logged(link): link for link in table.of_mail(mail)}
    people = [_row(visit, known.get(visit.link)) for visit in visits if visit.who == "person"]
    opened = {row["recipient"] for row in people if row["answer"] == "open"}
    return {
        "people": people,
        "scanners": [_row(visit, known.get(visit.link)) for visit in visits if visit.who != "person"],
        "not_opened": sorted({link.recipient for link in links} - opened),
    }


def read(table: "Table", start: int, mail: str = "") -> Iterator[Visit]:
    """The visits in the log from `start` on (seconds since 1970), of one mail or of all."""
    from lambda_src.links.handler import LOGGED_AS

    pattern = f'"{LOGGED_AS}"' + (f' "{mail}"' if _PLAIN.fullmatch(mail) else "")
    logs = table.environment.client("logs")
    group = f"/aws/lambda/{table.environment.output('links_function_name')}"
    asked: dict[str, Any] = {"logGroupName": group, "startTime": start * 1000, "filterPattern": pattern}
    for page in logs.get_paginator("filter_log_events").paginate(**asked):
        for event in page["events"]:
            if visit := _visit(event["message"], event["timestamp"] // 1000):
                yield visit


def _visit(line: str, at: int) -> Visit | None:
    """The visit that a line of the log tells of; None for other lines, and for links that nobody was sent."""
    try:
        found = json.loads(line)
        return Visit(
            at=at, who=found["who"], because=found["because"], answer=found["answer"],
            mail=found["mail"], object_key=found["object"], link=found["link"],
        )  # fmt: skip
    except (ValueError, TypeError, KeyError):
        return None


def _start(since: str, links: list["Link"]) -> int:
    """When to begin: as said, else when the first of the links was made, since none was clicked before."""
    if since:
        return int(start_of(since, datetime.now(UTC)).timestamp())
    if links:
        return min(link.created_at for link in links)
    raise MailroomError(
        "Say which clicks: LINK, --message KEY, --attachment KEY, --recipient ADDRESS, or --since 2h.",
        "mailroom links clicks --since 2h",
    )


def _row(visit: Visit, link: "Link | None") -> dict[str, Any]:
    """For programs; the recipient and the name are null where the table has let go of the link meanwhile."""
    return {
        "time": moment(visit.at),
        "recipient": link.recipient if link else None,
        "name": link.name if link else None,
        "answer": visit.answer,
        "because": visit.because,
        "mail": visit.mail,
        "object_key": visit.object_key,
        "link": visit.link,
    }


def _logged(link: "Link") -> str:
    from lambda_src.shared.links_table import logged_hash

    return logged_hash(link.token_hash)
