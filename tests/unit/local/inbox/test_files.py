"""The files of a mail: saved under names and types that do nothing, shown only where they are pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

Mail = Callable[..., bytes]
TURNED = "invoice\u202efdp.exe"
FILES = [
    ("report.pdf", "application/pdf", 'filename="report.pdf"', "application/pdf"),
    ("page.html", "text/html", 'filename="page.html"', "application/octet-stream"),
    ("x.svg", "image/svg+xml", 'filename="x.svg"', "application/octet-stream"),
    ("x.js", "text/javascript", 'filename="x.js"', "application/octet-stream"),
    ("x.xml", "application/xhtml+xml", 'filename="x.xml"', "application/octet-stream"),
    ("photo.png", "image/png", 'filename="photo.png"', "image/png"),
    ("../../etc/passwd", "text/plain", 'filename="_._etc_passwd"', "text/plain"),
    ("C:\\x\\y.bat", "application/pdf", 'filename="C__x_y.bat"', "application/pdf"),
    (TURNED, "application/pdf", 'filename="invoicefdp.exe"', "application/pdf"),
    ('a"; filename="b.exe', "application/pdf", 'filename="a__ filename__b.exe"', "application/pdf"),
    ("a\r\nSet-Cookie: x=y", "application/pdf", "Set-Cookie_ x_y", "application/pdf"),
    (".htaccess", "application/pdf", 'filename="htaccess"', "application/pdf"),
    ("CON.txt", "application/pdf", 'filename="_CON.txt"', "application/pdf"),
    ("日本語.pdf", "application/pdf", "filename*=UTF-8''%E6%97%A5", "application/pdf"),
    ("x" * 5000 + ".pdf", "application/pdf", "xxx.pdf", "application/pdf"),
]


@pytest.mark.parametrize(("name", "kind", "disposition", "served"), FILES)
def test_files_are_saved_under_safe_names_and_types(
    desk: Any, mail: Mail, name: str, kind: str, disposition: str, served: str
) -> None:
    """Never shown, never run: a download, a name for a folder, a type that does nothing, in a sandbox."""
    encoded = name.encode("utf-8", "replace").hex("%").upper()
    parts = (
        f"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Type: {kind}\r\n"
        f"Content-Disposition: attachment; filename*=UTF-8''%{encoded}\r\n\r\nMZ<script>\r\n--b--\r\n"
    )
    sent = desk.send(mail(parts, Content_Type='multipart/mixed; boundary="b"'))
    answer = desk.ask(f"/{sent}/files/1")
    assert answer.status == 200
    assert answer.body == b"MZ<script>"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert disposition in answer.headers["content-disposition"]
    assert len(answer.headers["content-disposition"]) < 1000
    assert "\r" not in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == served
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_only_real_pictures_are_shown(desk: Any) -> None:
    """What a picture is its own bytes tell: HTML that calls itself a PNG is no picture, here or in the HTML."""
    made = EmailMessage()
    made["From"] = "a@mail.example"
    made.set_content('<img src="cid:real"><img src="cid:false"><img src="cid:svg">', subtype="html")
    made.add_related(b"\x89PNG\r\n\x1a\nrest", "image", "gif", cid="<real>")
    made.add_related(b"<script>alert(1)</script>", "image", "png", cid="<false>")
    made.add_related(b"<svg onload=alert(1)>", "image", "svg+xml", cid="<svg>")
    sent = desk.send(made.as_bytes())
    assert desk.page(f"/{sent}/html").count("data:image/") == 1
    shown = desk.page(f"/{sent}", view="files")
    assert re.findall('<img src="([^,]*)', shown) == ["data:image/png;base64"]
