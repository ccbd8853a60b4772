"""HTML of mail: what the cleaner takes out, what it leaves, and what it does with HTML that would eat the machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest

from mailroom.local.inbox import cleaner, markup

CANARY = "http://canary.example"
VECTORS = tomllib.loads((Path(__file__).parents[3] / "hostile_html.toml").read_text())
CASES = [html for group in VECTORS.values() for html in group]
PICTURE = "data:image/png;base64,iVBORw0KGgo="


def armed(vector: str) -> str:
    return (
        vector.replace("CANARYHOST", "canary.example")
        .replace("CANARY", CANARY)
        .replace("RUN", "window.ran=1")
    )


class Inspector(HTMLParser):
    """Reads cleaned HTML as a browser would and lists what should not be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.inside_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside_style = tag == "style"
        allowed = markup.ATTRIBUTES["*"] | markup.ATTRIBUTES.get(tag, set()) | {"rel", "target"}
        if tag not in markup.TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            words = (value or "").strip().lower()
            if name not in allowed or name in ("srcset", "background"):
                self.faults.append(f"{tag} {name}={value}")
            if name == "href" and not words.startswith(("http:", "https:", "mailto:", "tel:")):
                self.faults.append(f"{tag} href={value}")
            if name == "src" and not re.match(r"data:image/(png|jpe?g|gif|webp);base64,", words):
                self.faults.append(f"{tag} src={value}")
            if name == "style":
                self._style(words)

    def handle_endtag(self, tag: str) -> None:
        self.inside_style = False

    def handle_data(self, data: str) -> None:
        if self.inside_style:
            self._style(data.lower())

    def _style(self, css: str) -> None:
        # An escape could spell any of these: none may be left before a bracket or behind an @.
        for pattern in (
            r"url\((?!\"data:image/)",
            r"image-set",
            r"cross-fade",
            r"expression\(",
            r"@import",
            r"@font-face",
            r"@charset",
        ):
            if re.search(pattern, css):
                self.faults.append(f"style: {css}")
        if re.search(r"\\[0-9a-f]+\s?[^\"']*\(", css) or "@\\" in css or "</" in css:
            self.faults.append(f"style with escapes: {css}")


@pytest.mark.parametrize("vector", CASES)
def test_nothing_hostile_is_left(vector: str) -> None:
    """Only known tags and attributes stay, links lead outside, pictures are the mail's own, styles load nothing."""
    cleaned = markup.cleaned(armed(vector), {})
    inspector = Inspector()
    inspector.feed(f'<p style="{cleaned.body_style.replace(chr(34), "&quot;")}">{cleaned.html}')
    inspector.close()
    assert inspector.faults == []


def test_nh3_writes_no_tag_into_a_value() -> None:
    """Style sheets are looked for in what it wrote: a value that looks like one must not be taken for one."""
    assert nh3.clean('<p title="<style>a</style>">&lt;style>', attributes={"p": {"title"}}) == (
        '<p title="&lt;style&gt;a&lt;/style&gt;">&lt;style&gt;</p>'
    )


class Outline(HTMLParser):
    """The elements of a document with the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, sorted(name for name, _ in attrs)))


@pytest.mark.parametrize("vector", CASES)
def test_cleaning_again_finds_the_same(vector: str) -> None:
    """What was cleaned is read by a parser as it was written: no second reading makes other elements of it."""
    once = markup.cleaned(armed(vector), {}).html
    again = markup.cleaned(once, {}).html
    assert Outline(again).elements == Outline(once).elements


def test_the_table_of_vectors_is_a_table() -> None:
    """Enough of each kind, none twice: a list that was emptied by mistake would pass everything."""
    assert len(CASES) == len(set(CASES)) >= 130
    assert min(len(group) for group in VECTORS.values()) >= 15


@pytest.mark.parametrize(
    ("html", "remote"),
    [
        ('<img src="http://far.example/a.png"><img src="http://far.example/a.png">', ["http://far.example/a.png"]),
        ('<img src="//far.example/a.png">', ["//far.example/a.png"]),
        ('<img srcset="https://far.example/1 1x, https://far.example/2 2x">', ["https://far.example/1", "https://far.example/2"]),
        ('<table background="http://far.example/t">', ["http://far.example/t"]),
        ('<p style="background:url(http://far.example/s)">', ["http://far.example/s"]),
        ('<style>p{background:image-set(url(http://far.example/i) 1x)}</style>', ["http://far.example/i"]),
        ('<img src="relative.png"><img src="/x"><img src="mid:x">', []),
        ('<img src="\\\\far.example\\a.png">', ["\\\\far.example\\a.png"]),
        (f'<img src="{PICTURE}"><a href="http://far.example/">x</a>', []),
        ('<img src="cid:nobody">', []),
    ],
)  # fmt: skip
def test_remote_images_are_counted(html: str, remote: list[str]) -> None:
    """Each address once, wherever it stands; links and the mail's own pictures are none."""
    assert list(markup.cleaned(html, {}).remote) == remote


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Hello <b>you</b><br><i>and</i> <u>them</u></p>", "<p>Hello <b>you</b><br><i>and</i> <u>them</u></p>"),
        ('<table width="600" bgcolor="#eee" cellpadding="0"><tbody><tr><td align="center">x</td></tr></tbody></table>', None),
        ('<p style="color: red; padding: 1px 2px">x</p>', '<p style="color: red; padding: 1px 2px">x</p>'),
        ('<font color="#ff0000" size="2">x</font>', None),
        ("<style>@media (max-width: 480px) {.a{color:red}}</style>", None),
        ('<style>p:before{content:"\\2014"}</style>', '<style>p:before{content:"—"}</style>'),
        ('<h1 class="a" id="b" dir="rtl" lang="ar">x</h1>', None),
    ],
)  # fmt: skip
def test_what_makes_a_mail_look_right_stays(html: str, kept: str | None) -> None:
    """Structure, tables, colours, style sheets with their media rules."""
    assert markup.cleaned(html, {}).html == (kept or html)


