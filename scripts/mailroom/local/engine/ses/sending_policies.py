"""Policies on identities (sending authorization): whether a document is one.

Source: SES developer guide, "Sending authorization policy anatomy", and IAM's policy grammar.
"""

from __future__ import annotations

import json
from typing import Any

EFFECTS = ("Allow", "Deny")
# Of each pair a statement has one.
PAIRS = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))


def violation(policy: str) -> str:
    """What is wrong with a policy, in a sentence; "" for nothing.

    What IAM could not read would stop every later send of the identity.
    """
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return "Policy is not valid JSON."
    statements = document.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    return next(filter(None, map(_wrong_in, statements)), "")


def _wrong_in(statement: Any) -> str:
    if not isinstance(statement, dict):
        return "Policy has a statement that is no JSON object."
    if statement.get("Effect") not in EFFECTS:
        return "Policy has a statement whose Effect is neither Allow nor Deny."
    for pair in PAIRS:
        given = [statement[name] for name in pair if name in statement]
        if len(given) != 1 or not _readable(given[0], names=pair == PAIRS[0]):
            return f"Policy has a statement without a valid {pair[0]}."
    conditions = statement.get("Condition", {})
    if not isinstance(conditions, dict) or not all(isinstance(one, dict) for one in conditions.values()):
        return "Policy has a statement without a valid Condition."
    return ""


def _readable(value: Any, *, names: bool) -> bool:
    """Whether this is a string, a list of them or, for a principal, such things by name."""
    if names and isinstance(value, dict):
        return bool(value) and all(_readable(one, names=False) for one in value.values())
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(one, str) for one in listed)
