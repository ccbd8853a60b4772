"""What leaves a running cloud is signed, and its DNS says by which keys: dkimpy, as a receiver would use it."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud
from tests.integration.local.conftest import Hands
from tests.unit.local.dns.asking import Asker, signed_names

RAW = (
    b"From: m@mail.example\r\nTo: a@far.example\r\nSubject: s\r\n"
    b"List-Unsubscribe: <https://mail.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"\r\nGr\xc3\xbc\xc3\x9fe \r\n\r\n\r\n"
)

pytestmark = pytest.mark.integration


def submit(cloud: LocalCloud, hands: Any) -> None:
    door = cloud.submission
    with smtplib.SMTP(door["host"], door["port"]) as client:
        client.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made when the cloud started
        client.login(door["username"], door["password"])
        client.sendmail("m@mail.example", ["a@far.example"], RAW)


def by_v1(cloud: LocalCloud, hands: Any) -> None:
    hands.client("ses").send_raw_email(RawMessage={"Data": RAW})


def by_v2(cloud: LocalCloud, hands: Any) -> None:
    hands.client("sesv2").send_email(Content={"Raw": {"Data": RAW.replace(b"\r\n", b"\n")}})


@pytest.fixture(scope="module")
def asker(own: LocalCloud, hands: Any) -> Asker:
    """mail.example may send; who asks the cloud's DNS."""
    hands.client("sesv2").create_email_identity(EmailIdentity="mail.example")
    return Asker(own.dns["port"])


@pytest.mark.parametrize("send", [submit, by_v1, by_v2])
def test_what_leaves_by_any_door_is_verified(own: LocalCloud, hands: Any, asker: Asker, send: Any) -> None:
    """Both signatures hold by the keys of the cloud's own DNS, the list headers are under them, and a letter more
    breaks them."""
    send(own, hands)
    with urllib.request.urlopen(f"{own.inbox}.json", timeout=20) as answer:
        newest = json.load(answer)[-1]["id"]
    with urllib.request.urlopen(f"{own.inbox}/{newest}/raw", timeout=20) as answer:
        message = answer.read()
    assert asker.verified(message) == {"mail.example": True, "amazonses.com": True}
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed_names(message))
    assert not any(asker.verified(message.replace(b"Subject: s", b"Subject: st")).values())


def test_a_zone_of_route_53_is_served(hands: Any, asker: Asker) -> None:
    """What is written to a hosted zone can be looked up at once, and no longer when it is gone."""
    route53 = hands.client("route53")
    zone = route53.create_hosted_zone(Name="zone.example", CallerReference="1")["HostedZone"]["Id"]

    def change(action: str, name: str, kind: str, value: str) -> None:
        record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    policy = "v=DMARC1; p=reject; rua=mailto:d@zone.example"
    change("CREATE", "_dmarc.zone.example", "TXT", f'"{policy}"')
    change("CREATE", "*.zone.example", "MX", "10 inbound-smtp.eu-west-1.amazonaws.com")
    assert asker.texts("_dmarc.zone.example", "TXT") == [policy]
    assert asker.texts("any.zone.example", "MX") == ["10 inbound-smtp.eu-west-1.amazonaws.com."]
    assert asker.texts("zone.example", "SOA")
    change("DELETE", "_dmarc.zone.example", "TXT", f'"{policy}"')
    assert asker.code("gone.below.else.example", "TXT") == "NXDOMAIN"
    assert asker.texts("_dmarc.zone.example", "TXT") == []


def test_a_cloud_that_checks_dns_verifies_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started with checks_dns, a domain is verified once its records are in a hosted zone, and not before."""
    monkeypatch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
    hands = Hands(clouds.up("checks", owner=os.getpid(), checks_dns=True))
    sesv2, route53 = hands.client("sesv2"), hands.client("route53")
    tokens = sesv2.create_email_identity(EmailIdentity="mail.example")["DkimAttributes"]["Tokens"]
    zone = route53.create_hosted_zone(Name="mail.example", CallerReference="1")["HostedZone"]["Id"]
    for token in tokens:
        assert not sesv2.get_email_identity(EmailIdentity="mail.example")["VerifiedForSendingStatus"]
        record = {"Name": f"{token}._domainkey.mail.example", "Type": "CNAME", "TTL": 60}
        record["ResourceRecords"] = [{"Value": f"{token}.dkim.amazonses.com"}]
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    hands.until(lambda: sesv2.get_email_identity(EmailIdentity="mail.example")["VerifiedForSendingStatus"])
    clouds.down("checks")
