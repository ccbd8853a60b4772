"""`make docs`: the tables in the module READMEs, written from the code.

    python -m mailroom.docs [--check]

The tables stand between the markers of terraform-docs, in its format, so that the real tool can take over.
`--check` writes nothing and fails, naming the files, when one is stale.
"""

import re
import sys
from pathlib import Path
from typing import Any

import hcl2

from mailroom import paths

BEGIN, END = "<!-- BEGIN_TF_DOCS -->", "<!-- END_TF_DOCS -->"


def blocks(module: Path, kind: str) -> dict[str, dict[str, Any]]:
    """All blocks of one kind (`variable`, `output`) of a module, by name."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(module.glob("*.tf")):
        for block in hcl2.loads(file.read_text()).get(kind, []):
            found.update({_plain(name): body for name, body in block.items()})
    return found


def resources(module: Path) -> list[str]:
    """The types of what a module makes, `aws_sqs_queue.dead_letters` and the like."""
    found = []
    for file in sorted(module.glob("*.tf")):
        for block in hcl2.loads(file.read_text()).get("resource", []):
            found += [f"{_plain(kind)}.{_plain(name)}" for kind, named in block.items() for name in named]
    return sorted(found)


def table(module: Path) -> str:
    """Resources, inputs and outputs of one module as Markdown tables."""
    lines = ["## Resources", "", "| Name |", "|------|"]
    lines += [f"| {name} |" for name in resources(module)]
    lines += ["", "## Inputs", "", "| Name | Description | Type | Default | Required |"]
    lines += ["|------|-------------|------|---------|:--------:|"]
    for name, body in sorted(blocks(module, "variable").items()):
        default = f"`{_text(body['default'])}`" if "default" in body else "n/a"
        kind = _text(body.get("type", "any"))
        required = "no" if "default" in body else "yes"
        lines.append(f"| {name} | {_text(body.get('description', ''))} | `{kind}` | {default} | {required} |")
    lines += ["", "## Outputs", "", "| Name | Description |", "|------|-------------|"]
    for name, body in sorted(blocks(module, "output").items()):
        lines.append(f"| {name} | {_text(body.get('description', ''))} |")
    return "\n".join(lines)


def fresh(module: Path) -> tuple[Path, str, str]:
    """A module's README: its path, what it says, and what it should say.

    Raises ValueError where it has no markers.
    """
    readme = module / "README.md"
    before = readme.read_text()
    head, begin, rest = before.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{readme.relative_to(paths.CLONE)} has no {BEGIN} … {END}")
    return readme, before, f"{head}{BEGIN}\n{table(module)}\n{END}{tail}"


def _plain(name: str) -> str:
    """A name without the quotes that python-hcl2 keeps."""
    return name.strip('"')


def _text(value: Any) -> str:
    """An HCL value on one line, fit for a table's cell."""
    if isinstance(value, bool):
        return str(value).lower()
    text = "null" if value is None else str(value)
    text = re.sub(r"^\$\{(.*)\}$", r"\1", text, flags=re.DOTALL)
    text = re.sub(r"^<<-?\w+\n(.*)\n\s*\w+$", r"\1", text.strip('"'), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the stale tables, or with `--check` name them and fail."""
    stale = [(readme, wanted) for readme, before, wanted in map(fresh, paths.modules()) if before != wanted]
    for readme, wanted in stale:
        name = readme.relative_to(paths.CLONE)
        if "--check" in arguments:
            print(f"{name} does not say what the code does: run make docs", file=sys.stderr)
        else:
            readme.write_text(wanted)
            print(f"{name} written")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
