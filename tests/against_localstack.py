"""`make test` with LOCALSTACK_HOST set: the integration tests against that LocalStack, with our SES in front.

What a LocalStack cannot serve is skipped by the list of its kind in tests/localstack/: one pattern of test ids a
line, and after ` # ` the reason. A list may only shrink (tests/unit/house/test_localstack_lists.py).
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LISTS = Path(__file__).parent / "localstack"
NEWEST_FREE = "4.14.0"
FREE = ("", "community", "unknown")
"""What a LocalStack without a licence says of itself: community in Docker, unknown in host mode."""


@dataclass(frozen=True)
class Skip:
    """A line of a list: which tests, and why."""

    pattern: str
    reason: str

    def covers(self, nodeid: str) -> bool:
        """Whether a test is meant: `*` is any text, brackets are what they are."""
        return fnmatch.fnmatchcase(nodeid, self.pattern.replace("[", "[[]"))


def listed(name: str, text: str | None = None) -> list[Skip]:
    """The lines of a list, or of another version of it; blank lines, and those that begin with #, say nothing."""
    written = (LISTS / f"{name}.txt").read_text() if text is None else text
    lines = [line.strip() for line in written.splitlines()]
    return [
        Skip(*(part.strip() for part in line.split(" # ", 1)))
        for line in lines
        if line and not line.startswith("#")
    ]


def list_for(health: dict[str, Any]) -> str:
    """The list of a LocalStack by what it says of itself: licensed, or free and of a version."""
    if health.get("edition", "") not in FREE:
        return "licensed"
    version = str(health.get("version", ""))
    return f"free-{version}" if (LISTS / f"free-{version}.txt").exists() else f"free-{NEWEST_FREE}"


def found() -> tuple[str, dict[str, Any]] | None:
    """The LocalStack that the environment names, and what it says of itself; None without one."""
    from mailroom.local.adapter import localstack

    endpoint = localstack.find()
    health = localstack.health(endpoint) if endpoint else None
    return (endpoint, health) if endpoint and health is not None else None


class AgainstLocalStack:
    """Leaves out what is no integration test, skips what the list says, and tells both at the end."""

    def __init__(self, endpoint: str, health: dict[str, Any]) -> None:
        self.name = list_for(health)
        self.skips = listed(self.name)
        self.title = f"LocalStack {health.get('version', '?')} ({self.name}) at {endpoint}, our SES in front"

    def pytest_report_header(self) -> str:
        """Say what the tests run against."""
        return f"against {self.title}"

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Only integration tests; those on the list are skipped with its reason."""
        wanted = [item for item in items if item.nodeid.startswith("tests/integration/")]
        config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
        items[:] = wanted
        for item in items:
            reason = next((skip.reason for skip in self.skips if skip.covers(item.nodeid)), None)
            if reason is not None:
                item.add_marker(pytest.mark.skip(reason=reason))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """How many tests ran against it, and what was skipped for which reason."""
        skipped = terminalreporter.stats.get("skipped", [])
        ran = sum(len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed"))
        terminalreporter.section(f"against {self.title}")
        terminalreporter.write_line(f"{ran} of {ran + len(skipped)} integration tests ran")
        for reason, count in sorted(reasons(skipped).items()):
            terminalreporter.write_line(f"  {count:4d} skipped: {reason}")


def reasons(skipped: Sequence[Any]) -> Counter[str]:
    """How many were skipped, by reason."""
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
