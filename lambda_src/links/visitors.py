"""People and scanners told apart: for the log alone, since nobody is refused or served by a guess.

A program that calls itself a browser, and takes its time, counts as a person: this cannot be seen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PERSON, SCANNER = "person", "scanner"
# Nobody gets a mail, opens it and clicks this soon after it was handed to SES; gateways do (_GATEWAYS).
TOO_SOON_SECONDS = 5

# Headers of a browser or an app that fetches before anybody has clicked.
PREFETCH_HEADERS = (
    "sec-purpose",  # Fetch standard: "prefetch", "prefetch;prerender" (MDN, Sec-Purpose)
    "purpose",  # Chrome and Edge before Sec-Purpose (crbug.com/1358419)
    "x-purpose",  # Safari: "preview" (matomo-org/matomo #3285)
    "x-moz",  # Firefox before Sec-Purpose: "prefetch" (MDN, Sec-Purpose)
)
_PREFETCH = re.compile(r"prefetch|prerender|preview|instant", re.IGNORECASE)

# Browsers begin with these (MDN, User-Agent); libraries, gateways and most preview bots do not: curl/8.5,
# python-requests/2.32, Go-http-client/2.0, WhatsApp/2.24, Slackbot-LinkExpanding 1.0, BarracudaCentral.
_BROWSER = re.compile(r"Mozilla/|Opera/")


@dataclass(frozen=True)
class Agent:
    """Who names itself by `pattern` in a User-Agent, although it begins as a browser's; and who says so."""

    pattern: str
    name: str
    source: str


_GATEWAYS = "check.live-direct-marketing.online, Bot clicks from security scanners: a field guide"
AGENTS = (
    Agent(r"(?<! cu)bots?(?:\b|_)", "a bot", "omrilotan/isbot, patterns.json (Cubot is a make of phones)"),
    Agent(r"crawl|spider|scanner", "a crawler", "omrilotan/isbot, patterns.json"),
    Agent(r"preview", "a link preview", "omrilotan/isbot, patterns.json (SkypeUriPreview is Teams)"),
    Agent(r"facebookexternalhit", "a link preview", "webmasterid.com, social preview bots (from Meta)"),
    Agent(r"headless|phantomjs", "a browser that nobody looks at", "omrilotan/isbot, patterns.json"),
    Agent(r"google-safety", "Google", "developers.google.com, Google's special-case crawlers"),
    Agent(r"barracuda", "Barracuda", _GATEWAYS),
    Agent(r"proofpoint", "Proofpoint", _GATEWAYS),
    Agent(r"mimecast", "Mimecast", _GATEWAYS),
    Agent(r"ciscosecureemail|ironport", "Cisco", _GATEWAYS),
    Agent(r"\btmes\b", "Trend Micro", _GATEWAYS),
    Agent(r"bluecoat drtr", "Symantec", "omrilotan/isbot, patterns.json"),
)
_AGENTS = tuple((re.compile(agent.pattern, re.IGNORECASE), agent.name) for agent in AGENTS)


@dataclass(frozen=True)
class Visitor:
    """`who` is PERSON or SCANNER; `because` says in words why it is taken for a scanner, else ""."""

    who: str
    because: str


def visitor(method: str, headers: Mapping[str, str], seconds_after_sending: int | None) -> Visitor:
    """Who asked. Header names are in lower case; the seconds are None where no link was found."""
    because = _because(method, headers, seconds_after_sending)
    return Visitor(SCANNER if because else PERSON, because)


def _because(method: str, headers: Mapping[str, str], seconds_after_sending: int | None) -> str:
    if method != "GET":
        return f"asks with {method}"
    if any(_PREFETCH.search(headers.get(name, "")) for name in PREFETCH_HEADERS):
        return "fetches before anybody clicks"
    agent = headers.get("user-agent", "")
    if not agent:
        return "no User-Agent"
    for pattern, name in _AGENTS:
        if pattern.search(agent):
            return f"User-Agent of {name}"
    if not _BROWSER.match(agent):
        return "User-Agent of a program"
    if seconds_after_sending is not None and seconds_after_sending < TOO_SOON_SECONDS:
        return "sooner than anybody can click"
    return ""
