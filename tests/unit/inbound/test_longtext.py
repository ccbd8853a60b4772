"""Lists in named texts and in texts too long to be bodies: found, and shown to nobody."""

import hashlib
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound import bodies, recipients
from lambda_src.inbound.decide import Rules, decide
from lambda_src.inbound.longtext import MOST_HELD, NOTE, without_pairs
from lambda_src.inbound.message import TEXT_PART_BYTES, Counted, Message, open_message

M = ":Email_Rxers_Code:"
LIST = f"{M}ann@a.example, bob@b.example{M}"
PEOPLE = ("ann@a.example", "bob@b.example")
LONG = "reading,12,21.4\n" * (TEXT_PART_BYTES // 16 + 9000)


class Box(Counted):
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, data: bytes) -> None:
        self.content += data


def opened(raw: bytes) -> tuple[Message, Box]:
    """The message, and all that went to sinks."""
    box = Box()
    return open_message(io.BytesIO(raw).read, lambda number, headers: box, marker=M), box


def reason(raw: bytes) -> str:
    return decide(opened(raw)[0], len(raw), Rules())[0].reason


def mixed(*parts: str) -> bytes:
    inside = "".join(f"--B\n{part}\n" for part in parts)
    return f"Content-Type: multipart/mixed; boundary=B\n\n{inside}--B--\n".encode()


NAMED = "Content-Type: text/plain; name=a.txt\n"
NAMED_TEXTS = [
    ("inline", f"{NAMED}Content-Disposition: inline\n\n{LIST}hi", PEOPLE),
    ("no disposition", f"{NAMED}\n{LIST}hi", PEOPLE),
    ("HTML", f"Content-Type: text/html; name=a.html\n\n<p>{M}<i>ann@a.example</i>{M}hi", PEOPLE[:1]),
    ("marked as attachment", f"{NAMED}Content-Disposition: attachment\n\n{LIST}hi", None),
    ("one marker", f"{NAMED}\n{M}hi", None),
    ("no list", f"{NAMED}\nhi", None),
    ("empty", f"{NAMED}\n", None),
]


@pytest.mark.parametrize(
    ("part", "people"), [case[1:] for case in NAMED_TEXTS], ids=[case[0] for case in NAMED_TEXTS]
)
def test_named_texts(part: str, people: tuple[str, ...] | None) -> None:
    """A text with a name, not marked as an attachment, is a body where a list is in it; else a file as it was."""
    message, box = opened(mixed(part))
    if people:
        assert recipients.read(message.bodies, M).valid == people
        assert message.attachments == []
        return
    assert message.bodies == []
    assert box.content.decode() == part.partition("\n\n")[2]
    assert message.attachments[0].sha256 == hashlib.sha256(box.content).hexdigest()


PLAIN = "Content-Type: text/plain\n\n"
LONG_TEXTS = [
    ("at the beginning", PLAIN, LIST + LONG, LONG),
    ("in the middle, twice", PLAIN, f"x\n{LIST}\n{LIST}{LONG}", f"x\n\n{LONG}"),
    ("and behind what is read", PLAIN, LIST + LONG + LIST, LONG),
    ("a marker alone", PLAIN, LIST + LONG + M + LONG, LONG + LONG),
    ("one long line", PLAIN, f"x\n{LIST}" + "äöü " * 300_000, "x\n" + "äöü " * 300_000),
    ("HTML", "Content-Type: text/html\n\n", f"<p>{LIST}</p>{LONG}", f"<p></p>{LONG}"),
]


