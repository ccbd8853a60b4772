"""Bytes and texts into JSON values: one event, JSON lines, an array, or values with nothing between them.

Firehose writes records into an object one after the other, as they came: with or without line ends. A broken
value costs itself alone: reading goes on at the next place where one can begin.
"""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

MOST_BYTES = 128 * 1024 * 1024  # of a file, opened: twice what Firehose puts into one object
NOTHING = "nothing in it"
GZIP = b"\x1f\x8b"
_BEHIND = 64 * 1024  # characters of a text that were read, and may still be kept
_DECODER = json.JSONDecoder()
# RFC 7464 puts a record separator before each text, and files that were put together have their marks within.
_SPACE = re.compile(r"[\s,\x1e\ufeff]*")
# After a broken value: where an object follows another one, or a line begins with a value.
_NEXT = re.compile(r"(?<=\})\s*(?=\{)|\n(?=[\[{])")


class Broken(NamedTuple):
    """A piece that is no JSON, and why; `raw` is its beginning."""

    reason: str
    raw: str


class TooLarge(ValueError):
    """More than MOST_BYTES."""


def values(data: bytes, most: int = 0) -> Iterator[Any]:
    """Every value in the bytes of a file, plain or gzip, the elements of a top-level array one by one.

    A Broken stands for each piece that cannot be read, for data that holds nothing, and for more than `most`
    bytes (MOST_BYTES unless told).
    """
    most = most or MOST_BYTES
    try:
        content = opened(data, most)
    except TooLarge:
        yield Broken(f"more than {most // 1024 // 1024} MB", "")
        return
    except zlib.error:
        yield Broken("damaged gzip data", "")
        return
    yield from texts(_decoded(content))


def opened(data: bytes, most: int) -> bytes:
    """The bytes without their gzip envelope, where they have one; several may follow one another.

    Raises TooLarge where they are more than `most`, or zlib.error where one is damaged or cut off.
    """
    if not data.startswith(GZIP):
        if len(data) > most:
            raise TooLarge
        return data
    found = bytearray()
    while data.startswith(GZIP):
        member = zlib.decompressobj(wbits=31)
        found += member.decompress(data, most - len(found) + 1)
        if len(found) > most:
            raise TooLarge
        if not member.eof:
            raise zlib.error("cut off")
        data = member.unused_data
    return bytes(found)


def texts(content: str) -> Iterator[Any]:
    """Every value in a text; see `values`."""
    position = _SPACE.match(content).end()  # type: ignore[union-attr]  # it matches nothing, too
    broken, nothing = False, True
    while position < len(content):
        # A piece that is no object belongs to the broken one before it: both are of a text that is no JSON.
        new = not broken or content[position] == "{"
        try:
            value, end = _DECODER.raw_decode(content, position)
        except RecursionError:
            value, end = Broken("nested too deeply", ""), _after(content, position)
        except ValueError as problem:
            if position > max(_BEHIND, len(content) // 64):
                content, position = content[position:], 0  # for each error json counts the lines before it
            end = _after(content, position)
            value = Broken(f"no JSON: {_words(problem)}", content[position : min(end, position + 1000)])
        broken = isinstance(value, Broken)
        found = value if isinstance(value, list) else [value][: new or not broken]
        if value == [] and new:  # a record is told of, whatever is in it
            found = [Broken(NOTHING, "")]
        nothing = nothing and not found
        yield from found
        position = _SPACE.match(content, end).end()  # type: ignore[union-attr]
    if nothing:
        yield Broken(NOTHING, "")


def _after(content: str, position: int) -> int:
    found = _NEXT.search(content, position + 1)
    return found.end() if found else len(content)


def _words(problem: ValueError) -> str:
    """What json says, without a part of the text."""
    return problem.msg.lower() if isinstance(problem, json.JSONDecodeError) else "a number without end"


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 and UTF-32 with a mark or without, which the zeros of the first characters tell."""
    return content.decode(json.detect_encoding(content[:4]), errors="replace")
