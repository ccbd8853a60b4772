"""`mailroom sending adopt` against the real provider: imported or moved, never destroyed, never replaced."""

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from mailroom import paths
from tests.integration.sending.conftest import Trial, mailroom, trial

__all__ = ["mailroom", "trial"]

DOMAIN = "mail.mailroom.example"
NOTHING_LEFT = "The plan: 0 to import, 0 to move, 0 to create, 0 to change, nothing to destroy."
FILE = """
route53_zone = { join = "%s" }
sending = {
  domain          = "mail.mailroom.example"
  dns_ttl_seconds = 300
  mail_from       = { subdomain = "bounce" }
  dmarc           = { policy = "none" }
  domains         = { "news.other.example" = { configuration_set = "news", dkim = { bits = 1024 } } }
  addresses       = { "lab@university.example" = {} }
  configuration_sets = {
    inbound = {}
    news    = { name = "theirs", events = { all = { types = ["SEND"], eventbridge = {} } } }
  }
}
"""


@pytest.fixture(scope="module")
def before(trial: Trial) -> Trial:
    """What somebody made by hand: a domain and an address by SES v1, another domain and a set by v2, records."""
    zone = trial.hosted_zone("mailroom.example")
    v1, v2 = trial.client("ses"), trial.client("sesv2")
    v1.verify_domain_identity(Domain=DOMAIN)
    tokens = v1.verify_domain_dkim(Domain=DOMAIN)["DkimTokens"]
    v1.set_identity_mail_from_domain(Identity=DOMAIN, MailFromDomain=f"bounce.{DOMAIN}")
    v1.verify_email_identity(EmailAddress="lab@university.example")
    v2.create_configuration_set(ConfigurationSetName="theirs")
    v2.create_configuration_set_event_destination(
        ConfigurationSetName="theirs",
        EventDestinationName="all",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND"],
            "EventBridgeDestination": {"EventBusArn": trial.bus},
        },
    )
    v2.create_email_identity(
        EmailIdentity="news.other.example",
        ConfigurationSetName="theirs",
        DkimSigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"},
    )
    records = [(f"{token}._domainkey.{DOMAIN}", "CNAME", f"{token}.dkim.amazonses.com") for token in tokens]
    records += [
        (f"_dmarc.{DOMAIN}", "TXT", '"v=DMARC1; p=none"'),
        (f"bounce.{DOMAIN}", "MX", "10 feedback-smtp.eu-west-1.amazonses.com"),
        (f"bounce.{DOMAIN}", "TXT", '"v=spf1 include:amazonses.com ~all"'),
    ]
    sets = [
        {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}
        for name, kind, value in records
    ]
    trial.client("route53").change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": one} for one in sets]},
    )
    trial.say(FILE % zone)
    return trial


def identity(trial: Trial, name: str) -> dict[str, Any]:
    """What SES knows of an identity, but for the tags, which Terraform adds."""
    found = trial.client("sesv2").get_email_identity(EmailIdentity=name)
    return {member: found[member] for member in ("DkimAttributes", "MailFromAttributes")}


# Bound to another environment: nothing of it may be seen in this one.
ELSEWHERE = """
import {
  for_each = { for key, id in { "none.example" = "none.example" } : key => id if var.environment == "else" }
  to       = module.sending[0].aws_sesv2_email_identity.this[each.key]
  id       = each.value
}
"""


@dataclass(frozen=True)
class Adopted:
    """What was there, what `adopt` said of it, and the environment that has it now."""

    trial: Trial
    known: dict[str, dict[str, Any]]
    said: dict[str, Any]


@pytest.fixture(scope="module")
def adopted(before: Trial, mailroom: Any) -> Adopted:
    """All that somebody made, taken over and applied."""
    known = {name: identity(before, name) for name in (DOMAIN, "news.other.example")}
    (before.root / "adopt-else.tf").write_text(ELSEWHERE)
    said = json.loads(mailroom("adopt", "--json").stdout)
    before.apply()
    return Adopted(before, known, said)


def test_what_is_there_is_imported_and_stays_as_it_was(adopted: Adopted, mailroom: Any) -> None:
    """Both domains, the address, the set, its destination, MAIL FROM and all six records; then a no-op plan."""
    before, known, said = adopted.trial, adopted.known, adopted.said
    assert sorted(one["word"] for one in said["imports"]) == [
        *["DNS record"] * 6, "MAIL FROM", "configuration set", "event destination", *["identity"] * 3,
    ]  # fmt: skip
    assert [one["changes"] for one in said["imports"] if one["word"] == "DNS record"] == [[]] * 6

    assert identity(before, DOMAIN) == known[DOMAIN]
    # The second domain had no MAIL FROM before; its keys are the same.
    second = identity(before, "news.other.example")
    assert second["DkimAttributes"] == known["news.other.example"]["DkimAttributes"]

    # Its own file has done its work and is gone; the plan without it finds nothing to do.
    assert NOTHING_LEFT in mailroom("adopt").output
    assert sorted(file.name for file in before.root.glob("adopt-*")) == ["adopt-else.tf"]


def test_a_state_of_before_there_were_several_domains_is_moved(adopted: Adopted, mailroom: Any) -> None:
    """Then the identity and the destination had other addresses: without the move they would be made anew."""
    before, sending = adopted.trial, "module.sending[0]."

    def moved(old: str, new: str) -> None:
        subprocess.run(
            [paths.TOOLS / "terraform", "state", "mv", sending + new, sending + old],
            cwd=before.root, check=True, capture_output=True,
            env={**os.environ, **before.variables, "TF_DATA_DIR": str(before.data_dir)},
        )  # fmt: skip

    moved("aws_sesv2_email_identity.this", f'aws_sesv2_email_identity.this["{DOMAIN}"]')
    destination = "aws_sesv2_configuration_set_event_destination.this"
    moved(f'{destination}["inbound"]', f'{destination}["inbound/events"]')

    told = mailroom("adopt")
    assert told.exit_code == 0, told.output
    assert f"move    {sending}aws_sesv2_email_identity.this\n" in told.output
    assert "0 to import, 2 to move, 0 to create, 0 to change, nothing to destroy" in told.output
    before.apply()
    assert NOTHING_LEFT in mailroom("adopt").output
