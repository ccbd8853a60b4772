"""`terraform validate` for the root and every module, without a backend: `python -m mailroom.validate`."""

import sys
import tempfile
from pathlib import Path

from mailroom import paths
from mailroom.errors import MailroomError
from mailroom.terraform import Terraform


def main() -> int:
    """Validate each module in a working folder of its own; 1 when one does not hold."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="mailroom-validate-") as folder:
        for module in paths.modules():
            terraform = Terraform("", Path(folder) / module.name, root=module)
            try:
                terraform.init(backend=False)
                terraform.validate()
            except MailroomError as problem:
                failed += 1
                print(f"{module.name}: {problem.message}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
