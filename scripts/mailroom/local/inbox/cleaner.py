"""A mail's HTML without what loads, runs or sends.

Cleaning is done by a process of its own, held to a few seconds and little memory: HTML's rules let 33 KB of
unclosed tags become 38 MB, and the parser of deep nesting takes quadratic time. What is not done in time is
not shown.
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

MAXIMUM_SECONDS = 4
MAXIMUM_MEMORY = 768 * 1024 * 1024
MAXIMUM_PAGE = 8_000_000
"""Characters of cleaned HTML, pictures apart."""
MAXIMUM_KEPT = 16
"""Cleaned mails that are kept, to be shown again."""


@dataclass(frozen=True)
class Cleaned:
    """HTML that may be shown, the style of its body, and the remote images that were left out (addresses).
    `trouble` says why there is none; `busy` that it may go better when it is asked again."""

    html: str = ""
    body_style: str = ""
    remote: tuple[str, ...] = ()
    trouble: str = ""
    busy: bool = False


class Cleaner:
    """Cleans in a process of its own, one mail at a time, and keeps the last few results."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Cleaned] = OrderedDict()

    def cleaned(self, message_id: str, html: str, pictures: Callable[[], Mapping[str, str]]) -> Cleaned:
        """The HTML of a message. `pictures` tells the data: URL of each picture by its Content-ID."""
        with self._lock:
            found = self._kept.get(message_id)
            if found is None:
                found = in_own_process(html, pictures())
                if not found.busy:
                    self._kept[message_id] = found
                while len(self._kept) > MAXIMUM_KEPT:
                    self._kept.popitem(last=False)
            return found


def in_own_process(html: str, pictures: Mapping[str, str], seconds: int = MAXIMUM_SECONDS) -> Cleaned:
    """Clean in a process of its own that may work for some seconds; `trouble` says why where there is nothing
    to show."""
    asked = json.dumps({"html": html, "pictures": dict(pictures), "seconds": seconds}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=asked,
            capture_output=True,
            timeout=seconds * 4,  # its own limit counts its work, this one also waiting for a core
            env={"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return replace(_TANGLED, busy=True)
    if done.returncode != 0:
        return _TANGLED
    answer = json.loads(done.stdout)
    return Cleaned(answer["html"], answer["body_style"], tuple(answer["remote"]), answer["trouble"])


_TANGLED = Cleaned(
    trouble="This HTML is so tangled that it could not be cleaned, so it is not shown. See its source."
)


def main() -> None:
    """Clean what standard input holds, within the limits."""
    asked = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MAXIMUM_MEMORY, MAXIMUM_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from . import markup

    made = markup.cleaned(asked["html"], asked["pictures"])
    size = len(made.html) - sum(map(len, asked["pictures"].values()))
    json.dump(asdict(made if size <= MAXIMUM_PAGE else _TANGLED), sys.stdout)


if __name__ == "__main__":
    main()
