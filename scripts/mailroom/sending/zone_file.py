"""Records as lines of a zone file (RFC 1035, section 5), which every DNS provider that imports can read."""

from collections.abc import Iterable, Iterator

from mailroom.sending.records import Record, at_or_below

# The octets that one string of a text may have (RFC 1035, section 3.3); a longer text is several in a row.
STRING_OCTETS = 255


def zone_file(records: Iterable[Record], domain: str, title: str) -> str:
    """A zone file for `domain`: every name in full, with a dot at its end, so that no $ORIGIN is needed.

    What stands at another domain, such as its leave to send reports there, is a comment at the end: in this
    zone it would be refused. Without a domain all records are lines.
    """
    here: list[Record] = []
    elsewhere: list[Record] = []
    for record in records:
        (here if not domain or _in_zone(record, domain) else elsewhere).append(record)
    lines = [f"; {title}", ""]
    for record in here:
        lines += [f"; {record.why}", line(record)]
    if elsewhere:
        lines += ["", "; Not in this zone: ask whoever answers for the name."]
        lines += [f"; {line(record)}" for record in elsewhere]
    return "\n".join(lines) + "\n"


def _in_zone(record: Record, domain: str) -> bool:
    """Whether a record stands in the domain's zone: its delegation stands in the zone above."""
    return at_or_below(record.name, domain) and not (record.type == "NS" and record.name == domain)


def line(record: Record) -> str:
    """One record on one line."""
    return f"{record.name}. {record.ttl} IN {record.type} {data(record)}"


def data(record: Record) -> str:
    """What stands behind the type: hosts with a dot at their end, texts in quotes and in pieces."""
    if record.type == "TXT":
        return " ".join(_strings(record.value.encode()))
    first, _, host = record.value.rpartition(" ")
    return f"{first} {host.rstrip('.')}.".lstrip()


def _strings(text: bytes) -> Iterator[str]:
    for start in range(0, max(len(text), 1), STRING_OCTETS):
        yield f'"{"".join(map(_character, text[start : start + STRING_OCTETS]))}"'


def _character(octet: int) -> str:
    """RFC 1035, section 5.1: a backslash before what would end the string, three digits for no letter."""
    if chr(octet) in '"\\':
        return f"\\{chr(octet)}"
    return chr(octet) if 32 <= octet < 127 else f"\\{octet:03}"
