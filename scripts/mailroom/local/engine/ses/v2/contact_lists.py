"""Contact lists: one for an account and Region, with its topics.

The words of the errors are those that floci-io/floci got from AWS.
"""

from __future__ import annotations

import re
from typing import Any

from ...protocol.messages import Operation
from ..refusals import Kind, Refusal
from ..state import Region
from ..subscriptions import find_list
from .tags import set_tags, tags_of

MAXIMUM_TOPICS = 20
MAXIMUM_DISPLAY_NAME = 128
MAXIMUM_DESCRIPTION = 500
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _check_name(member: str, name: str) -> None:
    if not name.strip():
        raise Refusal(Kind.BAD_REQUEST, f"{member} can't be blank.")
    if not _NAME.fullmatch(name):
        raise Refusal(
            Kind.BAD_REQUEST,
            f"{member} can contain up to 64 characters. Only alphanumeric characters, underscores(_) and "
            "hyphens(-) are allowed.",
        )


def _check(params: dict[str, Any]) -> None:
    _check_name("ContactListName", params["ContactListName"])
    topics = params.get("Topics", [])
    if len(topics) > MAXIMUM_TOPICS:
        raise Refusal(Kind.BAD_REQUEST, f"Maximum of <{MAXIMUM_TOPICS}> topics allowed per ContactList")
    for topic in topics:
        _check_name("TopicName", topic["TopicName"])
        if len(topic["DisplayName"]) > MAXIMUM_DISPLAY_NAME:
            words = f"Topic DisplayName can contain up to <{MAXIMUM_DISPLAY_NAME}> characters."
            raise Refusal(Kind.BAD_REQUEST, words)
    if len({topic["TopicName"] for topic in topics}) != len(topics):
        raise Refusal(Kind.BAD_REQUEST, "Duplicate topic names are not allowed within a List.")
    if len(params.get("Description", "")) > MAXIMUM_DESCRIPTION:
        words = f"List description can contain up to {MAXIMUM_DESCRIPTION} characters."
        raise Refusal(Kind.BAD_REQUEST, words)


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateContactList. A second one is refused, of whatever name."""
    _check(params)
    if region.contact_lists:
        raise Refusal(Kind.BAD_REQUEST, "A maximum of 1 Lists allowed per account.")
    name, now = params["ContactListName"], region.clock()
    region.contact_lists[name] = {
        "ContactListName": name,
        "Description": params.get("Description"),
        "Topics": params.get("Topics", []),
        "CreatedTimestamp": now,
        "LastUpdatedTimestamp": now,
        "Contacts": {},
    }
    set_tags(region, region.arn("contact-list", name), params.get("Tags"))


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetContactList."""
    record = find_list(region, params["ContactListName"])
    answer = {member: value for member, value in record.items() if member != "Contacts"}
    return {**answer, "Tags": tags_of(region, region.arn("contact-list", params["ContactListName"]))}


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListContactLists."""
    return {
        "ContactLists": [
            {member: record[member] for member in ("ContactListName", "LastUpdatedTimestamp")}
            for record in region.contact_lists.values()
        ]
    }


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateContactList; what is not given stays."""
    record = find_list(region, params["ContactListName"])
    _check(params)
    given: dict[str, Any] = {
        member: params[member] for member in ("Topics", "Description") if member in params
    }
    record.update(given, LastUpdatedTimestamp=region.clock())


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteContactList, with its contacts."""
    find_list(region, params["ContactListName"])
    del region.contact_lists[params["ContactListName"]]
    region.tags.pop(region.arn("contact-list", params["ContactListName"]), None)


OPERATIONS: dict[str, Operation] = {
    "CreateContactList": create,
    "GetContactList": get,
    "ListContactLists": list_all,
    "UpdateContactList": update,
    "DeleteContactList": delete,
}
