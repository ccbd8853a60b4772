"""Is it there already? One question for each kind of thing that `sending` makes, asked of SES and Route 53.

The ids are those that the provider imports by (its documentation, "Import" of each resource).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Planned = Mapping[str, Any]
Client = Callable[[str], Any]


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its word for people, its id (None while the plan does not know it), and whether it is
    there."""

    word: str
    id: Callable[[Planned], str | None]
    there: Callable[[Client, Planned], bool]


def _found(call: Callable[[], Any]) -> Any:
    """What AWS answers; None where it knows no such thing."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in ("NotFoundException", "NoSuchHostedZone"):
            raise
        return None


def _identity(client: Client, planned: Planned) -> Any:
    name = planned["email_identity"]
    return _found(lambda: client("sesv2").get_email_identity(EmailIdentity=name))


def _is_identity(client: Client, planned: Planned) -> bool:
    return _identity(client, planned) is not None


def _mail_from(client: Client, planned: Planned) -> bool:
    identity = _identity(client, planned) or {}
    return bool(identity.get("MailFromAttributes", {}).get("MailFromDomain"))


def _set(client: Client, planned: Planned) -> bool:
    name = planned["configuration_set_name"]
    return _found(lambda: client("sesv2").get_configuration_set(ConfigurationSetName=name)) is not None


def _destination(client: Client, planned: Planned) -> bool:
    name = planned["configuration_set_name"]
    answer = _found(
        lambda: client("sesv2").get_configuration_set_event_destinations(ConfigurationSetName=name)
    )
    return any(
        one["Name"] == planned["event_destination_name"]
        for one in (answer or {}).get("EventDestinations", [])
    )


def _pool(client: Client, planned: Planned) -> bool:
    name = planned["pool_name"]
    return _found(lambda: client("sesv2").get_dedicated_ip_pool(PoolName=name)) is not None


def _record(client: Client, planned: Planned) -> bool:
    answer = _found(
        lambda: client("route53").list_resource_record_sets(
            HostedZoneId=planned["zone_id"],
            StartRecordName=planned["name"],
            StartRecordType=planned["type"],
            MaxItems="1",
        )
    )
    return any(
        (one["Name"].rstrip("."), one["Type"]) == (planned["name"].rstrip("."), planned["type"])
        for one in (answer or {}).get("ResourceRecordSets", [])
    )


def zone_named(client: Client, name: str) -> str | None:
    """The id of a public hosted zone of this name; None where there is none."""
    pages = client("route53").get_paginator("list_hosted_zones").paginate()
    for zone in (zone for page in pages for zone in page["HostedZones"]):
        private = zone.get("Config", {}).get("PrivateZone", False)
        if zone["Name"].rstrip(".") == name.rstrip(".") and not private:
            return str(zone["Id"].rpartition("/")[2])
    return None


def _joined(separator: str, *members: str) -> Callable[[Planned], str | None]:
    def joined(planned: Planned) -> str | None:
        values = [planned.get(member) for member in members]
        return separator.join(map(str, values)) if all(values) else None

    return joined


KINDS: Mapping[str, Kind] = {
    "aws_sesv2_email_identity": Kind("identity", _joined("", "email_identity"), _is_identity),
    "aws_sesv2_email_identity_mail_from_attributes": Kind(
        "MAIL FROM", _joined("", "email_identity"), _mail_from
    ),
    "aws_sesv2_configuration_set": Kind("configuration set", _joined("", "configuration_set_name"), _set),
    "aws_sesv2_configuration_set_event_destination": Kind(
        "event destination", _joined("|", "configuration_set_name", "event_destination_name"), _destination
    ),
    "aws_sesv2_dedicated_ip_pool": Kind("dedicated IP pool", _joined("", "pool_name"), _pool),
    "aws_route53_record": Kind("DNS record", _joined("_", "zone_id", "name", "type"), _record),
}
"""By Terraform's name of the resource."""
