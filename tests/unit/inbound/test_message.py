"""Messages opened: which parts are text, which are attachments, and what is counted."""

import hashlib
import io
import tracemalloc
from base64 import encodebytes
from typing import Any

import pytest

from lambda_src.inbound.message import TEXT_PART_BYTES, Counted, Message, open_message


def read(raw: bytes) -> Message:
    return open_message(io.BytesIO(raw).read, lambda number, headers: Counted())


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    inside = b"".join(b"--B\n" + part + b"\n" for part in parts)
    return b"Content-Type: multipart/" + kind + b"; boundary=B\n\n" + inside + b"--B--\n"


PARTS = [
    ("text", b"Content-Type: text/plain\n\nx", "body"),
    ("no headers", b"\nx", "body"),
    ("inline text", b"Content-Disposition: inline\n\nx", "body"),
    ("HTML", b"Content-Type: text/html\n\nx", "body"),
    ("text as attachment", b"Content-Disposition: attachment\n\nx", "attachment"),
    ("text with a name", b"Content-Type: text/plain; name=a.txt\n\nx", "attachment"),
    ("inline text with a name", b"Content-Disposition: inline; filename=a.txt\n\nx", "inline"),
    ("another kind of text", b"Content-Type: text/csv\n\nx", "attachment"),
    ("image by content id", b"Content-Type: image/png\nContent-ID: <a>\n\nx", "inline"),
    ("image as attachment with id", b"Content-Disposition: attachment\nContent-ID: <a>\n\nx", "attachment"),
    ("message", b"Content-Type: message/rfc822\n\nx", "attachment"),
    ("TNEF", b"Content-Type: application/ms-tnef; name=winmail.dat\n\nx", "attachment"),
    ("signature", b"Content-Type: application/pgp-signature\n\nx", "attachment"),
]


@pytest.mark.parametrize(("part", "what"), [case[1:] for case in PARTS], ids=[case[0] for case in PARTS])
def test_what_a_part_is(part: bytes, what: str) -> None:
    """Text without a name is read, everything else is an attachment, and inline ones are marked."""
    message = read(mixed(part))
    assert len(message.bodies) == (what == "body")
    assert [file.inline for file in message.attachments] == ([] if what == "body" else [what == "inline"])


def test_counted_by_decoded_bytes() -> None:
    """Size and sha256 are those of the decoded bytes."""
    data = bytes(range(256)) * 40
    part = b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n" + encodebytes(data)
    [file] = read(mixed(part)).attachments
    assert (file.number, file.size, file.sha256) == (1, len(data), hashlib.sha256(data).hexdigest())


def test_a_single_named_text_is_the_body() -> None:
    """A message that is one text with a name is still read for its list."""
    assert read(b"Content-Type: text/plain; name=a.txt\n\nx").bodies[0].text == "x"


@pytest.mark.parametrize("raw", [b"a\r\nb\rc\nd", b"\xef\xbb\xbfa\nb\nc\nd"])
def test_text_has_one_kind_of_line_end(raw: bytes) -> None:
    """Line ends become line feeds, and a byte order mark goes."""
    assert read(b"Content-Type: text/plain; charset=utf-8\n\n" + raw).bodies[0].text == "a\nb\nc\nd"


def test_long_text_becomes_an_attachment() -> None:
    """Text over the bound is kept to the byte as an attachment, said as a defect, and the next text is read."""
    long = b"x" * 70 + b"\n"
    data = long * (TEXT_PART_BYTES // len(long) + 1)
    message = read(mixed(b"\n" + data[:-1], b"\nshort"))
    assert [body.text for body in message.bodies] == ["short"]
    assert message.attachments[0].sha256 == hashlib.sha256(data[:-1]).hexdigest()
    assert message.defects == ["a text part is too long to be read: it is treated as an attachment"]


def test_many_texts_have_a_bound_together() -> None:
    """Many texts that are each short enough are kept only up to the bound of all."""
    part = b"\n" + b"y" * (TEXT_PART_BYTES - 10)
    message = read(mixed(part, part, part))
    assert (len(message.bodies), len(message.attachments)) == (2, 1)


@pytest.mark.parametrize(
    "raw",
    [
        mixed(b"Content-Type: application/pgp-encrypted\n\nVersion: 1", b"\nx", kind=b"encrypted"),
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nx",
        mixed(b"\nx", b"Content-Type: application/x-pkcs7-mime\n\nx"),
    ],
    ids=["PGP", "S/MIME", "S/MIME inside"],
)
def test_encrypted(raw: bytes) -> None:
    """Encrypted mail is known as such, and its whole counts as one attachment."""
    message = read(raw)
    assert message.encrypted
    assert len(message.attachments) == 1


def test_encrypted_in_the_text() -> None:
    """PGP's armour in the text is encryption too."""
    assert read(b"\n-----BEGIN PGP MESSAGE-----\n\nx\n").encrypted


def test_headers_without_any_part() -> None:
    """A multipart that closes before its first part still has its headers."""
    message = read(b"Subject: x\nContent-Type: multipart/mixed; boundary=B\n\n--B--\n")
    assert message.headers.get("subject") == "x"
    assert (message.bodies, message.attachments) == ([], [])


def test_signed_is_not_encrypted() -> None:
    """An S/MIME signature does not make a mail unreadable."""
    assert not read(b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx").encrypted


def test_alternatives_are_marked() -> None:
    """Text inside multipart/alternative is another form of what stands beside it."""
    message = read(mixed(b"Content-Type: multipart/alternative; boundary=C\n\n--C\n\nx\n--C--", b"\ny"))
    assert [body.alternative for body in message.bodies] == [True, False]


def peak(megabytes: int) -> int:
    """The most memory, in bytes, that reading a message of this size takes."""

    class Endless:
        """A message made while it is read, so that only the reader's memory counts."""

        def __init__(self) -> None:
            self.head = mixed(b"\nhello", b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n")[:-8]
            self.left = megabytes * 16

        def read(self, size: int) -> bytes:
            if self.head:
                head, self.head = self.head, b""
                return head
            self.left -= 1
            return LINES if self.left >= 0 else b""

    tracemalloc.start()
    try:
        message = open_message(Endless().read, lambda number, headers: Counted())
        assert message.attachments[0].size > megabytes * 700_000
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


LINES = encodebytes(bytes(48_000))


def test_memory_does_not_follow_size() -> None:
    """The peak of memory is the same for a message of 1 MB and of 30 MB."""
    peak(1)
    assert peak(30) <= peak(1) + 20_000


def test_a_sink_that_fails_is_aborted() -> None:
    """When an attachment cannot be kept, its sink is told and the error goes on."""
    aborted = []

    class Full(Counted):
        def write(self, data: bytes) -> None:
            raise OSError("no room")

        def abort(self) -> None:
            aborted.append(1)

    sink: Any = Full()
    with pytest.raises(OSError, match="no room"):
        open_message(io.BytesIO(mixed(b"Content-Type: a/b\n\nx")).read, lambda number, headers: sink)
    assert aborted == [1]


def test_a_list_in_a_name_is_cut() -> None:
    """A file's name is shown to everybody, so that markers and a list in it go; the rest of the name stays."""
    marker = ":Email_Rxers_Code:"
    raw = (
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Disposition: attachment;"
        b' filename="plan :Email_Rxers_Code:ann@x.example:Email_Rxers_Code:7.pdf"\n\nx\n--B--\n'
    )
    message = open_message(io.BytesIO(raw).read, lambda number, headers: Counted(), marker=marker)
    assert [file.name for file in message.attachments] == ["plan 7.pdf"]
