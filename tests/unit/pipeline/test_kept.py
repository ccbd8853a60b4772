"""Plans on the shelf, and why one is not taken from it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from mailroom.errors import MailroomError
from mailroom.pipeline import basis
from mailroom.pipeline.kept import Basis, Shelf

COMMIT = "a" * 40
MADE = Basis(COMMIT, 12, "lineage", {"inbound": "1", "links": "2"}, "lock")


@pytest.fixture
def shelf(s3: Any) -> Shelf:
    return Shelf(s3, "state", "dev")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan"
    file.write_bytes(b"a plan")
    return file


def test_a_plan_is_found_under_commit_and_serial(shelf: Shelf, s3: Any, plan: Path, tmp_path: Path) -> None:
    """It is kept under environment, commit, serial and its own hash, and comes back byte for byte."""
    kept = shelf.keep(plan, MADE, "1 to create", 1)
    assert set(s3.objects) == {f"plans/dev/{COMMIT}/12/{kept.name}.{ending}" for ending in ("json", "tfplan")}
    found = shelf.find(COMMIT, kept.name)
    assert found == kept
    shelf.fetch(found, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == b"a plan"


def test_the_record_comes_last(shelf: Shelf, s3: Any, plan: Path) -> None:
    """A plan whose upload broke off is not found: there is no record of it."""
    kept = shelf.keep(plan, MADE, "", 0)
    assert list(s3.objects) == [f"{kept.key}.tfplan", f"{kept.key}.json"]


def test_the_newest_plan_of_the_commit_is_taken_where_none_is_named(shelf: Shelf, plan: Path) -> None:
    """Planned again at the same commit: the newer plan counts, whatever its serial; a named one is still found."""
    old = shelf.keep(plan, replace(MADE, serial=9), "", 0)
    plan.write_bytes(b"another plan")
    new = shelf.keep(plan, MADE, "", 0)
    assert shelf.find(COMMIT) == new
    assert shelf.find(COMMIT, old.name) == old


@pytest.mark.parametrize(("commit", "name"), [("b" * 40, ""), (COMMIT, "0" * 16)])
def test_a_plan_that_is_not_there_says_how_to_get_one(
    shelf: Shelf, plan: Path, commit: str, name: str
) -> None:
    """No plan of this commit, or none of this name: the command that plans again is named."""
    shelf.keep(plan, MADE, "", 0)
    with pytest.raises(MailroomError, match="is not kept") as refused:
        shelf.find(commit, name)
    assert refused.value.hint == "gh workflow run deploy.yml -f environment=dev"


def test_another_environments_plan_is_not_found(shelf: Shelf, s3: Any, plan: Path) -> None:
    """Plans of dev are no plans of prod, even of the same commit."""
    shelf.keep(plan, MADE, "", 0)
    with pytest.raises(MailroomError, match="for prod is not kept"):
        Shelf(s3, "state", "prod").find(COMMIT)


def test_a_plan_that_somebody_changed_is_refused(shelf: Shelf, s3: Any, plan: Path, tmp_path: Path) -> None:
    """The bytes are those that were kept, or nothing is applied."""
    kept = shelf.keep(plan, MADE, "", 0)
    s3.objects[f"{kept.key}.tfplan"] = b"an evil plan"
    with pytest.raises(MailroomError, match="is not what it was when it was kept"):
        shelf.fetch(kept, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "change", [{"digest": "b" * 64}, {"environment": "prod"}, {"basis": replace(MADE, serial=13)}]
)
def test_a_record_that_speaks_of_another_plan_is_refused(
    shelf: Shelf, s3: Any, plan: Path, change: dict[str, Any]
) -> None:
    """Whoever can write plans cannot put another one under the name that was approved."""
    kept = shelf.keep(plan, MADE, "", 0)
    s3.objects[f"{kept.key}.json"] = json.dumps(asdict(replace(kept, **change))).encode()
    for name in (kept.name, ""):
        with pytest.raises(MailroomError, match="is of another plan"):
            shelf.find(COMMIT, name)


def test_what_was_applied_is_remembered(shelf: Shelf, s3: Any, plan: Path) -> None:
    """Nothing yet, then the commit and the plan."""
    assert shelf.applied() == ""
    kept = shelf.keep(plan, MADE, "1 to create", 1)
    shelf.note_applied(kept)
    assert shelf.applied() == COMMIT
    assert json.loads(s3.objects["mailroom/dev.applied.json"])["plan"] == kept.name


@pytest.mark.parametrize(
    ("change", "words", "hint"),
    [
        (
            {"serial": 14},
            "moved on from serial 12 to 14 since the plan of commit aaaaaaaaaaaa was made",
            "gh workflow run",
        ),
        ({"lineage": "another"}, "dev has another state", "gh workflow run"),
        ({"commit": "b" * 40}, "This is commit bbbbbbbbbbbb", "gh workflow run"),
        ({"providers": "other"}, "lock file is not the one", "gh workflow run"),
        ({"zips": {"inbound": "1", "links": "3"}}, r"made with: links\.zip", "make package"),
        ({"zips": {"inbound": "1"}}, r"made with: links\.zip", "make package"),
        ({"zips": {"inbound": "1", "links": "2", "more": "3"}}, r"made with: more\.zip", "make package"),
    ],
)
def test_a_plan_that_is_not_right_any_more_is_refused(
    shelf: Shelf, plan: Path, change: dict[str, Any], words: str, hint: str
) -> None:
    """Another state, code, provider or zip: nothing is applied, and the way on is named."""
    kept = shelf.keep(plan, MADE, "", 0)
    basis.check(kept, MADE)
    with pytest.raises(MailroomError, match=words) as refused:
        basis.check(kept, replace(MADE, **change))
    assert "Nothing was applied" in refused.value.message
    assert refused.value.hint.startswith(hint)


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan is kept under its commit, so there must be one."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(MailroomError, match="is no checkout of a git repository"):
        basis.commit_of(tmp_path)
