"""Bytes to text by the charset that the message names, names wrongly, or does not name."""

import codecs

# Labels met in mail that Python does not know, or knows too narrowly (WHATWG Encoding, "Names and labels").
_ALIASES = {
    "ansi_x3.4-1968": "ascii",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "windows-874": "cp874",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
    "x-user-defined": "latin-1",
}
# Text codecs of Python that no mail means: escapes for source code, and quadratic ones for host names.
# Longest first: UTF-32's mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
_JAPANESE = (
    b"\x1b$B",
    b"\x1b$@",
    b"\x1b(J",
)  # RFC 1468: the escapes of ISO-2022-JP, whose bytes are all ASCII
_NOT_FOR_MAIL = {"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}


def codec_name(charset: str) -> str | None:
    """Python's name for a charset label, or None for one that is unknown or no charset at all."""
    label = charset.strip().strip("\"'").lower()[:40]
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name.replace("-", "_")
        # zlib, rot13 and their kind are codecs too, but bytes.decode refuses them; zeros suit all others.
        bytes(4).decode(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if name in _NOT_FOR_MAIL else name


def decode(data: bytes, charset: str) -> tuple[str, str | None]:
    """The text, and a defect in words or None. An empty `charset` means ASCII, as RFC 2045 5.2 does.

    Where ASCII or an unknown charset is named, a byte order mark and the escapes of Japanese count; then
    UTF-8 is tried, and then Windows-1252, which every byte sequence fits: it is what senders that name
    nothing mostly mean. Who says ISO-8859-1 means it too (WHATWG Encoding): 0x80 to 0x9F are no controls.
    """
    name = codec_name(charset) if charset else "ascii"
    if name == "iso8859_1":
        return _western(data), None
    escaped = name == "ascii" and any(escape in data for escape in _JAPANESE)
    try:
        if name and not escaped:
            return data.decode(name), None
    except (UnicodeError, ValueError):
        pass
    if name in (None, "ascii"):
        text = _guess(data)
        return text, f"text is not in the charset it names ({charset[:40] or 'none'})"
    return data.decode(name or "ascii", "replace"), f"some text is not valid {charset[:40]}"


def marked(data: bytes) -> str | None:
    """The charset that a byte order mark of UTF-16 or UTF-32 at the beginning tells."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _guess(data: bytes) -> str:
    if mark := marked(data):
        return data.decode(mark, "replace")
    names = ("iso2022_jp", "utf-8") if b"\x1b" in data else ("utf-8",)
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            pass
    return data.decode("cp1252", "replace")


def _western(data: bytes) -> str:
    """Windows-1252; ISO-8859-1 where a byte is in it that Windows-1252 leaves free."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
