"""Before an apply: would it switch off the receipt rules of somebody else?

AWS has one active receipt rule set per account and Region, and making ours active switches the other one off.
Terraform cannot see that at plan, so it is asked here, of an environment's file and of SES.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

from mailroom.environment import plain_setting, without_comments
from mailroom.errors import MailroomError


def check(environment: str, text: str, client: Callable[[str], Any]) -> None:
    """Raise MailroomError where the active rule set is one that the environment's file does not name.

    `text` is the environment's .tfvars; `client` makes SES's (v1) client for a Region.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    text = without_comments(text)
    region = plain_setting(text, "region")
    if not region or not re.search(r"(?m)^inbound[ \t]*=[ \t]*\{", text):
        return
    try:
        active = client(region).describe_active_receipt_rule_set().get("Metadata", {}).get("Name", "")
    except (ClientError, BotoCoreError) as problem:
        print(f"Which receipt rule set is active could not be asked ({problem}).", file=sys.stderr)
        return
    made_by_default = plain_setting(text, "name_prefix") or f"mailroom-{environment}"
    if active and active != made_by_default and f'"{active}"' not in text:
        raise MailroomError(
            f"The active receipt rule set in {region} is {active!r}, which {environment} does not name: the "
            "apply would switch it off, and with it everybody's mail that comes in by it. To add a rule "
            f'to it instead, write rule_set = {{ join = "{active}" }} into '
            f"terraform/environments/{environment}.tfvars.",
            f"make apply ENV={environment} (afterwards; or first, to give {active!r} up: "
            f"aws ses set-active-receipt-rule-set --region {region})",
        )
