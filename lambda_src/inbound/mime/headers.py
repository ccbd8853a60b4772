"""The headers of one part: names and values, and RFC 2047 encoded words in them."""

import binascii
import re
from collections.abc import Iterator

from lambda_src.inbound.mime import charsets

# An encoded word holds no "?" in its text (RFC 2047 2); white space in it is wrong, but met.
# The lengths keep one search linear.
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]{0,4000})\?=")
# Controls and line separators, the marks that turn the reading direction of what follows (Unicode TR 36),
# and what is no character at all (SNS and SQS refuse it).
_CONTROLS = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
MAXIMUM_VALUE = 16 * 1024
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)


class Headers:
    """Header fields in their order; values are unfolded bytes until they are asked for."""

    def __init__(self, fields: list[tuple[str, bytes]], raw: bytes = b"") -> None:
        self.fields = fields
        self.raw = raw

    def get(self, name: str) -> str:
        """The first value of this header (name in lower case), or an empty text."""
        return next(self.all(name), "")

    def all(self, name: str) -> Iterator[str]:
        """Every value of this header (name in lower case), in order."""
        return (to_text(value) for key, value in self.fields if key == name)

    def words(self, name: str) -> str:
        """The first value as a person reads it: encoded words decoded, no line breaks or controls."""
        return decode_words(self.get(name))


def to_text(value: bytes) -> str:
    """A raw header value as text: UTF-8 (RFC 6532), else Latin-1; at most 16 KiB of it."""
    value = value[:MAXIMUM_VALUE].strip()
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def clean(value: str) -> str:
    """The text without control characters; a tab is a space."""
    return _CONTROLS.sub("", value.replace("\t", " "))


def decode_words(value: str) -> str:
    """The value with its RFC 2047 encoded words decoded.

    White space between two encoded words is dropped (RFC 2047 6.2), and neighbours of one charset are
    decoded together, since senders split multi-byte characters.
    """
    if "=?" not in value:
        return clean(value).strip()
    pieces: list[tuple[str, str | bytes]] = []
    position = 0
    for word in _WORD.finditer(value):
        between = value[position : word.start()]
        if between.strip() or not pieces or not pieces[-1][0]:
            pieces.append(("", between))
        charset, encoding, text = word.groups()
        pieces.append((charset.partition("*")[0].lower(), _word_bytes(encoding, text)))
        position = word.end()
    pieces.append(("", value[position:]))
    return clean(_join(pieces)).strip()


def _join(pieces: list[tuple[str, str | bytes]]) -> str:
    texts: list[str] = []
    waiting, waiting_charset = b"", ""
    for charset, piece in pieces:
        if waiting and charset != waiting_charset:
            texts.append(charsets.decode(waiting, waiting_charset)[0])
            waiting = b""
        if isinstance(piece, bytes):
            waiting, waiting_charset = waiting + piece, charset
        else:
            texts.append(piece)
    return "".join(texts)


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("ascii", "ignore")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
    raw = raw.translate(None, NOT_BASE64)
    return binascii.a2b_base64(raw[: len(raw) - (len(raw) % 4 == 1)] + b"==")
