"""The records of an account's hosted zones, by Route 53's API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..engine.records import Record

# Route 53 writes what is no letter, digit, - or _ as a backslash and three octal digits; zone files have
# decimal ones: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")


def zone_records(route53: Any) -> Iterator[Record]:
    """Every record of every public hosted zone, whatever its routing policy. Aliases are left out: they lead
    to names of AWS that are not here. Raises what boto3 raises."""
    for page in route53.get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            if not zone.get("Config", {}).get("PrivateZone"):
                yield from _of_zone(route53, zone["Id"])


def _of_zone(route53: Any, zone_id: str) -> Iterator[Record]:
    for page in route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id):
        for found in page["ResourceRecordSets"]:
            name, ttl = _decimal(found["Name"]), found.get("TTL", 60)
            for value in found.get("ResourceRecords", []):
                yield Record(name, found["Type"], _decimal(value["Value"]), ttl)


def _decimal(text: str) -> str:
    return _OCTAL.sub(lambda octal: f"\\{int(octal[1], 8):03d}", text)
