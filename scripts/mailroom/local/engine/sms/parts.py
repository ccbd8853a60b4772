"""How many parts a text has, and in which alphabet it goes (3GPP TS 23.038; "SMS character limits", End User
Messaging SMS user guide)."""

from __future__ import annotations

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""These take two places each."""
GSM, UNICODE = "GSM", "Unicode"
_LENGTHS = {GSM: (160, 153), UNICODE: (70, 67)}
"""Places in a text that is alone, and in each part of one that is not."""


def encoding(text: str) -> str:
    """GSM where every character of a text is in the GSM alphabet, else Unicode."""
    return GSM if set(text) <= BASIC | EXTENDED else UNICODE


def count(text: str) -> int:
    """The parts of a text."""
    named = encoding(text)
    if named == GSM:
        places = sum(2 if character in EXTENDED else 1 for character in text)
    else:
        places = len(text.encode("utf-16-le")) // 2
    alone, each = _LENGTHS[named]
    return 1 if places <= alone else -(-places // each)
