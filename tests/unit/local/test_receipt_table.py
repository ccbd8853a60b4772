"""Receipt rules as AWS's documentation tells them, case by case: who is let in, and which rules take the mail.

A case is read like this: these rules, in this order, and a mail to these recipients; so each rule runs once for
those after its name, and who is refused has the status that SES answers. Each case names the sentence it is from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from mailroom.local.engine.ses import identities, receiving
from mailroom.local.engine.ses.receipt import notices
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.engine.ses.v1 import receipt_filters, receipt_rules, rule_sets

GUIDE = "docs.aws.amazon.com/ses/latest/dg/"
WALK = GUIDE + "receiving-email-receipt-rules-console-walkthrough.html"
CONCEPTS = GUIDE + "receiving-email-concepts.html"
LAMBDA = GUIDE + "receiving-email-action-lambda.html"
API = "docs.aws.amazon.com/ses/latest/APIReference/"
CLASSIC = "docs.aws.amazon.com/ses/latest/DeveloperGuide/receiving-email-receipt-rules.html"

SAYS = {
    "address": f"{CLASSIC}: to match a specific user, user@example.com; this will match any form of the address with a label",
    "label": f"{CLASSIC}: if you specify a label, mail to that label is matched",
    "domain": f"{WALK}: table, all addresses within a domain, but not its subdomains",
    "subdomain": f"{WALK}: table, all addresses within a specific subdomain",
    "all below": f"{CLASSIC}: a leading dot to capture all subdomains of a domain",
    "both": f"{WALK}: table, a domain and all of its subdomains are two conditions",
    "none": f"{API}API_ReceiptRule.html: if Recipients is not specified, this rule matches all recipients on all verified domains",
    "any of them": f"{API}API_ReceiptRule.html: the actions apply to messages that match at least one of the recipient addresses or domains",
    "no other": f"{WALK}: the table knows addresses, domains and a leading dot; no other pattern",
    "case": "RFC 5321 2.4 and 4.1.2: domains know no case; SES's guide is silent on the part before the @ (here: no case)",
    "verified": f"{CONCEPTS}: actions for your verified identities; email addresses have to belong to one of your verified domain identities",
    "below verified": f"{CONCEPTS}: all email addresses, domains, and sub-domains that belong to your verified domains",
    "no match": f"{CONCEPTS}: if there aren't any matches, Amazon SES rejects the email",
    "order": f"{CONCEPTS}: all of the receipt rules within your active rule set are applied in the order you've defined",
    "example": f"{CONCEPTS}: mail for user@example.com should bounce, and all other mail for example.com and its subdomains be delivered",
    "enabled": f"{API}API_ReceiptRule.html: if Enabled is true, the receipt rule is active; the default is false",
    "active": f"{CONCEPTS}: only one rule set is active at any time; SES examines your active rule set",
    "stop": f"{GUIDE}receiving-email-action-stop.html: terminates the evaluation of the receipt rule set",
    "stop rule": f"{LAMBDA}: STOP_RULE, no further actions in the current rule, but further rules can be processed",
    "stop set": f"{LAMBDA}: STOP_RULE_SET, no further actions or receipt rules will be processed",
    "continue": f"{LAMBDA}: CONTINUE or any other invalid value, further actions and receipt rules can be processed",
    "small": f"{GUIDE}receiving-email-action-lambda-example-functions.html: example 4 answers stop_rule_set",
    "async": f"{LAMBDA}: to control the mail flow, your function must be invoked synchronously",
    "once": f"{API}API_ReceiptRule.html: if they match at least one recipient, all of the rule's actions are executed on the message",
    "recipients": f"{GUIDE}receiving-email-notifications-contents.html: recipients are the RCPT TO addresses that were matched by the active receipt rule",
    "tls": f"{API}API_ReceiptRule.html: with Require, mail that is not received over TLS bounces; the default is Optional",
    "block": f"{CONCEPTS}: SES allows the mail to pass unless the IP address is in your block list",
    "allow": f"{CONCEPTS}: a block list of 0.0.0.0/0 and an allow list: only the addresses that you trust",
    "smtp": f"{CONCEPTS}: IP address filters reject during the SMTP conversation, first of all",
    "region": f"{GUIDE}regions.html: identities are verified, and mail is received, in each Region separately",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`rules`: name, conditions and, after a /, flags; one rule a semicolon. `does`: rule=recipients it ran for, or
    recipient!status of a refusal. `filters`: policies and networks."""

    says: str
    rules: str
    to: str
    does: str
    verified: str = "example.com"
    pending: str = ""
    filters: str = ""
    peer: str = "203.0.113.9"
    tls: bool = True
    active: bool = True
    elsewhere: bool = False


