"""The one wrapper around python-terraform, against a Terraform that writes down how it was called."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mailroom import paths, provider_mirror
from mailroom import terraform as module
from mailroom.errors import MailroomError
from mailroom.terraform import Terraform

RECORDER = """#!/bin/sh
{ printf '%s\\n' "$*"; printf 'TF_DATA_DIR=%s\\n' "$TF_DATA_DIR"; printf 'AWS_ENDPOINT_URL=%s\\n' "$AWS_ENDPOINT_URL"; } >> calls
case "$1" in
  output) echo '{"links_url": {"value": "http://x/", "type": "string", "sensitive": false}}' ;;
  plan) exit 2 ;;
  show) case "$*" in *-json*) echo '{"resource_changes": [{"address": "a.b", "change": {"actions": ["create"]}}]}' ;; *) echo 'No changes.' ;; esac ;;
  state) if [ -f empty ]; then exit 0; fi; echo '{"serial": 12, "lineage": "x"}' ;;
  init) if [ -f unreachable ] && ! echo "$*" | grep -q plugin-dir; then
    echo 'could not connect to registry.terraform.io' >&2; exit 1; fi ;;
  apply|destroy) echo '{"@level": "info", "type": "apply_start"}'
    if [ -f broken ]; then
      echo '{"@level": "error", "diagnostic": {"summary": "No bucket", "detail": "Why.", "range": {"filename": "main.tf", "start": {"line": 3}}}}'
      exit 1
    fi ;;
esac
"""


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terraform:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "terraform").write_text(RECORDER)
    (tools / "terraform").chmod(0o755)
    monkeypatch.setattr(paths, "TOOLS", tools)
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://left-over")
    return Terraform("dev", tmp_path / "data", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, root=tmp_path)


def calls(terraform: Terraform) -> list[str]:
    return (terraform.root / "calls").read_text().splitlines()


def test_destroy_sends_no_flag_that_terraform_lacks(terraform: Terraform) -> None:
    """python-terraform's own destroy sends -force; ours does not, and asks nobody when it is watched."""
    events: list[dict[str, Any]] = []
    terraform.destroy(events.append)
    command = calls(terraform)[0]
    assert command.startswith("destroy ")
    assert "-auto-approve" in command
    assert "-force" not in command
    assert "synchronous" not in command
    assert events == [{"@level": "info", "type": "apply_start"}]


def test_changes_are_those_of_a_saved_plan(terraform: Terraform) -> None:
    """The plan is written to a file, `show -json` reads that very file, and it is gone afterwards."""
    terraform.data_dir.mkdir()
    assert terraform.changes() == [{"address": "a.b", "change": {"actions": ["create"]}}]
    plan, show = (line for line in calls(terraform) if line.startswith(("plan", "show")))
    (out,) = (word.removeprefix("-out=") for word in plan.split() if word.startswith("-out="))
    assert "-var-file=environments/dev.tfvars" in plan
    assert show.split()[-1] == out
    assert "-input" not in show  # show knows no such flag
    assert list(terraform.data_dir.iterdir()) == []


def test_an_environment_is_a_file_and_a_working_folder(terraform: Terraform) -> None:
    """Plan takes the environment's values, its own TF_DATA_DIR, and the endpoint in place of a left-over one."""
    assert terraform.plan(quiet=True) is True
    command, data_dir, endpoint = calls(terraform)
    assert "-var-file=environments/dev.tfvars" in command
    assert data_dir == f"TF_DATA_DIR={terraform.data_dir}"
    assert endpoint == "AWS_ENDPOINT_URL=http://127.0.0.1:1"
    assert os.environ["AWS_ENDPOINT_URL"] == "http://left-over"


def test_a_failure_has_words_and_a_place(terraform: Terraform) -> None:
    """An error of apply names file, line, summary and detail."""
    (terraform.root / "broken").touch()
    with pytest.raises(MailroomError, match=r"(?s)main\.tf:3: No bucket.*Why\."):
        terraform.apply(lambda _: None)


def test_outputs_are_plain_values(terraform: Terraform) -> None:
    """Outputs come as name and value."""
    assert terraform.outputs() == {"links_url": "http://x/"}


def test_init_falls_back_to_an_installed_mirror_and_says_so(
    terraform: Terraform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Only when the registry cannot be reached, an installed mirror is used, with a line that says so."""
    monkeypatch.setattr(provider_mirror, "installed", lambda: tmp_path / "mirror")
    terraform.init()
    assert "plugin-dir" not in calls(terraform)[0]
    (terraform.root / "unreachable").touch()
    terraform.init()
    assert f"-plugin-dir={tmp_path / 'mirror'}" in calls(terraform)[-3]
    assert "cannot be reached" in capfd.readouterr().err


def test_a_missing_terraform_names_the_command_that_gets_it(
    terraform: Terraform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without build/tools/terraform the error says make setup."""
    monkeypatch.setattr(module.paths, "TOOLS", tmp_path / "nowhere")
    with pytest.raises(MailroomError) as problem:
        terraform.plan()
    assert problem.value.hint == "make setup"


def test_python_terraform_events_are_json_lines_only(terraform: Terraform) -> None:
    """The options that python-terraform would garble reach Terraform as they should."""
    terraform.apply(lambda _: None)
    assert json.dumps(calls(terraform)[0].split()[1:]).count("-json") == 1


def test_a_kept_plan_is_applied_as_it_is(terraform: Terraform, tmp_path: Path) -> None:
    """Plan writes a file, without the lock where asked; apply takes it, with no values beside it, and asks nobody."""
    file = tmp_path / "kept"
    assert terraform.plan(quiet=True, keep=file, lock=False) is True
    terraform.apply(lambda _: None, file)
    planned, applied = (line for line in calls(terraform) if line.startswith(("plan ", "apply ")))
    assert f"-out={file}" in planned
    assert "-lock=false" in planned
    assert applied.endswith(f" {file}")
    assert "-var-file" not in applied
    terraform.plan(quiet=True)
    assert "-lock" not in calls(terraform)[-3]


def test_a_kept_plan_is_shown(terraform: Terraform, tmp_path: Path) -> None:
    """To people as text, to programs as JSON."""
    assert terraform.show(tmp_path / "kept") == "No changes.\n"
    (change,) = terraform.show_json(tmp_path / "kept")["resource_changes"]
    assert change["address"] == "a.b"


def test_the_state_is_asked_and_may_not_be_there(terraform: Terraform) -> None:
    """Serial and lineage come from Terraform; before the first apply there is nothing."""
    assert terraform.state() == {"serial": 12, "lineage": "x"}
    (terraform.root / "empty").touch()
    assert terraform.state() == {}
