"""Names and types that came with a mail, as a browser gets them."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.links.names import LONGEST_BYTES, disposition, safe_name, safe_type

NAMES = [
    ("plain", "a.pdf", "a.pdf"),
    ("letters of any script stay", "Ärger 報告.pdf", "Ärger 報告.pdf"),
    ("quotes end no parameter", 'a"; x="b.html', "a_; x=_b.html"),
    ("line breaks begin no header", "a\r\nX: y", "a X_ y"),
    ("a path is one name", "../../etc/passwd", "_._etc_passwd"),
    ("a drive is none", "C:\\Windows\\a.exe", "C__Windows_a.exe"),
    ("an alternate stream is none", "a.txt:b.exe", "a.txt_b.exe"),
    ("a variable is not expanded", "%USERNAME%.pdf", "_USERNAME_.pdf"),
    ("an escape is not undone", "%2e%2e%2fa", "_2e_2e_2fa"),
    ("right to left cannot hide the ending", "invoice\u202efdp.exe", "invoicefdp.exe"),
    ("nor can what has no width", "a.pdf\u200b\u2066.exe\ufeff", "a.pdf.exe"),
    ("nor can many spaces", "a.pdf" + " " * 90 + ".exe", "a.pdf.exe"),
    ("nor what looks like a space", "a.pdf\u3164\u2800\u00a0\u2003.exe", "a.pdf.exe"),
    ("half a pair of surrogates goes", "a\ud800.pdf", "a.pdf"),
    ("no hidden file", "..bashrc", "bashrc"),
    ("no ending that Windows drops", "a.exe. . ", "a.exe"),
    ("no device", "con", "_con"),
    ("no device with an ending", "LPT1.txt", "_LPT1.txt"),
    ("no device before a space", "aux .tar.gz", "_aux .tar.gz"),
    ("no device with a superscript", "COM¹", "_COM¹"),
    ("what only begins so is none", "console.log", "console.log"),
    ("no name", "", "file"),
    ("nothing left", "\u202e/..\x00", "_"),
    ("nothing left at all", " . . ", "file"),
]


@pytest.mark.parametrize(("name", "expected"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_names_cannot_harm(name: str, expected: str) -> None:
    """Whatever a name holds, what is left names one file, and says truly what kind."""
    assert safe_name(name) == expected


LONG = [
    ("a" * 300 + ".pdf", ".pdf"),
    ("ä" * 300 + ".tar", ".tar"),
    ("報" * 300, "報"),
    ("a." + "b" * 300, "b"),
]


@pytest.mark.parametrize(("name", "ending"), LONG)
def test_long_names(name: str, ending: str) -> None:
    """A very long name is cut between characters, and keeps its ending where that is one."""
    safe = safe_name(name)
    assert LONGEST_BYTES - 4 <= len(safe.encode()) <= LONGEST_BYTES
    assert safe.endswith(ending)


@given(st.text(max_size=400))
def test_any_name_is_one_header_of_one_file(name: str) -> None:
    """For every name: one ASCII header with two forms of one safe name, and a second pass changes nothing."""
    header = disposition(name)
    found = re.fullmatch(
        r"attachment; filename=\"([\w .()-]+)\"; filename\*=UTF-8''([\w.~%-]+)", header, re.ASCII
    )
    assert found
    safe = unquote(found[2], errors="strict")
    assert safe == safe_name(name) == safe_name(safe)
    assert not set('/\\:*?"<>|%\r\n') & set(safe)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ("ä (1).pdf", "attachment; filename=\"_ (1).pdf\"; filename*=UTF-8''%C3%A4%20%281%29.pdf"),
        ("a'b*", "attachment; filename=\"a_b_\"; filename*=UTF-8''a%27b_"),
    ],
)
def test_disposition(name: str, expected: str) -> None:
    """Old browsers read the plain form, all others the whole name."""
    assert disposition(name) == expected


BYTES = "application/octet-stream"
TYPES = [
    *[(kind, kind) for kind in ("application/pdf", "image/png", "text/plain", "text/csv", "audio/mpeg")],
    *[(kind, kind) for kind in ("video/mp4", "application/zip", "application/vnd.oasis.opendocument.text")],
    ("Image/JPEG", "image/jpeg"),
    *[
        (kind, BYTES)
        for kind in ("text/html", "TEXT/HTML", "image/svg+xml", "image/svg", "application/xhtml+xml")
    ],
    *[(kind, BYTES) for kind in ("text/javascript", "text/xml", "application/rss+xml", "application/wasm")],
    *[(kind, BYTES) for kind in ("text/cache-manifest", "message/rfc822", "multipart/related", "text/css")],
    *[
        (kind, BYTES)
        for kind in ("application/hta", "application/x-msdownload", "application/x-shockwave-flash")
    ],
    *[
        (kind, BYTES)
        for kind in ("", "x", "a/b/c", "image/", "image/png; charset=x", "image/png\r\nX: y", "image/*")
    ],
]


@pytest.mark.parametrize(("content_type", "expected"), TYPES)
def test_types_cannot_run(content_type: str, expected: str) -> None:
    """Only what is known to be harmless keeps its type; all else is handed out as plain bytes."""
    assert safe_type(content_type) == expected
