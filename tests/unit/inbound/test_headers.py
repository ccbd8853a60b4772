"""Header values: encoded words, parameters, charsets, and names made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.inbound.mime import charsets
from lambda_src.inbound.mime.headers import Headers, decode_words
from lambda_src.inbound.mime.parameters import parse
from lambda_src.inbound.mime.splitter import Part
from lambda_src.inbound.names import given_name, name_for, safe_name

WORDS = [
    ("plain", "plain"),
    ("=?utf-8?q?S=C3=A9nsor?=", "Sénsor"),
    ("=?utf-8?Q?a_b?= c", "a b c"),
    ("=?iso-8859-1?q?=E4?= =?iso-8859-1?q?=F6?=", "äö"),
    ("=?utf-8?b?w6Q=?=", "ä"),
    ("=?utf-8?b?w6Q?=", "ä"),
    ("=?utf-8?b?ww==?=\t=?utf-8?b?pA==?=", "ä"),
    ("=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "ä"),
    ("x =?utf-8*en?q?y?= z", "x y z"),
    ("=?nonsense?q?abc?=", "abc"),
    ("=?utf-8?q?hello world?=", "hello world"),
    ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
    ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
    ("=?utf-8?q?a=0Ab=00c?=", "abc"),
    ("=?utf-8?q?=E2=80=AEgpj?=", "gpj"),
    ("=?gb2312?b?1tDOxA==?=", "中文"),
    ("=?utf-7?q?+2AA-?=", ""),
]


@pytest.mark.parametrize(("value", "expected"), WORDS)
def test_encoded_words(value: str, expected: str) -> None:
    """RFC 2047 words are read, in the forms that senders really write; controls and direction marks go."""
    assert decode_words(value) == expected


@given(st.text(alphabet="=?utf-8qQbB_ \tAQ\n,é"))
def test_words_never_raise(value: str) -> None:
    """Nothing that looks like an encoded word can stop us."""
    assert "\n" not in decode_words(value)


PARAMETERS = [
    ("text/plain", ("text/plain", {})),
    ("Text/HTML; Charset=UTF-8", ("text/html", {"charset": "UTF-8"})),
    ('a/b; name="x;y=z"; b=c', ("a/b", {"name": "x;y=z", "b": "c"})),
    ('a/b; name="say \\"hi\\""', ("a/b", {"name": 'say "hi"'})),
    ('a/b; name="C:\\dir\\file.txt"', ("a/b", {"name": "C:\\dir\\file.txt"})),
    ('a/b; name="unfinished', ("a/b", {"name": "unfinished"})),
    ("a/b; name=two words.txt; x=y", ("a/b", {"name": "two words.txt", "x": "y"})),
    ("a/b; name*=utf-8'en'%c3%a4.txt", ("a/b", {"name": "ä.txt"})),
    ("a/b; name*=iso-8859-1''%E4.txt", ("a/b", {"name": "ä.txt"})),
    ("a/b; name*=%c3%a4.txt", ("a/b", {"name": "ä.txt"})),
    ("a/b; name*0*=utf-8''%c3; name*1*=%a4; name*2=.txt", ("a/b", {"name": "ä.txt"})),
    ("a/b; name*2=c; name*0=a; name*1=b", ("a/b", {"name": "abc"})),
    ("a/b; name=plain.txt; name*=utf-8''%c3%a4.txt", ("a/b", {"name": "ä.txt"})),
    ('a/b; name="=?utf-8?q?=C3=A4?=.txt"', ("a/b", {"name": "ä.txt"})),
    ("a/b; name=first; name=second", ("a/b", {"name": "first"})),
    ("a/b; name*99999999=x; =y; ;;", ("a/b", {})),
    ("a/b (comment); x=y", ("a/b", {"x": "y"})),
    ("", ("", {})),
]


@pytest.mark.parametrize(("value", "expected"), PARAMETERS)
def test_parameters(value: str, expected: tuple[str, dict[str, str]]) -> None:
    """Parameters are read as RFC 2045 and 2231 write them, and as broken mailers do."""
    assert parse(value) == expected


@given(st.text(alphabet="ab/;=*'\"\\%0 1\t?"))
def test_parameters_never_raise(value: str) -> None:
    """No value of a header can stop us."""
    parse(value)


CHARSETS = [
    (b"abc", "", "abc", False),
    (b"\xc3\xa4", "utf-8", "ä", False),
    (b"\xe4", "iso-8859-1", "ä", False),
    (b"\xe4", '"ISO-8859-1"', "ä", False),
    (b"\xc3\xa4", "", "ä", True),
    (b"\xe4", "us-ascii", "ä", True),
    (b"\x80", "ascii", "€", True),
    (b"\xc3\xa4", "x-unknown", "ä", True),
    (b"\xff", "utf-8", "\ufffd", True),
    (b"\xb0\xa1", "ks_c_5601-1987", "가", False),
    (b"\x83\x8b", "x-sjis", "ル", False),
    (b"abc", "rot13", "abc", True),
    (b"abc", "zlib", "abc", True),
    (b"abc", "punycode", "abc", True),
    (b"\\x41", "unicode_escape", "\\x41", True),
    (b"abc", "\0", "abc", True),
    (b"\x93\xe4\x94 \x80", "iso-8859-1", "“ä” €", False),
    (b"\x81\xe4", "latin1", "\x81ä", False),
    (b"\x1b$BF|K\\\x1b(B.", "", "日本.", True),
    (b"\x1b$BF|K\\\x1b(B.", "iso-2022-jp", "日本.", False),
    (b"\x1b$Bz\xc3\xa4", "", "\x1b$Bzä", True),
    (b"\x1b[1mbold", "", "\x1b[1mbold", False),
    ("ä,".encode("utf-16"), "", "ä,", True),
    (b"\xfe\xff" + "ä,".encode("utf-16-be"), "x-unknown", "ä,", True),
    ("ä,".encode("utf-32"), "", "ä,", True),
    ("\ufeffä,".encode(), "", "\ufeffä,", True),
]


@pytest.mark.parametrize(("data", "charset", "expected", "defect"), CHARSETS)
def test_charsets(data: bytes, charset: str, expected: str, defect: bool) -> None:
    """Text is read by the charset it names, else by the likeliest, and a wrong name is a defect."""
    text, found = charsets.decode(data, charset)
    assert (text, found is not None) == (expected, defect)


NAMES = [
    ("a.pdf", "a.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\x\\a.doc", "a.doc"),
    ("a\r\nb\0.txt", "ab.txt"),
    ("\u202egpj.exe", "gpj.exe"),
    ("..", ""),
    ("dir/", "dir"),
    ("", ""),
    ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_safe_names(name: str, expected: str) -> None:
    """A name loses its path and what could mislead a reader, and keeps its ending."""
    assert safe_name(name) == expected


def test_name_for() -> None:
    """The file name goes before the type's name; without either, number and type make one."""
    both = Headers(
        [("content-type", b"a/b; name=t.txt"), ("content-disposition", b"attachment; filename=d.txt")]
    )
    assert given_name(both) == "d.txt"
    assert name_for(Part(Headers([]), "image/png", {}, ""), 3) == "attachment-3.png"
    assert name_for(Part(Headers([]), "message/rfc822", {}, "", opaque=True), 1) == "attachment-1.eml"
    assert name_for(Part(Headers([]), "x/y", {}, ""), 2) == "attachment-2.bin"


def test_header_values() -> None:
    """The first of several headers counts; bytes outside ASCII are UTF-8 or else Latin-1."""
    headers = Headers([("subject", b" \xc3\xa4 "), ("subject", b"two"), ("x", b"\xe4")])
    assert headers.get("subject") == "ä"
    assert list(headers.all("subject")) == ["ä", "two"]
    assert (headers.get("x"), headers.get("y")) == ("ä", "")
