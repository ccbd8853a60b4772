"""The function of the page: which files it hands out, where the page looks for them, what a browser may do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lambda_src.shared.settings import SettingsError
from lambda_src.status import page
from lambda_src.status.page import Settings

BESIDE = Settings("")


def event(resource: str = "/", file: str = "", path: str = "/v1/", **more: Any) -> dict[str, Any]:
    """A proxy event (1.0) as API Gateway makes it."""
    return {
        "httpMethod": "GET",
        "resource": resource,
        "pathParameters": {"file": file} if file else None,
        "headers": None,
        "requestContext": {"path": path},
        **more,
    }


def asset(file: str, **more: Any) -> dict[str, Any]:
    return page.respond(event("/assets/{file}", file, f"/v1/assets/{file}", **more), BESIDE)


def test_the_page_and_all_that_it_names_are_there() -> None:
    """Every file that the page, a module or a style names is handed out, as what it is."""
    body = page.respond(event(), BESIDE)["body"]
    names = set(re.findall(r'="\./assets/([^"]+)"', body))
    assert {"app.js", "icon.svg"} < names
    waiting, seen = set(names), set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        given = asset(name)
        assert given["statusCode"] == 200, name
        assert given["headers"]["content-type"].startswith(
            {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[name.rpartition(".")[2]]
        )
        waiting |= set(re.findall(r'from "\./([^"]+)"', given["body"])) - seen
    assert seen == set(page.files()) - {"index.html"}


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/v1/", "."),
        ("/v1", "/v1"),
        ("/", "."),
        ("", "."),
        ("/status/", "."),
        ("/status", "/status"),
        ("/a/b", "/a/b"),
        ("//evil.example", "."),
        ("//evil.example/", "."),
        ('/"><script>/', "."),
        ("/a b/", "."),
        ("/%2e/", "."),
    ],
)
def test_files_are_looked_for_where_the_browser_is(path: str, prefix: str) -> None:
    """Beside the page, below a stage's name or a base path, with a slash at the end or without it."""
    body = page.respond(event(path=path), BESIDE)["body"]
    assert f'src="{prefix}/assets/app.js"' in body
    assert "evil" not in body
    assert 'href="assets/' not in body


def test_what_a_browser_may_do() -> None:
    """Its own files and the API beside it; no frame, no base, no form, no markup from text."""
    headers = page.respond(event(), BESIDE)["headers"]
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_itself_keeps_its_policy() -> None:
    """No script, style or handler in the page, and nothing from elsewhere in any file."""
    body = page.files()["index.html"][1]
    assert not re.search(r"<script(?! type=\"module\" src=)|<style|\son\w+=|\sstyle=|javascript:", body)
    for name, (_, text) in page.files().items():
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
        assert addresses == set(), name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function", text
        ), name


def test_an_api_elsewhere_is_named_and_allowed() -> None:
    """Where it is not beside the page: in the page, whole, and in the policy, its origin."""
    settings = Settings.from_env({"STATUS_API_URL": "https://api.example:8443/v1"})
    given = page.respond(event(), settings)
    assert 'name="mailroom-api" content="https://api.example:8443/v1"' in given["body"]
    assert "connect-src 'self' https://api.example:8443;" in given["headers"]["content-security-policy"]


@pytest.mark.parametrize(
    "wrong", ["api.example", "https://api.example/", 'https://a/v1"><script>', "ftp://a", "https://a; *"]
)
def test_an_api_that_is_no_address_is_refused(wrong: str) -> None:
    """By the variable's name."""
    with pytest.raises(SettingsError, match="STATUS_API_URL"):
        Settings.from_env({"STATUS_API_URL": wrong})


def test_the_entry_point_reads_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment, at each call; without any the API is beside the page."""
    monkeypatch.delenv("STATUS_API_URL", raising=False)
    assert page.handle(event(), None)["statusCode"] == 200
    monkeypatch.setenv("STATUS_API_URL", "nowhere")
    with pytest.raises(SettingsError):
        page.handle(event(), None)


@pytest.mark.parametrize(
    "file",
    [
        "", "nothing.js", "../page.py", "..%2fpage.py", "%2e%2e/page.py", "..", ".", "index.html", "openapi.json",
        "assets/app.js", "/etc/passwd", "app.js/", "APP.JS", "app.js\0", "__init__.py",
    ],
)  # fmt: skip
def test_there_is_nothing_else(file: str) -> None:
    """Only names of the page's own files; a path is no name, and the page has one address."""
    given = asset(file)
    assert given["statusCode"] == 404
    assert "etag" not in given["headers"]


@pytest.mark.parametrize(
    "given", [{}, {"resource": "/elsewhere"}, {"resource": "/assets/{file}", "pathParameters": None}]
)
def test_odd_events_are_not_found(given: dict[str, Any]) -> None:
    """An event without a route, or without its parameter."""
    assert page.respond({"httpMethod": "GET", **given}, BESIDE)["statusCode"] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get", None])
def test_it_only_shows(method: str | None) -> None:
    """Other methods are told which there are."""
    given = page.respond(event(httpMethod=method), BESIDE)
    assert (given["statusCode"], given["headers"]["allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_a_body() -> None:
    """The same status and headers."""
    shown, asked = asset("app.js"), asset("app.js", httpMethod="HEAD")
    assert asked == {**shown, "body": ""}


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"a",W/{}'])
@pytest.mark.parametrize("name", ["If-None-Match", "if-none-match"])
def test_a_browser_that_has_it_gets_no_second_copy(form: str, name: str) -> None:
    """By the entity tag, also where API Gateway weakened it; the policy comes with every answer."""
    tag = asset("app.js")["headers"]["etag"]
    given = asset("app.js", headers={name: form.format(tag)})
    assert (given["statusCode"], given["body"], given["headers"]["etag"]) == (304, "", tag)
    assert "default-src 'none'" in given["headers"]["content-security-policy"]
    assert asset("style.css", headers={name: form.format(tag)})["statusCode"] == 200


def test_files_are_asked_for_again() -> None:
    """No file is kept unasked, and the page's tag tells its addresses apart."""
    assert asset("app.js")["headers"]["cache-control"] == "no-cache"
    tags = {page.respond(event(path=path), BESIDE)["headers"]["etag"] for path in ("/v1/", "/v1", "/other/")}
    assert len(tags) == 2
