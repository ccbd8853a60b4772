"""Policies on identities: which documents are any."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailroom.local.engine.ses.sending_policies import violation

GOOD: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": ["123456789012"]},
    "Action": ["ses:SendEmail", "ses:SendRawEmail"],
    "Resource": "arn:aws:ses:eu-west-1:000000000000:identity/mail.example",
    "Condition": {"StringLike": {"ses:FromAddress": "marketing+.*@mail.example"}},
}


def without(name: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name} | more


@pytest.mark.parametrize(
    "statements",
    [
        GOOD,
        [GOOD, GOOD],
        [],
        without("Condition"),
        without("Principal", Principal="*"),
        without("Principal", NotPrincipal={"Service": "ses.amazonaws.com"}),
        without("Action", NotAction="ses:SendBounce"),
        without("Effect", Effect="Deny"),
    ],
)
def test_a_policy_is_taken(statements: Any) -> None:
    """As the developer guide writes them: one statement or a list, and the Not forms."""
    assert violation(json.dumps({"Version": "2012-10-17", "Statement": statements})) == ""


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("nonsense", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "not valid JSON"),
        ("5", "not valid JSON"),
        ("{}", "object"),
        (json.dumps({"Statement": 5}), "object"),
        (json.dumps({"Statement": [GOOD, None]}), "object"),
        (json.dumps({"Statement": without("Effect")}), "Effect"),
        (json.dumps({"Statement": without("Effect", Effect=["Allow"])}), "Effect"),
        (json.dumps({"Statement": without("Principal")}), "Principal"),
        (json.dumps({"Statement": without("Principal", Principal=5)}), "Principal"),
        (json.dumps({"Statement": without("Principal", Principal={})}), "Principal"),
        (json.dumps({"Statement": without("Action", Action={})}), "Action"),
        (json.dumps({"Statement": without("Action", Action=[])}), "Action"),
        (json.dumps({"Statement": {**GOOD, "NotAction": "ses:*"}}), "Action"),
        (json.dumps({"Statement": without("Resource", Resource=[5])}), "Resource"),
        (json.dumps({"Statement": without("Condition", Condition=[])}), "Condition"),
        (json.dumps({"Statement": without("Condition", Condition={"StringEquals": "a"})}), "Condition"),
    ],
)
def test_what_iam_could_not_read_is_none(policy: str, words: str) -> None:
    """The sentence says what is wrong."""
    assert words in violation(policy)
