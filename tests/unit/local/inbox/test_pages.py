"""The pages of the inbox: what each path answers, and what a mail cannot do to any of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from mailroom.local.inbox.views.mail import VIEWS

Mail = Callable[..., bytes]
HOSTILE = "</title></style></textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
TURNED = "invoice\u202efdp.exe"


LEADS = ("/_mailroom/", "#", "http://", "https://", "data:image/svg+xml,%3Csvg")


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def everywhere(words: str) -> bytes:
    """A mail that says the same in every place that a page shows."""
    return (
        f"From: {words} <a@mail.example>\r\nTo: {words} <b@far.example>\r\nSubject: {words}\r\nX-Odd: {words}\r\n"
        f"DKIM-Signature: v=1; d={words}; s={words}; {words}={words}\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>hi</p>{words}\r\n"
        f"--b\r\nContent-Type: application/x-{words}\r\nContent-ID: <{words}>\r\n"
        f"Content-Disposition: attachment; filename*=UTF-8''x\r\n\r\nx\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def hostile(desk: Any) -> str:
    """A mail whose every word is hostile, and its events too; its id."""
    words = HOSTILE + TURNED
    found: str = desk.send(
        everywhere(words),
        sender=f'"{words}"@mail.example',
        to=(f"{words}@far.example", "c@far.example"),
        configuration_set=words,
        tags=((words, words),),
        caller=words,
        via=words,
        source_ip=words,
    )
    desk.tell(found, words, **{words: words})
    desk.tell(
        found,
        "Bounce",
        bounceType=words,
        bouncedRecipients=[{"emailAddress": words, "diagnosticCode": words}],
    )
    desk.tell(found, "Click", link=f"javascript:{words}", userAgent=words, timestamp=words)
    return found


def test_the_listing_for_programs_has_the_promised_members(desk: Any, mail: Mail) -> None:
    """id, from, recipients, subject, size, configuration set, time."""
    raw = mail()
    desk.send(raw)
    (entry,) = json.loads(desk.ask(".json").body)
    assert entry["from"] == "a@mail.example"
    assert entry["recipients"] == ["b@far.example"]
    assert entry["subject"] == "Hello"
    assert (entry["size"], entry["configuration_set"]) == (len(raw), "inbound")
    assert entry["time"] == "2026-11-24T11:55:00.000+00:00"


def test_programs_search_by_the_same_words(desk: Any, mail: Mail) -> None:
    """?q= of the JSON is that of the page."""
    desk.send(mail(Subject="One"))
    two = desk.send(mail(Subject="Two"))
    assert [entry["id"] for entry in json.loads(desk.ask(".json", q="subject:two").body)] == [two]


def test_events_are_there_for_programs(desk: Any, mail: Mail) -> None:
    """As they were told, in their order."""
    sent = desk.send(mail())
    desk.tell(sent, "Send")
    desk.tell(sent, "Delivery", recipients=["b@far.example"])
    told = json.loads(desk.ask(f"/{sent}/events.json").body)
    assert [event["eventType"] for event in told] == ["Send", "Delivery"]
    assert told == desk.inbox.mail.events(sent)


@pytest.mark.parametrize("view", ["list", "found", *VIEWS])
def test_nothing_of_a_mail_becomes_markup(desk: Any, hostile: str, view: str) -> None:
    """Addresses, subjects, headers, names, tags, events, searches: words in each view, never elements."""
    paths = {"list": ("", {}), "found": ("", {"q": f"{HOSTILE}{TURNED}"})}
    path, query = paths.get(view, (f"/{hostile}", {"view": view, "q": HOSTILE}))
    html = desk.page(path, **query)
    elements = Elements(html).found
    scripts = [attributes for tag, attributes in elements if tag == "script"]
    assert [script.get("src") for script in scripts] == ["/_mailroom/inbox.js"]
    for tag, attributes in elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        assert attributes.get("href", "#").startswith(LEADS), attributes
        assert tag not in ("textarea", "base", "object", "embed")
        assert tag != "img" or attributes["src"].startswith("data:image/"), attributes
    assert html.count("<title>") == 1
    assert "\u202e" not in html
    assert "[U+202E]" in html


def test_pages_forbid_what_they_do_not_need(desk: Any, mail: Mail) -> None:
    """One script and one style sheet by a nonce that is new each time; nothing from elsewhere, no framing, no guessing."""
    sent = desk.send(mail())
    first, second = (desk.ask(f"/{sent}").headers for _ in range(2))
    policy = first["content-security-policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]{20,})'", policy)
    assert nonce is not None
    assert first["content-security-policy"] != second["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    for word in ("unsafe", "*", "http:", "script-src 'self'"):
        assert word not in policy
    for word in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert word in policy
    assert first["x-content-type-options"] == "nosniff"
    assert first["cross-origin-resource-policy"] == "same-origin"


def test_the_html_of_a_mail_is_boxed_in(desk: Any, hostile: str) -> None:
    """A sandbox without scripts and origin, by the frame and by its own answer; cleaned besides."""
    answer = desk.ask(f"/{hostile}/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; ")
    page = desk.page(f"/{hostile}", view="html")
    (frame,) = [attributes for tag, attributes in Elements(page).found if tag == "iframe"]
    assert frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert not {tag for tag, _ in Elements(answer.body.decode()).found} & {
        "script",
        "iframe",
        "object",
        "form",
    }
    assert b"<img>" in answer.body


def test_what_was_not_loaded_is_told(desk: Any, mail: Mail) -> None:
    """How many remote images, and where they are; nothing is said where there are none."""
    sent = desk.send(
        mail('<img src="http://x.example/1"><img src="//y.example/2">', Content_Type="text/html")
    )
    html = desk.page(f"/{sent}")
    assert "2 remote images were not loaded" in html
    assert "x.example" in html
    assert "y.example" in html
    assert "http://x.example/1" not in desk.page(f"/{sent}/html")
    plain = desk.send(mail("<p>hi", Content_Type="text/html"))
    assert "not loaded" not in desk.page(f"/{plain}")


def test_a_mail_opens_with_what_a_reader_wants_first(desk: Any, mail: Mail) -> None:
    """HTML, else text, else the source; only views that it has."""
    html = desk.send(mail("<p>hi", Content_Type="text/html"))
    text = desk.send(mail("hi"))
    neither = desk.send(mail("x", Content_Type="application/pdf"))
    for sent, view, absent in ((html, "html", "text"), (text, "text", "html"), (neither, "headers", "text")):
        page = desk.page(f"/{sent}", view=absent)
        assert f'id="panel" class="{view}"' in page
        assert f'id="tab-{absent}"' not in page


def test_the_raw_mail_is_a_download(desk: Any, mail: Mail) -> None:
    """Byte for byte, as a file."""
    raw = mail("\r\n.\r\nx")
    answer = desk.ask(f"/{desk.send(raw)}/raw")
    assert answer.body == raw
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "message/rfc822"


@pytest.mark.parametrize(
    "path",
    ["/no", "/../../etc/passwd/raw", "/_mailroom/else", "/_mailroom/", "/{id}/else", "/{id}/files/2",
     "/{id}/files/0", "/{id}/files/", "/{id}/files/-1", "/{id}/raw/..", "/{id}.eml", "//", "/{id}/html/x"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(desk: Any, mail: Mail, path: str) -> None:
    """Only ids of the listing lead anywhere, and only to parts that a mail has."""
    sent = desk.send(mail())
    assert desk.ask(path.format(id=sent)).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_looking(desk: Any, method: str) -> None:
    """Nothing but GET and HEAD."""
    assert desk.ask(method=method).status == 405


def test_an_empty_inbox_says_what_to_do(desk: Any) -> None:
    """Commands that send a first mail, with the address of this very cloud."""
    page = desk.page()
    assert "Nothing was sent yet" in page
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:4566" in page


def test_a_search_without_result_says_so(desk: Any, mail: Mail) -> None:
    """What was searched for, and the way back to all."""
    desk.send(mail())
    page = desk.page(q="nothing <b>")
    assert "No mail matches <q>nothing &lt;b&gt;</q>" in page
    assert 'href="/_mailroom/inbox"' in page


def test_an_unknown_word_of_the_search_is_told(desk: Any, mail: Mail) -> None:
    """is: takes only what there is; the page says what."""
    desk.send(mail())
    assert "is:lost is unknown. is: takes bounced, complained" in desk.page(q="is:lost")


def test_works_without_its_script(desk: Any, mail: Mail) -> None:
    """Search is a form that GETs, the views are links, times and their distance are in the page."""
    sent = desk.send(mail("<p>hi", Content_Type="text/html"))
    elements = Elements(desk.page()).found
    (form,) = [
        attributes for tag, attributes in elements if tag == "form" and attributes.get("role") == "search"
    ]
    assert (form["action"], form["method"]) == ("/_mailroom/inbox", "get")
    assert f"/_mailroom/inbox/{sent}" in [
        attributes.get("href") for tag, attributes in elements if tag == "a"
    ]
    assert "5 min ago" in desk.page()
    page = desk.page(f"/{sent}")
    for view in ("html", "headers", "source", "events"):
        assert f'href="/_mailroom/inbox/{sent}?view={view}"' in page


def test_assets_are_served(desk: Any) -> None:
    """The two files that the pages name."""
    for path, kind in ((".css", "text/css; charset=utf-8"), (".js", "text/javascript; charset=utf-8")):
        answer = desk.ask(path)
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert b"http" not in answer.body  # they lead nowhere


def test_a_page_that_did_not_change_is_not_sent_again(desk: Any, mail: Mail) -> None:
    """304 until mail or an event comes; then the page, with another tag."""
    sent = desk.send(mail())
    for path in ("", f"/{sent}"):
        tag = desk.ask(path).headers["etag"]
        assert desk.ask(path, if_none_match=tag).status == 304
        desk.tell(sent, "Send")
        changed = desk.ask(path, if_none_match=tag)
        assert changed.status == 200
        assert changed.headers["etag"] != tag


def test_a_reset_cloud_forgets(desk: Any, mail: Mail) -> None:
    """No words of what was there before are found."""
    sent = desk.send(mail("unusual"))
    assert "1 mail<" in desk.page(q="unusual")
    assert desk.inbox.index.kept == len("unusual")
    desk.inbox.mail.clear()
    assert desk.ask(f"/{sent}").status == 404
    assert "Nothing was sent yet" in desk.page()
    assert desk.inbox.index.kept == 0
    desk.send(mail("other"))
    assert "No mail matches" in desk.page(q="unusual")
