"""`mailroom new NAME`: a new, empty capability in all its rooms, named the same in each.

The files come from `templates/`, where `NAME` stands for the capability. What shares a file with other
capabilities (the composition, the environments, the command line) is changed at its end or at a line made
for it. `docs/add-a-capability.md` tells the rest.
"""

import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from mailroom import paths
from mailroom.errors import MailroomError

TEMPLATES = Path(__file__).parent / "templates"
# Python in a template would be linted and imported as if it were ours, so it carries one more ending.
TEXT = ".txt"

RESERVED = {
    "source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals",  # Terraform's
    "lambda_src", "mailroom", "shared", "test", "tests",  # ours
}  # fmt: skip

MODULE = """
module "NAME" {
  source = "./modules/NAME"
  count  = var.NAME == null ? 0 : 1

  context  = local.context
  package  = "${local.packages}/NAME.zip"
  greeting = var.NAME.greeting
}
"""
VARIABLE = """
variable "NAME" {
  description = <<-EOT
    TODO: what NAME does; null: off. Members as in modules/NAME: `greeting` (default hello).
  EOT
  type = object({
    greeting = optional(string)
  })
  default = null
}
"""
OUTPUT = """
output "NAME_function_name" {
  description = "The function of NAME."
  value       = one(module.NAME[*].function_name)
}
"""


def new(
    name: Annotated[
        str, typer.Argument(help="Its one name, used in every room: lower_case_with_underscores.")
    ],
) -> None:
    """Add a new, empty capability in all its rooms."""
    for file in add(paths.CLONE, name):
        print(file.relative_to(paths.CLONE))
    print("\nNext: make package docs format lint, then make demo. The steps: docs/add-a-capability.md")


def add(root: Path, name: str) -> list[Path]:
    """Write the files of capability `name` into the clone at `root`; answers what was written or changed.

    Raises MailroomError for a name that cannot be one, or that is taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,20}", name):
        raise MailroomError(
            f"{name!r} cannot be a capability's name: 2 to 21 of a-z, 0-9 and _, a letter first."
        )
    if name in RESERVED or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise MailroomError(f"{name!r} means something else to Python or Terraform: choose another name.")
    rooms = ("terraform/modules", "lambda_src", "scripts/mailroom")
    if taken := [room for room in rooms for found in (root / room).glob(f"{name}*") if found.stem == name]:
        raise MailroomError(f"There is a {name!r} already, in {' and '.join(taken)}.")
    if f'variable "{name}"' in (root / "terraform" / "variables.tf").read_text():
        raise MailroomError(f"terraform/variables.tf has a variable {name!r} already: choose another name.")
    written = [
        _write(root, template, name) for template in sorted(TEMPLATES.rglob("*")) if template.is_file()
    ]
    return written + _join(root, name)


def _write(root: Path, template: Path, name: str) -> Path:
    relative = str(template.relative_to(TEMPLATES)).removesuffix(TEXT).replace("NAME", name)
    text = template.read_text().replace("NAME", name).replace("COMMAND", name.replace("_", "-"))
    if "CONTEXT" in text:
        text = text.replace("CONTEXT", _context(root))
    target = root / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    if target.name == "variables.tf":
        versions = root / "terraform" / "modules" / "function" / "versions.tf"
        target.with_name("versions.tf").write_text(versions.read_text())
    return target


def _context(root: Path) -> str:
    """The declaration of `context`, as every module has it."""
    text = (root / "terraform" / "modules" / "function" / "variables.tf").read_text()
    found = re.search(r'#+\n# Context\n#+\n\nvariable "context" \{\n.*?\n\}', text, flags=re.DOTALL)
    if not found:
        raise MailroomError("terraform/modules/function/variables.tf has no section Context to copy.")
    return found[0]


def _join(root: Path, name: str) -> list[Path]:
    """Add the capability where it stands beside others."""
    terraform = root / "terraform"
    ends = {
        terraform / "main.tf": MODULE,
        terraform / "variables.tf": VARIABLE,
        terraform / "outputs.tf": OUTPUT,
        terraform / "environments" / "local.tfvars": "\nNAME = {}\n",
    }
    for file, text in ends.items():
        file.write_text(file.read_text() + text.replace("NAME", name))
    guards = terraform / "guards.tf"
    guards.write_text(
        guards.read_text().replace("    module.inbound,\n", f"    module.inbound,\n    module.{name},\n")
    )
    cli = root / "scripts" / "mailroom" / "cli.py"
    mounted = f'app.add_typer({name}.app, name="{name.replace("_", "-")}")\n\n\ndef main('
    text = cli.read_text().replace("\n\ndef main(", mounted, 1)
    cli.write_text(
        text.replace("from mailroom.errors", f"from mailroom import {name}\nfrom mailroom.errors", 1)
    )
    return [*ends, guards, cli]
