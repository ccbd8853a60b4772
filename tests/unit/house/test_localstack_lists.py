"""The lists of what a LocalStack cannot serve: well formed, about tests that exist, and never growing."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from mailroom import paths
from tests.against_localstack import LISTS, Skip, list_for, listed, reasons

ROOT = paths.TERRAFORM.parent
NAMES = sorted(file.stem for file in LISTS.glob("*.txt"))
TESTS = [
    f"{file.relative_to(ROOT).as_posix()}::{line.removeprefix('def ').partition('(')[0]}"
    for file in (ROOT / "tests" / "integration").rglob("test_*.py")
    for line in file.read_text().splitlines()
    if line.startswith("def test_")
]


def committed(name: str, revision: str) -> list[Skip] | None:
    """A list as a revision of git has it; None where git, the revision or the file is not there."""
    asked = ["git", "show", f"{revision}:tests/localstack/{name}.txt"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return listed(name, done.stdout) if done.returncode == 0 else None


def known_at(revision: str) -> list[str]:
    """The integration tests that a revision of git has, by their ids without parameters."""
    asked = ["git", "grep", "-e", "^def test_", revision, "--", "tests/integration/*test_*.py"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line.removeprefix(f"{revision}:").split(":", 1) for line in done.stdout.splitlines()]
    return [f"{file}::{found.removeprefix('def ').partition('(')[0]}" for file, found in lines]


def grown(before: list[Skip], now: list[Skip], ran: list[str]) -> list[str]:
    """The patterns that a list has now and had not before, and that cover a test that ran before: a test that
    is new may be one that a LocalStack cannot serve."""
    known = {skip.pattern for skip in before}
    served = [
        test for test in ran if not any(skip.covers(test) or skip.covers(f"{test}[x]") for skip in before)
    ]
    return [
        skip.pattern
        for skip in now
        if skip.pattern not in known
        and any(skip.covers(test) or skip.covers(f"{test}[x]") for test in served)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_has_a_reason_and_a_test(name: str) -> None:
    """A pattern that covers no test is a line to delete."""
    for skip in listed(name):
        assert len(skip.reason) > 10, skip.pattern
        assert any(skip.covers(test) or skip.covers(f"{test}[x]") for test in TESTS), skip.pattern


@pytest.mark.parametrize("name", NAMES)
def test_a_list_only_shrinks(name: str) -> None:
    """What runs against a LocalStack today goes on running: no pattern comes in for a test of the last commit."""
    # The work at hand against its last commit, and a pull request's merge against its base.
    revisions = ["HEAD", "HEAD^1"]
    lists = {one: found for one in revisions if (found := committed(name, one)) is not None}
    if not lists:
        pytest.skip("git knows no earlier list: a first one, or no git here")
    for revision, before in lists.items():
        ran = known_at(revision)
        assert len(ran) > 100
        assert grown(before, listed(name), ran) == []


def test_growing_is_seen() -> None:
    before, added = [Skip("a::*", "because"), Skip("b::*", "because")], Skip("c::*", "because")
    assert grown(before, [before[1]], ["a::test", "c::test"]) == []
    assert grown(before, [*before, added], ["a::test", "c::test"]) == ["c::*"]
    assert grown(before, [*before, added], ["a::test"]) == []  # the tests of c are new
    assert grown(before, [*before, Skip("a::test", "because")], ["a::test"]) == []  # narrower than what was


@pytest.mark.parametrize(
    ("health", "name"),
    [
        ({"edition": "unknown", "version": "4.9.2"}, "free-4.9.2"),
        ({"edition": "community", "version": "4.14.0"}, "free-4.14.0"),
        ({"edition": "community", "version": "4.12.0"}, "free-4.14.0"),
        ({"edition": "pro", "version": "2026.10.0"}, "licensed"),
    ],
)
def test_a_localstack_s_list_is_chosen_by_what_it_says_of_itself(health: dict[str, str], name: str) -> None:
    assert list_for(health) == name
    assert Path(LISTS / f"{name}.txt").exists()


def test_reasons_are_counted() -> None:
    class Report:
        longrepr = ("file", 1, "Skipped: too far")

    assert reasons([Report(), Report()]) == Counter({"too far": 2})
