"""One letter of the dead-letter queue: what it is about, and what becomes of it."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from lambda_src.inbound.ports import DONE, NOTICED
from mailroom.inbound.ledger import Known
from mailroom.inbound.plan import DROP, FINISHED, IN_DOUBT, LEAVE, QUEUE, Row, only_doubts
from mailroom.inbound.queues import Letter
from mailroom.inbound.stored import look

# Their letters go: those of QUEUE once their mail is queued again.
GO = (QUEUE, FINISHED, DROP)


class Sorter:
    """Says of each letter what becomes of it; remembers which mails it has seen."""

    def __init__(
        self,
        s3: Any,
        bucket: str,
        ask: Callable[[Sequence[str]], dict[str, Known]],
        *,
        drop_gone: bool,
    ) -> None:
        """`ask` answers what the ledger knows of some mails, with the recipients of those with doubts."""
        self._s3 = s3
        self._bucket = bucket
        self._ask = ask
        self._drop_gone = drop_gone
        self._seen: set[str] = set()

    def row(self, letter: Letter) -> Row:
        """What is done about one letter."""
        from lambda_src.inbound.records import UnknownRecord, mails

        try:
            found = mails(letter.body)
        except UnknownRecord as problem:
            return Row(letter.id, "foreign", LEAVE, f"not about mail of ours: {problem}")
        if not found:
            return Row(letter.id, "foreign", LEAVE, "not about mail of ours: S3's test event")
        if others := {mail.bucket for mail in found} - {self._bucket}:
            return Row(letter.id, "foreign", LEAVE, f"about another bucket: {', '.join(others)}")
        return self._ours([mail.id for mail in found])

    def _ours(self, ids: list[str]) -> Row:
        name = ", ".join(ids)
        known = self._ask(ids)
        was = ", ".join(known[mail].state for mail in ids)
        if all(known[mail].state in (DONE, NOTICED) for mail in ids):
            return Row(name, was, FINISHED, "its dead letter goes")
        if not all(look(self._s3, self._bucket, mail) for mail in ids):
            why = "its raw mail is no longer stored"
            return (
                Row(name, "gone", DROP, why)
                if self._drop_gone
                else Row(name, "gone", LEAVE, f"{why} (--drop-gone removes its letter)")
            )
        if any(only_doubts(known[mail], time.time()) for mail in ids):
            return Row(name, was, LEAVE, IN_DOUBT)
        if name in self._seen:
            return Row(
                name, "seen", LEAVE, "it is here twice, or has failed again meanwhile: look again later"
            )
        self._seen.add(name)
        return Row(name, was, QUEUE)
