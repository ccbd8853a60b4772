"""Content-Transfer-Encodings undone as a stream: the result does not depend on how the input was cut."""

import binascii
import re
from typing import Protocol

from lambda_src.inbound.mime.headers import NOT_BASE64

_NOT_BASE64 = NOT_BASE64.replace(b"=", b"")
_PADDING = re.compile(rb"=+")
_LONE_CR = re.compile(rb"=\r(?!\n)")
# A soft line break with white space that was added on the way (RFC 2045 6.7 rule 3); == is a pair of its own.
# The bound, which no line of mail reaches (RFC 5322 2.1.1), is on what is carried over too.
_MOST_SPACE = 998
_SPACE = re.compile(rb"=[ \t]")
_SOFT_SPACE = re.compile(rb"(==)|=[ \t]{1,%d}+(?=[\r\n])" % _MOST_SPACE)
_LONGEST_UU_LINE = 1024


class Decoder(Protocol):
    """Takes a part's bytes as they come and gives back what they stand for; `defect` says what was wrong."""

    defect: str | None

    def feed(self, data: bytes) -> bytes:
        """What can be decoded so far."""

    def finish(self) -> bytes:
        """What is left at the end of the part."""


class Identity:
    """7bit, 8bit, binary: the bytes as they are."""

    def __init__(self, defect: str | None = None) -> None:
        self.defect = defect

    def feed(self, data: bytes) -> bytes:
        """The same bytes."""
        return data

    def finish(self) -> bytes:
        """Nothing is held back."""
        return b""


class Base64:
    """RFC 2045 6.8: what is not in the alphabet is skipped; padding ends the data, as it does in stdlib."""

    def __init__(self) -> None:
        self.defect: str | None = None
        self._carry = b""
        self._ended = False
        self._whole_lines = True

    def feed(self, data: bytes) -> bytes:
        """Decodes whole groups of four characters and carries the rest."""
        if self._carry:
            data, self._carry = self._carry + data, b""
        decoded = b""
        if self._whole_lines and not self._ended:
            decoded, data = self._lines(data)
            if decoded and b"=" not in data:
                self._carry = data
                return decoded
        clean = data.translate(None, _NOT_BASE64)
        if self._ended:
            self.defect = self.defect or ("data after the end of base64" if clean.strip(b"=") else None)
            return b""
        return decoded + (self._padded(clean) if b"=" in clean else self._whole_groups(clean))

    def _lines(self, data: bytes) -> tuple[bytes, bytes]:
        """Whole lines up to padding decoded at once, as nearly all base64 comes, and the rest.

        binascii itself skips what is not in the alphabet (a fifth faster), and raises where the lines end
        in the middle of a group.
        """
        padding = data.find(b"=")
        end = data.rfind(b"\n", 0, padding if padding >= 0 else len(data)) + 1
        try:
            return binascii.a2b_base64(memoryview(data)[:end]), data[end:]
        except binascii.Error:
            self._whole_lines = False
            return b"", data

    def finish(self) -> bytes:
        """What was carried: a line without its end, or the last group, where its padding is missing."""
        carry, self._carry = self._carry.translate(None, _NOT_BASE64 + b"="), b""
        if len(carry) % 4:
            self.defect = self.defect or "base64 ends in the middle of a group"
        return binascii.a2b_base64(carry + b"==") if len(carry) % 4 != 1 else binascii.a2b_base64(carry[:-1])

    def _whole_groups(self, clean: bytes, held: bytes = b"") -> bytes:
        whole = len(clean) & ~3
        self._carry = clean[whole:] + held
        return binascii.a2b_base64(clean[:whole])

    def _padded(self, clean: bytes) -> bytes:
        """Data with padding in it: where it completes a group the data ends; elsewhere it is skipped."""
        skipped = 0
        for run in _PADDING.finditer(clean, clean.find(b"=")):
            in_group, length = (run.start() - skipped) % 4, len(run[0])
            if in_group >= 2 and in_group + length >= 4:
                self._ended, self._carry = True, b""
                if clean[run.end() :].strip(b"="):
                    self.defect = self.defect or "data after the end of base64"
                return binascii.a2b_base64(clean[: run.start()].replace(b"=", b"") + b"==")
            if in_group >= 2 and run.end() == len(clean):
                return self._whole_groups(clean.replace(b"=", b""), held=run[0])
            skipped += length
            self.defect = self.defect or "padding in the middle of base64"
        return self._whole_groups(clean.replace(b"=", b""))


