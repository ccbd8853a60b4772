"""DNS as the doctor asks it: the world's, or in the local cloud the zones of its Route 53."""

from typing import Any, Protocol

from mailroom.errors import MailroomError

SECONDS = 5.0


class Dns(Protocol):
    """Names are without the dot at the end, in lower case."""

    def mx(self, domain: str) -> list[tuple[int, str]]:
        """The mail servers of a domain with their preferences, the preferred first; [] where it has none."""

    def exists(self, host: str) -> bool:
        """Whether a host has an address."""


class RealDns:
    """The resolver of this machine, by dnspython."""

    def mx(self, domain: str) -> list[tuple[int, str]]:
        """See Dns. Raises MailroomError where nobody answers."""
        found = [(answer.preference, _plain(answer.exchange.to_text())) for answer in self._ask(domain, "MX")]
        return sorted(found)

    def exists(self, host: str) -> bool:
        """See Dns. Raises MailroomError where nobody answers."""
        return bool(self._ask(host, "A"))

    def _ask(self, name: str, kind: str) -> list[Any]:
        from dns import exception, resolver

        try:
            return list(resolver.resolve(name, kind, lifetime=SECONDS))
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return []
        except exception.DNSException as problem:
            raise MailroomError(
                f"DNS does not answer for {name} {kind}: {type(problem).__name__}.", f"dig {kind} {name}"
            ) from None


class Route53Dns:
    """The hosted zones of an account, read by their API: the local cloud serves no DNS."""

    def __init__(self, route53: Any) -> None:
        self._route53 = route53

    def mx(self, domain: str) -> list[tuple[int, str]]:
        """See Dns."""
        found = []
        for value in self._records(domain, "MX"):
            preference, _, host = value.partition(" ")
            found.append((int(preference), _plain(host.strip())))
        return sorted(found)

    def exists(self, host: str) -> bool:
        """SES's own hosts are in nobody's zone: the local cloud receives in every Region."""
        return True

    def _records(self, name: str, kind: str) -> list[str]:
        zones = self._route53.get_paginator("list_hosted_zones").paginate()
        for zone in (zone for page in zones for zone in page["HostedZones"]):
            if not f".{name}".endswith("." + _plain(zone["Name"])):
                continue
            pages = self._route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone["Id"])
            for found in (found for page in pages for found in page["ResourceRecordSets"]):
                if _plain(found["Name"]) == name and found["Type"] == kind:
                    return [record["Value"] for record in found.get("ResourceRecords", [])]
        return []


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
