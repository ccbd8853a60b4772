"""Signed mail: what the signature covers is read, and S/MIME's shells are opened."""

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound import bodies, recipients
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.message import Counted, Message, open_message
from lambda_src.inbound.mime import pkcs7

M = ":Email_Rxers_Code:"
INNER = f"Content-Type: text/plain\r\n\r\nHello {M}ann@a.example{M}\r\n".encode()
SIGNED_DATA, ENVELOPED, DATA = "2a864886f70d010702", "2a864886f70d010703", "2a864886f70d010701"
DIGESTS = bytes.fromhex("310f300d06096086480165030402010500")  # SHA-256


def read(raw: bytes) -> Message:
    return open_message(io.BytesIO(raw).read, lambda number, headers: Counted())


def der(tag: int, *content: bytes) -> bytes:
    """An element with its length, as DER writes it."""
    data = b"".join(content)
    size = len(data)
    if size < 128:
        return bytes([tag, size]) + data
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + data


def ber(tag: int, *content: bytes) -> bytes:
    """An element of indefinite length, as BER may write it."""
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


def shell(octets: bytes, element=der, kind: str = SIGNED_DATA) -> bytes:  # type: ignore[no-untyped-def]
    """Signed data around an element with octets; certificates and signatures are noise here."""
    info = element(0x30, der(6, bytes.fromhex(DATA)), element(0xA0, octets))
    signed = element(0x30, b"\x02\x01\x01", DIGESTS, info, der(0xA0, b"certificates" * 50), der(0x31, b"x"))
    return element(0x30, der(6, bytes.fromhex(kind)), element(0xA0, signed))


def mail(
    data: bytes, content_type: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
) -> bytes:
    head = f"Subject: x\nContent-Type: {content_type}\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(data)


PIECES = b"".join(der(4, INNER[at : at + 10]) for at in range(0, len(INNER), 10))
SHELLS = [
    ("DER", shell(der(4, INNER))),
    ("DER, the octets in pieces", shell(der(0x24, PIECES))),
    ("BER", shell(ber(0x24, PIECES), ber)),
    (
        "BER, pieces in pieces",
        shell(ber(0x24, ber(0x24, der(4, INNER[:20])), der(0x24, der(4, INNER[20:]))), ber),
    ),
    ("empty pieces", shell(ber(0x24, der(4), PIECES, der(4)), ber)),
]


@pytest.mark.parametrize("data", [case[1] for case in SHELLS], ids=[case[0] for case in SHELLS])
@pytest.mark.parametrize(
    "content_type",
    [
        "application/pkcs7-mime; smime-type=signed-data",
        "application/x-pkcs7-mime; name=smime.p7m",
        "application/octet-stream; name=smime.p7m",
    ],
)
def test_shells_are_opened(data: bytes, content_type: str) -> None:
    """The list is read from the signed text however the shell is written; the shell is listed, but not linked."""
    message = read(mail(data, content_type))
    assert (message.signed, message.encrypted) == (True, False)
    assert recipients.read(message.bodies, M).valid == ("ann@a.example",)
    [file] = message.attachments
    assert (file.size, file.opened, message.linked, message.kept) == (len(data), True, [], [])


def test_files_in_a_shell() -> None:
    """What is signed may be a multipart: its files are numbered behind the shell and go to their sinks."""
    inner = (
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nHello\n--B\nContent-Type: a/b\n\nfile\n--B--\n"
    )
    asked = []

    def sink_for(number: int, headers: object) -> Counted:
        asked.append(number)
        return Counted()

    message = open_message(io.BytesIO(mail(shell(der(4, inner)))).read, sink_for)
    assert [(file.number, file.size) for file in message.linked] == [(2, 4)]
    assert [file.number for file in message.attachments] == [1, 2]
    assert asked == [2]


UNOPENED = [
    ("no content (only certificates)", shell(b""), True, False),
    (
        "encrypted, whatever the header says",
        der(0x30, der(6, bytes.fromhex(ENVELOPED)), b"x" * 99),
        True,
        True,
    ),
    ("no shell at all", b"nonsense", True, False),
    ("nothing", b"", True, False),
    ("content that is no octets", shell(der(2, b"\1")), True, False),
]


