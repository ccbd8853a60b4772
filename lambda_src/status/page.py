"""The Lambda function of the status page: a request of a REST API (proxy event 1.0) in, a static file out.

    GET /                the page
    GET /assets/{file}   its script modules, its style, its icon

It knows no table and needs no key: all that the page shows, its script asks of the API.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lambda_src.shared.settings import text

ASSETS = Path(__file__).parent / "assets"
INDEX = "index.html"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# A browser asks again each time and gets 304: after a deployment nobody works with half of the old files.
_HEADERS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "strict-transport-security": "max-age=31536000",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# What a path may hold that goes into the page: RFC 3986 section 3.3 without what HTML or a browser reads.
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")
# The place in the page where its script reads the address of the API.
_API = 'name="mailroom-api" content="{}"'
_ORIGIN = r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?"


@dataclass(frozen=True)
class Settings:
    """`api_url` is where the API is, where that is not beside the page; "" for beside it."""

    api_url: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "Settings":
        """Read STATUS_API_URL, which may be missing. Raises SettingsError where it is no address."""
        if not values.get("STATUS_API_URL"):
            return cls("")
        form = "the API's address without a slash at its end, as https://api.example/v1"
        return cls(text(values, "STATUS_API_URL", form, _ORIGIN + _PREFIX.pattern))


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    return respond(event, Settings.from_env(os.environ))


def respond(event: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The answer to a request. Which file is asked for is said by the API's route, never by the path, so that
    a stage's name or a base path mapping in front of it makes no difference."""
    if event.get("httpMethod") not in ("GET", "HEAD"):
        return _plain(405, "The page answers GET and HEAD.", allow="GET, HEAD")
    found = files().get(_asked(event))
    if found is None:
        return _plain(404, "There is no such file: the page is at / of this API.")
    kind, content = found
    if kind == KINDS[".html"]:
        content = _placed(content, _prefix(event), settings.api_url)
    tag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
    headers = {**_HEADERS, "etag": tag, "content-security-policy": policy(settings)}
    if tag in _known(event):
        return {"statusCode": 304, "headers": headers, "body": ""}
    body = content if event["httpMethod"] == "GET" else ""
    return {"statusCode": 200, "headers": {**headers, "content-type": kind}, "body": body}


def policy(settings: Settings) -> str:
    """What a browser may do with the page: its own files, and calls of the API; no text becomes markup or
    code (Trusted Types). https://www.w3.org/TR/CSP3/"""
    api = re.match(_ORIGIN, settings.api_url)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'{f' {api[0]}' if api else ''}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


@cache
def files() -> dict[str, tuple[str, str]]:
    """All that is served: name to (content type, text). A name that is not in here is not looked for."""
    return {
        file.name: (KINDS[file.suffix], file.read_text(encoding="utf-8"))
        for file in sorted(ASSETS.iterdir())
        if file.suffix in KINDS
    }


def _asked(event: Mapping[str, Any]) -> str:
    """The file's name, "" for none. The page itself has one address only."""
    if event.get("resource") == "/":
        return INDEX
    name = str((event.get("pathParameters") or {}).get("file", ""))
    return "" if name == INDEX else name


def _prefix(event: Mapping[str, Any]) -> str:
    """What stands before assets/ in the page: "." where its path in the browser ends with a slash.

    API Gateway answers /v1 as it does /v1/, as a base path mapping does, and tells which it was in
    requestContext.path; relative addresses would lead elsewhere there, and <base> is what the policy forbids.
    """
    path = str((event.get("requestContext") or {}).get("path", ""))
    return path if path and _PREFIX.fullmatch(path) else "."


def _placed(page: str, prefix: str, api_url: str) -> str:
    placed = page.replace('="assets/', f'="{prefix}/assets/')
    return placed.replace(_API.format(""), _API.format(api_url))


def _known(event: Mapping[str, Any]) -> list[str]:
    """The entity tags that the browser has; API Gateway weakens them when it compresses."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return [tag.strip().removeprefix("W/") for tag in str(headers.get("if-none-match", "")).split(",")]


def _plain(status: int, words: str, **headers: str) -> dict[str, Any]:
    kind = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    closed = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
    return {"statusCode": status, "headers": {**_HEADERS, **kind, **closed, **headers}, "body": f"{words}\n"}
