"""The contacts of a list, and what they want to get.

The words of the errors are those that floci-io/floci got from AWS.
"""

from __future__ import annotations

import json
from typing import Any

from ...protocol.messages import Operation, ServiceError
from .. import mailboxes
from ..refusals import Kind, Refusal
from ..state import Region
from ..subscriptions import check_topics, find_list, new_contact, status
from .paging import page


def _find(contact_list: dict[str, Any], address: str) -> dict[str, Any]:
    if address not in contact_list["Contacts"]:
        raise ServiceError("NotFoundException", f"{address} doesn't exist in List.", 404)
    return contact_list["Contacts"][address]


def _checked(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The list of a call whose contact is written right."""
    address = params["EmailAddress"]
    if not address.strip():
        raise Refusal(Kind.BAD_REQUEST, "EmailAddress can't be blank.")
    if mailboxes.violation(address):
        raise Refusal(Kind.BAD_REQUEST, f"EmailAddress <{address}> is invalid")
    contact_list = find_list(region, params["ContactListName"])
    check_topics(contact_list, [one["TopicName"] for one in params.get("TopicPreferences", [])])
    if params.get("AttributesData"):
        _check_attributes(params["AttributesData"])
    return contact_list


def _check_attributes(text: str) -> None:
    """AttributesData "must be a valid JSON object" ("Using list management", SES developer guide)."""
    try:
        good = isinstance(json.loads(text), dict)
    except ValueError:
        good = False
    if not good:
        raise Refusal(Kind.BAD_REQUEST, "AttributesData is not a valid JSON object.")


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateContact."""
    contacts, address = _checked(region, params)["Contacts"], params["EmailAddress"]
    if address in contacts:
        raise ServiceError("AlreadyExistsException", f"{address} already exists in List.")
    contacts[address] = {
        **new_contact(region, address),
        "TopicPreferences": params.get("TopicPreferences", []),
        "UnsubscribeAll": params.get("UnsubscribeAll", False),
        "AttributesData": params.get("AttributesData"),
    }


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetContact."""
    contact_list = find_list(region, params["ContactListName"])
    contact = _find(contact_list, params["EmailAddress"])
    return {"ContactListName": params["ContactListName"], **contact, **_defaults(contact_list, contact)}


def _defaults(contact_list: dict[str, Any], contact: dict[str, Any]) -> dict[str, Any]:
    """What holds for the topics that the contact has not chosen."""
    chosen = {one["TopicName"] for one in contact["TopicPreferences"]}
    return {
        "TopicDefaultPreferences": [
            {"TopicName": topic["TopicName"], "SubscriptionStatus": topic["DefaultSubscriptionStatus"]}
            for topic in contact_list["Topics"]
            if topic["TopicName"] not in chosen
        ]
    }


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListContacts, all or those of a status, for the list or for a topic."""
    contact_list = find_list(region, params["ContactListName"])
    wanted = [
        contact
        for contact in contact_list["Contacts"].values()
        if _fits(contact_list, contact, params.get("Filter", {}))
    ]
    rows, token = page(wanted, [contact["EmailAddress"] for contact in wanted], params)
    shown = ("EmailAddress", "TopicPreferences", "UnsubscribeAll", "LastUpdatedTimestamp")
    return {
        "Contacts": [
            {**{member: row[member] for member in shown}, **_defaults(contact_list, row)} for row in rows
        ],
        "NextToken": token,
    }


def _fits(contact_list: dict[str, Any], contact: dict[str, Any], wanted: dict[str, Any]) -> bool:
    topic = wanted.get("TopicFilter", {})
    if topic.get("TopicName"):
        use_default = topic.get("UseDefaultIfPreferenceUnavailable", False)
        found = status(contact_list, contact, topic["TopicName"], default=use_default)
        return found is not None and found == wanted.get("FilteredStatus", found)
    found = "OPT_OUT" if contact["UnsubscribeAll"] else "OPT_IN"
    return found == wanted.get("FilteredStatus", found)


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateContact: topics are merged by name, the rest is what the call says, or none."""
    contact = _find(_checked(region, params), params["EmailAddress"])
    topics = {one["TopicName"]: one for one in contact["TopicPreferences"]}
    topics.update({one["TopicName"]: one for one in params.get("TopicPreferences", [])})
    contact.update(
        TopicPreferences=list(topics.values()),
        UnsubscribeAll=params.get("UnsubscribeAll", False),
        AttributesData=params.get("AttributesData"),
        LastUpdatedTimestamp=region.clock(),
    )


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteContact."""
    contact_list = find_list(region, params["ContactListName"])
    _find(contact_list, params["EmailAddress"])
    del contact_list["Contacts"][params["EmailAddress"]]


OPERATIONS: dict[str, Operation] = {
    "CreateContact": create,
    "GetContact": get,
    "ListContacts": list_all,
    "UpdateContact": update,
    "DeleteContact": delete,
}
