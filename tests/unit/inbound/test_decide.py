"""What is done with a message, and why: limits, verdicts, automatic mail."""

import io

import pytest

from lambda_src.inbound import outgoing
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.decide import Decision, Rules, decide
from lambda_src.inbound.message import Counted, open_message
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.verdicts import DEFAULT_POLICY, VERDICTS

M = ":Email_Rxers_Code:"
LIST = f"{M}a@x.example{M}"
RULES = Rules(
    sender="mailroom@out.example", maximum_message_bytes=5000, maximum_attachments=2, maximum_recipients=2
)
SES = (
    "Return-Path: <s@x.example>\n"
    "Received: from x by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 1\n"
    "X-SES-Spam-Verdict: {spam}\nX-SES-Virus-Verdict: {virus}\n"
    "Received-SPF: pass\nAuthentication-Results: amazonses.com;\n"
    " spf={spf} (spfCheck: domain of x.example does) client-ip=1.2.3.4; envelope-from=s@x.example; helo=h.x;\n"
    " dkim={dkim} header.i=@x.example;\n dmarc={dmarc} header.from=x.example;\n"
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
        ses().replace("\n dmarc=pass", "\n\tdmarc=fail action=none"),
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
        ses(virus="FAIL").replace("X-SES-RECEIPT: abc\n", "X-SES-Virus-Verdict: PASS\n"),
        LIST,
        "notice",
        "virus",
    ),
    ("forged fail below SES's pass", ses() + "X-SES-Virus-Verdict: FAIL\n", LIST, "send", ""),
    ("forged below another header", "Subject: x\nX-SES-Virus-Verdict: FAIL\n", LIST, "send", ""),
    (
        "forged pass of a verdict that SES did not write",
        ses().replace("X-SES-Virus-Verdict: PASS\n", "") + "X-SES-Virus-Verdict: FAIL\n",
        LIST,
        "send",
        "",
    ),
    (
        "a comment and a quote that look like results",
        ses(spf='pass (x;dmarc=fail) smtp.mailfrom="a;dmarc=fail;"@x.example'),
        LIST,
        "send",
        "",
    ),
    ("oversize", "", LIST + "x" * 5000, "notice", "oversize"),
    ("oversize before virus", ses(virus="FAIL"), LIST + "x" * 5000, "notice", "oversize"),
    ("automatic answer", "Auto-Submitted: auto-replied\n", LIST, "notice", "automatic"),
    ("with a comment", "Auto-Submitted: Auto-Generated; x=y\n", LIST, "notice", "automatic"),
    ("not automatic", "Auto-Submitted: no\n", LIST, "send", ""),
    ("been here before", "X-Mailroom-Loop: 1\n", LIST, "notice", "automatic"),
    ("bulk", "Precedence: Bulk\n", LIST, "notice", "automatic"),
    ("list", "List-Id: <x.y>\n", LIST, "notice", "automatic"),
    ("our own sender", "Sender: mailroom@out.example\n", LIST, "notice", "automatic"),
    ("our own return path", "Return-Path: <Mailroom@out.example>\n", LIST, "notice", "automatic"),
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


DKIM = [
    ("fail", True),
    ("none", False),
    ("pass", False),
    ("fail header.i=@x.example;\n dkim=pass", False),
    ("pass header.i=@x.example;\n dkim=fail", False),
    ("fail header.i=@x.example;\n dkim=fail", True),
]


@pytest.mark.parametrize(("results", "fails"), DKIM)
def test_several_dkim_results(results: str, fails: bool) -> None:
    """SES writes a result for each signature; one that holds is enough."""
    found = outcome(ses(dkim=results), rules=Rules(policy={"dkim": "drop"}))
    assert (found.outcome == "drop") == fails


@pytest.mark.parametrize("verdict", VERDICTS)
def test_policy_is_data(verdict: str) -> None:
    """Each verdict can be forwarded, kept as junk, dropped or told; one that is not named is forwarded."""
    fail = {"virus": "FAIL", "spam": "FAIL", "unscanned": "GRAY"}.get(verdict, "fail")
    headers = ses(**{"spam" if verdict == "unscanned" else verdict: fail})
    for action, expected in (("forward", "send"), ("drop", "drop"), ("junk", "junk"), ("notify", "notice")):
        assert outcome(headers, rules=Rules(policy={verdict: action})).outcome == expected
    assert outcome(headers, rules=Rules(policy={})).outcome == "send"
    untrusted = Rules(policy=dict.fromkeys(VERDICTS, "drop"), trust_verdicts=False)
    assert outcome(headers, rules=untrusted).outcome == "send"
    assert verdict in DEFAULT_POLICY


