"""Cleaning itself: nh3 keeps what is known to be harmless; addresses and styles are looked at one by one.

Nothing here limits time or memory: `cleaner` does, and runs this in a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

from . import styles
from .cleaner import Cleaned

MAXIMUM_REMOTE = 1000
TAGS = (nh3.ALLOWED_TAGS - {"area", "map"}) | {"style", "font", "big", "tfoot", "address", "section", "main"}
# Dropped with all that is in them; of other unknown tags only the tag goes.
DROPPED = {
    "script", "title", "textarea", "select", "option", "iframe", "object", "template", "svg", "math", "xmp",
    "noembed", "noframes", "plaintext", "audio", "video", "canvas",
}  # fmt: skip
_TABLE = {"background", "bgcolor", "border", "cellpadding", "cellspacing", "height", "nowrap", "width"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"align", "class", "dir", "id", "lang", "style", "title", "valign"},
    "a": {"href"},
    "img": {"alt", "border", "height", "hspace", "src", "srcset", "vspace", "width"},
    "font": {"color", "face", "size"},
    "table": _TABLE,
    "td": _TABLE | {"colspan", "rowspan"},
    "th": _TABLE | {"colspan", "rowspan", "scope"},
    "tr": _TABLE,
    "tbody": _TABLE,
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value", "type"},
    "hr": {"color", "noshade", "size", "width"},
    "details": {"open"},
}
LINKS = ("http:", "https:", "mailto:", "tel:")
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:|[/\\]{2})", re.IGNORECASE)  # browsers take "\\" for "//"
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


class _Pictures:
    """Which pictures may be shown, and which were asked for from elsewhere."""

    def __init__(self, inline: Mapping[str, str]) -> None:
        self.inline = inline
        self.remote: dict[str, None] = {}

    def resolve(self, address: str) -> str | None:
        """The data: URL of a picture that came with the mail; None, remembered, for one that did not."""
        address = address.strip()
        kind = address[:5].lower()
        if kind == "data:":
            return address if _DATA.fullmatch(address) else None
        if kind[:4] == "cid:":
            return self.inline.get(unquote(address[4:]))
        if _REMOTE.match(address) and len(self.remote) < MAXIMUM_REMOTE:
            self.remote[address[:2000]] = None
        return None

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """What an attribute may be; None drops it."""
        if name == "style":
            return styles.cleaned(value, self.resolve)
        if name == "href":
            return value if value.strip().lower().startswith(LINKS) else None
        if name in ("src", "background"):
            return self.resolve(value)
        if name == "srcset":
            for one in value.split(","):
                self.resolve(one.split()[0] if one.split() else "")
            return None
        return value


def cleaned(html: str, inline: Mapping[str, str]) -> Cleaned:
    """Clean HTML. `inline` gives the data: URL of each picture of the mail by its Content-ID."""
    pictures = _Pictures(inline)
    safe = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=pictures.attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative=lambda _: None,  # not "deny", which drops them before the filter has seen them
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    # nh3 writes "<" only where a tag begins, so what looks like a style sheet is one.
    sheets = _STYLE.sub(lambda one: f"<style>{styles.cleaned(one[1], pictures.resolve)}</style>", safe)
    body = styles.cleaned(_Body.style_of(html), pictures.resolve)
    return Cleaned(sheets, body, tuple(pictures.remote))


class _Body(HTMLParser):
    """The look of the first body tag, which a fragment has no place for."""

    def __init__(self) -> None:
        super().__init__()
        self.style: str | None = None

    @classmethod
    def style_of(cls, html: str) -> str:
        """Its background, colour and style attribute as declarations; not yet cleaned."""
        parser = cls()
        begin = re.search("<body", html, re.IGNORECASE)
        if begin is not None:
            parser.feed(html[begin.start() : begin.start() + 10_000])
        return parser.style or ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "body" or self.style is not None:
            return
        given = {name: value or "" for name, value in attrs}
        said = [
            f"{name}:{given[attribute]}"
            for attribute, name in (("bgcolor", "background-color"), ("text", "color"))
            if attribute in given
        ]
        self.style = ";".join([*said, given.get("style", "")])
