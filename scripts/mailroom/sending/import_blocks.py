"""The file that tells Terraform what is there already: `import` and `moved` blocks, for one environment.

Terraform takes such blocks in the root module alone, which all environments share. So each import is bound to
its environment by `for_each`; a `moved` block does nothing where its old address is not in the state.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """An address in Terraform: a resource, and a key of its `for_each`."""

    resource: str
    key: str

    def __str__(self) -> str:
        return f"{self.resource}[{json.dumps(self.key)}]"


def file_of(root: Path, environment: str) -> Path:
    """Where the blocks of an environment stand."""
    return root / f"adopt-{environment}.tf"


def text(environment: str, imports: Mapping[Place, str], moves: Iterable[tuple[str, Place]]) -> str:
    """The file: what is imported, by its place, with its id for the provider; what is moved from where."""
    blocks = [
        f"# By `mailroom sending adopt --env {environment}`: what was there before Terraform. Commit it\n"
        "# where a pipeline applies. Once applied it does nothing: run the command again, and it goes.\n"
    ]
    for resource in sorted({place.resource for place in imports}):
        found = sorted((place.key, id_) for place, id_ in imports.items() if place.resource == resource)
        width = max(len(json.dumps(key)) for key, _ in found)
        entries = "".join(f"      {json.dumps(key):{width}} = {json.dumps(id_)}\n" for key, id_ in found)
        blocks.append(
            "import {\n  for_each = {\n    for key, id in {\n"
            + entries
            + f'    }} : key => id if var.environment == "{environment}"\n  }}\n\n'
            f"  to = {resource}[each.key]\n  id = each.value\n}}\n"
        )
    blocks += [f"moved {{\n  from = {old}\n  to   = {new}\n}}\n" for old, new in sorted(moves, key=str)]
    return "\n".join(blocks)
