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

    Where ASCII or an unknown charset is named, UTF-8 is tried first and then Windows-1252, which every byte
    sequence fits: it is what senders that name nothing mostly mean.
    """
    name = codec_name(charset) if charset else "ascii"
    try:
        if name:
            return data.decode(name), None
    except (UnicodeError, ValueError):
        pass
    if name in (None, "ascii"):
        text = _guess(data)
        return text, f"text is not in the charset it names ({charset[:40] or 'none'})"
    return data.decode(name or "ascii", "replace"), f"some text is not valid {charset[:40]}"


def _guess(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