SCANS = [
    (ses(), False),
    (ses(virus="DISABLED"), True),
    (ses(spam="PROCESSING_FAILED"), True),
    ("", True),
    ("Subject: x\nX-SES-Spam-Verdict: PASS\nX-SES-Virus-Verdict: PASS\n", True),
]


@pytest.mark.parametrize(("headers", "unscanned"), SCANS)
def test_unscanned(headers: str, unscanned: bool) -> None:
    """A mail without SES's own clear verdicts on virus and spam was not scanned."""
    found = outcome(headers, rules=Rules(policy={"unscanned": "drop"}))
    assert (found.outcome, found.reason) == (("drop", "unscanned") if unscanned else ("send", ""))


DOMAINS = [
    ((), "a@x.example,b@y.example", ("a@x.example", "b@y.example"), ()),
    (
        ("X.example",),
        "a@x.EXAMPLE,b@y.example,c@s.x.example",
        ("a@x.EXAMPLE",),
        ("b@y.example", "c@s.x.example"),
    ),
    ((".x.example",), "a@x.example,c@S.x.example", ("c@S.x.example",), ("a@x.example",)),
    (
        ("x.example", ".x.example"),
        "a@x.example,c@s.x.example,d@nox.example",
        ("a@x.example", "c@s.x.example"),
        ("d@nox.example",),
    ),
]


@pytest.mark.parametrize(("allowed", "entries", "valid", "not_allowed"), DOMAINS)
def test_allowed_domains(
    allowed: tuple[str, ...], entries: str, valid: tuple[str, ...], not_allowed: tuple[str, ...]
) -> None:
    """Only addresses in the allowed domains may get mail, whatever the letters' case; the others are known."""
    raw = f"From: s@x.example\n\n{M}{entries}{M}".encode()
    message = open_message(io.BytesIO(raw).read, lambda number, headers: Counted())
    decision, people = decide(message, len(raw), Rules(allowed_domains=allowed))
    assert (decision.outcome, people.valid, people.not_allowed) == ("send", valid, not_allowed)


def test_nobody_is_allowed() -> None:
    """A list of addresses that may all not get mail is told with their names."""
    decision = outcome("", rules=Rules(allowed_domains=("y.example",)))
    assert (decision.outcome, decision.reason) == ("notice", "no_allowed_recipients")
    assert "a@x.example" in decision.words


def test_a_list_that_names_the_receipt_address_ends() -> None:
    """What we send on counts as automatic when it comes in again, so it goes round once."""
    raw = outgoing.build(Headers([]), "mailroom@out.example", ["reports@in.example"], Bodies(LIST, None))
    text = raw.decode().replace("\r\n", "\n").replace("From: ", "From: other <x@y.example>, ")
    message = open_message(io.BytesIO(text.encode()).read, lambda number, headers: Counted())
    for name in ("auto-submitted", "x-mailroom-loop"):
        message.headers = Headers([field for field in message.headers.fields if field[0] != name])
        decision = decide(message, len(raw), RULES)[0]
        assert decision.reason == ("automatic" if name == "auto-submitted" else "")


CAUSES = [
    ("Auto-Submitted: auto-generated\n", LIST, "without its Auto-Submitted header"),
    ("Precedence: bulk\n", LIST, "without a Precedence header"),
    ("Return-Path: <>\n", LIST, "name a sender"),
    ("Content-Type: multipart/report; boundary=B\n", f"--B\n\n{LIST}\n--B--", "which mail did not arrive"),
    ("Sender: mailroom@out.example\n", LIST, "an address of its own"),
    ("X-Mailroom-Loop: 1\n", LIST, "out of the device's list"),
]


@pytest.mark.parametrize(("headers", "body", "advice"), CAUSES)
def test_advice_for_automatic_mail(headers: str, body: str, advice: str) -> None:
    """What is said that can be done about automatic mail fits what made it automatic."""
    decision = outcome(headers, body)
    assert decision.reason == "automatic"
    assert advice in decision.advice
