"""Mail that was made to break its reader goes through every action all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ACTIONS = [
    {"SNSAction": {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:t"}},
    {"LambdaAction": {"FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:f"}},
    {"BounceAction": {"Sender": "a@example.com", "SmtpReplyCode": "550", "Message": "of two\nlines"}},
    {"S3Action": {"BucketName": "raw", "KmsKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/k"}},
]
NAMES = [
    "From",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "Sender",
    "Content-Type",
    "X-Any",
]
PIECES = [
    b"=?utf-8?q?=FF?=", b"=?x?b?%?=", b"=?utf-7?q?+2AA-?=", b"=?iso-2022-jp?b?G0I=?=", b"=?utf-8?b?AAAA?=",
    b"\xff\xfe", b"\x80", b"\0", b"\r", b"\n", b"\r\n ", b"\r\n\t", b'"', b"\\", b"<", b">", b"(", b")", b"[", b"]",
    b"@", b",", b":", b";", b" ", b"a@b.example", b"group: x@y;",
]  # fmt: skip
HEADERS = st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(PIECES), max_size=8))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(headers=st.lists(HEADERS, max_size=5), end=st.sampled_from([b"", b"\r\n", b"\r\n\r\n", b"\nbody"]))
def test_no_header_stops_an_action(
    door: Any, cloud: Any, headers: list[tuple[str, list[bytes]]], end: bytes
) -> None:
    """All four are done, what is told is JSON that UTF-8 can carry, and the mail is stored as it came."""
    if not door.region.rule_sets["main"]["Rules"]:
        door.rule(*ACTIONS)
    for memory in (cloud.published, cloud.invoked, cloud.objects):
        memory.clear()
    door.region.mail.clear()
    mail = b"".join(name.encode() + b": " + b"".join(pieces) + b"\r\n" for name, pieces in headers) + end
    door.mail(mail)
    ((_, _, told),) = cloud.published
    assert json.loads(told.encode())["receipt"]["recipients"] == ["user@example.com"]
    ((_, event, _),) = cloud.invoked
    assert json.loads(json.dumps(event).encode())["Records"][0]["ses"]["mail"]["source"] == "jane@far.example"
    assert len(cloud.objects) == 1
    assert len(door.inbox()) == 1


@pytest.mark.parametrize(
    "given_id", ["<1@far.example>", "", "no brackets", "<a b>", "<\N{SNOWMAN}@x>", "<" + "x" * 300 + ">"]
)
def test_only_a_message_id_is_answered(door: Any, given_id: str) -> None:
    """What is none is in the report's copy of the headers, and nowhere else."""
    door.rule(ACTIONS[2])
    door.mail(f"Message-ID: {given_id}\r\nSubject: s\r\n\r\nb\r\n".encode())
    ((_, _, report),) = door.inbox()
    assert report["In-Reply-To"] == (given_id if given_id == "<1@far.example>" else None)
