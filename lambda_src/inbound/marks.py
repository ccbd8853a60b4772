"""The marker and the addresses of a list, in every form in which a page can hold them."""

import functools
import html
import re
import string
from collections.abc import Iterator, Set
from html.entities import html5
from urllib.parse import unquote

# Editors leave these where a line may break; nobody sees them.
WIDTHLESS = "\u200b-\u200f\u2060\ufeff\u00ad"
_GAP = r"(?:&(?:shy|#0{0,5}173|#x0{0,5}ad|ZeroWidthSpace|#820[3-7]|#x200[b-f]);?|%C2%AD|<wbr ?/?>)"
_AT = re.compile(r"(?i)@|%40|&(?:#0{0,5}64|#x0{0,5}40|commat);?")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,60}")
_OF_LOCAL = string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~.-"
_LONGEST_LOCAL = 64
_MOST_SIGNS = 20_000
# Behind these an address does not begin: they belong to it.
_MIDDLE = frozenset(string.ascii_letters + string.digits + "._+-")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_AROUND = re.compile(rf"[{WIDTHLESS}]")
_BETWEEN = re.compile(r"[\s,;:<>()\[\]{}\"'?&=]+")


@functools.lru_cache(maxsize=4)
def seen(marker: str) -> re.Pattern[str]:
    """The marker in text, whatever marks of no width stand in it."""
    return re.compile(rf"[{WIDTHLESS}]*+".join(map(re.escape, marker)))


def outside(text: str, marker: str) -> list[str]:
    """What stands outside the pairs of markers; a marker without a partner is left out and nothing else."""
    parts = seen(marker).split(text)
    kept = parts[::2]
    return [*kept, parts[-1]] if len(parts) % 2 == 0 else kept


@functools.lru_cache(maxsize=4)
def anywhere(marker: str) -> re.Pattern[str]:
    """The marker in a page's source: with character references, percent encoding and line-break marks too."""
    names: dict[str, list[str]] = {}
    for name, character in html5.items():
        if name.endswith(";"):
            names.setdefault(character, []).append(name[:-1])
    gap = rf"(?:[{WIDTHLESS}]|(?i:{_GAP}))*+"
    return re.compile(gap.join(_forms(character, names.get(character, ())) for character in marker))


def _forms(character: str, names: tuple[str, ...] | list[str]) -> str:
    number = ord(character)
    references = [rf"#0{{0,5}}{number}", rf"#[xX]0{{0,5}}(?i:{number:x})", *names]
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
    return rf"(?:{re.escape(character)}|&(?:{'|'.join(references)});?|(?i:{percent}))"


def without_widthless(text: str) -> str:
    """The text without the marks that nobody sees."""
    return _AROUND.sub("", text)


def addresses(text: str) -> set[str]:
    """What looks like an address in a list or in the source of one, in small letters."""
    plain = without_widthless(unquote(html.unescape(text)))
    return {word.lower() for word in _BETWEEN.split(plain) if "@" in word.strip("@")}


def has_many_addresses(text: str) -> bool:
    """Whether there are more @ than any real page has."""
    return text.count("@") + text.count("%40") + text.count("&") > _MOST_SIGNS and (
        len(_AT.findall(text)) > _MOST_SIGNS
    )


def without_addresses(text: str, listed: Set[str]) -> str:
    """The text without these addresses (small letters); others that only end or begin alike stay."""
    kept: list[str] = []
    copied = 0
    for start, end in places(text, listed):
        kept.append(text[copied:start])
        copied = end
    return "".join([*kept, text[copied:]])


def places(text: str, listed: Set[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each of these addresses in the text."""
    after = 0
    for at in _AT.finditer(text) if listed else ():
        domain = _DOMAIN.match(text, at.end())
        start = _start(text, after, at.start(), domain[0].lower(), listed) if domain else -1
        if domain and start >= 0:
            yield start, domain.end()
            after = domain.end()


def _start(text: str, after: int, at: int, domain: str, listed: Set[str]) -> int:
    """Where the listed address with its @ at `at` begins, -1 where there is none."""
    before = text[max(after, at - _LONGEST_LOCAL) : at]
    local = before[len(before.rstrip(_OF_LOCAL)) :].lower()
    for start in range(at - len(local), at):
        inside = start > 0 and text[start - 1] in _MIDDLE
        if inside and not _PERCENT.fullmatch(text, max(0, start - 3), start):
            continue
        if f"{local[start - at :]}@{domain}" in listed:
            return start
    return -1
