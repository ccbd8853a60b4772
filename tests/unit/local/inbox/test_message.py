"""A mail opened: its parts, its header fields, and what a broken, hostile or huge one does."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.local.inbox import headers, message
from mailroom.local.inbox.message import opened
from mailroom.local.inbox.views.words import safe

Mail = Callable[..., bytes]


def parts(*bodies: str, kind: str = "mixed") -> bytes:
    """A multipart of these parts, header lines included."""
    inside = "".join(f"--b\r\n{body}\r\n" for body in bodies)
    return f"From: a@mail.example\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n{inside}--b--\r\n".encode()


def nested(depth: int) -> bytes:
    """The beginning of parts in parts."""
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)
    )


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nthe text"
HTML = "Content-Type: text/html\r\n\r\n<p>the html"
FILE = 'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\n\r\nPDF'


@pytest.mark.parametrize(
    ("raw", "text", "html", "names"),
    [
        (b"From: a@mail.example\r\n\r\nhi", "hi", None, []),
        (b"From: a@mail.example\r\nContent-Type: text/html\r\n\r\n<p>hi", None, "<p>hi", []),
        (parts(TEXT, HTML, kind="alternative"), "the text", "<p>the html", []),
        (parts(TEXT, HTML, FILE), "the text", "<p>the html", ["a.pdf"]),
        (parts(FILE, TEXT), "the text", None, ["a.pdf"]),
        (parts(TEXT, TEXT), "the text", None, ["part-1.txt"]),
        (parts(TEXT.replace("\r\n\r\n", "\r\nContent-Disposition: attachment\r\n\r\n")), None, None, ["part-1.txt"]),
        (parts("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx"), None, None, ["part-1.eml"]),
        (parts('Content-Type: image/png; name="=?utf-8?q?Gr=C3=BCn.png?="\r\n\r\nx'), None, None, ["Grün.png"]),
        (parts("Content-Type: image/png\r\nContent-Disposition: inline; filename*=utf-8''%E2%82%AC.png\r\n\r\nx"), None, None, ["€.png"]),
        (parts("Content-Type: image/png\r\nContent-Disposition: inline; filename*0=a; filename*1=b.png\r\n\r\nx"), None, None, ["ab.png"]),
        (parts("Content-Type: image/png\r\nContent-Disposition: attachment; filename*=nonsense''%ff\r\n\r\nx"), None, None, None),
    ],
)  # fmt: skip
def test_parts_are_sorted(raw: bytes, text: str | None, html: str | None, names: list[str] | None) -> None:
    """The first text, the first HTML, and the rest as files with names."""
    found = opened(raw)
    assert found.text == text
    assert found.html == html
    assert names is None or [file.name for file in found.files] == names
    assert [file.number for file in found.files] == list(range(1, len(found.files) + 1))


def test_a_mail_in_a_mail_is_one_file() -> None:
    """It is kept whole, its own parts are not taken for those of the outer mail."""
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("secret")
    outer = EmailMessage()
    outer["From"] = "a@mail.example"
    outer.set_content("outer")
    outer.add_attachment(inner)
    found = opened(outer.as_bytes())
    assert found.text == "outer\n"
    (file,) = found.files
    assert file.content_type == "message/rfc822"
    assert b"secret" in file.content


@pytest.mark.parametrize(
    ("charset", "encoding", "body", "text"),
    [
        ("iso-8859-1", "8bit", "é".encode("latin-1"), "é"),
        ("utf-8", "base64", b"w6k=", "é"),
        ("utf-8", "quoted-printable", b"=C3=A9", "é"),
        ("utf-8", "base64", b"not base64 at all!", None),
        ("nonsense", "8bit", b"\xff", "\ufffd"),
        ("utf-8\x00", "8bit", b"x", "x"),
        ("idna", "8bit", b"\xff", None),
        ("utf-16", "8bit", b"\x00", None),
        ("unicode_escape", "8bit", b"\\x41", None),
        ("hex", "8bit", b"zz", None),
        ("utf-8", "x-uuencode", b"begin 644 x\n!!!\nend", None),
        ("utf-8", "nonsense", b"x", "x"),
        ("utf-7", "8bit", b"+2AA-", "?"),
    ],
)
def test_text_is_read_by_its_charset(charset: str, encoding: str, body: bytes, text: str | None) -> None:
    """As far as it can be read; nothing raises."""
    head = f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    found = opened(head.encode() + body).text
    assert found is not None
    assert text is None or found == text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"\x00\xff\xfe",
        b"From: <<<\r\nTo: a@\r\n\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\nx",
        b"Content-Type: ;;;=\r\nContent-Disposition: ;=;\r\n\r\nx",
        b"Content-Type: text/plain; charset*0*=x\r\n\r\nx",
        b"Subject: =?utf-8?b?####?= =?nonsense?q?x?= =?utf-8?q?=ff?=\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: y\r\n",
        b"Content-Type: message/external-body; access-type=URL; URL=\"http://x/\"\r\n\r\n\r\n",
    ],
)  # fmt: skip
def test_a_broken_mail_is_opened_as_far_as_it_goes(raw: bytes) -> None:
    """Whatever SES took can be looked at."""
    found = opened(raw)
    assert all(isinstance(field.decoded, str) for field in found.fields)
    assert all(isinstance(file.content, bytes) for file in found.files)


PIECES = [
    b"\r\n", b"\r\n\r\n", b"Content-Type: ", b"multipart/mixed; boundary=b", b"--b", b"--b--", b"text/html", b"text/plain",
    b"message/rfc822", b"; charset=", b"utf-8", b"idna", b"unicode_escape", b"punycode", b"\xff\xfe", b"\x00", b"From: a@b.example", b"=?utf-8?q?",
    b"=?utf-7?b?", b"?=", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode", b"====", b"=C3",
    b"Content-Disposition: attachment; filename", b"*0*=", b"*=utf-8''%", b"=\"", b";", b"Content-ID: <x>", b"x" * 100, b" ", b"\xed\xa0\x80",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
def test_nothing_in_a_mail_stops_a_page(raw: bytes) -> None:
    """Whatever its pieces are, a mail is opened, and its words and names are text that a page can be made of."""
    found = opened(raw)
    for words in (
        found.text,
        found.html,
        *(file.name for file in found.files),
        *(one.decoded for one in found.fields),
    ):
        assert words is None or isinstance(safe(words).encode(), bytes)
    assert all(file.size == len(file.content) for file in found.files)


def test_huge_mails_are_bounded() -> None:
    """Lines, parts, depth, fields and characters: what is not shown is told, and the source stays whole."""
    cases = [
        (b"From: a@mail.example\r\n\r\n" + b"\n" * message.MAXIMUM_WORK, "too many to be opened"),
        (b"From: a@mail.example\r\n" + nested(5000), "too many to be opened"),
        (b"From: a@mail.example\r\n" + nested(140) + b"\n" * 50_000, "too many to be opened"),
        (parts(*[FILE] * (message.MAXIMUM_PARTS + 1)), "first 300 of its 301 parts"),
        (b"From: a@mail.example\r\n\r\n" + b"x" * (message.MAXIMUM_TEXT + 1), "first 500,000 of 500,001"),
    ]
    for raw, note in cases:
        found = opened(raw)
        assert any(note in words for words in found.notes), note
        assert found.fields[0].name == "From"
        assert len(found.files) <= message.MAXIMUM_PARTS
        assert len(found.text or "") <= message.MAXIMUM_TEXT
    many = opened(b"X: y\r\n" * 5000 + b"\r\n")
    assert len(many.fields) == headers.MAXIMUM_FIELDS


@pytest.mark.parametrize(("depth", "text"), [(1, "the text"), (20, "the text"), (1000, None)])
def test_parts_in_parts_are_opened(depth: int, text: str | None) -> None:
    """Deeper than any mail program makes them; where Python's parser gives up the header fields are there."""
    found = opened(b"From: a@mail.example\r\n" + nested(depth) + TEXT.encode())
    assert found.fields[0].name == "From"
    assert found.text == text
    assert bool(found.notes) == (text is None)


