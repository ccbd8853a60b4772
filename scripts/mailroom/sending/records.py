"""The DNS records that an environment's domains need, as Terraform's output `dns_records` lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mailroom.errors import MailroomError

_REPORT = "._report._dmarc."
_DMARC = "_dmarc."


@dataclass(frozen=True)
class Record:
    """One record. `name` and hosts in `value` are without the dot at the end; `ttl` is in seconds.

    `made`: Terraform has made it in Route 53; else somebody pastes it at a DNS provider.
    """

    name: str
    type: str
    ttl: int
    value: str
    why: str
    made: bool

    @property
    def about(self) -> str:
        """The name that the record speaks of: for leave to send reports (RFC 9990, section 4) the domain
        that they are about, since the record itself stands at the domain that takes them."""
        return self.name.partition(_REPORT)[0] if _REPORT in self.name else self.name


def read(output: Iterable[dict[str, Any]]) -> list[Record]:
    """The output `dns_records` as records."""
    return [
        Record(
            one["name"], one["type"], int(one["ttl"]), one["value"], one["why"], bool(one.get("made", False))
        )
        for one in output
    ]


def of_domain(records: Iterable[Record], domain: str, env: str = "local") -> list[Record]:
    """Those that a domain and what is below it need or hold; all of them where no domain is named.

    Raises MailroomError, naming the domains that there are in the environment `env`, where there is none.
    """
    records = list(records)
    found = [
        record
        for record in records
        if not domain or at_or_below(record.about, domain) or at_or_below(record.name, domain)
    ]
    if not found:
        known = sorted(one.name.removeprefix(_DMARC) for one in records if one.name.startswith(_DMARC))
        raise MailroomError(
            f"There is no record of {domain or 'any domain'} here"
            + (f"; there are records of {', '.join(known)}." if known else ": sending is switched off."),
            f"mailroom sending records {known[0] if known else ''}".rstrip() + f" --env {env}",
        )
    return found


def at_or_below(name: str, domain: str) -> bool:
    """Whether a name is the domain or below it."""
    return f".{name.lower()}".endswith(f".{domain.lower().rstrip('.')}")
