"""Messages to begin with, the pieces that messages are made of, and how to damage them."""

import base64
import random
from typing import TYPE_CHECKING

from mailroom.bench.mails import MARKER, sample

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_M = MARKER.encode()
_LIST = _M + b"ann@customer.example, bob@customer.example" + _M
_HEAD = b"From: =?utf-8?q?K=C3=BChl?= <s@plant.example>\nSubject: =?utf-8?b?w6Q=?= x\nMessage-ID: <1@x>\n"
# S/MIME, signed, up to its content, which comes in one piece or in many.
_SIGNED = bytes.fromhex("3080 06092a864886f70d010702 a080 3080 020101 3100 3080 06092a864886f70d010701 a080")
_INNER = b"Content-Type: text/plain\n\nHello " + _LIST + b"\n"
_SHELLS = (
    _SIGNED + b"\x04" + bytes([len(_INNER)]) + _INNER,
    _SIGNED + b"\x24\x80" + b"".join(b"\x04\x03" + _INNER[at : at + 3] for at in range(0, 99, 3)) + b"\0\0",
)


def _mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    inside = b"".join(b"--B\n" + part + b"\n" for part in parts)
    return _HEAD + b"Content-Type: multipart/" + kind + b'; boundary="B"\n\n' + inside + b"--B--\n"


_PAGE = (
    b'Content-Type: text/html\n\n<p>Hi <img src="cid:a@x">&amp; ' + _LIST.replace(b"@", b"&#64;") + b"</p>"
)
_PICTURE = b"Content-Type: image/png\nContent-ID: <a@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="
_FILE = b"Content-Type: a/b; name*0*=utf-8''%c3; name*1*=%a4.pdf\nContent-Disposition: attachment\n\n%PDF"
_QUOTED = b"Content-Transfer-Encoding: quoted-printable\n"
_SHELL_HEAD = _HEAD + b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
SEEDS = (
    sample(4096).raw,
    _HEAD + b"\nHello " + _LIST + b"\nbegin 644 a.bin\n#0V%T\n`\nend\nbye\n",
    _mixed(b"\nHello " + _LIST, _FILE, b"Content-Type: message/rfc822\n\nSubject: y\n\nz"),
    _mixed(_PAGE, _PICTURE, kind=b"related"),
    _mixed(b"\n" + _LIST, b"Content-Type: application/pgp-signature\n\nx", kind=b"signed"),
    *(_SHELL_HEAD + base64.encodebytes(shell) for shell in _SHELLS),
    _HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n" + _QUOTED + b"\n=1B$B=\n" + _LIST,
)
PIECES = (
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b" ",
        b"\t",
        b"x",
        b"=",
        b"==",
        b"=3D",
        b"=\n",
        b"-",
        b"--",
        b";",
        b",",
        b"\0",
    ),
    *(b"\xff", b"\xc3\xa4", b"\xe4", b"\x1b$B", b"YQ==", b"YWJj", b"'", b'"', b"\\", b"?=", b"=?utf-8?q?"),
    *(b"--A", b"--A--", b"--B", b"--B--", b"--AB", b"\n--A\n", b"\n--B\n", b"\n--A--\n", b"\n--B--\n"),
    *(b"Content-Type: multipart/mixed; boundary=A\n", b'Content-Type: multipart/related; boundary="B"\n'),
    *(b"Content-Type: multipart/alternative; boundary=A\n", b"Content-Type: multipart/signed; boundary=B\n"),
    *(b"Content-Type: multipart/encrypted; boundary=A\n", b"Content-Type: message/rfc822\n"),
    *(
        b"Content-Type: text/html\n",
        b"Content-Type: text/plain; charset=utf-7\n",
        b"Content-Type: image/png\n",
    ),
    *(b"Content-Type: application/pkcs7-mime\n", b"Content-Type: text/plain; charset=iso-2022-jp\n"),
    *(b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n"),
    *(
        b"Content-Transfer-Encoding: x-uue\n",
        b"Content-ID: <a>\n",
        b"Content-Disposition: inline; filename=a\n",
    ),
    *(
        b"Content-Disposition: attachment; filename*0*=utf-8''%e4",
        b";filename*1=b",
        b"; name=",
        b"From: a@b.example\n",
    ),
    *(b"Subject: ", b"References: <a@b>\n", b"Date: Tue, 24 Nov 2026 10:00:00 +0100\n", b"Reply-To: "),
    *(
        _M,
        _LIST,
        b"a@x.example",
        b":Email_",
        b"Rxers_Code:",
        b"[",
        b"<br>",
        b"<b>",
        b"</body>",
        b"<",
        b">",
        b"<!--",
    ),
    *(
        b"-->",
        b"<style>",
        b"</style>",
        b"&amp;",
        b"&#64;",
        b"&",
        b"<img src=cid:a>",
        b"begin 644 x\n",
        b"#0V%T\n",
    ),
    *(b"`\nend\n", b"end\n", b"-----BEGIN PGP MESSAGE-----\n", *_SHELLS, b"\x04\x81", b"\x24\x80"),
)
_MOST_CHANGES = 6


def message_strategy() -> "SearchStrategy[bytes]":
    """Messages put together of pieces and of some bytes, with a beginning that promises something or none."""
    from hypothesis import strategies as st

    heads = st.sampled_from((b"", _HEAD, *(piece for piece in PIECES if piece.startswith(b"Content-"))))
    pieces = st.sampled_from((*PIECES, *SEEDS)) | st.binary(max_size=6)
    return st.builds(
        lambda head, empty, rest: head + empty + b"".join(rest),
        heads, st.sampled_from((b"", b"\n")), st.lists(pieces, max_size=40),
    )  # fmt: skip


def mutated(chance: random.Random, corpus: list[bytes]) -> bytes:
    """A message of the corpus after a few changes: bytes, pieces, lines lost or doubled, another's tail."""
    data = bytearray(chance.choice(corpus)[:200_000])
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        at = chance.randint(0, len(data))
        until = min(len(data), at + chance.choice((1, 1, 4, 40, 400)))
        change = chance.randrange(6)
        if change == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif change == 1:
            data[at:at] = chance.choice(PIECES)
        elif change == 2:
            del data[at:until]
        elif change == 3:
            data[at:at] = data[at:until] * chance.choice((1, 2, 9))
        elif change == 4:
            other = chance.choice(corpus)
            data[at:] = other[chance.randint(0, len(other)) :][:200_000]
        else:
            data[at:until] = data[at:until].replace(b"\n", chance.choice((b"\r", b"\r\n", b"")))
    return bytes(data)
