"""`mailroom deploy`: what is refused before Terraform begins, and what is printed."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mailroom import deploy
from mailroom.environment import Environment
from mailroom.errors import MailroomError


class FakeTerraform:
    """Terraform that remembers what it was asked to destroy."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self._outputs = outputs
        self.destroyed = 0

    def outputs(self) -> dict[str, Any]:
        return self._outputs

    def destroy(self, watch: Any = None) -> None:
        self.destroyed += 1


@pytest.mark.parametrize(
    ("outputs", "destroyed"), [({"retain_data": True}, 0), ({"retain_data": False}, 1), ({}, 1)]
)
def test_retained_data_is_not_destroyed(
    outputs: dict[str, Any], destroyed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While data is retained, Terraform is not even started, so the state keeps its outputs; the way on is named."""
    terraform = FakeTerraform(outputs)
    monkeypatch.setattr(deploy, "_ready", lambda env, name: SimpleNamespace(terraform=terraform))
    if destroyed:
        deploy.destroy("dev", "default", yes=True)
    else:
        with pytest.raises(
            MailroomError, match=r"set retain_data = false in terraform/environments/dev\.tfvars"
        ):
            deploy.destroy("dev", "default", yes=True)
    assert terraform.destroyed == destroyed


def test_what_is_somebody_elses_is_asked_about_before_an_apply(tmp_path: Path) -> None:
    """Of an environment that takes mail and a Pinpoint application's stream, both owners are asked for, in its
    Region."""
    asked: list[tuple[str, str]] = []

    def client(service: str, region: str) -> Any:
        asked.append((service, region))
        return SimpleNamespace(
            describe_active_receipt_rule_set=lambda: {}, get_event_stream=lambda ApplicationId: {}
        )

    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "dev.tfvars").write_text(
        'region = "eu-west-1"\ninbound = {\n}\nstatus = {\n  pinpoint = { application_id = "0a" }\n}\n'
    )
    deploy.spare_others(SimpleNamespace(name="dev", root=tmp_path, client=client))  # type: ignore[arg-type]
    assert asked == [("ses", "eu-west-1"), ("pinpoint", "eu-west-1")]


def test_an_output_is_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One output, or all of them, is printed as JSON."""
    found = SimpleNamespace(outputs={"a": [1]}, output=lambda name: {"a": [1]}[name])
    monkeypatch.setattr(Environment, "load", lambda env, name: found)
    deploy.output("a")
    assert json.loads(capsys.readouterr().out) == [1]
    deploy.output("")
    assert json.loads(capsys.readouterr().out) == {"a": [1]}
