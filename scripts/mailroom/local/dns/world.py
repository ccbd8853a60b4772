"""All that can be looked up: our SES and the cloud's Route 53."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..engine.records import Record
from ..engine.ses import verification
from ..engine.ses.dns_records import asked_for, published
from ..engine.ses.state import Ses
from .table import Table


def table(ses: Ses, zones: Callable[[], Iterable[Record]]) -> Table:
    """The names of now. What SES asks of the owners of domains is there as if they had published it, but
    where a hosted zone has that name: then the zone is believed. Where SES checks DNS, only zones are."""
    regions = list(ses.regions.values())
    own = [record for region in regions for record in published(region)]
    asked = [] if ses.checks_dns else [record for region in regions for record in asked_for(region)]
    return Table([*own, *zones()], asked)


def verify(ses: Ses, zones: Callable[[], Iterable[Record]]) -> None:
    """Look in DNS for what domains still wait for. Nothing is asked where none waits."""
    waiting = [region for region in ses.regions.values() if verification.waits(region)]
    if waiting:
        names = table(ses, zones)
        for region in waiting:
            with ses.lock:
                verification.look(region, names.texts)
