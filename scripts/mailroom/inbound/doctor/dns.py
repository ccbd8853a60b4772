"""DNS as the doctor asks it: by the resolver of this machine, or that of the local cloud."""

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
    """A resolver, by dnspython: this machine's, or the one at `server` (address and port)."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        self._server = server

    def mx(self, domain: str) -> list[tuple[int, str]]:
        """See Dns. Raises MailroomError where nobody answers."""
        found = [
            (answer.preference, _plain(answer.exchange.to_text())) for answer in self.answers(domain, "MX")
        ]
        return sorted(found)

    def exists(self, host: str) -> bool:
        """See Dns. Raises MailroomError where nobody answers."""
        return bool(self.answers(host, "A"))

    def answers(self, name: str, kind: str) -> list[Any]:
        """What there is of this type, as dnspython's data; [] for nothing. Raises MailroomError."""
        from dns import exception, resolver

        asking = resolver.Resolver(configure=self._server is None)
        at = ""
        if self._server is not None:
            host, asking.port = self._server
            asking.nameservers = [host]
            at = f" @{host} -p {asking.port}"
        try:
            return list(asking.resolve(name, kind, lifetime=SECONDS))
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return []
        except exception.DNSException as problem:
            raise MailroomError(
                f"DNS does not answer for {name} {kind}: {type(problem).__name__}.", f"dig{at} {kind} {name}"
            ) from None


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
