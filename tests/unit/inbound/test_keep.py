"""What stays in the mail, and what goes to its sink."""

import hashlib
import io

import pytest

from lambda_src.inbound.message import Counted, Keep, Message, open_message
from lambda_src.inbound.mime.headers import Headers

PICTURE = b"Content-Type: image/png\nContent-ID: <a@x>\n\n"
FILE = b"Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\n"
ALL = Keep(files_below=1000, images_below=1000)


def mixed(*parts: bytes) -> bytes:
    inside = b"".join(b"--B\n" + part + b"\n" for part in parts)
    return b"Content-Type: multipart/mixed; boundary=B\n\n" + inside + b"--B--\n"


class Sinks:
    """Remembers which sinks were asked for, and what each got."""

    def __init__(self) -> None:
        self.got: dict[int, bytes] = {}

    def __call__(self, number: int, headers: Headers) -> "Sink":
        self.got[number] = b""
        return Sink(self, number)


class Sink(Counted):
    def __init__(self, sinks: Sinks, number: int) -> None:
        self.sinks, self.number = sinks, number

    def write(self, data: bytes) -> None:
        self.sinks.got[self.number] += data


def read(raw: bytes, keep: Keep) -> tuple[Message, Sinks]:
    sinks = Sinks()
    return open_message(io.BytesIO(raw).read, sinks, keep=keep), sinks


CASES = [
    ("a small inline picture", PICTURE + b"x" * 9, Keep(images_below=10), True),
    ("one as large as the bound", PICTURE + b"x" * 10, Keep(images_below=10), False),
    ("no picture is kept", PICTURE + b"x", Keep(images_below=0), False),
    ("a picture without an id", b"Content-Type: image/png\nContent-Disposition: inline\n\nx", Keep(), True),
    ("an attached picture", b"Content-Type: image/png\nContent-Disposition: attachment\n\nx", Keep(), False),
    ("an inline file that is no picture", b"Content-Type: a/b\nContent-ID: <a>\n\nx", Keep(), False),
    ("a small file", FILE + b"x" * 9, Keep(files_below=10), True),
    ("a file as large as the bound", FILE + b"x" * 10, Keep(files_below=10), False),
    ("files are not kept unless asked", FILE + b"x", Keep(), False),
    ("an empty file", FILE, ALL, True),
    ("a nested message", b"Content-Type: message/rfc822\n\nSubject: x\n\ny", ALL, False),
    ("a file that SES refuses", FILE.replace(b"a.pdf", b"a.pdf.EXE") + b"x", ALL, False),
    ("one that it refuses, hidden by a dot", FILE.replace(b"a.pdf", b"a.js.") + b"x", ALL, False),
    ("no room for it in all", FILE + b"x" * 9, Keep(files_below=1000, total=8), False),
    ("just room for it in all", FILE + b"x" * 9, Keep(files_below=1000, total=9), True),
]


@pytest.mark.parametrize(
    ("part", "keep", "kept"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_kept(part: bytes, keep: Keep, kept: bool) -> None:
    """Small inline pictures and small files stay with their content; all else goes to its sink, and only that."""
    content = part.partition(b"\n\n")[2]
    message, sinks = read(mixed(b"\nhello", part), keep)
    [file] = message.attachments
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert file.content == (content if kept else None)
    assert sinks.got == ({} if kept else {1: content})
    assert (message.kept, message.linked) == (([file], []) if kept else ([], [file]))


def test_numbers_go_over_all() -> None:
    """Kept files have numbers too, and a sink is asked for by the number of its file."""
    message, sinks = read(mixed(FILE + b"x", FILE + b"x" * 20, FILE + b"y"), Keep(files_below=10))
    assert [file.number for file in message.attachments] == [1, 2, 3]
    assert [file.number for file in message.kept] == [1, 3]
    assert sinks.got == {2: b"x" * 20}


def test_all_that_is_kept_has_a_bound() -> None:
    """Files are kept as long as all of them together fit into the total; smaller ones may still fit later."""
    message, _ = read(mixed(*(FILE + b"x" * size for size in (6, 6, 3))), Keep(files_below=10, total=10))
    assert [file.number for file in message.kept] == [1, 3]


def test_content_ids() -> None:
    """A content id is kept without its brackets, for a linked picture too."""
    message, _ = read(mixed(PICTURE + b"x" * 9), Keep(images_below=5))
    assert (message.linked[0].content_id, message.linked[0].inline) == ("a@x", True)


def test_uuencoded_files_are_kept_by_the_same_bound() -> None:
    """A file that stands in the text is kept or goes to its sink by its decoded size."""
    text = b"\nbegin 644 a.bin\n#0V%T\n`\nend\n"
    assert read(text, Keep(files_below=4))[0].kept[0].content == b"Cat"
    assert read(text, Keep(files_below=3))[1].got == {1: b"Cat"}
