"""People and scanners told apart by what a request says of itself."""

import re

import pytest

from lambda_src.links.visitors import AGENTS, TOO_SOON_SECONDS, visitor

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.6 Mobile/15E148 Safari/604.1"
)
LATER = 600

PEOPLE = [
    FIREFOX,
    CHROME,
    SAFARI,
    "Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
]
PROGRAMS = [
    ("curl/8.5.0", "a program"),
    ("python-requests/2.32.3", "a program"),
    ("Go-http-client/2.0", "a program"),
    ("WhatsApp/2.24.20 A", "a program"),
    ("BarracudaCentral", "Barracuda"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "a bot"),
    ("facebookexternalhit/1.1", "a link preview"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "a bot"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "a link preview"),
    (CHROME.replace("Chrome", "HeadlessChrome"), "a browser that nobody looks at"),
    (f"{FIREFOX} Proofpoint", "Proofpoint"),
    ("Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)", "a bot"),
]
PREFETCHES = [
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"purpose": "prefetch"},
    {"x-purpose": "preview"},
    {"x-moz": "prefetch"},
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_people(agent: str) -> None:
    """A browser that asks for a file some time after the mail is a person."""
    asked = visitor("GET", {"user-agent": agent}, LATER)
    assert (asked.who, asked.because) == ("person", "")


@pytest.mark.parametrize(("agent", "name"), PROGRAMS)
def test_programs(agent: str, name: str) -> None:
    """A program that says what it is is a scanner, and the log says which kind."""
    asked = visitor("GET", {"user-agent": agent}, LATER)
    assert (asked.who, asked.because) == ("scanner", f"User-Agent of {name}")


@pytest.mark.parametrize("header", PREFETCHES)
def test_prefetches(header: dict[str, str]) -> None:
    """A browser that fetches before anybody clicks says so in a header."""
    asked = visitor("GET", {"user-agent": FIREFOX, **header}, LATER)
    assert (asked.who, asked.because) == ("scanner", "fetches before anybody clicks")


@pytest.mark.parametrize(
    ("method", "headers", "because"),
    [("HEAD", {"user-agent": FIREFOX}, "asks with HEAD"), ("GET", {}, "no User-Agent")],
)
def test_no_browser(method: str, headers: dict[str, str], because: str) -> None:
    """Browsers ask with GET and say who they are."""
    asked = visitor(method, headers, LATER)
    assert (asked.who, asked.because) == ("scanner", because)


@pytest.mark.parametrize(
    ("seconds", "who"),
    [(0, "scanner"), (TOO_SOON_SECONDS - 1, "scanner"), (TOO_SOON_SECONDS, "person"), (None, "person")],
)
def test_too_soon(seconds: int | None, who: str) -> None:
    """Whoever clicks within seconds of the sending has not read the mail."""
    assert visitor("GET", {"user-agent": FIREFOX}, seconds).who == who


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.pattern)
def test_every_line_of_the_table_has_its_source(agent: object) -> None:
    """Each pattern is in lower case, matches no browser of today, and names where it is from."""
    assert agent.source  # type: ignore[attr-defined]
    assert agent.pattern == agent.pattern.lower()  # type: ignore[attr-defined]
    assert not any(re.search(agent.pattern, browser, re.IGNORECASE) for browser in PEOPLE)  # type: ignore[attr-defined]
