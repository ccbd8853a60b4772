"""What IAM was asked in this cloud: who wanted to do which action on which resource.

A policy can be held against that: what is used and not allowed, what is allowed and never used. Served at
GET and DELETE /_mailroom/permissions, shown by `mailroom local permissions`.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict, dataclass

from .engine.protocol.messages import Response

PATH = "/_mailroom/permissions"
MOST = 20_000
"""Different questions that are kept; later ones are not."""


IDS = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "(uuid)"),
    (re.compile(r"(?<=plans/)([^/]+)/[0-9a-f]{40}/\d+/[0-9a-f]+"), r"\1/(commit)/(serial)/(plan)"),
    (re.compile(r"(?<=malware-protection-plan/)[0-9a-f]{20}"), "(id)"),
    (re.compile(r"(?<=hostedzone/)Z[A-Z0-9]+"), "(id)"),
    (re.compile(r"(?<=:apps/)[0-9a-f]{32}"), "(id)"),
    (
        re.compile(
            r"/(apis|deployments|integrations|resources|restapis|routes|usageplans)/[0-9a-z]{6,10}(?![^/])"
        ),
        r"/\1/(id)",
    ),
)


@dataclass(frozen=True, order=True)
class Question:
    """`who` is the name of a role or user; `allowed` is what its own policies said."""

    who: str
    action: str
    resource: str
    allowed: bool


class Permissions:
    """The different questions since the cloud began, or since they were forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._questions: set[Question] = set()

    def note(self, principal: str, action: str, resource: str, allowed: bool) -> None:
        """Keep a question. `principal` is an ARN: a session's counts as its role's."""
        question = Question(name_of(principal), action, resource, allowed)
        with self._lock:
            if len(self._questions) < MOST:
                self._questions.add(question)

    def respond(self, method: str) -> Response:
        """GET: all questions, sorted; DELETE: forget them."""
        if method not in ("GET", "DELETE"):
            return _json(405, {"error": f"{PATH} answers GET and DELETE"})
        with self._lock:
            if method == "DELETE":
                self._questions.clear()
            return _json(200, [asdict(question) for question in sorted(self._questions)])


def name_of(principal: str) -> str:
    """The name of a role or a user in an ARN: `assumed-role/NAME/session`, `role/path/NAME`, `user/NAME`."""
    kind, *parts = principal.rpartition(":")[2].split("/")
    return parts[0] if kind == "assumed-role" else parts[-1] if parts else kind


def without_ids(resource: str) -> str:
    """A resource without the numbers that AWS, or git, gives: the same in every cloud."""
    for shape, name in IDS:
        resource = shape.sub(name, resource)
    return resource


def _json(status: int, document: object) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(document).encode())
