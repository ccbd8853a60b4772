"""Messages from folders of anybody's, and a list of recipients put into a copy of them."""

import base64
import email
import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from pathlib import Path

from mailroom.demo.mails import MARKER

PEOPLE = ("one@corpus.example", "two@corpus.example")
LIST = f"{MARKER}{', '.join(PEOPLE)}{MARKER}"
SUFFIXES = ("", ".eml", ".txt", ".msg", ".mime", ".email", ".mail")
MAILDIR = ("cur", "new")


@dataclass(frozen=True)
class Found:
    """A message, and what to call it in the table."""

    name: str
    raw: bytes


def found(folders: list[Path]) -> Iterator[Found]:
    """Every message below these folders, in files of their own, maildirs and mboxes; empty files are none."""
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        for file in files:
            name = str(file.relative_to(folder.parent))
            if file.suffix == ".mbox":
                box = mailbox.mbox(file, create=False)
                yield from (Found(f"{name}#{key}", box.get_bytes(key)) for key in box.keys())  # noqa: SIM118 - a mailbox is no dict
            elif file.suffix.lower() in SUFFIXES or file.parent.name in MAILDIR:
                raw = file.read_bytes()
                if raw:
                    yield Found(name, raw)


def with_list(raw: bytes) -> bytes | None:
    """The message with the list as the first line of its first text; None where that is not possible.

    All other bytes stay what they were. A base64 text gets a line of base64 that is whole by itself.
    """
    try:
        parts = list(email.message_from_bytes(raw, policy=policy.compat32).walk())
        part = next(part for part in parts if _takes_a_line(part))
        body = str(part.get_payload()).encode("ascii", "surrogateescape")
    except (StopIteration, UnicodeError, ValueError, LookupError, TypeError, AttributeError):
        return None
    place = raw.find(body)
    if not body.strip() or place < 0 or raw.count(body) > 1:
        return None
    end = b"\r\n" if b"\r\n" in raw[:2000] else b"\n"
    line = LIST.encode()
    if _encoding(part) == "base64":
        line = base64.b64encode(line.ljust(-(-len(line) // 3) * 3))
    elif part.get_content_subtype() == "html":
        line = b"<p>" + line + b"</p>"
    return raw[:place] + line + end + raw[place:]


def _takes_a_line(part: Message) -> bool:
    if part.get_content_type() not in ("text/plain", "text/html") or part.is_multipart():
        return False
    charset = str(part.get_content_charset("ascii")).lower()
    attached = part.get_filename() or part.get_content_disposition() == "attachment"
    return not attached and not charset.startswith(("utf-16", "utf-32", "utf-7", "utf7"))


def _encoding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower()
