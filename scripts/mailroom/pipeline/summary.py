"""What a plan would do, without a single value of it: addresses, actions, names of attributes, counts.

It leaves the job that planned, which could read everything, for jobs and people that may not. Only the
standard library.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ACTIONS = {
    ("create",): "create",
    ("update",): "change",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("delete",): "destroy",
    ("forget",): "forget",
}
"""Terraform's actions (JSON output format, "Change Representation") in the words of its summary line; what
only reads, or does nothing, is left out."""
_NAME = re.compile(r"[a-z][a-z0-9-]{1,12}")
"""As terraform/variables.tf has it."""
KINDS = ("create", "change", "replace", "destroy", "import", "move", "forget")


@dataclass(frozen=True)
class Change:
    """One resource, or output, that changes; `attributes` are the names of what does."""

    address: str
    action: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """A plan of one environment. `differs` is what Terraform's exit code said; `plan` names the kept plan;
    `text` is Terraform's own, cleaned; `error` says why there is no plan."""

    environment: str
    commit: str
    differs: bool = False
    changes: tuple[Change, ...] = ()
    plan: str = ""
    serial: int = 0
    text: str = ""
    error: str = ""

    def counts(self) -> dict[str, int]:
        """How many of each kind, in their usual order, without zeros; outputs are not counted."""
        found = Counter(change.action for change in self.changes if not change.address.startswith("output."))
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def in_words(self) -> str:
        """One line: "2 to create, 1 to change", "no changes", or that it could not be planned."""
        if self.error:
            return "could not be planned"
        if counts := self.counts():
            return ", ".join(f"{count} to {kind}" for kind, count in counts.items())
        return "only outputs change" if self.differs else "no changes"

    def write(self, folder: Path) -> None:
        """Into the folder, as `<environment>.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.environment}.json").write_text(json.dumps(asdict(self), indent=1))


def names(text: str) -> list[str]:
    """Environments' names, from a JSON list that a job of unreviewed code wrote. Raises ValueError for what
    could be anything else than names."""
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, str) and _NAME.fullmatch(one) for one in found):
        raise ValueError("it takes a JSON list of environments' names")
    return found


def read(folder: Path, environments: list[str]) -> list[Summary]:
    """The summaries of these environments, in this order, found in the folder or any below it; one that is
    not there, or cannot be read, is an error by its name. What they say is not trusted, only its form is."""
    found = {file.stem: file for file in sorted(folder.rglob("*.json")) if file.is_file()}
    return [_read(found.get(name), name) for name in environments]


def _read(file: Path | None, name: str) -> Summary:
    if file is None:
        return Summary(name, "", error="the job ended before there was a plan")
    try:
        found = json.loads(file.read_text())
        return Summary(
            name,
            str(found["commit"]),
            differs=found["differs"] is True,
            changes=tuple(map(_read_change, found["changes"])),
            plan=str(found["plan"]),
            serial=int(found["serial"]),
            text=str(found["text"]),
            error=str(found["error"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Summary(name, "", error="its summary cannot be read")


def _read_change(one: dict[str, Any]) -> Change:
    """One change of a file. Raises ValueError for an action that no plan of ours has."""
    if one["action"] not in KINDS:
        raise ValueError(one["action"])
    return Change(str(one["address"]), one["action"], tuple(map(str, one["attributes"])))


def changes_of(plan: dict[str, Any]) -> tuple[Change, ...]:
    """The changes of `terraform show -json`, by address; no value of it is kept."""
    found = [_change(one["address"], one) for one in plan.get("resource_changes", ())]
    found += [
        _change(f"output.{name}", {"change": one}) for name, one in plan.get("output_changes", {}).items()
    ]
    return tuple(sorted((one for one in found if one), key=lambda one: (one.address, one.action)))


def _change(address: str, resource: dict[str, Any]) -> Change | None:
    change = resource["change"]
    action = ACTIONS.get(tuple(change["actions"]), "")
    if not action and change.get("importing"):
        action = "import"
    if not action and resource.get("previous_address"):
        action = "move"
    if not action:
        return None
    return Change(address, action, _attributes(change) if action in ("change", "replace") else ())


def _attributes(change: dict[str, Any]) -> tuple[str, ...]:
    """The names of the attributes that differ, or are not known yet."""
    before, after, unknown = (change.get(name) or {} for name in ("before", "after", "after_unknown"))
    if not all(isinstance(side, dict) for side in (before, after, unknown)):
        return ()
    return tuple(
        name
        for name in sorted({*before, *after, *unknown})
        if unknown.get(name) or before.get(name) != after.get(name)
    )
