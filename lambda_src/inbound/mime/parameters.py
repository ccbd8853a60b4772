"""Header values with parameters (Content-Type, Content-Disposition): RFC 2045 5.1, RFC 2231, RFC 2047."""

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from lambda_src.inbound.mime import charsets
from lambda_src.inbound.mime.headers import decode_words

# Each alternative is linear on any input: no class may match what ends it.
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*([0-9]{1,4}))?(\*)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


# A part's headers are asked for several times.
@lru_cache(maxsize=8)
def parse(value: str) -> tuple[str, dict[str, str]]:
    """The value before the first ";" in lower case, and the parameters by lower-case name.

    Of a parameter given twice the first counts; one in the extended form of RFC 2231 goes before one
    in the plain form.
    """
    main = re.split(r"[;\s(]", value.strip(), maxsplit=1)[0].lower()
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, raw in _PARAMETER.findall(value):
        section = _SECTION.fullmatch(name.lower())
        if section is None:
            continue
        base, number, extended = section.groups()
        if number is None and not extended:
            plain.setdefault(base, _unquote(raw))
        else:
            sections.setdefault(base, {}).setdefault(int(number or 0), (_unquote(raw), bool(extended)))
    return main, {
        **{k: decode_words(v) for k, v in plain.items()},
        **{k: _join(v) for k, v in sections.items()},
    }


def first_token(value: str) -> str:
    """The value up to white space: a charset or an encoding with a comment behind it."""
    return (value.split() or [""])[0]


def _unquote(raw: str) -> str:
    if not raw.startswith('"'):
        return raw.strip()
    # A path in a file name is written with single backslashes by some senders: keep those before letters.
    inner = raw[1:-1] if len(raw) > 1 and raw.endswith('"') else raw[1:]
    return _ESCAPED.sub(lambda found: found[1] if found[1] in '"\\' else found[0], inner)


def _join(sections: dict[int, tuple[str, bool]]) -> str:
    """The sections of one RFC 2231 parameter, in order, as text: charset'language'percent-encoded."""
    charset, data = "", b""
    for position, (text, extended) in sorted(sections.items()):
        if extended and position == min(sections) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if extended else text.encode()
    return decode_words(charsets.decode(data, charset or "utf-8")[0])
