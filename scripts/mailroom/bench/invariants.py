"""What must hold for every message whatsoever."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message as Parsed
from io import BytesIO

from lambda_src.inbound import markup
from lambda_src.inbound.message import Message, open_message
from lambda_src.inbound.mime.headers import Headers
from mailroom.bench import road
from mailroom.inbound.explain import DEFAULTS, explain_stream, to_json

MARKER = road.RULES.marker
REQUIRED = frozenset(
    ("from", "to", "subject", "auto-submitted", "x-mailroom-loop", "mime-version", "content-type")
)
ALLOWED = REQUIRED | {"reply-to", "date", "in-reply-to", "references", "content-transfer-encoding"}
OTHER_STEP = 13  # bytes at a time, the second time


class Broken(Exception):
    """A promise was broken, with the message that broke it."""

    def __init__(self, words: str, raw: bytes) -> None:
        super().__init__(words)
        self.raw = raw


@dataclass
class _Box:
    """A sink that keeps everything."""

    content: bytearray = field(default_factory=bytearray)
    closed: bool = False

    def write(self, data: bytes) -> None:
        self.content += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.content.clear()


def check(raw: bytes) -> None:
    """Raises Broken when the message breaks a promise, or an exception comes out of anything."""
    try:
        for promise in (_files_are_what_was_hashed, _steps_do_not_matter, _sent_on_clean, _explained):
            promise(raw)
    except Exception as problem:
        raise Broken(f"{type(problem).__name__}: {problem}", raw) from problem


def _hold(promise: bool, words: str) -> None:
    if not promise:
        raise ValueError(words)


def _files_are_what_was_hashed(raw: bytes) -> None:
    boxes: dict[int, _Box] = {}
    message = _opened(BytesIO(raw).read, boxes)
    numbers = [file.number for file in message.attachments]
    _hold(numbers == list(range(1, len(numbers) + 1)), "numbers")
    for file in message.attachments:
        if not file.opened:
            content = boxes[file.number].content if file.content is None else file.content
            _hold(len(content) == file.size, "size")
            _hold(hashlib.sha256(content).hexdigest() == file.sha256, "sha256")
    _hold(boxes.keys() == {file.number for file in message.linked}, "sinks")
    _hold(all(box.closed for box in boxes.values()), "a sink was left open")


def _steps_do_not_matter(raw: bytes) -> None:
    stream = BytesIO(raw)
    once, again = _opened(BytesIO(raw).read, {}), _opened(lambda size: stream.read(min(size, OTHER_STEP)), {})
    _hold(once.attachments == again.attachments, "attachments depend on how the message is read")
    _hold(once.bodies == again.bodies, "bodies depend on how the message is read")
    _hold(set(once.defects) == set(again.defects), "defects depend on how the message is read")


def _sent_on_clean(raw: bytes) -> None:
    done = road.through(raw)
    _hold((done.bodies.text or "").count(MARKER) < 2, "a list is left in the text")
    _hold(markup.seen_text(done.bodies.html or "").count(MARKER) < 2, "a list is left in the HTML")
    _hold(done.sent.isascii(), "not ASCII")
    _hold(b"\n" not in done.sent.replace(b"\r\n", b""), "line ends")
    _hold(max(map(len, done.sent.split(b"\r\n"))) <= 998, "a line is too long")
    names = [name.lower() for name in message_from_bytes(done.sent)]
    _hold(set(names) <= ALLOWED, f"headers {set(names) - ALLOWED}")
    _hold(set(names) >= REQUIRED, f"headers missing: {REQUIRED - set(names)}")
    _hold(len(names) == len(set(names)), "a header twice")
    parts = [
        part
        for part in message_from_bytes(done.sent, policy=policy.default).walk()
        if not part.is_multipart()
    ]
    digests = {hashlib.sha256(_content(part)).hexdigest() for part in parts}
    _hold({file.sha256 for file in done.message.kept} <= digests, "a kept file is not in the mail")


def _explained(raw: bytes) -> None:
    answer = explain_stream("x", BytesIO(raw).read, len(raw), DEFAULTS, road.UNTIL)
    _hold(json.loads(to_json(answer))["outcome"] in ("send", "notice", "junk", "drop"), "outcome")


def _opened(read: Callable[[int], bytes], boxes: dict[int, _Box]) -> Message:
    def sink_for(number: int, _: Headers) -> _Box:
        return boxes.setdefault(number, _Box())

    return open_message(read, sink_for, keep=road.RULES.keep, marker=MARKER)


def _content(part: Parsed) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