@pytest.mark.parametrize(
    ("head", "text", "left"), [case[1:] for case in LONG_TEXTS], ids=[case[0] for case in LONG_TEXTS]
)
def test_long_texts_with_a_list(head: str, text: str, left: str) -> None:
    """A long text is sent to its list: a file without lists and markers, and a body that says so."""
    raw = (head + text).encode()
    message, box = opened(raw)
    decision, people = decide(message, len(raw), Rules())
    assert (decision.outcome, people.valid) == ("send", PEOPLE)
    # No == on megabytes: pytest would compare them line by line.
    same = box.content.decode() == left
    assert same
    [file] = message.attachments
    assert (file.size, file.sha256) == (len(left.encode()), hashlib.sha256(left.encode()).hexdigest())
    plain = bodies.without_list(message, M)
    shown = plain.text or plain.html or ""
    assert NOTE in shown
    assert "@" not in shown
    assert M not in shown


CHARSETS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1", "utf-7", "no"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_long_texts_in_other_charsets(charset: str) -> None:
    """The list is cut in the bytes of its charset."""
    code = "utf-8" if charset == "no" else charset
    text = f"Grüße {LIST}" + LONG
    message, box = opened(f"Content-Type: text/plain; charset={charset}\n\n".encode() + text.encode(code))
    assert recipients.read(message.bodies, M).valid == PEOPLE
    assert not message.uncut
    same = box.content.decode(code) == "Grüße " + LONG
    assert same


LONG_LISTLESS = [
    (mixed(f"\n{LONG}"), "long_text"),
    (mixed(f"\n{LONG}{LIST}"), "long_text"),
    (mixed(f"\n{LONG}", f"\n{LIST}"), ""),
]


@pytest.mark.parametrize(("raw", "expected"), LONG_LISTLESS, ids=["none", "behind", "elsewhere"])
def test_long_texts_without_a_list(raw: bytes, expected: str) -> None:
    """A long text without a list in what is read of it is told, unless another text has the list."""
    assert reason(raw) == expected


@pytest.mark.parametrize("marker", [":Email_<b>Rxers</b>_Code:", ":Email_\u200bRxers_Code:"])
def test_markers_that_cannot_be_cut(marker: str) -> None:
    """A long page with a marker that stands there in pieces is not sent on: it would show its list."""
    page = f"Content-Type: text/html; charset=utf-8\n\n{marker}ann@a.example{M}{LONG}"
    assert reason(mixed(page, f"\n{LIST}")) == "long_text"


def test_a_list_across_what_is_read() -> None:
    """A list that begins in what is read and ends behind it is in no file."""
    _, box = opened(mixed(f"\n{LIST}", f"\n{LONG[: TEXT_PART_BYTES - 30]}{LIST}{LONG}"))
    assert b"reading" in box.content
    assert b"@" not in box.content


def _cut(data: bytes, step: int) -> bytes:
    return b"".join(without_pairs((data[at : at + step] for at in range(0, len(data), step)), b"::"))


PIECES = st.lists(st.sampled_from([b":", b"::", b"a", b"b\n"])).map(b"".join)


@given(data=PIECES, step=st.integers(1, 5))
def test_pairs_are_cut_whatever_the_steps(data: bytes, step: int) -> None:
    """What stands outside the pairs is left; a mark alone goes and nothing else."""
    pieces = data.split(b"::")
    alone = pieces[-1:] if len(pieces) % 2 == 0 else []
    assert _cut(data, step) == b"".join([*pieces[::2], *alone])


def test_a_partner_too_far_away() -> None:
    """What is held between two marks has a bound; behind it the text goes on."""
    far = b"x" * (MOST_HELD + 10_000)
    same = _cut(b"a::" + far + b"::c::d", 1000) == b"a" + far + b"d"
    assert same


def _peak(megabytes: int) -> int:
    def blocks() -> Iterator[bytes]:
        yield f"Content-Type: text/plain\n\n{LIST}{M}".encode()
        for _ in range(megabytes * 16):
            yield b"reading,12,21.4\n" * 4096

    stream = blocks()
    tracemalloc.start()
    try:
        open_message(lambda size: next(stream, b""), lambda number, headers: Counted(), marker=M)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_follow_the_text() -> None:
    """The peak of memory is the same for a long text of 4 MB and of 20 MB, with a marker left open in it."""
    _peak(4)
    assert _peak(20) <= _peak(4) + 100_000
