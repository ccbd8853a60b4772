"""A message and lists of messages as a terminal shows them."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mailroom.links.words import printable

NOT_KNOWN = "NA"
_STYLES = {
    "send": "cyan",
    "delayed": "yellow",
    "delivered": "green",
    "open": "green",
    "click": "green",
    "unsubscribe": "magenta",
    "buffered": "cyan",
    "success": "green",
    "bot_open": "dim",
    "bot_click": "dim",
}
_FAILED = "red"
EVERYBODY = "*"


def message(found: dict[str, Any]) -> Iterator[RenderableType]:
    """A message: who it is from, then each recipient with its status and its timeline."""
    recipients = found["recipients"]
    yield Text.assemble(("Message ", "bold"), printable(found["message_id"]))
    if about := _about(recipients[0]):
        yield Text(about, style="dim")
    for item in recipients:
        yield Text("")
        yield Group(_head(item), _timeline(item["timeline"]), *_flags(item))


def listing(items: Sequence[dict[str, Any]]) -> Table:
    """A list: when, what, to whom, which, and why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("status since (UTC)", "status", "recipient", "message"):
        table.add_column(title, no_wrap=title != "message", overflow="fold")
    table.add_column("what it means", overflow="fold")
    for item in items:
        table.add_row(
            _moment(item["status_at"]),
            _status(item["status"]),
            _person(item),
            printable(item["message_id"]),
            printable(item["words"]),
        )
    return table


def _about(item: dict[str, Any]) -> str:
    sender = _known(item, "from_address") or _known(item, "origination_phone_number")
    parts = {
        "from": sender,
        "campaign": _known(item, "campaign_id"),
        "reference": _known(item, "reference"),
        "account": _known(item, "aws_account_id"),
    }
    return "   ".join(f"{name} {value}" for name, value in parts.items() if value)


def _known(item: dict[str, Any], name: str) -> str:
    value = str(item.get(name, ""))
    return "" if value == NOT_KNOWN else printable(value)


def _head(item: dict[str, Any]) -> Text:
    return Text.assemble(
        (_person(item), "bold"), "  ", _status(item["status"]), "  ", (_moment(item["status_at"]), "dim")
    )


def _timeline(lines: Sequence[dict[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for number, line in enumerate(lines):
        mark = "└" if number == len(lines) - 1 else "├"
        meaning = Text(printable(line["words"]))
        if line["text"]:
            meaning.append(f"\n{printable(line['text'])}", style="dim")
        table.add_row(f"  {mark} {_moment(line['at'])}", _status(line["event"]), _more(line), meaning)
    return table


def _more(line: dict[str, Any]) -> Text:
    """How often, and what has to be known to read the line."""
    parts = [f"{line['count']} times"] if line["count"] != 1 else []
    parts += ["(of all recipients)"] if line["shared"] else []
    return Text(" ".join(parts), style="dim")


def _flags(item: dict[str, Any]) -> Iterator[Text]:
    if item.get("no_carrier_answer"):
        yield Text("  ! The carrier has not answered for 72 hours, and will not any more.", style="yellow")
    elif item.get("stuck"):
        yield Text("  ! Nothing final has been heard for longer than it should take.", style="yellow")


def _person(item: dict[str, Any]) -> str:
    return "(all recipients)" if item["recipient"] == EVERYBODY else printable(item["recipient"])


def _status(name: str) -> Text:
    return Text(printable(name), style=_STYLES.get(name, "dim" if name == NOT_KNOWN else _FAILED))


def _moment(at: str) -> str:
    """A time as the API has it, shorter: UTC, with seconds."""
    return "" if at == NOT_KNOWN else printable(at)[:19].replace("T", " ")
