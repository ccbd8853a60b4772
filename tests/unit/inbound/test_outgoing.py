"""The mail that is sent on: its bodies, its links, its headers."""

import io
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound import bodies, outgoing
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.message import Attachment, Counted, Message, open_message
from lambda_src.inbound.mime.headers import Headers
from lambda_src.shared.addresses import is_address

M = ":Email_Rxers_Code:"
UNTIL = 1_795_700_000
FILE = Attachment(1, 'a <b> & "c".pdf', "application/pdf", 1_234_567, "0" * 64, False)


def read(raw: str) -> Message:
    return open_message(io.BytesIO(raw.encode()).read, lambda number, headers: Counted())


def sent(raw: str, found: Bodies, to: str = "a@x.example") -> EmailMessage:
    data = outgoing.build(read(raw).headers, "mailroom@out.example", [to], found)
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    return message_from_bytes(data, policy=policy.default)  # type: ignore[return-value]


def mixed(*parts: str, kind: str = "mixed") -> str:
    return (
        f"Content-Type: multipart/{kind}; boundary=B\n\n" + "".join(f"--B\n{p}\n" for p in parts) + "--B--\n"
    )


PLAIN, HTML = "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>page</p>"
SHAPES = [
    ("text stays text", "\nplain", "plain", None),
    ("HTML stays HTML", HTML, None, "<p>page</p>"),
    ("alternatives", mixed(PLAIN, HTML, kind="alternative"), "plain", "<p>page</p>"),
    ("two texts", mixed(PLAIN, "\nmore"), "plain\nmore", None),
    ("nothing to read", "Content-Type: image/png\n\nx", None, None),
    (
        "escaped",
        mixed(HTML, "\n<script>"),
        "<script>",
        '<p>page</p><pre style="white-space:pre-wrap">&lt;script&gt;</pre>',
    ),
    ("list cut", f"\na {M}x@y.example{M} b", "a  b", None),
]


