"""Three ways through a message: ours, the straightforward one, and the least that any could do."""

import binascii
import hashlib
import itertools
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from io import BytesIO
from typing import cast

from lambda_src.inbound.decide import Rules
from lambda_src.inbound.message import Counted, Message, SinkFor, open_message
from mailroom.bench.mails import Sample

File = tuple[str, str, int, str]
RULES = Rules()
BLOCK = 78 * 840  # whole lines of base64, about 64 KB: faster than all at once, so the stricter floor


def ours(read: Callable[[int], bytes]) -> Message:
    """The function's own code; attachments are counted and hashed, and kept nowhere."""
    return opened(read, lambda number, headers: Counted())


def opened(read: Callable[[int], bytes], sink_for: SinkFor) -> Message:
    """Opened as the function does it, by its default rules."""
    return open_message(read, sink_for, keep=RULES.keep, marker=RULES.marker)


def ours_in_memory(sample: Sample) -> list[str]:
    """Ours, on a message that lies in memory: the attachments' SHA-256."""
    return [file.sha256 for file in ours(BytesIO(sample.raw).read).attachments]


def straightforward(raw: bytes) -> tuple[list[str], list[File]]:
    """The standard library's parser, all in memory: the texts; name, type, size and SHA-256 of each file."""
    message = message_from_bytes(raw, policy=policy.default)
    texts: list[str] = []
    files: list[File] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        if part.get_content_maintype() == "text" and not part.get_filename():
            texts.append(part.get_content())
        else:
            content = cast(bytes, part.get_payload(decode=True))
            digest = hashlib.sha256(content).hexdigest()
            files.append((str(part.get_filename()), part.get_content_type(), len(content), digest))
    return texts, files


def straightforward_in_memory(sample: Sample) -> list[str]:
    """The straightforward way: the attachments' SHA-256."""
    return [digest for *_, digest in straightforward(sample.raw)[1]]


def floor(sample: Sample) -> list[str]:
    """Boundary search, base64 decoding and SHA-256 alone; it is told where to look."""
    raw = sample.raw
    places = list(_found(raw, sample.delimiter))
    digests, view = [], memoryview(raw)  # a view: no block is copied before it is decoded
    # The first part is the text; the last delimiter closes.
    for start, end in itertools.pairwise(places[1:]):
        digest = hashlib.sha256()
        for place in range(raw.index(b"\r\n\r\n", start) + 4, end, BLOCK):
            digest.update(binascii.a2b_base64(view[place : min(place + BLOCK, end - 2)]))
        digests.append(digest.hexdigest())
    return digests


def _found(raw: bytes, delimiter: bytes) -> Iterator[int]:
    place = raw.find(delimiter)
    while place >= 0:
        yield place
        place = raw.find(delimiter, place + len(delimiter))
