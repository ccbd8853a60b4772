"""Events and $context variables of a call."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mailroom.local.engine.rest_api.call import Call
from mailroom.local.engine.rest_api.event import event
from mailroom.local.engine.rest_api.variables import log_line, render, variables

AT = 1795822651.343


def call(**more: Any) -> Call:
    """A call of GET /v1/m/1?a=b."""
    found = Call(
        "123456789012",
        "eu-west-1",
        "abc",
        "v1",
        "GET",
        "/m/1",
        "a=b",
        [("host", "h.example")],
        b"",
        "192.0.2.1",
        AT,
    )
    return replace(found, request_id="rid", resource_path="/m/{id}", resource_id="r1", **more)


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("$context.requestId", "rid"),
        ("$context.identity.sourceIp - [$context.requestTime]", "192.0.2.1 - [27/Nov/2026:23:37:31 +0000]"),
        ("$context.requestTimeEpoch", "1795822651343"),
        ('"$context.httpMethod $context.resourcePath $context.protocol"', '"GET /m/{id} HTTP/1.1"'),
        ("$context.status/$context.responseLength/$context.responseLatency", "200/5/7"),
        ("$context.identity.user,$context.nothing,$context.error.message", "-,-,-"),
        ("$context.domainPrefix.$context.stage", "abc.v1"),
        ("${context.path}x", "/v1/m/1x"),
        ("costs $5, $contextual", "costs $5, $contextual"),
    ],
)
def test_a_line_is_the_stages_format_filled_in(form: str, line: str) -> None:
    """What is not known is a dash."""
    assert log_line(form, call(), 200, 5, 7) == line


def test_an_error_has_its_words_plain_and_as_json() -> None:
    """For templates of gateway responses; no words are an empty text there."""
    refused = call()
    refused.refuse("THROTTLED", 'Too "many"')
    template = '{"e":"$context.error.responseType","m":$context.error.messageString,"k":"$context.identity.apiKeyId"}'
    found = json.loads(render(template, variables(refused), ""))
    assert found == {"e": "THROTTLED", "m": 'Too "many"', "k": ""}


def test_a_latency_of_nothing_is_told() -> None:
    """0 is known."""
    assert log_line("$context.responseLatency $context.integrationLatency", call(), 200, 0, 0) == "0 -"


def test_the_caller_may_say_who_he_is_only_before_who_he_is() -> None:
    """X-Forwarded-For ends with the address that called; the source address is that one."""
    lied = event(
        call(headers=[("x-forwarded-for", "1.1.1.1"), ("content-length", "0"), ("connection", "close")])
    )
    assert lied["headers"]["X-Forwarded-For"] == "1.1.1.1, 192.0.2.1"
    assert lied["requestContext"]["identity"]["sourceIp"] == "192.0.2.1"
    assert {"content-length", "connection", "x-forwarded-for"}.isdisjoint(lied["headers"])


def test_a_body_that_is_no_text_is_not_lost_with_binary_types() -> None:
    """In base64 where the API says binary; else as AWS has it, with what cannot be read replaced."""
    sent = call(body=b"\xff\x00", headers=[("content-type", "image/png")])
    assert event(sent, ["image/*"])["body"] == "/wA="
    assert event(sent)["body"] == "�\x00"
