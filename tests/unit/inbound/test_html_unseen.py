"""The list in what a page does not show: comments, styles, titles, attributes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound import bodies, markup, recipients
from lambda_src.inbound.message import Body

M = ":Email_Rxers_Code:"
A, B = "a@c.example", "b@c.example"
PAIR = f"{M}{A}, {B}{M}"


def cut(source: str) -> str:
    return recipients.cut(Body("html", source, False), M)


PIECES = [
    ("title", f"<title>Report {PAIR}</title>end", "<title>Report </title>end"),
    ("style", f"<style>p{{a:'{PAIR}'}}</style>end", "<style>p{a:''}</style>end"),
    ("script", f"<script>var a='{PAIR}'</script>end", "<script>var a=''</script>end"),
    ("alt", f'<img alt="x {PAIR}" src=y>', '<img alt="x " src=y>'),
    ("single quotes", f"<img alt='x {PAIR}'/>", "<img alt='x '/>"),
    ("no quotes", f"<a href=/?q={M}{A}{M} id=b>x</a>", '<a href="/?q=" id=b>x</a>'),
    ("> in a value", f'<a title="1>2 {PAIR}">x</a>', '<a title="1>2 ">x</a>'),
    ("name of an attribute", f"<a {M}{A}{M} id=b>x</a>", "<a  id=b>x</a>"),
    ("comment", f"<!-- a {PAIR} -->end", "<!-- a  -->end"),
    (
        "comment that Outlook shows",
        f"<!--[if mso]><p>{PAIR}</p><![endif]-->",
        "<!--[if mso]><p></p><![endif]-->",
    ),
    (
        "tags in such a comment stay whole",
        f"<!--[if mso]><p>{M}<a href='mailto:{A}'>{A}</a></p>{M}<![endif]-->",
        "<!--[if mso]><p><a></a></p><![endif]-->",
    ),
    ("comment without an end", f"end<!-- a {PAIR} b", "end<!-- a  b"),
    ("declaration", f"<!x {PAIR}>end", "<!x >end"),
    ("tag without an end", f'end<a title="{PAIR} b', 'end<a title=" b'),
    (
        "character references",
        f"<a title='&#58;Email&lowbar;Rxers&#x5F;Code&colon;a&#64;c.example{M}'>",
        "<a title=''>",
    ),
    ("percent encoding", f"<a href='/?%3AEmail_Rxers_Code%3a{A}{M}'>", "<a href='/?'>"),
    ("marks of no width", "<a title=':Email_&shy;Rxers_\u200bCode:'>x", "<a title=''>x"),
    (
        "a pair over several attributes",
        f'<img alt="{M}x {A}" title="{B} y{M}">{A}',
        f'<img alt="x " title=" y">{A}',
    ),
    ("a cut that would end a comment", f"<!-- a -{M}x{M}->b-->end", "<!---->end"),
    ("a cut that would end a script", f"<script>a</scr{M}x{M}ipt>b</script>end", "<script></script>end"),
]


@pytest.mark.parametrize(("source", "left"), [case[1:] for case in PIECES], ids=[case[0] for case in PIECES])
def test_pairs_that_nobody_sees(source: str, left: str) -> None:
    """A list in a comment, a title, a style, a script or an attribute goes; the page stays whole."""
    assert cut(source) == left
    assert cut(f"{PAIR}{source}") == left


ADDRESSES = [
    (f'<a href="mailto:{A}">{A}</a>', f'<a href="mailto:">{A}</a>'),
    (f"<a href=/?x%3A{A.replace('@', '%40')}>x</a>", '<a href="/?x%3A">x</a>'),
    ("<!-- A@C.Example -->", "<!--  -->"),
    ("<!-- aa@c.example, a@c.example.org, x+a@c.example -->", None),
    ("<p>aa@c.example a@c.example</p>", None),
]


@pytest.mark.parametrize(("source", "left"), ADDRESSES)
def test_listed_addresses_that_nobody_sees(source: str, left: str | None) -> None:
    """A listed address goes from what is not seen; text that mentions it stays, and so do other addresses."""
    assert cut(PAIR + source) == (source if left is None else left)
    assert cut(source) == source


def test_the_list_of_another_body_counts() -> None:
    """Addresses that only the text's list names go from the page too."""
    known = recipients.written([Body("plain", PAIR, True)], M)
    page = Body("html", f"<p title='{A}'>x</p>", True)
    assert recipients.cut(page, M, known) == "<p title=''>x</p>"


WORDS = [
    M,
    A,
    "<a x='",
    "<a x=",
    "'",
    '"',
    ">",
    "<!--",
    "-->",
    "-",
    "</",
    "script>",
    "<title>",
    "<b>",
    "x",
    " ",
    "=",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_nothing_seen_changes(words: list[str]) -> None:
    """Whatever the page, cutting what is not seen changes nothing that is, and leaves no marker in a tag."""
    source = "".join(words)
    shown = markup.seen_text(source)
    expected = recipients.cut(Body("plain", shown, False), M)
    left = cut(source)
    assert markup.seen_text(left) == expected
    assert left.count(M) <= expected.count(M)


@given(st.lists(st.sampled_from([*WORDS, "</body>", "</html>", "<textarea>", "</title>"]), max_size=30))
def test_links_are_always_seen(words: list[str]) -> None:
    """Whatever the page, what is added to it is seen."""
    page = bodies.insert_at_end("".join(words), "\n<p>added</p>")
    assert "added" in markup.seen_text(page)


@pytest.mark.parametrize("piece", [f"<b title='{A}'>x", f"<b title='{M}'>x", "<b title='@'>x"])
def test_pages_that_no_editor_writes(piece: str) -> None:
    """A page with more to cut than anybody writes is shown as its text."""
    left = cut(PAIR + piece * 21_000)
    assert left.startswith("<pre")
    assert markup.seen_text(left) == "x" * 21_000