CASES = [
    # Conditions.
    Case("address", "A user@example.com", "user@example.com", "A=user@example.com"),
    Case("address", "A user@example.com", "user+123@example.com", "A=user+123@example.com"),
    Case("address", "A user@example.com", "user+a+b@example.com", "A=user+a+b@example.com"),
    Case("no match", "A user@example.com", "other@example.com", "other@example.com!5.1.1"),
    Case("no match", "A user@example.com", "user2@example.com", "user2@example.com!5.1.1"),
    Case("no match", "A user@example.com", "user@sub.example.com", "user@sub.example.com!5.1.1"),
    Case("label", "A user+123@example.com", "user+123@example.com", "A=user+123@example.com"),
    Case("label", "A user+123@example.com", "user@example.com", "user@example.com!5.1.1"),
    Case("label", "A user+123@example.com", "user+456@example.com", "user+456@example.com!5.1.1"),
    Case("label", "A user+1@example.com; B user@example.com", "user+1@example.com user+2@example.com", "A=user+1@example.com B=user+1@example.com,user+2@example.com"),
    Case("domain", "A example.com", "anybody@example.com", "A=anybody@example.com"),
    Case("domain", "A example.com", "user+label@example.com", "A=user+label@example.com"),
    Case("domain", "A example.com", "user@sub.example.com", "user@sub.example.com!5.1.1"),
    Case("domain", "A example.com", "user@notexample.com", "user@notexample.com!5.1.1", verified="example.com notexample.com"),
    Case("subdomain", "A sub.example.com", "user@sub.example.com", "A=user@sub.example.com"),
    Case("subdomain", "A sub.example.com", "user@example.com", "user@example.com!5.1.1"),
    Case("subdomain", "A sub.example.com", "user@deep.sub.example.com", "user@deep.sub.example.com!5.1.1"),
    Case("subdomain", "A user@sub.example.com", "user+x@sub.example.com", "A=user+x@sub.example.com"),
    Case("all below", "A .example.com", "user@sub.example.com", "A=user@sub.example.com"),
    Case("all below", "A .example.com", "user@deep.sub.example.com", "A=user@deep.sub.example.com"),
    Case("all below", "A .example.com", "user@example.com", "user@example.com!5.1.1"),
    Case("all below", "A .example.com", "user@notexample.com", "user@notexample.com!5.1.1", verified="example.com notexample.com"),
    Case("both", "A example.com .example.com", "user@example.com", "A=user@example.com"),
    Case("both", "A example.com .example.com", "user@sub.example.com", "A=user@sub.example.com"),
    Case("none", "A", "anybody@example.com", "A=anybody@example.com"),
    Case("none", "A", "user@example.org", "A=user@example.org", verified="example.com example.org"),
    Case("none", "A", "user@example.net", "user@example.net!5.1.1"),
    Case("any of them", "A a@example.com b@example.com", "b@example.com", "A=b@example.com"),
    Case("any of them", "A user@example.com example.com .example.com", "user@example.com", "A=user@example.com"),
    Case("no other", "A *@example.com", "user@example.com", "user@example.com!5.1.1"),
    Case("no other", "A *.example.com", "user@sub.example.com", "user@sub.example.com!5.1.1"),
    Case("no other", "A *", "user@example.com", "user@example.com!5.1.1"),
    Case("no other", "A user@", "user@example.com", "user@example.com!5.1.1"),
    Case("case", "A user@example.com", "user@EXAMPLE.com", "A=user@EXAMPLE.com"),
    Case("case", "A EXAMPLE.COM", "user@example.com", "A=user@example.com"),
    Case("case", "A .Example.com", "user@Sub.example.com", "A=user@Sub.example.com"),
    Case("case", "A User@example.com", "uSER+Label@example.com", "A=uSER+Label@example.com"),
    # Verified domains.
    Case("verified", "A user@example.net", "user@example.net", "user@example.net!5.1.1"),
    Case("verified", "A example.org", "user@example.org", "user@example.org!5.1.1", pending="example.org"),
    Case("verified", "A", "user@example.org", "user@example.org!5.1.1", verified="user@example.org"),
    Case("verified", "A user@example.org", "user@example.org", "A=user@example.org", verified="example.org user@example.org"),
    Case("verified", "A", "user@example.com", "user@example.com!5.1.1", verified="sub.example.com"),
    Case("verified", "A", "user@sub.example.com", "A=user@sub.example.com", verified="sub.example.com"),
    Case("below verified", "A", "user@sub.example.com", "A=user@sub.example.com"),
    Case("below verified", "A", "user@deep.sub.example.com", "A=user@deep.sub.example.com"),
    Case("below verified", "A sub.example.com", "user@sub.example.com", "A=user@sub.example.com", pending="sub.example.com"),
    Case("region", "A", "user@example.com", "user@example.com!5.1.1", elsewhere=True),
    # Order, enabled, active.
    Case("order", "A user@example.com; B example.com", "user@example.com", "A=user@example.com B=user@example.com"),
    Case("order", "B example.com; A user@example.com", "user@example.com", "B=user@example.com A=user@example.com"),
    Case("order", "C; A; B", "user@example.com", "C=user@example.com A=user@example.com B=user@example.com"),
    Case("example", "A user@example.com / stop; B example.com .example.com", "user@example.com", "A=user@example.com"),
    Case("example", "A user@example.com / stop; B example.com .example.com", "other@example.com", "B=other@example.com"),
    Case("example", "A user@example.com / stop; B example.com .example.com", "user@sub.example.com", "B=user@sub.example.com"),
    Case("enabled", "A / off; B", "user@example.com", "B=user@example.com"),
    Case("enabled", "A / off", "user@example.com", "user@example.com!5.1.1"),
    Case("enabled", "A user@example.com / off; B other@example.com", "user@example.com", "user@example.com!5.1.1"),
    Case("active", "A", "user@example.com", "user@example.com!5.1.1", active=False),
    # Stop.
    Case("stop", "A / stop; B", "user@example.com", "A=user@example.com"),
    Case("stop", "A; B / stop; C", "user@example.com", "A=user@example.com B=user@example.com"),
    Case("stop", "A other@example.com / stop; B", "user@example.com", "B=user@example.com"),
    Case("stop", "A / stop off; B", "user@example.com", "B=user@example.com"),
    Case("stop", "A a@example.com / stop; B", "a@example.com b@example.com", "A=a@example.com B=b@example.com"),
    Case("stop rule", "A / fn=STOP_RULE; B", "user@example.com", "A=user@example.com B=user@example.com"),
    Case("stop set", "A / fn=STOP_RULE_SET; B", "user@example.com", "A=user@example.com"),
    Case("stop set", "A a@example.com / fn=STOP_RULE_SET; B", "a@example.com b@example.com", "A=a@example.com B=b@example.com"),
    Case("continue", "A / fn=CONTINUE; B", "user@example.com", "A=user@example.com A2=user@example.com B=user@example.com"),
    Case("continue", "A / fn=; B", "user@example.com", "A=user@example.com A2=user@example.com B=user@example.com"),
    Case("continue", "A / fn=STOP; B", "user@example.com", "A=user@example.com A2=user@example.com B=user@example.com"),
    Case("small", "A / fn=stop_rule_set; B", "user@example.com", "A=user@example.com"),
    Case("async", "A / fn=STOP_RULE_SET event; B", "user@example.com", "A=user@example.com A2=user@example.com B=user@example.com"),
    Case("stop", "A / fn=CONTINUE stop; B", "user@example.com", "A=user@example.com A2=user@example.com"),
    # One mail, many recipients.
    Case("once", "A", "a@example.com b@example.com", "A=a@example.com,b@example.com"),
    Case("recipients", "A a@example.com; B b@example.com", "a@example.com b@example.com", "A=a@example.com B=b@example.com"),
    Case("recipients", "A example.com; B b@example.com", "a@example.com b@example.com", "A=a@example.com,b@example.com B=b@example.com"),
    Case("recipients", "A a@example.com", "a@example.com no@example.com", "A=a@example.com no@example.com!5.1.1"),
    Case("recipients", "A user@example.com", "user+1@example.com user+2@example.com", "A=user+1@example.com,user+2@example.com"),
    # TLS.
    Case("tls", "A / tls", "user@example.com", "A=user@example.com"),
    Case("tls", "A / tls", "user@example.com", "user@example.com!5.7.1", tls=False),
    Case("tls", "A", "user@example.com", "A=user@example.com", tls=False),
    Case("tls", "A other@example.com / tls; B user@example.com", "user@example.com", "B=user@example.com", tls=False),
    Case("tls", "A / tls off; B", "user@example.com", "B=user@example.com", tls=False),
    Case("tls", "A; B user@example.com / tls", "user@example.com other@example.com", "user@example.com!5.7.1 A=other@example.com", tls=False),
    # IP filters.
    Case("block", "A", "user@example.com", "user@example.com!5.7.1", filters="Block 203.0.113.9"),
    Case("block", "A", "user@example.com", "user@example.com!5.7.1", filters="Block 203.0.113.0/24"),
    Case("block", "A", "user@example.com", "A=user@example.com", filters="Block 198.51.100.0/24"),
    Case("block", "A", "user@example.com", "user@example.com!5.7.1", filters="Block 2001:db8::/32", peer="2001:db8::9"),
    Case("block", "A", "user@example.com", "A=user@example.com", filters="Allow 198.51.100.0/24"),
    Case("allow", "A", "user@example.com", "A=user@example.com", filters="Block 0.0.0.0/0 Allow 203.0.113.9"),
    Case("allow", "A", "user@example.com", "user@example.com!5.7.1", filters="Block 0.0.0.0/0 Allow 203.0.113.8"),
    Case("allow", "A", "user@example.com", "A=user@example.com", filters="Block 0.0.0.0/0 Allow 203.0.113.0/28"),
    Case("smtp", "A nobody@example.com", "user@example.com", "user@example.com!5.7.1", filters="Block 203.0.113.9"),
]  # fmt: skip

