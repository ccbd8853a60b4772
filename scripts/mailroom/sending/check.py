"""What DNS says of records that should be there: the expected beside the found."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from mailroom.errors import MailroomError
from mailroom.sending.records import Record
from mailroom.sending.zone_file import data

# Questions asked at once: a server that does not answer costs its time only once or twice.
AT_ONCE = 16
OK, MISSING, DIFFERS, UNANSWERED = "ok", "missing", "differs", "no answer"


class Dns(Protocol):
    """Whoever answers questions."""

    def answers(self, name: str, kind: str) -> list[Any]:
        """The answers as dnspython's record data; [] where there are none. Raises MailroomError."""


@dataclass(frozen=True)
class Finding:
    """A record and what DNS has, as a zone file says it; where nobody answered, why."""

    record: Record
    state: str
    found: tuple[str, ...]


def look_at_all(records: list[Record], dns: Dns) -> list[Finding]:
    """Compare each record with DNS, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda record: look(record, dns), records))


def look(record: Record, dns: Dns) -> Finding:
    """Compare one record with DNS. Texts are compared as they are read, in whatever pieces they came."""
    try:
        found = dns.answers(record.name, record.type)
    except MailroomError as problem:
        return Finding(record, UNANSWERED, (problem.message,))
    texts = tuple(answer.to_text() for answer in found)
    if not found:
        return Finding(record, MISSING, ())
    return Finding(record, OK if _wanted(record) in map(_plain, found) else DIFFERS, texts)


def _wanted(record: Record) -> Any:
    from dns import rdata

    return _plain(rdata.from_text("IN", record.type, data(record)))


def _plain(answer: Any) -> Any:
    """What two answers that mean the same have in common."""
    strings = getattr(answer, "strings", None)
    return b"".join(strings) if strings is not None else answer.to_text().lower()
