"""The content of the mail that is sent on: text and HTML, the pictures in it, and the files that it keeps.

Written as bytes: email's own way takes a second for a megabyte, and reads it all again for its boundaries.
"""

import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lambda_src.inbound import markup
from lambda_src.inbound.attachments import Attachment
from lambda_src.inbound.bodies import Bodies

_LONGEST_LINE = 998  # RFC 5322 2.1.1, without the line end
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,250}")
# RFC 2045 5.1 (token); multipart and message may not be encoded in base64 (RFC 2046 5.1, 5.2.1).
_TYPE = re.compile(
    r"(?!multipart/|message/)[!#$%&'*+.^_`{|}~0-9a-z-]{1,120}/[!#$%&'*+.^_`{|}~0-9a-z-]{1,120}"
)
_PLAIN_NAME = re.compile(r"[ !#-\[\]-~]{1,60}")
_NAME_PIECE = 55  # characters, so that a line of a long name stays below 78


@dataclass(frozen=True)
class Entity:
    """Headers and body (RFC 2045 2.4): `headers` are whole lines without their ends."""

    headers: tuple[str, ...]
    body: bytes

    def as_bytes(self) -> bytes:
        """The entity as it stands in a mail, without a line end behind its body."""
        return "".join(f"{line}\r\n" for line in self.headers).encode("ascii") + b"\r\n" + self.body


def of(bodies: Bodies, kept: Sequence[Attachment]) -> Entity:
    """The whole content. Kept pictures that the page shows go beside the page, other files below the text."""
    shown = markup.content_ids(bodies.html or "") if kept else set()
    pictures = [file for file in kept if file.content_id in shown and _CONTENT_ID.fullmatch(file.content_id)]
    forms = [] if bodies.text is None and bodies.html is not None else [text(bodies.text or "", "plain")]
    if bodies.html is not None:
        page = text(bodies.html, "html")
        related = [page, *(picture(file) for file in pictures)]
        forms.append(multipart('related; type="text/html"', related) if pictures else page)
    whole = multipart("alternative", forms) if len(forms) > 1 else forms[0]
    others = [attached(file) for file in kept if file not in pictures]
    return multipart("mixed", [whole, *others]) if others else whole


def text(value: str, kind: str) -> Entity:
    """Text (`kind` plain or html) as it is where ASCII and short lines allow it, else quoted-printable."""
    data = value.encode("utf-8", "replace").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    plain = data.isascii() and _has_short_lines(data)
    headers = (
        f'Content-Type: text/{kind}; charset="{"us-ascii" if plain else "utf-8"}"',
        f"Content-Transfer-Encoding: {'7bit' if plain else 'quoted-printable'}",
    )
    return Entity(headers, (data if plain else binascii.b2a_qp(data)).replace(b"\n", b"\r\n"))


def _has_short_lines(data: bytes) -> bool:
    position = 0
    while len(data) - position > _LONGEST_LINE:
        position = data.rfind(b"\n", position, position + _LONGEST_LINE + 1) + 1
        if not position:
            return False
    return True


def picture(file: Attachment) -> Entity:
    """A picture that the page shows, found by its content id (RFC 2387, RFC 2392)."""
    return _file(file, "inline", (f"Content-ID: <{file.content_id}>",))


def attached(file: Attachment) -> Entity:
    """A file below the text; a picture that was inline is still shown where the reader's program does so."""
    picture = file.inline and file.content_type.startswith("image/")
    return _file(file, "inline" if picture else "attachment", ())


def multipart(kind: str, entities: Sequence[Entity]) -> Entity:
    """The entities in one; the boundary is made of their content, so that it cannot stand in it."""
    parts = [entity.as_bytes() for entity in entities]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    boundary = f"=_{digest.hexdigest()[:40]}"
    delimiter = f"--{boundary}".encode()
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + b"--\r\n"
    return Entity((f"Content-Type: multipart/{kind};", f' boundary="{boundary}"'), body)


def _file(file: Attachment, disposition: str, more: tuple[str, ...]) -> Entity:
    content_type = file.content_type if _TYPE.fullmatch(file.content_type) else "application/octet-stream"
    headers = (
        f"Content-Type: {content_type}",
        "Content-Transfer-Encoding: base64",
        *_disposition(disposition, file.name),
        *more,
    )
    return Entity(headers, _base64(file.content or b""))


def _disposition(disposition: str, name: str) -> tuple[str, ...]:
    """Content-Disposition with the name; where that is not short and ASCII, in pieces (RFC 2231 3 and 4)."""
    if _PLAIN_NAME.fullmatch(name) and "=?" not in name:
        return (f"Content-Disposition: {disposition};", f' filename="{name}"')
    encoded = re.findall(rf"(?:%..|.){{1,{_NAME_PIECE // 3}}}", quote(name, safe="", errors="replace"))
    pieces = [f" filename*{number}*={piece}" for number, piece in enumerate(encoded)]
    pieces[0] = pieces[0].replace("=", "=utf-8''", 1)
    return (f"Content-Disposition: {disposition};", *(f"{piece};" for piece in pieces[:-1]), pieces[-1])


def _base64(data: bytes) -> bytes:
    """Lines of 76 characters (RFC 2045 6.8)."""
    lines = (binascii.b2a_base64(data[at : at + 57], newline=False) for at in range(0, len(data), 57))
    return b"\r\n".join(lines)
