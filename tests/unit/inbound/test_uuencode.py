"""Files that stand uuencoded in a text."""

import binascii
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound.message import Counted, open_message
from lambda_src.inbound.mime.uuencode import take_out

CAT = b"begin 644 cat.txt\n#0V%T\n`\nend\n"
FILE = (b"cat.txt", b"Cat")

FOUND = [
    ("alone", CAT, b"", [FILE]),
    ("with text around it", b"one\n" + CAT + b"two\n", b"one\ntwo\n", [FILE]),
    ("two of them", CAT + b"between\n" + CAT, b"between\n", [FILE, FILE]),
    ("CRLF", b"one\r\n" + CAT.replace(b"\n", b"\r\n") + b"two", b"one\r\ntwo", [FILE]),
    ("CR", b"one\r" + CAT.replace(b"\n", b"\r") + b"two", b"one\rtwo", [FILE]),
    ("no line end behind it", CAT[:-1], b"", [FILE]),
    ("blanks for zeros", b"begin 644 z\n#    \n \nend\n", b"", [(b"z", b"\0\0\0")]),
    ("no last line before the end", b"begin 644 cat.txt\n#0V%T\nend\n", b"", [FILE]),
    ("a check character on each line", b"begin 644 cat.txt\n#0V%TX\n`\nend\n", b"", [FILE]),
    ("an empty file", b"begin 600 none\n`\nend\n", b"", [(b"none", b"")]),
    ("a name with blanks", CAT.replace(b"cat.txt", b"my cat.txt"), b"", [(b"my cat.txt", b"Cat")]),
    ("four digits", CAT.replace(b"644", b"0644"), b"", [FILE]),
]


@pytest.mark.parametrize(
    ("text", "left", "files"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND]
)
def test_files_are_taken_out(text: bytes, left: bytes, files: list[tuple[bytes, bytes]]) -> None:
    """A whole file is decoded, and its lines leave the text."""
    assert take_out(text, 9) == (left, files)


TEXTS = [
    b"begin 644 is how uuencode starts\nend\n",
    b"begin 644 is how uuencode starts\n\nend\n",
    b"begin 644 cat.txt\nand so on\nend\n",
    b"begin 644 cat.txt\n#0V%T\n`\n",
    b"begin 644 cat.txt\n",
    b"begin the day\n#0V%T\n`\nend\n",
    b"begin 999 cat.txt\n#0V%T\n`\nend\n",
    b"begin 644 \n#0V%T\n`\nend\n",
    b"we begin 644 cat.txt\n#0V%T\n`\nend\n",
    b"begin 644 loud\nTHIS IS NO FILE\nend\n",
    b"begin 644 cat.txt\n#0V%T\n\n`\nendless\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text(text: bytes) -> None:
    """What only begins like a file, or is not as long as its lines say, stays as it is."""
    assert take_out(text, 9) == (text, [])


def test_only_so_many() -> None:
    """Files beyond the bound stay in the text."""
    assert take_out(CAT * 3, 2) == (CAT, [FILE, FILE])


@given(content=st.binary(max_size=300), line_end=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_there_and_back(content: bytes, line_end: bytes) -> None:
    """What stdlib encodes comes back equal, whatever it is."""
    lines = [binascii.b2a_uu(content[at : at + 45]).rstrip(b"\n") for at in range(0, len(content), 45)]
    text = line_end.join([b"before", b"begin 644 x", *lines, b"`", b"end", b"after"])
    assert take_out(text, 1) == (b"before" + line_end + b"after", [(b"x", content)])


def test_in_a_message() -> None:
    """The file is an attachment with a safe name; the text is read without it, and HTML is left alone."""
    raw = b"Content-Type: text/plain\n\nHello\n" + CAT.replace(b"cat.txt", b"../cat.txt")
    message = open_message(io.BytesIO(raw).read, lambda number, headers: Counted())
    assert [body.text for body in message.bodies] == ["Hello\n"]
    assert [(file.name, file.size, file.inline) for file in message.attachments] == [("cat.txt", 3, False)]
    assert not open_message(
        io.BytesIO(raw.replace(b"plain", b"html")).read, lambda number, headers: Counted()
    ).attachments
