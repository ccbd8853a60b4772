"""Ask a running cloud's own paths (/_mailroom/…), which are no API of AWS's."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from mailroom.errors import MailroomError

from .cloud import LocalCloud

PATIENCE_SECONDS = 30.0


def fetch(cloud: LocalCloud, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
    """What the cloud answers at this path. Raises MailroomError where it refuses, or does not answer."""
    request = urllib.request.Request(cloud.aws + path, data=body, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as problem:
        raise MailroomError(f"The local cloud refused: {problem.read().decode()}") from problem
    except urllib.error.URLError as problem:
        raise MailroomError(
            f"The local cloud at {cloud.aws} does not answer: {problem.reason}",
            f"mailroom local up --name {cloud.name}",
        ) from problem


def ask(cloud: LocalCloud, path: str, method: str = "GET", document: object = None) -> Any:
    """What the cloud answers at this path, read as JSON; `document` is sent as JSON where there is one.

    Raises MailroomError as `fetch`.
    """
    body = json.dumps(document).encode() if document is not None else None
    return json.loads(fetch(cloud, path, method, body))
