"""Answers as API Gateway's Lambda proxy takes them, and items as callers see them."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lambda_src.status import view
from lambda_src.status.plain_words import in_words
from lambda_src.status.rest.refusals import Refused

Answer = dict[str, Any]

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
# Ours, of every item; where only a machine has opened a mail yet there is no status to tell.
_ALWAYS = ("status", "status_at", "source")


def item(seen: Mapping[str, Any]) -> dict[str, Any]:
    """An item of view.read for callers: every published attribute, `NA` where nothing is known, then ours.

    `words` is what the event means that decides its status.
    """
    ours = {name: value for name, value in seen.items() if name != "timeline"}
    decides = [line for line in seen["timeline"] if line["event"] == seen.get("status")]
    words = in_words(decides[-1]) if decides else ""
    return {**view.published(seen), **dict.fromkeys(_ALWAYS, view.NOT_REACHED), **ours, "words": words}


def whole_item(seen: Mapping[str, Any]) -> dict[str, Any]:
    """The same with its timeline, each line with its meaning in plain words ("" where we know none)."""
    lines = [{**line, "words": in_words(line)} for line in seen["timeline"]]
    return {**item(seen), "timeline": lines}


def document(body: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return _answer(status, JSON, json.dumps(body, default=_plain, ensure_ascii=False))


def raw(body: str) -> Answer:
    """An answer that is JSON already."""
    return _answer(200, JSON, body)


def text(status: int, words: str) -> Answer:
    """An answer in plain text, as the published design has it."""
    return _answer(status, TEXT, words)


def refusal(refused: Refused) -> Answer:
    """Why there is no answer, in the form of all errors."""
    answer = document({"error": refused.code, "message": refused.message}, refused.status)
    return {**answer, "headers": {**answer["headers"], **refused.headers}}


def trouble(request_id: str) -> Answer:
    """An answer to what nobody foresaw: an id that the log has too, and no detail."""
    message = f"Something went wrong here. The operator finds the reason in the log under {request_id}."
    return document({"error": "internal_error", "message": message, "id": request_id}, 500)


def preflight(methods: Iterable[str]) -> Answer:
    """What a browser asks before a page of another origin may ask; see `shared_with` for which may."""
    answer = _answer(204, JSON, "")
    del answer["headers"]["content-type"]
    asked = (
        "authorization",
        "content-type",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-api-key",
    )
    allowed = {
        "allow": ", ".join(methods),
        "access-control-allow-methods": ", ".join(methods),
        "access-control-allow-headers": ", ".join(asked),
        "access-control-max-age": "600",
    }
    return {**answer, "headers": {**answer["headers"], **allowed}}


def shared_with(origin: str, origins: frozenset[str], answer: Answer) -> Answer:
    """The answer, readable by a page of `origin` where that is one of the configured; never by any other."""
    if not origins:
        return answer
    # Whatever is between us and a browser must not give one origin's answer to another.
    headers = {**answer["headers"], "vary": "Origin"}
    if origin in origins:
        headers |= {"access-control-allow-origin": origin, "access-control-expose-headers": "retry-after"}
    return {**answer, "headers": headers}


def _answer(status: int, content_type: str, body: str) -> Answer:
    return {"statusCode": status, "headers": {**_HEADERS, "content-type": content_type}, "body": body}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")
