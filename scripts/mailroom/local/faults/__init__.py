"""Faults of a local cloud: what goes wrong on purpose, with whose calls, how often.

add(cloud, Fault("throttle", service="sesv2", operation="SendEmail", times=2))
add(cloud, Fault("kill-after", service="dynamodb", function="mailroom-local-inbound", skip=1))
listing(cloud)     # how often each matched and struck
clear(cloud)
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..asking import ask
from ..cloud import LocalCloud
from .control import PATH
from .fault import KINDS, Fault

__all__ = ["KINDS", "Fault", "add", "clear", "listing"]


def add(cloud: LocalCloud, fault: Fault) -> str:
    """Arm a fault in a running cloud; answers its id."""
    return str(ask(cloud, PATH, "POST", asdict(fault))["id"])


def listing(cloud: LocalCloud) -> list[dict[str, Any]]:
    """The armed faults: their members, `id`, and how many calls they `matched` and `struck`."""
    listed: list[dict[str, Any]] = ask(cloud, PATH)
    return listed


def clear(cloud: LocalCloud) -> None:
    """Disarm all faults; the counts are gone with them."""
    ask(cloud, PATH, "DELETE")
