"""Faults of a local cloud: what goes wrong on purpose, with whose calls, how often.

add(cloud, Fault("throttle", service="sesv2", operation="SendEmail", times=2))
add(cloud, Fault("kill-after", service="dynamodb", function="mailroom-local-inbound", skip=1))
listing(cloud)     # how often each matched and struck
clear(cloud)
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import asdict
from typing import Any

from mailroom.errors import MailroomError

from ..cloud import LocalCloud
from .fault import KINDS, Fault

__all__ = ["KINDS", "Fault", "add", "clear", "listing"]

PATIENCE_SECONDS = 30.0


def add(cloud: LocalCloud, fault: Fault) -> str:
    """Arm a fault in a running cloud; answers its id."""
    return str(_ask(cloud, "POST", asdict(fault))["id"])


def listing(cloud: LocalCloud) -> list[dict[str, Any]]:
    """The armed faults: their members, `id`, and how many calls they `matched` and `struck`."""
    listed: list[dict[str, Any]] = _ask(cloud, "GET")
    return listed


def clear(cloud: LocalCloud) -> None:
    """Disarm all faults; the counts are gone with them."""
    _ask(cloud, "DELETE")


def _ask(cloud: LocalCloud, method: str, document: object = None) -> Any:
    request = urllib.request.Request(
        f"{cloud.aws}/_mailroom/faults",
        data=json.dumps(document).encode() if document is not None else None,
        method=method,
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as problem:
        raise MailroomError(f"The local cloud refused: {problem.read().decode()}") from problem
    except urllib.error.URLError as problem:
        raise MailroomError(
            f"The local cloud at {cloud.aws} does not answer: {problem.reason}",
            f"mailroom local up --name {cloud.name}",
        ) from problem