@pytest.mark.parametrize(
    ("raw", "text", "html"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_bodies(raw: str, text: str | None, html: str | None) -> None:
    """Each body goes on in its own form, and text beside the HTML is seen in it too."""
    assert bodies.without_list(read(raw), M) == Bodies(text, html)


def test_links_say_what_was_taken_out() -> None:
    """Both bodies name each file, its size, its type, until when, and its link; what we add is escaped."""
    found = bodies.with_links(
        Bodies("text\n", "<html><body>page</body></html>"), [FILE], ["https://l/t"], UNTIL
    )
    assert found.text == (
        "text\n\n1 attachment was taken out of this mail and can be fetched until 26 November 2026, 13:33 UTC:\n"
        '\na <b> & "c".pdf (1.2 MB, application/pdf)\nhttps://l/t\n'
    )
    assert found.html is not None
    assert "a &lt;b&gt; &amp; &quot;c&quot;.pdf</a> (1.2 MB, application/pdf)" in found.html
    assert found.html.startswith("<html><body>page\n<div>")
    assert found.html.endswith("</div>\n</body></html>")


def test_no_attachment_no_words() -> None:
    """A mail without attachments is sent on as it was."""
    assert bodies.with_links(Bodies("a", "b"), [], [], UNTIL) == Bodies("a", "b")


ENDS = [
    ("<html><body>x</body></html>", "<html><body>x+</body></html>"),
    ("<body>x</BODY >", "<body>x+</BODY >"),
    ("a</body>b</body>", "a</body>b+</body>"),
    ("<html>x</html>", "<html>x+</html>"),
    ("<p>x", "<p>x+"),
    ("\u0130</body>", "\u0130+</body>"),
    ("a</body></html><!-- </body> -->", "a+</body></html><!-- </body> -->"),
    ('a<script>"</body>"</script>', 'a<script>"</body>"</script>+'),
    ('a<p title="</body>">b', 'a<p title="</body>">b+'),
    ("a<textarea></body></textarea>b", "a<textarea></body></textarea>b+"),
    ('a<!-- "b', 'a+<!-- "b'),
    ("a</body><!-- b", "a+</body><!-- b"),
    ('a<a href="http://x.example/', 'a+<a href="http://x.example/'),
    ('a<a href="x>', 'a+<a href="x>'),
    ("a<plaintext>b</plaintext></body>", "a+<plaintext>b</plaintext></body>"),
    *(
        (f"a<{name}>b</body>", f"a+<{name}>b</body>")
        for name in ("style", "title", "xmp", "select", "TextArea")
    ),
    ("a<styles>b", "a<styles>b+"),
    ("a <", "a <+"),
]


@pytest.mark.parametrize(("source", "expected"), ENDS)
def test_links_go_to_the_end_of_the_page(source: str, expected: str) -> None:
    """Links stand before the last real </body>, else before </html>, else behind all that does not hide them."""
    assert bodies.insert_at_end(source, "+") == expected


HEADERS = """From: =?utf-8?q?Pump_=C3=84?= <pump@s.example>
To: secret@in.example
Cc: other@x.example
Subject: =?utf-8?q?F=C3=BCllstand?= 7
Date: Tue, 24 Nov 2026 10:00:00 +0100
Message-ID: <orig@x>
In-Reply-To: <r1@x>
References: <r0@x>\n <r1@x>
DKIM-Signature: v=1; a=b
Return-Path: <pump@s.example>
Received: from a by b
Bcc: hidden@x.example
List-Unsubscribe: <https://x>
Disposition-Notification-To: pump@s.example

body
"""


def test_headers_from_an_allowlist() -> None:
    """Who, what, when and the thread are kept; nothing else of the incoming headers goes on."""
    mail = sent(HEADERS, Bodies("body", None))
    assert mail["From"].addresses[0].addr_spec == "mailroom@out.example"
    assert mail["From"].addresses[0].display_name == "Pump Ä via Mailroom"
    assert mail["Reply-To"].addresses[0].addr_spec == "pump@s.example"
    assert mail["Subject"] == "Füllstand 7"
    assert mail["Date"] == "Tue, 24 Nov 2026 10:00:00 +0100"
    assert mail["In-Reply-To"] == "<r1@x>"
    assert mail["References"] == "<r0@x> <r1@x>"
    assert mail["Auto-Submitted"] == "auto-forwarded"
    assert mail["X-Mailroom-Loop"] == "1"
    assert set(map(str.lower, mail.keys())) == {
        *("from", "to", "reply-to", "subject", "date", "in-reply-to", "references", "auto-submitted"),
        *("x-mailroom-loop", "mime-version", "content-type", "content-transfer-encoding"),
    }


# An encoded word within an encoded word, with a line break and a header in it.
TWICE = "=?utf-8?b?PT91dGYtOD9xP2E9MEQ9MEFCY2M6X3hAeS5leGFtcGxlPz0=?="
ODD_HEADERS = [
    "",
    "From: \n",
    "From: nonsense\nDate: yesterday\nSubject:\n",
    "From: <a@b.example>, <c@d.example>\nReply-To: x\n",
    'From: "a\r\n b" <a@b.example>\n',
    "From: =?utf-8?q?a=0D=0ABcc:_x@y.example?= <a@b.example>\n",
    "Subject: =?utf-8?q?a=0D=0ABcc:_x@y.example?=\n",
    f"Subject: {TWICE}\n",
    f"From: {TWICE} <a@b.example>\n",
    f"Reply-To: {TWICE} <a@b.example>\n",
    "From: =?utf-8?q?a?=@b.example\n",
    "From: =?utf-8?q?=C3?=@b.example\n",
    "Subject: " + "long " * 500 + "\n",
    "References: " + "<a@b> " * 500 + "\n",
    "In-Reply-To: no id at all\n",
    "Date: Tue, 99 Nov 2026 99:00:00 +9999\n",
    'From: "=?utf-8?q?=22x=22?=" <a@b.example>\n',
]


@pytest.mark.parametrize("headers", ODD_HEADERS)
def test_odd_headers_do_no_harm(headers: str) -> None:
    """Missing, broken and hostile headers give a mail that can be sent, with no header of theirs in it."""
    mail = sent(headers + "X: y\n\nbody\n", Bodies("body", None))
    assert mail["Bcc"] is None
    assert not any("\n" in str(value) for value in mail.values())
    assert mail["To"] == "a@x.example"
    assert mail.get_content() == "body"


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_no_header_can_stop_us(name: bytes, subject: bytes, thread: bytes) -> None:
    """Whatever the bytes of a header, the mail is built, on the headers that we know."""
    fields = [
        ("from", name + b"<a@b.example>"),
        ("subject", subject),
        ("references", thread),
        ("date", thread),
    ]
    data = outgoing.build(Headers(fields), "mailroom@out.example", ["a@x.example"], Bodies("x", None))
    known = {"from", "to", "reply-to", "subject", "date", "references", "auto-submitted", "x-mailroom-loop"}
    mime = {"mime-version", "content-type", "content-transfer-encoding"}
    assert set(map(str.lower, message_from_bytes(data).keys())) <= known | mime


@given(st.text(alphabet="a=?qB_.+-'{0", min_size=1, max_size=30))
def test_any_address_can_be_written_to(local: str) -> None:
    """Whatever address counts as one stands in To and Reply-To as it is."""
    address = local + "@b.example"
    if is_address(address):
        mail = sent(f"From: {address}\n\n", Bodies("x", None), to=address)
        assert mail["To"] == mail["Reply-To"] == address


TEXTS = [
    "plain",
    "",
    "ä ü 中文 😀",
    "x" * 5000,
    "From here\n.\n",
    "tail \t\n",
    "\ud800 lone",
    "=3D =\n",
    "a\n" * 3000,
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_out_as_it_went_in(text: str) -> None:
    """Any text survives the way through the mail, alone and beside HTML."""
    expected = text.encode("utf-8", "replace").decode()
    assert sent("X: y\n\n", Bodies(text, None)).get_content().replace("\r\n", "\n") == expected
    both = sent("X: y\n\n", Bodies(text, "<p>" + text))
    plain, html = [part.get_content().replace("\r\n", "\n") for part in both.iter_parts()]
    assert (plain, html) == (expected, "<p>" + expected)
