"""Before an apply: would it take the event stream of a Pinpoint application from somebody else?

An application has one event stream, and setting ours replaces whatever was there without a word. Terraform
cannot see that at plan, so it is asked here, of an environment's file and of Pinpoint.
docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-eventstream.html
"""

import re
import sys
from collections.abc import Callable
from typing import Any

from mailroom.environment import plain_setting, without_comments
from mailroom.errors import MailroomError

_APPLICATION = re.compile(r'\bapplication_id\s*=\s*"([^"]+)"')
_TOLD = re.compile(r"\breplace_existing_stream\s*=\s*true\b")


def check(environment: str, text: str, client: Callable[[str], Any]) -> None:
    """Raise MailroomError where the application has an event stream that is not this environment's.

    `text` is the environment's .tfvars; `client` makes Pinpoint's client for a Region. An application that
    Terraform makes (`create_application`) has no stream but ours.
    """
    text = without_comments(text)
    region, application = plain_setting(text, "region"), _application(text)
    if not region or not application or _TOLD.search(text):
        return
    destination = _destination(client(region), application)
    prefix = plain_setting(text, "name_prefix") or f"mailroom-{environment}"
    if destination and not destination.endswith(f":deliverystream/{prefix}-status-pinpoint"):
        raise MailroomError(
            f"The Pinpoint application {application} in {region} has an event stream already, to "
            f"{destination}, which is not {environment}'s: the apply would replace it, and whoever reads it "
            "would get no more events. To do that all the same, write replace_existing_stream = true beside "
            f"application_id into terraform/environments/{environment}.tfvars.",
            f"make apply ENV={environment} (afterwards; to look first: "
            f"aws pinpoint get-event-stream --region {region} --application-id {application})",
        )


def _application(text: str) -> str:
    """The application whose stream `status` takes; "" where the file names none."""
    begun = re.search(r"(?m)^status[ \t]*=[ \t]*\{", text)
    found = _APPLICATION.search(text, begun.end()) if begun else None
    return found[1] if found else ""


def _destination(client: Any, application: str) -> str:
    """The ARN that the application's events go to; "" where it has no event stream, or nobody may ask."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = client.get_event_stream(ApplicationId=application)
    except (ClientError, BotoCoreError) as problem:
        # NotFound is an application without a stream, or none at all, which Terraform will tell.
        if getattr(problem, "response", {}).get("Error", {}).get("Code") != "NotFoundException":
            print(
                f"Whether {application} has an event stream could not be asked ({problem}).", file=sys.stderr
            )
        return ""
    return str(answer.get("EventStream", {}).get("DestinationStreamArn", ""))
