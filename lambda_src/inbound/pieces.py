"""What HTML is made of beside its text, as regular expressions (HTML Living Standard, 13.2.5).

What does not end goes on to the end of the page, as in browsers; so each piece is found at the first try, in
linear time. All are meant for the flags (?is).
"""

import functools
import re
from collections.abc import Iterable

COMMENT = r"<!--(?:-?>|.*?(?:--!?>|\Z))"
_SPACE = r"[ \t\n\f\r]"
# A quote counts only right behind a "=". No group: in possessive repetition it fails (Python issue 106052).
ATTRIBUTE = (
    rf"(?:{_SPACE}|/)*+[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:\"[^\"]*+\"?|'[^']*+'?|[^ \t\n\f\r>\"'][^ \t\n\f\r>]*+)?)?+"
)
# What follows the name of a tag.
REST = rf"[^ \t\n\f\r/>]*+(?:{ATTRIBUTE})*+[ \t\n\f\r/]*+>?"
TAG = rf"</?[a-z]{REST}"
# "</" and no letter is a comment, too.
DECLARATION = r"<(?:[!?]|/(?![a-z]|\Z))[^>]*>?"
HIDDEN = ("style", "script", "title")


# Where the name of an element has ended.
_NAMED = r"(?=[ \t\n\f\r/>]|\Z)"


def elements(names: Iterable[str]) -> str:
    """Elements with all that they hold. Each by its name, since a reference to one would need a group."""
    return "|".join(rf"<{name}{_NAMED}{REST}.*?(?:</{name}{_NAMED}[^>]*>?|\Z)" for name in names)


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first needed: it takes long, and a cold start has no page yet."""
    return re.compile(pattern)


UNSEEN = rf"{COMMENT}|{elements(HIDDEN)}|{TAG}|{DECLARATION}"
