"""`sending` with all that it can be told, in one apply: SES has it so, and a second plan finds nothing to do."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailroom.sending.byodkim import Key, read_key
from tests.integration.sending.conftest import Trial

FILE = """
route53_zone = { join = "%(zone)s" }
sending = {
  domain            = "mail.mailroom.example"
  configuration_set = "news"
  dns_ttl_seconds   = 60
  domains = {
    "news.mailroom.example" = {
      configuration_set = "inbound"
      mail_from         = { subdomain = "returns", behavior_on_mx_failure = "REJECT_MESSAGE" }
      dkim              = { bits = 1024 }
      dmarc             = { policy = "none", testing = true, report_addresses = ["dmarc@elsewhere.example"] }
    }
    "own.mailroom.example" = { dkim = { selector = "own-2026", public_key = "%(key)s" } }
    "other.example"        = { route53_zone_id = "%(other)s" }
    "listed.example"       = {}
  }
  addresses      = { "lab@university.example" = { configuration_set = "inbound" } }
  unused_domains = { "unused.mailroom.example" = {} }
  dmarc = {
    subdomain_policy         = "quarantine"
    nonexistent_policy       = "reject"
    report_addresses         = ["dmarc@mail.mailroom.example"]
    failure_report_addresses = ["failures@mail.mailroom.example"]
    failure_options          = "1"
    strict_dkim              = true
    strict_spf               = true
    psd                      = "n"
  }
  configuration_sets = {
    inbound = {}
    news = {
      name                 = "theirs"
      require_tls          = false
      reputation_metrics   = false
      suppress             = []
      max_delivery_seconds = 3600
      pool                 = "slow"
      tracking             = { domain = "t.mail.mailroom.example" }
      vdm                  = { engagement_metrics = false, optimized_shared_delivery = false }
      events = {
        bus     = { eventbridge = {} }
        people  = { types = ["BOUNCE", "COMPLAINT"], sns = { topic_arn = "%(topic)s" } }
        archive = { types = ["SEND", "OPEN", "CLICK"], firehose = { stream_arn = "%(stream)s" } }
        counts  = { types = ["SEND"], cloudwatch = { dimensions = { "ses:from-domain" = {}, campaign = { source = "EMAIL_HEADER", default = "other" } } } }
      }
    }
  }
  dedicated_ip_pools = { slow = { scaling_mode = "STANDARD" }, quick = {} }
  account            = { suppress = ["COMPLAINT"], vdm = {} }
}
"""


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "dkim.pem"
    plain = serialization.NoEncryption()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(rsa.generate_private_key(65537, 2048).private_bytes(*form, plain))
    return file


@pytest.fixture(scope="module")
def key(key_file: Path) -> Key:
    return read_key(key_file)


def stream(trial: Trial) -> str:
    """A Firehose stream for the events, made by hand as another team's."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "firehose.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = trial.client("iam").create_role(
        RoleName="archive",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::archive-of-events/*"}
    trial.client("iam").put_role_policy(
        RoleName="archive",
        PolicyName="write",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [write]}),
    )
    place = {"LocationConstraint": "eu-west-1"}
    trial.client("s3").create_bucket(Bucket="archive-of-events", CreateBucketConfiguration=place)
    made = trial.client("firehose").create_delivery_stream(
        DeliveryStreamName="archive",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role["Role"]["Arn"],
            "BucketARN": "arn:aws:s3:::archive-of-events",
        },
    )
    return str(made["DeliveryStreamARN"])


@pytest.fixture(scope="module")
def applied(trial: Trial, key: Key) -> Trial:
    """All of it, applied."""
    names = {
        "zone": trial.hosted_zone("mailroom.example"),
        "other": trial.hosted_zone("other.example"),
        "topic": trial.client("sns").create_topic(Name="people")["TopicArn"],
        "stream": stream(trial),
        "key": key.public,
    }
    trial.say(FILE % names)
    trial.apply()
    return trial


def test_the_second_plan_finds_nothing_to_do(applied: Trial) -> None:
    """Everything that was applied is found again as it was."""
    assert applied.planned() == {}


def test_ses_has_the_identities_as_they_were_asked_for(applied: Trial) -> None:
    """Default set, MAIL FROM, keys: read by the API and not from Terraform's memory."""
    ses = applied.client("sesv2")

    def seen(name: str) -> tuple[Any, ...]:
        found = ses.get_email_identity(EmailIdentity=name)
        mail_from, dkim = found["MailFromAttributes"], found["DkimAttributes"]
        return (
            found["ConfigurationSetName"],
            mail_from.get("MailFromDomain"),
            mail_from["BehaviorOnMxFailure"],
            dkim.get("NextSigningKeyLength"),
        )

    bounce = "bounce-eu-west-1"
    assert seen("mail.mailroom.example") == (
        "theirs", f"{bounce}.mail.mailroom.example", "USE_DEFAULT_VALUE", "RSA_2048_BIT",
    )  # fmt: skip
    assert seen("news.mailroom.example") == (
        "mailroom-local-inbound", "returns.news.mailroom.example", "REJECT_MESSAGE", "RSA_1024_BIT",
    )  # fmt: skip
    assert seen("lab@university.example")[:2] == ("mailroom-local-inbound", None)


def test_ses_has_the_sets_and_whom_they_tell(applied: Trial) -> None:
    """One destination of each of the four kinds, and the account's own settings."""
    ses = applied.client("sesv2")
    found = ses.get_configuration_set(ConfigurationSetName="theirs")
    assert found["DeliveryOptions"] == {
        "TlsPolicy": "OPTIONAL",
        "SendingPoolName": "mailroom-local-slow",
        "MaxDeliverySeconds": 3600,
    }
    assert found["TrackingOptions"]["CustomRedirectDomain"] == "t.mail.mailroom.example"
    listed = ses.get_configuration_set_event_destinations(ConfigurationSetName="theirs")["EventDestinations"]
    told = {one["Name"]: one for one in listed}
    assert told["bus"]["EventBridgeDestination"]["EventBusArn"] == applied.bus
    assert told["people"]["SnsDestination"]["TopicArn"].endswith(":people")
    assert told["archive"]["KinesisFirehoseDestination"]["IamRoleArn"].endswith(
        "role/mailroom-local-ses-firehose"
    )
    assert {
        one["DimensionName"] for one in told["counts"]["CloudWatchDestination"]["DimensionConfigurations"]
    } == {
        "ses:from-domain",
        "campaign",
    }
    account = ses.get_account()
    assert account["SuppressionAttributes"]["SuppressedReasons"] == ["COMPLAINT"]
    assert account["VdmAttributes"]["VdmEnabled"] == "ENABLED"


def test_ses_writes_to_firehose_with_the_role_that_was_made(applied: Trial) -> None:
    """A mail in that set: its Send event lies in the stream's bucket, so SES may take the role, and it suffices."""
    sent = applied.client("sesv2").send_email(
        FromEmailAddress="lab@mail.mailroom.example",
        Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
        Content={"Simple": {"Subject": {"Data": "hello"}, "Body": {"Text": {"Data": "hello"}}}},
        ConfigurationSetName="theirs",
    )
    s3, patience = applied.client("s3"), time.monotonic() + 30

    def events() -> str:
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket="archive-of-events").get("Contents", [])]
        bodies = [s3.get_object(Bucket="archive-of-events", Key=key)["Body"].read() for key in keys]
        return b"".join(bodies).decode()

    while sent["MessageId"] not in events():
        assert time.monotonic() < patience, "no event came"
        time.sleep(0.2)
    assert '"eventType":"Send"' in events().replace(": ", ":")


def test_route_53_has_what_is_listed_as_made(applied: Trial, mailroom: Any) -> None:
    """Each in its zone, texts over 255 characters in pieces; what no zone of ours is above is only listed."""
    route53 = applied.client("route53")
    there = {}
    for zone in route53.list_hosted_zones()["HostedZones"]:
        pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone["Id"])
        for one in (one for page in pages for one in page["ResourceRecordSets"]):
            there[one["Name"].rstrip("."), one["Type"]] = [value["Value"] for value in one["ResourceRecords"]]
    told = mailroom("records", "--json")
    assert told.exit_code == 0, told.output
    listed = json.loads(told.stdout)
    assert {record["name"].rpartition("listed.example")[1] for record in listed if not record["made"]} >= {
        "listed.example"
    }
    for record in listed:
        found = there.get((record["name"], record["type"]))
        if not record["made"]:
            assert found is None, record
        elif record["type"] == "TXT":
            assert "".join(found[0].strip('"').split('" "')).replace('""', "") == record["value"]
        else:
            assert found == [record["value"]]


def test_dns_has_what_is_made_and_the_check_says_what_is_not(applied: Trial, mailroom: Any) -> None:
    """Asked of a resolver: every record of a domain with a zone is there; one that nobody pasted is not."""
    told = mailroom("records", "news.mailroom.example", "--check", "--json")
    rows = {row["name"]: row["state"] for row in json.loads(told.stdout)}
    pasted = rows.pop("news.mailroom.example._report._dmarc.elsewhere.example")
    assert set(rows.values()) == {"ok"}, rows
    assert pasted != "ok"
    assert told.exit_code == 1


def test_a_key_of_ones_own_reaches_ses_and_not_the_state(
    applied: Trial, mailroom: Any, key: Key, key_file: Path
) -> None:
    """After the command SES signs with it; Terraform sees no change, and no state has the private half."""
    told = mailroom("byodkim", "own.mailroom.example", "--key-file", str(key_file))
    assert told.exit_code == 0, told.output
    assert "own-2026._domainkey.own.mailroom.example" in told.output
    found = applied.client("sesv2").get_email_identity(EmailIdentity="own.mailroom.example")
    assert found["DkimAttributes"]["SigningAttributesOrigin"] == "EXTERNAL"
    applied.apply()  # writes down what SES says now
    assert applied.planned() == {}
    text = applied.state()
    assert key.public in text
    assert key.private not in text