def test_long_names_keep_their_ending() -> None:
    """What a file is stays to be seen."""
    (file,) = opened(parts(FILE.replace("a.pdf", "a" * 5000 + ".exe"))).files
    assert len(file.name) == message.MAXIMUM_NAME
    assert file.name.endswith(".exe")


def test_header_fields_are_all_there_in_their_order() -> None:
    """Twice is twice; folded ones are one line; encoded words and raw UTF-8 are read."""
    raw = (
        "Received: one\r\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@mail.example>\r\nReceived: two\r\n"
        "Subject: a very\r\n long one\r\nX-Raw: Grüße\r\nContent-Type: text/plain\r\n\r\nx"
    ).encode()
    found = [(field.name, field.decoded) for field in opened(raw).fields]
    assert found == [
        ("Received", "one"),
        ("From", "Jürgen <j@mail.example>"),
        ("Received", "two"),
        ("Subject", "a very long one"),
        ("X-Raw", "Grüße"),
        ("Content-Type", "text/plain"),
    ]
    assert opened(raw).fields[1].value == "=?utf-8?q?J=C3=BCrgen?= <j@mail.example>"


@pytest.mark.parametrize(
    "value", ["=?a?q?" * 40_000, "=?utf-8?q?a?= " * 15_000, "(" * 100_000, "a" * 200_000]
)
def test_hostile_header_values_are_shown_as_they_are(value: str) -> None:
    """No decoding that takes longer the longer they are; they are cut."""
    (field,) = headers.fields(message_from_bytes(b"X: " + value.encode() + b"\r\n\r\n"))
    assert len(field.decoded) <= headers.MAXIMUM_VALUE
    assert value.startswith(field.decoded[:1000])


def test_a_dkim_signature_is_readable() -> None:
    """Its tags by their meaning, the folding taken out, its time as a time, and where its key is."""
    found = headers.signature(
        "v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;\r\n s=abc; d=mail.example; t=1795781823;"
        " h=From:To: Subject; bh=g3zL\r\n YH4x=; b=Zr8k Rw==; zz=odd"
    )
    assert found.key_at == "abc._domainkey.mail.example"
    rows = {tag: (meaning, value) for tag, meaning, value in found.tags}
    assert rows["h"] == ("Signed headers", "From, To, Subject")
    assert rows["b"] == ("Signature", "Zr8kRw==")
    assert rows["bh"] == ("Body hash", "g3zLYH4x=")
    assert rows["t"] == ("Signed at", "1795781823 (2026-11-27 12:17:03 UTC)")
    assert rows["zz"] == ("", "odd")


@pytest.mark.parametrize("value", ["", ";;;", "=", "d=x", "s=;d=", "t=²; t=99999999999999999999; t=-1"])
def test_a_broken_dkim_signature_is_shown(value: str) -> None:
    """As far as it has parts; no place is named where there is no key."""
    assert headers.signature(value).key_at == ""
