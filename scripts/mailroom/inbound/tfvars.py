"""The lines of an environment's file that `rotate-address` changes: read and written in place.

Comments and layout stay as they are. Only the plain form is understood (each thing on a line, a map of one
entry a line or `{}`); anything else is refused with its line, since a guess could cost mail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailroom.errors import MailroomError

# A line without its strings and comments, so that no brace or name inside of them counts.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"(?:#|//).*")
_ADDRESS = re.compile(r'(\s*receipt_address\s*=\s*")([^"\\$%{]*)(".*)')
_MAP = re.compile(r"\s*former_receipt_addresses\s*=\s*\{(.*)")
_ENTRY = re.compile(r'\s*"([^"\\$%{]+)"\s*[=:]\s*"([0-9]{4}-[0-9]{2}-[0-9]{2})"\s*,?\s*((?:#|//).*)?')
# For reading other blocks: texts, braces, names and equals signs; all else is passed over.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?:#|//).*|[{}\[\]()=]|[A-Za-z_][\w-]*')
_OPENING, _CLOSING = ("{", "[", "("), ("}", "]", ")")
_PLAIN = re.compile(r'"([^"\\$%{]*)"')


@dataclass(frozen=True)
class Addresses:
    """What the file says, and in which lines (from 0); `map_lines`: all of the map, empty without one."""

    file: str
    lines: tuple[str, ...]
    receipt_address: str
    address_line: int
    former: Mapping[str, str]
    map_lines: range


def read(file: str, text: str) -> Addresses:
    """The receipt address and the former ones. Raises MailroomError, with the line, for an unknown form."""
    lines = text.split("\n")
    start, end = _block(file, lines)
    address_line = _one(file, lines, range(start + 1, end), "receipt_address")
    if address_line is None:
        raise _refusal(file, start, 'there is no line `receipt_address = "…"` in the block `inbound`')
    found = _ADDRESS.fullmatch(lines[address_line])
    if found is None:
        raise _refusal(file, address_line, "receipt_address is no plain text in quotes")
    map_lines, former = _former(file, lines, range(start + 1, end))
    return Addresses(file, tuple(lines), found[2], address_line, former, map_lines)


def write(addresses: Addresses, receipt_address: str, former: Mapping[str, str]) -> str:
    """The text with another receipt address and other former ones; entries that stay keep their lines."""
    lines = list(addresses.lines)
    lines[addresses.address_line] = _ADDRESS.sub(
        lambda found: found[1] + receipt_address + found[3], lines[addresses.address_line]
    )
    block = _map_text(addresses, former)
    if addresses.map_lines:
        lines[addresses.map_lines.start : addresses.map_lines.stop] = block
        return "\n".join(lines)
    after = _paragraph_end(lines, addresses.address_line)
    lines[after:after] = ["", *block] if former else []
    return "\n".join(lines)


def texts(text: str, block: str) -> dict[str, str]:
    """The members of a block `name = { … }` that are plain texts, on lines of their own or not; else {}."""
    found: dict[str, str] = {}
    depth, before, inside = 0, ["", "", ""], False
    for token in (match[0] for match in _TOKEN.finditer(text)):
        if token.startswith(("#", "//")):
            continue
        if token in _OPENING:
            inside = inside or (depth == 0 and before[1:] == [block, "="])
            depth += 1
        elif token in _CLOSING:
            depth -= 1
            inside = inside and depth > 0
        elif inside and depth == 1 and before[2] == "=" and (plain := _PLAIN.fullmatch(token)):
            found[before[1]] = plain[1]
        before = [*before[1:], token]
    return found


def _paragraph_end(lines: list[str], number: int) -> int:
    """The line after those that stand together with this one: `terraform fmt` lines up their values."""
    depth = 0
    while True:
        number += 1
        bare = _bare(lines[number])
        depth += bare.count("{") - bare.count("}")
        if depth < 0 or (depth == 0 and not lines[number].strip()):
            return number


def _map_text(addresses: Addresses, former: Mapping[str, str]) -> list[str]:
    line = addresses.lines[addresses.address_line]
    indent = line[: len(line) - len(line.lstrip())]
    kept = {}
    for number in addresses.map_lines:
        if entry := _ENTRY.fullmatch(addresses.lines[number]):
            kept[entry[1], entry[2]] = addresses.lines[number]
    words = [
        "# The devices that still send to these have until the day (UTC, the day included).",
        "former_receipt_addresses = {",
        *(f'  "{name}" = "{day}"' for name, day in former.items()),
        "}",
    ]
    block = [indent + word for word in words]
    block[2:-1] = [
        kept.get((name, day), made) for made, (name, day) in zip(block[2:-1], former.items(), strict=True)
    ]
    if not addresses.map_lines:
        return block
    if len(addresses.map_lines) == 1:  # `{}`, perhaps with a comment behind it
        line = addresses.lines[addresses.map_lines.start]
        comment = _COMMENT.search(line)
        opened = block[1] + (f" {comment[0]}" if comment else "")
        return [opened, *block[2:]] if former else [line]
    old = addresses.lines[addresses.map_lines.start : addresses.map_lines.stop]
    comments = [text for text in old[1:-1] if not _ENTRY.fullmatch(text)]
    return [old[0], *comments, *block[2:-1], old[-1]]


def _former(file: str, lines: list[str], within: range) -> tuple[range, dict[str, str]]:
    start = _one(file, lines, within, "former_receipt_addresses")
    if start is None:
        return range(0), {}
    opened = _MAP.fullmatch(lines[start])
    if opened is None:
        raise _refusal(file, start, "former_receipt_addresses is no map `{ … }`")
    if _bare(opened[1]).strip() == "}":
        if _STRING.search(opened[1]):
            raise _refusal(file, start, "write each former address on a line of its own")
        return range(start, start + 1), {}
    if _bare(opened[1]).strip():
        raise _refusal(file, start, "write each former address on a line of its own")
    former: dict[str, str] = {}
    for number in range(start + 1, within.stop):
        if _bare(lines[number]).strip() == "}":
            return range(start, number + 1), former
        if entry := _ENTRY.fullmatch(lines[number]):
            former[entry[1]] = entry[2]
        elif _bare(lines[number]).strip() or _STRING.search(_COMMENT.sub("", lines[number])):
            raise _refusal(file, number, 'not of the form "address" = "YYYY-MM-DD"')
    raise _refusal(file, start, "the map has no end")


def _block(file: str, lines: list[str]) -> tuple[int, int]:
    """The first and the last line of `inbound = { … }`."""
    depth, start = 0, None
    for number, line in enumerate(lines):
        bare = _bare(line)
        if "<<" in bare or "/*" in bare:
            raise _refusal(file, number, "heredocs and /* */ comments are not understood here")
        if depth == 0 and re.match(r"inbound\s*=", bare.strip()):
            if not re.fullmatch(r"inbound\s*=\s*\{\s*", bare.strip()):
                raise _refusal(file, number, "write `inbound = {` and its members on lines of their own")
            start = number
        depth += bare.count("{") - bare.count("}")
        if depth == 0 and start is not None:
            return start, number
    raise _refusal(file, start or 0, "there is no block `inbound = { … }` that ends")


def _one(file: str, lines: list[str], within: range, name: str) -> int | None:
    """The line that sets this member of the block itself, not of an object inside of it; None without one."""
    depth, found = 0, []
    for number in within:
        bare = _bare(lines[number])
        if depth == 0 and re.match(rf"{name}\s*=", bare.strip()):
            found.append(number)
        depth += bare.count("{") - bare.count("}")
    if len(found) > 1:
        raise _refusal(file, found[1], f"{name} is set twice")
    return found[0] if found else None


def _bare(line: str) -> str:
    return _COMMENT.sub("", _STRING.sub("", line))


def _refusal(file: str, number: int, what: str) -> MailroomError:
    return MailroomError(
        f"{file}:{number + 1}: {what}.", "change the file by hand: receipt_address, former_receipt_addresses"
    )
