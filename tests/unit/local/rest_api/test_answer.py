"""What functions answer, as an API passes it on."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from mailroom.local.engine.rest_api.answer import Malformed, compressed, from_function
from mailroom.local.engine.rest_api.media import is_binary


@pytest.mark.parametrize(
    ("returned", "status", "body"),
    [
        ({}, 200, b""),
        ({"statusCode": 404}, 404, b""),
        ({"statusCode": "201", "body": "ü"}, 201, "ü".encode()),
        ({"statusCode": 200, "body": None}, 200, b""),
        ('{"statusCode": 200, "body": "as text"}', 200, b"as text"),
        ({"body": "eA==", "isBase64Encoded": True}, 200, b"eA=="),
    ],
)
def test_every_member_may_be_left_out(returned: Any, status: int, body: bytes) -> None:
    """200, no body; base64 stays as it is for who does not accept binary."""
    answer = from_function(returned)
    assert (answer.status, answer.body) == (status, body)
    assert answer.headers == {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "returned",
    [
        None, "text", b"\xff", [], 7, {"statusCode": True}, {"statusCode": 99}, {"statusCode": 600},
        {"statusCode": None, "other": 1}, {"body": 1}, {"body": b"x"}, {"headers": [1]}, {"headers": {"x": None}},
        {"multiValueHeaders": {"x": [1]}}, {"multiValueHeaders": 1}, {"statusCode": [200]},
    ],
)  # fmt: skip
def test_any_other_form_is_malformed(returned: Any) -> None:
    """The caller gets 502."""
    with pytest.raises(Malformed):
        from_function(returned)


def test_what_is_no_base64_is_malformed_where_it_would_be_decoded() -> None:
    """Only there: AWS does not look at it else."""
    with pytest.raises(Malformed):
        from_function({"body": "?", "isBase64Encoded": True}, "image/png", ["image/png"])


@pytest.mark.parametrize(
    ("returned", "headers"),
    [
        ({"headers": {"content-type": "text/html"}}, {"content-type": "text/html"}),
        ({"headers": {"a": "1"}, "multiValueHeaders": {"A": ["2", "3"]}}, {"A": ["2", "3"]}),
        ({"headers": {"a": "1"}, "multiValueHeaders": {"b": "2", "c": []}}, {"a": "1", "b": "2"}),
        ({"headers": {"x": False}}, {"x": "false"}),
        (
            {"headers": {"Transfer-Encoding": "chunked", "Content-Length": "3"}},
            {"x-amzn-Remapped-Content-Length": "3"},
        ),
    ],
)
def test_headers_of_both_kinds_are_merged(returned: Any, headers: dict[str, Any]) -> None:
    """By name in whatever letters, several values win; what frames a message is not the function's."""
    found = from_function(returned).headers
    found = found if "content-type" in headers else {k: v for k, v in found.items() if k != "Content-Type"}
    assert found == headers


@pytest.mark.parametrize(
    ("header", "known", "binary"),
    [
        ("image/png", ["image/png"], True),
        ("Image/PNG; q=1", ["image/png"], True),
        ("image/png, text/html", ["image/*"], True),
        ("text/html, image/png", ["image/*"], False),
        ("text/html", ["*/*"], True),
        ("*/*", ["image/png"], False),
        ("", ["*/*"], False),
        ("image/png", [], False),
    ],
)
def test_the_first_media_type_decides(header: str, known: list[str], binary: bool) -> None:
    """Against the API's, which may have wildcards."""
    assert is_binary(header, known) is binary


@pytest.mark.parametrize(
    ("accepts", "minimum", "encoding"),
    [
        ("gzip", 3, "gzip"), ("GZIP;q=0.5, br", 0, "gzip"), ("deflate", 3, "deflate"), ("*", 3, "gzip"),
        ("gzip", 4, ""), ("gzip", None, ""), ("br", 3, ""), ("", 3, ""),
    ],
)  # fmt: skip
def test_a_body_is_compressed_from_a_size_on(accepts: str, minimum: int | None, encoding: str) -> None:
    """For who accepts it; no minimum is no compression."""
    body, used = compressed(b"xyz", accepts, minimum)
    assert used == encoding
    plain = {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(used, lambda same: same)(body)
    assert plain == b"xyz"
