"""Files that stay in the mail, and pictures of the page that do or do not."""

import hashlib
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound import bodies, markup, outgoing
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.message import Attachment
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.names import safe_name


def file(name: str = "a.pdf", content_type: str = "application/pdf", **more: object) -> Attachment:
    content = more.pop("content", b"\0\1" * 100)
    assert isinstance(content, bytes)
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(
        1, name, content_type, len(content), digest, **{"inline": False, "content": content, **more}
    )  # type: ignore[arg-type]


def picture(**more: object) -> Attachment:
    return file("a.png", "image/png", inline=True, content_id="a@x", **more)


def sent(found: Bodies, *kept: Attachment) -> EmailMessage:
    data = outgoing.build(Headers([]), "mailroom@out.example", ["a@x.example"], found, kept)
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    return message_from_bytes(data, policy=policy.default)  # type: ignore[return-value]


def shape(mail: EmailMessage) -> object:
    """The types, as a tree."""
    if not mail.is_multipart():
        return mail.get_content_type()
    return {mail.get_content_subtype(): [shape(part) for part in mail.iter_parts()]}  # type: ignore[arg-type]


SHOWN = '<img src="cid:a@x">'
SHAPES = [
    ("text alone", Bodies("t", None), [], "text/plain"),
    ("HTML alone", Bodies(None, "h"), [], "text/html"),
    ("both", Bodies("t", "h"), [], {"alternative": ["text/plain", "text/html"]}),
    ("nothing at all", Bodies(None, None), [], "text/plain"),
    ("a file", Bodies("t", None), [file()], {"mixed": ["text/plain", "application/pdf"]}),
    ("a picture of the page", Bodies(None, SHOWN), [picture()], {"related": ["text/html", "image/png"]}),
    (
        "a picture that is not on the page",
        Bodies(None, "h"),
        [picture()],
        {"mixed": ["text/html", "image/png"]},
    ),
    ("a picture and no page", Bodies("t", None), [picture()], {"mixed": ["text/plain", "image/png"]}),
    (
        "everything",
        Bodies("t", SHOWN),
        [picture(), file()],
        {
            "mixed": [
                {"alternative": ["text/plain", {"related": ["text/html", "image/png"]}]},
                "application/pdf",
            ]
        },
    ),
]


@pytest.mark.parametrize(
    ("found", "kept", "tree"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_shapes(found: Bodies, kept: list[Attachment], tree: object) -> None:
    """Pictures that the page shows stand beside it, other files below the text."""
    assert shape(sent(found, *kept)) == tree


def test_kept_files_come_out_as_they_went_in() -> None:
    """Content, name, disposition and content id of a kept file are what they were."""
    mail = sent(Bodies("t", SHOWN), picture(content=bytes(range(256)) * 9), file("ü 1.pdf"))
    shown, attached = [
        part for part in mail.walk() if part.get_content_maintype() in ("image", "application")
    ]
    assert shown.get_payload(decode=True) == bytes(range(256)) * 9
    assert (shown["Content-ID"], shown.get_content_disposition()) == ("<a@x>", "inline")
    assert attached.get_payload(decode=True) == b"\0\1" * 100
    assert (attached.get_filename(), attached.get_content_disposition()) == ("ü 1.pdf", "attachment")


@given(st.text(max_size=200))
def test_any_name(name: str) -> None:
    """Whatever a file is called, its name comes out equal and no header comes out of it."""
    name = safe_name(name) or "x"
    [part] = sent(Bodies("t", None), file(name)).iter_attachments()
    assert (part.get_filename(), len(part.keys())) == (name, 3)


TYPES = [
    ("application/pdf", "application/pdf"),
    ("message/delivery-status", "application/octet-stream"),
    ("multipart/mixed", "application/octet-stream"),
    ("a/b\r\nx: y", "application/octet-stream"),
    ("a(b/c", "application/octet-stream"),
    ("a/b/c", "application/octet-stream"),
]


@pytest.mark.parametrize(("given_type", "expected"), TYPES)
def test_types(given_type: str, expected: str) -> None:
    """A type that is none, or that may not be encoded, is sent on as bytes."""
    assert (
        next(sent(Bodies("t", None), file("a", given_type)).iter_attachments()).get_content_type() == expected
    )


@pytest.mark.parametrize("content_id", ["a b", "a>b", "ä", "x" * 300])
def test_odd_content_ids(content_id: str) -> None:
    """An id that cannot stand in a header is left out, and the picture is a file below the text."""
    mail = sent(
        Bodies(None, f"<img src='cid:{content_id}'>"), file("a.png", "image/png", content_id=content_id)
    )
    assert shape(mail) == {"mixed": ["text/html", "image/png"]}


def test_the_boundary_is_made_of_the_content() -> None:
    """A text cannot hold the boundary that stands around it, and the same mail has the same one."""
    first = outgoing.build(Headers([]), "m@out.example", ["a@x.example"], Bodies("t", "h"))
    again = outgoing.build(Headers([]), "m@out.example", ["a@x.example"], Bodies(first.decode(), "h"))
    assert outgoing.build(Headers([]), "m@out.example", ["a@x.example"], Bodies("t", "h")) == first
    assert len(list(message_from_bytes(again, policy=policy.default).iter_parts())) == 2  # type: ignore[attr-defined]


IMAGES = [
    ('<p><img src="cid:a@x" alt="y"></p>', "<p>[a &lt;1&gt;.png]</p>"),
    ("<IMG\n ALT='y' SRC = 'CID:a%40x' />", "[a &lt;1&gt;.png]"),
    ("<img src=cid:a@x", "[a &lt;1&gt;.png]"),
    ("<img src=cid:a&#64;x><img src=cid:a@x>", "[a &lt;1&gt;.png][a &lt;1&gt;.png]"),
    ('<img src="cid:b@x">', '<img src="cid:b@x">'),
    ('<img src="https://x/cid:a@x">', '<img src="https://x/cid:a@x">'),
    ('<img data-src="cid:a@x">', '<img data-src="cid:a@x">'),
    ('<a href="cid:a@x">x</a>', '<a href="cid:a@x">x</a>'),
    ("<!--[if mso]><img src=cid:a@x><![endif]-->", "<!--[if mso]>[a &lt;1&gt;.png]<![endif]-->"),
    ("<p>cid:a@x", "<p>cid:a@x"),
]


@pytest.mark.parametrize(("page", "expected"), IMAGES)
def test_linked_pictures_are_named(page: str, expected: str) -> None:
    """In the place of a picture that is behind a link stands its name, escaped; nothing else is touched."""
    assert markup.replace_images(page, {"a@x": "[a <1>.png]"}) == expected


def test_only_linked_pictures_are_named() -> None:
    """with_links names the pictures among the files that it gets; others stay on the page."""
    linked = file("big.png", "image/png", content_id="b@x", content=b"")
    found = bodies.with_links(Bodies(None, SHOWN + "<img src=cid:b@x>"), [linked], ["https://l/t"], 0)
    assert found.html is not None
    assert found.html.startswith(SHOWN + "[big.png]\n<div>")
