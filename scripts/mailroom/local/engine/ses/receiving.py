"""Mail in: which rules of the active set want it, and what they do with it."""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from . import received_headers
from .addresses import domain_of, receives_for
from .state import Refused, Region

log = logging.getLogger(__name__)

ACTIONS_BUILT = ("S3Action", "AddHeaderAction", "StopAction", "BounceAction")


class NotNow(Exception):
    """The message cannot be taken at the moment: the SMTP client is told to try again (4xx)."""


@dataclass(frozen=True)
class Refusal:
    """Why a recipient is refused for good: an SMTP reply."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@dataclass(frozen=True)
class Arrival:
    """A message as the inbound door got it. `peer` is an IP address."""

    sender: str
    recipients: list[str]
    message: bytes
    peer: str
    helo: str
    tls: bool

    def to(self, recipients: list[str]) -> Arrival:
        """The same message for some of its recipients."""
        return replace(self, recipients=recipients)


def wants(pattern: str, address: str) -> bool:
    """Whether a recipient entry of a rule covers an address.

    `a@example.com` is that address, with any +label; `example.com` the whole domain, `.example.com` what is
    below it (SES developer guide, "Receipt rules: recipients").
    """
    pattern, address = pattern.lower(), address.lower()
    domain = domain_of(address)
    if "@" in pattern:
        return pattern == address or pattern == f"{address.partition('@')[0].partition('+')[0]}@{domain}"
    return domain.endswith(pattern) if pattern.startswith(".") else domain == pattern


def rules_for(region: Region, address: str) -> Iterator[dict[str, Any]]:
    """The enabled rules of the active set that cover an address, in their order."""
    active = region.rule_sets.get(region.active_rule_set or "")
    for rule in active["Rules"] if active else []:
        patterns = rule.get("Recipients") or []
        if rule["Enabled"] and (not patterns or any(wants(pattern, address) for pattern in patterns)):
            yield rule


def is_ours(region: Region, address: str) -> bool:
    """Whether mail to this address would come in here: its domain is ours and a rule covers it."""
    return receives_for(region, domain_of(address)) and any(True for _ in rules_for(region, address))


def refusal(region: Region, address: str, peer: str, *, tls: bool) -> Refusal | None:
    """Why SES would refuse this recipient from this peer, or None."""
    if _blocked(region, peer):
        return Refusal(550, "5.7.1 Access denied by an IP address filter")
    if not is_ours(region, address):
        return Refusal(550, f"5.1.1 Requested action not taken: mailbox unavailable ({address})")
    if not tls and any(rule["TlsPolicy"] == "Require" for rule in rules_for(region, address)):
        return Refusal(530, "5.7.0 Must issue a STARTTLS command first")
    return None


def _blocked(region: Region, peer: str) -> bool:
    """The filters' word for an address: the narrowest network that holds it decides."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    hits = []
    for entry in region.filters.values():
        network = ipaddress.ip_network(entry["IpFilter"]["Cidr"], strict=False)
        if address in network:
            hits.append((network.prefixlen, entry["IpFilter"]["Policy"]))
    return bool(hits) and max(hits)[1] == "Block"


def receive(region: Region, arrival: Arrival) -> str:
    """Do what the active rules say with a message, rule by rule in their order; answers SES's id for it.

    Raises NotNow where an action could not be done, as SES would have the sender try again.
    """
    message_id = secrets.token_hex(20)
    left = list(arrival.recipients)
    rule_set = region.active_rule_set or ""
    for rule in list((region.rule_sets.get(rule_set) or {"Rules": []})["Rules"]):
        covered = [one for one in left if any(rule is wanted for wanted in rules_for(region, one))]
        if covered:
            stop = _run(region, rule_set, rule, arrival.to(covered), message_id)
            left = [one for one in left if one not in covered] if stop else left
    return message_id


def _run(region: Region, rule_set: str, rule: dict[str, Any], arrival: Arrival, message_id: str) -> bool:
    """Run one rule's actions; True where the rest of the set is not to be looked at."""
    added: list[tuple[str, str]] = []
    for action in rule.get("Actions", []):
        if "AddHeaderAction" in action:
            added.append((action["AddHeaderAction"]["HeaderName"], action["AddHeaderAction"]["HeaderValue"]))
        elif "S3Action" in action:
            _store(region, rule_set, rule, action["S3Action"], arrival, message_id, added)
        elif "BounceAction" in action:
            log.info(
                "%s is bounced by rule %s: %s", message_id, rule["Name"], action["BounceAction"]["Message"]
            )
        elif "StopAction" in action:
            return True
    return False


def _store(
    region: Region,
    rule_set: str,
    rule: dict[str, Any],
    action: dict[str, Any],
    arrival: Arrival,
    message_id: str,
    added: list[tuple[str, str]],
) -> None:
    key = f"{action.get('ObjectKeyPrefix', '')}{message_id}"
    body = received_headers.stamped(
        arrival, message_id, region.name, region.clock(), scan=rule["ScanEnabled"], added=added
    )
    try:
        region.cloud.write_object(
            region.name, region.rule_arn(rule_set, rule["Name"]), action["BucketName"], key, body
        )
    except Refused as problem:
        log.error("rule %s could not write s3://%s/%s: %s", rule["Name"], action["BucketName"], key, problem)
        raise NotNow(str(problem)) from problem
    log.info("rule %s wrote s3://%s/%s (%d bytes)", rule["Name"], action["BucketName"], key, len(body))
