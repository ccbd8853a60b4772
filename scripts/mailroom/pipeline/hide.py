"""What looks like a secret does not leave the job that planned.

Terraform masks what is marked sensitive. This is the second line: no secret belongs into a Terraform file or
state (docs/pipeline.md), but a mistake must not end up in a comment. Only the standard library.
"""

import re

HIDDEN = "(hidden)"
_SHAPES = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),  # AWS access keys, long-lived and of sessions
    re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
_NAMES = "password|passwd|secret|secret_key|private_key|auth_token|access_token|api_key"
_NAME = rf'^([^\n=]*\b\w*(?:{_NAMES})"?\s*=\s*)'
_NAMED = re.compile(rf"(?im){_NAME}.*$")
# A text of several lines, as a plan shows it.
_NAMED_TEXT = re.compile(rf"(?ims){_NAME}<<-?(\w+)\n.*?(?:^\s*\2\b|\Z)")
_HARMLESS = re.compile(r"\((?:sensitive value|known after apply)\)|\b(?:null|true|false)\b|->|[\s,{}\[\]]")


def secrets(text: str) -> str:
    """The text with everything that has a secret's shape, or a secret's name before it, hidden."""
    for shape in _SHAPES:
        text = shape.sub(HIDDEN, text)
    text = _NAMED_TEXT.sub(lambda found: found[1] + HIDDEN, text)
    return _NAMED.sub(lambda found: found[0] if _harmless(found) else found[1] + HIDDEN, text)


def _harmless(found: "re.Match[str]") -> bool:
    """Whether nothing but Terraform's own masks stands where the value would."""
    return not _HARMLESS.sub("", found[0][len(found[1]) :])
