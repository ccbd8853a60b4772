"""From what an item knows to what people read: attributes, one status, a timeline.

The status is decided by severity, not by arrival (the plan's table "How an event moves through `status`").
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from lambda_src.status.event import Because
from lambda_src.status.keys import NO_RECIPIENT, Key
from lambda_src.status.state import BOT, INTERIM, MARKS, Cell, State, merge

EMAIL_RANKS = {
    "send": 1,
    "delayed": 2,
    "delivered": 3,
    "open": 4,
    "click": 5,
    "unsubscribe": 6,
    "softbounce": 7,
    "rendering_failure": 8,
    "rejected": 9,
    "hardbounce": 10,
    "complaint": 11,
}
SMS_RANKS = {"buffered": 1, "success": 2, "failure": 3, "optout": 4}
RANKS = EMAIL_RANKS | SMS_RANKS
FAILURES = frozenset(
    ("softbounce", "rendering_failure", "rejected", "hardbounce", "complaint", "failure", "optout")
)
_AFTER_A_SOFTBOUNCE = ("delivered", "open", "click", "unsubscribe")

NOT_REACHED = "NA"
EMAIL_ATTRIBUTES = (
    *("message_id", "event_type", "aws_account_id", "from_address", "destination", "client"),
    *("campaign_id", "journey_id", "send", "delivered", "rejected", "hardbounce", "softbounce"),
    *("complaint", "open", "click", "unsubscribe", "rendering_failure"),
)
SMS_ATTRIBUTES = (
    *("message_id", "event_type", "aws_account_id", "origination_phone_number", "destination_phone_number"),
    *("record_status", "iso_country_code", "message_type", "campaign_id", "journey_id", "success"),
    *("buffered", "failure", "complaint", "optout", "price_in_millicents_usd"),
)
NO_CARRIER_ANSWER_SECONDS = 72 * 3600  # how long AWS waits for a carrier's answer
STUCK_HOURS = 24.0

# Codes and numbers of an event, by the attribute that shows them.
_CODES = {
    "softbounce": ("bounce_type", "bounce_subtype"),
    "hardbounce": ("bounce_type", "bounce_subtype"),
    "complaint": ("complaint_type", "complaint_subtype"),
    "delayed": ("delay_type",),
    "rendering_failure": ("failed_template",),
}
_TEXTS = {
    "delivered": "smtp_response",
    "softbounce": "bounce_reason",
    "hardbounce": "bounce_reason",
    "delayed": "delay_reason",
    "rejected": "reject_reason",
    "rendering_failure": "rendering_reason",
    "unsubscribe": "unsubscribe_reason",
}
_COUNTS = {"open": "opens", "click": "clicks", "delayed": "delays", "bot_open": "bot_opens"}
_COUNTS["bot_click"] = "bot_clicks"


def channel_of(state: State) -> str:
    """`email` or `sms`; empty only for an empty state."""
    return state.facts.get("event_type", "")


def status_of(state: State) -> str:
    """The one word that says where the message is; empty where only bots were seen."""
    if channel_of(state) == "sms":
        cell = _sms_order(state)
        return cell[0].removeprefix(INTERIM) if cell else ""
    cells = state.cells
    names = [name for name in cells if name in EMAIL_RANKS]
    if "softbounce" in cells:
        last = cells["softbounce"].last
        if any(name in cells and cells[name].last > last for name in _AFTER_A_SOFTBOUNCE):
            names.remove("softbounce")
    return max(names, key=EMAIL_RANKS.__getitem__, default="")


def is_final(state: State) -> bool:
    """Whether nothing more has to come: for e-mail all but send and delayed, for SMS a final event."""
    if channel_of(state) == "sms":
        return any(not name.startswith(INTERIM) for name in state.cells)
    return status_of(state) not in ("", "send", "delayed")


def first_at(state: State) -> str:
    """The time of the first event of all."""
    return min(cell.first for cell in state.cells.values())


def last_at(state: State) -> str:
    """The time of the last event of all."""
    return max(cell.last for cell in state.cells.values())


def view(message_id: str, recipient: str, state: State) -> dict[str, Any]:
    """The item's attributes, published names and ours; only what is known. Texts, numbers, lists of texts.

    Times are ISO 8601, UTC. `status_at` is the time of the attribute that `status` names: its event's first.
    Ours are, besides: `source` and `reason` (of the event that made the status), `reference`, `shared` (what
    was published for all destinations alike); of a mail `opens`, `clicks`, `delays`, `bot_opens` and
    `bot_clicks` (counts), `smtp_response`, `processing_ms`, `bounce_type`, `bounce_subtype`, `bounce_reason`,
    `complaint_type`, `complaint_subtype`, `delay_type`, `delay_reason`, `reject_reason`, `rendering_reason`,
    `failed_template` and `unsubscribe_reason`, each of the last event of its name; of an SMS `carrier` and
    `status_description`.
    """
    seen: dict[str, Any] = {"message_id": message_id, "recipient": recipient, **state.facts}
    sms = channel_of(state) == "sms"
    if recipient != NO_RECIPIENT:
        seen["destination_phone_number" if sms else "destination"] = recipient
    times = firsts(state)
    seen |= {name: at for name, at in times.items() if name != "delayed"}
    if status := status_of(state):
        cell = _cell_of(state, status)
        seen |= {"status": status, "status_at": times[status], "source": cell.because.source}
        if cell.because.text:
            seen["reason"] = cell.because.text
    if shared := sorted(name for name in times if not _own(state, name)):
        seen["shared"] = shared
    seen |= _sms_details(state) if sms else _email_details(state)
    return seen


def timeline(state: State) -> list[dict[str, Any]]:
    """What happened, in the order of the first times.

    Each entry: `at`, `event` (bots' opens and clicks as `bot_open`, `bot_click`), `source`, `text` (the SMTP
    answer or the reason, of the last event of that name), `count` (a number or "200+") and `shared`.
    `last_at` where the last time is another; `final` for SMS; `code` where there is one.
    """
    order = sorted(state.cells.items(), key=lambda entry: (entry[1].first, _rank(entry[0]), entry[0]))
    sms = channel_of(state) == "sms"
    return [_line(name, cell, sms) for name, cell in order]


def read(states: Mapping[Key, State], now: float, stuck_hours: float = STUCK_HOURS) -> list[dict[str, Any]]:
    """What a reader sees at `now` (seconds since 1970): the views, in the order of their keys.

    What is known of a message under no recipient counts for each of its recipients, as shared; it stands
    alone only where no recipient is known. Added to each: `timeline`, `stuck` (no final event for
    `stuck_hours`) and, for SMS, `no_carrier_answer` (no final event for 72 hours; AWS waits no longer).
    """
    named = {key.message_id for key in states if key.recipient != NO_RECIPIENT}
    found = []
    for key, own in sorted(states.items()):
        if key.recipient == NO_RECIPIENT and key.message_id in named:
            continue
        common = states.get(Key(key.message_id, NO_RECIPIENT))
        state = own if common is None or key.recipient == NO_RECIPIENT else merge(own, _shared(common))
        found.append(_as_read(key, state, now, stuck_hours))
    return found


def published(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as the published design's users have it: its attributes alone, `NA` for what is not there."""
    names = SMS_ATTRIBUTES if item.get("event_type") == "sms" else EMAIL_ATTRIBUTES
    return {name: item.get(name, NOT_REACHED) for name in names}


