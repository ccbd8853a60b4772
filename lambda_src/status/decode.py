"""From what arrives to events: every value gives at least one Decoded, and nothing here raises."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from lambda_src.status import pinpoint, ses, sms
from lambda_src.status.envelopes import Opened, events
from lambda_src.status.event import Event, Ignored, Unreadable

MOST_EVENTS = 10_000  # of one record; a message of SQS has no room for as many
APPLIED, IGNORED, REJECTED = "applied", "ignored", "rejected"
REFERENCE_TAG = "reference"


class Decoded(NamedTuple):
    """One event as published: `applied` with an Event for each recipient, or why it is not.

    `source` is ses, pinpoint or sms where that is known. No part of an event is quoted in `reason`.
    """

    outcome: str
    reason: str
    source: str
    events: tuple[Event, ...] = ()


def decode(value: Any, reference_tag: str = REFERENCE_TAG) -> Iterator[Decoded]:
    """Every event in a value: a JSON text or what it holds, bare or in envelopes (see envelopes.py)."""
    try:
        for number, found in enumerate(events(value)):
            if number == MOST_EVENTS:
                yield Decoded(REJECTED, f"more than {MOST_EVENTS} events in one record", "")
                return
            yield _read(found, reference_tag) if isinstance(found, tuple) else _not_read(found)
    except RecursionError:
        yield Decoded(REJECTED, "nested too deeply", "")


def _read(opened: Opened, reference_tag: str) -> Decoded:
    body, around = opened
    if "event_type" in body:
        parser: Any = pinpoint
    elif sms.is_one(body):
        parser = sms
    else:
        parser = ses
    try:
        return Decoded(APPLIED, "", parser.SOURCE, tuple(parser.read(body, around, reference_tag)))
    except Unreadable as problem:
        return _not_read(problem, parser.SOURCE)
    except Ignored as problem:
        return _not_read(problem, parser.SOURCE if parser.is_one(body) else "")
    except RecursionError:
        return Decoded(REJECTED, "nested too deeply", parser.SOURCE)


def _not_read(problem: ValueError, source: str = "") -> Decoded:
    return Decoded(IGNORED if isinstance(problem, Ignored) else REJECTED, str(problem), source)
