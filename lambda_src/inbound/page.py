"""Where something can be added to a page so that its reader sees it."""

from lambda_src.inbound import pieces

# What is in them is no markup, or nobody sees it.
_CLOSED = (
    *pieces.HIDDEN,
    *("textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "select", "template"),
)
_PIECE = (
    rf"(?is){pieces.COMMENT}|{pieces.elements(_CLOSED)}|<plaintext\b.*\Z"
    rf"|</(?P<end>body|html)\b{pieces.REST}|{pieces.TAG}|{pieces.DECLARATION}"
)
# What swallows this has no end of its own.
_PROBE = "<x>"


def insert_at_end(source: str, addition: str) -> str:
    """The page with `addition` (HTML) before its last </body> (or, without one, </html>), else behind it.

    What is open at the end (a comment, a tag, a script) would hide it: then it goes before that.
    """
    ends: dict[str, int] = {}
    for piece in pieces.compiled(_PIECE).finditer(source + _PROBE):
        if piece.end() > len(source):
            ends["open"] = piece.start()
        elif name := piece["end"]:
            ends[name.lower()] = piece.start()
    place = ends.get("body", ends.get("html", ends.get("open", len(source))))
    return source[:place] + addition + source[place:]
