"""The click: who gets the file, who gets a page, and what either can do to a browser."""

import hashlib
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from lambda_src.links import handler
from lambda_src.links.aws import Signer
from lambda_src.links.check import check, disposition, safe_type
from lambda_src.links.pages import REFUSALS, page
from lambda_src.links.settings import Settings
from lambda_src.shared.clients import signing_client
from lambda_src.shared.links_table import Link
from lambda_src.shared.settings import SettingsError

TOKEN = "A" * 43
HASH = hashlib.sha256(TOKEN.encode()).hexdigest()
NOW = 1_795_000_000
LINK = Link(
    HASH, "m#v", "a@b.example", "attachments/x/1", "ä.pdf", "application/pdf", 5, "s", NOW, NOW + 60, NOW + 99
)
CONTEXT = SimpleNamespace(aws_request_id="r1")

TOKENS = [
    "",
    "A" * 42,
    "A" * 44,
    "B" * 43,
    "A" * 42 + "=",
    "A" * 42 + "/",
    "ä" * 43,
    TOKEN + "\n",
    "../" + TOKEN,
]


@pytest.mark.parametrize("token", TOKENS)
def test_unknown_tokens(token: str) -> None:
    """A token that is malformed, altered or guessed is unknown."""
    assert check(token, {HASH: LINK}.get, NOW).refusal == "unknown"


STATES = [
    ("fresh", LINK, 0, ""),
    ("last second", LINK, 59, ""),
    ("expired", LINK, 60, "expired"),
    ("revoked", replace(LINK, revoked_at=NOW), 0, "revoked"),
    ("revoked and expired", replace(LINK, revoked_at=NOW), 60, "revoked"),
]


@pytest.mark.parametrize(
    ("link", "later", "refusal"), [case[1:] for case in STATES], ids=[case[0] for case in STATES]
)
def test_states(link: Link, later: int, refusal: str) -> None:
    """A link is followed until its last second, and not once it was revoked."""
    assert check(TOKEN, {HASH: link}.get, NOW + later).refusal == refusal