TOPIC = "arn:aws:sns:eu-west-1:000000000000:"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:"


def store(name: str) -> dict[str, Any]:
    return {"S3Action": {"BucketName": name.lower(), "TopicArn": TOPIC + name}}


def actions(name: str, flags: list[str], cloud: Any) -> list[dict[str, Any]]:
    """Every rule stores the mail and tells whose it was; one with a function does so before it and after it."""
    found = [store(name)]
    for flag in flags:
        kind, _, answer = flag.partition("=")
        if kind == "fn":
            cloud.answers[FUNCTION + name] = {"disposition": answer} if answer else None
            invocation = "Event" if "event" in flags else "RequestResponse"
            found.append({"LambdaAction": {"FunctionArn": FUNCTION + name, "InvocationType": invocation}})
            found.append(store(f"{name}2"))
    return [*found, {"StopAction": {"Scope": "RuleSet"}}] if "stop" in flags else found


def make_rules(region: Region, rules: str, cloud: Any) -> None:
    before = ""
    for text in rules.split(";"):
        words, _, flags = text.partition("/")
        name, *conditions = words.split()
        rule = {
            "Name": name,
            "Recipients": conditions,
            "Enabled": "off" not in flags.split(),
            "TlsPolicy": "Require" if "tls" in flags.split() else "Optional",
            "Actions": actions(name, flags.split(), cloud),
        }
        params = {"RuleSetName": "main", "Rule": rule}
        receipt_rules.create(region, {**params, "After": before} if before else params)
        before = name


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.says}: {case.rules} <- {case.to}")
def test_a_case_of_the_documentation(case: Case, ses: Ses, cloud: Any) -> None:
    """The door lets in whom AWS says, and the rules take the mail in the order, and for the recipients, that AWS
    says."""
    assert SAYS[case.says]
    region = ses.region("eu-west-1")
    home = ses.region("us-east-1") if case.elsewhere else region
    for name in (*case.verified.split(), *case.pending.split()):
        record = identities.new_identity(home, name)
        record["VerifiedForSendingStatus"] = name not in case.pending.split()
    rule_sets.create(region, {"RuleSetName": "main"})
    make_rules(region, case.rules, cloud)
    rule_sets.set_active(region, {"RuleSetName": "main"} if case.active else {})
    words = case.filters.split()
    for policy, cidr in zip(words[::2], words[1::2], strict=True):
        entry = {"Name": f"f{len(region.filters)}", "IpFilter": {"Policy": policy, "Cidr": cidr}}
        receipt_filters.create(region, {"Filter": entry})
    cloud.published.clear()

    did: list[str] = []
    accepted = []
    for recipient in case.to.split():
        refused = receiving.refusal(region, recipient, case.peer, tls=case.tls)
        if refused is None:
            accepted.append(recipient)
        else:
            assert refused.code == 550
            did.append(f"{recipient}!{refused.text.split()[0]}")
    if accepted:
        mail = receiving.Arrival(
            "a@far.example", accepted, b"Subject: s\r\n\r\nb\r\n", case.peer, "far", case.tls
        )
        receiving.receive(region, mail)
    for topic, subject, message in cloud.published:
        assert subject == notices.SUBJECT
        did.append(f"{topic.removeprefix(TOPIC)}={','.join(json.loads(message)['receipt']['recipients'])}")
    refusals = [word for word in case.does.split() if "!" in word]
    assert did == refusals + [word for word in case.does.split() if "=" in word]


def test_the_table_is_as_long_as_was_promised() -> None:
    """At least 60 cases, no two alike, and no sentence that nobody tries."""
    assert len(
        {(case.says, case.rules, case.to, case.filters, case.peer, case.tls, case.verified) for case in CASES}
    ) == len(CASES)
    assert len(CASES) >= 60
    assert set(SAYS) == {case.says for case in CASES}
