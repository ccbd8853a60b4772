"""MIME as it really comes, one message of each class, through the running local cloud."""

import base64
import binascii
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from mailroom.bench.delivered import differences
from mailroom.bench.ends import NOTICED, SENT, Mails
from mailroom.demo.mails import MARKER
from mailroom.environment import Environment
from mailroom.local.cloud import LocalCloud

PEOPLE = ["one@corpus.example", "two@corpus.example"]
LIST = f"{MARKER}{', '.join(PEOPLE)}{MARKER}".encode()
FILE = bytes(range(256)) * 20
IMAGE = b"\x89PNG\r\n\x1a\n" + FILE
BIG_IMAGE = b"\x89PNG\r\n\x1a\n" + FILE * 100
NESTED = b"From: x@plant.example\r\nSubject: inner\r\n\r\nThe inner text.\r\n"
HEAD = b"From: Sensor <s@plant.example>\r\nTo: reports@in.example\r\nSubject: odd\r\nMIME-Version: 1.0\r\n"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE" + b"-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@dataclass(frozen=True)
class Odd:
    """A message, how it must end, and the files that its recipients must get."""

    raw: bytes
    how: str = SENT
    reason: str = ""
    files: tuple[bytes, ...] = ()


def encoded(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def leaf(content_type: bytes, content: bytes, *more: bytes, transfer: bytes = b"") -> bytes:
    lines = [b"Content-Type: " + content_type, *more]
    lines += [b"Content-Transfer-Encoding: " + transfer] if transfer else []
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def multipart(kind: bytes, *parts: bytes, boundary: bytes = b"b1", end: bool = True) -> bytes:
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    close = b"--" + boundary + b"--\r\n" if end else b""
    return b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n' + body + close


def file(name: bytes, content: bytes = FILE, content_type: bytes = b"application/octet-stream") -> bytes:
    disposition = b"Content-Disposition: attachment; " + name
    return leaf(content_type, encoded(content), disposition, transfer=b"base64")


def uuencoded(content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]).rstrip(b"\n") for at in range(0, len(content), 45)]
    return b"begin 644 data.bin\r\n" + b"\r\n".join(lines) + b"\r\n`\r\nend\r\n"