def test_links_lead_outside() -> None:
    """A new tab, which learns nothing of this one."""
    html = markup.cleaned(
        '<a href="https://far.example/?a=1&amp;b=2" target="_self" rel="opener">x</a>', {}
    ).html
    assert re.fullmatch(
        r'<a href="https://far.example/\?a=1&amp;b=2"( target="_blank"| rel="noopener noreferrer"){2}>x</a>',
        html,
    )


def test_pictures_of_the_mail_are_shown() -> None:
    """cid: addresses become data: addresses, in images and in styles; unknown ones go."""
    html = '<img src="cid:a%40b"><img src="CID:other"><p style="background:url(cid:a@b)">x</p>'
    cleaned = markup.cleaned(html, {"a@b": PICTURE}).html
    assert cleaned.count(PICTURE) == 2
    assert "cid:" not in cleaned.lower()


def test_the_look_of_the_body_is_kept() -> None:
    """A dark mail with white letters would be unreadable without it; the same rules hold there."""
    html = (
        '<html><body bgcolor="#111" text="white" style="margin:0;background-image:url(http://far.example/)">x'
    )
    cleaned = markup.cleaned(html, {})
    assert cleaned.body_style.startswith("background-color:#111;color:white;margin:0")
    assert "url(" not in cleaned.body_style
    assert cleaned.remote == ("http://far.example/",)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("".join(f"<p><b class={number}>" for number in range(4000)), id="55 KB that become 150 MB"),
        pytest.param("".join(f"<p><b class={number}>" for number in range(1000)), id="16 KB that become 9 MB"),
        pytest.param("<div>" * 90_000, id="nested 90,000 deep"),
        pytest.param("<font><div>" * 40_000, id="two kinds nested"),
    ],
)  # fmt: skip
def test_tangled_html_harms_nothing(html: str) -> None:
    """It is cleaned by a process with a limit of time and memory; where that ends, the page says so."""
    cleaned = cleaner.in_own_process(html, {}, seconds=1)
    assert cleaned.html == ""
    assert "could not be cleaned" in cleaned.trouble


def test_the_process_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody waits for it any more: its time is counted by the system."""
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *given, **named: run(*given, **{**named, "timeout": 120}))
    assert cleaner.in_own_process("<div>" * 60_000, {}, seconds=1).trouble


def test_a_process_of_its_own_cleans_the_same() -> None:
    """The words of both, pictures and what was left out, go there and come back."""
    html = 'Grüße \ud83d<img src="cid:a"><img src="http://far.example/x">'.encode("utf-8", "replace").decode()
    pictures = {"a": PICTURE}
    assert cleaner.in_own_process(html, pictures) == markup.cleaned(html, pictures)


def test_a_mail_is_cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page and its frame show the same cleaning; of many mails only the last few are kept."""
    asked: list[str] = []

    def clean(html: str, pictures: object) -> cleaner.Cleaned:
        asked.append(html)
        return cleaner.Cleaned(html)

    monkeypatch.setattr(cleaner, "in_own_process", clean)
    mine = cleaner.Cleaner()
    for number in (*range(cleaner.MAXIMUM_KEPT), 0, 1):
        mine.cleaned(str(number), f"{number}", dict)
    assert len(asked) == cleaner.MAXIMUM_KEPT
    mine.cleaned("another", "another", dict)
    mine.cleaned("0", "0", dict)
    assert asked[-2:] == ["another", "0"]


def test_what_was_not_cleaned_in_time_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may have been busy. What took too much work is not: each look at it would cost that again."""
    answers = [cleaner.Cleaned(trouble="busy", busy=True), cleaner.Cleaned(trouble="tangled")]
    monkeypatch.setattr(cleaner, "in_own_process", lambda html, pictures: answers.pop(0))
    mine = cleaner.Cleaner()
    assert [mine.cleaned("a", "x", dict).trouble for _ in range(3)] == ["busy", "tangled", "tangled"]


def test_only_who_waited_in_vain_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that the system ended did its share of work."""
    assert not cleaner.in_own_process("<div>" * 90_000, {}, seconds=1).busy

    def run(command: list[str], **named: object) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert cleaner.in_own_process("x", {}).busy
