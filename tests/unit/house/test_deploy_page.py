"""docs/deploy.md cannot rot: every command that it names is there, with the options that it gives them."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from botocore import xform_name
from botocore.session import Session

from mailroom import cli, paths

PAGE = (paths.CLONE / "docs" / "deploy.md").read_text()
KNOWN = ("make ", "mailroom ", ".venv/bin/mailroom ", "aws ")
# The AWS CLI's own, which no service model knows.
OWN = {("cloudformation", "deploy"), ("sso", "login")}


def commands() -> Iterator[str]:
    """Each line of a fenced block, and each piece of code in the text, that begins with a known command."""
    blocks = re.findall(r"(?ms)^ *```.*?\n(.*?)^ *```", PAGE)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    pieces = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^ *```.*?^ *```", "", PAGE))
    yield from sorted({line for line in [*lines, *pieces] if line.startswith(KNOWN) and "…" not in line})


def of(*programs: str) -> list[list[str]]:
    """The words of the commands of some programs, without the program."""
    words = [shlex.split(command) for command in commands()]
    return [each[1:] for each in words if each[0] in programs]


@pytest.mark.parametrize("words", of("make"), ids=" ".join)
def test_make_has_the_target(words: list[str]) -> None:
    """The Makefile has the target."""
    assert re.search(rf"(?m)^{words[0]}:.* ## ", (paths.CLONE / "Makefile").read_text())


@pytest.mark.parametrize("words", of("mailroom", ".venv/bin/mailroom"), ids=" ".join)
def test_mailroom_has_the_command(words: list[str]) -> None:
    """The command is mounted, and has every option that is given."""
    found: Any = typer.main.get_command(cli.app)
    while hasattr(found, "commands"):
        assert words[0] in found.commands, words
        found, words = found.commands[words[0]], words[1:]
    options = {name for parameter in found.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("words", of("aws"), ids=" ".join)
def test_aws_has_the_operation(words: list[str]) -> None:
    """AWS's own service model has the operation and its parameters."""
    service, operation, *rest = words
    if (service, operation) in OWN:
        return
    model = Session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    known = {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())} | {"--region"}
    assert {word for word in rest if word.startswith("--")} <= known


def test_the_page_is_read() -> None:
    """The tables' and the blocks' commands are both among those that are checked."""
    found = list(commands())
    assert "make apply ENV=trial" in found
    assert ".venv/bin/mailroom init trial --local-state" in found
    assert len(found) >= 20


def test_four_commands() -> None:
    """The trial is counted: four commands beside DNS."""
    rows = re.findall(r"(?m)^\| (\d) \| `([^`]+)`", PAGE)
    assert [number for number, _ in rows] == ["1", "2", "3", "4"]