TEXT = leaf(b"text/plain; charset=utf-8", LIST + b"\r\nWords.\r\n", transfer=b"8bit")
PLAIN = multipart(b"mixed", TEXT, file(b"filename=data.bin"))
INLINE = (b"Content-ID: <i1>", b"Content-Disposition: inline; filename=i.png")
PAGE = leaf(b"text/html; charset=utf-8", b"<p>" + LIST + b'</p><img src="cid:i1">')
SIGNATURE = leaf(b"application/pgp-signature; name=signature.asc", b"-----BEGIN PGP SIGNATURE-----\r\n")
ODD = {
    "not multipart": Odd(HEAD + leaf(b"text/plain", LIST + b"\r\nWords.\r\n")),
    "no Content-Type": Odd(HEAD.replace(b"MIME-Version: 1.0\r\n", b"") + b"\r\n" + LIST + b"\r\n"),
    "an attachment": Odd(HEAD + PLAIN, files=(FILE,)),
    "nested multiparts": Odd(
        HEAD + multipart(b"mixed", multipart(b"alternative", TEXT, PAGE, boundary=b"b2"), file(b"filename=a"), boundary=b"b1"),
        files=(FILE,),
    ),
    "an attached message": Odd(
        HEAD + multipart(b"mixed", TEXT, leaf(b"message/rfc822", NESTED.removesuffix(b"\r\n"))), files=(NESTED.removesuffix(b"\r\n"),)
    ),
    "a small inline image": Odd(
        HEAD + multipart(b"related", PAGE, leaf(b"image/png", encoded(IMAGE), *INLINE, transfer=b"base64")),
        files=(IMAGE,),
    ),
    "a large inline image": Odd(
        HEAD + multipart(b"related", PAGE, leaf(b"image/png", encoded(BIG_IMAGE), *INLINE, transfer=b"base64")),
        files=(BIG_IMAGE,),
    ),
    "quoted-printable": Odd(
        HEAD + leaf(b"text/plain; charset=iso-8859-1", LIST.replace(b"two", b"t=\r\nwo") + b"\r\nK=FChl=\r\nhaus\r\n", transfer=b"quoted-printable")
    ),
    "base64 text": Odd(HEAD + leaf(b"text/plain; charset=utf-8", encoded(LIST + "\nKühlhaus\n".encode()), transfer=b"base64")),
    "8-bit text": Odd(HEAD + leaf(b"text/plain; charset=utf-8", LIST + "\r\nKühlhaus\r\n".encode(), transfer=b"8bit")),
    "uuencoded file in the text": Odd(HEAD + leaf(b"text/plain", LIST + b"\r\n" + uuencoded(FILE)), files=(FILE,)),
    "odd charset": Odd(HEAD + leaf(b"text/plain; charset=x-klingon", LIST + b"\r\n\xff\xfe\r\n")),
    "wrong charset": Odd(HEAD + leaf(b"text/plain; charset=utf-8", LIST + b"\r\nK\xfchlhaus\r\n")),
    "missing charset": Odd(HEAD + leaf(b"text/plain", LIST + b"\r\nK\xfchlhaus\r\n")),
    "utf-16 text": Odd(HEAD + leaf(b"text/plain; charset=utf-16", encoded(LIST.decode().encode("utf-16")), transfer=b"base64")),
    "RFC 2047 name": Odd(HEAD + multipart(b"mixed", TEXT, file(b'filename="=?utf-8?q?K=C3=BChl.bin?="')), files=(FILE,)),
    "RFC 2231 name": Odd(HEAD + multipart(b"mixed", TEXT, file(b"filename*0*=utf-8''K%C3%BC; filename*1=hl.bin")), files=(FILE,)),
    "no closing boundary": Odd(HEAD + multipart(b"mixed", TEXT, file(b"filename=a"), end=False), files=(FILE,)),
    "LF line ends": Odd((HEAD + PLAIN).replace(b"\r\n", b"\n"), files=(FILE,)),
    "CR line ends": Odd((HEAD + PLAIN).replace(b"\r\n", b"\r"), files=(FILE,)),
    "TNEF": Odd(HEAD + multipart(b"mixed", TEXT, file(b"filename=winmail.dat", content_type=b"application/ms-tnef")), files=(FILE,)),
    "signed": Odd(
        HEAD + multipart(b'signed; protocol="application/pgp-signature"; micalg=pgp-sha256', multipart(b"mixed", TEXT, file(b"filename=a"), boundary=b"b2"), SIGNATURE),
        files=(FILE, b"-----BEGIN PGP SIGNATURE-----\r\n"),
    ),
    "encrypted": Odd(
        HEAD + multipart(b'encrypted; protocol="application/pgp-encrypted"', leaf(b"application/pgp-encrypted", b"Version: 1\r\n"), leaf(b"application/octet-stream", b"-----BEGIN PGP MESSAGE-----\r\n")),
        NOTICED, "encrypted",
    ),
    "only HTML, list broken by tags": Odd(HEAD + leaf(b"text/html", b"<p>" + LIST.replace(b", ", b",<br>\r\n ") + b"</p>")),
    "no list": Odd(HEAD + leaf(b"text/plain", b"For nobody.\r\n"), NOTICED, "no_list"),
    "an empty list": Odd(HEAD + leaf(b"text/plain", MARKER.encode() + b" , " + MARKER.encode()), NOTICED, "no_recipients"),
    "automatic": Odd(HEAD + b"Auto-Submitted: auto-replied\r\n" + leaf(b"text/plain", LIST), NOTICED, "automatic"),
    "a virus": Odd(HEAD + multipart(b"mixed", TEXT, file(b"filename=a.com", EICAR)), NOTICED, "virus"),
    "spam": Odd(HEAD + leaf(b"text/plain", LIST + b"\r\n" + GTUBE + b"\r\n"), NOTICED, "spam"),
    "headers alone": Odd(HEAD + b"\r\n", NOTICED, "no_list"),
    "no header at all": Odd(b"\r\n" + LIST + b"\r\n"),
    "nothing but boundaries": Odd(HEAD + multipart(b"mixed") + b"--b1\r\n" * 1000, NOTICED, "no_list"),
    "a NUL in the text": Odd(HEAD + leaf(b"text/plain", LIST + b"\r\nwith \0 in it\r\n")),
}  # fmt: skip


@pytest.fixture(scope="module")
def mails(cloud: LocalCloud, environment: Environment) -> Mails:
    return Mails(cloud, environment)


def test_every_class_of_message_comes_to_its_end(mails: Mails) -> None:
    """Each odd message ends as sent, or as noticed for its reason; nobody gets it twice, and no file is altered."""
    with ThreadPoolExecutor(4) as pool:
        brought = pool.map(mails.brought, [odd.raw for odd in ODD.values()])
        ids = dict(zip(ODD, brought, strict=True))
    ends, told = mails.ends(ids.values(), 90), mails.notices.told()
    wrong = {}
    for name, odd in ODD.items():
        end, words = ends[ids[name]], []
        words += end.wrong
        if (end.how, end.reason) != (odd.how, odd.reason):
            words.append(f"{end.how} {end.reason}")
        if odd.how == SENT:
            files = [{"sha256": hashlib.sha256(content).hexdigest()} for content in odd.files]
            words += differences(mails, ids[name], {"attachments": files, "recipients": PEOPLE})
        elif told.get(ids[name].partition("#")[0]) != [odd.reason]:
            words.append(f"notices: {told.get(ids[name].partition('#')[0])}")
        if words:
            wrong[name] = words
    assert wrong == {}
