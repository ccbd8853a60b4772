"""The recipients list: found, read, and cut from every body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound import recipients
from lambda_src.inbound.message import Body
from lambda_src.inbound.recipients import Recipients

M = ":Email_Rxers_Code:"
AB = ("a@x.example", "b@y.example")


def text(value: str) -> Body:
    return Body("plain", value, False)


def page(value: str) -> Body:
    return Body("html", value, False)


GOOD = [
    ("as the sensors write it", f"Line2{M}a@x.example,b@y.example{M}"),
    ("brackets around the list", f"{M}[a@x.example,b@y.example]{M}"),
    ("brackets around each", f"{M}<a@x.example>, (b@y.example){M}"),
    ("white space and line breaks", f"{M}\n a@x.example ,\r\n\tb@y.ex\nample \n{M}"),
    ("<br> in plain text", f"{M}a@x.example,<br />b@y.example<br>{M}"),
    ("marks of no width", f"{M}\ufeffa@x.example,\u200bb@y.example\u00a0{M}"),
    ("marks of no width in the marker", f":Email_\u200bRxers_\u00adCode:a@x.example,b@y.example{M}"),
    ("brackets over several entries", f"{M}[a@x.example, (b@y.example]){M}"),
    ("empty entries", f"{M},a@x.example,,b@y.example,{M}"),
    ("twice, in other letters", f"{M}a@x.example,b@y.example,A@X.example{M}"),
    ("the first pair counts", f"{M}a@x.example,b@y.example{M} and {M}c@z.example{M}"),
]


@pytest.mark.parametrize("value", [case[1] for case in GOOD], ids=[case[0] for case in GOOD])
def test_good_lists(value: str) -> None:
    """Every way to write a list that was met gives its addresses, each once, in order."""
    assert recipients.read([text(value)], M) == Recipients(True, AB)


HTML = [
    ("plain", f"<p>{M}a@x.example,b@y.example{M}</p>", "<p></p>"),
    ("line breaks", f"{M}a@x.example,<br/>b@y.example{M}<br>", "<br>"),
    (
        "links",
        f'<p>Hi {M}<a href="mailto:a@x.example">a@x.example</a>, <a href="mailto:b@y.example">b@y.example</a>{M}!</p>',
        "<p>Hi <a></a><a></a>!</p>",
    ),
    ("character references", f"{M}a&#64;x.example&comma;b&commat;y.example{M}&amp;", "&amp;"),
    ("marker with a reference in it", f":Email&#95;Rxers_Code:a@x.example,b@y.example{M}", ""),
    ("marks of no width in the marker", f":Email_<wbr>Rxers_&shy;Code:a@x.example,b@y.example{M}", ""),
    ("tags inside the marker", f":Email<b>_Rxers</b>_Code:a@x.example,b@y.example{M}", "<b></b>"),
    ("tag just behind stays whole", f'{M}a@x.example,b@y.example{M}<a href="x">y</a>', '<a href="x">y</a>'),
    (
        "comments and styles are not read",
        f"<style>{M}z@z.example{M}</style><!--{M}-->{M}a@x.example,b@y.example{M}",
        "<style></style><!---->",
    ),
    ("no tag", f"1 < 2 {M}a@x.example,b@y.example{M} 3 > 2", "1 < 2  3 > 2"),
]


@pytest.mark.parametrize(("source", "left"), [case[1:] for case in HTML], ids=[case[0] for case in HTML])
def test_html_lists(source: str, left: str) -> None:
    """A list in HTML is read as a reader sees it, and cut with every address in it; the rest stays as it was."""
    assert recipients.read([page(source)], M) == Recipients(True, AB)
    assert recipients.cut(page(source), M) == left


def test_text_goes_before_html() -> None:
    """A text part with a pair wins over the HTML; one without a pair does not."""
    bodies = [page(f"{M}h@x.example{M}"), text("nothing"), text(f"{M}t@x.example{M}")]
    assert recipients.read(bodies, M).valid == ("t@x.example",)
    assert recipients.read([text(f"only one {M}"), bodies[0]], M).valid == ("h@x.example",)


BAD = [
    ("no marker", "a@x.example", Recipients(False)),
    ("one marker", f"{M}a@x.example", Recipients(False)),
    ("other letters in the marker", f"{M.lower()}a@x.example{M.lower()}", Recipients(False)),
    ("an empty list", f"{M}{M}", Recipients(True)),
    (
        "no address",
        f"{M}nobody,@x.example,a@,a@b{M}",
        Recipients(True, (), ("nobody", "@x.example", "a@", "a@b")),
    ),
    ("semicolons", f"{M}a@x.example;b@y.example{M}", Recipients(True, (), ("a@x.example;b@y.example",))),
    ("too long", f"{M}{'a@x.example,' * 6000}{M}", Recipients(True, (), ("(a list of 72000 characters)",))),
]


@pytest.mark.parametrize(("value", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_lists(value: str, expected: Recipients) -> None:
    """What is no list, or holds no address, is said so."""
    assert recipients.read([text(value)], M) == expected


INVALID = [
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("Ann  <a@c.example>", "Ann <a@c.example>"),
    ("a@[127.0.0.1]", "a@[127.0.0.1]"),
    ("[ nobody<br>here ]", "nobody here"),
    ("(<nobody>)", "nobody"),
    ("nobody]", "nobody"),
    ("no\u200bbody", "nobody"),
    ("a@stra\u00dfe.example", "a@stra\u00dfe.example"),
    ("a@\u00fc..example", "a@\u00fc..example"),
    ("j\u00fcrgen@c.example", "j\u00fcrgen@c.example"),
]


@pytest.mark.parametrize(("entry", "shown"), INVALID)
def test_invalid_entries_are_shown_as_written(entry: str, shown: str) -> None:
    """An entry that is no address is named as it was written, without white space and brackets around it."""
    assert recipients.read([text(f"{M}{entry}{M}")], M) == Recipients(True, (), (shown,))
    assert recipients.read([text(f"{M}[{entry}, {AB[0]}]{M}")], M) == Recipients(True, AB[:1], (shown,))


@pytest.mark.parametrize("domain", ["m\u00fcnchen.example", "M\u00dcNCHEN.example", "xn--mnchen-3ya.example"])
def test_domains_with_umlauts(domain: str) -> None:
    """A domain that is not ASCII is written as mail programs send it."""
    assert recipients.read([text(f"{M}<a@{domain}>{M}")], M).valid == ("a@xn--mnchen-3ya.example",)


CUT = [
    (f"a {M}x{M} b", "a  b"),
    (f"a {M}x{M} b {M}y{M} c", "a  b  c"),
    (f"a {M} b", "a  b"),
    (f"a {M}x{M} b {M} c", "a  b  c"),
    ("a b", "a b"),
]


@pytest.mark.parametrize(("value", "left"), CUT)
def test_cut(value: str, left: str) -> None:
    """Every pair goes with what is between; a marker without a partner goes alone, in text and HTML alike."""
    assert recipients.cut(text(value), M) == left
    assert recipients.cut(page(value), M) == left


@given(
    st.lists(
        st.sampled_from(
            [M, "<a x=1>", "</a>", "<br>", "&amp;", "&#58;", "x", "<", ">", "<!--", "-->", ":Email"]
        )
    )
)
def test_html_cut_leaves_no_marker(pieces: list[str]) -> None:
    """Whatever the HTML, what a reader sees of it afterwards is the seen text without the pairs."""
    source = "".join(pieces)
    seen = recipients.markup.seen_text(source)
    assert recipients.markup.seen_text(recipients.cut(page(source), M)) == recipients.cut(text(seen), M)


HIDDEN = f"<!--{M}-->"


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (f"{HIDDEN}<p>a{M}x{M}b</p>", "<!----><p>ab</p>"),
        (f"{HIDDEN}{M}<p title='{M}'>x</p>{M}", "<!----><p></p>"),
        (f"{HIDDEN}&amp;{M}&#65;&lt;{M}&amp;", "<!---->&amp;&amp;"),
        (f"{HIDDEN}:Email&NotEqualTilde;{M}x{M}", "<!---->:Email&NotEqualTilde;"),
    ],
)
def test_markers_that_nobody_sees(source: str, left: str) -> None:
    """A marker in a comment or an attribute is no partner of one that is seen, and goes for itself."""
    assert recipients.cut(page(source), M) == left


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (f"1 <{M}x{M}b>", "1 <<!---->b>"),
        (f"&am{M}x{M}p;", "&am<!---->p;"),
        (f"</{M}{M}p>", "<!---->"),
        (f"&am{M}<b>{M}p;", "&am<b>p;"),
    ],
)
def test_a_cut_makes_no_markup(source: str, left: str) -> None:
    """Text before and behind a cut does not become a tag or a reference together."""
    assert recipients.cut(page(source), M) == left
    assert recipients.markup.seen_text(left) == recipients.cut(text(recipients.markup.seen_text(source)), M)


def test_pages_that_no_editor_writes() -> None:
    """A page with more hidden markers than anybody writes is shown as its text, still without its lists."""
    left = recipients.cut(page("<b>&lt;" + ":Email<b>_Rxers_Code:x" * 3000), M)
    assert left.startswith("<pre")
    assert recipients.markup.seen_text(left) == "<" + "x" * 1500


def test_a_list_too_long_keeps_no_tags() -> None:
    """What is much too long to be a list is cut with all that is in it."""
    assert recipients.cut(page(f"a{M}" + "<b>," * 100_000 + f"{M}b"), M) == "ab"
