"""The mails that are measured: a text, its HTML form, a list of recipients, and attachments in base64.

Built by hand, since the standard library takes seconds and half a gigabyte for the large one.
"""

import base64
import random
from dataclasses import dataclass

from mailroom.bench.rows import KB, MB

SIZES = {"14 KB": 14 * KB, "1.4 MB": int(1.4 * MB), "38 MB": 38 * MB}
MARKER = ":Email_Rxers_Code:"
OUTER, INNER = "----=_Part_41_1795000000.1764000000", "----=_Part_42_1795000000.1764000001"
BASE64_LINE = 57  # bytes, in 76 characters and a line break
# The headers of a mail as SES stores it, in number and length.
HEADERS = f"""\
Return-Path: <sensor-7@plant.example>
Received: from mail.plant.example (mail.plant.example [192.0.2.25])
 by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 4q1l8v0v3c7m9h2k5j6d8s0a1b2c3d4e5f6g7h8i
 for reports@in.example; Tue, 24 Nov 2026 06:00:02 +0000 (UTC)
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: PASS
Received-SPF: pass (spfCheck: domain of plant.example designates 192.0.2.25 as permitted sender)
 client-ip=192.0.2.25; envelope-from=sensor-7@plant.example; helo=mail.plant.example;
Authentication-Results: amazonses.com; spf=pass client-ip=192.0.2.25;
 dkim=pass header.i=@plant.example; dmarc=pass header.from=plant.example;
X-SES-RECEIPT: {"AEFBQUFBQUFBQUFF" * 12}
X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b={"QUJDREVGR0hJSktM" * 10}
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=plant.example; s=one;
 h=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
 b={"TUxLSklIR0ZFRENC" * 20}
From: =?utf-8?q?K=C3=BChlhaus_7?= <sensor-7@plant.example>
To: reports@in.example
Subject: =?utf-8?q?K=C3=BChlhaus_7=3A_daily_report?=
Date: Tue, 24 Nov 2026 06:00:00 +0000
Message-ID: <1764000000.41@plant.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="{OUTER}"

"""


@dataclass(frozen=True)
class Sample:
    """A message, and the delimiter (with its two dashes) of its outermost multipart."""

    raw: bytes
    delimiter: bytes = f"--{OUTER}".encode()


def sample(size: int, recipients: int = 2, attachments: int = 1) -> Sample:
    """A mail of about `size` bytes (from 4 KB), whose attachments share what its text leaves."""
    people = ", ".join(f"person-{number}@customer.example" for number in range(1, recipients + 1))
    text = f"All readings are in range.\n{MARKER}{people}{MARKER}\nNext report in 24 hours.\n"
    page = f"<html><body><h1>Daily report</h1><p>{text}</p></body></html>\n"
    alternative = _part(f'multipart/alternative; boundary="{INNER}"', "") + "".join(
        (_part("text/plain; charset=utf-8", text, INNER), _part("text/html; charset=utf-8", page, INNER))
    )
    head = _crlf(HEADERS + alternative + f"--{INNER}--\n")
    heads = [_file_head(number) for number in range(1, attachments + 1)]
    left = size - len(head) - sum(map(len, heads))
    lines = max(1, left // 78 // max(attachments, 1))
    files = [file_head + _content(number, lines * BASE64_LINE - 1) for number, file_head in enumerate(heads)]
    return Sample(b"".join([head, *files, _crlf(f"--{OUTER}--\n")]))


def _part(content_type: str, content: str, boundary: str = OUTER) -> str:
    return f"--{boundary}\nContent-Type: {content_type}\nContent-Transfer-Encoding: 8bit\n\n{content}\n"


def _file_head(number: int) -> bytes:
    name = f"film-{number}.mp4"
    return _crlf(
        f'--{OUTER}\nContent-Type: video/mp4; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"\n\n'
    )


def _content(number: int, size: int) -> bytes:
    """An attachment of `size` bytes in base64, the same in every run, that no compression makes smaller."""
    content = random.Random(number).randbytes(size)  # noqa: S311 - no secret
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _crlf(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")
