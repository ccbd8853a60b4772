"""Mails of any size made of nothing but one thing: what hurts parsers, and what is ordinary."""

import base64
from collections.abc import Callable, Mapping

from mailroom.bench.mails import MARKER as M

_MIXED = b"Content-Type: multipart/mixed; boundary=B\n\n"
_HTML = b"Content-Type: text/html\n\n"
_LIST = f"{M}ann@customer.example{M}\n".encode()
_PAGE = _HTML + _LIST
_MARKER = M.encode()
# A picture that is too large to be kept, so that it is looked for in the page behind it.
_PICTURE = (
    b"Content-Type: multipart/related; boundary=B\n\n--B\nContent-Type: image/png\nContent-ID: <a>\n\n"
    + b"x" * 100_001
    + b"\n--B\n"
)
Maker = Callable[[int], bytes]


def _of(piece: bytes, before: bytes = b"", after: bytes = b"") -> Maker:
    """`before`, the piece as often as it fits, `after`."""

    def make(size: int) -> bytes:
        return before + piece * max(0, (size - len(before) - len(after)) // len(piece)) + after

    return make


def _numbered(piece: bytes, before: bytes = b"") -> Maker:
    """The piece again and again, with another number in the place of each %d."""
    places = piece.count(b"%d")

    def make(size: int) -> bytes:
        pieces, length = [before], len(before)
        while length < size:
            pieces.append(piece % ((len(pieces),) * places))
            length += len(pieces[-1])
        return b"".join(pieces)

    return make


def _encoded(piece: bytes, before: bytes) -> Maker:
    """The piece in base64."""

    def make(size: int) -> bytes:
        return before + base64.encodebytes(piece * (size * 3 // 4 // len(piece)))

    return make


def _shell(piece: bytes) -> Maker:
    """S/MIME, signed, its content in pieces of indefinite length."""
    head = (
        bytes.fromhex("308006092a864886f70d010702a0803080020101310030800609")
        + b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
    )
    head += b"\xa0\x80\x24\x80"
    before = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n"
    return _of(piece, before + head)


ORDINARY: Mapping[str, Maker] = {
    "text": _of(b"All readings are in range, the pump runs.\n", b"Subject: x\n\n" + _LIST),
    "page": _of(b"<tr><td>Pump <b>7</b></td><td>21.4&nbsp;C</td></tr>\n", _PAGE),
    "attachment": _encoded(
        bytes(range(256)),
        _MIXED + b"--B\n\n" + _LIST + b"--B\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\n",
    ),
    "quoted-printable": _of(
        b"W=C3=A4rme und K=C3=A4lte, alles in Ordnung, der n=C3=A4chste Bericht =\nfolgt.\n",
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + _LIST,
    ),
    "many parts": _of(b"--B\nContent-Type: text/plain\n\n" + b"All well here.\n" * 300, _MIXED),
}

HOSTILE: Mapping[str, Maker] = {
    "boundaries": _of(b"--B\n", _MIXED),
    "empty parts": _of(b"--B\n\n", _MIXED),
    "parts of one byte": _of(b"--B\n\nx\n", _MIXED),
    "almost boundaries": _of(b"--Bx\n", _MIXED + b"--B\n\n"),
    "boundaries that close": _of(b"--B--\n", _MIXED),
    "a boundary of dashes": _of(b"-", b"Content-Type: multipart/mixed; boundary=-\n\n---\n\n"),
    "a boundary and spaces": _of(b" ", _MIXED + b"--B"),
    "headers": _of(b"A: b\n"),
    "one header": _of(b"b", b"A: "),
    "continuations": _of(b" c\n", b"A: b\n"),
    "no line end": _of(b"x", b"Subject: x\n\n"),
    "carriage returns": _of(b"\r", b"Subject: x\n\n"),
    "line feeds": _of(b"\n", b"Subject: x\n\n"),
    "nesting": _numbered(b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n"),
    "nested messages": _of(b"Content-Type: message/rfc822\n\n"),
    "parameters": _of(b";a=b", b"Content-Type: text/plain"),
    "semicolons": _of(b";", b"Content-Type: multipart/mixed"),
    "quotes": _of(b'\\"', b'Content-Type: text/plain; name="', b"\n\nx"),
    "RFC 2231 pieces": _numbered(b";name*%d*=%%41", b"Content-Disposition: attachment"),
    "encoded words": _of(b"=?utf-8?q?=C3=A4?= ", b"Subject: ", b"\n\nx"),
    "half encoded words": _of(b"=?utf-8?q?", b"Subject: ", b"\n\nx"),
    "encoded words in names": _of(
        b'--B\nContent-Type: a/b; name="' + b"=?iso-2022-jp?b?GyRCRnw=?= " * 30 + b'"\n\nx\n', _MIXED
    ),
    "charsets that change": _numbered(b"--B\nContent-Type: text/plain; charset=x-%d\n\n\xe4\n", _MIXED),
    "shifts of iso-2022-jp": _of(b"\x1b$B\x1b(B", b"Content-Type: text/plain; charset=iso-2022-jp\n\n"),
    "utf-7": _of(b"+2AA-", b"Content-Type: text/plain; charset=utf-7\n\n"),
    "equal signs in quoted-printable": _of(b"=", b"Content-Transfer-Encoding: quoted-printable\n\n"),
    "soft breaks in quoted-printable": _of(b"=\r", b"Content-Transfer-Encoding: quoted-printable\n\n"),
    "padding in base64": _of(b"A=", b"Content-Transfer-Encoding: base64\n\n"),
    "nothing but padding": _of(b"=", b"Content-Transfer-Encoding: base64\n\n"),
    "lines of one base64 character": _of(b"A\n", b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"),
    "uuencode": _of(b"begin 644 x\n#0V%T\n`\nend\n", b"Subject: x\n\n"),
    "begin lines": _of(b"begin 644 x\n", b"Subject: x\n\n"),
    "uuencode without end": _of(b"begin 644 x\n" + b"#0V%T\n" * 50, b"Subject: x\n\n"),
    "uuencode as encoding": _of(b"#0V%T\n", b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n"),
    "markers": _of(_MARKER, b"Subject: x\n\n"),
    "markers in a page": _of(_MARKER, _HTML),
    "markers with tags in them": _of(b":Email_<b>Rxers_Code:", _HTML),
    "tags in a list with a hidden marker": _of(
        b"<b>,", _HTML + b"<!--" + _MARKER + b"-->" + _MARKER, _MARKER
    ),
    "commas": _of(b",", b"Subject: x\n\n" + _MARKER, _MARKER),
    "addresses": _numbered(b"a%d@x.example,", b"Subject: x\n\n" + _MARKER),
    "less than": _of(b"<", _PAGE, b">"),
    "opening tags": _of(b"<a", _PAGE, b">"),
    "tags": _of(b"<b>", _PAGE),
    "open comments": _of(b"<!--", _PAGE, b">"),
    "open styles": _of(b"<style>", _PAGE),
    "styles": _of(b"<style></style>", _PAGE),
    "references": _of(b"&amp;", _PAGE),
    "ampersands": _of(b"&", _PAGE),
    "page ends": _of(b"</body ", _PAGE, b">"),
    "references in the list": _of(b"&#44;", _HTML + _MARKER, _MARKER),
    "tags in the list": _of(b"<b>,", _HTML + _MARKER, _MARKER),
    "pictures that do not end": _of(b"<img ", _PICTURE + _PAGE),
    "pictures": _of(b"<img src=cid:a>", _PICTURE + _PAGE),
    "sources in one picture": _of(b" src=cid:", _PICTURE + _PAGE + b"<img", b">"),
    "small files that are kept": _of(
        b"--B\nContent-Type: image/png\nContent-Disposition: inline\n\nx\n", _MIXED
    ),
    "S/MIME in pieces of one byte": _shell(b"\x04\x01x"),
    "S/MIME in nested pieces": _shell(b"\x24\x80"),
}
