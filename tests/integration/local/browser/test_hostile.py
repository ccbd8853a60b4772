"""Hostile mail in a real browser: nothing runs, nothing is asked for elsewhere, and each of the two walls holds alone."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mailroom.local.inbox import markup
from mailroom.local.inbox.cleaner import Cleaned, Cleaner

VECTORS = tomllib.loads((Path(__file__).parents[3] / "hostile_html.toml").read_text())
# Each of them tries the page it is in, the one around it, and the one that opened it.
RUN = "window.ran=1;try{top.ran=1}catch(e){};(new Image).src='CANARY/ran'"


def armed(html: str, canary: str) -> str:
    """A vector that leads to the canary."""
    return (
        html.replace("CANARYHOST", canary.removeprefix("http://"))
        .replace("RUN", RUN)
        .replace("CANARY", canary)
    )


def mails(canary: str) -> list[EmailMessage]:
    """All vectors of a group in one mail, and each of those alone that need the document to themselves."""
    made = []
    groups = [(name, "<hr>".join(group)) for name, group in VECTORS.items()]
    for subject, html in [*groups, *enumerate(VECTORS["documents"])]:
        message = EmailMessage()
        message["From"] = "a@mail.example"
        message["Subject"] = f"Hostile: {subject}"
        message.set_content(armed(html, canary), subtype="html", cte="base64")
        made.append(message)
    return made


def not_ours(asked: list[str], address: str) -> list[str]:
    """What was asked for beyond our own pages and what is in them."""
    ours = (f"{address}/_mailroom/inbox", "data:image/", "about:")
    return [one for one in asked if not one.startswith(ours)]


@dataclass
class Canary:
    """A server elsewhere that remembers what it was asked for."""

    address: str
    asked: list[str]


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Nobody may ask it for anything."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *arguments: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Canary(f"http://127.0.0.1:{server.server_port}", asked)
    server.shutdown()
    server.server_close()


def test_nothing_runs_and_nothing_is_loaded(window: Any, post: Any, canary: Any) -> None:
    """Every vector, as a reader opens it: in the page, and alone in a tab."""
    for message in mails(canary.address):
        sent = post.send(message)
        for path in (f"/{sent}?view=html", f"/{sent}/html"):
            window.open(path)
            assert window.run("return [window.ran, document.title]")[0] is None
            assert window.run("return location.href").endswith(path)
    assert not_ours(window.asked(), window.address) == []
    assert canary.asked == []
    assert window.complaints() == []


def test_a_page_that_imitates_ours_stays_in_its_frame(window: Any, post: Any) -> None:
    """What covers everything covers only the frame."""
    html = '<div style="position:fixed;inset:0;z-index:99999;background:#c00;color:#fff">Log in again</div>'
    message = EmailMessage()
    message["From"] = "a@mail.example"
    message["Subject"] = "Your session has ended"
    message.set_content(html, subtype="html")
    window.open(f"/{post.send(message)}?view=html")
    at = window.run(
        "const at = document.querySelector('iframe').getBoundingClientRect(); return [at.left, at.top - 30]"
    )
    assert window.run("return document.elementFromPoint(...arguments).tagName", *at) != "IFRAME"


def test_screenshot_of_hostile_html(window: Any, post: Any, canary: Any) -> None:
    """What a reader sees of it: words, a count of what was not loaded, and nothing else."""
    pictures = '<img src="CANARY/1.png"><img src="CANARY/2.png" width="1" height="1">'
    html = (
        "<h1>You have won</h1><p>This mail tries to run scripts, to load pictures and fonts, to leave its frame "
        "and to send a form.</p><form action='CANARY/f'><input name=password placeholder=Password>"
        f"<button>Log in</button></form>{pictures}<ul>"
        + "".join(f"<li>{name}: {group[0]}{group[1]}</li>" for name, group in VECTORS.items())
    )
    message = EmailMessage()
    message["From"] = "Your Bank \u202e<ten.knab@mail.example>"
    message["Subject"] = "Urgent: <script>alert(1)</script> invoice\u202efdp.exe"
    message.set_content(armed(html, canary.address), subtype="html")
    sent = post.send(message)
    window.open(f"/{sent}")
    window.run("document.querySelector('#kept-out').open = true")
    assert window.shot("hostile-html").stat().st_size > 10_000
    assert "remote images were not loaded" in window.run("return document.body.innerText")
    assert canary.asked == []


@pytest.fixture
def naked(canary: Any) -> Iterator[Callable[[str], str]]:
    """Serves HTML with no policy at all, from another origin; its address."""
    page: list[bytes] = [b""]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/mail" else 204)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page[0] if self.path == "/mail" else b"")

        def log_message(self, format: str, *arguments: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(html: str) -> str:
        page[0] = f"<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><body>{html}".encode()
        return f"http://127.0.0.1:{server.server_port}/mail"

    yield serve
    server.shutdown()
    server.server_close()


def test_the_cleaner_alone_holds(window: Any, canary: Any, naked: Callable[[str], str]) -> None:
    """Without any policy and sandbox, cleaned HTML runs nothing and loads nothing."""
    for html in [html for group in VECTORS.values() for html in group]:
        cleaned = markup.cleaned(armed(html, canary.address), {})
        window.driver.get(naked(f'<p style="{cleaned.body_style.replace(chr(34), "&quot;")}">{cleaned.html}'))
        assert window.run("return window.ran") is None, html
        assert canary.asked == [], html
    assert {one.partition("/mail")[1] for one in window.asked() if one.startswith("http")} == {"/mail"}


def test_the_canary_sings(window: Any, canary: Any, naked: Callable[[str], str]) -> None:
    """The other tests can fail: the same HTML, neither cleaned nor boxed in, runs and loads."""
    window.driver.get(naked(armed("".join(VECTORS["handlers"][:3] + VECTORS["images"][:1]), canary.address)))
    window.until("window.ran === 1")
    assert "/i.png" in canary.asked


def test_the_policy_alone_holds(window: Any, post: Any, canary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not cleaned at all, the frame's sandbox and policy let nothing run and nothing load."""
    monkeypatch.setattr(Cleaner, "cleaned", lambda self, message_id, html, pictures: Cleaned(html))
    for message in mails(canary.address):
        sent = post.send(message)
        window.open(f"/{sent}?view=html")
        assert window.run("return window.ran") is None
        assert window.run("return location.pathname") == f"/_mailroom/inbox/{sent}"
    window.complaints()  # the browser says what it refused
    assert canary.asked == []