NAMES = [
    ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
    ("ä.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C3%A4.pdf"),
    ('a"; x="b.html', "attachment; filename=\"a__ x__b.html\"; filename*=UTF-8''a%22%3B%20x%3D%22b.html"),
    ("a\r\nX: y", "attachment; filename=\"a__X_ y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
    ("a'b", "attachment; filename=\"a_b\"; filename*=UTF-8''a%27b"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names_cannot_harm(name: str, expected: str) -> None:
    """Whatever a name holds, the header stays one header that saves a file."""
    assert disposition(name) == expected


TYPES = [
    ("application/pdf", "application/pdf"),
    ("image/png", "image/png"),
    *[(kind, "application/octet-stream") for kind in ("text/html", "image/svg+xml", "application/xhtml+xml")],
    *[
        (kind, "application/octet-stream")
        for kind in ("text/javascript", "text/xml", "application/rss+xml", "x", "a/b/c")
    ],
]


@pytest.mark.parametrize(("content_type", "expected"), TYPES)
def test_types_cannot_run(content_type: str, expected: str) -> None:
    """What a browser could run is handed out as plain bytes."""
    assert safe_type(content_type) == expected


def test_signed_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The URL is of SigV4, for this object, for a minute, with disposition and type set."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    signing_client.cache_clear()
    url = urlsplit(Signer(signing_client(), "bucket", 60).sign(LINK))
    signing_client.cache_clear()
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path == "/bucket/attachments/x/1"
    assert (query["X-Amz-Algorithm"], query["X-Amz-Expires"]) == ("AWS4-HMAC-SHA256", "60")
    assert query["response-content-disposition"].endswith("filename*=UTF-8''%C3%A4.pdf")
    assert query["response-content-type"] == "application/pdf"
    assert unquote(url.netloc) == "s3.eu-west-1.amazonaws.com"


class Reader(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("reason", REFUSALS)
def test_pages(reason: str) -> None:
    """Each page says why and how to ask again, for a phone, light and dark, without script or outside resource."""
    status, source = page(reason, "1 May <2026>")
    read = Reader(source)
    assert status == (404 if reason == "unknown" else 410)
    assert "reply to the mail" in read.text
    assert not {"script", "img", "link", "iframe", "form"} & set(read.tags)
    assert "width=device-width" in source
    assert "prefers-color-scheme: dark" in source
    assert 'lang="en"' in source
    assert ("1 May <2026>" in read.text) == (reason == "expired")


class Table:
    """The links table of the handler's tests."""

    def __init__(self, *links: Link) -> None:
        self.links = {link.token_hash: link for link in links}

    def find(self, token_hash: str) -> Link | None:
        return self.links.get(token_hash)


def request(
    monkeypatch: pytest.MonkeyPatch, link: Link, method: str = "GET", token: str = TOKEN
) -> dict[str, Any]:
    settings = Settings("links", "bucket", 60, "INFO")
    signer = SimpleNamespace(sign=lambda link: "https://signed/" + link.object_key)
    monkeypatch.setattr(handler, "_wired", lambda: (settings, Table(link), signer))
    monkeypatch.setattr(handler.time, "time", lambda: NOW)
    event = {"pathParameters": {"token": token}, "requestContext": {"http": {"method": method}}}
    return handler.handle(event, CONTEXT)


def test_a_good_click(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A good click is sent to the signed URL, nothing of it is kept or passed on, and the log names no person."""
    answer = request(monkeypatch, LINK)
    assert (answer["statusCode"], answer["headers"]["location"]) == (302, "https://signed/attachments/x/1")
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    printed = capsys.readouterr().out
    assert '"click": true' in printed
    assert "a@b.example" not in printed
    assert TOKEN not in printed


def test_head_is_no_click(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A HEAD, as scanners send it, is answered, signs nothing, and is not counted as a click."""
    answer = request(monkeypatch, LINK, "HEAD")
    assert answer["statusCode"] == 200
    assert "location" not in answer["headers"]
    assert '"click": false' in capsys.readouterr().out


REFUSED = [
    (replace(LINK, revoked_at=NOW), TOKEN, 410),
    (replace(LINK, expires_at=NOW), TOKEN, 410),
    (LINK, "B" * 43, 404),
]


@pytest.mark.parametrize(("link", "token", "status"), REFUSED)
def test_refused(monkeypatch: pytest.MonkeyPatch, link: Link, token: str, status: int) -> None:
    """A refused link gets a page that nobody keeps, and no location."""
    answer = request(monkeypatch, link, token=token)
    assert answer["statusCode"] == status
    assert "location" not in answer["headers"]
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["headers"]["cache-control"] == "no-store"
    assert "default-src 'none'" in answer["headers"]["content-security-policy"]


GOOD = {"LINKS_TABLE": "links", "ATTACHMENTS_BUCKET": "bucket", "SIGNED_URL_SECONDS": "60"}
BAD = [
    ("SIGNED_URL_SECONDS", "4"),
    ("SIGNED_URL_SECONDS", "3601"),
    ("LINKS_TABLE", ""),
    ("ATTACHMENTS_BUCKET", "a/b"),
]


def test_settings() -> None:
    """What Terraform sets is taken."""
    assert Settings.from_env(GOOD) == Settings("links", "bucket", 60, "INFO")


@pytest.mark.parametrize(("name", "value"), BAD)
def test_wrong_settings(name: str, value: str) -> None:
    """A missing or wrong variable is named."""
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**GOOD, name: value})


def test_the_read_is_consistent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is read consistently, so that a revocation counts at the next click."""
    from lambda_src.links.aws import LinksTable

    asked = []

    class Client:
        def get_item(self, **request: Any) -> dict[str, Any]:
            asked.append(request)
            return {}

    assert LinksTable(Client(), "links").find("h") is None
    assert asked == [{"TableName": "links", "Key": {"token_hash": {"S": "h"}}, "ConsistentRead": True}]