def seconds(at: str) -> float:
    """A time of ours as seconds since 1970."""
    return datetime.fromisoformat(at).timestamp()


def number(text: str) -> int | Decimal:
    """Decimal text as a number: whole ones as int."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


def count(marks: tuple[str, ...]) -> int | str:
    """How many different events these marks stand for: exact up to 200, then "200+"."""
    return len(marks) if len(marks) < MARKS else f"{MARKS - 1}+"


def _as_read(key: Key, state: State, now: float, stuck_hours: float) -> dict[str, Any]:
    seen = view(*key, state)
    waiting = 0.0 if is_final(state) or not state.cells else now - seconds(first_at(state))
    if channel_of(state) == "sms":
        seen["no_carrier_answer"] = waiting >= NO_CARRIER_ANSWER_SECONDS
    return {**seen, "stuck": waiting >= stuck_hours * 3600 > 0, "timeline": timeline(state)}


def _shared(state: State) -> State:
    return State({name: cell._replace(own=False) for name, cell in state.cells.items()}, state.facts)


def firsts(state: State) -> dict[str, str]:
    """Each name's first time, final or not; bots' apart."""
    found: dict[str, str] = {}
    for name, cell in state.cells.items():
        if not name.startswith(BOT):
            plain = name.removeprefix(INTERIM)
            found[plain] = min(cell.first, found.get(plain, cell.first))
    return found


def _own(state: State, name: str) -> bool:
    return any(cell.own for key, cell in state.cells.items() if key in (name, INTERIM + name))


def _cell_of(state: State, status: str) -> Cell:
    return state.cells.get(status) or state.cells[INTERIM + status]


def _sms_order(state: State) -> tuple[str, Cell] | None:
    return max(state.cells.items(), key=_sms_weight, default=None)


def _sms_weight(entry: tuple[str, Cell]) -> tuple[bool, bool, int, str, int]:
    """An opt-out is over all, final over interim. Of final ones the later wins, at a tie the higher rank; of
    interim ones the higher rank."""
    name, cell = entry
    final, rank = not name.startswith(INTERIM), _rank(name)
    return rank == SMS_RANKS["optout"], final, 0 if final else rank, cell.last, rank


def _rank(name: str) -> int:
    return RANKS.get(name.removeprefix(INTERIM).removeprefix(BOT), 0)


def _email_details(state: State) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in sorted(state.cells.items(), key=lambda entry: _rank(entry[0])):
        because = cell.because
        codes = zip(_CODES.get(name, ()), (because.kind, because.sub), strict=False)
        found |= {attribute: value for attribute, value in codes if value}
        if because.text and name in _TEXTS:
            found[_TEXTS[name]] = because.text
        if name in _COUNTS and cell.marks:
            found[_COUNTS[name]] = count(cell.marks)
        if name == "delivered" and because.number:
            found["processing_ms"] = number(because.number)
    return found


def _sms_details(state: State) -> dict[str, Any]:
    """Record status, price and words: those of the event that decides the status, where it has them."""
    order = sorted(state.cells.items(), key=_sms_weight, reverse=True)
    names = {"record_status": "kind", "status_description": "text", "price_in_millicents_usd": "number"}
    found: dict[str, Any] = {}
    for attribute, part in names.items():
        known = [value for _, cell in order if (value := getattr(cell.because, part))]
        if known:
            found[attribute] = number(known[0]) if part == "number" else known[0]
    return found


def _line(name: str, cell: Cell, sms: bool) -> dict[str, Any]:
    because: Because = cell.because
    line: dict[str, Any] = {
        "at": cell.first,
        "event": name.removeprefix(INTERIM),
        "source": because.source,
        "text": because.text,
        "count": count(cell.marks) if cell.marks else 1,
        "shared": not cell.own,
    }
    if cell.last != cell.first:
        line["last_at"] = cell.last
    if code := " ".join(filter(None, (because.kind, because.sub))):
        line["code"] = code
    return {**line, "final": not name.startswith(INTERIM)} if sms else line
