"""The domain that Terraform made may send: its records are in DNS, and what is sent is verified by them."""

from mailroom.demo import post
from mailroom.environment import Environment
from mailroom.local.cloud import LocalCloud
from tests.unit.local.dns.asking import Asker


def test_the_applied_domain_s_mail_is_verified(cloud: LocalCloud, environment: Environment) -> None:
    """DKIM by the CNAMEs of the hosted zone, DMARC, MAIL FROM and the receipt domain's MX: all asked of DNS."""
    asker, sender = Asker(cloud.dns["port"]), environment.output("sender_address")
    domain = sender.partition("@")[2]
    answer = environment.client("sesv2").send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["somebody@far.example"]},
        Content={"Simple": {"Subject": {"Data": "signed"}, "Body": {"Text": {"Data": "hello"}}}},
    )
    message = post.raw(cloud, answer["MessageId"])
    assert asker.verified(message) == {domain: True, "amazonses.com": True}
    (entry,) = (sent for sent in post.inbox(cloud) if sent["id"] == answer["MessageId"])
    envelope = entry["return_path"].partition("@")[2]
    assert envelope.endswith(f".{domain}")
    region = environment.output("region")
    assert asker.texts(envelope, "MX") == [f"10 feedback-smtp.{region}.amazonses.com."]
    assert asker.texts(envelope, "TXT")[0].startswith("v=spf1 include:amazonses.com")
    assert asker.texts(f"_dmarc.{domain}", "TXT")[0].startswith("v=DMARC1")
    receipt = environment.output("receipt_address").partition("@")[2]
    assert asker.texts(receipt, "MX") == [f"10 inbound-smtp.{region}.amazonaws.com."]
