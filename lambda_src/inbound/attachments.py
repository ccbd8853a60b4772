"""Attachments as they are read: small ones kept, the others handed on, all of them counted and hashed."""

import hashlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Protocol


class Sink(Protocol):
    """Where one attachment goes."""

    def write(self, data: bytes) -> None:
        """Take the next bytes."""

    def close(self) -> None:
        """Everything came: keep it."""

    def abort(self) -> None:
        """It will not be finished: leave nothing behind."""


class Counted:
    """A sink that keeps nothing: the attachment is only counted."""

    def write(self, data: bytes) -> None:
        """Forget the bytes."""

    def close(self) -> None:
        """Nothing to keep."""

    def abort(self) -> None:
        """Nothing to clear away."""


@dataclass(frozen=True)
class Keep:
    """What stays in the mail instead of going behind a link; sizes in decoded bytes, 0 for none.

    `files_below` is for every file, `images_below` for inline images, `total` for all that one mail keeps:
    it lies in memory.
    """

    files_below: int = 0
    images_below: int = 100_000
    total: int = 2_000_000


@dataclass(frozen=True)
class Attachment:
    """A part that is not text to read; `number` counts from 1, size and sha256 are of the decoded bytes.

    `content` is that of a file kept in the mail; None means that it went to the sink of its number.
    `opened` is the shell of signed mail (S/MIME) whose text and files were read: the original, list and all.
    It is listed, but went to no sink. `content_id` is without its angle brackets.
    """

    number: int
    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str = ""
    content: bytes | None = None
    opened: bool = False


@dataclass(frozen=True)
class Described:
    """An attachment before its content: `keep_below` is the size in bytes from which it goes to a sink."""

    name: str
    content_type: str
    inline: bool = False
    content_id: str = ""
    keep_below: int = 0
    opened: bool = False


class Taker:
    """Numbers one message's attachments and takes their content. `sink_for` gives a sink for a number."""

    def __init__(self, sink_for: Callable[[int], Sink], total: int) -> None:
        self._sink_for = sink_for
        self._room = total
        self._numbers = 0
        self._taken: list[Attachment] = []

    @property
    def next_number(self) -> int:
        """The number that the next attachment gets."""
        return self._numbers + 1

    def attachments(self) -> list[Attachment]:
        """What was taken, by number: an opened shell ends behind what is in it."""
        return sorted(self._taken, key=lambda attachment: attachment.number)

    def take(self, described: Described, blocks: Iterable[bytes]) -> None:
        """Take an attachment. Raises what `blocks` or the sink raises; the sink is aborted then."""
        for _ in self.passing(described, blocks):
            pass

    def passing(self, described: Described, blocks: Iterable[bytes]) -> Generator[bytes, None, None]:
        """The same, giving each block on as it goes by."""
        self._numbers += 1
        number, digest, size = self._numbers, hashlib.sha256(), 0
        box = _Box(lambda: self._open(number, described), min(described.keep_below, self._room + 1))
        try:
            box.begin()
            for block in blocks:
                digest.update(block)
                size += len(block)
                box.add(block, size)
                yield block
            content = box.close()
        except BaseException:
            box.abort()
            raise
        self._room -= len(content or b"")
        self._taken.append(
            Attachment(
                number,
                described.name,
                described.content_type,
                size,
                digest.hexdigest(),
                described.inline,
                described.content_id,
                content,
                described.opened,
            )
        )

    def _open(self, number: int, described: Described) -> Sink:
        return Counted() if described.opened else self._sink_for(number)


class _Box:
    """One attachment's content: held while it is below a size, and in a sink from then on."""

    def __init__(self, open_sink: Callable[[], Sink], below: int) -> None:
        self._open_sink = open_sink
        self._below = below
        self._held: list[bytes] = []
        self._sink: Sink | None = None

    def begin(self) -> None:
        """Open the sink at once where nothing can be held."""
        if self._below <= 0:
            self._to_sink()

    def add(self, block: bytes, size: int) -> None:
        """Take the next block; `size` is that of all so far."""
        if self._sink is None and size < self._below:
            self._held.append(block)
            return
        self._to_sink().write(block)

    def close(self) -> bytes | None:
        """Everything came: the content, or None where a sink has it."""
        if self._sink is None and self._below > 0:
            return b"".join(self._held)
        self._to_sink().close()
        return None

    def abort(self) -> None:
        """It will not be finished."""
        if self._sink is not None:
            self._sink.abort()

    def _to_sink(self) -> Sink:
        if self._sink is None:
            self._sink = self._open_sink()
            for block in self._held:
                self._sink.write(block)
            self._held.clear()
        return self._sink
