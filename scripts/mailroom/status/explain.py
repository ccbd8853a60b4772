"""What `status` would do with events, asked without AWS: the very code that the function runs."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from lambda_src.status.decode import IGNORED, REFERENCE_TAG, REJECTED, Decoded, decode
from lambda_src.status.event import Event
from lambda_src.status.keys import NO_RECIPIENT, Key
from lambda_src.status.reading import MOST_BYTES, values
from lambda_src.status.state import EMPTY, State, fold, of_event
from lambda_src.status.view import read, status_of

STDIN = "-"
BY_A_BOT = {"open": "SES says that a machine opened it", "click": "SES says that a machine clicked"}
_NOTHING = dict.fromkeys(("source", "channel", "message_id", "recipient", "event", "status", "at"))


@dataclass
class Explained:
    """The answers of all files, and what their events make of each message and recipient."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    states: dict[Key, State] = field(default_factory=dict)

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """The answers about what is no event, or a broken one."""
        return [answer for answer in self.answers if answer["outcome"] == REJECTED]

    def items(self, now: float) -> list[dict[str, Any]]:
        """The items as a reader sees them at `now` (seconds since 1970), by message and recipient."""
        return [{**item, "recipient": _shown(item["recipient"])} for item in read(self.states, now)]


def explain(files: Iterable[Path], reference_tag: str = REFERENCE_TAG) -> Explained:
    """Go through the events of the files in their order; `-` is standard input."""
    explained = Explained()
    for file in files:
        for index, decoded in enumerate(_decoded(file, reference_tag)):
            head = {"file": str(file), "index": index}
            explained.answers += [head | answer for answer in _answers(decoded)]
            _learn(explained.states, decoded.events)
    return explained


def to_json(answer: dict[str, Any]) -> str:
    """An answer or an item on one line. ASCII, so that no terminal can stumble over it."""
    return json.dumps(answer, default=_number)


def _decoded(file: Path, reference_tag: str) -> Iterator[Decoded]:
    try:
        with sys.stdin.buffer if str(file) == STDIN else file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as problem:
        yield Decoded(REJECTED, f"the file cannot be read: {problem.strerror or problem}", "")
        return
    for value in values(data):
        yield from decode(value, reference_tag)


def _answers(decoded: Decoded) -> Iterator[dict[str, Any]]:
    """One for each recipient of an event; one for what is none."""
    for event in decoded.events:
        yield _of_event(event)
    if not decoded.events:
        known = {**_NOTHING, "source": decoded.source or None}
        yield {"outcome": decoded.outcome, "reason": decoded.reason, **known}


def _of_event(event: Event) -> dict[str, Any]:
    return {
        "outcome": IGNORED if event.bot else "applied",
        "reason": BY_A_BOT[event.name] if event.bot else None,
        "source": event.because.source,
        "channel": event.channel,
        "message_id": event.message_id,
        "recipient": _shown(event.recipient),
        "event": event.name,
        "status": status_of(of_event(event)) or None,
        "at": event.at,
    }


def _learn(states: dict[Key, State], events: Iterable[Event]) -> None:
    for event in events:
        key = Key(event.message_id, event.recipient)
        states[key] = fold(states.get(key, EMPTY), (event,))


def _shown(recipient: str) -> str | None:
    return None if recipient == NO_RECIPIENT else recipient


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
