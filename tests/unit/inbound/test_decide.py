"""What is done with a message, and why: limits, verdicts, automatic mail."""

import io

import pytest

from lambda_src.inbound.decide import REASONS, Decision, Rules, decide, plain_size
from lambda_src.inbound.message import Counted, open_message

M = ":Email_Rxers_Code:"
LIST = f"{M}a@x.example{M}"
RULES = Rules(
    sender="mailroom@out.example", maximum_message_bytes=5000, maximum_attachments=2, maximum_recipients=2
)
SES = (
    "Return-Path: <s@x.example>\n"
    "Received: from x by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 1\n"
    "X-SES-Spam-Verdict: {spam}\nX-SES-Virus-Verdict: {virus}\n"
    "Received-SPF: pass\nAuthentication-Results: amazonses.com; spf={spf}; dkim={dkim}; dmarc={dmarc};\n"
    "X-SES-RECEIPT: abc\nX-SES-DKIM-SIGNATURE: a=b\n"
)


def outcome(headers: str, body: str = LIST, rules: Rules = RULES) -> Decision:
    raw = f"{headers}From: s@x.example\n\n{body}".encode()
    message = open_message(io.BytesIO(raw).read, lambda number, headers: Counted())
    return decide(message, len(raw), rules)[0]


def ses(**verdicts: str) -> str:
    passed = dict.fromkeys(("spf", "dkim", "dmarc"), "pass") | {"spam": "PASS", "virus": "PASS"}
    return SES.format(**{**passed, **verdicts})


def parts(count: int) -> str:
    head = f"Content-Type: multipart/mixed; boundary=B\nFrom: s@x.example\n\n--B\n\n{LIST}\n"
    return head + "--B\nContent-Type: a/b\n\nx\n" * count + "--B--\n"


CASES = [
    ("a good mail", "", LIST, "send", ""),
    ("verdicts passed", ses(), LIST, "send", ""),
    ("virus", ses(virus="FAIL"), LIST, "notice", "virus"),
    ("spam", ses(spam="FAIL"), LIST, "junk", "spam"),
    ("both: the worse one", ses(virus="FAIL", spam="FAIL"), LIST, "notice", "virus"),
    ("DMARC", ses(dmarc="fail"), LIST, "notice", "dmarc"),
    (
        "DMARC on a folded line",
        ses().replace(" dmarc=pass", "\n\tdmarc=fail action=none"),
        LIST,
        "notice",
        "dmarc",
    ),
    ("SPF or DKIM alone", ses(spf="fail", dkim="fail"), LIST, "send", ""),
    ("not scanned", ses(virus="DISABLED", spam="GRAY"), LIST, "send", ""),
    (
        "forged pass below SES's fail",
        ses(virus="FAIL") + "X-SES-Virus-Verdict: PASS\n",
        LIST,
        "notice",
        "virus",
    ),
    (
        "forged pass right below a shorter block",
        ses(virus="FAIL").replace("X-SES-DKIM-SIGNATURE: a=b\n", "X-SES-Virus-Verdict: PASS\n"),
        LIST,
        "notice",
        "virus",
    ),
    ("forged fail below SES's pass", ses() + "X-SES-Virus-Verdict: FAIL\n", LIST, "send", ""),
    ("forged below another header", "Subject: x\nX-SES-Virus-Verdict: FAIL\n", LIST, "send", ""),
    ("oversize", "", LIST + "x" * 5000, "notice", "oversize"),
    ("oversize before virus", ses(virus="FAIL"), LIST + "x" * 5000, "notice", "oversize"),
    ("automatic answer", "Auto-Submitted: auto-replied\n", LIST, "notice", "automatic"),
    ("with a comment", "Auto-Submitted: Auto-Generated; x=y\n", LIST, "notice", "automatic"),
    ("not automatic", "Auto-Submitted: no\n", LIST, "send", ""),
    ("been here before", "X-Mailroom-Loop: 1\n", LIST, "notice", "automatic"),
    ("bulk", "Precedence: Bulk\n", LIST, "notice", "automatic"),
    ("list", "List-Id: <x.y>\n", LIST, "notice", "automatic"),
    ("bounce", "Return-Path: <>\n", LIST, "notice", "automatic"),
    ("our own address", "From: Mailroom <MAILROOM@out.example>\n", LIST, "notice", "automatic"),
    (
        "report",
        "Content-Type: multipart/report; boundary=B\n",
        f"--B\n\n{LIST}\n--B--",
        "notice",
        "automatic",
    ),
    ("no list", "", "nothing", "notice", "no_list"),
    ("no address", "", f"{M}nobody{M}", "notice", "no_recipients"),
    ("two recipients", "", f"{M}a@x.example,b@x.example{M}", "send", ""),
    ("three recipients", "", f"{M}a@x.example,b@x.example,c@x.example{M}", "notice", "too_many_recipients"),
    ("encrypted", "Content-Type: application/pkcs7-mime\n", "x", "notice", "encrypted"),
]


@pytest.mark.parametrize(
    ("headers", "body", "expected", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_cases(headers: str, body: str, expected: str, reason: str) -> None:
    """Each mail ends as it should, with its reason and a whole sentence for people."""
    decision = outcome(headers, body)
    assert (decision.outcome, decision.reason) == (expected, reason)
    assert (decision.words == "") == (expected == "send")
    assert "{" not in decision.words


def test_attachments_are_counted() -> None:
    """As many attachments as allowed are sent on; one more is told with both numbers."""
    for count, expected in ((2, "send"), (3, "notice")):
        raw = parts(count).encode()
        message = open_message(io.BytesIO(raw).read, lambda number, headers: Counted())
        decision, people = decide(message, len(raw), RULES)
        assert decision.outcome == expected
        assert people.valid == ("a@x.example",)
    assert decision.words == "The mail has 3 attachments; at most 2 may be sent on."


def test_policy_is_data() -> None:
    """Another policy for a verdict is another outcome; untrusted verdicts count for nothing."""
    for action, expected in (("forward", "send"), ("drop", "drop"), ("junk", "junk"), ("notify", "notice")):
        assert outcome(ses(spf="fail"), rules=Rules(policy={"spf": action})).outcome == expected
    assert outcome(ses(virus="FAIL"), rules=Rules(trust_verdicts=False)).outcome == "send"


def test_reasons_are_sentences() -> None:
    """Every reason's text is a sentence."""
    assert all(words[0].isupper() and words.endswith(".") for words in REASONS.values())


SIZES = [
    (0, "0 bytes"),
    (1, "1 byte"),
    (999, "999 bytes"),
    (1000, "1.0 kB"),
    (9949, "9.9 kB"),
    (12345, "12 kB"),
    (999_499, "999 kB"),
    (999_500, "1.0 MB"),
    (38_000_000, "38 MB"),
]


@pytest.mark.parametrize(("size", "words"), SIZES)
def test_plain_sizes(size: int, words: str) -> None:
    """Sizes are said in the unit that people use."""
    assert plain_size(size) == words
