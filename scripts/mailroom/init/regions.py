"""The Regions where SES receives mail: the one list is Terraform's, in modules/inbound."""

import re

from mailroom import paths
from mailroom.errors import MailroomError

_LIST = re.compile(r"receiving_regions = \[(.*?)\]", re.DOTALL)


def receiving() -> list[str]:
    """Their codes, as terraform/modules/inbound/main.tf lists them (`local.receiving_regions`)."""
    file = paths.TERRAFORM / "modules" / "inbound" / "main.tf"
    found = _LIST.search(file.read_text())
    regions = re.findall(r'"([a-z0-9-]+)"', found[1]) if found else []
    if not regions:
        raise MailroomError(f"There is no list `receiving_regions` in {file.relative_to(paths.CLONE)}.")
    return regions