class QuotedPrintable:
    """RFC 2045 6.7, by binascii; what may be half an escape is carried over."""

    def __init__(self) -> None:
        self.defect: str | None = None
        self._carry = b""

    def feed(self, data: bytes) -> bytes:
        """Decodes up to the last place that no escape crosses."""
        data = self._carry + data
        cut = _safe_end(data)
        self._carry = data[cut:]
        return _quoted_printable(data[:cut])

    def finish(self) -> bytes:
        """The rest; a lone "=" at the very end is a soft line break without its line end."""
        carry, self._carry = self._carry, b""
        return _quoted_printable(carry)


class UU:
    """uuencode, as old mailers send it: lines from `begin` to `end`; what is outside them is skipped."""

    def __init__(self) -> None:
        self.defect: str | None = None
        self._carry = b""
        self._inside = False

    def feed(self, data: bytes) -> bytes:
        """Decodes whole lines and carries the rest (a bounded rest: lines are 61 characters)."""
        *lines, rest = (self._carry + data).replace(b"\r", b"\n").split(b"\n")
        self._carry = rest[:_LONGEST_UU_LINE]
        return b"".join(map(self._line, lines))

    def finish(self) -> bytes:
        """The last line, where its end is missing."""
        carry, self._carry = self._carry, b""
        return self._line(carry)

    def _line(self, line: bytes) -> bytes:
        if not self._inside or line in (b"", b"end"):
            self._inside = line.startswith(b"begin ") or (self._inside and line != b"end")
            return b""
        try:
            return binascii.a2b_uu(line)
        except binascii.Error:
            # Some encoders write a wrong length (Python issue 1071 in uu.py): take what the length says.
            self.defect = "a damaged line of uuencode"
            return _damaged_uu(line)


def decoder(encoding: str) -> Decoder:
    """The decoder for a Content-Transfer-Encoding (lower case; empty means 7bit)."""
    if encoding == "base64":
        return Base64()
    if encoding == "quoted-printable":
        return QuotedPrintable()
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return UU()
    known = encoding in ("", "7bit", "8bit", "binary", "7-bit", "8-bit")
    return Identity(None if known else f"unknown content transfer encoding: {encoding[:40]!r}")


def _safe_end(data: bytes) -> int:
    """Where to cut so that no escape (= and two characters, == counting as a pair; = and the white space up
    to the line end) is cut in two.
    """
    start = max(0, len(data) - _MOST_SPACE - 2)
    tail = data[start:].removesuffix(b"\r")
    bare = tail.rstrip(b" \t")
    if bare.endswith(b"=") and len(tail) - len(bare) <= _MOST_SPACE:
        last = start + len(bare) - 1
    else:
        last = data.rfind(b"=", max(0, len(data) - 2))
    if last < 0:
        return len(data)
    run = len(data[: last + 1].rstrip(b"="))
    return run + (last - run) // 2 * 2


def _quoted_printable(data: bytes) -> bytes:
    if _SPACE.search(data):
        data = _SOFT_SPACE.sub(lambda found: found[1] or b"=", data)
    # binascii looks for a line feed after "=\r" and would skip the rest of a message with bare CRs.
    return binascii.a2b_qp(_LONE_CR.sub(b"=\n", data) if b"\r" in data else data)


def _damaged_uu(line: bytes) -> bytes:
    size = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:size])
    except binascii.Error:
        return b""
