"""Files that stand uuencoded in a text: `begin 644 name`, lines, `end` (POSIX uuencode)."""

import re

from lambda_src.inbound.mime.decoders import UU

# No line of a file can be the beginning of another, since it has no small letters: all takes linear time.
_FILE = re.compile(
    rb"begin [0-7]{3,4} ([^\r\n]{1,255})(?:\r\n|\r|\n)"
    rb"((?:[ -`]{0,99}+(?:\r\n|\r|\n))*+)"
    rb"end[ \t]*+(?:\r\n|\r|\n|\Z)"
)
# Some encoders write a check character or blanks at the end of a line.
_MOST_BEHIND = 4


def take_out(text: bytes, most: int) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The text without the files in it, and each file's name and content; at most the first `most` of them.

    A line that only begins like one, without the lines and the end of a file behind it, stays text.
    """
    files: list[tuple[bytes, bytes]] = []
    kept: list[bytes] = []
    copied = 0
    for found in _FILE.finditer(text):
        if len(files) == most:
            break
        start, end = found.span()
        lines = found[2].splitlines()
        # "begin 644 is how it starts" with an "end" right below it is a text about uuencode, and no file.
        at_line = not start or text[start - 1] in b"\r\n"
        if at_line and any(lines) and all(map(_is_data, lines)):
            decoder = UU()
            files.append((found[1].strip(), decoder.feed(found[0]) + decoder.finish()))
            kept.append(text[copied:start])
            copied = end
    return (b"".join([*kept, text[copied:]]) if files else text), files


def _is_data(line: bytes) -> bool:
    """Whether the line is as long as its first character says; an empty one is the last, its blank lost."""
    if not line:
        return True
    size = (line[0] - 32) & 63
    return -(-size * 4 // 3) < len(line) <= (size + 2) // 3 * 4 + 1 + _MOST_BEHIND
