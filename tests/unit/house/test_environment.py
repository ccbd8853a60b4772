"""Which environment a command means, and the guards that Terraform cannot have."""

from pathlib import Path

import pytest

from mailroom import environment, paths
from mailroom.environment import Environment
from mailroom.errors import MailroomError


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dev", "local"):
        (tmp_path / f"{name}.tfvars").touch()
    monkeypatch.setattr(paths, "ENVIRONMENTS", tmp_path)
    for name in environment.endpoint_variables(__import__("os").environ):
        monkeypatch.delenv(name)


def test_an_unknown_environment_lists_the_known_ones() -> None:
    """A name without a file is refused, and the names with one are listed."""
    with pytest.raises(MailroomError, match="dev, local"):
        Environment.load("prd")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_left_over_endpoint_is_refused(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in AWS is refused while an endpoint variable is set, and told how to unset it."""
    assert Environment.load("dev").variables == {}
    monkeypatch.setenv(variable, "http://127.0.0.1:4566")
    with pytest.raises(MailroomError, match=variable) as problem:
        Environment.load("dev")
    assert problem.value.hint == f"unset {variable}"


def test_local_without_a_local_cloud_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`local` needs a local cloud that answers; the error names the command that starts it."""
    monkeypatch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path / "clouds"))
    with pytest.raises(MailroomError, match="'nobody'") as problem:
        Environment.load("local", "nobody")
    assert problem.value.hint == "mailroom local up --name nobody"


def test_a_switched_off_capability_is_named(tmp_path: Path) -> None:
    """An output that is null says which file switches its capability on."""
    loaded = Environment("dev", tmp_path, {})
    loaded.__dict__["outputs"] = {"links_url": None}
    with pytest.raises(MailroomError, match=r"no links_url.*dev\.tfvars"):
        loaded.output("links_url")