@pytest.mark.parametrize(
    ("data", "signed", "encrypted"), [case[1:] for case in UNOPENED], ids=[case[0] for case in UNOPENED]
)
def test_what_cannot_be_opened_is_a_file(data: bytes, signed: bool, encrypted: bool) -> None:
    """A shell without signed content in it is an attachment that goes to its sink, and the mail is known for it."""
    message = read(mail(data))
    assert (message.signed, message.encrypted) == (signed, encrypted)
    assert ([file.size for file in message.linked], message.bodies) == ([len(data)], [])


def mixed(part: bytes) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nHi\n--B\n" + part + b"\n--B--\n"


def test_signed_files_are_files() -> None:
    """A signed file beside the text (invoice.xml.p7m) is linked as it is, and does not make the mail signed."""
    for kind in ("application/pkcs7-mime; smime-type=signed-data", "application/octet-stream"):
        message = read(mixed(mail(shell(der(4, b"<xml>")), f"{kind}; name=invoice.xml.p7m")))
        assert ([file.name for file in message.linked], message.signed) == (["invoice.xml.p7m"], False)
        assert [body.text for body in message.bodies] == ["Hi"]


def test_signed_mail_with_a_footer() -> None:
    """Signed mail that a list put into a multipart, for its footer, is opened all the same."""
    message = read(mixed(mail(shell(der(4, INNER)))))
    assert message.signed
    assert len(message.bodies) == 2


def test_a_shell_cut_short() -> None:
    """Of a shell that ends early, what is there is read, and the shell is listed in its size."""
    data = shell(ber(0x24, PIECES), ber)
    message = read(mail(data[: data.index(b"ann@") + 4]))
    assert message.bodies[0].text.startswith("Hello ")
    assert message.attachments[0].opened


def test_shells_in_shells_have_an_end() -> None:
    """Only so many shells in one another are opened; the next one is a file."""
    data = INNER
    for _ in range(5):
        data = b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: binary\n\n" + shell(
            der(4, data)
        )
    message = read(data)
    assert [file.opened for file in message.attachments] == [True, True, True, False]


@given(st.binary(max_size=80), st.integers(1, 9))
def test_no_bytes_can_stop_us(noise: bytes, step: int) -> None:
    """Whatever stands in the place of a shell, or of what is in it, nothing is raised."""
    pkcs7.shell(noise)
    data = shell(ber(0x24), ber).replace(b"\x24\x80", b"\x24\x80" + noise)
    blocks = [data[at : at + step] for at in range(0, len(data), step)]
    b"".join(pkcs7.content(blocks, pkcs7.shell(data).start))


SIGNED = (
    b"Content-Type: multipart/signed; boundary=B\n\n--B\n\nHello\n--B\n"
    b"Content-Type: application/pgp-signature\n\nx\n--B--\n"
)


def test_multipart_signed() -> None:
    """Of multipart/signed the text is read, and the signature is a file."""
    message = read(SIGNED)
    assert message.signed
    assert message.bodies[0].text == "Hello"
    assert [file.name for file in message.linked] == ["attachment-1.asc"]


def test_signed_in_the_text() -> None:
    """PGP's armour for signed text is a signature too."""
    assert read(b"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n").signed
    assert not read(b"\nx").signed


def test_words_about_the_signature() -> None:
    """Both bodies say that the signature cannot be checked; a link to the whole stands there only when given."""
    plain = bodies.with_links(Bodies("a\n", "<body>b</body>"), [], [], 0, signed=True)
    assert plain.text is not None
    assert plain.html is not None
    assert plain.text.startswith("a\n\nThe original of this mail was signed.")
    assert plain.html.startswith("<body>b\n<div><p>The original of this mail was signed.")
    assert "http" not in plain.text + plain.html
    whole = bodies.with_links(Bodies("a", "b"), [], [], 0, signed=True, whole="https://l/t?a&b")
    assert whole.text is not None
    assert whole.html is not None
    assert whole.text.endswith("with its signature:\nhttps://l/t?a&b\n")
    assert '<a href="https://l/t?a&amp;b">' in whole.html
